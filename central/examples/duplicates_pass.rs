//! Measures the pass for duplicates over the store of a centre: draws people among whom duplicates
//! and look-alikes are planted, the same as `registryctl bench duplicates` with the same people and
//! seed, imports them into an empty data directory, walks the pass to its end, and holds the open
//! pairs against what was planted.
//!
//! ```text
//! cargo run --release -p central-registry --example duplicates_pass -- \
//!     --people 1000000 --seed 2 --data DIR
//! ```

#[path = "../tests/planted/mod.rs"]
mod planted;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use central_registry::clock;
use central_registry::home::Home;
use clap::Parser;
use planted::{Planted, Walked, plant, registrar_on, walk};
use registry::duplicate::Report;
use registry::population::{Planting, Rates, spread};
use registry_store::Store as _;

/// Seconds until the next night.
const NIGHT_S: i64 = 86_400;

/// Measures the pass for duplicates over the store of a centre.
#[derive(Debug, Parser)]
struct Arguments {
    /// People in all communes together; those planted come besides.
    #[arg(long, default_value_t = 1_000_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(200..=5_000_000))]
    people: u32,
    /// Seed of the people and of what is planted.
    #[arg(long, default_value_t = 2, value_name = "N")]
    seed: u64,
    /// Where the registry goes; there must be none yet. It is left there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Records of one slice; the daemon takes 128.
    #[arg(long, default_value_t = 128, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=5_000))]
    slice: u32,
}

/// What was measured beside what was found.
struct Cost {
    import: Duration,
    /// The store's folder before and after the pass, right after a checkpoint.
    bytes: [u64; 2],
    /// Of that, the snapshot: what the registry holds.
    snapshot: [u64; 2],
    /// The same pass a night later, when nobody has changed.
    next: Walked,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let store_dir = arguments.data.join("store");
    anyhow::ensure!(
        !store_dir.exists(),
        "there is a registry in {} already: name an empty folder",
        arguments.data.display()
    );
    let home = Home::open(&arguments.data)?;
    let registrar = registrar_on(Arc::clone(&home.store) as _);
    let now_s = clock::now_s();
    eprintln!("drawing and importing {} people", arguments.people);
    let begun = Instant::now();
    home.store.begin_bulk();
    let offices = spread(arguments.people);
    let planted = plant(
        &registrar,
        now_s,
        arguments.seed,
        &offices,
        Rates::default(),
    )?;
    home.store.end_bulk()?;
    let import = begun.elapsed();
    let before = home.store.checkpoint()?;
    let bytes_before = bytes_in(&store_dir)?;
    eprintln!("walking the pass");
    let slice = usize::try_from(arguments.slice)?;
    let begun = Instant::now();
    let mut shown = 0;
    let walked = walk(&registrar, now_s, slice, |pass| {
        let twentieths = pass.thousandths() / 50;
        if twentieths > shown {
            shown = twentieths;
            let (percent, seconds) = (twentieths * 5, begun.elapsed().as_secs());
            eprintln!("{percent} %, {} compared, {seconds} s", pass.compared);
        }
    })?;
    let after = home.store.checkpoint()?;
    let bytes_after = bytes_in(&store_dir)?;
    let report = planted.judge(&registrar, &walked.pass)?;
    eprintln!("walking it once more");
    let next = walk(&registrar, now_s.saturating_add(NIGHT_S), slice, |_| {})?;
    let cost = Cost {
        import,
        bytes: [bytes_before, bytes_after],
        snapshot: [before.snapshot_bytes, after.snapshot_bytes],
        next,
    };
    print(&arguments, &planted, &walked, &report, &cost);
    Ok(())
}

fn print(arguments: &Arguments, planted: &Planted, walked: &Walked, report: &Report, cost: &Cost) {
    line("seed", &arguments.seed);
    line("people drawn, those planted among them", &planted.people);
    line(
        "  not stored: their number is another's",
        &planted.not_stored,
    );
    line("households", &planted.households);
    let strong: u64 = duplicates(report).map(|tally| tally.strong).sum();
    let looked: u64 = duplicates(report).map(|tally| tally.looked).sum();
    line("duplicates planted", &report.planted());
    line("  found, strong hint", &strong);
    line("  found, strong or worth a look", &looked);
    line("recall of strong hints", &share(report.recall()));
    line("precision of strong hints", &share(report.precision()));
    line("recall of all hints", &share(report.recall_looked()));
    line("precision of all hints", &share(report.precision_looked()));
    line("wrong strong hints", &report.wrong.values().sum::<u64>());
    for (kind, count) in &report.wrong {
        let words = kind.map_or("nobody planted", Planting::words);
        line(&format!("  {words}"), count);
    }
    println!();
    let (pass, left_out) = (&walked.pass, walked.left_out);
    line("records walked", &pass.walked);
    line("  people", &pass.people);
    line("compared", &pass.compared);
    line(
        "left out: looks into a block of 4,096 and more",
        &left_out.blocks,
    );
    line("left out: people within large blocks", &left_out.in_blocks);
    line("left out: people met beyond 512", &left_out.met);
    line("not kept: pairs beyond 20 of one person", &left_out.pairs);
    println!();
    line("drawing and import, s", &seconds(cost.import));
    line("pass, s", &seconds(walked.took));
    line("  reading and comparing, s", &seconds(walked.reading));
    line("  records/s", &per_second(pass.walked, walked.took));
    line("  people/s", &per_second(pass.people, walked.took));
    line(
        "the next night, nobody changed, s",
        &seconds(cost.next.took),
    );
    line("  compared", &cost.next.pass.compared);
    let [before, after] = cost.bytes;
    line("store before the pass, bytes", &before);
    line("store after the pass, bytes", &after);
    let [before, after] = cost.snapshot;
    line("  snapshot before, bytes", &before);
    line("  snapshot after, bytes", &after);
    line("memory at most", &peak());
    println!();
    row(["planted", "pairs", "look or strong", "strong"]);
    for (kind, tally) in &report.kinds {
        let [pairs, looked, strong] =
            [tally.planted, tally.looked, tally.strong].map(|count| count.to_string());
        row([kind.words(), &pairs, &looked, &strong]);
    }
    if cfg!(debug_assertions) {
        println!("not optimised: build with --release before comparing");
    }
}

fn duplicates(report: &Report) -> impl Iterator<Item = &registry::duplicate::Tally> {
    let kinds = report.kinds.iter().filter(|(kind, _)| kind.is_duplicate());
    kinds.map(|(_, tally)| tally)
}

fn line(what: &str, measured: &dyn Display) {
    let measured = measured.to_string();
    println!("{what:<50}{measured:>18}");
}

fn row([planted, pairs, looked, strong]: [&str; 4]) {
    println!("{planted:<42}{pairs:>10}{looked:>16}{strong:>10}");
}

fn share(of_one: f64) -> String {
    format!("{of_one:.4}")
}

fn seconds(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64())
}

#[allow(clippy::cast_precision_loss)] // shown in whole numbers
fn per_second(count: u64, took: Duration) -> String {
    format!("{:.0}", count as f64 / took.as_secs_f64().max(0.001))
}

/// Bytes of all files in a folder.
fn bytes_in(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0u64;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // The cache may put a file away meanwhile.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        bytes += if metadata.is_dir() {
            bytes_in(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(bytes)
}

/// The most memory that the process ever had, as the kernel tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap_or("unknown").trim().to_owned()
}
