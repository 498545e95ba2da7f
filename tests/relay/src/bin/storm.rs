//! The return of a region, measured: `cargo run -p line-relay --bin storm -- --nodes 200 --acts 20`.
//! Build the programs first (`cargo build --workspace --bins`).
#![allow(clippy::expect_used)]

use clap::Parser;
use line_relay::Quality;
use line_relay::storm::{Plan, storm};

/// Many offices were dark, and their lines come back in one moment.
#[derive(Parser)]
struct Arguments {
    /// Offices, each a process.
    #[arg(long, default_value_t = 200)]
    nodes: usize,
    /// Acts that each has filed in the dark.
    #[arg(long, default_value_t = 20)]
    acts: usize,
    /// People of each office.
    #[arg(long, default_value_t = 60)]
    people: u32,
    /// What their lines are like: a profile of registry/data/link_profiles.csv.
    #[arg(long, default_value = "yagi_return")]
    profile: String,
    /// Where chance comes from.
    #[arg(long, default_value_t = 20_261_121)]
    seed: u64,
}

fn main() {
    let arguments = Arguments::parse();
    let report = storm(Plan {
        nodes: arguments.nodes,
        acts: arguments.acts,
        people: arguments.people,
        quality: Quality::named(&arguments.profile),
        seed: arguments.seed,
    });
    let megabytes = |bytes: u64| bytes / 1_000_000;
    println!("{} offices, {} acts", arguments.nodes, report.acts);
    println!(
        "linked: p50 {:.1} s, p99 {:.1} s; all receipts {:.1} s",
        report.linked_p50.as_secs_f64(),
        report.linked_p99.as_secs_f64(),
        report.all_receipts.as_secs_f64()
    );
    let (before, after) = report.central_bytes;
    println!(
        "centre: {} MB before, {} MB after, {:.1} s of a processor; an office: {} MB",
        megabytes(before),
        megabytes(after),
        report.central_cpu.as_secs_f64(),
        megabytes(report.node_bytes)
    );
    println!("lines: {} B up, {} B down", report.bytes.0, report.bytes.1);
}
