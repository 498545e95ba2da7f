//! A region returns: many offices were dark, each with acts of its own, and their lines come back in
//! one moment. Real processes, each behind a relay of its own.

use std::fs;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use registry::unit::Units;
use registry_tests::wait::{LIMIT, until};
use registry_tests::world::World;
use serde_json::json;

use crate::line::Remote;
use crate::quality::Quality;

/// Between two looks at one office; there are many, and they are what is measured.
const LOOK: Duration = Duration::from_millis(100);
/// Offices that are started at once.
const STARTED: usize = 8;
/// Ticks of a processor's time in a second, as Linux counts them in `/proc`.
const TICKS: f64 = 100.0;

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Offices.
    pub nodes: usize,
    /// Acts that each files in the dark.
    pub acts: usize,
    /// People of each.
    pub people: u32,
    /// What their lines are like when they come back.
    pub quality: Quality,
    /// Where chance comes from.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// From the return of the lines to the last receipt.
    pub all_receipts: Duration,
    /// After how long half of the offices were linked.
    pub linked_p50: Duration,
    /// The same for 99 of a hundred.
    pub linked_p99: Duration,
    /// Memory of the centre before and at the end, bytes.
    pub central_bytes: (u64, u64),
    /// Time of the processor that the centre needed.
    pub central_cpu: Duration,
    /// Memory of an office on average, bytes.
    pub node_bytes: u64,
    /// Bytes on all lines, up and down.
    pub bytes: (u64, u64),
    /// Acts in all.
    pub acts: usize,
}

/// Lets it storm, and checks that nothing is lost and nothing is there twice.
///
/// # Panics
///
/// When an act is lost or doubled, or a receipt does not come.
pub fn storm(plan: Plan) -> Report {
    let codes: Vec<String> = Units::built_in()
        .communes()
        .take(plan.nodes)
        .map(|commune| commune.code.to_string())
        .collect();
    let names: Vec<&str> = codes.iter().map(String::as_str).collect();
    let mut world = World::start(plan.seed, &names, plan.people);
    let mut remotes = dark(&world, &names, plan);
    let centre = world.central.process().id();
    let (bytes, cpu) = (resident(centre), processor(centre));
    let before: Vec<_> = remotes.iter().map(|remote| remote.line.counts()).collect();
    let begun = Instant::now();
    let mut times: Vec<(Duration, Duration)> = scope(|threads| {
        let waiting: Vec<_> = remotes
            .iter()
            .map(|remote| {
                remote.line.restore();
                threads.spawn(move || comes_back(remote, begun))
            })
            .collect();
        let ends = waiting.into_iter().map(|thread| thread.join());
        ends.map(|end| end.expect("an office that comes back"))
            .collect()
    });
    let central_cpu = processor(centre) - cpu;
    let central_bytes = (bytes, resident(centre));
    let traffic = remotes.iter().zip(&before).map(|(remote, before)| {
        let counts = remote.line.counts().since(*before);
        (counts.up.bytes, counts.down.bytes)
    });
    let traffic = traffic.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let nodes = remotes.iter_mut();
    let node_bytes: u64 = nodes
        .map(|remote| resident(remote.office.process().id()))
        .sum();
    for remote in &remotes {
        world.until_equal(&remote.office);
        remote.check(&world);
    }
    world.assert_no_panic();
    let all_receipts = times.iter().map(|(_, receipts)| *receipts).max();
    times.sort_unstable();
    let linked = |share: usize| times[(times.len() - 1) * share / 100].0;
    Report {
        all_receipts: all_receipts.unwrap_or_default(),
        linked_p50: linked(50),
        linked_p99: linked(99),
        central_bytes,
        central_cpu,
        node_bytes: node_bytes / plan.nodes.max(1) as u64,
        bytes: traffic,
        acts: plan.nodes * plan.acts,
    }
}

/// Every office joined, filled, cut off and at work.
fn dark(world: &World, names: &[&str], plan: Plan) -> Vec<Remote> {
    let mut remotes = Vec::new();
    let numbered: Vec<(u64, &str)> = (plan.seed..).zip(names.iter().copied()).collect();
    for some in numbered.chunks(STARTED) {
        scope(|threads| {
            let starting: Vec<_> = some
                .iter()
                .map(|&(seed, code)| threads.spawn(move || goes_dark(world, code, seed, plan)))
                .collect();
            for thread in starting {
                remotes.push(thread.join().expect("an office that starts"));
            }
        });
    }
    remotes
}

fn goes_dark(world: &World, code: &str, seed: u64, plan: Plan) -> Remote {
    let mut remote = Remote::join(world, code, seed);
    remote.office.start();
    remote.office.filled();
    let people = remote.people(world, plan.acts);
    remote.line.cut();
    // Whoever is dark knows it; a line that is still taken for up would be no return.
    remote.office.kill();
    remote.office.start();
    remote.line.reshape(plan.quality);
    remote.file(&people, plan.acts);
    remote
}

/// When the office was linked, and when it had all receipts.
fn comes_back(remote: &Remote, begun: Instant) -> (Duration, Duration) {
    remote.hurry();
    let mut linked = None;
    while begun.elapsed() < LIMIT {
        if let Some(status) = remote.office.api.get("/api/v1/status") {
            if status.body["linked"] == json!(true) {
                linked.get_or_insert_with(|| begun.elapsed());
            }
            if status.body["unsent"] == json!(0) {
                let receipts = begun.elapsed();
                return (linked.unwrap_or(receipts), receipts);
            }
        }
        sleep(LOOK);
    }
    until("all receipts", || None)
}

fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn processor(process: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name may hold spaces; what follows its bracket does not.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let sum: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
    Duration::from_secs_f64(sum / TICKS)
}
