//! A sum over the whole content, kept up with each change. When the content is read through, for a
//! snapshot or from one, it must come to the same sum: so a cache that lost or altered a row in
//! silence cannot become the truth.

use serde::{Deserialize, Serialize};

/// Count, size and the sum of the keyed hashes of all rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    sum: [u64; 4],
}

impl Tally {
    pub(crate) fn add(&mut self, secret: &[u8; 32], key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(size(key, value));
        for (sum, part) in self.sum.iter_mut().zip(hash(secret, key, value)) {
            *sum = sum.wrapping_add(part);
        }
    }

    pub(crate) fn remove(&mut self, secret: &[u8; 32], key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.bytes = self.bytes.wrapping_sub(size(key, value));
        for (sum, part) in self.sum.iter_mut().zip(hash(secret, key, value)) {
            *sum = sum.wrapping_sub(part);
        }
    }
}

fn size(key: &[u8], value: &[u8]) -> u64 {
    u64::try_from(key.len().saturating_add(value.len())).unwrap_or(u64::MAX)
}

fn hash(secret: &[u8; 32], key: &[u8], value: &[u8]) -> [u64; 4] {
    let mut hasher = blake3::Hasher::new_keyed(secret);
    hasher.update(&size(key, &[]).to_le_bytes());
    hasher.update(key);
    hasher.update(value);
    let hash: [u8; 32] = hasher.finalize().into();
    let mut parts = [0; 4];
    for (part, bytes) in parts.iter_mut().zip(hash.as_chunks::<8>().0) {
        *part = u64::from_le_bytes(*bytes);
    }
    parts
}
