//! Where the node stands: one row, written with every change.

use super::AttachmentCounts;
use registry::{ActNumber, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode};
use serde::{Deserialize, Serialize};
use sync_proto::{Chain, ChainPoint, Digest, FillState};

/// Keys of the centre that are remembered, so that receipts signed before a change of its
/// certificate still verify.
pub const CENTRAL_KEYS_MAX: usize = 8;

/// A clock that is so far behind and then is not was set by somebody, seconds. One that is less
/// behind catches up by waiting as well.
const CLOCK_FAR_BEHIND_S: i64 = 86_400;

/// Where the node stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Its life.
    pub incarnation: Incarnation,
    /// The last act of this life.
    pub outbox_last: ActNumber,
    /// The chain at it.
    pub outbox_chain: Chain,
    /// The last act of this life that the centre has.
    pub taken: ActNumber,
    /// The last feed entry that is durable.
    pub feed_applied: FeedSeq,
    /// The last entry that the centre spoke of.
    pub feed_head: FeedSeq,
    /// The entry that needs a newer release, if the feed waits for one.
    pub held_at: Option<FeedSeq>,
    /// The digest of the official slice.
    pub digest: Digest,
    /// How far the first fill is; none once it is complete.
    pub fill: Option<FillState>,
    /// Number of the last connection.
    pub epoch: u64,
    /// The last commit of the centre heard of.
    pub horizon: CommitSeq,
    /// The greatest time of the centre ever seen, seconds since 1970.
    pub central_s: i64,
    /// By how much the device's clock is behind the centre's, if it was ever compared.
    pub clock_offset_ms: Option<i64>,
    /// Last contact, by the device's clock, seconds since 1970.
    pub last_contact_s: Option<i64>,
    /// Whether an officer has cut the line.
    pub line_cut: bool,
    /// The next place in the order of acts known.
    pub next_order: u64,
    /// Entries in the audit chain.
    pub audit_entries: u64,
    /// The last link of it.
    pub audit_link: [u8; 32],
    /// People in the official slice.
    pub people: u32,
    /// Households in it.
    pub households: u32,
    /// Own acts that came back.
    pub returned: u32,
    /// Attachments that are here or to be sent.
    pub attachments: AttachmentCounts,
    /// Keys that the centre has shown, the newest last.
    pub central_keys: Vec<[u8; 32]>,
}

impl Meta {
    /// A node that never spoke to the centre: it will ask for its slice.
    pub fn new(office: OfficeCode, node: NodeId) -> Meta {
        let incarnation = Incarnation::new(1);
        Meta {
            office,
            node,
            incarnation,
            outbox_last: ActNumber::new(0),
            outbox_chain: Chain::genesis(node, incarnation),
            taken: ActNumber::new(0),
            feed_applied: FeedSeq::new(0),
            feed_head: FeedSeq::new(0),
            held_at: None,
            digest: Digest::EMPTY,
            fill: Some(FillState::default()),
            epoch: 0,
            horizon: CommitSeq::new(0),
            central_s: 0,
            clock_offset_ms: None,
            last_contact_s: None,
            line_cut: false,
            next_order: 1,
            audit_entries: 0,
            audit_link: blake3::derive_key("npd 2026 audit chain of a node", node.as_bytes()),
            people: 0,
            households: 0,
            returned: 0,
            attachments: AttachmentCounts::default(),
            central_keys: Vec::new(),
        }
    }

    /// The end of the outbox.
    pub const fn outbox_point(&self) -> ChainPoint {
        ChainPoint {
            incarnation: self.incarnation,
            number: self.outbox_last,
            chain: self.outbox_chain,
        }
    }

    /// The device's time, set right by as much as it was found wrong, and never before what the
    /// centre once said.
    pub fn corrected_s(&self, device_s: i64) -> i64 {
        let offset_s = match (self.last_contact_s, self.clock_offset_ms) {
            // A clock that lies before the last contact was set; what it was wrong by is history.
            (Some(contact_s), Some(offset_ms)) if device_s >= contact_s => offset_ms / 1000,
            _ => 0,
        };
        // So is one that was far behind and has caught up.
        let was_set = offset_s >= CLOCK_FAR_BEHIND_S && device_s >= self.central_s;
        let offset_s = if was_set { 0 } else { offset_s };
        device_s.saturating_add(offset_s).max(self.central_s)
    }

    /// Known error of the device's clock, seconds.
    pub fn clock_error_s(&self) -> u32 {
        self.clock_offset_ms.map_or(u32::MAX, |offset| {
            u32::try_from(offset.unsigned_abs().div_ceil(1000)).unwrap_or(u32::MAX)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_800_000_000;
    const DAY_S: i64 = 86_400;
    const YEARS_S: i64 = 730 * DAY_S;

    /// A node that spoke with the centre at `NOW_S`, when its clock was `behind_s` behind.
    fn met(behind_s: i64) -> Meta {
        Meta {
            central_s: NOW_S,
            clock_offset_ms: Some(behind_s * 1000),
            last_contact_s: Some(NOW_S - behind_s),
            ..Meta::new(OfficeCode::new(4).unwrap(), NodeId::new([1; 16]))
        }
    }

    #[test]
    fn a_clock_is_set_right_by_as_much_as_it_was_found_wrong() {
        for behind_s in [0, 600, -600, YEARS_S, -YEARS_S] {
            let later = NOW_S - behind_s + 10 * DAY_S;
            assert_eq!(
                met(behind_s).corrected_s(later),
                NOW_S + 10 * DAY_S,
                "{behind_s}"
            );
        }
    }

    #[test]
    fn a_clock_that_was_set_meanwhile_is_believed() {
        let later = NOW_S + 10 * DAY_S;
        assert_eq!(met(YEARS_S).corrected_s(later), later);
        assert_eq!(met(-YEARS_S).corrected_s(later), later);
    }

    #[test]
    fn a_clock_that_fell_back_is_held_at_the_last_time_of_the_centre() {
        assert_eq!(met(0).corrected_s(NOW_S - YEARS_S), NOW_S);
        assert_eq!(met(0).corrected_s(0), NOW_S);
        let unmet = Meta::new(OfficeCode::new(4).unwrap(), NodeId::new([1; 16]));
        assert_eq!(unmet.corrected_s(77), 77);
    }
}
