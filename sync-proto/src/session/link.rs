//! The centre's side of a session once both know where they stand: routes between the concerns.

use registry::FeedSeq;

use super::event::{CentralInput, CentralOutput, Effects};
use crate::attachment::CentreSide;
use crate::check::Comparison;
use crate::digest::Digest;
use crate::error::{Misuse, SessionError, Violation};
use crate::feed::FeedSender;
use crate::fill::{FillServer, PageRead};
use crate::message::{
    Check, CheckAnswer, FillReason, FillRequest, Glance, Hello, Message, PageAck, RepairAck,
};
use crate::papers::Answerer;
use crate::push::Taker;
use crate::readings::Listener;
use crate::repair::Mender;

/// What the node's slice is going through.
pub(super) enum Slice {
    Feeding,
    /// The node will ask for pages.
    AwaitFill,
    Filling(FillServer),
    Mending(Mender),
}

/// What exists once both sides know where they stand.
pub(super) struct Link {
    pub(super) hello: Box<Hello>,
    pub(super) confirmed: bool,
    pub(super) taker: Taker,
    pub(super) feed: FeedSender,
    pub(super) slice: Slice,
    pub(super) dictionary: u32,
    pub(super) comparison: Comparison,
    pub(super) attachments: CentreSide,
    pub(super) listener: Listener,
    pub(super) answerer: Answerer,
}

impl Link {
    pub(super) fn message(
        &mut self,
        message: Message,
        now_ms: u64,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        match (message, &mut self.slice) {
            (Message::SignedBatch(batch), _) => self.taker.take(batch, out),
            (Message::Offer(offer), _) => self.attachments.offer(&offer, out),
            (Message::Fetch(fetch), _) => self.attachments.fetch(fetch, out),
            (Message::PieceList(list), _) => self.attachments.list(list),
            (Message::Piece(piece), _) => self.attachments.piece(piece, out),
            (Message::PieceAck(ack), _) => self.attachments.acknowledged(&ack, now_ms),
            (Message::PapersOf(question), _) => self.answerer.asked(question, out),
            (Message::Readings(readings), _) => self.listener.told(readings, out),
            (Message::FeedAck(ack), Slice::Feeding) => self.feed.acknowledged(&ack, out),
            (Message::FeedHold(hold), Slice::Feeding) => {
                out.push(CentralOutput::Held { at: hold.at });
                Ok(())
            }
            (Message::Check(check), Slice::Feeding) => self.check(&check, out),
            (Message::Glance(glance), Slice::Feeding) => self.glance(&glance, out),
            // It crossed our answer to a glance, which answers it too.
            (Message::Check(_) | Message::Glance(_), Slice::Mending(_) | Slice::AwaitFill) => {
                Ok(())
            }
            (Message::FillRequest(request), Slice::AwaitFill) => {
                self.start_fill(&request);
                Ok(())
            }
            (Message::PageAck(ack), Slice::Filling(_)) => self.page_ack(&ack, out),
            (Message::RepairList(page), Slice::Mending(mender)) => mender.list(page),
            (Message::RepairAck(ack), Slice::Mending(_)) => self.repair_ack(&ack),
            (other, _) => Err(Violation::Unexpected {
                message: other.name(),
            }
            .into()),
        }
    }

    pub(super) fn local(
        &mut self,
        input: CentralInput,
        now_ms: u64,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        match (input, &mut self.slice) {
            (CentralInput::Attachment(input), _) => self.attachments.handle(input, now_ms, out),
            (CentralInput::BatchCommitted { up_to }, _) => self.taker.on_committed(up_to, out),
            (CentralInput::PapersFound { record, found }, _) => {
                self.answerer.found(record, &found, out)
            }
            (CentralInput::ReadingsKept { up_to }, _) => self.listener.kept(up_to, out),
            (CentralInput::FeedGrew { head, digest }, _) => {
                self.grew(head, digest);
                Ok(())
            }
            (CentralInput::FeedRead { first, entries }, slice) => {
                let active = matches!(slice, Slice::Feeding);
                self.feed.read(first, &entries, active, out)
            }
            (
                CentralInput::PageRead {
                    last,
                    done,
                    feed_start,
                    digest,
                    payload,
                },
                Slice::Filling(fill),
            ) => fill.read(
                &PageRead {
                    last,
                    done,
                    feed_start,
                    digest,
                    payload,
                },
                out,
            ),
            (
                CentralInput::RepairCompared {
                    replace,
                    drop,
                    covered_to,
                },
                Slice::Mending(mender),
            ) => mender.compared(&replace, drop, covered_to, out),
            _ => Err(Misuse::Unasked { what: "an answer" }.into()),
        }
    }

