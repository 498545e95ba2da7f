//! Acts from the outbox to the centre: [`Pusher`] at the node, [`Taker`] at the centre.
//!
//! The node may push before the centre has answered the hello, from the last act that it knows to
//! be taken; so receipts come after one round trip. A guess that was wrong is marked as such on
//! the wire, left aside by the centre, and sent again from where the centre stands. Numbers make
//! every repetition harmless. Receipts are entries of the feed, so nothing is answered here but
//! "durable up to".

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::{SigningKey, VerifyingKey};
use registry::{ActNumber, Incarnation};

use crate::SessionError;
use crate::batch::SignedBatch;
use crate::chain::{Chain, ChainPoint};
use crate::codec::Codec;
use crate::error::{Misuse, VersionError, Violation};
use crate::limits;
use crate::message::{HelloAnswer, NewLife, Taken};
use crate::session::event::{CentralOutput, Effects, NodeOutput};

/// The read of the outbox that is under way.
#[derive(Debug, PartialEq, Eq)]
enum Reading {
    None,
    Wanted(ActNumber),
    /// Asked for before the position changed: its answer is dropped.
    Stale(ActNumber),
}

/// The node's side.
pub(crate) struct Pusher {
    key: SigningKey,
    codec: Arc<Codec>,
    dictionary: u32,
    incarnation: Incarnation,
    last: ActNumber,
    chain: Chain,
    kept_from: ActNumber,
    taken: ActNumber,
    next: ActNumber,
    sent_max: ActNumber,
    reading: Reading,
    in_flight: VecDeque<ActNumber>,
    window: usize,
    answered: bool,
    /// The centre's chain at `.0`, to be compared when acts after it are read.
    central_chain: Option<(ActNumber, [u8; 8])>,
}

/// What a [`Pusher`] starts from.
pub(crate) struct PushStart {
    pub(crate) key: SigningKey,
    pub(crate) codec: Arc<Codec>,
    pub(crate) dictionary: u32,
    pub(crate) outbox_last: ChainPoint,
    pub(crate) kept_from: ActNumber,
    pub(crate) taken: ActNumber,
}

impl Pusher {
    pub(crate) fn new(start: PushStart) -> Self {
        let taken = start.taken.min(start.outbox_last.number);
        Self {
            key: start.key,
            codec: start.codec,
            dictionary: start.dictionary,
            incarnation: start.outbox_last.incarnation,
            last: start.outbox_last.number,
            chain: start.outbox_last.chain,
            kept_from: start.kept_from,
            taken,
            next: taken.next().max(start.kept_from),
            sent_max: taken,
            reading: Reading::None,
            in_flight: VecDeque::new(),
            window: limits::PUSH_GUESS_MAX,
            answered: false,
            central_chain: None,
        }
    }

    /// Whether the centre has everything.
    pub(crate) fn settled(&self) -> bool {
        self.taken == self.last
    }

    /// Whether every act was sent, so that something less urgent may be.
    pub(crate) fn all_sent(&self) -> bool {
        self.answered && self.next > self.last
    }

    /// The last act that the centre has.
    pub(crate) fn taken_up_to(&self) -> ActNumber {
        self.taken
    }

    pub(crate) fn last(&self) -> ActNumber {
        self.last
    }

    /// Up to where the centre has acts of this life, by its answer.
    pub(crate) fn central_taken(&self) -> Option<ActNumber> {
        self.central_chain.map(|(taken, _)| taken)
    }

    pub(crate) fn grew(&mut self, last: ActNumber, chain: Chain) -> Result<(), SessionError> {
        if last < self.last {
            return Err(Misuse::Order { what: "the outbox" }.into());
        }
        (self.last, self.chain) = (last, chain);
        Ok(())
    }

    /// Takes the centre's standing from its answer.
    pub(crate) fn answered(
        &mut self,
        answer: &HelloAnswer,
    ) -> Result<Option<NewLife>, SessionError> {
        if answer.incarnation != self.incarnation {
            let (due, came) = (self.incarnation.get(), answer.incarnation.get());
            return Err(Violation::Incarnation { due, came }.into());
        }
        let taken = answer.taken;
        self.central_chain = Some((taken, answer.chain));
        if taken > self.last {
            return Ok(Some(NewLife::OutboxBehind));
        }
        if taken == self.last && answer.chain != self.chain.short() {
            return Ok(Some(NewLife::ChainBroken));
        }
        if taken.next() < self.kept_from {
            let (taken, kept_from) = (taken.get(), self.kept_from.get());
            return Err(Violation::CentralWentBack { taken, kept_from }.into());
        }
        // What was sent before the answer began after `self.taken`.
        let guess_missed = taken < self.taken || answer.dictionary != self.dictionary;
        self.answered = true;
        self.dictionary = answer.dictionary;
        self.window = usize::from(answer.push_window);
        self.taken = taken;
        self.sent_max = self.sent_max.max(taken);
        if guess_missed {
            self.in_flight.clear();
            self.go_to(taken.next());
        } else {
            self.forget_up_to(taken);
        }
        Ok(None)
    }

    pub(crate) fn taken(
        &mut self,
        message: &Taken,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if message.up_to > self.sent_max {
            return Err(Violation::AcknowledgedUnsent { what: "acts" }.into());
        }
        if message.up_to > self.taken {
            self.taken = message.up_to;
            self.forget_up_to(message.up_to);
            out.push(NodeOutput::Taken {
                up_to: message.up_to,
            });
        }
        Ok(())
    }

