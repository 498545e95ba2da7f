//! Every limit on what a peer may send or make us keep, in one place, with the threat beside it.
//!
//! A receiver checks each of them; a sender keeps to them. Relations between them are asserted
//! when the crate is compiled.

use registry::act::papers::LISTED_BYTES_MAX;
use registry::attachment::{PIECE_BYTES, PIECES_MAX};

/// Longest frame, bytes: a peer that announces more is cut off before anything is allocated.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Longest payload once expanded, bytes: a compression bomb ends here. Below the frame's limit,
/// so that a payload that does not compress still travels.
pub const PAYLOAD_BYTES_MAX: usize = FRAME_BYTES_MAX - (64 << 10);
/// What a frame holds beside its payload, bytes: positions, digests, a signature, dropped ids.
pub const FRAME_OVERHEAD_BYTES_MAX: usize = 32 << 10;

/// Acts in a batch: bounds the time of one commit at the centre.
pub const BATCH_ACTS_MAX: usize = 500;
/// Bytes of acts in a batch, expanded: times the window, what an office may make the centre hold.
pub const BATCH_BYTES_MAX: usize = 256 << 10;
/// Bytes of acts that a batch aims at: a cut line repeats at most about this much.
pub const BATCH_BYTES_AIM: usize = 64 << 10;
/// Longest act, bytes: an act is a form that a clerk filled in; scans are not in it.
pub const ACT_BYTES_MAX: usize = 64 << 10;
/// Batches that may be sent and not yet be durable at the centre.
pub const PUSH_WINDOW_MAX: usize = 4;
/// Batches that may be sent before the centre has answered the hello: a guess that is wrong
/// wastes at most this.
pub const PUSH_GUESS_MAX: usize = 2;

/// Entries in one feed frame: bounds the time of one journal write at the node.
pub const FEED_FRAME_ENTRIES_MAX: usize = 500;
/// Bytes of entries in one feed frame, expanded; times the window, what a node must hold.
pub const FEED_FRAME_BYTES_MAX: usize = 320 << 10;
/// Bytes of entries that a feed frame aims at.
pub const FEED_FRAME_BYTES_AIM: usize = 64 << 10;
/// Longest feed entry, bytes: one record with all its history.
pub const FEED_ENTRY_BYTES_MAX: usize = 256 << 10;
/// Feed frames that may be sent and not yet be durable at the node: a slow disk slows the sender.
pub const FEED_WINDOW: usize = 8;

/// Pages of the first fill that may be sent and not yet be durable at the node.
pub const FILL_WINDOW: usize = 4;

/// Items in one page of a slice's list (24 bytes each).
pub const REPAIR_LIST_ITEMS_MAX: usize = 1_000;
/// List pages sent and not yet answered, and patches sent and not yet durable.
pub const REPAIR_WINDOW: usize = 4;
/// Records that one patch may drop: all of a list page.
pub const REPAIR_DROPS_MAX: usize = REPAIR_LIST_ITEMS_MAX;

/// Pieces of an attachment that may be sent and not yet be kept by the other side; times a piece,
/// what a transfer may make the other side hold.
pub const ATTACHMENT_WINDOW_MAX: u16 = 8;
/// How long pieces may wait in the network before fewer are sent at once, milliseconds: what is
/// under way cannot be overtaken, and an act waits behind it.
pub const ATTACHMENT_QUEUE_MS_AIM: u64 = 200;
/// Attachments that wait at a node to be fetched.
pub const FETCHES_MAX: usize = 16;
/// Offers and fetches of one connection that the centre refuses before it ends it: each costs a
/// look into its tables.
pub const OFFERS_REFUSED_MAX: usize = 256;
/// Questions about the papers of a record that wait at a node; one is under way.
pub const PAPER_QUESTIONS_MAX: usize = 16;
/// How long after a record was opened its reading is told, milliseconds: those of a minute go in one
/// frame.
pub const READINGS_SETTLE_MS: u64 = 60_000;

/// Frames kept while the hello or its answer is still awaited: classes are not ordered among
/// themselves, so what follows a hello may overtake it.
pub const EARLY_FRAMES_MAX: usize = 24;
/// Bytes of such frames at the centre, for each connection.
pub const EARLY_BYTES_MAX_CENTRAL: usize = 2 << 20;
/// Bytes of such frames at a node.
pub const EARLY_BYTES_MAX_NODE: usize = 4 << 20;

