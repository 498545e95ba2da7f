//! A store that counts the rows that are read of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use registry_store::{
    Batch, Checkpoint, Health, KeyRange, MemoryStore, Position, Row, Store, StoreError, Table,
};

pub(super) struct Counted {
    inner: MemoryStore,
    rows: AtomicUsize,
}

impl Counted {
    pub(super) fn of(inner: MemoryStore) -> Counted {
        Counted {
            inner,
            rows: AtomicUsize::new(0),
        }
    }

    /// Rows read so far.
    pub(super) fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    fn count(&self, rows: usize) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}

impl Store for Counted {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.count(1);
        self.inner.get(table, key)
    }

    fn scan(&self, table: Table, range: &KeyRange, limit: usize) -> Result<Vec<Row>, StoreError> {
        let rows = self.inner.scan(table, range, limit)?;
        self.count(rows.len());
        Ok(rows)
    }

    fn scan_back(
        &self,
        table: Table,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = self.inner.scan_back(table, range, limit)?;
        self.count(rows.len());
        Ok(rows)
    }

    fn stage(&self, batch: Batch) -> Result<Position, StoreError> {
        self.inner.stage(batch)
    }

    fn sync(&self) -> Result<Position, StoreError> {
        self.inner.sync()
    }

    fn durable(&self) -> Position {
        self.inner.durable()
    }

    fn health(&self) -> Health {
        self.inner.health()
    }

    fn checkpoint(&self) -> Result<Checkpoint, StoreError> {
        self.inner.checkpoint()
    }
}
