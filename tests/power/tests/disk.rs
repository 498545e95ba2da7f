//! The disk itself: it must be able to do all that a real one may, and nothing worse.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use power_cuts::drive::{Drive, Manner, ROOT, Refusal};

fn disk(seed: u64) -> Drive {
    Drive::new(
        seed,
        Manner {
            sector_bytes: 512,
            deaf_in: None,
            deaf_top: false,
        },
    )
}

/// A safe file "a" of a thousand ones.
fn file(drive: &Drive) -> u64 {
    let file = drive.make(ROOT, OsStr::new("a"), false).unwrap().inode;
    drive.write(file, 0, &[1; 1000]).unwrap();
    drive.sync(file).unwrap();
    drive.sync(ROOT).unwrap();
    file
}

/// What "a" is after a cut, for many seeds.
fn after_cuts(work: impl Fn(&Drive)) -> BTreeSet<Option<Vec<u8>>> {
    (0..400)
        .map(|seed| {
            let drive = disk(seed);
            work(&drive);
            drive.settle();
            drive.content(Path::new("a"))
        })
        .collect()
}

#[test]
fn what_was_synced_is_kept() {
    let outcomes = after_cuts(|drive| {
        file(drive);
    });
    assert_eq!(outcomes, BTreeSet::from([Some(vec![1; 1000])]));
}

#[test]
fn an_unsynced_append_is_dropped_kept_or_torn() {
    let outcomes = after_cuts(|drive| {
        let file = file(drive);
        drive.write(file, 1000, &[2; 1048]).unwrap();
    });
    let appended = [[1; 1000].to_vec(), [2; 1048].to_vec()].concat();
    assert!(outcomes.contains(&Some(vec![1; 1000])), "dropped");
    assert!(outcomes.contains(&Some(appended)), "kept");
    let long: Vec<&Vec<u8>> = outcomes
        .iter()
        .flatten()
        .filter(|it| it.len() > 1000)
        .collect();
    assert!(long.iter().any(|it| it[1024..1536] == [0; 512]), "zeros");
    let is_noise = |part: &[u8]| part.iter().collect::<BTreeSet<_>>().len() > 20;
    assert!(long.iter().any(|it| is_noise(&it[1024..1536])), "noise");
    // The later part without the earlier one.
    assert!(
        long.iter()
            .any(|it| it[1024..1536] != [2; 512] && it[1536..] == [2; 512]),
        "reordered"
    );
    for outcome in outcomes {
        let outcome = outcome.expect("its name was synced");
        assert_eq!(outcome[..1000], [1; 1000], "what was synced is never torn");
        assert!(outcome.len() == 1000 || outcome.len() == 2048);
    }
}

#[test]
fn writes_over_each_other_are_sector_by_sector_old_or_new() {
    let outcomes = after_cuts(|drive| {
        let file = file(drive);
        drive.write(file, 0, &[2; 1000]).unwrap();
        drive.write(file, 0, &[3; 1000]).unwrap();
    });
    let mut seen = BTreeSet::new();
    for outcome in outcomes.into_iter().flatten() {
        assert_eq!(outcome.len(), 1000);
        let (first, second) = outcome.split_at(512);
        assert!(
            first.iter().all(|byte| *byte == first[0]),
            "sectors are whole"
        );
        assert!(second.iter().all(|byte| *byte == second[0]));
        seen.insert((first[0], second[0]));
    }
    assert_eq!(seen.len(), 9, "every combination is met: {seen:?}");
}

#[test]
fn a_name_that_was_not_synced_may_be_gone() {
    let outcomes = after_cuts(|drive| {
        let file = drive.make(ROOT, OsStr::new("a"), false).unwrap().inode;
        drive.write(file, 0, &[1; 10]).unwrap();
        drive.sync(file).unwrap();
    });
    assert_eq!(outcomes, BTreeSet::from([None, Some(vec![1; 10])]));
}

#[test]
fn a_rename_has_happened_or_not_and_removals_happen_in_any_order() {
    let mut renamed = BTreeSet::new();
    let mut removed = BTreeSet::new();
    for seed in 0..200 {
        let drive = disk(seed);
        file(&drive);
        for name in ["b", "c"] {
            drive.make(ROOT, OsStr::new(name), false).unwrap();
        }
        drive.sync(ROOT).unwrap();
        drive
            .rename(ROOT, OsStr::new("a"), OsStr::new("z"))
            .unwrap();
        drive.remove(ROOT, OsStr::new("b"), false).unwrap();
        drive.remove(ROOT, OsStr::new("c"), false).unwrap();
        drive.settle();
        let has = |name: &str| drive.content(Path::new(name)).is_some();
        renamed.insert((has("a"), has("z")));
        removed.insert((has("b"), has("c")));
    }
    assert_eq!(renamed, BTreeSet::from([(true, false), (false, true)]));
    assert_eq!(removed.len(), 4, "{removed:?}");
}

#[test]
fn power_goes_after_so_many_operations_and_old_inodes_are_dead() {
    let drive = disk(1);
    let file = file(&drive);
    drive.cut_after(2);
    drive.write(file, 0, &[2; 10]).unwrap();
    drive.write(file, 0, &[3; 10]).unwrap();
    assert_eq!(drive.write(file, 0, &[4; 10]), Err(Refusal::Off));
    assert!(drive.is_off());
    assert_eq!(drive.read(file, 0, 10), Err(Refusal::Off));
    drive.settle();
    drive.power_on();
    assert_eq!(drive.read(file, 0, 10), Err(Refusal::Stale));
    assert!(drive.look_up(ROOT, OsStr::new("a")).is_ok());
}

#[test]
fn one_seed_brings_one_outcome() {
    let outcome = |seed| {
        let drive = disk(seed);
        let file = file(&drive);
        for number in 0..20_u8 {
            drive
                .write(file, usize::from(number) * 300, &[number; 700])
                .unwrap();
        }
        drive.settle();
        drive.content(Path::new("a"))
    };
    assert_eq!(outcome(7), outcome(7));
    assert_ne!(outcome(7), outcome(8));
}
