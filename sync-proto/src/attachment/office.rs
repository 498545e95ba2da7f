//! The office's side: offers what its acts name, one at a time, and fetches what somebody wants to
//! see.

use std::collections::VecDeque;

use registry::ActNumber;
use registry::attachment::Attachment;

use super::pieces::{PieceSender, PieceTaker};
use super::refusal::Wish;
use super::{
    AttachmentOutcome, FetchOutcome, OfficeAttachmentInput, OfficeAttachmentOutput, Resume,
};
use crate::SessionError;
use crate::error::{Misuse, Violation};
use crate::limits::FETCHES_MAX;
use crate::message::{
    Fetch, FetchRefused, Offer, OfferAnswer, OfferVerdict, Piece, PieceAck, PieceList,
};
use crate::session::event::{Effects, NodeOutput};

/// The first minor version that speaks of attachments.
pub(super) const SPOKEN_SINCE: u8 = 2;

enum Upload {
    Idle,
    /// The driver looks for the next one.
    Looking,
    Offered(u32, Attachment),
    Sending(PieceSender),
    /// How it ended is being written down.
    Settling,
}

/// The office's side.
pub(crate) struct OfficeSide {
    /// Whether the centre speaks of attachments.
    spoken: bool,
    transfers: u32,
    upload: Upload,
    /// Whether something may be waiting.
    stirred: bool,
    wishes: VecDeque<Wish>,
    fetch: Option<PieceTaker>,
}

impl OfficeSide {
    pub(crate) fn new() -> Self {
        Self {
            spoken: false,
            transfers: 0,
            upload: Upload::Idle,
            stirred: true,
            wishes: VecDeque::new(),
            fetch: None,
        }
    }

    /// The centre answered and speaks this version.
    pub(crate) fn agreed(&mut self, minor: u8) {
        self.spoken = minor >= SPOKEN_SINCE;
    }

    /// Something may be waiting now.
    pub(crate) fn stir(&mut self) {
        self.stirred = true;
    }

    fn next_transfer(&mut self) -> u32 {
        self.transfers = self.transfers.saturating_add(1);
        self.transfers
    }

    /// Goes on; `clear` if no act waits to be sent.
    pub(crate) fn advance(
        &mut self,
        clear: bool,
        taken: ActNumber,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if !self.spoken {
            return Ok(());
        }
        match &mut self.upload {
            Upload::Idle if self.stirred => {
                self.stirred = false;
                self.upload = Upload::Looking;
                out.push(OfficeAttachmentOutput::Next { taken }.into());
            }
            Upload::Sending(sender) => sender.advance(clear, out),
            _ => {}
        }
        if self.fetch.is_none()
            && let Some(Wish { attachment, there }) = self.wishes.pop_front()
        {
            let taker = PieceTaker::new(self.next_transfer(), attachment, there);
            let (from, listed) = taker.from();
            out.send(Fetch {
                transfer: taker.transfer(),
                attachment,
                from,
                listed,
            })?;
            self.fetch = Some(taker);
        }
        Ok(())
    }

    /// Takes what the driver tells.
    pub(crate) fn handle(
        &mut self,
        input: OfficeAttachmentInput,
        now_ms: u64,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        use OfficeAttachmentInput as Input;
        match input {
            Input::Waits(found) => return self.waits(found, out),
            Input::Grew => self.stir(),
            Input::Noted => return self.noted(),
            Input::PieceRead {
                wanted,
                outline,
                content,
            } => {
                if let Upload::Sending(sender) = &mut self.upload {
                    return sender.read(&wanted, outline.as_ref(), content, now_ms, out);
                }
            }
            Input::PieceLost(attachment) => self.lost(attachment),
            Input::PieceTaken { attachment, index } => return self.taken(attachment, index, out),
            Input::PieceNotTaken(attachment) => self.not_taken(attachment, out),
            Input::Want { attachment, there } => self.wish(attachment, there, out),
        }
        Ok(())
    }

    /// What the driver found: an attachment that an act which the centre has names.
    fn waits(
        &mut self,
        found: Option<Attachment>,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if !matches!(self.upload, Upload::Looking) {
            let what = "an attachment that waits";
            return Err(Misuse::Unasked { what }.into());
        }
        self.upload = Upload::Idle;
        if let Some(attachment) = found {
            let transfer = self.next_transfer();
            self.upload = Upload::Offered(transfer, attachment);
            out.send(Offer {
                transfer,
                attachment,
            })?;
        }
        Ok(())
    }

    pub(crate) fn answered(
        &mut self,
        answer: &OfferAnswer,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        let (transfer, attachment) = match &self.upload {
            Upload::Offered(transfer, attachment) => (*transfer, *attachment),
            // The centre may stop taking one that it asked for.
            Upload::Sending(sender) if matches!(answer.verdict, OfferVerdict::Refused(_)) => {
                (sender.transfer(), sender.attachment())
            }
            _ if answer.transfer <= self.transfers => return Ok(()),
            _ => return Err(unexpected("OfferAnswer")),
        };
        if answer.transfer != transfer {
            return if answer.transfer < transfer {
                Ok(())
            } else {
                Err(unexpected("OfferAnswer"))
            };
        }
        match answer.verdict {
            OfferVerdict::Held => self.settle(attachment, AttachmentOutcome::Held, out),
            OfferVerdict::Refused(why) => {
                self.settle(attachment, AttachmentOutcome::Refused(why), out);
            }
            OfferVerdict::Send { from, .. } if from >= attachment.pieces() => {
                return Err(Violation::Order { what: "pieces" }.into());
            }
            OfferVerdict::Send { from, listed } => {
                let sender = PieceSender::new(transfer, attachment, from, listed);
                out.push(
                    OfficeAttachmentOutput::Kept {
                        attachment,
                        pieces: from,
                    }
                    .into(),
                );
                self.upload = Upload::Sending(sender);
            }
        }
        Ok(())
    }

