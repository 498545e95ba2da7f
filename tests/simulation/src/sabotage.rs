//! Faults planted on purpose, to show that a run would find them. Those of the registry's own code
//! exist in builds with debug assertions alone (`registry::sabotage`); those at the seams are
//! played here.

use registry::sabotage::Fault;
use serde::{Deserialize, Serialize};

/// A planted fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sabotage {
    /// A node answers the clerk before the act is on the disk.
    AcknowledgeBeforeFlush,
    /// A disk says that it has written, and has not.
    SkipFlush,
    /// An act on a record that has left the slice is parked without anybody being asked.
    DropParked,
    /// The actor of a document's changes does not tell a node's lives apart.
    ReuseActor,
    /// Some receipts are never written.
    ForgetReceipt,
    /// Of an act on several records only the first is changed.
    HalfAct,
    /// Of concurrent values under review one is shown, and nobody is asked.
    LatestWins,
    /// A node passes over some entries of its feed.
    SkipFeedEntry,
    /// Acts of a node that was shut out are taken.
    IgnoreRevocation,
    /// Whether a clash is noticed depends on which act came first.
    OrderDependentDisputes,
    /// A record stays in the slice of an office that it has left.
    LeaveInSlice,
    /// Whether a number is taken is not looked up.
    PinTwice,
    /// The centre says that it keeps readings, and does not.
    ForgetReadings,
    /// A record is shown, and that somebody read it is not written down.
    ReadUnseen,
    /// An office fetches no thumbnails, and does not say so.
    ForgetThumbnails,
    /// The centre says that it keeps a paper, and does not.
    ForgetPapers,
    /// A program panics in the middle of its work.
    Panic,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Sabotage; 17] = [
        Sabotage::AcknowledgeBeforeFlush,
        Sabotage::SkipFlush,
        Sabotage::DropParked,
        Sabotage::ReuseActor,
        Sabotage::ForgetReceipt,
        Sabotage::HalfAct,
        Sabotage::LatestWins,
        Sabotage::SkipFeedEntry,
        Sabotage::IgnoreRevocation,
        Sabotage::OrderDependentDisputes,
        Sabotage::LeaveInSlice,
        Sabotage::PinTwice,
        Sabotage::ForgetReadings,
        Sabotage::ReadUnseen,
        Sabotage::ForgetThumbnails,
        Sabotage::ForgetPapers,
        Sabotage::Panic,
    ];

    /// Its name on the command line.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(ToOwned::to_owned))
            .unwrap_or_default()
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Sabotage> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The fault in the registry's own code, if it is one of those.
    pub(crate) fn fault(self) -> Option<Fault> {
        Some(match self {
            Sabotage::AcknowledgeBeforeFlush
            | Sabotage::SkipFlush
            | Sabotage::ForgetReadings
            | Sabotage::ReadUnseen
            | Sabotage::ForgetThumbnails
            | Sabotage::ForgetPapers
            | Sabotage::Panic => return None,
            Sabotage::DropParked => Fault::DropParked,
            Sabotage::ReuseActor => Fault::ReuseActor,
            Sabotage::ForgetReceipt => Fault::ForgetReceipt,
            Sabotage::HalfAct => Fault::HalfAct,
            Sabotage::LatestWins => Fault::LatestWins,
            Sabotage::SkipFeedEntry => Fault::SkipFeedEntry,
            Sabotage::IgnoreRevocation => Fault::IgnoreRevocation,
            Sabotage::OrderDependentDisputes => Fault::OrderDependent,
            Sabotage::LeaveInSlice => Fault::LeaveInSlice,
            Sabotage::PinTwice => Fault::PinTwice,
        })
    }

    /// Whether this build can plant faults: one that is shipped cannot.
    pub const fn is_possible() -> bool {
        cfg!(debug_assertions)
    }
}

/// The panic that is planted.
#[allow(clippy::panic)] // as a fault of ours would
pub(crate) fn panics(planted: Option<Sabotage>) {
    if planted == Some(Sabotage::Panic) {
        panic!("planted");
    }
}
