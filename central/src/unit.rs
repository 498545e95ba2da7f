//! A unit of work: reads through to the store, keeps its writes to itself until it is handed
//! over whole. What a batch of acts does, it does in one unit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use registry::unit::{Edition, Issued, Units};
use registry::{CommitSeq, FeedSeq, NodeId, OfficeCode, RecordId};
use registry_store::{Batch, KeyRange, Store, StoreError, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tables::{self, FormerRow, Kept, OfficeRow};

/// Why a unit of work cannot be done. Nothing of it has happened then.
#[derive(Debug, thiserror::Error)]
pub enum UnitError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row cannot be read: the store is damaged or of another version.
    #[error("a row of table {table} cannot be read; restore the registry from its backup")]
    Row {
        /// Which table.
        table: u8,
    },
    /// A row cannot be written: a bug of ours.
    #[error("a row of table {table} cannot be written")]
    Unwritable {
        /// Which table.
        table: u8,
    },
}

impl UnitError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            UnitError::Store(error) => error.code(),
            UnitError::Row { .. } => "store_row_unreadable",
            UnitError::Unwritable { .. } => "store_row_unwritable",
        }
    }
}

/// The units as the registry knows them.
#[derive(Debug, Clone)]
pub struct Known {
    /// Those in force.
    pub units: Arc<Units>,
    /// How far the last decree is carried out, if it is not yet.
    pub underway: Option<Underway>,
}

/// A decree that is being carried out.
#[derive(Debug, Clone)]
pub struct Underway {
    /// The edition before it.
    pub before: Edition,
    /// The offices of communes up to this one were told; none before the first.
    pub told: Option<OfficeCode>,
}

impl Known {
    /// The commune whose office and feed stand for this one: itself, unless a decree has dissolved
    /// it and its devices were told.
    pub fn office_now(&self, office: OfficeCode) -> OfficeCode {
        let Some(underway) = &self.underway else {
            return self.units.office(office, self.units.edition());
        };
        let (before, now) = self.around(office, underway.before);
        if underway.has_told(now) { now } else { before }
    }

    /// Up to which edition the feed of a commune may tell of the units. While a decree is carried
    /// out its turn comes with its slice: a node that heard of the decree before would take the
    /// slice that it has for the new one.
    pub fn edition_for(&self, office: OfficeCode) -> Edition {
        match &self.underway {
            Some(underway) if !underway.has_told(self.around(office, underway.before).1) => {
                underway.before
            }
            _ => self.units.edition(),
        }
    }

    /// What a commune was before a decree, and what it becomes by it.
    fn around(&self, office: OfficeCode, before: Edition) -> (OfficeCode, OfficeCode) {
        let then = self.units.office_in(office, before);
        (then, self.units.office(then, before))
    }
}

impl Underway {
    /// Whether the turn of this commune has come.
    fn has_told(&self, commune: OfficeCode) -> bool {
        self.told.is_some_and(|told| commune <= told)
    }
}

type Writes = BTreeMap<(u8, Vec<u8>), Option<Vec<u8>>>;

/// A unit of work.
pub struct Unit<'a> {
    store: &'a dyn Store,
    writes: Writes,
    written_bytes: usize,
    commit: CommitSeq,
    at_s: i64,
    offices: BTreeMap<OfficeCode, OfficeRow>,
    grew: BTreeMap<OfficeCode, FeedSeq>,
    whole: BTreeSet<(OfficeCode, RecordId)>,
    who_settled: BTreeSet<RecordId>,
    known: Known,
    shared: BTreeMap<OfficeCode, bool>,
}

