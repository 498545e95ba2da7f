//! Tests that break files and inject faults. What every store must do is in `conformance`.

mod bulk;
mod conform;
pub(crate) mod faults;
mod journal;
mod keys;
mod model;
mod rebuild;
mod refusals;
mod snapshots;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::disk::Disk;
use crate::{
    Batch, DataKey, DurableStore, KeyRange, OpenError, Opened, Options, Row, Store, Table,
};

pub(crate) const T: Table = Table(3);

/// A directory in which a store is opened again and again.
pub(crate) struct Place {
    dir: TempDir,
    pub(crate) disk: Disk,
    pub(crate) segment_bytes: u64,
    pub(crate) format: u32,
    pub(crate) oldest_format: u32,
    pub(crate) key: DataKey,
    pub(crate) bulk_bytes: usize,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            disk: Disk::default(),
            segment_bytes: 8 << 20,
            format: 7,
            oldest_format: 7,
            key: DataKey::from_bytes([9; 32]),
            bulk_bytes: 0,
        }
    }

    /// Another place with a copy of the files.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self {
            segment_bytes: self.segment_bytes,
            ..Self::new()
        };
        copy_dir(&self.path(""), &copy.path(""));
        copy
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("store").join(name)
    }

    pub(crate) fn try_open(&self) -> Result<(DurableStore, Opened), OpenError> {
        let mut options = Options::new(self.path(""), self.key.clone(), self.format);
        options.oldest_format = self.oldest_format;
        options.segment_bytes = self.segment_bytes;
        options.reserve_bytes = 1 << 20;
        options.bulk_bytes = self.bulk_bytes;
        DurableStore::open_on(&options, &self.disk)
    }

    pub(crate) fn open(&self) -> (DurableStore, Opened) {
        self.try_open().unwrap()
    }

    pub(crate) fn refusal(&self) -> OpenError {
        match self.try_open() {
            Err(error) => error,
            Ok((_, opened)) => panic!("it opened: {opened:?}"),
        }
    }

    /// Files with an ending, in the order of their names.
    pub(crate) fn files(&self, dir: &str, ending: &str) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.path(dir))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == ending))
            .collect();
        files.sort();
        files
    }

    pub(crate) fn last_segment(&self) -> PathBuf {
        self.files("journal", "log").pop().unwrap()
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn put(key: &str, value: &str) -> Batch {
    let mut batch = Batch::new();
    batch.put(T, key.as_bytes(), value);
    batch
}

pub(crate) fn rows(store: &dyn Store) -> Vec<Row> {
    store.scan(T, &KeyRange::all(), usize::MAX).unwrap()
}

pub(crate) fn value(store: &dyn Store, key: &str) -> Option<String> {
    let value = store.get(T, key.as_bytes()).unwrap();
    value.map(|value| String::from_utf8(value).unwrap())
}

/// Commits a few batches, each on its own.
pub(crate) fn fill(store: &dyn Store, from: usize, to: usize) {
    for number in from..to {
        let value = format!("value {number} {}", "x".repeat(number % 50));
        store
            .commit(put(&format!("key {:03}", number % 40), &value))
            .unwrap();
    }
}
