//! Faults that a test plants on purpose, to show that the simulation would catch them. They exist
//! in builds with debug assertions alone: in a released program [`planted`] is `false`, and the
//! compiler takes what depends on it away.
//!
//! A fault is planted for one thread, so that simulations beside each other do not meet.

use std::cell::Cell;

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An act on a record that has left the slice is parked without anybody being asked.
    DropParked,
    /// The actor of a document's changes does not tell a node's lives apart.
    ReuseActor,
    /// Some receipts are never written.
    ForgetReceipt,
    /// Of an act on several records only the first is changed.
    HalfAct,
    /// Of concurrent values of a field under review one is shown, and nobody is asked.
    LatestWins,
    /// A node passes over some entries of its feed.
    SkipFeedEntry,
    /// Acts of a node that was shut out are taken.
    IgnoreRevocation,
    /// Whether a clash is noticed depends on which act came first.
    OrderDependent,
    /// A record stays in the slice of an office that it has left.
    LeaveInSlice,
    /// Whether a number is taken is not looked up.
    PinTwice,
}

thread_local! {
    static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Plants a fault in this thread, or takes it out; tells whether this build can.
pub fn plant(fault: Option<Fault>) -> bool {
    PLANTED.set(fault);
    cfg!(debug_assertions)
}

/// Whether this fault is planted here.
pub fn planted(fault: Fault) -> bool {
    cfg!(debug_assertions) && PLANTED.get() == Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_planted_for_one_thread() {
        assert!(plant(Some(Fault::HalfAct)));
        assert!(planted(Fault::HalfAct));
        assert!(!planted(Fault::PinTwice));
        let elsewhere = std::thread::spawn(|| planted(Fault::HalfAct));
        assert!(!elsewhere.join().unwrap());
        plant(None);
        assert!(!planted(Fault::HalfAct));
    }
}
