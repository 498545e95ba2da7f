//! A batch of acts as it travels, and the same after its signature was proved.
//!
//! The two are different types: a [`SignedBatch`] lets nobody look inside, and a
//! [`VerifiedBatch`] can be had from it alone.

use bytes::Bytes;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use registry::{ActNumber, Incarnation};
use serde::{Deserialize, Serialize};

use crate::SessionError;
use crate::blob::Blob;
use crate::chain::ChainPoint;
use crate::codec::Codec;
use crate::error::{DecodeError, Misuse, Violation};
use crate::limits;
use crate::parcel;

/// Acts on the wire, in outbox order, with the node's signature over the chain at the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBatch {
    incarnation: Incarnation,
    first: ActNumber,
    count: u32,
    /// The chain before `first`, shortened: tells a broken chain from a wrong signature.
    before: [u8; 8],
    /// Whether the node had read the centre's answer; a batch sent before it may be off the mark
    /// through nobody's fault and is then left aside instead of ending the session.
    answered: bool,
    packed: Blob,
    signature: [[u8; 32]; 2],
}

impl SignedBatch {
    /// Signs acts that follow `start`; gives the batch and the place after it.
    pub(crate) fn sign(
        key: &SigningKey,
        start: ChainPoint,
        acts: &[Bytes],
        answered: bool,
        codec: &Codec,
        dictionary: u32,
    ) -> Result<(Self, ChainPoint), SessionError> {
        let end = acts.iter().fold(start, |point, act| point.after(act));
        let payload = parcel::pack(acts.iter().map(|act| act.as_ref()));
        let signature = key.sign(&end.chain.signed_bytes());
        let batch = Self {
            incarnation: start.incarnation,
            first: start.number.next(),
            count: u32::try_from(acts.len()).map_err(|_| Misuse::Size { what: "a batch" })?,
            before: start.chain.short(),
            answered,
            packed: Blob(codec.compress(dictionary, &payload)?),
            signature: [*signature.r_bytes(), *signature.s_bytes()],
        };
        Ok((batch, end))
    }

    /// Its life.
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// The number of its first act.
    pub fn first(&self) -> ActNumber {
        self.first
    }

    /// The number of its last act.
    pub fn last(&self) -> ActNumber {
        let count = u64::from(self.count);
        ActNumber::new(self.first.get().saturating_add(count).saturating_sub(1))
    }

    /// Whether the node had read the answer to its hello.
    pub(crate) fn answered(&self) -> bool {
        self.answered
    }

    /// Proves that these acts continue `standing` and were signed with this key. Acts that are
    /// already part of `standing` are dropped, unread.
    pub fn verify(
        self,
        key: &VerifyingKey,
        standing: &ChainPoint,
        codec: &Codec,
    ) -> Result<VerifiedBatch, SessionError> {
        if self.incarnation != standing.incarnation {
            let (due, came) = (standing.incarnation.get(), self.incarnation.get());
            return Err(Violation::Incarnation { due, came }.into());
        }
        let due = standing.number.next();
        if self.count == 0 || self.first > due || self.last() < due {
            let (due, came) = (due.get(), self.first.get());
            return Err(Violation::Gap {
                what: "acts",
                due,
                came,
            }
            .into());
        }
        if self.first == due && self.before != standing.chain.short() {
            return Err(Violation::ChainBroken.into());
        }
        let known = due.get().saturating_sub(self.first.get());
        let payload_max = limits::BATCH_BYTES_MAX + 4 * limits::BATCH_ACTS_MAX;
        let payload = codec.expand(self.packed.0, payload_max)?;
        let acts = parcel::unpack(
            payload,
            "acts",
            limits::BATCH_ACTS_MAX,
            limits::ACT_BYTES_MAX,
        )?;
        if u32::try_from(acts.len()) != Ok(self.count) {
            return Err(DecodeError::Payload.into());
        }
        let acts = acts
            .into_iter()
            .skip(usize::try_from(known).unwrap_or(usize::MAX));
        let acts: Vec<Bytes> = acts.collect();
        let end = acts.iter().fold(*standing, |point, act| point.after(act));
        let [r, s] = self.signature;
        key.verify_strict(&end.chain.signed_bytes(), &Signature::from_components(r, s))
            .map_err(|_| {
                // The acts that are here already were not looked at. If the node's are others, its
                // chain is another one, and it has to begin a new life.
                if known > 0 {
                    Violation::ChainBroken
                } else {
                    Violation::Signature
                }
            })?;
        Ok(VerifiedBatch {
            first: due,
            end,
            acts,
            signature: [r, s],
        })
    }
}

/// Acts that are proved to come from the node, in the order in which it made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBatch {
    first: ActNumber,
    end: ChainPoint,
    acts: Vec<Bytes>,
    signature: [[u8; 32]; 2],
}

