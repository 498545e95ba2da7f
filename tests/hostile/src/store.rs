//! The files of a store whose disk did not keep them, and what lies behind their seal.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use registry_store::{Batch, DataKey, DurableStore, Options, Store, Table, hostile};

/// The key of the store of every input.
fn key() -> DataKey {
    DataKey::from_bytes([3; 32])
}

fn options(dir: &Path) -> Options {
    let mut options = Options::new(dir, key(), 1);
    options.reserve_bytes = 0;
    options.cache_bytes = 1 << 20;
    options
}

/// Two files of a good store: a segment of the journal, and a snapshot.
pub(crate) fn good() -> &'static [(PathBuf, Vec<u8>)] {
    static GOOD: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        let (store, _) = DurableStore::open(&options(dir.path())).expect("a new store");
        for number in 0..6_u8 {
            let mut batch = Batch::new();
            batch.put(Table(1), &[number], vec![number; 90]);
            batch.put(Table(2), &[number], b"value".to_vec());
            batch.delete(Table(2), &[number.saturating_sub(1)]);
            store.stage(batch).expect("room");
            store.sync().expect("a disk");
            if number == 3 {
                store.checkpoint().expect("a disk");
            }
        }
        drop(store);
        let mut files = Vec::new();
        for folder in ["journal", "snapshot"] {
            for entry in fs::read_dir(dir.path().join(folder)).expect("a folder") {
                let path = entry.expect("a file").path();
                let name = Path::new(folder).join(path.file_name().expect("a name"));
                files.push((name, fs::read(path).expect("a file")));
            }
        }
        files.sort();
        files
    })
}

/// One file of a good store with other bytes: which, how many of its own it keeps at the start,
/// where it goes on with them, and what stands between.
pub(crate) fn files(bytes: &[u8]) {
    let Some((head, middle)) = bytes.split_first_chunk::<5>() else {
        return;
    };
    let [which, keep_low, keep_high, on_low, on_high] = *head;
    let keep = usize::from(u16::from_le_bytes([keep_low, keep_high]));
    let goes_on = usize::from(u16::from_le_bytes([on_low, on_high]));
    let room = if Path::new("/dev/shm").is_dir() {
        tempfile::tempdir_in("/dev/shm")
    } else {
        tempfile::tempdir()
    };
    let dir = room.expect("a folder");
    for folder in ["journal", "snapshot"] {
        fs::create_dir(dir.path().join(folder)).expect("a folder");
    }
    let chosen = usize::from(which) % good().len();
    for (index, (name, content)) in good().iter().enumerate() {
        let written = if index == chosen {
            let start = content.get(..keep).unwrap_or(content);
            let end = content.get(goes_on..).unwrap_or_default();
            [start, middle, end].concat()
        } else {
            content.clone()
        };
        fs::write(dir.path().join(name), written).expect("room");
    }
    match DurableStore::open(&options(dir.path())) {
        Ok((store, opened)) => {
            assert!(!opened.created, "a store with files is not new");
            store.verify().expect("what was opened is whole");
        }
        Err(error) => assert!(!error.code().is_empty()),
    }
}

/// What lies behind the seal.
pub(crate) fn content(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    match which % 4 {
        0 => {
            let (_, changes) = hostile::group(bytes);
            assert!(changes <= bytes.len(), "a change takes a byte at least");
        }
        1 => drop(hostile::page(bytes)),
        2 => {
            hostile::footer(bytes);
        }
        _ => {
            hostile::header(bytes, &key());
        }
    }
}