impl<'a> Unit<'a> {
    /// Begins one; it will be the next commit.
    pub fn begin(store: &'a dyn Store, known: Known, at_s: i64) -> Result<Unit<'a>, UnitError> {
        let mut unit = Unit {
            store,
            writes: BTreeMap::new(),
            written_bytes: 0,
            commit: CommitSeq::new(0),
            at_s,
            offices: BTreeMap::new(),
            grew: BTreeMap::new(),
            whole: BTreeSet::new(),
            who_settled: BTreeSet::new(),
            known,
            shared: BTreeMap::new(),
        };
        unit.commit = CommitSeq::new(unit.count("commit")?);
        Ok(unit)
    }

    /// Looks without meaning to write: nothing of it is ever handed over.
    pub fn look(store: &'a dyn Store, known: Known) -> Result<Unit<'a>, UnitError> {
        Unit::begin(store, known, 0)
    }

    /// The store beneath, without what was written here.
    pub fn store(&self) -> &dyn Store {
        self.store
    }

    /// The units in force.
    pub const fn units(&self) -> &Arc<Units> {
        &self.known.units
    }

    /// The commune whose office and feed stand for this one: itself, unless a decree has dissolved
    /// it and is carried out.
    pub fn office_now(&self, office: OfficeCode) -> OfficeCode {
        self.known.office_now(office)
    }

    /// Up to which edition the feed of a commune may tell of the units.
    pub fn edition_for(&self, office: OfficeCode) -> Edition {
        self.known.edition_for(office)
    }

    /// The decree that is being carried out, if there is one.
    pub fn decree_underway(&self) -> Option<&Issued> {
        self.known.underway.as_ref()?;
        self.known.units.issued().last()
    }

    /// What a node was before decrees gave it to another office.
    pub fn former(&self, node: &NodeId) -> Result<Option<FormerRow>, UnitError> {
        self.get(tables::FORMER, &tables::node_mark(node))
    }

    /// Whether an office has more than one node, so that what one of them did is news to another.
    pub fn is_shared(&mut self, office: OfficeCode) -> Result<bool, UnitError> {
        if let Some(known) = self.shared.get(&office) {
            return Ok(*known);
        }
        let nodes = self.keys(tables::NODES, &office.to_be_bytes(), 2)?;
        self.shared.insert(office, nodes.len() > 1);
        Ok(nodes.len() > 1)
    }

    /// The commit that this will be.
    pub const fn commit_seq(&self) -> CommitSeq {
        self.commit
    }

    /// Central's time, seconds since 1970.
    pub const fn at_s(&self) -> i64 {
        self.at_s
    }

    /// The next value of a counter; the first is 1.
    pub fn count(&mut self, name: &str) -> Result<u64, UnitError> {
        let next = self
            .get::<u64>(tables::META, name.as_bytes())?
            .unwrap_or(0)
            .saturating_add(1);
        self.put(tables::META, name.as_bytes(), &next)?;
        Ok(next)
    }

    /// Raw bytes.
    pub fn bytes(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, UnitError> {
        match self.writes.get(&(table.0, key.to_vec())) {
            Some(written) => Ok(written.clone()),
            None => Ok(self.store.get(table, key)?),
        }
    }

    /// A row.
    pub fn get<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &[u8],
    ) -> Result<Option<T>, UnitError> {
        self.bytes(table, key)?
            .map(|bytes| decode(table, &bytes))
            .transpose()
    }

    /// Writes a row.
    pub fn put<T: Serialize>(
        &mut self,
        table: Table,
        key: &[u8],
        row: &T,
    ) -> Result<(), UnitError> {
        let bytes =
            postcard::to_stdvec(row).map_err(|_| UnitError::Unwritable { table: table.0 })?;
        let bytes_of_row = key.len().saturating_add(bytes.len());
        self.written_bytes = self.written_bytes.saturating_add(bytes_of_row);
        self.writes.insert((table.0, key.to_vec()), Some(bytes));
        Ok(())
    }

    /// About how much was written so far: a unit has to fit into one batch of the store.
    pub const fn written_bytes(&self) -> usize {
        self.written_bytes
    }

    /// Removes a row.
    pub fn delete(&mut self, table: Table, key: &[u8]) {
        self.writes.insert((table.0, key.to_vec()), None);
    }

    /// The keys that begin so, with what was written here, at most `limit`.
    pub fn keys(
        &self,
        table: Table,
        prefix: &[u8],
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, UnitError> {
        let stored = self.store.scan(table, &KeyRange::prefix(prefix), limit)?;
        let keys = self.with_written(table, prefix, stored);
        Ok(keys.into_iter().take(limit).collect())
    }

    /// The last keys with a prefix, at most `limit` of them, in their order.
    pub fn last_keys(
        &self,
        table: Table,
        prefix: &[u8],
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, UnitError> {
        let stored = self
            .store
            .scan_back(table, &KeyRange::prefix(prefix), limit)?;
        let keys = self.with_written(table, prefix, stored);
        let too_many = keys.len().saturating_sub(limit);
        Ok(keys.into_iter().skip(too_many).collect())
    }

    /// Stored keys with a prefix, and what this unit did to them.
    fn with_written(
        &self,
        table: Table,
        prefix: &[u8],
        stored: Vec<registry_store::Row>,
    ) -> BTreeSet<Vec<u8>> {
        let mut keys: BTreeSet<Vec<u8>> = stored.into_iter().map(|(key, _)| key).collect();
        let written = self
            .writes
            .range((table.0, prefix.to_vec())..)
            .take_while(|((of, key), _)| *of == table.0 && key.starts_with(prefix));
        for ((_, key), value) in written {
            if value.is_some() {
                keys.insert(key.clone());
            } else {
                keys.remove(key);
            }
        }
        keys
    }

    /// A record.
    pub fn kept(&self, id: &RecordId) -> Result<Option<Kept>, UnitError> {
        self.get(tables::RECORDS, id.as_bytes())
    }

    /// Whether a commune holds a record.
    pub fn holds(&self, office: OfficeCode, id: &RecordId) -> Result<bool, UnitError> {
        Ok(self
            .bytes(tables::SLICES, &tables::slice_key(office, id))?
            .is_some())
    }

    /// What stands for a commune.
    pub fn office(&mut self, office: OfficeCode) -> Result<&mut OfficeRow, UnitError> {
        use std::collections::btree_map::Entry;
        let row = match self.offices.entry(office) {
            Entry::Occupied(row) => return Ok(row.into_mut()),
            Entry::Vacant(place) => {
                let bytes = self.store.get(tables::OFFICES, &office.to_be_bytes())?;
                let row = bytes
                    .map(|bytes| decode(tables::OFFICES, &bytes))
                    .transpose()?;
                place.insert(row.unwrap_or_default())
            }
        };
        Ok(row)
    }

    /// Notes that a commune is sent a record as it stands.
    pub fn sent_whole(&mut self, office: OfficeCode, id: RecordId) {
        self.whole.insert((office, id));
    }

    /// Whether it was, in this unit.
    pub fn was_sent_whole(&self, office: OfficeCode, id: &RecordId) -> bool {
        self.whole.contains(&(office, *id))
    }

    /// Notes that a case which asked who these people are is closed: a number that waited for
    /// it is due.
    pub fn settled_who(&mut self, people: impl IntoIterator<Item = RecordId>) {
        self.who_settled.extend(people);
    }

    /// One of those people, each once.
    pub fn take_settled(&mut self) -> Option<RecordId> {
        self.who_settled.pop_first()
    }

    /// Notes that a feed has grown.
    pub fn grew(&mut self, office: OfficeCode, head: FeedSeq) {
        self.grew.insert(office, head);
    }

    /// What it did, ready for the store; and which feeds grew.
    pub fn finish(mut self) -> Result<(Batch, BTreeMap<OfficeCode, FeedSeq>), UnitError> {
        for (office, row) in std::mem::take(&mut self.offices) {
            self.put(tables::OFFICES, &office.to_be_bytes(), &row)?;
        }
        let mut batch = Batch::new();
        for ((table, key), value) in self.writes {
            match value {
                Some(bytes) => batch.put(Table(table), &key, bytes),
                None => batch.delete(Table(table), &key),
            };
        }
        Ok((batch, self.grew))
    }
}

/// Reads a row's bytes.
pub fn decode<T: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T, UnitError> {
    postcard::from_bytes(bytes).map_err(|_| UnitError::Row { table: table.0 })
}

#[cfg(test)]
mod tests {
    use registry::unit::Decree;

    use super::*;

    #[test]
    fn a_feed_hears_of_a_decree_when_the_turn_of_its_commune_has_come() {
        let base = Units::built_in();
        let file = "old_code,new_code,share,default\n00004,00008,whole,1\n";
        let decree = Decree::read(file, "2026-11-01".parse().unwrap(), base).unwrap();
        let units = base.after(Arc::new(decree), CommitSeq::new(5)).unwrap();
        let (units, before) = (Arc::new(units), base.edition());
        let now = units.edition();
        let code = |text: &str| text.parse::<OfficeCode>().unwrap();
        // The turn of a commune that is dissolved is that of its successor.
        for (told, office, edition) in [
            (None, "00004", before),
            (None, "00008", before),
            (Some("00004"), "00004", before),
            (Some("00004"), "00008", before),
            (Some("00008"), "00004", now),
            (Some("00008"), "00008", now),
            (Some("00008"), "00025", before),
            (Some("00025"), "00025", now),
        ] {
            let told = told.map(code);
            let known = Known {
                units: Arc::clone(&units),
                underway: Some(Underway { before, told }),
            };
            assert_eq!(
                known.edition_for(code(office)),
                edition,
                "{told:?} {office}"
            );
        }
        let done = Known {
            units,
            underway: None,
        };
        assert_eq!(done.edition_for(code("00004")), now);
    }
}
