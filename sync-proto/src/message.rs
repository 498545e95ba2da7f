//! The messages of the protocol and the table of their tags.
//!
//! A frame is one message: a tag byte, then the fields in postcard's encoding (varints, no
//! names). Reading is total: whatever the bytes, the answer is a message or a typed error, and
//! bytes left over are an error. **A tag never changes its meaning**; a message that needs other
//! fields gets a new tag, and the variants of the enums in here are only ever added at the end.
//! Payloads inside are packed by [`crate::codec`] and their content is the registry's business.

use bytes::Bytes;
use registry::attachment::Attachment;
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use serde::{Deserialize, Serialize};

use crate::attachment::AttachmentRefusal;
use crate::batch::SignedBatch;
use crate::blob::Blob;
use crate::class::Class;
use crate::digest::Digest;
use crate::error::{DecodeError, Misuse, SessionError};
use crate::limits::{self, CODE_BYTES_MAX, SOFTWARE_BYTES_MAX, WORDS_BYTES_MAX};
use crate::text::Text;

/// Name of the protocol in the TLS handshake. The number is the major version: another one is
/// another protocol.
pub const ALPN: &[u8] = b"npd/1";

/// Writes the enum, the tag table and the reading and writing of it from one list.
macro_rules! messages {
    ($($tag:literal $class:ident $name:ident,)*) => {
        /// Any message.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Message {
            $($name($name),)*
        }

        impl Message {
            /// Every tag with the class on which it travels.
            #[cfg(test)]
            pub(crate) const TABLE: &[(u8, Class, &str)] =
                &[$(($tag, Class::$class, stringify!($name))),*];

            pub(crate) fn class(&self) -> Class {
                match self { $(Self::$name(_) => Class::$class,)* }
            }

            pub(crate) fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }

            fn write(&self) -> postcard::Result<Vec<u8>> {
                match self {
                    $(Self::$name(message) => postcard::to_extend(message, vec![$tag]),)*
                }
            }

            fn read(class: Class, tag: u8, body: &[u8]) -> Result<Self, DecodeError> {
                match tag {
                    $($tag if class != Class::$class => Err(DecodeError::WrongClass { tag, class }),
                    $tag => match postcard::take_from_bytes(body) {
                        Ok((message, [])) => Ok(Self::$name(message)),
                        Ok(_) => Err(DecodeError::Trailing { tag }),
                        Err(_) => Err(DecodeError::Malformed { tag }),
                    },)*
                    _ => Err(DecodeError::UnknownTag { tag }),
                }
            }
        }

        $(impl From<$name> for Message {
            fn from(message: $name) -> Self {
                Self::$name(message)
            }
        })*
    };
}

messages! {
    1 Control Hello,
    2 Control HelloAnswer,
    3 Control Goodbye,
    4 Control Taken,
    5 Control FeedAck,
    6 Control FeedHold,
    7 Control FillRequest,
    8 Control PageAck,
    9 Control Check,
    10 Control CheckAnswer,
    11 Control RepairAck,
    12 Control Glance,
    13 Control Offer,
    14 Control OfferAnswer,
    15 Control Fetch,
    16 Control FetchRefused,
    17 Control PieceAck,
    32 Push SignedBatch,
    48 Feed Entries,
    64 Repair RepairList,
    65 Repair RepairPatch,
    18 Control ReadingsTaken,
    80 Fill FillPage,
    96 Attachment PieceList,
    97 Attachment Piece,
    81 Fill Readings,
    19 Control BundleKey,
    20 Control PapersOf,
    82 Fill RecordPapers,
}

impl Message {
    /// The frame of this message.
    pub(crate) fn encode(&self) -> Result<Bytes, SessionError> {
        let frame = self.write().map_err(|_| Misuse::Codec {
            what: "writing a message",
        })?;
        if frame.len() > limits::FRAME_BYTES_MAX {
            return Err(Misuse::Size { what: self.name() }.into());
        }
        Ok(frame.into())
    }

    /// Reads a frame that came on this class.
    pub(crate) fn decode(class: Class, frame: &[u8]) -> Result<Self, DecodeError> {
        if frame.len() > limits::FRAME_BYTES_MAX {
            return Err(DecodeError::TooLong { len: frame.len() });
        }
        let Some((tag, body)) = frame.split_first() else {
            return Err(DecodeError::Empty);
        };
        Self::read(class, *tag, body)
    }
}

/// The minor versions that a side speaks; one apart always talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minors {
    /// The oldest.
    pub min: u8,
    /// The newest.
    pub max: u8,
}

