//! Torn ends are cut, damage is reported, and neither is taken for the other.

use std::fs;

use super::{Place, fill, put, rows, value};
use crate::header::HEADER_BYTES;
use crate::store::Position;
use crate::{OpenError, RebuildReason, Store};

#[test]
fn an_end_torn_at_any_byte_is_cut_and_reported() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 3);
    let whole = fs::metadata(place.last_segment()).unwrap().len();
    let before = rows(&store);
    store.commit(put("last", "torn")).unwrap();
    drop(store);
    let all = fs::metadata(place.last_segment()).unwrap().len();
    let bytes = fs::read(place.last_segment()).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();

    for end in whole..all {
        let place = place.copy();
        let end = usize::try_from(end).unwrap();
        fs::write(place.last_segment(), &bytes[..end]).unwrap();
        let (store, opened) = place.open();
        assert_eq!(rows(&store), before, "cut at {end}");
        assert_eq!(opened.position, Position(3));
        let torn = opened.torn.map(|torn| (torn.bytes, torn.after));
        let cut = end as u64 - whole;
        assert_eq!(torn, (cut > 0).then_some((cut, Position(3))));
        if end % 16 == 0 {
            store.commit(put("last", "again")).unwrap();
            drop(store);
            let (store, opened) = place.open();
            assert_eq!(value(&store, "last").as_deref(), Some("again"));
            assert_eq!(opened.torn, None);
        }
    }
}

#[test]
fn an_end_that_holds_old_or_empty_blocks_is_cut() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 3);
    let whole = fs::metadata(place.last_segment()).unwrap().len();
    store.commit(put("last", "torn")).unwrap();
    drop(store);
    let bytes = fs::read(place.last_segment()).unwrap();
    for from in [whole, whole + 10, whole + 36, whole + 40] {
        let place = place.copy();
        let mut torn = bytes.clone();
        torn[usize::try_from(from).unwrap()..].fill(0);
        fs::write(place.last_segment(), torn).unwrap();
        let (store, opened) = place.open();
        assert_eq!(value(&store, "last"), None);
        assert!(opened.torn.is_some());
        assert_eq!(opened.rebuilt, Some(RebuildReason::Ahead));
        assert_eq!(
            place.files("journal", "torn").len(),
            1,
            "what was cut is kept"
        );
    }
}

#[test]
fn damage_before_the_last_frame_is_never_skipped() {
    let place = Place::new();
    let (store, _) = place.open();
    fill(&store, 0, 2);
    let end = fs::metadata(place.last_segment()).unwrap().len();
    fill(&store, 2, 3);
    drop(store);
    let bytes = fs::read(place.last_segment()).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    for at in 0..usize::try_from(end).unwrap() {
        let place = place.copy();
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x20;
        fs::write(place.last_segment(), &damaged).unwrap();
        let error = place.refusal();
        // The layout's number is in the header, and a greater one means a newer program.
        let newer = (8..12).contains(&at) && matches!(error, OpenError::Newer { .. });
        let corrupt = matches!(error, OpenError::Corrupt { .. });
        let foreign =
            (96..HEADER_BYTES).contains(&at) && matches!(error, OpenError::WrongKey { .. });
        assert!(corrupt || newer || foreign, "byte {at}: {error}");
        assert_eq!(
            fs::read(place.last_segment()).unwrap(),
            damaged,
            "untouched"
        );
        assert!(!place.path("cache").exists());
    }
}

#[test]
fn damage_says_the_file_and_the_position() {
    let place = Place {
        segment_bytes: 1,
        ..Place::new()
    };
    let (store, _) = place.open();
    fill(&store, 0, 4);
    drop(store);
    let third = &place.files("journal", "log")[2];
    let mut bytes = fs::read(third).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(third, bytes).unwrap();
    let error = place.refusal();
    let OpenError::Corrupt { file, position, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(file, "journal/00000003.log");
    // Each sync begins a segment here, and the first was begun empty, with the store.
    assert_eq!(*position, Position(1));
    assert!(error.to_string().contains("journal/00000003.log"));
}

#[test]
fn a_missing_segment_is_damage_wherever_it_is_missing() {
    let place = Place {
        segment_bytes: 1,
        ..Place::new()
    };
    let (store, _) = place.open();
    fill(&store, 0, 4);
    drop(store);
    let count = place.files("journal", "log").len();
    assert!(count >= 4);
    for missing in 0..count - 1 {
        let place = place.copy();
        fs::remove_file(&place.files("journal", "log")[missing]).unwrap();
        assert_eq!(place.refusal().code(), "store_corrupt", "{missing}");
    }
    let unharmed = place.copy();
    assert_eq!(unharmed.open().1.position, Position(4));
}

#[test]
fn a_segment_of_another_store_is_refused() {
    let (one, other) = (Place::new(), Place::new());
    for place in [&one, &other] {
        let (store, _) = place.open();
        fill(&store, 0, 1);
        drop(store);
        let (store, _) = place.open();
        fill(&store, 1, 2);
    }
    fs::copy(other.last_segment(), one.last_segment()).unwrap();
    assert_eq!(one.refusal().code(), "store_corrupt");
}

#[test]
fn the_journal_rolls_over_many_segments_and_restarts() {
    let place = Place {
        segment_bytes: 600,
        ..Place::new()
    };
    let mut expected = Vec::new();
    for round in 0..4 {
        let (store, opened) = place.open();
        assert_eq!(opened.position.get(), round * 25);
        assert_eq!(rows(&store), expected);
        let from = usize::try_from(round).unwrap() * 25;
        fill(&store, from, from + 25);
        expected = rows(&store);
    }
    assert!(place.files("journal", "log").len() > 8);
    fs::remove_dir_all(place.path("cache")).unwrap();
    let (store, opened) = place.open();
    assert_eq!((rows(&store), opened.replayed), (expected, 100));
}

#[test]
fn a_failure_at_any_step_of_a_sync_loses_nothing_that_was_promised() {
    for operations in 0.. {
        let place = Place {
            segment_bytes: 1,
            ..Place::new()
        };
        let (store, _) = place.open();
        fill(&store, 0, 3);
        store.stage(put("new", "value")).unwrap();
        place.disk.faults.fail_after(operations);
        let promised = store.sync().is_ok();
        place.disk.faults.heal();
        assert_eq!(store.sync().is_ok(), promised, "poisoned after a failure");
        drop(store);
        let (store, opened) = place.open();
        let kept = value(&store, "new").is_some();
        assert!(kept || !promised, "step {operations}");
        assert_eq!(opened.position.get(), if kept { 4 } else { 3 });
        assert!(value(&store, "key 002").is_some());
        store.commit(put("after", "all")).unwrap();
        if promised {
            assert!(operations > 5, "the fault was met on the way");
            return;
        }
    }
}

#[test]
fn a_long_wait_for_a_sync_is_cut_short() {
    let place = Place::new();
    let (store, _) = place.open();
    for number in 0..5 {
        let mut batch = crate::Batch::new();
        batch.put(super::T, &[number], vec![number; 4 << 20]);
        store.stage(batch).unwrap();
    }
    assert_eq!(
        store.durable(),
        Position(3),
        "what waited was synced to make room"
    );
    assert_eq!(store.sync().unwrap(), Position(5));
}
