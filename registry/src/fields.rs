//! A record as values: which field holds what. This is what genesis, pages, views and rules work
//! on; the mergeable document behind a changed record is in [`crate::document`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::schema::{Field, RecordKind};
use crate::value::Value;
use crate::{ActId, IdError};

/// Most slots that a record may hold; a peer that sends more is refused.
pub const SLOTS_MAX: usize = 2_000;

/// Which entry of a field with entries: named by the act that wrote it, so that two offices
/// never write the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryId {
    /// The n-th entry that the record had when it was made.
    Genesis(u8),
    /// The entry that this act added.
    Act(ActId),
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryId::Genesis(index) => write!(f, "g{index}"),
            EntryId::Act(act) => write!(f, "{act}"),
        }
    }
}

impl FromStr for EntryId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        if let Some(digits) = text.strip_prefix('g') {
            return digits.parse().map(EntryId::Genesis).map_err(|_| IdError {
                kind: "an entry",
                shape: "g0 to g255, or the id of an act",
            });
        }
        text.parse().map(EntryId::Act)
    }
}

#[derive(Serialize, Deserialize)]
enum WireEntry {
    Genesis(u8),
    Act(ActId),
}

impl Serialize for EntryId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            return s.collect_str(self);
        }
        match self {
            EntryId::Genesis(index) => WireEntry::Genesis(*index),
            EntryId::Act(act) => WireEntry::Act(*act),
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            return String::deserialize(d)?
                .parse()
                .map_err(serde::de::Error::custom);
        }
        Ok(match WireEntry::deserialize(d)? {
            WireEntry::Genesis(index) => EntryId::Genesis(index),
            WireEntry::Act(act) => EntryId::Act(act),
        })
    }
}

/// A place for one value: a field, or one entry of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// The field.
    pub field: Field,
    /// The entry, for a field with entries.
    pub entry: Option<EntryId>,
}

impl Slot {
    /// The place of a field's one value.
    pub const fn single(field: Field) -> Slot {
        Slot { field, entry: None }
    }
    /// The place of one entry.
    pub const fn entry(field: Field, entry: EntryId) -> Slot {
        Slot {
            field,
            entry: Some(entry),
        }
    }
    /// Whether the shape of the field fits.
    pub const fn is_well_formed(&self) -> bool {
        self.field.has_entries() == self.entry.is_some()
    }
}

/// The values of one record, in the fixed order that makes its genesis reproducible.
///
/// A list sorted by slot: a record has a dozen values, is mostly read and written whole, and the
/// tens of thousands of a first fill cost one allocation each instead of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<(Slot, Value)>);

impl Fields {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }
    fn place(&self, slot: Slot) -> Result<usize, usize> {
        self.0.binary_search_by_key(&slot, |(at, _)| *at)
    }
    /// The value in a slot.
    pub fn get(&self, slot: Slot) -> Option<&Value> {
        let place = self.place(slot).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }
    /// The one value of a field.
    pub fn single(&self, field: Field) -> Option<&Value> {
        self.get(Slot::single(field))
    }
    /// The entries of a field, in their order.
    pub fn entries(&self, field: Field) -> impl Iterator<Item = (EntryId, &Value)> {
        let from = self.0.partition_point(|(slot, _)| slot.field < field);
        self.0
            .iter()
            .skip(from)
            .take_while(move |(slot, _)| slot.field == field)
            .filter_map(|(slot, value)| slot.entry.map(|entry| (entry, value)))
    }
    /// Sets a slot.
    pub fn put(&mut self, slot: Slot, value: Value) {
        match self.place(slot) {
            Ok(place) => {
                if let Some((_, held)) = self.0.get_mut(place) {
                    *held = value;
                }
            }
            Err(place) => self.0.insert(place, (slot, value)),
        }
    }
    /// Sets the one value of a field, if there is one.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        if let Some(value) = value {
            self.put(Slot::single(field), value);
        }
    }
    /// Adds an entry that the record has from its making.
    pub fn push(&mut self, field: Field, value: Value) {
        let index = self.entries(field).count();
        if let Ok(index) = u8::try_from(index) {
            self.put(Slot::entry(field, EntryId::Genesis(index)), value);
        }
    }
    /// Empties a slot.
    pub fn remove(&mut self, slot: Slot) {
        if let Ok(place) = self.place(slot) {
            self.0.remove(place);
        }
    }
    /// All slots with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Value)> {
        self.0.iter().map(|(slot, value)| (*slot, value))
    }
    /// How many slots hold a value.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Whether every slot fits its field, the kind of record, and its value.
    pub fn fits(&self, kind: RecordKind) -> bool {
        self.0.len() <= SLOTS_MAX
            && self.0.iter().all(|(slot, value)| {
                slot.is_well_formed() && slot.field.rule().kind == kind && value.fits(slot.field)
            })
    }
}

/// In whatever order they come; of two values of one slot the later stands.
impl From<Vec<(Slot, Value)>> for Fields {
    fn from(mut values: Vec<(Slot, Value)>) -> Self {
        if !values.is_sorted_by(|(one, _), (next, _)| one < next) {
            // The sort is stable, so what came last of a slot is what is last of it now.
            values.sort_by_key(|(slot, _)| *slot);
            values.reverse();
            values.dedup_by_key(|(slot, _)| *slot);
            values.reverse();
        }
        Self(values)
    }
}

impl FromIterator<(Slot, Value)> for Fields {
    fn from_iter<T: IntoIterator<Item = (Slot, Value)>>(iter: T) -> Self {
        iter.into_iter().collect::<Vec<_>>().into()
    }
}

impl Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Vec::<(Slot, Value)>::deserialize(d).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Line;

    fn text(words: &str) -> Value {
        Value::Text(Line::parse(words).unwrap())
    }

    #[test]
    fn the_order_in_which_values_come_makes_no_difference() {
        let entry = |index| Slot::entry(Field::OldNumbers, EntryId::Genesis(index));
        let file = Slot::single(Field::HouseholdFile);
        let mut put = Fields::new();
        for (slot, words) in [(file, "x"), (entry(1), "b"), (entry(0), "a"), (file, "f")] {
            put.put(slot, text(words));
        }
        let listed = [(entry(1), "b"), (file, "x"), (entry(0), "a"), (file, "f")];
        let collected: Fields = listed
            .map(|(slot, words)| (slot, text(words)))
            .into_iter()
            .collect();
        assert_eq!(put, collected);
        assert_eq!(put.len(), 3);
        assert_eq!(put.single(Field::HouseholdFile), Some(&text("f")));
        let entries: Vec<_> = put.entries(Field::OldNumbers).collect();
        assert_eq!(
            entries,
            [
                (EntryId::Genesis(0), &text("a")),
                (EntryId::Genesis(1), &text("b"))
            ]
        );
        put.remove(entry(0));
        assert_eq!(put.get(entry(0)), None);
        assert_eq!(put.entries(Field::OldNumbers).count(), 1);
    }
}