/// Largest bundle on a stick, bytes: what a daemon takes into memory for one upload. An act is about
/// a hundred bytes in it, so tens of thousands of them fit; more come with the next stick.
pub const BUNDLE_BYTES_MAX: usize = 4 << 20;
/// The envelope of a bundle, bytes: it is of fixed fields.
pub const ENVELOPE_BYTES_MAX: usize = 160;
/// What is sealed in a bundle, bytes.
pub const BUNDLE_BODY_BYTES_MAX: usize = BUNDLE_BYTES_MAX - (1 << 10);
/// Frames in a bundle: each may expand to a batch, so this bounds the time that one bundle takes.
pub const BUNDLE_FRAMES_MAX: usize = 2_000;
/// How long a bundle is taken after it was made, seconds: long enough for a road that the rains have
/// closed; short enough that a stick which is found years later opens nothing, because the keys of
/// its answer are given up with it.
pub const BUNDLE_LIFE_S: i64 = 30 * 86_400;
/// Keys for bundles that the centre keeps beside the newest: an office that was dark seals to the
/// one that it heard of last.
pub const BUNDLE_KEYS_MAX: usize = 8;

/// Bytes of the software version in a hello.
pub const SOFTWARE_BYTES_MAX: usize = 32;
/// Bytes of a stable code in a goodbye or a refusal.
pub const CODE_BYTES_MAX: usize = 40;
/// Bytes of the words in a goodbye or a refusal: they reach a screen and a log.
pub const WORDS_BYTES_MAX: usize = 240;
/// Longest wait that a peer may ask for before the next attempt: a day, so that a wrong answer
/// never silences an office for ever.
pub const RETRY_AFTER_MS_MAX: u64 = 24 * 3_600_000;

/// How far a hello's epoch may lie above both the last one and the centre's clock (seconds). Epochs
/// are led by the node's clock, which may be wrong by thousands of years; but one step must not
/// use up all that is left of the count.
pub const EPOCH_LEAD_MAX: u64 = 1 << 38;
/// How many lives a node may have begun unknown to the centre.
pub const INCARNATION_LEAD_MAX: u64 = 1 << 16;

/// How long a hello, its answer or a check's answer may take: a peer that opens a connection and
/// says nothing costs memory.
pub const ANSWER_MS_MAX: u64 = 30_000;

/// Glances one after the other before a check must be answered: an equal centre is silent, and so
/// is one that hangs, which shows at the latest then (an hour, at an interval of ten minutes).
pub const GLANCES_MAX: u8 = 5;

/// Compression contexts kept for use again by one codec: each holds about a megabyte.
pub const CODEC_CONTEXTS_KEPT: usize = 8;
/// Dictionaries that one codec holds: the last few schema versions.
pub const DICTIONARIES_MAX: usize = 8;

const _: () = {
    assert!(registry::reading::BATCH_BYTES_MAX <= PAYLOAD_BYTES_MAX);
    assert!(LISTED_BYTES_MAX <= PAYLOAD_BYTES_MAX);
    assert!(PAYLOAD_BYTES_MAX + FRAME_OVERHEAD_BYTES_MAX <= FRAME_BYTES_MAX);
    assert!(BATCH_BYTES_MAX + 4 * BATCH_ACTS_MAX <= PAYLOAD_BYTES_MAX);
    assert!(FEED_FRAME_BYTES_MAX + 16 * FEED_FRAME_ENTRIES_MAX <= PAYLOAD_BYTES_MAX);
    assert!(ACT_BYTES_MAX <= BATCH_BYTES_AIM && BATCH_BYTES_AIM <= BATCH_BYTES_MAX);
    assert!(FEED_ENTRY_BYTES_MAX + FEED_FRAME_BYTES_AIM <= FEED_FRAME_BYTES_MAX);
    assert!(PUSH_GUESS_MAX <= PUSH_WINDOW_MAX);
    assert!(REPAIR_DROPS_MAX * 16 <= FRAME_OVERHEAD_BYTES_MAX);
    assert!(REPAIR_LIST_ITEMS_MAX * 24 + 16 <= FRAME_BYTES_MAX);
    // All that an honest peer may have sent before it is read: batches and lists at the centre,
    // the feed at a node.
    assert!(
        EARLY_BYTES_MAX_CENTRAL
            >= (PUSH_GUESS_MAX + PUSH_WINDOW_MAX) * BATCH_BYTES_MAX
                + REPAIR_WINDOW * REPAIR_LIST_ITEMS_MAX * 25
    );
    assert!(EARLY_BYTES_MAX_NODE >= FEED_WINDOW * FEED_FRAME_BYTES_MAX);
    assert!(EARLY_FRAMES_MAX >= PUSH_GUESS_MAX + PUSH_WINDOW_MAX + REPAIR_WINDOW + FEED_WINDOW + 2);
    assert!(BUNDLE_BODY_BYTES_MAX + ENVELOPE_BYTES_MAX + 256 <= BUNDLE_BYTES_MAX);
    assert!(BUNDLE_BODY_BYTES_MAX > 2 * FRAME_BYTES_MAX);
    // A piece and the list of pieces are frames.
    assert!(PIECE_BYTES + 64 <= FRAME_BYTES_MAX && PIECES_MAX * 32 + 64 <= FRAME_BYTES_MAX);
};
