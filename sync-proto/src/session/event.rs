//! What goes into and comes out of the two sessions. No rules live here.

use std::collections::VecDeque;

use bytes::Bytes;
use registry::act::papers::PapersOfRecord;
use registry::reading::Reading;
use registry::{ActNumber, FeedSeq, Incarnation, RecordId};

use crate::SessionError;
use crate::attachment::{
    CentreAttachmentInput, CentreAttachmentOutput, OfficeAttachmentInput, OfficeAttachmentOutput,
};
use crate::batch::VerifiedBatch;
use crate::chain::{Chain, ChainPoint};
use crate::class::Class;
use crate::digest::Digest;
use crate::message::{FillReason, Hello, Message, NewLife, RepairItem};
use crate::papers::PapersRefusal;

/// An entry of a feed. What is in the payload is the registry's business; kind and schema stand
/// outside, so that a node sees what it cannot read.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// What kind of entry.
    pub kind: u8,
    /// The schema in which the payload is written.
    pub schema: u16,
    /// The entry itself.
    pub payload: Bytes,
}

impl std::fmt::Debug for FeedEntry {
    /// Leaves the payload out: it may be people's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "FeedEntry(kind {}, {} bytes)",
            self.kind,
            self.payload.len()
        )
    }
}

/// How a session ended. The driver sends what came before it, then closes the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// A stable name of the reason.
    pub code: String,
    /// Words for the person who looks.
    pub words: String,
    /// How long the peer asks us to wait before the next attempt.
    pub retry_after_ms: Option<u64>,
    /// Whether the peer said it.
    pub by_peer: bool,
}

impl Ending {
    /// The hello's epoch was not above the last one.
    pub(crate) fn stale(by_peer: bool) -> Ending {
        let words = "a newer connection of this node exists; two machines may be using one key";
        Ending {
            code: "stale_epoch".to_owned(),
            words: words.to_owned(),
            retry_after_ms: None,
            by_peer,
        }
    }
}

/// What a node's session is told.
#[derive(Debug)]
pub enum NodeInput {
    /// A frame came.
    Frame(Class, Bytes),
    /// The handshake is complete: what is sent from now on cannot be replayed.
    Confirmed,
    /// The outbox has acts up to here, durable, and this is the chain at the last.
    OutboxGrew {
        /// The last act.
        last: ActNumber,
        /// The chain at it.
        chain: Chain,
    },
    /// The answer to [`NodeOutput::ReadOutbox`].
    OutboxRead {
        /// The number of the first act: the one that was asked for.
        first: ActNumber,
        /// The chain before it.
        before: Chain,
        /// At least one act, within what was asked for.
        acts: Vec<Bytes>,
    },
    /// Entries up to here are durable, and the digest is the slice's after them.
    FeedDurable {
        /// The last durable entry.
        applied: FeedSeq,
        /// The digest of the official slice.
        digest: Digest,
    },
    /// This entry cannot be read by this release. What came after it is dropped; the session
    /// goes on with everything else.
    NeedsUpgrade {
        /// The entry.
        at: FeedSeq,
    },
    /// Somebody wants to know whether the centre answers: compare digests at the next quiet moment,
    /// which is now if nothing is on its way.
    CheckNow,
    /// The page that ends with this record is durable.
    PageDurable {
        /// Its last record; none if the slice is empty.
        last: Option<RecordId>,
        /// The digest of the slice with it.
        digest: Digest,
    },
    /// A record was opened, or readings are unsent from before.
    ReadingsGrew {
        /// Whether they are to go at the next quiet moment, and not with those of the next minute.
        at_once: bool,
    },
    /// The answer to [`NodeOutput::ReadReadings`].
    ReadingsRead {
        /// The entry of the audit chain up to which these are all.
        up_to: u64,
        /// The batch, as `registry::reading` writes it; empty if nothing is unsent.
        payload: Bytes,
    },
    /// The answer to [`NodeOutput::NeedRepairList`].
    RepairListing {
        /// What the official slice holds after the record asked for, in the order of ids.
        items: Vec<RepairItem>,
        /// Whether this is all.
        done: bool,
    },
    /// The oldest patch that was not yet reported is durable.
    RepairDurable {
        /// The digest of the official slice with it.
        digest: Digest,
    },
    /// Something about attachments.
    Attachment(OfficeAttachmentInput),
    /// Somebody wants to know the papers of the acts on a record; [`NodeOutput::Papers`] answers,
    /// unless the connection ends before.
    WantPapers {
        /// Which record.
        record: RecordId,
    },
    /// The node is going down: say goodbye.
    Stop,
}

