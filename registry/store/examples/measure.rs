//! Measures the store with the values of a commune: memory, rebuild, sync, checkpoint.
//!
//! `cargo run --release -p registry-store --example measure -- [rows] [bytes] [cache MiB]`
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Instant;

use registry_store::{Batch, DataKey, DurableStore, KeyRange, Options, Store, Table};

const T: Table = Table(1);

fn main() {
    if let Ok(dir) = std::env::var("MEASURE_REOPEN") {
        return reopen(&dir);
    }
    let mut arguments = std::env::args()
        .skip(1)
        .map(|text| text.parse::<usize>().unwrap());
    let rows = arguments.next().unwrap_or(41_000);
    let bytes = arguments.next().unwrap_or(300);
    let cache_mib = arguments.next().unwrap_or(16);
    let dir = std::env::temp_dir().join(format!("store-measure-{}", std::process::id()));
    let mut options = Options::new(&dir, DataKey::from_bytes([7; 32]), 1);
    options.cache_bytes = (cache_mib as u64) << 20;
    println!(
        "{rows} rows of {bytes} bytes, cache {cache_mib} MiB; resident {}",
        resident()
    );

    let (store, _) = DurableStore::open(&options).unwrap();
    let started = Instant::now();
    for from in (0..rows).step_by(500) {
        let mut batch = Batch::new();
        for row in from..rows.min(from + 500) {
            batch.put(T, &key(row), value(row, bytes));
        }
        store.commit(batch).unwrap();
    }
    report("filled, a sync every 500", started);

    let started = Instant::now();
    let mut syncs: Vec<_> = (0..200)
        .map(|row| {
            let mut batch = Batch::new();
            batch.put(T, &key(row), value(row + 1, bytes));
            let started = Instant::now();
            store.commit(batch).unwrap();
            started.elapsed()
        })
        .collect();
    syncs.sort_unstable();
    println!(
        "one commit: median {:?}, slowest {:?}",
        syncs[100], syncs[199]
    );
    report("200 commits", started);

    let started = Instant::now();
    for row in 0..10_000 {
        let mut batch = Batch::new();
        batch.put(T, &key(row * 7 % rows), value(row, bytes));
        store.stage(batch).unwrap();
    }
    store.sync().unwrap();
    report("10,000 batches of one row staged, one sync", started);

    rebuild(&options, store, "from the journal");
    let (store, _) = DurableStore::open(&options).unwrap();
    let started = Instant::now();
    let done = store.checkpoint().unwrap();
    println!("snapshot {} bytes", done.snapshot_bytes);
    report("checkpoint", started);
    rebuild(&options, store, "from the snapshot");
    let disk = |name| {
        let dir = options.dir.join(name);
        let size = std::process::Command::new("du")
            .arg("-sk")
            .arg(dir)
            .output()
            .unwrap();
        String::from_utf8(size.stdout)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap_or("?")
            .to_owned()
    };
    println!(
        "on the disk: journal {} kB, snapshot {} kB, cache {} kB",
        disk("journal"),
        disk("snapshot"),
        disk("cache")
    );

    let started = Instant::now();
    let (store, _) = DurableStore::open(&options).unwrap();
    report("opened as it was left", started);
    let started = Instant::now();
    for row in 0..20_000 {
        store.get(T, &key(row * 7919 % rows)).unwrap();
    }
    report("20,000 random reads", started);
    let started = Instant::now();
    assert_eq!(store.scan(T, &KeyRange::all(), rows).unwrap().len(), rows);
    report("one scan of all", started);
    drop(store);
    std::fs::remove_dir_all(dir).unwrap();
}

/// In a process of its own, so that its memory is seen alone.
fn rebuild(options: &Options, store: DurableStore, what: &str) {
    drop(store);
    std::fs::remove_dir_all(options.dir.join("cache")).unwrap();
    println!("rebuilding {what}, in a new process");
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    let child = child
        .env("MEASURE_REOPEN", &options.dir)
        .env("MEASURE_CACHE", options.cache_bytes.to_string());
    assert!(child.status().unwrap().success());
}

fn reopen(dir: &str) {
    let mut options = Options::new(dir, DataKey::from_bytes([7; 32]), 1);
    options.cache_bytes = std::env::var("MEASURE_CACHE").unwrap().parse().unwrap();
    let started = Instant::now();
    let (_store, opened) = DurableStore::open(&options).unwrap();
    println!("{opened:?}");
    report("rebuilt", started);
}

fn key(row: usize) -> [u8; 16] {
    let mut key = [0; 16];
    key.copy_from_slice(
        &(row as u128)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
            .to_be_bytes(),
    );
    key
}

fn value(row: usize, bytes: usize) -> Vec<u8> {
    let mut state = row as u64 | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Half of the bits are noise, as in packed records.
        (state >> 32) as u8 & 0x0f
    };
    (0..bytes).map(|_| next()).collect()
}

fn report(what: &str, started: Instant) {
    println!("{what}: {:?}; resident {}", started.elapsed(), resident());
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = |name| {
        status
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or("")
            .to_owned()
    };
    format!("{} (peak {})", line("VmRSS:"), line("VmHWM:")).replace('\t', " ")
}
