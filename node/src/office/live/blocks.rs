//! Who shares a key with whom: the people of the office by the keys at which duplicates meet. In
//! memory, some 150 bytes a person; made when it is first asked for.
//!
//! A key that a person has no more stays until the daemon starts again: whoever is found by it is
//! compared as they are now, so it costs a comparison and misleads nobody.

use std::collections::BTreeSet;

use registry::RecordId;
use registry::duplicate::{Key, neighbours};

/// Entries that wait to be sorted in.
const FRESH_MAX: usize = 4_096;

/// The beginning of a key, its finer marks, and the place of a person: eight bytes, so that half a
/// million of them are small. Three bytes of a key hardly ever take two blocks of one office for
/// one; where they do, somebody is compared in vain.
type Entry = [u8; 8];

/// Places that an entry can tell.
const PLACES_MAX: usize = 1 << 24;

/// People by their keys.
#[derive(Default)]
pub(in crate::office) struct Blocks {
    sorted: Vec<Entry>,
    fresh: BTreeSet<Entry>,
    /// Somebody who changed stands here once more.
    people: Vec<RecordId>,
}

impl Blocks {
    /// A person has these keys now.
    pub(in crate::office) fn add(&mut self, id: RecordId, keys: &[Key]) {
        // Nobody changes people that often between two starts.
        if self.people.len() >= PLACES_MAX {
            return;
        }
        let place = self.people.len();
        self.people.push(id);
        self.fresh.extend(keys.iter().map(|key| entry(*key, place)));
        if self.fresh.len() >= FRESH_MAX.max(self.sorted.len() / 8) {
            self.settle();
        }
    }

    /// Everybody, read once: into one list that is sorted at the end. By way of what is fresh, a
    /// tree of small pieces, the heap would keep megabytes that nobody uses.
    pub(in crate::office) fn of<E>(
        read: impl FnOnce(&mut dyn FnMut(RecordId, &[Key])) -> Result<(), E>,
    ) -> Result<Blocks, E> {
        let mut blocks = Blocks::default();
        read(&mut |id, keys| {
            let place = blocks.people.len();
            if place >= PLACES_MAX {
                return;
            }
            blocks.people.push(id);
            blocks
                .sorted
                .extend(keys.iter().map(|key| entry(*key, place)));
        })?;
        blocks.settle();
        blocks.sorted.shrink_to_fit();
        blocks.people.shrink_to_fit();
        Ok(blocks)
    }

    /// Sorts in what is fresh.
    fn settle(&mut self) {
        self.sorted.reserve_exact(self.fresh.len());
        self.sorted.extend(std::mem::take(&mut self.fresh));
        self.sorted.sort_unstable();
    }

    /// With whom somebody who has these keys is to be compared, each once.
    pub(in crate::office) fn meet(&self, keys: &[Key]) -> BTreeSet<RecordId> {
        let mut met = BTreeSet::new();
        for key in keys {
            let block = self.block(*key);
            let size = block.len();
            met.extend(neighbours(*key, size, block).people);
        }
        met
    }

    fn block(&self, key: Key) -> Vec<([u8; 2], RecordId)> {
        let first = entry(
            Key {
                fine: [0; 2],
                ..key
            },
            0,
        );
        let is_of_block = |found: &&Entry| found.first_chunk::<3>() == first.first_chunk::<3>();
        let from = self.sorted.partition_point(|found| *found < first);
        let sorted = self.sorted.iter().skip(from).take_while(is_of_block);
        let fresh = self.fresh.range(first..).take_while(is_of_block);
        let person = |found: &Entry| {
            let [_, _, _, fine @ .., a, b, c] = *found;
            let place = u32::from_be_bytes([0, a, b, c]);
            Some((fine, self.people.get(place as usize).copied()?))
        };
        sorted.chain(fresh).filter_map(person).collect()
    }
}

/// Of a place below [`PLACES_MAX`], the last three bytes are all there is.
fn entry(key: Key, place: usize) -> Entry {
    let [a, b, c, ..] = key.block.to_be_bytes();
    let [x, y] = key.fine;
    let [.., p, q, r] = place.to_be_bytes();
    [a, b, c, x, y, p, q, r]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_shares_a_block_is_met_whether_sorted_in_or_fresh() {
        let key = |block: u64| Key {
            block: block << 40,
            fine: [1, 2],
        };
        let id = |place: u32| RecordId::derive("test", &[&place.to_be_bytes()]);
        let mut blocks = Blocks::default();
        for place in 0..6_000_u32 {
            blocks.add(
                id(place),
                &[key(u64::from(place % 3_000)), key(u64::from(place) + 9_000)],
            );
        }
        assert!(!blocks.sorted.is_empty() && !blocks.fresh.is_empty());
        for block in [0_u32, 7, 2_999] {
            let met = blocks.meet(&[key(u64::from(block))]);
            assert_eq!(met, [id(block), id(block + 3_000)].into());
        }
        let all = Blocks::of(|add| {
            for place in 0..6_000_u32 {
                add(id(place), &[key(u64::from(place % 3_000))]);
            }
            Ok::<(), ()>(())
        });
        assert_eq!(all.unwrap().meet(&[key(7)]), [id(7), id(3_007)].into());
        blocks.add(id(7), &[key(7)]);
        assert_eq!(blocks.meet(&[key(7), key(9_007)]).len(), 2, "each once");
        assert!(blocks.meet(&[key(999_999)]).is_empty());
    }
}
