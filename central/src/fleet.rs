//! The fleet: every node with its last contact and how far it is behind.
//!
//! **Lag has one definition**: the age of the oldest act without a receipt, and the age of the
//! oldest feed entry that the node has not applied. The first is as the centre knows it: an act is
//! known to wait from the moment at which a node first spoke of it, so an office that is cut off
//! may have older ones. Last contact is a third thing.
//!
//! What nodes said since the start stands here in memory; what outlives a restart is in the
//! registrar's node rows.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use registry::unit::Units;
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode};
use serde::Serialize;

use crate::tables::{Exclusion, NodeRow};

/// What a node says of itself when it connects.
#[derive(Debug, Clone)]
pub struct Greeting {
    /// Where it comes from.
    pub remote: SocketAddr,
    /// Its software.
    pub software: String,
    /// By how much its clock is behind the centre's, milliseconds.
    pub clock_offset_ms: i64,
    /// Its life.
    pub incarnation: Incarnation,
    /// The last act in its outbox.
    pub outbox_last: ActNumber,
    /// The last feed entry that it has.
    pub feed_applied: FeedSeq,
    /// When its certificate ends, seconds since 1970.
    pub certificate_ends_s: i64,
}

#[derive(Debug, Clone, Default)]
struct Seen {
    greeting: Option<Greeting>,
    connected: bool,
    contact_s: i64,
    taken: ActNumber,
    applied: FeedSeq,
    unsent_since_s: Option<i64>,
    reason: Option<String>,
    bytes_up: u64,
    bytes_down: u64,
}

/// What is known of nodes since the start.
#[derive(Debug, Default)]
pub struct Fleet(Mutex<HashMap<NodeId, Seen>>);

