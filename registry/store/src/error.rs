//! What can go wrong, in words for the person who has to act on it. No key or value is ever part of
//! an error.

use std::io;
use std::path::PathBuf;

use crate::limits::{BATCH_BYTES_MAX, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use crate::store::Position;

/// Why a store could not be opened. Nothing was deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process holds the directory.
    #[error("{} is already in use by another process: stop that one first", dir.display())]
    InUse {
        /// The store's directory.
        dir: PathBuf,
    },
    /// A newer program wrote this store.
    #[error(
        "the store has format {found} and this program knows formats up to {supported}: \
         install the newer program, or restore a backup made by this one"
    )]
    Newer {
        /// What the disk has.
        found: u32,
        /// What this program knows.
        supported: u32,
    },
    /// An older program wrote this store, and this one no longer reads it.
    #[error(
        "the store has format {found} and this program reads formats from {oldest}: \
         upgrade through the versions between, one at a time"
    )]
    Older {
        /// What the disk has.
        found: u32,
        /// The oldest that this program reads.
        oldest: u32,
    },
    /// The store was sealed with another key.
    #[error(
        "{file} was sealed with another data key: provide the key that this store was made with"
    )]
    WrongKey {
        /// The file that shows it.
        file: String,
    },
    /// The store is damaged.
    #[error(
        "{file} is damaged after position {position}: {what}; nothing was changed: \
         copy the directory, then restore the last backup"
    )]
    Corrupt {
        /// The file, under the store's directory.
        file: String,
        /// The last position that is known to be whole before the damage.
        position: Position,
        /// What is wrong.
        what: &'static str,
    },
    /// There is no room to open the store.
    #[error(
        "the disk has {free_bytes} bytes free and {needed_bytes} are needed: make room and start again"
    )]
    DiskFull {
        /// Free now.
        free_bytes: u64,
        /// Needed.
        needed_bytes: u64,
    },
    /// The operating system refused.
    #[error("could not {doing} {}: check the disk and the permissions", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The cache could not be made, even from nothing.
    #[error("the cache could not be rebuilt ({what}): check the disk")]
    Cache {
        /// What failed.
        what: String,
    },
}

impl OpenError {
    /// A stable name for logs, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "store_in_use",
            Self::Newer { .. } => "store_newer",
            Self::Older { .. } => "store_older",
            Self::WrongKey { .. } => "store_wrong_key",
            Self::Corrupt { .. } => "store_corrupt",
            Self::DiskFull { .. } => "disk_full",
            Self::Io { .. } => "store_io",
            Self::Cache { .. } => "store_cache",
        }
    }

    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// Why the store refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is too little room left. Nothing was written; reading goes on.
    #[error(
        "the disk has {free_bytes} bytes free, under the {needed_bytes} that must stay free: make room"
    )]
    DiskFull {
        /// Free now.
        free_bytes: u64,
        /// What the reserve and this step ask for.
        needed_bytes: u64,
    },
    /// An earlier failure left what is visible ahead of what is durable.
    #[error(
        "an earlier write failed, so nothing more is accepted: restart, and what was promised is read back"
    )]
    Poisoned,
    /// Writing failed. The store is poisoned.
    #[error("could not {doing}: check the disk, then restart")]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The cache could not be read or written, or does not hold what it should.
    #[error("the cache failed ({what}): restart, and it is rebuilt from the journal")]
    Cache {
        /// What failed.
        what: String,
    },
    /// A key is too long.
    #[error("a key of {bytes} bytes exceeds the limit of {KEY_BYTES_MAX}")]
    KeyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A value is too large.
    #[error("a value of {bytes} bytes exceeds the limit of {VALUE_BYTES_MAX}")]
    ValueTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// A batch is too large.
    #[error("a batch of {bytes} bytes exceeds the limit of {BATCH_BYTES_MAX}: split it")]
    BatchTooLarge {
        /// Its size, when the limit was passed.
        bytes: usize,
    },
}

impl StoreError {
    /// A stable name for logs, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "disk_full",
            Self::Poisoned => "store_poisoned",
            Self::Io { .. } => "store_io",
            Self::Cache { .. } => "store_cache",
            Self::KeyTooLong { .. } => "key_too_long",
            Self::ValueTooLarge { .. } => "value_too_large",
            Self::BatchTooLarge { .. } => "batch_too_large",
        }
    }

    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