    fn forget_up_to(&mut self, taken: ActNumber) {
        self.in_flight.retain(|last| *last > taken);
        if self.next <= taken {
            self.go_to(taken.next());
        }
    }

    fn go_to(&mut self, next: ActNumber) {
        self.next = next;
        if let Reading::Wanted(from) = self.reading {
            self.reading = Reading::Stale(from);
        }
    }

    /// Asks for acts, if there are any and the window is open.
    pub(crate) fn advance(&mut self, out: &mut Effects<NodeOutput>) {
        let open = self.in_flight.len() < self.window;
        if self.reading == Reading::None && open && self.next <= self.last {
            self.reading = Reading::Wanted(self.next);
            out.push(NodeOutput::ReadOutbox {
                from: self.next,
                max_count: limits::BATCH_ACTS_MAX,
                max_bytes: limits::BATCH_BYTES_AIM,
            });
        }
    }

    /// Signs and sends what was read.
    pub(crate) fn read(
        &mut self,
        first: ActNumber,
        before: Chain,
        acts: &[Bytes],
        out: &mut Effects<NodeOutput>,
    ) -> Result<Option<NewLife>, SessionError> {
        match std::mem::replace(&mut self.reading, Reading::None) {
            Reading::Wanted(from) if from == first => {}
            Reading::Stale(from) if from == first => return Ok(None),
            _ => return Err(Misuse::Unasked { what: "acts" }.into()),
        }
        let bytes: usize = acts.iter().map(Bytes::len).sum();
        let fits = !acts.is_empty()
            && acts.len() <= limits::BATCH_ACTS_MAX
            && bytes <= limits::BATCH_BYTES_MAX
            && acts.iter().all(|act| act.len() <= limits::ACT_BYTES_MAX);
        if !fits {
            return Err(Misuse::Size {
                what: "a batch of acts",
            }
            .into());
        }
        let number = ActNumber::new(first.get().saturating_sub(1));
        if let Some((at, chain)) = self.central_chain
            && at == number
            && chain != before.short()
        {
            return Ok(Some(NewLife::ChainBroken));
        }
        let start = ChainPoint {
            incarnation: self.incarnation,
            number,
            chain: before,
        };
        let (batch, end) = SignedBatch::sign(
            &self.key,
            start,
            acts,
            self.answered,
            &self.codec,
            self.dictionary,
        )?;
        if end.number > self.last {
            return Err(Misuse::Order {
                what: "acts past the end of the outbox",
            }
            .into());
        }
        self.next = end.number.next();
        self.sent_max = self.sent_max.max(end.number);
        self.in_flight.push_back(end.number);
        out.send(batch)?;
        Ok(None)
    }
}

/// The centre's side.
pub(crate) struct Taker {
    key: VerifyingKey,
    codec: Arc<Codec>,
    /// The last act that is verified and handed on.
    point: ChainPoint,
    committed: ActNumber,
    pending: VecDeque<ActNumber>,
    window: usize,
}

impl Taker {
    pub(crate) fn new(
        key: VerifyingKey,
        codec: Arc<Codec>,
        point: ChainPoint,
        window: usize,
    ) -> Self {
        // What was pushed before the answer comes on top of the window.
        let window = window.saturating_add(limits::PUSH_GUESS_MAX);
        Self {
            key,
            codec,
            point,
            committed: point.number,
            pending: VecDeque::new(),
            window,
        }
    }

    /// Whether nothing is on its way.
    pub(crate) fn settled(&self) -> bool {
        self.committed == self.point.number
    }

    /// Whether acts up to here are committed and nothing is on its way.
    pub(crate) fn settled_at(&self, last: ActNumber) -> bool {
        self.committed == last && self.point.number == last
    }

    pub(crate) fn take(
        &mut self,
        batch: SignedBatch,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let guessed = !batch.answered();
        let known = batch.last() <= self.point.number;
        if batch.incarnation() == self.point.incarnation && known {
            // Sent again after a cut; if it is committed, the node has to learn it.
            if batch.last() <= self.committed {
                out.send(Taken {
                    up_to: self.committed,
                })?;
            }
            return Ok(());
        }
        if self.pending.len() >= self.window {
            return Err(Violation::Credit {
                what: "batches of acts",
            }
            .into());
        }
        let verified = match batch.verify(&self.key, &self.point, &self.codec) {
            Ok(verified) => verified,
            Err(
                SessionError::Peer(Violation::Gap { .. })
                | SessionError::Version(VersionError::Dictionary { .. }),
            ) if guessed => return Ok(()),
            Err(error) => return Err(error),
        };
        self.point = verified.end();
        self.pending.push_back(self.point.number);
        out.push(CentralOutput::TakeBatch(verified));
        Ok(())
    }

    pub(crate) fn on_committed(
        &mut self,
        up_to: ActNumber,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if up_to <= self.committed || up_to > self.point.number {
            return Err(Misuse::Order {
                what: "the commit of a batch",
            }
            .into());
        }
        self.committed = up_to;
        self.pending.retain(|last| *last > up_to);
        out.send(Taken { up_to })
    }
}