/// What a node's session wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum NodeOutput {
    /// Send this frame.
    Send(Class, Bytes),
    /// The centre answered.
    Linked {
        /// The centre's time when it answered, milliseconds since 1970.
        central_ms: u64,
        /// By how much our clock is behind the centre's, milliseconds.
        clock_offset_ms: i64,
        /// The last entry of the feed.
        feed_head: FeedSeq,
        /// The schema that the centre writes.
        schema: u16,
    },
    /// Read acts from here and answer with [`NodeInput::OutboxRead`].
    ReadOutbox {
        /// The first act wanted.
        from: ActNumber,
        /// At most so many.
        max_count: usize,
        /// At most so many bytes, but one act always.
        max_bytes: usize,
    },
    /// The centre has acts up to here, durable. A receipt for each comes in the feed.
    Taken {
        /// The last act taken.
        up_to: ActNumber,
    },
    /// Apply these and make them durable, then [`NodeInput::FeedDurable`]. An entry may find its
    /// record already at or past it, after a fill or a repair; applying it again must be harmless.
    ApplyFeed {
        /// The number of the first entry.
        first: FeedSeq,
        /// The entries, in order.
        entries: Vec<FeedEntry>,
    },
    /// The slice has to be filled anew; pages follow. Unsent acts stay.
    NeedFill {
        /// Why.
        reason: FillReason,
    },
    /// Make this page durable together with the fill's state, then [`NodeInput::PageDurable`].
    ApplyPage {
        /// The record before it; none for the first page, which replaces all that was there.
        after: Option<RecordId>,
        /// Its last record.
        last: Option<RecordId>,
        /// Whether it is the last page: records after it do not belong to the slice, and the
        /// feed cursor becomes `feed_start`.
        done: bool,
        /// Where the feed goes on afterwards.
        feed_start: FeedSeq,
        /// The page.
        payload: Bytes,
    },
    /// List the official slice after this record and answer with [`NodeInput::RepairListing`].
    NeedRepairList {
        /// List after this one; from the start if none.
        after: Option<RecordId>,
        /// At most so many.
        max_count: usize,
    },
    /// Replace and drop these and make it durable, then [`NodeInput::RepairDurable`].
    ApplyRepair {
        /// Records to replace or add.
        replace: Bytes,
        /// Records to drop.
        drop: Vec<RecordId>,
    },
    /// Something about attachments.
    Attachment(OfficeAttachmentOutput),
    /// The answer to [`NodeInput::WantPapers`].
    Papers {
        /// Of which record.
        record: RecordId,
        /// What the centre told, or why it was not asked.
        found: Result<PapersOfRecord, PapersRefusal>,
    },
    /// Read the next readings that were not told and answer with [`NodeInput::ReadingsRead`].
    ReadReadings,
    /// The centre keeps the readings up to this entry of the audit chain.
    ReadingsTaken {
        /// The entry.
        up_to: u64,
    },
    /// Bundles on a stick are sealed to this key from now on.
    BundleKey {
        /// The centre's public key.
        key: [u8; 32],
    },
    /// Both sides have the same, and nothing is on its way.
    InStep,
    /// An entry waits for a newer release; everything else goes on.
    NeedsUpgrade {
        /// The entry.
        at: FeedSeq,
    },
    /// This life is over: begin one with a higher number, then connect again.
    NeedNewIncarnation {
        /// The new one must be above this.
        above: Incarnation,
        /// Why.
        reason: NewLife,
        /// The centre has acts of this life up to here, whatever they are: those after it are
        /// certainly not there. None if that is not known.
        taken: Option<ActNumber>,
    },
    /// The centre has seen a connection with this epoch: the next one has to be above it. It comes
    /// to a device whose disk was restored, or when another machine uses the node's key.
    EpochBehind {
        /// The next epoch must be above this.
        above: u64,
    },
    /// The session is over.
    Close(Ending),
}

