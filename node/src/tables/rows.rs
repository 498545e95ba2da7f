//! Reading through changes that are not staged yet, and staging them as one batch.

mod acts;
mod attachments;
mod bundles;
mod drafts;
mod filed;
mod moves;
mod portraits;
mod records;
mod units;
mod words;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use registry_store::{Batch, KeyRange, Position, Row, Store, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{META, Meta, TableError};

/// Looks at a key and its value; tells whether to go on.
type VisitRow<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Result<bool, TableError>;
/// Rows read from the store at a time.
const PAGE_ROWS: usize = 512;
const READINGS_KEY: &[u8] = b"readings sent";
const META_KEY: &[u8] = b"meta";

/// The rows of the store, with changes on top that nobody else sees yet.
#[derive(Clone)]
pub struct Rows {
    store: Arc<dyn Store>,
    changes: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
    bytes: usize,
}

impl Rows {
    /// The rows of this store.
    pub fn new(store: Arc<dyn Store>) -> Rows {
        Rows {
            store,
            changes: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// About how many bytes of changes wait.
    pub fn waiting_bytes(&self) -> usize {
        self.bytes
    }

    /// Makes the changes visible to every reader, as one batch; not durable before the store is at
    /// the position that it gives.
    pub fn stage(&mut self, finishing: bool) -> Result<Position, TableError> {
        let mut batch = if finishing {
            Batch::finishing()
        } else {
            Batch::new()
        };
        for ((table, key), value) in std::mem::take(&mut self.changes) {
            match value {
                Some(value) => batch.put(table, &key, value),
                None => batch.delete(table, &key),
            };
        }
        self.bytes = 0;
        Ok(self.store.stage(batch)?)
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, TableError> {
        if let Some(change) = self.changes.get(&(table, key.to_vec())) {
            return Ok(change.clone());
        }
        Ok(self.store.get(table, key)?)
    }

    fn put(&mut self, table: Table, key: &[u8], value: Vec<u8>) {
        self.bytes += key.len() + value.len();
        self.changes.insert((table, key.to_vec()), Some(value));
    }

    /// What is not there is not deleted: most records have no row in most tables.
    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), TableError> {
        if self.get(table, key)?.is_some() {
            self.bytes += key.len();
            self.changes.insert((table, key.to_vec()), None);
        }
        Ok(())
    }

    /// The first rows whose key begins so, changes included.
    fn prefix(&self, table: Table, prefix: &[u8], limit: usize) -> Result<Vec<Row>, TableError> {
        let mut rows: BTreeMap<Vec<u8>, Vec<u8>> = self
            .store
            .scan(table, &KeyRange::prefix(prefix), limit)?
            .into_iter()
            .collect();
        let from = (table, prefix.to_vec());
        let changes = self
            .changes
            .range(from..)
            .take_while(|((at, key), _)| *at == table && key.starts_with(prefix));
        for ((_, key), change) in changes {
            match change {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().take(limit).collect())
    }

    fn value<T: DeserializeOwned>(
        &self,
        table: Table,
        name: &'static str,
        key: &[u8],
    ) -> Result<Option<T>, TableError> {
        self.get(table, key)?
            .map(|bytes| read(name, &bytes))
            .transpose()
    }

    fn put_value<T: Serialize>(
        &mut self,
        table: Table,
        name: &'static str,
        key: &[u8],
        value: &T,
    ) -> Result<(), TableError> {
        let bytes = postcard::to_stdvec(value).map_err(|_| TableError::Damaged { table: name })?;
        self.put(table, key, bytes);
        Ok(())
    }

    /// Walks a table of the store in key order, without the changes.
    fn walk(
        &self,
        table: Table,
        after: Option<&[u8]>,
        visit: VisitRow<'_>,
    ) -> Result<(), TableError> {
        let mut range = match after {
            Some(key) => KeyRange::new(Bound::Excluded(key.to_vec()), Bound::Unbounded),
            None => KeyRange::all(),
        };
        loop {
            let rows = self.store.scan(table, &range, PAGE_ROWS)?;
            for (key, value) in &rows {
                if !visit(key, value)? {
                    return Ok(());
                }
            }
            match rows.last() {
                Some((key, _)) if rows.len() == PAGE_ROWS => range = range.after(key),
                _ => return Ok(()),
            }
        }
    }
}

fn read<T: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<T, TableError> {
    postcard::from_bytes(bytes).map_err(|_| TableError::Damaged { table })
}

/// Where the node stands.
impl Rows {
    /// The row, if the store is not new.
    pub fn meta(&self) -> Result<Option<Meta>, TableError> {
        self.value(META, "meta", META_KEY)
    }
    /// Writes it.
    pub fn put_meta(&mut self, meta: &Meta) -> Result<(), TableError> {
        self.put_value(META, "meta", META_KEY, meta)
    }
    /// The entry of the audit chain up to which the centre has the readings.
    pub fn readings_sent(&self) -> Result<u64, TableError> {
        let sent = self.value(META, "readings sent", READINGS_KEY)?;
        Ok(sent.unwrap_or(0))
    }
    pub(crate) fn put_readings_sent(&mut self, up_to: u64) -> Result<(), TableError> {
        self.put_value(META, "readings sent", READINGS_KEY, &up_to)
    }
}
