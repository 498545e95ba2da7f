//! Ranges of keys within one table.

use std::ops::Bound;

/// A range of keys of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    start: Bound<Vec<u8>>,
    end: Bound<Vec<u8>>,
}

/// Where a range begins and ends, as ordered maps take it.
pub(crate) type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

impl KeyRange {
    /// Every key.
    #[must_use]
    pub fn all() -> Self {
        Self::new(Bound::Unbounded, Bound::Unbounded)
    }

    /// Keys between two bounds.
    #[must_use]
    pub fn new(start: Bound<Vec<u8>>, end: Bound<Vec<u8>>) -> Self {
        Self { start, end }
    }

    /// Keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(prefix: &[u8]) -> Self {
        let end = successor(prefix).map_or(Bound::Unbounded, Bound::Excluded);
        Self::new(Bound::Included(prefix.to_vec()), end)
    }

    /// The same range, only the keys after `key`: the next page of a scan.
    #[must_use]
    pub fn after(mut self, key: &[u8]) -> Self {
        self.start = Bound::Excluded(key.to_vec());
        self
    }

    /// The same range, only the keys before `key`: the next page of a scan backwards.
    #[must_use]
    pub fn before(mut self, key: &[u8]) -> Self {
        self.end = Bound::Excluded(key.to_vec());
        self
    }

    /// Bounds on keys that are `lead` followed by a key of this range, or nothing when no key can
    /// lie between them: ordered maps dislike being asked for such a range.
    pub(crate) fn under(&self, lead: &[u8]) -> Option<Bounds> {
        let join = |key: &Vec<u8>| [lead, key.as_slice()].concat();
        let start = match &self.start {
            Bound::Included(key) => Bound::Included(join(key)),
            Bound::Excluded(key) => Bound::Excluded(join(key)),
            Bound::Unbounded => Bound::Included(lead.to_vec()),
        };
        let end = match &self.end {
            Bound::Included(key) => Bound::Included(join(key)),
            Bound::Excluded(key) => Bound::Excluded(join(key)),
            Bound::Unbounded => successor(lead).map_or(Bound::Unbounded, Bound::Excluded),
        };
        let possible = match (&start, &end) {
            (Bound::Included(start), Bound::Included(end)) => start <= end,
            (
                Bound::Included(start) | Bound::Excluded(start),
                Bound::Included(end) | Bound::Excluded(end),
            ) => start < end,
            _ => true,
        };
        possible.then_some((start, end))
    }
}

/// The smallest byte string greater than everything that begins with `prefix`, if there is one.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if let Some(greater) = last.checked_add(1) {
            next.push(greater);
            return Some(next);
        }
    }
    None
}
