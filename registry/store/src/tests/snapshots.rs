//! Checkpoints: interrupted anywhere they lose nothing, and a damaged one is never believed.

use std::fs;

use super::{Place, T, fill, put, rows, value};
use crate::{Batch, OpenError, Store};

#[test]
fn a_checkpoint_interrupted_at_any_step_loses_nothing() {
    for operations in 0.. {
        let place = Place {
            segment_bytes: 600,
            ..Place::new()
        };
        let (store, _) = place.open();
        fill(&store, 0, 30);
        store.checkpoint().unwrap();
        fill(&store, 30, 50);
        let expected = rows(&store);
        place.disk.faults.fail_after(operations);
        let done = store.checkpoint().is_ok();
        drop(store);
        place.disk.faults.heal();
        // With the cache and without it, the disk says the same.
        let bare = place.copy();
        fs::remove_dir_all(bare.path("cache")).unwrap();
        for place in [&place, &bare] {
            let (store, opened) = place.open();
            assert_eq!(rows(&store), expected, "step {operations}");
            assert_eq!(opened.position.get(), 50);
            store.commit(put("more", "work")).unwrap();
            store.checkpoint().unwrap();
            drop(store);
            assert_eq!(place.files("snapshot", "snap").len(), 1);
            assert_eq!(place.files("snapshot", "new").len(), 0);
            assert_eq!(value(&place.open().0, "more").as_deref(), Some("work"));
        }
        if done {
            assert!(operations > 10, "the fault was met on the way");
            return;
        }
    }
}

/// Removals are not synced one by one, so a loss of power may bring any of the segments back.
#[test]
fn segments_that_come_back_after_a_checkpoint_are_harmless() {
    let place = Place {
        segment_bytes: 600,
        ..Place::new()
    };
    let (store, _) = place.open();
    fill(&store, 0, 20);
    let old: Vec<_> = place
        .files("journal", "log")
        .into_iter()
        .map(|path| (fs::read(&path).unwrap(), path))
        .collect();
    assert!(old.len() > 3);
    store.checkpoint().unwrap();
    fill(&store, 20, 30);
    let expected = rows(&store);
    drop(store);
    for skipped in 0..old.len() {
        let place = place.copy();
        for (index, (content, path)) in old.iter().enumerate() {
            if index != skipped && index != old.len() - 1 {
                let name = path.file_name().unwrap();
                fs::write(place.path("journal").join(name), content).unwrap();
            }
        }
        fs::remove_dir_all(place.path("cache")).unwrap();
        let (store, opened) = place.open();
        assert_eq!(
            (opened.position.get(), rows(&store)),
            (30, expected.clone())
        );
        store.commit(put("more", "work")).unwrap();
        store.checkpoint().unwrap();
        assert_eq!(place.files("journal", "log").len(), 1);
    }
    // What the snapshot does not stand for must be there.
    let gone = place.files("journal", "log").remove(0);
    fs::remove_file(gone).unwrap();
    assert_eq!(place.refusal().code(), "store_corrupt");
}

#[test]
fn a_checkpoint_that_failed_can_be_repeated() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 30);
    place.disk.faults.fail_after(1);
    assert_eq!(store.checkpoint().unwrap_err().code(), "store_io");
    place.disk.faults.heal();
    assert_eq!(
        place.files("snapshot", "new").len(),
        0,
        "no draft stays behind"
    );
    store.commit(put("more", "work")).unwrap();
    assert_eq!(store.checkpoint().unwrap().position.get(), 31);
}

#[test]
fn a_checkpoint_on_a_full_disk_has_no_effect() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 30);
    place.disk.faults.set_free_bytes(Some(1000));
    assert_eq!(store.checkpoint().unwrap_err().code(), "disk_full");
    place.disk.faults.set_free_bytes(None);
    assert!(store.checkpoint().is_ok());
}

