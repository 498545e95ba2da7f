//! How a cut treats what was not synced.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// What a cut spares. Whatever it says, what was synced is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whim {
    /// Everything had reached the disk anyway.
    NothingLost,
    /// Nothing that was not synced is there.
    AllLost,
    /// All changes up to this one, in their order; the next one is torn.
    UpTo(u64),
    /// Every file and every name for itself: dropped, kept, torn, in another order.
    EachForItself,
}

impl Whim {
    pub(super) fn draw(rng: &mut ChaCha8Rng, changes: u64) -> Self {
        match rng.random_range(0..20) {
            0..2 => Whim::NothingLost,
            2..5 => Whim::AllLost,
            5..9 => Whim::UpTo(rng.random_range(0..=changes)),
            _ => Whim::EachForItself,
        }
    }

    /// Whether a change of a folder, made as the `at`-th, is there.
    pub(super) fn spares(self, at: u64, rng: &mut ChaCha8Rng) -> bool {
        match self {
            Whim::NothingLost => true,
            Whim::AllLost => false,
            Whim::UpTo(until) => at <= until,
            Whim::EachForItself => rng.random(),
        }
    }
}
