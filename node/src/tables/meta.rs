//! Where the node stands: one row, written with every change.

use registry::{ActNumber, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode};
use serde::{Deserialize, Serialize};
use sync_proto::{Chain, ChainPoint, Digest, FillState};

/// Keys of the centre that are remembered, so that receipts signed before a change of its
/// certificate still verify.
pub const CENTRAL_KEYS_MAX: usize = 8;

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

    /// The device's time, set right where it lies before what the centre once said.
    pub fn corrected_s(&self, device_s: i64) -> i64 {
        device_s.max(self.central_s)
    }

    /// Known error of the device's clock, seconds.
    pub fn clock_error_s(&self) -> u32 {
        self.clock_offset_ms.map_or(u32::MAX, |offset| {
            u32::try_from(offset.unsigned_abs().div_ceil(1000)).unwrap_or(u32::MAX)
        })
    }
}