#[test]
fn a_checkpoint_makes_the_journal_small_again() {
    let place = Place {
        segment_bytes: 600,
        ..Place::new()
    };
    let (store, _) = place.open();
    fill(&store, 0, 200);
    let before = store.health();
    let done = store.checkpoint().unwrap();
    let after = store.health();
    assert!(done.segments_removed > 10);
    assert!(after.journal_bytes < before.journal_bytes / 10);
    assert_eq!(after.snapshot_bytes, done.snapshot_bytes);
    assert_eq!(place.files("journal", "log").len(), 1);
    assert_eq!(store.verify().unwrap(), 40);
}

#[test]
fn a_damaged_snapshot_is_reported_and_left_alone() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 30);
    store.checkpoint().unwrap();
    drop(store);
    fs::remove_dir_all(place.path("cache")).unwrap();
    let snapshot = place.files("snapshot", "snap").pop().unwrap();
    let bytes = fs::read(&snapshot).unwrap();
    let name = snapshot.file_name().unwrap().to_str().unwrap().to_owned();
    let damaged = (0..bytes.len()).step_by(7).map(|at| {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x04;
        damaged
    });
    let shortened = (0..bytes.len())
        .step_by(97)
        .map(|end| bytes[..end].to_vec());
    let longer = [bytes.iter().copied().chain([0]).collect::<Vec<u8>>()];
    for bad in damaged.chain(shortened).chain(longer) {
        let place = place.copy();
        let snapshot = place.path("snapshot").join(&name);
        fs::write(&snapshot, &bad).unwrap();
        let error = place.refusal();
        let known = matches!(
            error,
            OpenError::Corrupt { .. } | OpenError::WrongKey { .. } | OpenError::Newer { .. }
        );
        assert!(known, "{error}");
        assert_eq!(fs::read(&snapshot).unwrap(), bad, "untouched");
    }
    assert_eq!(place.open().1.records, 30);
}

#[test]
fn verify_finds_damage_while_the_store_is_open() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 30);
    store.checkpoint().unwrap();
    assert_eq!(store.verify().unwrap(), 30);
    let snapshot = place.files("snapshot", "snap").pop().unwrap();
    let mut bytes = fs::read(&snapshot).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(snapshot, bytes).unwrap();
    assert_eq!(store.verify().unwrap_err().code(), "store_corrupt");
}

#[test]
fn a_large_content_takes_many_pages() {
    let place = Place::new();
    let (store, _) = place.open();
    for block in 0..8_u32 {
        let mut batch = crate::Batch::new();
        for number in 0..400_u32 {
            let key = (block * 400 + number).to_be_bytes();
            let value: Vec<u8> = (0..250).map(|n: u32| ((n * number) >> 3) as u8).collect();
            batch.put(super::T, &key, value);
        }
        store.commit(batch).unwrap();
    }
    store.checkpoint().unwrap();
    let expected = rows(&store);
    drop(store);
    fs::remove_dir_all(place.path("cache")).unwrap();
    let (store, opened) = place.open();
    assert_eq!((opened.records, opened.replayed), (3200, 0));
    assert_eq!(rows(&store), expected);
}

#[test]
fn the_sum_is_right_whether_many_or_few_of_the_changed_keys_were_there() {
    let place = Place::new();
    let (store, _) = place.open();
    let change = |from: u8, to: u8, step: usize, value: u8| {
        let mut batch = Batch::new();
        for key in (from..to).step_by(step) {
            batch.put(T, &[key], vec![value; 9]);
        }
        batch.delete(T, &[from + 1]);
        store.commit(batch).unwrap();
    };
    change(0, 200, 50, 1);
    change(0, 200, 1, 2);
    change(0, 250, 1, 3);
    assert_eq!(store.health().records, 249);
    // Writing a snapshot reads every row and compares the sum.
    store.checkpoint().unwrap();
    assert_eq!(store.verify().unwrap(), 249);
}
