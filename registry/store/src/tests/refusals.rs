//! Absent, in use, older, newer, another key, full: each has its own answer.

use std::fs;

use super::{Place, fill, put, rows, value};
use crate::{DataKey, OpenError, Store};

#[test]
fn an_absent_store_is_created_once() {
    let place = Place::new();
    let (store, opened) = place.open();
    assert!(opened.created);
    drop(store);
    assert!(!place.open().1.created);
}

#[test]
fn a_creation_interrupted_at_any_step_can_be_repeated() {
    for operations in 0.. {
        let place = Place::new();
        place.disk.faults.fail_after(operations);
        let done = place.try_open().is_ok();
        place.disk.faults.heal();
        let (store, opened) = place.open();
        assert_eq!(opened.position.get(), 0, "step {operations}");
        fill(&store, 0, 3);
        drop(store);
        assert_eq!(place.open().1.records, 3);
        if done {
            assert!(operations > 8);
            return;
        }
    }
}

#[test]
fn an_opening_interrupted_at_any_step_can_be_repeated() {
    for operations in 0.. {
        let place = Place::new();
        let (store, _) = place.open();
        fill(&store, 0, 10);
        store.checkpoint().unwrap();
        fill(&store, 10, 15);
        let expected = rows(&store);
        drop(store);
        fs::remove_dir_all(place.path("cache")).unwrap();
        let segment = place.last_segment();
        let mut bytes = fs::read(&segment).unwrap();
        bytes.extend_from_slice(b"torn");
        fs::write(&segment, bytes).unwrap();
        place.disk.faults.fail_after(operations);
        let done = place.try_open().is_ok();
        place.disk.faults.heal();
        let (store, _) = place.open();
        assert_eq!(rows(&store), expected, "step {operations}");
        if done {
            assert!(operations > 8);
            return;
        }
    }
}

#[test]
fn a_store_whose_journal_is_gone_is_not_new() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 3);
    let without_snapshot = place.copy();
    store.checkpoint().unwrap();
    drop(store);
    for place in [&without_snapshot, &place] {
        fs::remove_dir_all(place.path("journal")).unwrap();
        assert_eq!(place.refusal().code(), "store_corrupt");
    }
    // A snapshot alone, and a cache alone.
    fs::remove_dir_all(place.path("cache")).unwrap();
    assert_eq!(place.refusal().code(), "store_corrupt");
    fs::remove_dir_all(without_snapshot.path("snapshot")).unwrap();
    assert_eq!(without_snapshot.refusal().code(), "store_corrupt");
}

#[test]
fn a_journal_whose_snapshot_is_gone_is_corrupt() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 3);
    store.checkpoint().unwrap();
    fill(&store, 3, 5);
    drop(store);
    fs::remove_file(place.files("snapshot", "snap").pop().unwrap()).unwrap();
    assert_eq!(place.refusal().code(), "store_corrupt");
}

#[test]
fn another_key_is_told_from_damage() {
    let mut place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 3);
    drop(store);
    place.key = DataKey::from_bytes([1; 32]);
    assert_eq!(place.refusal().code(), "store_wrong_key");
    place.key = DataKey::from_bytes([9; 32]);
    assert_eq!(place.open().1.records, 3);
}

#[test]
fn formats_older_and_newer_are_told_apart() {
    let mut place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 3);
    drop(store);
    place.format = 6;
    let error = place.refusal();
    assert!(
        matches!(
            error,
            OpenError::Newer {
                found: 7,
                supported: 6
            }
        ),
        "{error}"
    );
    (place.format, place.oldest_format) = (9, 8);
    let error = place.refusal();
    assert!(
        matches!(
            error,
            OpenError::Older {
                found: 7,
                oldest: 8
            }
        ),
        "{error}"
    );
    place.oldest_format = 7;
    let (store, opened) = place.open();
    assert_eq!(opened.format, 7);
    store.commit(put("migrated", "yes")).unwrap();
    drop(store);
    assert_eq!(place.open().1.format, 9);
    (place.format, place.oldest_format) = (8, 7);
    assert_eq!(place.refusal().code(), "store_newer");
}

#[test]
fn a_second_opener_is_told_that_the_store_is_in_use() {
    let place = Place::new();
    let (store, _) = place.open();
    assert_eq!(place.refusal().code(), "store_in_use");
    drop(store);
    place.open();
}

#[test]
fn a_full_disk_refuses_a_new_store_and_opens_an_old_one() {
    let place = Place::new();
    place.disk.faults.set_free_bytes(Some(1000));
    assert_eq!(place.refusal().code(), "disk_full");
    place.disk.faults.set_free_bytes(None);
    let (store, _) = place.open();
    fill(&store, 0, 3);
    drop(store);
    place.disk.faults.set_free_bytes(Some(1000));
    let (store, _) = place.open();
    assert_eq!(rows(&store).len(), 3);
    assert_eq!(store.stage(put("k", "v")).unwrap_err().code(), "disk_full");
    assert_eq!(value(&store, "k"), None);
}

#[test]
fn no_value_is_on_the_disk_in_clear() {
    let canary = "Nguyễn Thị Canary 0790990123";
    let place = Place::new();
    let (store, _) = place.open();
    for number in 0..20 {
        store
            .stage(put(&format!("key in clear {number}"), canary))
            .unwrap();
    }
    store.checkpoint().unwrap();
    store.commit(put("more", canary)).unwrap();
    drop(store);
    let (mut clear_keys, mut read) = (0, 0);
    let mut dirs = vec![place.path("")];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            read += bytes.len();
            let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
            assert!(
                !has(canary.as_bytes()) && !has(&canary.as_bytes()[..8]),
                "{path:?}"
            );
            clear_keys += usize::from(has(b"in clear"));
        }
    }
    // The control: keys are in clear in the cache, and the search finds them.
    assert!(clear_keys > 0 && read > 1000);
}
