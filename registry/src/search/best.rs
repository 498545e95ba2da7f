//! The best hits so far: a bounded list, ordered by fit and then by the Vietnamese alphabet.

use std::collections::BinaryHeap;

use super::fit::Fit;
use super::people::People;
use super::words::Words;
use super::{Hit, Rank};

/// What hits are ordered by; lists of persons in Viet Nam go by given name, then surname.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    fit: Fit,
    given: u64,
    surname: u64,
    slot: u32,
    /// By which name: 0 is the name itself.
    other: u8,
}

/// The best hits, the worst of them on top.
pub(super) struct Best {
    heap: BinaryHeap<Place>,
    limit: usize,
    seen: Vec<u32>,
    at_best: Rank,
}

impl Best {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            heap: BinaryHeap::with_capacity(limit + 1),
            limit,
            seen: Vec::new(),
            at_best: Rank::Exact,
        }
    }
    /// From now on nobody fits better than this.
    pub(super) const fn no_better_than(&mut self, rank: Rank) {
        self.at_best = rank;
    }
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }
    /// Remembers the people found, so that a second search does not find them again.
    pub(super) fn keep_seen(&mut self) {
        self.seen = self.heap.iter().map(|place| place.slot).collect();
    }

    /// Takes a person in if nobody better fills the list.
    pub(super) fn offer(&mut self, fit: Fit, slot: u32, other: u8, people: &People, words: &Words) {
        let fit = fit.no_better_than(self.at_best);
        let full = self.heap.len() >= self.limit;
        if full && self.heap.peek().is_none_or(|worst| fit > worst.fit) {
            return;
        }
        let name = people.words(slot);
        let label = |word: Option<&u32>| word.map_or(0, |word| words.label(*word));
        let place = Place {
            fit,
            given: label(name.last()),
            surname: label(name.first()),
            slot,
            other,
        };
        if full && self.heap.peek().is_none_or(|worst| place > *worst) {
            return;
        }
        if self.seen.contains(&slot) {
            return;
        }
        self.heap.push(place);
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// The hits in their order; those alike in given name and surname by the rest of the name,
    /// then by date of birth.
    pub(super) fn into_hits(self, people: &People, words: &Words) -> Vec<Hit> {
        let mut places = self.heap.into_vec();
        let name = |place: &Place| {
            let name = people.words(place.slot).iter();
            name.map(|word| words.label(*word))
        };
        let birth = |place: &Place| people.row(place.slot).and_then(|row| row.birth);
        let first = |place: &Place| (place.fit, place.given, place.surname);
        // A thousand people lie all over memory: only those alike so far are looked up.
        places.sort_unstable_by(|a, b| {
            first(a)
                .cmp(&first(b))
                .then_with(|| name(a).cmp(name(b)))
                .then_with(|| birth(a).cmp(&birth(b)))
                .then_with(|| people.id(a.slot).cmp(&people.id(b.slot)))
        });
        let hit = |place: &Place| {
            Some(Hit {
                id: people.id(place.slot)?,
                rank: place.fit.rank()?,
                other_name: usize::from(place.other).checked_sub(1),
            })
        };
        places.iter().filter_map(hit).collect()
    }
}
