//! The first exchange: who speaks, in which version, and where both stand.
//!
//! At the centre the judgement of a hello is one pure function of the hello and of what is known
//! of the node; what follows from it is the session's business.

use registry::{ActNumber, Incarnation, NodeId, OfficeCode};

use crate::chain::ChainPoint;
use crate::error::{SessionError, VersionError};
use crate::limits::{EPOCH_LEAD_MAX, INCARNATION_LEAD_MAX};
use crate::message::{FillReason, Goodbye, Hello, Minors, NewLife, Verdict};
use crate::session::event::NodeStanding;
use crate::session::{NodeConfig, NodeState};
use crate::text::Text;

impl Hello {
    /// The hello of a node that stands here.
    pub(crate) fn of(config: &NodeConfig, state: &NodeState) -> Self {
        Self {
            minors: config.minors,
            schema: config.schema,
            dictionary: config.dictionary,
            office: config.office,
            node: config.node,
            incarnation: state.outbox_last.incarnation,
            outbox_last: state.outbox_last.number,
            chain: state.outbox_last.chain.short(),
            feed_applied: state.feed_applied,
            digest: state.digest,
            fill: state.fill,
            wall_ms: state.wall_ms,
            epoch: state.epoch,
            software: Text::cut(&config.software),
        }
    }
}

/// The newest minor version that both speak.
pub(crate) fn choose_minor(theirs: Minors, ours: Minors) -> Result<u8, VersionError> {
    if theirs.max < ours.min || theirs.max < theirs.min {
        return Err(VersionError::PeerTooOld {
            theirs: theirs.max,
            ours: ours.min,
        });
    }
    if theirs.min > ours.max {
        return Err(VersionError::PeerTooNew {
            theirs: theirs.min,
            ours: ours.max,
        });
    }
    Ok(theirs.max.min(ours.max))
}

/// Why a hello is refused. The code is stable; the words tell the office what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotThisNode,
    NodeAhead,
    NoIncarnation,
    CountAhead,
}

impl Refusal {
    pub(crate) fn goodbye(self) -> Goodbye {
        let (code, words) = match self {
            Self::NotThisNode => (
                "not_this_node",
                "the certificate belongs to another node or office; enrol this node anew",
            ),
            Self::NodeAhead => (
                "node_ahead",
                "this office has more of the feed than the centre; the centre lost data: call its operator",
            ),
            Self::NoIncarnation => (
                "no_incarnation",
                "the node never began a life; run its set-up again",
            ),
            Self::CountAhead => (
                "count_ahead",
                "the node counts connections or lives past anything possible; set its clock, and call the operator of the centre",
            ),
        };
        Goodbye {
            code: Text::cut(code),
            words: Text::cut(words),
            retry_after_ms: None,
        }
    }
}

/// Whether the hello is that of the certificate's holder, as one of the offices that it is.
pub(crate) fn is_holder<'o>(
    hello: &Hello,
    mut offices: impl Iterator<Item = &'o OfficeCode>,
    node: NodeId,
) -> bool {
    hello.node == node && offices.any(|office| *office == hello.office)
}

/// From where this session takes acts, and how it goes on.
pub(crate) fn judge(hello: &Hello, standing: &NodeStanding) -> (ChainPoint, Verdict) {
    let refused = |refusal: Refusal| (standing.taken, Verdict::Refused(refusal.goodbye()));
    if hello.epoch <= standing.epoch {
        // A device whose disk was restored counts anew, so it is told where to go on; that two
        // machines share one key then shows in their displacing each other.
        return (standing.taken, Verdict::EpochBehind(standing.epoch));
    }
    if hello.incarnation == Incarnation::new(0) {
        return refused(Refusal::NoIncarnation);
    }
    if counts_ahead(hello, standing) {
        return refused(Refusal::CountAhead);
    }
    let taken = standing.taken;
    if let Some(reason) = life(hello, &taken) {
        return (taken, Verdict::NewIncarnation(reason));
    }
    let point = if hello.incarnation == taken.incarnation {
        taken
    } else {
        ChainPoint::genesis(hello.node, hello.incarnation)
    };
    if hello.fill.is_some() {
        return (point, Verdict::Continue);
    }
    if hello.feed_applied > standing.feed_head {
        return refused(Refusal::NodeAhead);
    }
    let verdict = if hello.feed_applied < standing.feed_floor {
        Verdict::FillNeeded(FillReason::TooOld)
    } else if hello.feed_applied == standing.feed_head && hello.digest != standing.digest {
        Verdict::Repair
    } else {
        Verdict::Continue
    };
    (point, verdict)
}

/// Whether a count was raised so far that a few more such steps would leave no next one: with a
/// stolen key that would shut the true node out for ever.
fn counts_ahead(hello: &Hello, standing: &NodeStanding) -> bool {
    // An honest count is led by a clock, perhaps a wrong one.
    let led = standing.epoch.max(standing.central_ms / 1000);
    let life = standing.taken.incarnation.get();
    hello.epoch > led.saturating_add(EPOCH_LEAD_MAX)
        || hello.incarnation.get() > life.saturating_add(INCARNATION_LEAD_MAX)
}

/// Why this life of the node is over, if it is.
fn life(hello: &Hello, taken: &ChainPoint) -> Option<NewLife> {
    let outbox: ActNumber = hello.outbox_last;
    if hello.incarnation < taken.incarnation {
        Some(NewLife::OldLife)
    } else if hello.incarnation > taken.incarnation {
        None
    } else if outbox < taken.number {
        Some(NewLife::OutboxBehind)
    } else if outbox == taken.number && hello.chain != taken.chain.short() {
        Some(NewLife::ChainBroken)
    } else {
        None
    }
}

/// By how much the node's clock is behind the centre's, taking the answer to have been written
/// half-way between the hello and its arrival.
pub(crate) fn clock_offset_ms(wall_at_hello_ms: u64, waited_ms: u64, central_ms: u64) -> i64 {
    let ours = i128::from(wall_at_hello_ms) + i128::from(waited_ms / 2);
    i64::try_from(i128::from(central_ms) - ours).unwrap_or(i64::MAX)
}

/// A refusal because of versions.
pub(crate) fn goodbye(error: &SessionError) -> Goodbye {
    Goodbye {
        code: Text::cut(error.code()),
        words: Text::cut(&error.to_string()),
        retry_after_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_talk_and_strangers_are_told_who_is_old() {
        let minors = |min, max| Minors { min, max };
        assert_eq!(choose_minor(minors(1, 2), minors(2, 3)), Ok(2));
        assert_eq!(choose_minor(minors(2, 3), minors(1, 2)), Ok(2));
        let old = choose_minor(minors(0, 1), minors(2, 3)).unwrap_err();
        assert_eq!(old, VersionError::PeerTooOld { theirs: 1, ours: 2 });
        let new = choose_minor(minors(4, 5), minors(2, 3)).unwrap_err();
        assert_eq!(new, VersionError::PeerTooNew { theirs: 4, ours: 3 });
        assert!(choose_minor(minors(3, 1), minors(0, 9)).is_err());
    }

    #[test]
    fn the_clock_offset_is_taken_at_the_middle_and_never_overflows() {
        assert_eq!(clock_offset_ms(1_000, 200, 1_400), 300);
        assert_eq!(clock_offset_ms(1_400, 200, 1_000), -500);
        assert_eq!(clock_offset_ms(0, 0, u64::MAX), i64::MAX);
    }
}