impl VerifiedBatch {
    /// The number of the first act.
    pub fn first(&self) -> ActNumber {
        self.first
    }
    /// The place in the chain after the last act: to be stored with them.
    pub fn end(&self) -> ChainPoint {
        self.end
    }
    /// The acts, as the node wrote them.
    pub fn acts(&self) -> &[Bytes] {
        &self.acts
    }
    /// The node's signature over the chain at the end: to be stored with them, as the proof.
    pub fn signature(&self) -> [u8; 64] {
        let [r, s] = self.signature;
        Signature::from_components(r, s).to_bytes()
    }
}

/// Proves a stored chain: that `signature` is this key's over the chain at `end`. For audits.
pub fn proves(key: &VerifyingKey, end: &ChainPoint, signature: &[u8; 64]) -> bool {
    let signature = Signature::from_bytes(signature);
    key.verify_strict(&end.chain.signed_bytes(), &signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::NO_DICTIONARY;
    use registry::NodeId;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }
    fn genesis() -> ChainPoint {
        ChainPoint::genesis(NodeId::new([9; 16]), Incarnation::new(1))
    }
    fn codec() -> Codec {
        Codec::new(3, &[]).unwrap()
    }
    fn acts(from: u8, to: u8) -> Vec<Bytes> {
        (from..=to).map(|n| Bytes::from(vec![n; 45])).collect()
    }
    fn sign(start: ChainPoint, acts: &[Bytes]) -> (SignedBatch, ChainPoint) {
        SignedBatch::sign(&key(), start, acts, true, &codec(), NO_DICTIONARY).unwrap()
    }

    #[test]
    fn a_signed_batch_verifies_and_proves_its_chain() {
        let (batch, end) = sign(genesis(), &acts(1, 3));
        let verified = batch
            .verify(&key().verifying_key(), &genesis(), &codec())
            .unwrap();
        assert_eq!(verified.acts(), acts(1, 3));
        assert_eq!((verified.first().get(), verified.end()), (1, end));
        assert!(proves(&key().verifying_key(), &end, &verified.signature()));
        assert!(!proves(
            &key().verifying_key(),
            &genesis(),
            &verified.signature()
        ));
    }

    #[test]
    fn boundaries_may_change_when_a_batch_is_sent_again() {
        let (_, third) = sign(genesis(), &acts(1, 3));
        let (again, end) = sign(genesis(), &acts(1, 5));
        let verified = again
            .verify(&key().verifying_key(), &third, &codec())
            .unwrap();
        assert_eq!(verified.acts(), acts(4, 5));
        assert_eq!((verified.first().get(), verified.end()), (4, end));
    }

    #[test]
    fn what_is_altered_or_foreign_or_gapped_is_refused() {
        let code = |batch: SignedBatch, key: &SigningKey, at: ChainPoint| {
            batch
                .verify(&key.verifying_key(), &at, &codec())
                .unwrap_err()
                .code()
        };
        let (good, _) = sign(genesis(), &acts(1, 3));
        let other_key = SigningKey::from_bytes(&[4; 32]);
        assert_eq!(code(good.clone(), &other_key, genesis()), "bad_signature");

        let altered = SignedBatch {
            packed: Blob(
                codec()
                    .compress(0, &parcel::pack(acts(2, 4).iter().map(|a| &a[..])))
                    .unwrap(),
            ),
            ..good
        };
        assert_eq!(code(altered, &key(), genesis()), "bad_signature");

        let elsewhere = genesis().after(b"another act 1");
        let (next, _) = sign(genesis().after(b"act 1"), &acts(2, 3));
        assert_eq!(code(next, &key(), elsewhere), "chain_broken");

        let (later, _) = sign(genesis().after(b"act 1"), &acts(2, 3));
        assert_eq!(code(later, &key(), genesis()), "gap");

        let life = ChainPoint {
            incarnation: Incarnation::new(2),
            ..genesis()
        };
        assert_eq!(code(good.clone(), &key(), life), "wrong_incarnation");

        let miscounted = SignedBatch { count: 4, ..good };
        assert_eq!(code(miscounted, &key(), genesis()), "payload_damaged");
    }

    #[test]
    fn a_hundred_acts_fit_in_4700_bytes_even_if_nothing_compresses() {
        let mut noise = blake3::Hasher::new().finalize_xof();
        let acts: Vec<Bytes> = (0..100)
            .map(|_| {
                let mut act = vec![0; 45];
                noise.fill(&mut act);
                act.into()
            })
            .collect();
        let (batch, _) = sign(genesis(), &acts);
        let frame = crate::message::Message::from(batch).encode().unwrap();
        assert!(frame.len() <= 4_700, "{} bytes", frame.len());
    }
}