    /// Takes growth of the feed; news that were overtaken by newer ones are left aside.
    pub(super) fn grew(&mut self, head: FeedSeq, digest: Digest) {
        if self.feed.grew(head) {
            self.comparison.digest = digest;
        }
    }

    fn start_fill(&mut self, request: &FillRequest) {
        let codec = self.feed.codec();
        self.slice = Slice::Filling(FillServer::new(codec, self.dictionary, request));
    }

    fn page_ack(
        &mut self,
        ack: &PageAck,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if let Slice::Filling(fill) = &mut self.slice
            && let Some(start) = fill.acknowledged(ack)?
        {
            self.resume(start, out)?;
        }
        Ok(())
    }

    /// The feed goes on where the fill began. The start came back from the node, so it is not
    /// past the head only if the node is honest.
    fn resume(
        &mut self,
        start: FeedSeq,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if start > self.feed.head() {
            return Err(Violation::Order {
                what: "the start of the feed",
            }
            .into());
        }
        self.feed.restart(start, out);
        self.slice = Slice::Feeding;
        Ok(())
    }

    fn repair_ack(&mut self, ack: &RepairAck) -> Result<(), SessionError> {
        if let Slice::Mending(mender) = &mut self.slice
            && mender.acknowledged(ack)?
        {
            self.slice = Slice::Feeding;
            self.comparison.mended = true;
        }
        Ok(())
    }

    fn check(
        &mut self,
        check: &Check,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let still =
            self.feed.settled_at(check.feed_applied) && self.taker.settled_at(check.acts_last);
        if !still {
            return out.send(CheckAnswer::Moving);
        }
        if self.comparison.equals(check.digest) {
            out.push(CentralOutput::InStep);
            return out.send(CheckAnswer::Same);
        }
        self.differs(out)
    }

    /// An equal node gets no answer, nor does one to which something is on its way: it checks when
    /// that has come. It acknowledged all that it had before it glanced, on the same stream; so if
    /// nothing is on its way, both stand at the same entry.
    fn glance(
        &mut self,
        glance: &Glance,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let head = self.feed.head();
        if !self.feed.settled_at(head) || !self.taker.settled() {
            return Ok(());
        }
        if self.comparison.has_mark(glance.mark, head) {
            out.push(CentralOutput::InStep);
            return Ok(());
        }
        self.differs(out)
    }

    /// Equal positions, other content.
    fn differs(&mut self, out: &mut Effects<CentralOutput>) -> Result<(), SessionError> {
        if std::mem::take(&mut self.comparison.mended) {
            self.slice = Slice::AwaitFill;
            return out.send(CheckAnswer::FillNeeded(FillReason::RepairFailed));
        }
        self.slice = Slice::Mending(Mender::new(self.feed.codec(), self.dictionary));
        out.send(CheckAnswer::Differs)
    }

    pub(super) fn advance(&mut self, out: &mut Effects<CentralOutput>) {
        match &mut self.slice {
            Slice::Feeding => self.feed.advance(out),
            Slice::Filling(fill) => fill.advance(out),
            Slice::Mending(mender) => mender.advance(out),
            Slice::AwaitFill => {}
        }
        let clear = matches!(self.slice, Slice::Feeding) && self.feed.all_sent();
        self.attachments.advance(clear, out);
    }
}
