//! A set of slots, one bit each.

/// Slots out of a known number of them.
pub(super) struct Slots(Vec<u64>);

impl Slots {
    /// An empty set that can hold slots below `count`.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }
    /// Adds a slot; one past the count is passed over.
    pub(super) fn add(&mut self, slot: u32) {
        if let Some(bits) = self.0.get_mut(slot as usize / 64) {
            *bits |= 1 << (slot % 64);
        }
    }
    /// What is in each of several sets; `None` of none.
    pub(super) fn in_all(sets: impl Iterator<Item = Self>) -> Option<Self> {
        sets.reduce(|mut all, set| {
            all.keep(&set);
            all
        })
    }
    fn keep(&mut self, other: &Self) {
        for (bits, others) in self.0.iter_mut().zip(&other.0) {
            *bits &= others;
        }
    }
    /// The slots, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).step_by(64).zip(&self.0).flat_map(|(first, bits)| {
            let mut rest = *bits;
            std::iter::from_fn(move || {
                let place = rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
                if place < 64 {
                    Some(first + place)
                } else {
                    None
                }
            })
        })
    }
}
