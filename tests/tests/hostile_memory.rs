//! What hostile peers cost in memory: the centre and its offices, simulated, with nothing but
//! hostile peers on the lines, beside the same run in which nobody means harm.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::sync::{Mutex, PoisonError};

use peak_alloc::PeakAlloc;
use registry_simulation::{Deed, Item, Plan, Procedure, Report, Setting, run};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is counted for the whole process, so one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

const MIB: usize = 1 << 20;
/// A frame of 8 MiB, as it is made and as it is held, and what is read of it; far below the 64 MiB
/// to which a bomb would grow.
const HOSTILE_BYTES_MAX: usize = 24 * MIB;
/// Times that a hostile peer speaks, of each kind.
const TIMES: u64 = 60;

/// A run in which this happens, and between it an act of a clerk, so that the lines carry something;
/// always at the same times.
fn plan(deed: impl Fn(u64) -> Deed) -> Plan {
    let item = |number: u64| {
        let act = Deed::Act {
            office: 0,
            procedure: Procedure::Contact,
            salt: number,
        };
        let happens = |at_ms, deed| Item { at_ms, deed };
        [
            happens(number * 4_000, deed(number)),
            happens(number * 4_000 + 500, act),
        ]
    };
    Plan {
        setting: Setting {
            seed: 1,
            offices: 2,
            steps: 0,
            profile: None,
            numbers_at_hand: 0,
            drift_ppm: 0,
        },
        items: (0..2 * TIMES).flat_map(item).collect(),
    }
}

fn hostile(number: u64) -> Deed {
    let (office, salt) = (0, number);
    if number.is_multiple_of(2) {
        Deed::HostileNode { office, salt }
    } else {
        Deed::HostileCentre { office, salt }
    }
}

fn quiet(_: u64) -> Deed {
    Deed::Clock { office: 0, by_s: 0 }
}

/// Most memory that a run held at once.
fn measured(plan: &Plan) -> (usize, Report) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let report = run(plan, None, false);
    (MEMORY.peak_usage().saturating_sub(before), report)
}

#[test]
fn hostile_peers_take_no_more_memory_than_they_may() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // What is prepared once is no peer's.
    let _ = measured(&plan(quiet));
    let (calm, report) = measured(&plan(quiet));
    assert_eq!(report.failure, None);
    let (beset, report) = measured(&plan(hostile));
    assert_eq!(report.failure, None);
    // Every trick was played, and both bombs came as far as they could.
    let tally = &report.tally;
    assert_eq!(tally.tricks.len(), 12, "{:?}", tally.tricks);
    for bomb in ["Bomb", "HollowBomb"] {
        let defused = tally
            .hostile
            .keys()
            .filter(|words| words.starts_with(&format!("{bomb}: ")));
        assert!(defused.count() > 0, "{:?}", tally.hostile);
    }
    for bomb in ["Bomb", "HollowBomb"] {
        assert!(tally.lies.contains_key(bomb), "{:?}", tally.lies);
    }
    println!(
        "{} MiB without, {} MiB with hostile peers",
        calm / MIB,
        beset / MIB
    );
    assert!(
        beset <= calm + HOSTILE_BYTES_MAX,
        "{beset} bytes with hostile peers, {calm} without"
    );
}
