//! The digest of a slice: equal digests, equal slices.
//!
//! A count and the sum modulo 2^256 of a keyed hash of every record's id and version, so that one
//! change costs two hashes whatever the size of the slice, and order does not matter. It finds
//! differences that happen; it is no proof against somebody who chooses versions to collide, who
//! would have to be one of the two sides that both hold the slice anyway.

use registry::{FeedSeq, OfficeCode, RecordId};
use serde::{Deserialize, Serialize};

/// The hash key of one commune, so that a digest is never taken for another commune's.
#[derive(Clone)]
pub struct DigestKey([u8; 32]);

impl DigestKey {
    /// The key of this commune.
    pub fn of(office: OfficeCode) -> Self {
        Self(blake3::derive_key(
            "npd slice digest 1",
            &office.to_be_bytes(),
        ))
    }

    fn hash(&self, record: &RecordId, version: &[u8; 32]) -> [u64; 4] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(record.as_bytes());
        hasher.update(version);
        limbs(hasher.finalize().as_bytes())
    }
}

/// Count and sum over a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Digest {
    count: u32,
    sum: [u8; 32],
}

impl Digest {
    /// The digest of an empty slice.
    pub const EMPTY: Self = Self {
        count: 0,
        sum: [0; 32],
    };

    /// How many records are in the slice.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Adds a record at a version.
    pub fn add(&mut self, key: &DigestKey, record: &RecordId, version: &[u8; 32]) {
        self.count = self.count.wrapping_add(1);
        self.combine(key.hash(record, version), add_limb);
    }

    /// Takes out a record at the version at which it was added. Taking out what is not there
    /// makes the digest wrong, which the next comparison finds.
    pub fn remove(&mut self, key: &DigestKey, record: &RecordId, version: &[u8; 32]) {
        self.count = self.count.wrapping_sub(1);
        self.combine(key.hash(record, version), sub_limb);
    }

    /// Eight bytes that stand for the whole in a check.
    pub fn short(&self) -> [u8; 8] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.count.to_le_bytes());
        hasher.update(&self.sum);
        let mut short = [0; 8];
        hasher.finalize_xof().fill(&mut short);
        short
    }

    /// Eight bytes that stand for the whole and for the entry of the feed after which it was taken.
    ///
    /// Two slices that differ have the same mark once in 2^64 pairs, and nobody gains by looking
    /// for such a pair: both sides hold the slice. It would go unseen until the next change of
    /// either side, the next hello or the next statement, and both of these carry the whole digest.
    pub(crate) fn mark(&self, feed: FeedSeq) -> [u8; 8] {
        let mut hasher = blake3::Hasher::new_derive_key("npd mark of a slice 1");
        hasher.update(&feed.get().to_le_bytes());
        hasher.update(&self.count.to_le_bytes());
        hasher.update(&self.sum);
        let mut mark = [0; 8];
        hasher.finalize_xof().fill(&mut mark);
        mark
    }

    fn combine(&mut self, hash: [u64; 4], step: fn(u64, u64, bool) -> (u64, bool)) {
        let mut carry = false;
        let mut sum = limbs(&self.sum);
        for (limb, add) in sum.iter_mut().zip(hash) {
            (*limb, carry) = step(*limb, add, carry);
        }
        for (bytes, limb) in self.sum.chunks_exact_mut(8).zip(sum) {
            bytes.copy_from_slice(&limb.to_le_bytes());
        }
    }
}

fn limbs(bytes: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, part) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_le_bytes(*part);
    }
    limbs
}

fn add_limb(limb: u64, other: u64, carry: bool) -> (u64, bool) {
    let (sum, over) = limb.overflowing_add(other);
    let (sum, over_again) = sum.overflowing_add(u64::from(carry));
    (sum, over | over_again)
}

fn sub_limb(limb: u64, other: u64, borrow: bool) -> (u64, bool) {
    let (rest, under) = limb.overflowing_sub(other);
    let (rest, under_again) = rest.overflowing_sub(u64::from(borrow));
    (rest, under | under_again)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: u8) -> RecordId {
        RecordId::new([n; 16])
    }

    #[test]
    fn order_does_not_matter_and_taking_out_undoes_adding() {
        let key = DigestKey::of(OfficeCode::new(4).unwrap());
        let mut one = Digest::EMPTY;
        let mut other = Digest::EMPTY;
        for n in 0..50 {
            one.add(&key, &record(n), &[n; 32]);
            other.add(&key, &record(49 - n), &[49 - n; 32]);
        }
        assert_eq!(one, other);
        assert_eq!(one.count(), 50);
        for n in 0..50 {
            one.remove(&key, &record(n), &[n; 32]);
        }
        assert_eq!(one, Digest::EMPTY);
        assert_ne!(other, Digest::EMPTY);
    }

    #[test]
    fn a_mark_tells_slices_and_places_in_the_feed_apart() {
        let key = DigestKey::of(OfficeCode::new(4).unwrap());
        let mut digest = Digest::EMPTY;
        digest.add(&key, &record(1), &[1; 32]);
        let mark = |digest: &Digest, feed| digest.mark(FeedSeq::new(feed));
        let base = mark(&digest, 7);
        assert_eq!(base, mark(&digest.clone(), 7));
        assert_ne!(base, mark(&Digest::EMPTY, 7));
        assert_ne!(base, mark(&digest, 8));
    }

    #[test]
    fn another_version_another_record_or_another_commune_shows() {
        let key = DigestKey::of(OfficeCode::new(4).unwrap());
        let digest = |key: &DigestKey, id: u8, version: u8| {
            let mut digest = Digest::EMPTY;
            digest.add(key, &record(id), &[version; 32]);
            digest.short()
        };
        let base = digest(&key, 1, 1);
        assert_eq!(base, digest(&key, 1, 1));
        assert_ne!(base, digest(&key, 1, 2));
        assert_ne!(base, digest(&key, 2, 1));
        assert_ne!(
            base,
            digest(&DigestKey::of(OfficeCode::new(7).unwrap()), 1, 1)
        );
    }
}
