//! A first fill of four megabytes over simulated lines with each congestion controller: seconds
//! and bytes, the median of several seeds. `cargo run -p sync-quic --example controllers`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    dead_code
)]

#[path = "../tests/line/pki.rs"]
mod pki;
#[path = "../tests/simulated/scene.rs"]
mod scene;
#[path = "../tests/simulated/transfer.rs"]
mod transfer;

use std::time::{Duration, Instant};

use simulated_network::Profile;
use sync_quic::Congestion;
use transfer::{Cost, fill};

/// Pages of 250 kB.
const PAGES: usize = 16;
const SEEDS: u64 = 9;

/// The median by time.
fn median(congestion: Congestion, line: Profile) -> Cost {
    let mut costs: Vec<Cost> = (0..SEEDS)
        .map(|seed| fill(congestion, line, PAGES, seed))
        .collect();
    costs.sort_by_key(|cost| cost.time);
    costs.swap_remove(costs.len() / 2)
}

fn main() {
    let begun = Instant::now();
    let long = Profile::line(2000, Duration::from_millis(250));
    let mut lines = vec![
        ("250 ms, 2 Mbit/s".to_owned(), long),
        ("250 ms, 2 Mbit/s, 2 %".to_owned(), long.losing(2.0)),
        (
            "the same in bursts of 4".to_owned(),
            long.losing(2.0).in_bursts_of(4.0),
        ),
    ];
    for name in [
        "fibre",
        "dsl_old",
        "4g_rural",
        "edge_cell",
        "leo",
        "geo_vsat",
        "yagi_return",
    ] {
        let line = Profile::named(name).unwrap();
        lines.push((name.to_owned(), line.in_bursts_of(3.0)));
    }
    println!("4 MB down, median of {SEEDS} seeds; floor: what the line's speed alone takes\n");
    println!("| line | floor s | controller | s | x floor | MB down | kB up |");
    println!("|---|---|---|---|---|---|---|");
    for (name, line) in lines {
        let floor = 4_000_000.0 * 8.0 / f64::from(line.down_kbps) / 1000.0;
        for congestion in Congestion::ALL {
            let cost = median(congestion, line);
            let seconds = cost.time.as_secs_f64();
            println!(
                "| {name} | {floor:.1} | {congestion:?} | {seconds:.1} | {:.2} | {:.2} | {} |",
                seconds / floor,
                f64::from(u32::try_from(cost.bytes_down / 1000).unwrap()) / 1000.0,
                cost.bytes_up / 1000
            );
        }
    }
    println!("\nin {:.1} s of real time", begun.elapsed().as_secs_f64());
}
