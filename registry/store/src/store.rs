//! The one seam of the store: the trait, and the words it speaks in. How bytes reach a disk is in
//! `durable`; the simulated implementation is in `memory`.

use std::fmt;
use std::time::Duration;

use crate::batch::Batch;
use crate::error::StoreError;
use crate::range::KeyRange;

/// A small table number. Keys of different tables never meet; within a table they are ordered by
/// their bytes. **Keys must hold no citizen data**: the cache stores them in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(pub u8);

/// The number of a batch in the journal; 0 means that there is none yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub(crate) u64);

impl Position {
    /// Before the first batch.
    pub const NONE: Self = Self(0);

    /// The number itself.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// What an operator wants to know about a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Bytes of the journal's segments.
    pub journal_bytes: u64,
    /// Bytes of the snapshot.
    pub snapshot_bytes: u64,
    /// Bytes free on the disk.
    pub disk_free_bytes: u64,
    /// How long the last sync took.
    pub last_sync: Duration,
    /// Number of keys that have a value.
    pub records: u64,
    /// Whether values are encrypted at rest.
    pub sealed: bool,
    /// Whether a failure made the store refuse all further writing until a restart.
    pub poisoned: bool,
    /// Whether the journal has grown so much that [`Store::checkpoint`] should be called soon.
    pub checkpoint_due: bool,
}

/// What a checkpoint did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The snapshot holds everything up to this position.
    pub position: Position,
    /// Bytes of the new snapshot.
    pub snapshot_bytes: u64,
    /// Segments that the snapshot made needless, now removed.
    pub segments_removed: u64,
}

/// An ordered key-value store whose promises are made by [`Store::sync`] alone.
///
/// One thread stages and syncs (others that try wait for it); any number of threads read. A reader
/// sees a batch whole or not at all.
pub trait Store: Send + Sync + 'static {
    /// The value of a key.
    ///
    /// # Errors
    /// When the cache cannot be read; a restart rebuilds it.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The values of many keys, in the order in which they are asked for. Cheaper than one by one,
    /// most of all if the keys are sorted: what holds several of them is opened once.
    ///
    /// # Errors
    /// When the cache cannot be read; a restart rebuilds it.
    fn get_many(&self, table: Table, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        keys.iter().map(|key| self.get(table, key)).collect()
    }

    /// The first `limit` rows of a range, in the order of their keys.
    ///
    /// # Errors
    /// When the cache cannot be read; a restart rebuilds it.
    fn scan(&self, table: Table, range: &KeyRange, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// The last `limit` rows of a range, from the end backwards.
    ///
    /// # Errors
    /// When the cache cannot be read; a restart rebuilds it.
    fn scan_back(
        &self,
        table: Table,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError>;

    /// Makes a batch visible to readers, whole or not at all. It is **not durable** yet, and
    /// nothing may be promised on it. An empty batch takes no position.
    ///
    /// # Errors
    /// A batch over its limits and a disk below its reserve are refused without any effect. Any
    /// other failure poisons the store.
    fn stage(&self, batch: Batch) -> Result<Position, StoreError>;

    /// Makes everything that was staged durable. When this returns, and only then, it may be
    /// promised.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] has written nothing: what was staged still waits, and a later sync
    /// may succeed. Any other failure poisons the store, and leaves open whether what was staged
    /// reached the disk: after the restart, [`Store::durable`] tells.
    fn sync(&self) -> Result<Position, StoreError>;

    /// Stages and syncs.
    ///
    /// # Errors
    /// As [`Store::stage`] and [`Store::sync`].
    fn commit(&self, batch: Batch) -> Result<Position, StoreError> {
        self.stage(batch)?;
        self.sync()
    }

    /// The last position that a sync made durable.
    fn durable(&self) -> Position;

    /// Figures for the operator. Answers even when the disk does not.
    fn health(&self) -> Health;

    /// Syncs, writes a new snapshot, then removes the old one and the segments it covers. The
    /// writer waits meanwhile; readers do not.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] has no effect, and a failure while the snapshot is written leaves
    /// the old one in force. A failure of the journal poisons the store.
    fn checkpoint(&self) -> Result<Checkpoint, StoreError>;
}
