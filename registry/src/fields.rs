//! A record as values: which field holds what. This is what genesis, pages, views and rules work
//! on; the mergeable document behind a changed record is in [`crate::document`].

use std::collections::BTreeMap;
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<Slot, Value>);

impl Fields {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }
    /// The value in a slot.
    pub fn get(&self, slot: Slot) -> Option<&Value> {
        self.0.get(&slot)
    }
    /// The one value of a field.
    pub fn single(&self, field: Field) -> Option<&Value> {
        self.0.get(&Slot::single(field))
    }
    /// The entries of a field, in their order.
    pub fn entries(&self, field: Field) -> impl Iterator<Item = (EntryId, &Value)> {
        let from = Slot { field, entry: None };
        self.0
            .range(from..)
            .take_while(move |(slot, _)| slot.field == field)
            .filter_map(|(slot, value)| slot.entry.map(|entry| (entry, value)))
    }
    /// Sets a slot.
    pub fn put(&mut self, slot: Slot, value: Value) {
        self.0.insert(slot, value);
    }
    /// Sets the one value of a field, if there is one.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        if let Some(value) = value {
            self.0.insert(Slot::single(field), value);
        }
    }
    /// Adds an entry that the record has from its making.
    pub fn push(&mut self, field: Field, value: Value) {
        let index = self.entries(field).count();
        if let Ok(index) = u8::try_from(index) {
            self.0
                .insert(Slot::entry(field, EntryId::Genesis(index)), value);
        }
    }
    /// Empties a slot.
    pub fn remove(&mut self, slot: Slot) {
        self.0.remove(&slot);
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

impl FromIterator<(Slot, Value)> for Fields {
    fn from_iter<T: IntoIterator<Item = (Slot, Value)>>(iter: T) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.0.iter())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Vec::<(Slot, Value)>::deserialize(d)?.into_iter().collect())
    }
}
