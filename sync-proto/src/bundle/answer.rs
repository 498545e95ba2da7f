//! Back from the centre: where the office stands there, and what it lacks of its feed.

use std::sync::Arc;

use bytes::Bytes;
use registry::{ActNumber, FeedSeq, Incarnation};

use super::BundleRefusal;
use super::frames::{FrameList, Frames};
use super::outward::unexpected;
use crate::SessionError;
use crate::blob::Blob;
use crate::chain::ChainPoint;
use crate::codec::{Codec, NO_DICTIONARY};
use crate::error::{DecodeError, Misuse};
use crate::feed;
use crate::hello;
use crate::limits;
use crate::message::{Entries, FillReason, Hello, HelloAnswer, Message, Minors, Verdict};
use crate::session::{FeedEntry, NodeStanding};

/// What an answer is made from.
pub struct AnswerFrom<'a> {
    /// The hello of the bundle.
    pub hello: &'a Hello,
    /// Where the device stands, its acts taken.
    pub standing: &'a NodeStanding,
    /// Versions that are spoken.
    pub minors: Minors,
    /// The schema of the entries.
    pub schema: u16,
    /// Packs entries.
    pub codec: &'a Codec,
}

/// The body of an answer, to be sealed.
pub struct PackedAnswer {
    /// The body.
    pub body: Vec<u8>,
    /// Entries in it.
    pub entries: u64,
    /// Entries that did not fit, or cannot come on a stick.
    pub left: u64,
    /// Set if the office has to fill its slice by line before its feed goes on.
    pub needs_fill: bool,
}

/// Packs the answer. `read` gives entries after a place, at most so many and about so many bytes,
/// and one at least.
pub fn pack_answer<E: From<SessionError>>(
    from: &AnswerFrom<'_>,
    mut read: impl FnMut(FeedSeq, usize, usize) -> Result<Vec<FeedEntry>, E>,
) -> Result<PackedAnswer, E> {
    let (hello, standing) = (from.hello, from.standing);
    let reads_on = hello.fill.is_none() && hello.feed_applied >= standing.feed_floor;
    let verdict = if reads_on {
        Verdict::Continue
    } else {
        Verdict::FillNeeded(FillReason::TooOld)
    };
    let minor = hello::choose_minor(hello.minors, from.minors).map_err(SessionError::from)?;
    let mut frames = FrameList::behind(&[]);
    frames.add(HelloAnswer {
        minor,
        schema: from.schema,
        dictionary: NO_DICTIONARY,
        central_ms: standing.central_ms,
        incarnation: standing.taken.incarnation,
        taken: standing.taken.number,
        chain: standing.taken.chain.short(),
        feed_head: standing.feed_head,
        push_window: 1,
        verdict,
    })?;
    let mut sent = hello.feed_applied;
    while reads_on && sent < standing.feed_head {
        let told = standing.feed_head.get().saturating_sub(sent.get());
        let count = usize::try_from(told).unwrap_or(usize::MAX);
        let count = count.min(limits::FEED_FRAME_ENTRIES_MAX);
        let entries = read(sent, count, limits::FEED_FRAME_BYTES_AIM)?;
        check_entries(&entries, count)?;
        let packed = from.codec.compress(NO_DICTIONARY, &feed::pack(&entries))?;
        let message = Entries {
            first: sent.next(),
            packed: Blob(packed),
        };
        if !frames.add(message)? {
            break;
        }
        sent = feed::advanced(sent, entries.len());
    }
    let applied = hello.feed_applied.get();
    Ok(PackedAnswer {
        body: frames.into_body(),
        entries: sent.get().saturating_sub(applied),
        left: standing.feed_head.get().saturating_sub(sent.get()),
        needs_fill: !reads_on,
    })
}

fn check_entries(entries: &[FeedEntry], max: usize) -> Result<(), SessionError> {
    let bytes: usize = entries.iter().map(|entry| entry.payload.len()).sum();
    if entries.is_empty() || entries.len() > max || bytes > limits::FEED_FRAME_BYTES_MAX {
        let what = "a read of the feed";
        return Err(Misuse::Size { what }.into());
    }
    Ok(())
}

/// Where the office stands at the centre, by an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerStands {
    /// The life that the centre knows.
    pub incarnation: Incarnation,
    /// The centre has acts of that life up to here.
    pub taken: ActNumber,
    /// The chain at that act, its first eight bytes.
    pub chain: [u8; 8],
    /// The last entry of the feed when the answer was made.
    pub feed_head: FeedSeq,
    /// The centre's time when it was made, milliseconds since 1970.
    pub central_ms: u64,
    /// Whether the slice has to be filled by line first.
    pub needs_fill: bool,
}

impl AnswerStands {
    /// Whether the centre has what this place in the chain stands for, if it speaks of that place.
    pub fn agrees_with(&self, point: &ChainPoint) -> bool {
        let same_place = (self.incarnation, self.taken) == (point.incarnation, point.number);
        !same_place || self.chain == point.chain.short()
    }
}

/// An answer at the office, opened.
pub struct AnswerReader {
    stands: AnswerStands,
    frames: Frames,
    codec: Arc<Codec>,
}

impl AnswerReader {
    /// Reads the body of an answer.
    pub fn open(body: Bytes, minors: Minors, codec: Arc<Codec>) -> Result<Self, BundleRefusal> {
        if body.len() > limits::BUNDLE_BODY_BYTES_MAX {
            return Err(SessionError::from(DecodeError::Payload).into());
        }
        let mut frames = Frames::of(body);
        let Some(Message::HelloAnswer(answer)) = frames.next_message()? else {
            return Err(unexpected("an answer without its beginning"));
        };
        let theirs = Minors {
            min: answer.minor,
            max: answer.minor,
        };
        hello::choose_minor(theirs, minors).map_err(SessionError::from)?;
        let needs_fill = match answer.verdict {
            Verdict::Continue => false,
            Verdict::FillNeeded(_) => true,
            _ => return Err(unexpected("this verdict")),
        };
        let stands = AnswerStands {
            incarnation: answer.incarnation,
            taken: answer.taken,
            chain: answer.chain,
            feed_head: answer.feed_head,
            central_ms: answer.central_ms,
            needs_fill,
        };
        Ok(Self {
            stands,
            frames,
            codec,
        })
    }

    /// Where the office stands at the centre.
    pub const fn stands(&self) -> &AnswerStands {
        &self.stands
    }

    /// The next entries with the number of the first; none at the end.
    pub fn next_entries(&mut self) -> Result<Option<(FeedSeq, Vec<FeedEntry>)>, BundleRefusal> {
        match self.frames.next_message()? {
            None => Ok(None),
            Some(Message::Entries(entries)) => {
                let (first, packed) = (entries.first, entries.packed.0);
                Ok(Some((first, feed::expand(&self.codec, packed)?)))
            }
            Some(other) => Err(unexpected(other.name())),
        }
    }
}
