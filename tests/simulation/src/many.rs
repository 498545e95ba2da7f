//! Many seeds, on as many threads as there are processors.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::plan::{Plan, Setting};
use crate::sabotage::Sabotage;
use crate::world::Tally;
use crate::{Report, run};

/// What many runs came to.
#[derive(Debug, Clone, Default)]
pub struct Many {
    /// Runs.
    pub seeds: u64,
    /// The sum of what there was.
    pub tally: Tally,
    /// Those in which an invariant did not hold, by seed.
    pub failures: Vec<(u64, Report)>,
    /// How long it took.
    pub took: Duration,
}

/// How far it has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Runs that have ended.
    pub done: u64,
    /// Failures among them.
    pub failures: u64,
}

/// Runs the seeds from `first` to `last`. With `stop_at_failure` no further run begins after one
/// in which an invariant did not hold.
pub fn many(
    base: &Setting,
    (first, last): (u64, u64),
    sabotage: Option<Sabotage>,
    stop_at_failure: bool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Many {
    let begun = Instant::now();
    let next = AtomicU64::new(first);
    let done = AtomicU64::new(0);
    let sum = Mutex::new(Many::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > last {
                        return;
                    }
                    let plan = Plan::of(Setting {
                        seed,
                        ..base.clone()
                    });
                    let report = run(&plan, sabotage, false);
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    sum.seeds += 1;
                    add(&mut sum.tally, &report.tally);
                    if report.failure.is_some() {
                        sum.failures.push((seed, report));
                        if stop_at_failure {
                            next.store(last.saturating_add(1), Ordering::Relaxed);
                        }
                    }
                    let failures = sum.failures.len() as u64;
                    drop(sum);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    progress(Progress { done, failures });
                }
            });
        }
    });
    let mut sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    sum.failures.sort_by_key(|(seed, _)| *seed);
    sum.took = begun.elapsed();
    sum
}

fn add(sum: &mut Tally, one: &Tally) {
    sum.events += one.events;
    sum.frames += one.frames;
    sum.acts += one.acts;
    sum.refused += one.refused;
    sum.accepted += one.accepted;
    sum.returned += one.returned;
    sum.parked += one.parked;
    sum.cases += one.cases;
    sum.decisions += one.decisions;
    sum.readings += one.readings;
    sum.offices_changed += one.offices_changed;
    sum.lives += one.lives;
    sum.broken_sessions += one.broken_sessions;
    sum.sticks += one.sticks;
    sum.attachments += one.attachments;
    sum.pieces += one.pieces;
    sum.thumbnails += one.thumbnails;
    sum.paper_lists += one.paper_lists;
    sum.papers_listed += one.papers_listed;
    sum.ms += one.ms;
    let lists = [
        (&mut sum.faults, &one.faults),
        (&mut sum.tricks, &one.tricks),
        (&mut sum.lies, &one.lies),
        (&mut sum.profiles, &one.profiles),
        (&mut sum.decrees, &one.decrees),
        (&mut sum.hostile, &one.hostile),
        (&mut sum.procedures, &one.procedures),
        (&mut sum.kinds, &one.kinds),
        (&mut sum.matters, &one.matters),
    ];
    for (sums, counts) in lists {
        for (name, count) in counts {
            *sums.entry(name.clone()).or_default() += count;
        }
    }
}
