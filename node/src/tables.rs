//! Typed access to the store: which table holds what, and under which key. A [`Rows`] reads the
//! store through the changes that were made to it and not yet staged, so one act or feed entry
//! sees its own effects and becomes visible as one batch.
//!
//! What the rows mean is in [`crate::office`]. **A key holds no citizen's data.**
//!
//! ```text
//! table        key                                   value
//! META         "meta"                                Meta
//! META         "readings sent"                       how far the centre has the readings
//! OFFICIAL     record                                Kept: what the centre has confirmed
//! PROVISIONAL  record                                Kept: the same with own acts on top
//! PENDING      record · incarnation · number         1 if the act stands in PROVISIONAL, else 0
//! OUTBOX       incarnation · number                  act id · chain after it
//! ACTS         act id                                ActRow: own acts, and others' on records held
//! ACTS_OF      record · order · act id               -
//! RECEIPTS     feed position                         the receipts as they were signed
//! CASES        case id                               CaseNotice
//! OFFICERS     hash of the account name              Officer
//! CREDENTIALS  hash of the token                     account name
//! TOMBSTONES   record                                Tombstone
//! AUDIT        position                              AuditEntry
//! FILES        household                             number of its file, beside OFFICIAL
//! UNITS        0                                     UnitsRow: the base, and what the office was
//! UNITS        1 · edition                           the decree that made it, with its commit
//! UNITS        2 · edition · part                    a part of a decree whose notice has not come
//! BLOCKS       number of the block                   NumberBlock: what of it is at hand
//! ACCESS       hash of the account name              Access: password, PIN, wrong tries
//! DRAFTS       hash of the account name · draft      Draft: typed and not filed
//! FILED        0 · hash of the account name · draft  act id: what the draft was filed as
//! FILED        1 · act id                            Draft: the form as it was typed
//! FILED        2 · act id                            Settled: it came back and needs nothing more
//! MOVES        time · record                         Move: who came or went in the last days
//! ATTACHMENTS  name of the attachment                AttachmentRow
//! NAMED_BY     name of the attachment · act id       -
//! BUNDLES      bundle                                BundleRow: made for a stick, with its key
//! BUNDLE_KEY   0                                     the centre's key for bundles
//! NEWS         case id                               when it was decided and nobody looked since
//! TO_SEND      order · name of the attachment        -: what the centre does not have yet
//! PORTRAITS    record                                Portrait: beside OFFICIAL
//! THUMBNAILS   0 · name of the attachment · record   -: to whose portrait it belongs
//! THUMBNAILS   1 · name of the attachment            Attachment: a thumbnail to be fetched
//! ```

mod access;
mod attachment;
mod bundle;
mod kept;
mod keys;
mod meta;
mod moves;
mod rows;
mod shapes;

pub use access::Access;
pub use attachment::{AttachmentCounts, AttachmentRow, Whereabouts};
pub use bundle::{BundleAnswered, BundleRow};
pub use kept::Kept;
pub(crate) use kept::freezes;
pub use keys::{ActKey, officer_key};
pub use meta::{CENTRAL_KEYS_MAX, Meta};
pub use moves::Move;
pub use rows::Rows;
pub use shapes::{ActRow, Answer, AuditEntry, AuditEvent, Settled, Tombstone, UnitsRow};

use registry_store::{StoreError, Table};

/// The format of everything below, written into the store's files.
pub const FORMAT: u32 = 4;

pub(crate) const META: Table = Table(1);
pub(crate) const OFFICIAL: Table = Table(2);
pub(crate) const PROVISIONAL: Table = Table(3);
pub(crate) const PENDING: Table = Table(4);
pub(crate) const OUTBOX: Table = Table(5);
pub(crate) const ACTS: Table = Table(6);
pub(crate) const ACTS_OF: Table = Table(7);
pub(crate) const RECEIPTS: Table = Table(8);
pub(crate) const CASES: Table = Table(9);
pub(crate) const OFFICERS: Table = Table(10);
pub(crate) const CREDENTIALS: Table = Table(11);
pub(crate) const TOMBSTONES: Table = Table(12);
pub(crate) const AUDIT: Table = Table(13);
pub(crate) const FILES: Table = Table(14);
pub(crate) const UNITS: Table = Table(40);
pub(crate) const BLOCKS: Table = Table(44);
pub(crate) const ACCESS: Table = Table(45);
pub(crate) const DRAFTS: Table = Table(50);
pub(crate) const MOVES: Table = Table(53);
pub(crate) const FILED: Table = Table(56);
pub(crate) const NEWS: Table = Table(57);
pub(crate) const ATTACHMENTS: Table = Table(46);
pub(crate) const NAMED_BY: Table = Table(47);
pub(crate) const TO_SEND: Table = Table(48);
pub(crate) const PORTRAITS: Table = Table(49);
pub(crate) const THUMBNAILS: Table = Table(54);
pub(crate) const BUNDLES: Table = Table(51);
pub(crate) const BUNDLE_KEY: Table = Table(52);

/// Why a row could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row is not what it should be.
    #[error("a row of the table `{table}` cannot be read; restore the last backup")]
    Damaged {
        /// Which table.
        table: &'static str,
    },
}

impl TableError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            TableError::Store(error) => error.code(),
            TableError::Damaged { .. } => "row_damaged",
        }
    }
}