impl Fleet {
    fn seen(&self) -> MutexGuard<'_, HashMap<NodeId, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, node: NodeId, at_s: i64, change: impl FnOnce(&mut Seen)) {
        let mut all = self.seen();
        let seen = all.entry(node).or_default();
        seen.contact_s = at_s;
        change(seen);
    }

    /// A node is connected.
    pub fn linked(&self, node: NodeId, at_s: i64, greeting: Greeting, row: &NodeRow) {
        let same_life = greeting.incarnation == row.incarnation;
        let taken = if same_life {
            row.taken
        } else {
            ActNumber::new(0)
        };
        let waits = greeting.outbox_last > taken;
        // Acts that it spoke of before and that are not here yet have waited since then.
        let before = (row.contact_s > 0 && row.outbox_last > row.taken).then_some(row.contact_s);
        self.note(node, at_s, |seen| {
            seen.connected = true;
            seen.reason = None;
            seen.taken = taken;
            seen.applied = greeting.feed_applied;
            let since = seen.unsent_since_s.or(before).unwrap_or(at_s);
            seen.unsent_since_s = waits.then_some(since);
            seen.greeting = Some(greeting);
        });
    }

    /// Acts of a node are committed.
    pub fn taken(&self, node: NodeId, at_s: i64, up_to: ActNumber) {
        self.note(node, at_s, |seen| {
            seen.taken = up_to;
            if let Some(greeting) = &mut seen.greeting {
                greeting.outbox_last = greeting.outbox_last.max(up_to);
                if greeting.outbox_last <= up_to {
                    seen.unsent_since_s = None;
                }
            }
        });
    }

    /// A node has feed entries up to here.
    pub fn applied(&self, node: NodeId, at_s: i64, applied: FeedSeq) {
        self.note(node, at_s, |seen| seen.applied = applied);
    }

    /// Something is not as it should be, in words for the operator.
    pub fn trouble(&self, node: NodeId, at_s: i64, reason: &str) {
        self.note(node, at_s, |seen| seen.reason = Some(reason.to_owned()));
    }

    /// A node's line has ended; `reason` if it was not simply closed.
    pub fn left(&self, node: NodeId, at_s: i64, reason: Option<String>) {
        self.note(node, at_s, |seen| {
            seen.connected = false;
            seen.reason = reason.or(seen.reason.take());
        });
    }

    /// Bytes went over a node's line: up is from the office to the centre.
    pub fn bytes(&self, node: NodeId, up: u64, down: u64) {
        let mut all = self.seen();
        let seen = all.entry(node).or_default();
        seen.bytes_up = seen.bytes_up.saturating_add(up);
        seen.bytes_down = seen.bytes_down.saturating_add(down);
    }

    /// Bytes of all lines since the start, up and down.
    pub fn total_bytes(&self) -> (u64, u64) {
        self.seen().values().fold((0, 0), |(up, down), seen| {
            (
                up.saturating_add(seen.bytes_up),
                down.saturating_add(seen.bytes_down),
            )
        })
    }

    /// How many nodes are connected.
    pub fn connected(&self) -> usize {
        self.seen().values().filter(|seen| seen.connected).count()
    }

    /// A node as it is shown. `oldest_unapplied` tells when a feed entry was committed.
    pub fn view(
        &self,
        now_s: i64,
        (units, office): (&Units, OfficeCode),
        node: NodeId,
        row: &NodeRow,
        feed_head: FeedSeq,
        committed_at: impl FnOnce(FeedSeq) -> Option<i64>,
    ) -> NodeView {
        let seen = self.seen().get(&node).cloned().unwrap_or_default();
        let position = Position::of(&seen, row);
        let age = |since_s: i64| u64::try_from(now_s.saturating_sub(since_s)).unwrap_or(0);
        let behind = feed_head.get().saturating_sub(position.applied.get());
        let oldest = if behind > 0 {
            committed_at(position.applied.next())
        } else {
            None
        };
        let contact_s = row.contact_s.max(seen.contact_s);
        let ends_s = seen
            .greeting
            .as_ref()
            .map_or(row.certificate_ends_s, |greeting| {
                greeting.certificate_ends_s
            });
        let commune = units.ever(office);
        NodeView {
            office: office.to_string(),
            office_name: commune
                .map(|commune| commune.full_name())
                .unwrap_or_default(),
            province: commune
                .map(|commune| commune.province.to_string())
                .unwrap_or_default(),
            node: node.to_string(),
            state: match (seen.connected, contact_s) {
                (true, _) => LineState::Connected,
                (false, 0) => LineState::Never,
                (false, _) => LineState::Away,
            },
            active: row.shut_out.is_none(),
            shut_out: row.shut_out.as_ref().map(ExclusionView::of),
            last_contact_s: (contact_s > 0).then_some(contact_s),
            software: seen.greeting.as_ref().map_or_else(
                || row.software.clone(),
                |greeting| greeting.software.clone(),
            ),
            acts_taken: position.taken.get(),
            unsent: position.unsent,
            oldest_unsent_s: position.unsent_since_s.map(age),
            feed_head: feed_head.get(),
            feed_applied: position.applied.get(),
            feed_behind: behind,
            oldest_unapplied_s: oldest.map(age),
            clock_offset_ms: seen
                .greeting
                .as_ref()
                .map_or(row.clock_offset_ms, |greeting| greeting.clock_offset_ms),
            incarnation: position.incarnation.get(),
            certificate_days_left: ends_s.saturating_sub(now_s).div_euclid(86_400),
            remote: seen
                .greeting
                .filter(|_| seen.connected)
                .map(|it| it.remote.to_string()),
            reason: seen.reason,
        }
    }
}

/// Where a node stands: by its own word of this process's life, else by its row.
struct Position {
    incarnation: Incarnation,
    taken: ActNumber,
    applied: FeedSeq,
    unsent: u64,
    unsent_since_s: Option<i64>,
}

