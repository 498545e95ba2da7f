//! Whatever happens to the cache, its content comes back.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Place, fill, put, rows, value};
use crate::{DataKey, RebuildReason, Row, Store};

/// A store with a snapshot and a journal after it.
fn filled() -> (Place, Vec<Row>) {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 60);
    store.checkpoint().unwrap();
    fill(&store, 60, 90);
    let rows = rows(&store);
    drop(store);
    (place, rows)
}

fn all_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Puts the cache of one store, as it was closed, in the place of another's.
fn exchange_cache(place: &Place, other: &Place) {
    fs::remove_dir_all(place.path("cache")).unwrap();
    for part in ["cache", "cache.state"] {
        fs::rename(other.path(part), place.path(part)).unwrap();
    }
}

#[test]
fn an_orderly_end_needs_no_rebuild() {
    let (place, expected) = filled();
    let (store, opened) = place.open();
    assert_eq!((opened.rebuilt, opened.replayed), (None, 0));
    assert_eq!(rows(&store), expected);
    assert!(!opened.created);
    assert_eq!(opened.records, expected.len() as u64);
}

#[test]
fn a_cache_that_is_gone_is_rebuilt() {
    let (place, expected) = filled();
    fs::remove_dir_all(place.path("cache")).unwrap();
    let (store, opened) = place.open();
    assert_eq!(opened.rebuilt, Some(RebuildReason::Absent));
    assert_eq!(opened.replayed, 30);
    assert_eq!(rows(&store), expected);
}

#[test]
fn a_cache_that_was_emptied_or_overwritten_is_rebuilt() {
    let garbage: Vec<u8> = (0..200_000_u32).map(|n| ((n * 7919) >> 5) as u8).collect();
    for content in [&[][..], &[0; 4096][..], &garbage[..]] {
        let (place, expected) = filled();
        let mut files = Vec::new();
        all_files(&place.path("cache"), &mut files);
        assert!(!files.is_empty());
        for file in files {
            fs::write(file, content).unwrap();
        }
        let (store, opened) = place.open();
        assert!(opened.rebuilt.is_some());
        assert_eq!(rows(&store), expected, "{} bytes", content.len());
        store.commit(put("more", "work")).unwrap();
        drop(store);
        let (store, opened) = place.open();
        assert_eq!(
            (opened.rebuilt, value(&store, "more").as_deref()),
            (None, Some("work"))
        );
    }
}

#[test]
fn a_damaged_byte_in_the_cache_never_changes_the_content() {
    let (place, expected) = filled();
    let mut files = Vec::new();
    all_files(&place.path("cache"), &mut files);
    for file in files {
        let name = file.strip_prefix(place.path("")).unwrap().to_owned();
        let length = fs::metadata(&file).unwrap().len() as usize;
        for at in (0..length).step_by(length / 4 + 1) {
            let place = place.copy();
            let file = place.path(name.to_str().unwrap());
            let mut bytes = fs::read(&file).unwrap();
            bytes[at] ^= 0xff;
            fs::write(&file, bytes).unwrap();
            // Damage that sled hides shows in the fingerprint of the files.
            let (store, opened) = place.open();
            let rebuilt = opened.rebuilt;
            assert_eq!(rebuilt, Some(RebuildReason::Damaged), "{name:?} {at}");
            assert_eq!(rows(&store), expected);
        }
    }
}

#[test]
fn a_file_of_the_cache_that_was_cut_off_or_is_gone_is_noticed() {
    let (place, expected) = filled();
    let mut files = Vec::new();
    all_files(&place.path("cache"), &mut files);
    for file in files {
        let name = file.strip_prefix(place.path("")).unwrap().to_owned();
        let whole = fs::read(&file).unwrap();
        for left in [None, Some(0), Some(whole.len() / 2)] {
            let place = place.copy();
            let file = place.path(name.to_str().unwrap());
            match left {
                None => fs::remove_file(&file).unwrap(),
                Some(bytes) => fs::write(&file, &whole[..bytes]).unwrap(),
            }
            let (store, opened) = place.open();
            let changed = left != Some(whole.len());
            assert_eq!(opened.rebuilt.is_some(), changed, "{name:?} {left:?}");
            assert_eq!(rows(&store), expected);
        }
    }
}