impl Minors {
    /// What this release speaks. Minor 1 added `Glance`, minor 2 attachments, minor 3 readings,
    /// minor 4 the key for bundles, minor 5 the papers of a record.
    pub const CURRENT: Self = Self { min: 0, max: 5 };
}

/// How far a first fill has come, kept durable by the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FillState {
    /// The last record of the last durable page.
    pub after: Option<RecordId>,
    /// Where the feed goes on when the fill is done; told with the first page.
    pub feed_start: Option<FeedSeq>,
}

/// Node → centre, the first message: who it is and where it stands. It may travel as early data,
/// so it has no effect by itself. At most 250 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Versions that the node speaks.
    pub minors: Minors,
    /// The newest schema of entries and pages that it reads.
    pub schema: u16,
    /// The dictionary that it wants to use.
    pub dictionary: u32,
    /// Its commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Its life.
    pub incarnation: Incarnation,
    /// The last act in its outbox.
    pub outbox_last: ActNumber,
    /// The chain at that act, its first eight bytes.
    pub chain: [u8; 8],
    /// The last feed entry that is durable.
    pub feed_applied: FeedSeq,
    /// The digest of its official slice at that entry.
    pub digest: Digest,
    /// Set while the first fill is not complete.
    pub fill: Option<FillState>,
    /// What its clock says, milliseconds since 1970.
    pub wall_ms: u64,
    /// Counts this node's connections, so that a stale one never beats a newer one.
    pub epoch: u64,
    /// Name and version of the software, for the operator.
    pub software: Text<SOFTWARE_BYTES_MAX>,
}

/// Centre → node: where it stands and how to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HelloAnswer {
    pub(crate) minor: u8,
    pub(crate) schema: u16,
    pub(crate) dictionary: u32,
    pub(crate) central_ms: u64,
    pub(crate) incarnation: Incarnation,
    pub(crate) taken: ActNumber,
    pub(crate) chain: [u8; 8],
    pub(crate) feed_head: FeedSeq,
    pub(crate) push_window: u8,
    pub(crate) verdict: Verdict,
}

/// How a session goes on after the hello. Variants are only added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    Continue,
    NewIncarnation(NewLife),
    FillNeeded(FillReason),
    Repair,
    Refused(Goodbye),
    /// The centre knows a connection with this epoch: the next one has to be above it.
    EpochBehind(u64),
}

/// Why a node must begin a new incarnation. Variants are only added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewLife {
    /// The centre knows a later life of this node: this one was restored from a backup.
    OldLife,
    /// The centre has more acts of this life than the outbox: this one was restored.
    OutboxBehind,
    /// Both have acts with the same numbers and other content.
    ChainBroken,
}

/// Why a node must fill its slice from the first page. Variants are only added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FillReason {
    /// The feed no longer reaches back to where the node stands.
    TooOld,
    /// A repair did not make both sides equal.
    RepairFailed,
}

/// Either way, the last message: why the session ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Goodbye {
    pub(crate) code: Text<CODE_BYTES_MAX>,
    pub(crate) words: Text<WORDS_BYTES_MAX>,
    pub(crate) retry_after_ms: Option<u64>,
}

/// Centre → node: acts up to here are durable; their receipts come in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Taken {
    pub(crate) up_to: ActNumber,
}

/// Node → centre: entries up to here are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FeedAck {
    pub(crate) applied: FeedSeq,
}

/// Node → centre: this entry cannot be read by this release; the cursor waits before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FeedHold {
    pub(crate) at: FeedSeq,
}

/// Centre → node: entries of the feed, packed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entries {
    pub(crate) first: FeedSeq,
    pub(crate) packed: Blob,
}

/// Node → centre: send pages from here. The start of the feed is given back as it was told, so
/// that the centre need not remember a fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FillRequest {
    pub(crate) state: FillState,
}

/// Centre → node: a page of the slice in the order of record ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FillPage {
    pub(crate) after: Option<RecordId>,
    pub(crate) last: Option<RecordId>,
    pub(crate) done: bool,
    pub(crate) feed_start: FeedSeq,
    pub(crate) digest: Option<Digest>,
    pub(crate) packed: Blob,
}

/// Node → centre: so many pages of this session are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageAck {
    pub(crate) pages: u32,
}

/// Node → centre in a quiet moment: is this where you stand, too? At most 24 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Check {
    pub(crate) feed_applied: FeedSeq,
    pub(crate) acts_last: ActNumber,
    pub(crate) digest: [u8; 8],
}

