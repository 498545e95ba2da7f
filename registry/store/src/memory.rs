//! The store in memory, for tests and for the simulation: it makes the same promises as the one on a
//! disk, and breaks in the same ways when it is told to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::batch::Batch;
use crate::error::StoreError;
use crate::range::KeyRange;
use crate::store::{Checkpoint, Health, Position, Row, Store, Table};

/// How the next sync is to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncFault {
    /// There is no room; nothing is written and the store stays usable.
    DiskFull,
    /// Writing fails half-way, which poisons the store.
    Io,
}

/// A store in memory whose content survives [`MemoryStore::crash`] as far as it was synced.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

/// Keys, and what they held before a batch.
type Replaced = Vec<(Vec<u8>, Option<Vec<u8>>)>;

#[derive(Default)]
struct State {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What each staged batch replaced, in the order of its changes.
    undo: Vec<Replaced>,
    staged: u64,
    durable: u64,
    poisoned: bool,
    full: bool,
    next_sync: Option<SyncFault>,
    lies: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("rows", &self.rows.len())
            .field("staged", &self.staged)
            .field("durable", &self.durable)
            .finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The process dies and starts again: what was not synced is gone, and a poisoned store is
    /// usable again.
    pub fn crash(&self) {
        self.crash_keeping(0);
    }

    /// As [`MemoryStore::crash`], but the first `kept` batches that were staged and never synced
    /// had reached the disk all the same, which a journal cannot prevent.
    pub fn crash_keeping(&self, kept: usize) {
        let mut state = self.state();
        while state.undo.len() > kept
            && let Some(batch) = state.undo.pop()
        {
            for (key, before) in batch.into_iter().rev() {
                match before {
                    Some(value) => state.rows.insert(key, value),
                    None => state.rows.remove(&key),
                };
            }
        }
        let kept = u64::try_from(state.undo.len()).unwrap_or(u64::MAX);
        state.durable = state.durable.saturating_add(kept);
        state.staged = state.durable;
        state.undo.clear();
        state.poisoned = false;
        state.next_sync = None;
    }

    /// Batches that were staged and not synced.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.state().undo.len()
    }

    /// A disk with what is durable here, for a backup or a copied disk.
    #[must_use]
    pub fn copy(&self) -> Self {
        let (rows, undo, durable) = {
            let state = self.state();
            (state.rows.clone(), state.undo.clone(), state.durable)
        };
        let staged = durable.saturating_add(u64::try_from(undo.len()).unwrap_or(u64::MAX));
        let copy = Self {
            state: Mutex::new(State {
                rows,
                undo,
                staged,
                durable,
                ..State::default()
            }),
        };
        copy.crash();
        copy
    }

    /// From now on every sync says that it has written, and has not: what a disk does whose cache
    /// is lost, and what a test has to notice.
    pub fn lie(&self) {
        self.state().lies = true;
    }

    /// The next sync that has something to write fails.
    pub fn fail_next_sync(&self, fault: SyncFault) {
        self.state().next_sync = Some(fault);
    }

    /// Whether the disk is below its reserve: new work is refused, finishing batches are not.
    pub fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accepting(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.poisoned {
            Err(StoreError::Poisoned)
        } else {
            Ok(state)
        }
    }
}

const FULL: StoreError = StoreError::DiskFull {
    free_bytes: 0,
    needed_bytes: 1,
};

impl State {
    fn sync(&mut self) -> Result<Position, StoreError> {
        if self.staged > self.durable {
            match self.next_sync.take() {
                Some(SyncFault::DiskFull) => return Err(FULL),
                Some(SyncFault::Io) => {
                    self.poisoned = true;
                    return Err(StoreError::Io {
                        doing: "write the journal",
                        source: std::io::Error::other("an injected fault"),
                    });
                }
                None => {}
            }
        }
        if !self.lies {
            self.undo.clear();
            self.durable = self.staged;
        }
        Ok(Position(self.staged))
    }
}

fn row(led: &[u8], value: &[u8]) -> Row {
    let key = led.split_first().map_or(&[][..], |(_, key)| key);
    (key.to_vec(), value.to_vec())
}

impl Store for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let led = [&[table.0], key].concat();
        Ok(self.state().rows.get(&led).cloned())
    }

    fn scan(&self, table: Table, range: &KeyRange, limit: usize) -> Result<Vec<Row>, StoreError> {
        let Some(bounds) = range.under(&[table.0]) else {
            return Ok(Vec::new());
        };
        let state = self.state();
        let rows = state.rows.range(bounds).take(limit);
        Ok(rows.map(|(key, value)| row(key, value)).collect())
    }

    fn scan_back(
        &self,
        table: Table,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let Some(bounds) = range.under(&[table.0]) else {
            return Ok(Vec::new());
        };
        let state = self.state();
        let rows = state.rows.range(bounds).rev().take(limit);
        Ok(rows.map(|(key, value)| row(key, value)).collect())
    }

    fn stage(&self, batch: Batch) -> Result<Position, StoreError> {
        let mut state = self.accepting()?;
        let finishing = batch.may_use_reserve();
        let changes = batch.accepted()?;
        if changes.is_empty() {
            return Ok(Position(state.staged));
        }
        if state.full && !finishing {
            return Err(FULL);
        }
        let mut undo = Vec::with_capacity(changes.len());
        for change in changes {
            let before = match change.value {
                Some(value) => state.rows.insert(change.key.clone(), value),
                None => state.rows.remove(&change.key),
            };
            undo.push((change.key, before));
        }
        state.undo.push(undo);
        state.staged += 1;
        Ok(Position(state.staged))
    }

    fn sync(&self) -> Result<Position, StoreError> {
        self.accepting()?.sync()
    }

    fn durable(&self) -> Position {
        Position(self.state().durable)
    }

    fn health(&self) -> Health {
        let state = self.state();
        Health {
            records: u64::try_from(state.rows.len()).unwrap_or(u64::MAX),
            poisoned: state.poisoned,
            ..Health::default()
        }
    }

    fn checkpoint(&self) -> Result<Checkpoint, StoreError> {
        Ok(Checkpoint {
            position: self.accepting()?.sync()?,
            snapshot_bytes: 0,
            segments_removed: 0,
        })
    }
}

#[cfg(any(test, feature = "conformance"))]
impl crate::conformance::Subject for MemoryStore {
    fn store(&self) -> &dyn Store {
        self
    }

    fn restart(&mut self) {
        self.crash();
    }

    fn fill_disk(&self) {
        self.set_full(true);
    }

    fn fail_next_sync(&self, fault: SyncFault) {
        Self::fail_next_sync(self, fault);
    }

    fn heal(&self) {
        self.set_full(false);
    }
}
