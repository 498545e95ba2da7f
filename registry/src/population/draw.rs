//! Draws from a seeded stream: whole numbers only, so that every machine draws the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of draws.
#[derive(Debug)]
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of one commune under a seed.
    pub(super) fn new(seed: u64, office: u32) -> Self {
        let mut material = [0; 12];
        let (first, second) = material.split_at_mut(8);
        first.copy_from_slice(&seed.to_le_bytes());
        second.copy_from_slice(&office.to_le_bytes());
        let key = blake3::derive_key("registry 2026 synthetic population", &material);
        Self(ChaCha8Rng::from_seed(key))
    }
    /// A number below `limit`; 0 if the limit is 0.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(limit);
        u32::try_from(wide >> 32).unwrap_or(0)
    }
    /// A number from `first` to `last`, both included.
    pub(super) fn between(&mut self, first: u16, last: u16) -> u16 {
        let span = u32::from(last.saturating_sub(first)) + 1;
        first + u16::try_from(self.below(span)).unwrap_or(0)
    }
    /// Whether something happens that happens `thousandths` times in a thousand.
    pub(super) fn chance(&mut self, thousandths: u32) -> bool {
        self.below(1000) < thousandths
    }
    /// One of `items`; `None` if there is none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        items.get(self.below(count) as usize)
    }
    /// The place of one of `weights`, by its weight.
    pub(super) fn weighted(&mut self, weights: impl IntoIterator<Item = u32> + Clone) -> usize {
        let total = weights.clone().into_iter().fold(0, u32::saturating_add);
        let mut rest = self.below(total);
        for (place, weight) in weights.into_iter().enumerate() {
            if rest < weight {
                return place;
            }
            rest -= weight;
        }
        0
    }
}