/// Node → centre when nothing has happened since both were last known to be equal: the mark of the
/// node's slice ([`Digest::mark`]). **An equal centre says nothing.** One that differs
/// gives the answer of a check. At most 9 bytes. From minor 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Glance {
    pub(crate) mark: [u8; 8],
}

/// Centre → node. Variants are only added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CheckAnswer {
    /// Yes.
    Same,
    /// No, but something is on its way.
    Moving,
    /// Equal positions, other content: send your list.
    Differs,
    /// As before, right after a repair: fill anew.
    FillNeeded(FillReason),
}

/// A record and its version in the list of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairItem {
    /// The record.
    pub record: RecordId,
    /// The first eight bytes of its version.
    pub version: [u8; 8],
}

/// Node → centre: what the node holds, in the order of record ids, page by page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RepairList {
    pub(crate) items: Vec<RepairItem>,
    pub(crate) done: bool,
}

/// Centre → node: what to replace and to drop; `covered` ends the answer to one list page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RepairPatch {
    pub(crate) covered: bool,
    pub(crate) drop: Vec<RecordId>,
    pub(crate) packed: Blob,
}

/// Node → centre, after everything else: readings of records, in the order of the audit chain. At
/// most one batch is unanswered. From minor 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Readings {
    /// The entry of the audit chain up to which these are all that were not told before.
    pub(crate) up_to: u64,
    pub(crate) packed: Blob,
}

impl Readings {
    /// Its tag, for whoever cannot read what is inside.
    pub(crate) const TAG: u8 = 81;
}

/// Centre → node: the readings up to here are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadingsTaken {
    pub(crate) up_to: u64,
}

/// Centre → node, once after the greeting: to which key bundles on a stick are sealed. It comes with
/// every greeting, so that a change of the key reaches each office with its next contact. From minor
/// 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BundleKey {
    pub(crate) key: [u8; 32],
}

impl BundleKey {
    /// The first minor version with it.
    pub(crate) const MINOR: u8 = 4;
}

/// Node → centre: somebody wants to see the papers of the acts on a record, of which this office came
/// to know later. At most one question is unanswered. At most 22 bytes. From minor 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PapersOf {
    /// Counts the questions of a connection, from 1.
    pub(crate) question: u32,
    pub(crate) record: RecordId,
}

impl PapersOf {
    /// The first minor version with it.
    pub(crate) const MINOR: u8 = 5;
}

/// Centre → node: the papers of a record's acts that are at the centre and that the office may see,
/// the newest first. **A record that the office does not hold has none**, whether there is such a
/// record or not. The list may be as long as two batches of acts, so it comes on the class that yields
/// to receipts and entries of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordPapers {
    pub(crate) question: u32,
    pub(crate) record: RecordId,
    /// Whether older ones were left out.
    pub(crate) more: bool,
    pub(crate) packed: Blob,
}

impl RecordPapers {
    /// Its tag, for whoever cannot read what is inside.
    pub(crate) const TAG: u8 = 82;
}

/// Node → centre: so many patches of this repair are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RepairAck {
    pub(crate) patches: u32,
}

/// Node → centre: an act of this office that the centre has names this, and it is here. From minor
/// 2, as all that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    /// Counts the transfers of a connection, in both directions, from 1.
    pub(crate) transfer: u32,
    pub(crate) attachment: Attachment,
}

/// Centre → node. After an answer to send, a refusal may follow when it cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfferAnswer {
    pub(crate) transfer: u32,
    pub(crate) verdict: OfferVerdict,
}

/// What becomes of an offer. Variants are only added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OfferVerdict {
    /// Send it from this piece; the list is known from before if `listed`.
    Send {
        from: u16,
        listed: bool,
    },
    /// It is here.
    Held,
    Refused(AttachmentRefusal),
}

/// Node → centre: somebody wants to see this; the pieces before `from` are here already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fetch {
    pub(crate) transfer: u32,
    pub(crate) attachment: Attachment,
    pub(crate) from: u16,
    pub(crate) listed: bool,
}

/// Centre → node. What is not refused simply comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FetchRefused {
    pub(crate) transfer: u32,
    pub(crate) why: AttachmentRefusal,
}

/// Receiver → sender: so many pieces are kept, from the first; all of them: whole and durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PieceAck {
    pub(crate) transfer: u32,
    pub(crate) pieces: u16,
}

/// Sender → receiver, before the first piece if there are several: the hashes of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PieceList {
    pub(crate) transfer: u32,
    pub(crate) values: Vec<[u8; 32]>,
}

/// Sender → receiver. It is not compressed: pictures are already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) transfer: u32,
    pub(crate) index: u16,
    pub(crate) content: Blob,
}

#[cfg(test)]
mod tests;