/// What the centre knows of a node, loaded when its hello came.
#[derive(Debug, Clone)]
pub struct NodeStanding {
    /// Where its acts are taken up to, in its latest life; the genesis of life 0 if never seen.
    pub taken: ChainPoint,
    /// The highest connection epoch seen.
    pub epoch: u64,
    /// The last entry of its commune's feed.
    pub feed_head: FeedSeq,
    /// The feed can be served after this entry and later.
    pub feed_floor: FeedSeq,
    /// The digest of the slice at the head.
    pub digest: Digest,
    /// The centre's time, milliseconds since 1970.
    pub central_ms: u64,
}

/// What a centre's session is told.
#[derive(Debug)]
pub enum CentralInput {
    /// A frame came.
    Frame(Class, Bytes),
    /// The handshake is complete: effects are allowed.
    Confirmed,
    /// The answer to [`CentralOutput::LookUp`].
    Standing(NodeStanding),
    /// Acts up to here are committed, each with its receipt in the feed.
    BatchCommitted {
        /// The last act.
        up_to: ActNumber,
    },
    /// The readings of [`CentralOutput::KeepReadings`] are durable.
    ReadingsKept {
        /// As it was told.
        up_to: u64,
    },
    /// The feed has entries up to here, committed. May be told at any time, also before the
    /// hello; tell it of every commit from the moment the session exists.
    FeedGrew {
        /// The last entry.
        head: FeedSeq,
        /// The digest of the slice at it.
        digest: Digest,
    },
    /// The answer to [`CentralOutput::ReadFeed`].
    FeedRead {
        /// The number of the first entry: the one after what was asked for.
        first: FeedSeq,
        /// At least one entry. Those that do not fit into one frame are asked for again.
        entries: Vec<FeedEntry>,
    },
    /// The answer to [`CentralOutput::ReadPage`].
    PageRead {
        /// Its last record; none if nothing is left.
        last: Option<RecordId>,
        /// Whether it is the last page.
        done: bool,
        /// Where the feed goes on afterwards: the head when the fill began, or before it if the
        /// node lacks older receipts. The same on every page of a fill.
        feed_start: FeedSeq,
        /// With the last page of a fill from a fixed copy: the digest of that copy.
        digest: Option<Digest>,
        /// The page.
        payload: Bytes,
    },
    /// The answer to [`CentralOutput::CompareSlice`].
    RepairCompared {
        /// Records that differ or that the node lacks, as the node shall hold them.
        replace: Bytes,
        /// Records that the node holds and shall not.
        drop: Vec<RecordId>,
        /// If not all of the range fitted into this answer: the last record that it covers.
        covered_to: Option<RecordId>,
    },
    /// Something about attachments.
    Attachment(CentreAttachmentInput),
    /// The answer to [`CentralOutput::FindPapers`].
    PapersFound {
        /// Of which record.
        record: RecordId,
        /// What the office may see of them.
        found: PapersOfRecord,
    },
    /// A newer connection of the same node came.
    Displaced,
    /// The centre wants to end this session.
    Stop {
        /// Why.
        cause: StopCause,
        /// When the node may come again.
        retry_after_ms: Option<u64>,
    },
}

/// Why a centre ends a session by itself: its office is told, and dials again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopCause {
    /// It goes down, mostly to be started again.
    GoingDown,
    /// A decree is being carried out, and slices change hands.
    Decree,
    /// It can give no answer, for example because its disk takes nothing.
    Unable,
}

