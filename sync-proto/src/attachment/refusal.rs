//! How offers and fetches end.

use registry::attachment::Attachment;
use serde::{Deserialize, Serialize};

use super::Resume;

/// Why the centre does not take or give an attachment. Variants are only added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AttachmentRefusal {
    /// No act of the office that took effect names it.
    #[error("no act of this office that took effect names this attachment; file the act first")]
    NotNamed,
    /// The office has had its share.
    #[error("this office has sent as much as the centre keeps for it; call the centre's operator")]
    Full,
    /// Not now.
    #[error("the centre takes no attachments at the moment; it is tried again by itself")]
    Later,
    /// It has not arrived at the centre.
    #[error("the centre does not have this attachment yet; it is still on its way from its office")]
    NotHere,
    /// The office holds no record that it is about.
    #[error("this office holds no record that the attachment is about")]
    NotEntitled,
}

impl AttachmentRefusal {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNamed => "attachment_not_named",
            Self::Full => "attachments_full",
            Self::Later => "attachment_later",
            Self::NotHere => "attachment_not_here",
            Self::NotEntitled => "attachment_not_entitled",
        }
    }

    /// Whether it makes sense to offer it again by itself.
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::Full | Self::Later)
    }
}

/// How an attachment that was offered stands at the centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferStanding {
    /// It is there.
    Held,
    /// It is not taken.
    Refused(AttachmentRefusal),
    /// It is wanted: from the beginning, or where an earlier line left off.
    Wanted(Option<Resume>),
}

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentOutcome {
    /// The centre has it, whole and durable.
    Held,
    /// The centre does not take it.
    Refused(AttachmentRefusal),
}

/// How a fetch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchOutcome {
    /// It is here, whole and durable.
    Whole,
    /// The centre does not give it.
    Refused(AttachmentRefusal),
    /// It cannot be kept here, or too many are fetched already.
    Failed,
}

/// A wish to fetch an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) attachment: Attachment,
    pub(crate) there: Option<Resume>,
}
