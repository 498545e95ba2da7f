//! Both stores pass the suite, and the suite can fail.

use super::Place;
use crate::conformance::{Subject, run};
use crate::{
    Batch, Checkpoint, DurableStore, Health, KeyRange, MemoryStore, Position, Row, Store,
    StoreError, SyncFault, Table,
};

struct OnDisk {
    place: Place,
    store: Option<DurableStore>,
}

impl OnDisk {
    fn new() -> Self {
        let place = Place::new();
        let store = Some(place.open().0);
        Self { place, store }
    }
}

impl Subject for OnDisk {
    fn store(&self) -> &dyn Store {
        self.store.as_ref().unwrap()
    }

    fn restart(&mut self) {
        self.store = None;
        self.heal();
        self.store = Some(self.place.open().0);
    }

    fn fill_disk(&self) {
        self.place.disk.faults.set_free_bytes(Some((1 << 20) - 1));
    }

    fn fail_next_sync(&self, fault: SyncFault) {
        match fault {
            SyncFault::DiskFull => self.place.disk.faults.set_free_bytes(Some(100)),
            SyncFault::Io => self.place.disk.faults.fail_after(1),
        }
    }

    fn heal(&self) {
        self.place.disk.faults.set_free_bytes(None);
        self.place.disk.faults.heal();
    }
}

#[test]
fn the_store_on_a_disk_conforms() {
    assert!(run(&mut || Box::new(OnDisk::new())).unwrap() > 10);
}

#[test]
fn the_store_in_memory_conforms() {
    assert!(run(&mut || Box::new(MemoryStore::new())).unwrap() > 10);
}

/// Promises at once what it has only staged.
struct Hasty(MemoryStore);

impl Store for Hasty {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(table, key)
    }
    fn scan(&self, table: Table, range: &KeyRange, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.0.scan(table, range, limit)
    }
    fn scan_back(
        &self,
        table: Table,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.0.scan_back(table, range, limit)
    }
    fn stage(&self, batch: Batch) -> Result<Position, StoreError> {
        self.0.stage(batch)
    }
    fn sync(&self) -> Result<Position, StoreError> {
        Ok(self.0.durable())
    }
    fn durable(&self) -> Position {
        self.0.durable()
    }
    fn health(&self) -> Health {
        self.0.health()
    }
    fn checkpoint(&self) -> Result<Checkpoint, StoreError> {
        self.0.checkpoint()
    }
}

impl Subject for Hasty {
    fn store(&self) -> &dyn Store {
        self
    }
    fn restart(&mut self) {
        self.0.crash();
    }
    fn fill_disk(&self) {}
    fn fail_next_sync(&self, _: SyncFault) {}
    fn heal(&self) {}
}

#[test]
fn the_suite_finds_a_store_that_does_not_sync() {
    let failure = run(&mut || Box::new(Hasty(MemoryStore::new()))).unwrap_err();
    assert_eq!(failure.check, "staged changes are visible at once");
}