#[test]
fn batches_that_never_became_durable_leave_the_cache() {
    let (place, expected) = filled();
    let (store, _) = place.open();
    store.stage(put("key 001", "not promised")).unwrap();
    store.stage(put("other", "not promised")).unwrap();
    drop(store);
    let (store, opened) = place.open();
    assert_eq!(opened.rebuilt, Some(RebuildReason::Ahead));
    assert_eq!(rows(&store), expected);
}

#[test]
fn an_older_cache_is_brought_up_to_date_by_replay() {
    let (place, _) = filled();
    let older = place.copy();
    let (store, _) = place.open();
    fill(&store, 90, 100);
    let expected = rows(&store);
    drop(store);
    exchange_cache(&place, &older);
    let (store, opened) = place.open();
    assert_eq!((opened.rebuilt, opened.replayed), (None, 10));
    assert_eq!(rows(&store), expected);
}

#[test]
fn a_cache_older_than_the_journal_is_rebuilt() {
    let (place, _) = filled();
    let older = place.copy();
    let (store, _) = place.open();
    fill(&store, 90, 100);
    store.checkpoint().unwrap();
    let expected = rows(&store);
    drop(store);
    exchange_cache(&place, &older);
    let (store, opened) = place.open();
    assert_eq!(opened.rebuilt, Some(RebuildReason::Behind));
    assert_eq!(rows(&store), expected);
}

#[test]
fn a_cache_of_another_store_or_key_is_rebuilt() {
    for key in [[9; 32], [8; 32]] {
        let (place, expected) = filled();
        let other = Place {
            key: DataKey::from_bytes(key),
            ..Place::new()
        };
        let (store, _) = other.open();
        fill(&store, 0, 5);
        drop(store);
        exchange_cache(&place, &other);
        let (store, opened) = place.open();
        assert_eq!(opened.rebuilt, Some(RebuildReason::Foreign));
        assert_eq!(rows(&store), expected);
    }
}

#[test]
fn a_cache_that_was_open_when_the_power_went_is_rebuilt() {
    let (place, expected) = filled();
    place.disk.faults.set_boot("first");
    let (store, _) = place.open();
    // The files as they are while the store is open.
    let process_died = place.copy();
    let power_lost = place.copy();
    drop(store);
    process_died.disk.faults.set_boot("first");
    let (store, opened) = process_died.open();
    assert_eq!((opened.rebuilt, rows(&store)), (None, expected.clone()));
    power_lost.disk.faults.set_boot("second");
    let (store, opened) = power_lost.open();
    assert_eq!(opened.rebuilt, Some(RebuildReason::PowerLoss));
    assert_eq!(rows(&store), expected);
    // Closed in order, it outlives the power.
    place.disk.faults.set_boot("second");
    assert_eq!(place.open().1.rebuilt, None);
}

#[test]
fn a_row_that_the_cache_lost_in_silence_never_leaves_the_truth() {
    let (place, expected) = filled();
    let life = fs::read_dir(place.path("cache")).unwrap().next().unwrap();
    let cache = sled::open(life.unwrap().path()).unwrap();
    assert!(cache.remove(b"\x01\x03key 007").unwrap().is_some());
    cache.flush().unwrap();
    drop(cache);
    // As if the process had died: a cache that was closed in order has a fingerprint.
    place.disk.faults.set_boot("first");
    fs::write(place.path("cache.state"), "open in first").unwrap();
    let (store, opened) = place.open();
    // Nothing shows it at first ...
    assert_eq!(
        (opened.rebuilt, rows(&store).len()),
        (None, expected.len() - 1)
    );
    // ... but no snapshot is made of it, and the next start puts it right.
    assert_eq!(store.checkpoint().unwrap_err().code(), "store_cache");
    assert_eq!(
        store.commit(put("k", "v")).unwrap_err().code(),
        "store_poisoned"
    );
    drop(store);
    let (store, opened) = place.open();
    assert_eq!(opened.rebuilt, Some(RebuildReason::Damaged));
    assert_eq!(rows(&store), expected);
    assert!(store.checkpoint().is_ok());
}
