//! What can go wrong in the office. No citizen's data is ever part of it.

use registry::ActId;
use registry::act::ActError;
use registry::columns::PageError;
use registry::document::DocumentError;
use registry::feed::FeedError;
use registry::procedure::Refusal;
use registry::words::{Said, Tells};
use registry_store::{FolderError, StoreError};

use crate::tables::TableError;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The tables could not be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A record's document cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The store is another node's.
    #[error("the data directory belongs to another node or office; give the right --data")]
    OtherNode,
    /// A page of the centre cannot be read.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A feed entry cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// An entry came that does not follow the last one.
    #[error("the feed goes on at {due} and {came} came; the line is tried again")]
    Gap {
        /// The entry that is due.
        due: u64,
        /// The one that came.
        came: u64,
    },
    /// Receipts that the centre did not sign.
    #[error("receipts came with a signature that is not the centre's; call its operator")]
    ReceiptSignature,
    /// Receipts for acts that are not ours.
    #[error("receipts came for acts that this node did not make; call the centre's operator")]
    ReceiptForeign,
    /// An act of the outbox is gone.
    #[error("act {number} of the outbox cannot be read; restore the last backup")]
    OutboxHole {
        /// Its number.
        number: u64,
    },
    /// An attachment of which this office knows nothing.
    #[error("this office knows no attachment with this hash; attach the file first")]
    AttachmentUnknown,
    /// Too many files wait for an act.
    #[error(
        "so many files were attached and named by no act that no more are taken; file the acts, or wait a day until they are cleared away"
    )]
    AttachmentsUnnamed,
    /// Too much of the disk is taken by attachments.
    #[error(
        "attachments take all of the disk that they may; see that the line to the centre is up, so that they can be sent and cleared away"
    )]
    AttachmentsFull,
    /// The folder of attachments.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// An officer who is not known here.
    #[error("no officer of this office has this name, or the account is closed")]
    OfficerUnknown,
    /// An officer keeps as many drafts as may be kept.
    #[error("you keep 50 drafts already; file or drop some first")]
    DraftsFull,
    /// The draft was filed.
    #[error("this draft was filed as act {act}; open the act instead of filing again")]
    DraftFiled {
        /// As which act.
        act: ActId,
    },
    /// Not an act that came back, or one that was seen to.
    #[error("this act did not come back, or was filed again or put aside already; look at it")]
    NotReturned,
}

impl OfficeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            OfficeError::Table(error) => error.code(),
            OfficeError::Document(error) => error.code(),
            OfficeError::OtherNode => "store_of_other_node",
            OfficeError::Page(PageError::Newer) => "page_newer",
            OfficeError::Page(PageError::Unreadable) => "page_unreadable",
            OfficeError::Feed(FeedError::NeedsUpgrade) => "needs_upgrade",
            OfficeError::Feed(FeedError::Unreadable) => "feed_unreadable",
            OfficeError::Gap { .. } => "feed_gap",
            OfficeError::ReceiptSignature => "receipt_signature",
            OfficeError::ReceiptForeign => "receipt_foreign",
            OfficeError::OutboxHole { .. } => "outbox_hole",
            OfficeError::OfficerUnknown => "officer_unknown",
            OfficeError::DraftsFull => "drafts_full",
            OfficeError::DraftFiled { .. } => "draft_filed",
            OfficeError::NotReturned => "act_not_returned",
            OfficeError::AttachmentUnknown => "attachment_unknown",
            OfficeError::AttachmentsUnnamed => "attachments_unnamed",
            OfficeError::AttachmentsFull => "attachments_full",
            OfficeError::Folder(error) => error.code(),
        }
    }

    /// Whether the disk has no room for it.
    pub const fn is_disk_full(&self) -> bool {
        matches!(
            self,
            OfficeError::Table(TableError::Store(StoreError::DiskFull { .. }))
                | OfficeError::Folder(FolderError::DiskFull)
        )
    }
}

impl From<StoreError> for OfficeError {
    fn from(error: StoreError) -> Self {
        OfficeError::Table(error.into())
    }
}

/// Why an act was not filed.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A rule refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It cannot take effect on the records as they stand.
    #[error(transparent)]
    Act(#[from] ActError),
    /// It names an attachment that was not taken in here.
    #[error(
        "the act names an attachment that this office does not have; attach the file again, then file the act with what the answer says"
    )]
    AttachmentUnknown,
    /// There is no room for new work.
    #[error(
        "the disk is nearly full, so no new act is taken; reading goes on. Make room, or send what is unsent, then file again"
    )]
    DiskFull,
    /// It could not be kept.
    #[error(transparent)]
    Office(OfficeError),
}

impl From<OfficeError> for FileError {
    fn from(error: OfficeError) -> Self {
        if error.is_disk_full() {
            FileError::DiskFull
        } else {
            FileError::Office(error)
        }
    }
}

impl From<TableError> for FileError {
    fn from(error: TableError) -> Self {
        OfficeError::from(error).into()
    }
}

impl FileError {
    /// What a rule refuses, in both languages; the others are told by their code.
    pub fn said(&self) -> Option<Said> {
        match self {
            FileError::Refused(refusal) => Some(refusal.said()),
            _ => None,
        }
    }
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FileError::Refused(refusal) => refusal.code(),
            FileError::Act(error) => error.code(),
            FileError::AttachmentUnknown => "attachment_unknown",
            FileError::DiskFull => "disk_full",
            FileError::Office(error) => error.code(),
        }
    }
}
