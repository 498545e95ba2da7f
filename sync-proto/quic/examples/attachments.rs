//! What a scanned paper costs on a thin line, and what acts cost beside it: medians of several
//! seeds on simulated lines. `cargo run -p sync-quic --example attachments`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    dead_code
)]

#[path = "../tests/simulated/attachments.rs"]
mod attachments;
#[path = "../tests/line/pki.rs"]
mod pki;
#[path = "../tests/simulated/scene.rs"]
mod scene;
#[path = "../tests/simulated/sessions.rs"]
mod sessions;
#[path = "../../tests/world/mod.rs"]
mod world;

use std::time::Duration;

use attachments::{Day, day, thin};
use simulated_network::Profile;

const SCAN_BYTES: usize = 300_000;
const SEEDS: u64 = 5;
const ACTS: u8 = 4;

fn main() {
    println!("A scan of {SCAN_BYTES} bytes, {ACTS} acts of 300 bytes, {SEEDS} seeds\n");
    println!(
        "| line | scan s | floor s | overhead up % | kB down | act alone ms | act beside ms, median | worst |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let lines = [
        ("256 kbit/s, 80 ms", thin()),
        (
            "2 Mbit/s, 250 ms",
            Profile::line(2_000, Duration::from_millis(250)),
        ),
        (
            "20 Mbit/s, 40 ms",
            Profile::line(20_000, Duration::from_millis(40)),
        ),
        (
            "64 kbit/s, 600 ms",
            Profile::line(64, Duration::from_millis(600)),
        ),
    ];
    for (name, line) in lines {
        let with: Vec<Day> = (0..SEEDS)
            .map(|seed| day(line, seed, ACTS, Some(SCAN_BYTES)))
            .collect();
        let without: Vec<Day> = (0..SEEDS).map(|seed| day(line, seed, ACTS, None)).collect();
        let acts = |days: &[Day]| {
            let mut all: Vec<u64> = days.iter().flat_map(|day| day.acts_ms.clone()).collect();
            all.sort_unstable();
            (all[all.len() / 2], all[all.len() - 1])
        };
        let mut scans: Vec<u64> = with.iter().filter_map(|day| day.scan_ms).collect();
        scans.sort_unstable();
        let scan_s = scans[scans.len() / 2] as f64 / 1000.0;
        let floor_s = SCAN_BYTES as f64 * 8.0 / f64::from(line.up_kbps) / 1000.0;
        // Acts cost the same with and without; the rest is the scan's.
        let up = with[0].bytes_up as f64 - without[0].bytes_up as f64;
        let overhead = (up / SCAN_BYTES as f64 - 1.0) * 100.0;
        let down = (with[0].bytes_down as f64 - without[0].bytes_down as f64) / 1000.0;
        let ((alone, _), (beside, worst)) = (acts(&without), acts(&with));
        println!(
            "| {name} | {scan_s:.1} | {floor_s:.1} | {overhead:.1} | {down:.1} | {alone} | {beside} | {worst} |"
        );
    }
}
