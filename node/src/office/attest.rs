//! What a node says of itself, so that it can be signed: before it is drained, moved or retired.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Office;

/// A statement of where the node stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attestation {
    /// The commune.
    pub office: String,
    /// The node.
    pub node: String,
    /// Its life.
    pub incarnation: u64,
    /// Own acts without an outcome; 0 if nothing would be lost with this device.
    pub unsent: u64,
    /// Attachments that the centre does not have; 0 if no paper would be lost with this device.
    pub attachments_unsent: u64,
    /// The last own act.
    pub outbox_last: u64,
    /// The chain at it, which stands for every act.
    pub outbox_chain: String,
    /// The last feed entry that took effect.
    pub feed_applied: u64,
    /// Records in the official slice.
    pub records: u32,
    /// Eight bytes that stand for the slice.
    pub slice_digest: String,
    /// The last link of the audit chain.
    pub audit_link: String,
    /// When, seconds since 1970.
    pub at_s: i64,
}

impl Office {
    /// The statement.
    pub fn attestation(&self, device_s: i64) -> Attestation {
        let live = self.live();
        let meta = &live.meta;
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        Attestation {
            office: meta.office.to_string(),
            node: meta.node.to_string(),
            incarnation: meta.incarnation.get(),
            unsent: u64::try_from(live.unanswered.len()).unwrap_or(u64::MAX),
            attachments_unsent: u64::from(meta.attachments.to_send),
            outbox_last: meta.outbox_last.get(),
            outbox_chain: hex(meta.outbox_chain.as_bytes()),
            feed_applied: meta.feed_applied.get(),
            records: meta.digest.count(),
            slice_digest: hex(&meta.digest.short()),
            audit_link: hex(&meta.audit_link),
            at_s: meta.corrected_s(device_s),
        }
    }
}

impl Attestation {
    /// What is signed: its JSON, behind a word that says what it is.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"npd 2026 attestation of a node\0".to_vec();
        bytes.extend(serde_json::to_vec(self).unwrap_or_default());
        bytes
    }
}
