//! The row of an attachment, and the counts of all.

use registry::OfficerId;
use registry::attachment::Attachment;
use serde::{Deserialize, Serialize};

/// How far an attachment is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whereabouts {
    /// Taken in, and named by no act yet.
    Unnamed,
    /// Named by an own act; to be sent. The place in the order of what is to be sent.
    ToSend(u64),
    /// The centre has it.
    AtCentre,
    /// The centre does not want it: the acts that name it took no effect.
    NotWanted,
}

/// An attachment that this office knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// What it is.
    pub attachment: Attachment,
    /// When it came here last, seconds since 1970.
    pub at_s: i64,
    /// Who attached it; nobody if it came from the centre.
    pub officer: Option<OfficerId>,
    /// Whether its content is here.
    pub here: bool,
    /// How far it is on its way.
    pub whereabouts: Whereabouts,
}

/// Attachments in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentCounts {
    /// To be sent.
    pub to_send: u32,
    /// Their bytes.
    pub to_send_bytes: u64,
    /// Taken in and named by no act.
    pub unnamed: u32,
    /// Bytes of all that is here.
    pub here_bytes: u64,
}

impl AttachmentCounts {
    /// Counts one row in place of another.
    pub(crate) fn replace(&mut self, old: Option<&AttachmentRow>, new: Option<&AttachmentRow>) {
        if let Some(row) = old {
            let (to_send, unnamed, here) = weights(row);
            self.to_send = self.to_send.saturating_sub(u32::from(to_send > 0));
            self.to_send_bytes = self.to_send_bytes.saturating_sub(to_send);
            self.unnamed = self.unnamed.saturating_sub(unnamed);
            self.here_bytes = self.here_bytes.saturating_sub(here);
        }
        if let Some(row) = new {
            let (to_send, unnamed, here) = weights(row);
            self.to_send = self.to_send.saturating_add(u32::from(to_send > 0));
            self.to_send_bytes = self.to_send_bytes.saturating_add(to_send);
            self.unnamed = self.unnamed.saturating_add(unnamed);
            self.here_bytes = self.here_bytes.saturating_add(here);
        }
    }
}

/// Bytes to send, whether it is unnamed, and bytes here.
fn weights(row: &AttachmentRow) -> (u64, u32, u64) {
    let bytes = u64::from(row.attachment.bytes());
    let to_send = matches!(row.whereabouts, Whereabouts::ToSend(_));
    let unnamed = matches!(row.whereabouts, Whereabouts::Unnamed);
    (
        if to_send { bytes } else { 0 },
        u32::from(unnamed),
        if row.here { bytes } else { 0 },
    )
}
