//! How a store is opened, and what opening found.

use std::path::PathBuf;

use crate::key::DataKey;
use crate::store::Position;

/// How to open a durable store.
#[derive(Debug)]
pub struct Options {
    /// Its directory, which it has for itself.
    pub dir: PathBuf,
    /// The key that seals it.
    pub key: DataKey,
    /// The daemon's schema version, written into every new file.
    pub format: u32,
    /// The oldest schema version that the daemon still reads.
    pub oldest_format: u32,
    /// A segment of the journal is closed when it has this size.
    pub segment_bytes: u64,
    /// Memory for the cache's pages.
    pub cache_bytes: u64,
    /// New work is refused when less than this is free on the disk. Batches that finish what was
    /// begun may use all but a quarter of it.
    pub reserve_bytes: u64,
    /// A checkpoint is due when the journal has this size.
    pub checkpoint_after_bytes: u64,
    /// What very many changes at once may take of memory before they reach the cache, in
    /// [`crate::DurableStore::begin_bulk`] and when the cache is built anew; 0 where memory is short:
    /// then there is no bulk.
    pub bulk_bytes: usize,
}

impl Options {
    /// The defaults of a commune's daemon.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, key: DataKey, format: u32) -> Self {
        Self {
            dir: dir.into(),
            key,
            format,
            oldest_format: format,
            segment_bytes: 8 << 20,
            cache_bytes: 8 << 20,
            reserve_bytes: 64 << 20,
            checkpoint_after_bytes: 32 << 20,
            bulk_bytes: 0,
        }
    }
}

/// What opening a store found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Whether the directory was empty and the store is new.
    pub created: bool,
    /// The last durable position.
    pub position: Position,
    /// The newest schema version found on the disk; below [`Options::format`], the daemon has to
    /// bring the content up to date.
    pub format: u32,
    /// The end of the journal that was cut off.
    pub torn: Option<TornTail>,
    /// Why the cache was built anew, if it was.
    pub rebuilt: Option<RebuildReason>,
    /// Batches that were read from the journal into the cache.
    pub replayed: u64,
    /// Number of keys that have a value.
    pub records: u64,
}

/// A group of batches that was being written when the power went. It had never been promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The segment, under the store's directory. What was cut is kept beside it, with the ending
    /// `.torn`, until the next checkpoint.
    pub file: String,
    /// Bytes that were cut.
    pub bytes: u64,
    /// The last position before the cut.
    pub after: Position,
}

/// Why the cache was built anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RebuildReason {
    /// The store is new, or the cache was gone.
    Absent,
    /// The machine stopped while the cache was open: sled does not fsync what it writes.
    PowerLoss,
    /// It failed while it was in use, or could not be opened.
    Damaged,
    /// It belongs to another store, or was sealed with another key.
    Foreign,
    /// It holds batches that never became durable.
    Ahead,
    /// It lacks batches that the journal no longer has.
    Behind,
    /// Its key has sealed enough values.
    WornOut,
}

impl RebuildReason {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::PowerLoss => "power_loss",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Ahead => "ahead",
            Self::Behind => "behind",
            Self::WornOut => "worn_out",
        }
    }
}
