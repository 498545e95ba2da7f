//! Why sled is a cache here: what its `flush` has answered is gone after a cut.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fs::{self, File};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use power_cuts::drive::{Drive, Manner};
use power_cuts::mount::Mounted;
use power_cuts::run::quiet_sled;

fn disk(seed: u64) -> (Drive, Mounted) {
    let manner = Manner {
        sector_bytes: 512,
        deaf_in: None,
        deaf_top: false,
    };
    let drive = Drive::new(seed, manner);
    let mounted = Mounted::mount(&drive).unwrap_or_else(|error| panic!("{error}"));
    (drive, mounted)
}

fn open(mounted: &Mounted) -> sled::Result<sled::Db> {
    sled::Config::new()
        .path(mounted.path().join("sled"))
        .flush_every_ms(None)
        .open()
}

/// How many of the ten keys that sled has flushed are there after a cut; none if it cannot say.
fn kept_by_sled(seed: u64) -> usize {
    quiet_sled();
    let (drive, mounted) = disk(seed);
    let db = open(&mounted).unwrap();
    // The files themselves, as sled has begun them, are safe: what is lost is what it flushed.
    for folder in [mounted.path().join("sled"), mounted.path().to_path_buf()] {
        for entry in fs::read_dir(&folder).unwrap() {
            File::open(entry.unwrap().path())
                .unwrap()
                .sync_all()
                .unwrap();
        }
        File::open(folder).unwrap().sync_all().unwrap();
    }
    for number in 0..10_u8 {
        db.insert([number], vec![number; 100]).unwrap();
        db.flush().unwrap();
    }
    drive.cut();
    // Closing it without power panics.
    catch_unwind(AssertUnwindSafe(|| drop(db))).ok();
    drive.settle();
    drive.power_on();
    let read = catch_unwind(AssertUnwindSafe(|| {
        let db = open(&mounted).ok()?;
        let there = (0..10_u8).filter(|number| matches!(db.get([*number]), Ok(Some(_))));
        Some(there.count())
    }));
    read.ok().flatten().unwrap_or(0)
}

#[test]
fn sled_alone_loses_what_it_has_flushed() {
    let kept: Vec<usize> = (0..10).map(kept_by_sled).collect();
    println!("of ten flushed keys were kept: {kept:?}");
    let complete = kept.iter().filter(|kept| **kept == 10).count();
    assert!(complete < 10, "{kept:?}");
}

/// The control: an append that was fsynced, in a folder that was, is there after every cut.
#[test]
fn a_synced_file_is_kept() {
    for seed in 0..10 {
        let (drive, mounted) = disk(seed);
        let path = mounted.path().join("log");
        let mut file = File::create(&path).unwrap();
        File::open(mounted.path()).unwrap().sync_all().unwrap();
        for number in 0..10_u8 {
            file.write_all(&[number; 100]).unwrap();
            file.sync_data().unwrap();
        }
        file.write_all(&[99; 3000]).unwrap();
        drive.cut();
        assert!(file.write_all(&[1]).is_err(), "no power, no writing");
        assert!(fs::read(&path).is_err(), "nor reading");
        drop(file);
        drive.settle();
        drive.power_on();
        let read = fs::read(&path).unwrap();
        let synced: Vec<u8> = (0..10_u8).flat_map(|number| [number; 100]).collect();
        assert!(read.starts_with(&synced), "seed {seed}");
        assert!(read.len() <= 4000, "seed {seed}");
    }
}
