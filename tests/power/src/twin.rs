//! A store on the disk and its twin in memory, which knows what was acknowledged. After a cut the
//! disk must hold all of that, and of the rest nothing but what was staged next, in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use registry_store::{
    Batch, Checkpoint, DurableStore, Health, KeyRange, MemoryStore, Opened, Position, Row, Store,
    StoreError, Table,
};

/// Tables that are compared: more than either daemon has.
const TABLES: u8 = 64;

/// What a store on the disk must hold.
#[derive(Default)]
pub struct Shadow {
    memory: MemoryStore,
    /// Staged since the last sync.
    staged: Mutex<Vec<Batch>>,
}

/// How the disk differs from what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Less than was acknowledged.
    #[error("position {acknowledged} was acknowledged, and the store ends at {found}")]
    Lost {
        /// The last position whose sync returned.
        acknowledged: u64,
        /// The last that is there.
        found: u64,
    },
    /// More than was ever staged.
    #[error("{staged} positions were staged, and the store ends at {found}")]
    Invented {
        /// The last position that was staged.
        staged: u64,
        /// The last that is there.
        found: u64,
    },
    /// Another content.
    #[error("table {table} does not hold what was written into it up to position {position}")]
    Differs {
        /// The table.
        table: u8,
        /// The position.
        position: u64,
    },
    /// A store with a past was taken for a new one.
    #[error("the store began anew, and position {acknowledged} had been acknowledged")]
    BeganAnew {
        /// The last position whose sync returned.
        acknowledged: u64,
    },
}

/// Why a comparison came to no end.
#[derive(Debug, thiserror::Error)]
pub enum Unlike {
    /// The promise was broken.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Shadow {
    /// The last position whose sync returned.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.memory.durable().get()
    }

    fn staged(&self) -> MutexGuard<'_, Vec<Batch>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds what a store has after it was opened against what it promised, and goes on from there.
    pub fn compare(&self, opened: &Opened, store: &dyn Store) -> Result<(), Unlike> {
        let acknowledged = self.acknowledged();
        let found = opened.position.get();
        if opened.created && acknowledged > 0 {
            return Err(Broken::BeganAnew { acknowledged }.into());
        }
        let Some(more) = found.checked_sub(acknowledged) else {
            let lost = Broken::Lost {
                acknowledged,
                found,
            };
            return Err(lost.into());
        };
        let mut staged = std::mem::take(&mut *self.staged());
        let all = u64::try_from(staged.len()).unwrap_or(u64::MAX);
        if more > all {
            let staged = acknowledged.saturating_add(all);
            return Err(Broken::Invented { staged, found }.into());
        }
        staged.truncate(usize::try_from(more).unwrap_or(usize::MAX));
        self.memory.crash();
        for batch in staged {
            self.memory.stage(batch)?;
        }
        self.memory.sync()?;
        for table in 0..TABLES {
            let all = |store: &dyn Store| store.scan(Table(table), &KeyRange::all(), usize::MAX);
            if all(store)? != all(&self.memory)? {
                let position = found;
                return Err(Broken::Differs { table, position }.into());
            }
        }
        Ok(())
    }
}

/// The store on the disk, whose every promise is noted.
pub struct Twin {
    durable: DurableStore,
    shadow: Arc<Shadow>,
}

impl Twin {
    /// A store and what it must hold.
    #[must_use]
    pub fn new(durable: DurableStore, shadow: Arc<Shadow>) -> Self {
        Self { durable, shadow }
    }

    fn acknowledge(&self, staged: &mut Vec<Batch>) -> Result<(), StoreError> {
        staged.clear();
        self.shadow.memory.sync().map(|_| ())
    }
}

impl Store for Twin {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.durable.get(table, key)
    }

    fn scan(&self, table: Table, range: &KeyRange, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.durable.scan(table, range, limit)
    }

    fn scan_back(
        &self,
        table: Table,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.durable.scan_back(table, range, limit)
    }

    fn stage(&self, batch: Batch) -> Result<Position, StoreError> {
        let mut staged = self.shadow.staged();
        let position = self.durable.stage(batch.clone())?;
        if !batch.is_empty() {
            self.shadow.memory.stage(batch.clone())?;
            staged.push(batch);
        }
        Ok(position)
    }

    fn sync(&self) -> Result<Position, StoreError> {
        let mut staged = self.shadow.staged();
        let position = self.durable.sync()?;
        self.acknowledge(&mut staged)?;
        Ok(position)
    }

    fn durable(&self) -> Position {
        self.durable.durable()
    }

    fn health(&self) -> Health {
        self.durable.health()
    }

    fn checkpoint(&self) -> Result<Checkpoint, StoreError> {
        let mut staged = self.shadow.staged();
        let done = self.durable.checkpoint()?;
        self.acknowledge(&mut staged)?;
        Ok(done)
    }
}
