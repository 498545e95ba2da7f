//! Who shares a key with whom: the people of the office by the keys at which duplicates meet. In
//! memory, some two hundred bytes a person; made when it is first asked for.
//!
//! A key that a person has no more stays until the daemon starts again: whoever is found by it is
//! compared as they are now, so it costs a comparison and misleads nobody.

use std::collections::{BTreeSet, HashMap};

use registry::RecordId;
use registry::duplicate::{Key, neighbours};

/// People by their keys.
#[derive(Default)]
pub(in crate::office) struct Blocks {
    /// Half of a key is enough to tell the blocks of one office apart.
    entries: BTreeSet<(u32, [u8; 2], u32)>,
    people: Vec<RecordId>,
    slots: HashMap<RecordId, u32>,
}

impl Blocks {
    /// A person has these keys now.
    pub(in crate::office) fn add(&mut self, id: RecordId, keys: &[Key]) {
        let next = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        let slot = *self.slots.entry(id).or_insert(next);
        if slot == next {
            self.people.push(id);
        }
        let entries = keys.iter().map(|key| (half(*key), key.fine, slot));
        self.entries.extend(entries);
    }

    /// With whom somebody who has these keys is to be compared, each once.
    pub(in crate::office) fn meet(&self, keys: &[Key]) -> Vec<RecordId> {
        let mut met = BTreeSet::new();
        for key in keys {
            let block = half(*key);
            let all = || {
                self.entries
                    .range((block, [0; 2], 0)..=(block, [u8::MAX; 2], u32::MAX))
            };
            let members = all().map(|(_, fine, slot)| (*fine, *slot));
            met.extend(neighbours(*key, all().count(), members).people);
        }
        let person = |slot: u32| self.people.get(slot as usize).copied();
        met.into_iter().filter_map(person).collect()
    }
}

fn half(key: Key) -> u32 {
    u32::try_from(key.block >> 32).unwrap_or(0)
}
