//! Sealing a bundle on a stick: to a key that one side has told the other, with HPKE (RFC 9180) of
//! the cryptographic library that TLS uses. `docs/adr/` says why.
//!
//! What is sealed is opened by the holder of the secret alone; who sealed it is not told by the seal
//! but by the signature around it (`sync_proto::bundle`).

use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey};

/// What the seal is for, so that a key used elsewhere opens nothing here.
const INFO: &[u8] = b"npd bundle 1";
const KEY_BYTES: usize = 32;

/// Why nothing was sealed, or no key made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library refuses to seal: the key is damaged, or no random numbers come")]
pub struct SealFailed;

impl SealFailed {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        "seal_failed"
    }
}

/// A key to which bundles are sealed, with its secret. No `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct BundleKey {
    /// What others are told.
    pub public: [u8; KEY_BYTES],
    /// What opens.
    pub secret: [u8; KEY_BYTES],
}

impl BundleKey {
    /// A new one.
    pub fn generate() -> Result<Self, SealFailed> {
        let (public, secret) = SUITE.generate_key_pair().map_err(|_| SealFailed)?;
        Ok(Self {
            public: public.0.try_into().map_err(|_| SealFailed)?,
            secret: secret.secret_bytes().try_into().map_err(|_| SealFailed)?,
        })
    }

    /// Opens a body that was sealed to this key; nothing if it was sealed to another, or changed, or
    /// stands behind another opening.
    pub fn open(
        &self,
        encapsulated: &[u8; KEY_BYTES],
        opening: &[u8],
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let encapsulated = EncapsulatedSecret(encapsulated.to_vec());
        let secret = HpkePrivateKey::from(self.secret.to_vec());
        SUITE
            .open(&encapsulated, INFO, opening, sealed, &secret)
            .ok()
    }
}

/// Seals a body to a key. The seal covers the `opening`, which stays legible.
pub fn seal(
    public: &[u8; KEY_BYTES],
    opening: &[u8],
    body: &[u8],
) -> Result<([u8; KEY_BYTES], Vec<u8>), SealFailed> {
    let key = HpkePublicKey(public.to_vec());
    let (encapsulated, sealed) = SUITE
        .seal(INFO, opening, body, &key)
        .map_err(|_| SealFailed)?;
    let encapsulated = encapsulated.0.try_into().map_err(|_| SealFailed)?;
    Ok((encapsulated, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_the_key_opens_and_nobody_else() {
        let (key, other) = (
            BundleKey::generate().unwrap(),
            BundleKey::generate().unwrap(),
        );
        let (encapsulated, sealed) = seal(&key.public, b"outside", b"inside").unwrap();
        assert_eq!(sealed.len(), b"inside".len() + 16);
        let opened = key.open(&encapsulated, b"outside", &sealed);
        assert_eq!(opened.as_deref(), Some(&b"inside"[..]));
        assert!(other.open(&encapsulated, b"outside", &sealed).is_none());
        assert!(key.open(&encapsulated, b"outsidE", &sealed).is_none());
        let mut changed = sealed.clone();
        changed[0] ^= 1;
        assert!(key.open(&encapsulated, b"outside", &changed).is_none());
        assert!(key.open(&[0; 32], b"outside", &sealed).is_none());
        assert!(key.open(&encapsulated, b"outside", &[]).is_none());
    }

    #[test]
    fn two_seals_of_the_same_body_have_nothing_in_common() {
        let key = BundleKey::generate().unwrap();
        let (first, second) = (
            seal(&key.public, b"", b"acts").unwrap(),
            seal(&key.public, b"", b"acts").unwrap(),
        );
        assert_ne!(first.0, second.0);
        assert_ne!(first.1, second.1);
    }
}
