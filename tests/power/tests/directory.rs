//! The folder of a daemon on a disk that loses names that were not synced.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use power_cuts::drive::{Drive, Manner};
use power_cuts::mount::Mounted;
use registry_store::make_folder;

/// Cuts of each kind: each name that is not safe is gone after nearly half of them.
const ROUNDS: usize = 24;
const NAMES: [&str; 3] = ["srv", "registry", "data"];

/// After how many cuts the folder was there, when this had been done on an empty disk.
fn kept(make: impl Fn(&Path)) -> usize {
    let manner = Manner {
        sector_bytes: 512,
        deaf_in: None,
        deaf_top: false,
    };
    let drive = Drive::new(1, manner);
    let mounted = Mounted::mount(&drive).unwrap_or_else(|error| panic!("{error}"));
    let dir = below(mounted.path(), NAMES.len());
    let there_after_a_cut = |_: &usize| {
        drive.cut();
        drive.wipe(512);
        drive.power_on();
        make(mounted.path());
        drive.cut();
        drive.settle();
        drive.power_on();
        dir.is_dir()
    };
    (0..ROUNDS).filter(there_after_a_cut).count()
}

/// The folder under so many of the names.
fn below(top: &Path, names: usize) -> PathBuf {
    let names = NAMES.iter().take(names);
    names.fold(top.to_path_buf(), |at, name| at.join(name))
}

#[test]
fn a_folder_is_there_after_every_cut_with_all_above_it() {
    let kept = kept(|top| make_folder(&below(top, 3)).unwrap());
    assert_eq!(kept, ROUNDS);
}

/// A start was broken off when it had made so many of the folders, and not synced the last name.
#[test]
fn what_a_start_left_that_was_broken_off_is_made_safe_by_the_next() {
    for made in 1..=NAMES.len() {
        let kept = kept(|top| {
            for names in 1..=made {
                if names > 1 {
                    let above = File::open(below(top, names - 2)).unwrap();
                    above.sync_all().unwrap();
                }
                fs::create_dir(below(top, names)).unwrap();
            }
            make_folder(&below(top, 3)).unwrap();
        });
        assert_eq!(kept, ROUNDS, "{made} folders");
    }
}

/// The control.
#[test]
fn a_folder_that_was_only_made_is_lost() {
    let kept = kept(|top| fs::create_dir_all(below(top, 3)).unwrap());
    assert!(kept < ROUNDS, "{kept}");
}
