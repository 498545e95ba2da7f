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
pub use record::{Recording, RecordingError};
pub use sabotage::Sabotage;
pub use world::Tally;

use world::World;

/// How a run went.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Runs a plan to its end, or to the first invariant that does not hold.
pub fn run(plan: &Plan, sabotage: Option<Sabotage>, keep_log: bool) -> Report {
    registry::sabotage::plant(sabotage.and_then(Sabotage::fault));
    let report = match World::new(plan.clone(), sabotage, keep_log) {
        Ok(mut world) => {
            if sabotage == Some(Sabotage::SkipFlush) {
                world.let_disks_lie();
            }
            let failure = world.run().err();
            Report {
                trace: world.trace.hash(),
                tally: world.tally.clone(),
                failure,
                log: world.trace.lines(),
            }
        }
        Err(failure) => Report {
            trace: String::new(),
            tally: Tally::default(),
            failure: Some(failure),
            log: Vec::new(),
        },
    };
    registry::sabotage::plant(None);
    report
}