    fn settle(
        &mut self,
        attachment: Attachment,
        outcome: AttachmentOutcome,
        out: &mut Effects<NodeOutput>,
    ) {
        self.upload = Upload::Settling;
        out.push(
            OfficeAttachmentOutput::Settled {
                attachment,
                outcome,
            }
            .into(),
        );
    }

    /// How it ended is written down: the next one.
    fn noted(&mut self) -> Result<(), SessionError> {
        if !matches!(self.upload, Upload::Settling) {
            let what = "that an attachment was noted";
            return Err(Misuse::Unasked { what }.into());
        }
        self.upload = Upload::Idle;
        self.stirred = true;
        Ok(())
    }

    /// What was to be sent cannot be read here any more.
    fn lost(&mut self, attachment: Attachment) {
        if let Upload::Sending(sender) = &self.upload
            && sender.attachment() == attachment
        {
            self.upload = Upload::Idle;
            self.stirred = true;
        }
    }

    pub(crate) fn acknowledged(
        &mut self,
        ack: &PieceAck,
        now_ms: u64,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        let Upload::Sending(sender) = &mut self.upload else {
            return self.old(ack.transfer, "PieceAck");
        };
        if ack.transfer != sender.transfer() {
            return self.old(ack.transfer, "PieceAck");
        }
        let before = sender.kept();
        let whole = sender.acknowledged(ack, now_ms)?;
        let (attachment, pieces) = (sender.attachment(), sender.kept());
        // One that says nothing new makes no work, however often it comes.
        if pieces > before {
            out.push(OfficeAttachmentOutput::Kept { attachment, pieces }.into());
        }
        if whole {
            self.settle(attachment, AttachmentOutcome::Held, out);
        }
        Ok(())
    }

    /// Somebody wants to see an attachment.
    fn wish(
        &mut self,
        attachment: Attachment,
        there: Option<Resume>,
        out: &mut Effects<NodeOutput>,
    ) {
        let wished = self.wishes.iter().any(|wish| wish.attachment == attachment);
        let fetched = self.fetch.as_ref();
        if wished || fetched.is_some_and(|taker| taker.attachment() == attachment) {
            return;
        }
        if self.wishes.len() >= FETCHES_MAX {
            let outcome = FetchOutcome::Failed;
            return out.push(
                OfficeAttachmentOutput::Fetched {
                    attachment,
                    outcome,
                }
                .into(),
            );
        }
        self.wishes.push_back(Wish { attachment, there });
    }

    pub(crate) fn list(&mut self, list: PieceList) -> Result<(), SessionError> {
        match &mut self.fetch {
            Some(taker) if taker.transfer() == list.transfer => taker.list(list),
            _ => self.old(list.transfer, "PieceList"),
        }
    }

    pub(crate) fn piece(
        &mut self,
        piece: Piece,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        match &mut self.fetch {
            Some(taker) if taker.transfer() == piece.transfer => taker.piece(piece, out),
            _ => self.old(piece.transfer, "Piece"),
        }
    }

    /// A piece that was fetched is kept.
    fn taken(
        &mut self,
        attachment: Attachment,
        index: u16,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        match &mut self.fetch {
            Some(taker) if taker.attachment() == attachment => {
                if taker.taken(index, out)? {
                    self.fetched(attachment, FetchOutcome::Whole, out);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A piece that was fetched cannot be kept.
    fn not_taken(&mut self, attachment: Attachment, out: &mut Effects<NodeOutput>) {
        if self.fetch.as_ref().map(PieceTaker::attachment) == Some(attachment) {
            self.fetched(attachment, FetchOutcome::Failed, out);
        }
    }

    pub(crate) fn refused(
        &mut self,
        refused: &FetchRefused,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        match &self.fetch {
            Some(taker) if taker.transfer() == refused.transfer => {
                let outcome = FetchOutcome::Refused(refused.why);
                self.fetched(taker.attachment(), outcome, out);
                Ok(())
            }
            _ => self.old(refused.transfer, "FetchRefused"),
        }
    }

    fn fetched(
        &mut self,
        attachment: Attachment,
        outcome: FetchOutcome,
        out: &mut Effects<NodeOutput>,
    ) {
        self.fetch = None;
        out.push(
            OfficeAttachmentOutput::Fetched {
                attachment,
                outcome,
            }
            .into(),
        );
    }

    /// What belongs to a transfer that is over is left aside; one that never was is a lie.
    fn old(&self, transfer: u32, message: &'static str) -> Result<(), SessionError> {
        if (1..=self.transfers).contains(&transfer) {
            Ok(())
        } else {
            Err(unexpected(message))
        }
    }
}

fn unexpected(message: &'static str) -> SessionError {
    Violation::Unexpected { message }.into()
}
