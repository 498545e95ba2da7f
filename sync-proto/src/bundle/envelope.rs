//! The outside of a bundle: what may be read without a key, and what proves that it is whole.

use bytes::{Buf, Bytes};
use ed25519_dalek::{Signature, VerifyingKey};
use registry::{Incarnation, NodeId, OfficeCode};
use serde::{Deserialize, Serialize};

use super::BundleRefusal;
use crate::limits::{BUNDLE_BYTES_MAX, BUNDLE_LIFE_S, ENVELOPE_BYTES_MAX};

/// The carriage return and the line end in it show at once that a file was sent as text.
const MAGIC: [u8; 8] = [0x8e, b'N', b'P', b'D', b'B', b'\r', b'\n', 0x1a];
/// The layout that is read and written here.
const VERSION: u8 = 1;
const ENCAPSULATED_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;
const CHECKSUM_BYTES: usize = 16;

/// Names a bundle: random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BundleId(pub [u8; 16]);

impl std::fmt::Display for BundleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Names a public key to which bundles are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyName(pub [u8; 8]);

impl KeyName {
    /// The name of this key.
    pub fn of(public_key: &[u8; 32]) -> Self {
        let hash = blake3::derive_key("npd 2026 name of a bundle key", public_key);
        Self(hash.first_chunk().copied().unwrap_or_default())
    }
}

/// Which way a bundle goes. Variants are only added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// From an office to the centre.
    ToCentre,
    /// Back: the answer to this bundle.
    Answer(BundleId),
}

/// What may be read of a bundle without a key. It tells of an office, never of a citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Where it goes.
    pub way: Way,
    /// Which bundle.
    pub id: BundleId,
    /// The office that made it, or for which it is.
    pub office: OfficeCode,
    /// The device of that office.
    pub node: NodeId,
    /// The life of the device.
    pub incarnation: Incarnation,
    /// When it was made, by the clock of whoever made it, seconds since 1970.
    pub made_s: i64,
    /// After this it is no longer taken, seconds since 1970.
    pub expires_s: i64,
    /// To which key it is sealed.
    pub key: KeyName,
}

impl Envelope {
    /// When a bundle that is made now is over.
    pub const fn expiry(made_s: i64) -> i64 {
        made_s.saturating_add(BUNDLE_LIFE_S)
    }

    /// How the file begins. The seal of the body covers it, too.
    pub fn opening(&self) -> Vec<u8> {
        // An envelope always fits: its fields are of fixed size.
        let envelope = postcard::to_stdvec(self).unwrap_or_default();
        let len = u16::try_from(envelope.len()).unwrap_or(u16::MAX);
        [&MAGIC, [VERSION].as_slice(), &len.to_le_bytes(), &envelope].concat()
    }
}

/// Puts a bundle together. `sign` is given what is to be signed.
pub fn complete(
    opening: &[u8],
    encapsulated: &[u8; ENCAPSULATED_BYTES],
    sealed: &[u8],
    sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE_BYTES],
) -> Result<Vec<u8>, BundleRefusal> {
    let too_large = BundleRefusal::TooLarge {
        max: BUNDLE_BYTES_MAX,
    };
    let len = u32::try_from(sealed.len()).map_err(|_| too_large.clone())?;
    let mut file = [opening, encapsulated, &len.to_le_bytes(), sealed].concat();
    let signature = sign(&signed_bytes(&file));
    file.extend_from_slice(&signature);
    let checksum = checksum(&file);
    file.extend_from_slice(&checksum);
    if file.len() > BUNDLE_BYTES_MAX {
        return Err(too_large);
    }
    Ok(file)
}

/// A bundle that is whole, and nothing more than that: neither whose it is nor what is in it is
/// proved yet.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBundle {
    envelope: Envelope,
    opening: Bytes,
    encapsulated: [u8; ENCAPSULATED_BYTES],
    sealed: Bytes,
    signed: Vec<u8>,
    signature: [u8; SIGNATURE_BYTES],
}

impl std::fmt::Debug for SealedBundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}, {} bytes", self.envelope, self.sealed.len())
    }
}

