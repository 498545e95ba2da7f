//! The centre and its offices on one thread, in virtual time, with every fault there is.
//!
//! A run follows from a [`Setting`]: its seed draws people, lines, acts of clerks and faults. The
//! code that runs is the daemons' own; what is simulated is what they leave to the machine: the
//! network, the disks, the clocks and the power. After every event that made something durable
//! the invariants of ARCHITECTURE.md are looked at from outside ([`Failure`]); in the end every
//! fault heals and all have to agree.
//!
//! ```text
//! plan ──▶ world: queue of events in virtual time
//!            ├─ devices: store · office · writer's commands · node session
//!            ├─ lines:   frames by class, held, lost
//!            ├─ centre:  store · registrar · central sessions
//!            └─ check:   ledger ∥ what is written
//! ```

mod check;
mod clerk;
mod dice;
mod law;
mod many;
mod nation;
mod panics;
mod people;
mod plan;
mod profile;
mod record;
mod sabotage;
mod trace;
mod world;

pub use check::Failure;
pub use many::{Many, Progress, many};
pub use nation::{Nation, NationFigures, NationSize};
pub use plan::{Deed, Item, Operation, Plan, Procedure, Setting, Way};
pub use profile::profile_names;
pub use record::{Recording, RecordingError, commit};
pub use sabotage::Sabotage;
pub use world::Tally;

use world::World;

/// How a run went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The hash of everything that happened.
    pub trace: String,
    /// How many of what there was.
    pub tally: Tally,
    /// The invariant that did not hold, if one did not.
    pub failure: Option<Failure>,
    /// What happened, if it was to be kept.
    pub log: Vec<String>,
}

/// Runs a plan to its end, or to the first invariant that does not hold. A panic is one that does
/// not hold: it ends this run alone, and is told like any other.
pub fn run(plan: &Plan, sabotage: Option<Sabotage>, keep_log: bool) -> Report {
    registry::sabotage::plant(sabotage.and_then(Sabotage::fault));
    let mut made = None;
    let failure = panics::caught(|| {
        let world = made.insert(World::new(plan.clone(), sabotage, keep_log)?);
        if sabotage == Some(Sabotage::SkipFlush) {
            world.let_disks_lie();
        }
        world.run()
    });
    let mut report = Report {
        failure,
        ..Report::default()
    };
    if let Some(world) = &mut made {
        report.trace = world.trace.hash();
        report.tally = world.tally.clone();
        report.log = world.trace.lines();
    }
    // What a panic has left half done may panic again when it goes.
    let gone = panics::caught(|| {
        drop(made);
        Ok(())
    });
    report.failure = report.failure.or(gone);
    registry::sabotage::plant(None);
    report
}