impl StopCause {
    /// Stable name of the cause.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GoingDown => "centre_stopping",
            Self::Decree => "decree_underway",
            Self::Unable => "centre_unable",
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::GoingDown => "the centre is going down or restarting",
            Self::Decree => "the centre is carrying out a decree about units",
            Self::Unable => {
                "the centre cannot answer at present: its operator can see why in the log"
            }
        }
    }
}

/// What a centre's session wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum CentralOutput {
    /// Send this frame.
    Send(Class, Bytes),
    /// Load what is known of this node, without any effect, and answer with
    /// [`CentralInput::Standing`].
    LookUp(Box<Hello>),
    /// The node is real and present: store its epoch and life, displace its older connection.
    Linked {
        /// The epoch of this connection.
        epoch: u64,
        /// The life of the node.
        incarnation: Incarnation,
    },
    /// Commit these acts, then [`CentralInput::BatchCommitted`].
    TakeBatch(VerifiedBatch),
    /// Read the feed after this entry and answer with [`CentralInput::FeedRead`].
    ReadFeed {
        /// Read after this one.
        after: FeedSeq,
        /// At most so many.
        max_count: usize,
        /// About so many bytes, but one entry always.
        max_bytes: usize,
    },
    /// The node has entries up to here, durable.
    Acked {
        /// The last entry.
        applied: FeedSeq,
    },
    /// The node cannot read this entry and needs a newer release.
    Held {
        /// The entry.
        at: FeedSeq,
    },
    /// Read a page and answer with [`CentralInput::PageRead`].
    ReadPage {
        /// Records after this one; from the start if none.
        after: Option<RecordId>,
        /// The start of the feed that was told with the first page; none before that.
        feed_start: Option<FeedSeq>,
    },
    /// Compare a range of the slice with what the node holds and answer with
    /// [`CentralInput::RepairCompared`].
    CompareSlice {
        /// The range begins after this record; at the start if none.
        after: Option<RecordId>,
        /// The range ends with this record; at the end if none.
        until: Option<RecordId>,
        /// What the node holds in this range, in the order of ids.
        items: Vec<RepairItem>,
    },
    /// Something about attachments.
    Attachment(CentreAttachmentOutput),
    /// List the papers of the acts on this record that are here and that the office may see; none if
    /// it does not hold the record. Answer with [`CentralInput::PapersFound`].
    FindPapers {
        /// Which record.
        record: RecordId,
    },
    /// Keep these readings, then [`CentralInput::ReadingsKept`]. They may have come before.
    KeepReadings {
        /// How far they reach.
        up_to: u64,
        /// The readings.
        readings: Vec<Reading>,
    },
    /// Both sides have the same, and nothing is on its way.
    InStep,
    /// The session is over.
    Close(Ending),
}

/// An output that can carry a frame.
pub(crate) trait Carries {
    fn frame(class: Class, frame: Bytes) -> Self;
}

impl Carries for NodeOutput {
    fn frame(class: Class, frame: Bytes) -> Self {
        Self::Send(class, frame)
    }
}

impl Carries for CentralOutput {
    fn frame(class: Class, frame: Bytes) -> Self {
        Self::Send(class, frame)
    }
}

/// What a session wants done, in order. It stays short: every source of it is under a window.
#[derive(Debug)]
pub(crate) struct Effects<T>(VecDeque<T>);

impl<T: Carries> Effects<T> {
    pub(crate) fn new() -> Self {
        Self(VecDeque::new())
    }
    pub(crate) fn push(&mut self, output: T) {
        self.0.push_back(output);
    }
    pub(crate) fn send(&mut self, message: impl Into<Message>) -> Result<(), SessionError> {
        let message = message.into();
        let frame = message.encode()?;
        self.0.push_back(T::frame(message.class(), frame));
        Ok(())
    }
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.0.pop_front()
    }
}
