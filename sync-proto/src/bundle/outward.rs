//! From an office to the centre: packing the outbox, and reading it at the other end.

use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use registry::{ActNumber, Incarnation};

use super::frames::{FrameList, Frames};
use super::{BundleRefusal, Envelope};
use crate::SessionError;
use crate::batch::{SignedBatch, VerifiedBatch};
use crate::chain::{Chain, ChainPoint};
use crate::codec::{Codec, NO_DICTIONARY};
use crate::error::{DecodeError, Misuse, Violation};
use crate::limits;
use crate::message::{Hello, Message};
use crate::session::{NodeConfig, NodeStanding, NodeState};

const REPLY_KEY_BYTES: usize = 32;

/// Acts of the outbox.
pub struct OutboxPart {
    /// The chain before the first.
    pub before: Chain,
    /// At least one, in order, within what was asked for.
    pub acts: Vec<Bytes>,
}

/// The body of a bundle, to be sealed.
pub struct PackedOutbox {
    /// The body.
    pub body: Vec<u8>,
    /// The first act in it; the one after the last taken if there is none.
    pub first: ActNumber,
    /// The last; the one before the first if there is none.
    pub last: ActNumber,
    /// Acts that did not fit.
    pub left: u64,
}

/// Packs what the centre does not have. `read` gives acts from a number on, at most so many and so
/// many bytes; dictionaries are left out, so that the bundle is legible years from now.
pub fn pack_outbox<E: From<SessionError>>(
    config: &NodeConfig,
    state: &NodeState,
    reply_key: &[u8; 32],
    mut read: impl FnMut(ActNumber, usize, usize) -> Result<OutboxPart, E>,
) -> Result<PackedOutbox, E> {
    let mut frames = FrameList::behind(reply_key);
    frames.add(Hello::of(config, state))?;
    let end = state.outbox_last;
    let first = state.taken.min(end.number).next().max(state.kept_from);
    let mut next = first;
    while next <= end.number {
        let part = read(next, limits::BATCH_ACTS_MAX, limits::BATCH_BYTES_AIM)?;
        check_part(&part.acts)?;
        let start = ChainPoint {
            incarnation: end.incarnation,
            number: ActNumber::new(next.get().saturating_sub(1)),
            chain: part.before,
        };
        let (batch, after) = SignedBatch::sign(
            &config.key,
            start,
            &part.acts,
            true,
            &config.codec,
            NO_DICTIONARY,
        )?;
        if after.number > end.number {
            let what = "acts past the end of the outbox";
            return Err(SessionError::from(Misuse::Order { what }).into());
        }
        if !frames.add(batch)? {
            break;
        }
        next = after.number.next();
    }
    Ok(PackedOutbox {
        body: frames.into_body(),
        first,
        last: ActNumber::new(next.get().saturating_sub(1)),
        left: end.number.next().get().saturating_sub(next.get()),
    })
}

fn check_part(acts: &[Bytes]) -> Result<(), SessionError> {
    let bytes: usize = acts.iter().map(Bytes::len).sum();
    let fits = !acts.is_empty()
        && acts.len() <= limits::BATCH_ACTS_MAX
        && bytes <= limits::BATCH_BYTES_MAX
        && acts.iter().all(|act| act.len() <= limits::ACT_BYTES_MAX);
    if fits {
        Ok(())
    } else {
        let what = "a batch of acts";
        Err(Misuse::Size { what }.into())
    }
}

/// A bundle of an office at the centre, opened. Its batches are proved one at a time, so that
/// however much they expand to, one is in memory.
pub struct OutwardReader {
    hello: Box<Hello>,
    reply_key: [u8; REPLY_KEY_BYTES],
    frames: Frames,
    codec: Arc<Codec>,
    key: VerifyingKey,
    /// The batch that is next.
    batch: Option<SignedBatch>,
    /// The first and the last act seen so far.
    span: Option<(ActNumber, ActNumber)>,
}