impl SealedBundle {
    /// Reads a file: its kind, its version, and that nothing of it is missing or changed by
    /// accident.
    pub fn read(file: &Bytes) -> Result<Self, BundleRefusal> {
        if file.len() > BUNDLE_BYTES_MAX {
            let max = BUNDLE_BYTES_MAX;
            return Err(BundleRefusal::TooLarge { max });
        }
        let rest = file.strip_prefix(&MAGIC).ok_or(BundleRefusal::NotOne)?;
        match rest.first() {
            None | Some(0) => return Err(BundleRefusal::Damaged),
            Some(&VERSION) => {}
            Some(&theirs) => {
                let ours = VERSION;
                return Err(BundleRefusal::Newer { theirs, ours });
            }
        }
        Self::whole(file).ok_or(BundleRefusal::Damaged)
    }

    fn whole(file: &Bytes) -> Option<Self> {
        let body_end = file.len().checked_sub(CHECKSUM_BYTES)?;
        let (before, sum) = file.split_at_checked(body_end)?;
        if checksum(before) != sum {
            return None;
        }
        let signed_end = body_end.checked_sub(SIGNATURE_BYTES)?;
        let (signed, signature) = before.split_at_checked(signed_end)?;
        let mut rest = file.slice_ref(signed);
        let _ = rest.try_get_u64().ok()?;
        let _ = rest.try_get_u8().ok()?;
        let len = usize::from(rest.try_get_u16_le().ok()?);
        if len > ENVELOPE_BYTES_MAX || len > rest.len() {
            return None;
        }
        let written = rest.split_to(len);
        let (envelope, over) = postcard::take_from_bytes::<Envelope>(&written).ok()?;
        if !over.is_empty() {
            return None;
        }
        let opening = file.slice(..signed_end.checked_sub(rest.len())?);
        // One spelling only: numbers could be written in more bytes than they need.
        (opening == envelope.opening()).then_some(())?;
        let encapsulated = rest.split_to_checked(ENCAPSULATED_BYTES)?;
        let len = usize::try_from(rest.try_get_u32_le().ok()?).ok()?;
        (len == rest.len()).then_some(())?;
        Some(Self {
            envelope,
            opening,
            encapsulated: encapsulated.as_ref().try_into().ok()?,
            signed: signed_bytes(signed),
            signature: signature.try_into().ok()?,
            sealed: rest,
        })
    }

    /// What is legible.
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// What the seal covers beside the body.
    pub fn opening(&self) -> &[u8] {
        &self.opening
    }

    /// The secret for whoever has the key.
    pub const fn encapsulated(&self) -> &[u8; ENCAPSULATED_BYTES] {
        &self.encapsulated
    }

    /// The sealed body.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// Refuses a bundle that is over. A bundle from the future is let through: a device's clock may
    /// be wrong, and nothing is ordered by it; but none is good for longer than every other.
    pub fn check_time(&self, now_s: i64) -> Result<(), BundleRefusal> {
        let Envelope {
            made_s, expires_s, ..
        } = self.envelope;
        let at_s = expires_s.min(Envelope::expiry(made_s));
        if now_s > at_s {
            return Err(BundleRefusal::Expired { at_s });
        }
        Ok(())
    }

    /// Proves that one of these keys signed it.
    pub fn check_signature<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k [u8; 32]>,
    ) -> Result<(), BundleRefusal> {
        let signature = Signature::from_bytes(&self.signature);
        let signed = |key: &[u8; 32]| {
            let key = VerifyingKey::from_bytes(key);
            key.is_ok_and(|key| key.verify_strict(&self.signed, &signature).is_ok())
        };
        if keys.into_iter().any(signed) {
            Ok(())
        } else {
            Err(BundleRefusal::Signature)
        }
    }
}

/// What is signed: all before the signature, by its hash, behind a word that says what it is.
fn signed_bytes(before: &[u8]) -> Vec<u8> {
    [b"npd bundle 1".as_slice(), blake3::hash(before).as_bytes()].concat()
}

fn checksum(before: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let hash = blake3::derive_key("npd 2026 checksum of a bundle", before);
    hash.first_chunk().copied().unwrap_or_default()
}

/// `split_to` that does not panic.
trait SplitChecked: Sized {
    fn split_to_checked(&mut self, at: usize) -> Option<Self>;
}

impl SplitChecked for Bytes {
    fn split_to_checked(&mut self, at: usize) -> Option<Bytes> {
        (at <= self.len()).then(|| self.split_to(at))
    }
}