impl Position {
    fn of(seen: &Seen, row: &NodeRow) -> Position {
        if let Some(greeting) = &seen.greeting {
            return Position {
                incarnation: greeting.incarnation,
                taken: seen.taken,
                applied: seen.applied,
                unsent: greeting.outbox_last.get().saturating_sub(seen.taken.get()),
                unsent_since_s: seen.unsent_since_s,
            };
        }
        let unsent = row.outbox_last.get().saturating_sub(row.taken.get());
        Position {
            incarnation: row.incarnation,
            taken: row.taken,
            applied: row.applied,
            unsent,
            unsent_since_s: (unsent > 0).then_some(row.contact_s),
        }
    }
}

/// Whether a node's line is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineState {
    /// It is.
    Connected,
    /// It is not.
    Away,
    /// It has joined and was never here.
    Never,
}

/// Who shut a node out, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ExclusionView {
    /// When, seconds since 1970.
    pub at_s: i64,
    /// The operator.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl ExclusionView {
    fn of(exclusion: &Exclusion) -> ExclusionView {
        ExclusionView {
            at_s: exclusion.at_s,
            by: exclusion.by.to_string(),
            reason: exclusion.reason.as_str().to_owned(),
        }
    }
}

/// A node as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NodeView {
    /// Code of its commune.
    pub office: String,
    /// Name of its commune.
    pub office_name: String,
    /// Code of the province.
    pub province: String,
    /// Its id.
    pub node: String,
    /// Its line.
    pub state: LineState,
    /// Whether it may connect.
    pub active: bool,
    /// If not: who shut it out, when and why.
    pub shut_out: Option<ExclusionView>,
    /// Last contact, seconds since 1970.
    pub last_contact_s: Option<i64>,
    /// Its software.
    pub software: String,
    /// The last act of its latest life that the centre has.
    pub acts_taken: u64,
    /// Acts that it spoke of and that are not here.
    pub unsent: u64,
    /// Age of the oldest act without a receipt, seconds, as far as the centre knows.
    pub oldest_unsent_s: Option<u64>,
    /// The last entry of its commune's feed.
    pub feed_head: u64,
    /// The last entry that it has applied.
    pub feed_applied: u64,
    /// Entries that it has not applied.
    pub feed_behind: u64,
    /// Age of the oldest feed entry that it has not applied, seconds.
    pub oldest_unapplied_s: Option<u64>,
    /// By how much its clock is behind the centre's, milliseconds.
    pub clock_offset_ms: i64,
    /// Its life.
    pub incarnation: u64,
    /// Days until its certificate ends; negative if it has.
    pub certificate_days_left: i64,
    /// Where its line comes from.
    pub remote: Option<String>,
    /// What is not as it should be.
    pub reason: Option<String>,
}

impl NodeView {
    /// Its lag, seconds: the worse of the two directions.
    pub fn lag_s(&self) -> u64 {
        self.oldest_unsent_s
            .unwrap_or(0)
            .max(self.oldest_unapplied_s.unwrap_or(0))
    }
}