impl OutwardReader {
    /// Reads the body that the seal of this envelope held. `key` is that of the device, which has
    /// signed the envelope.
    pub fn open(
        envelope: &Envelope,
        mut body: Bytes,
        key: VerifyingKey,
        codec: Arc<Codec>,
    ) -> Result<Self, BundleRefusal> {
        if body.len() > limits::BUNDLE_BODY_BYTES_MAX || body.len() < REPLY_KEY_BYTES {
            return Err(SessionError::from(DecodeError::Payload).into());
        }
        let reply_key = body.split_to(REPLY_KEY_BYTES);
        let reply_key = reply_key.as_ref().try_into().unwrap_or_default();
        let mut frames = Frames::of(body);
        let Some(Message::Hello(hello)) = frames.next_message()? else {
            return Err(unexpected("a bundle without a hello"));
        };
        let same = (hello.node, hello.office, hello.incarnation)
            == (envelope.node, envelope.office, envelope.incarnation);
        if !same {
            return Err(unexpected("a hello of another device"));
        }
        let hello = Box::new(hello);
        Ok(Self {
            hello,
            reply_key,
            frames,
            codec,
            key,
            batch: None,
            span: None,
        })
    }

    /// The first and the last act of what was read so far; if there was none, the place behind the
    /// outbox and the end of it.
    pub fn span(&self) -> (ActNumber, ActNumber) {
        let end = self.hello.outbox_last;
        self.span.unwrap_or((end.next(), end))
    }

    /// Where the office stood.
    pub const fn hello(&self) -> &Hello {
        &self.hello
    }

    /// To which key the answer is sealed.
    pub const fn reply_key(&self) -> &[u8; 32] {
        &self.reply_key
    }

    /// From where acts of this bundle are taken, given where the device stands at the centre. A
    /// bundle that is late is behind that; one of an earlier life, or of a restored device, is
    /// refused.
    pub fn stand(&self, standing: &NodeStanding) -> Result<ChainPoint, BundleRefusal> {
        let (hello, taken) = (&self.hello, standing.taken);
        let lead = hello
            .incarnation
            .get()
            .saturating_sub(taken.incarnation.get());
        if hello.incarnation == Incarnation::new(0) || lead > limits::INCARNATION_LEAD_MAX {
            return Err(BundleRefusal::CountAhead);
        }
        if hello.incarnation < taken.incarnation {
            return Err(BundleRefusal::OldLife);
        }
        if hello.fill.is_none() && hello.feed_applied > standing.feed_head {
            return Err(BundleRefusal::NodeAhead);
        }
        if hello.incarnation > taken.incarnation {
            return Ok(ChainPoint::genesis(hello.node, hello.incarnation));
        }
        let at_end = hello.outbox_last == taken.number;
        if at_end && hello.chain != taken.chain.short() {
            return Err(BundleRefusal::ChainBroken);
        }
        Ok(taken)
    }

    /// The acts that come after `point`, a batch at a time; those that are there already are passed
    /// over, unread. The same batch is given again until [`OutwardReader::took`].
    pub fn next_batch(
        &mut self,
        point: &ChainPoint,
    ) -> Result<Option<VerifiedBatch>, BundleRefusal> {
        loop {
            let batch = match self.batch.take() {
                Some(batch) => batch,
                None => match self.frames.next_message()? {
                    None => return Ok(None),
                    Some(Message::SignedBatch(batch)) => batch,
                    Some(other) => return Err(unexpected(other.name())),
                },
            };
            let first = self.span.map_or(batch.first(), |(first, _)| first);
            self.span = Some((first, batch.last()));
            let same_life = batch.incarnation() == point.incarnation;
            if same_life && batch.last() <= point.number {
                continue;
            }
            self.batch = Some(batch.clone());
            let verified = batch.verify(&self.key, point, &self.codec);
            return verified.map(Some).map_err(refused);
        }
    }

    /// What [`OutwardReader::next_batch`] gave last is done with.
    pub fn took(&mut self) {
        self.batch = None;
    }
}

fn refused(error: SessionError) -> BundleRefusal {
    match error {
        SessionError::Peer(Violation::ChainBroken) => BundleRefusal::ChainBroken,
        SessionError::Peer(Violation::Gap { what, due, came }) => {
            BundleRefusal::Gap { what, due, came }
        }
        error => error.into(),
    }
}

pub(super) fn unexpected(message: &'static str) -> BundleRefusal {
    SessionError::from(Violation::Unexpected { message }).into()
}