/// Sorts nodes with the worst lag first; of equal ones those that were silent longest.
pub fn worst_first(nodes: &mut [NodeView]) {
    nodes.sort_by_key(|node| (std::cmp::Reverse(node.lag_s()), node.last_contact_s));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: NodeId = NodeId::new([1; 16]);

    fn row() -> NodeRow {
        NodeRow {
            public_key: [0; 32],
            shut_out: None,
            joined_s: 1_000,
            incarnation: Incarnation::new(1),
            taken: ActNumber::new(5),
            chain: [0; 32],
            epoch: 1,
            applied: FeedSeq::new(7),
            contact_s: 2_000,
            software: "node 1".to_owned(),
            clock_offset_ms: 3,
            outbox_last: ActNumber::new(5),
            certificate_ends_s: 1_000_000,
        }
    }

    fn greeting(outbox_last: u64, applied: u64) -> Greeting {
        Greeting {
            remote: "127.0.0.1:1".parse().unwrap(),
            software: "node 2".to_owned(),
            clock_offset_ms: -4,
            incarnation: Incarnation::new(1),
            outbox_last: ActNumber::new(outbox_last),
            feed_applied: FeedSeq::new(applied),
            certificate_ends_s: 1_000_000,
        }
    }

    fn view(fleet: &Fleet, now_s: i64, row: &NodeRow, head: u64) -> NodeView {
        let office = OfficeCode::new(4).unwrap();
        let committed = |seq: FeedSeq| Some(10 * i64::try_from(seq.get()).unwrap());
        let place = (&**Units::built_in(), office);
        fleet.view(now_s, place, NODE, row, FeedSeq::new(head), committed)
    }

    #[test]
    fn lag_is_the_age_of_the_oldest_unanswered_act_and_of_the_oldest_unapplied_entry() {
        let fleet = Fleet::default();
        fleet.linked(NODE, 3_000, greeting(9, 7), &row());
        let shown = view(&fleet, 3_060, &row(), 9);
        assert_eq!((shown.unsent, shown.oldest_unsent_s), (4, Some(60)));
        assert_eq!(
            (shown.feed_behind, shown.oldest_unapplied_s),
            (2, Some(3_060 - 80))
        );
        assert_eq!(shown.state, LineState::Connected);
        fleet.taken(NODE, 3_061, ActNumber::new(8));
        assert_eq!(view(&fleet, 3_062, &row(), 9).oldest_unsent_s, Some(62));
        fleet.taken(NODE, 3_063, ActNumber::new(9));
        fleet.applied(NODE, 3_064, FeedSeq::new(9));
        let shown = view(&fleet, 3_065, &row(), 9);
        assert_eq!(
            (
                shown.unsent,
                shown.oldest_unsent_s,
                shown.oldest_unapplied_s
            ),
            (0, None, None)
        );
        assert_eq!(shown.lag_s(), 0);
    }

    #[test]
    fn after_a_restart_the_row_tells_and_a_node_that_waited_before_waits_since_then() {
        let mut row = row();
        row.outbox_last = ActNumber::new(8);
        let fleet = Fleet::default();
        let shown = view(&fleet, 2_500, &row, 7);
        assert_eq!((shown.state, shown.unsent), (LineState::Away, 3));
        assert_eq!(shown.oldest_unsent_s, Some(500));
        fleet.linked(NODE, 2_600, greeting(9, 7), &row);
        assert_eq!(view(&fleet, 2_700, &row, 7).oldest_unsent_s, Some(700));
    }

    #[test]
    fn a_node_that_never_came_is_told_from_one_that_is_away() {
        let mut row = row();
        row.contact_s = 0;
        let fleet = Fleet::default();
        assert_eq!(view(&fleet, 3_000, &row, 7).state, LineState::Never);
        fleet.linked(NODE, 3_000, greeting(5, 7), &row);
        fleet.left(NODE, 3_100, Some("the line was lost".to_owned()));
        let shown = view(&fleet, 3_200, &row, 7);
        assert_eq!((shown.state, shown.remote), (LineState::Away, None));
        assert_eq!(shown.reason.as_deref(), Some("the line was lost"));
        assert_eq!(shown.office_name, "Phường Ba Đình");
    }

    #[test]
    fn the_worst_lag_comes_first() {
        let fleet = Fleet::default();
        let mut nodes: Vec<NodeView> = [7, 9, 12]
            .into_iter()
            .map(|head| view(&fleet, 3_000, &row(), head))
            .collect();
        nodes
            .iter_mut()
            .zip([0, 5, 3])
            .for_each(|(node, lag)| node.oldest_unapplied_s = Some(lag));
        worst_first(&mut nodes);
        let lags: Vec<u64> = nodes.iter().map(NodeView::lag_s).collect();
        assert_eq!(lags, [5, 3, 0]);
    }
}
