//! The centre's side: takes what an office's acts name, and gives what the office may see. Which
//! that is, the registry knows.

use registry::attachment::Attachment;

use super::pieces::{PieceSender, PieceTaker};
use super::{AttachmentRefusal, CentreAttachmentInput, CentreAttachmentOutput, OfferStanding};
use crate::SessionError;
use crate::error::Violation;
use crate::limits::OFFERS_REFUSED_MAX;
use crate::message::{
    Fetch, FetchRefused, Offer, OfferAnswer, OfferVerdict, Piece, PieceAck, PieceList,
};
use crate::session::event::{CentralOutput, Effects};

enum Upload {
    None,
    /// The registry is asked.
    Looking(u32, Attachment),
    Taking(PieceTaker),
}

enum Download {
    None,
    /// The registry is asked.
    Looking(Fetch),
    Sending(PieceSender),
}

/// The centre's side.
pub(crate) struct CentreSide {
    /// The last transfer that the node began.
    transfers: u32,
    upload: Upload,
    download: Download,
    refused: usize,
}

impl CentreSide {
    pub(crate) fn new() -> Self {
        Self {
            transfers: 0,
            upload: Upload::None,
            download: Download::None,
            refused: 0,
        }
    }

    /// Goes on; `clear` if nothing of the feed waits to be sent.
    pub(crate) fn advance(&mut self, clear: bool, out: &mut Effects<CentralOutput>) {
        if let Download::Sending(sender) = &mut self.download {
            sender.advance(clear, out);
        }
    }

    fn begin(&mut self, transfer: u32) -> Result<(), SessionError> {
        if transfer <= self.transfers {
            return Err(Violation::Order { what: "transfers" }.into());
        }
        self.transfers = transfer;
        Ok(())
    }

    /// An offer; what was under way before is given up, and goes on when it is offered again.
    pub(crate) fn offer(
        &mut self,
        offer: &Offer,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        self.begin(offer.transfer)?;
        if matches!(self.upload, Upload::Looking(..)) {
            return Err(Violation::Credit { what: "offers" }.into());
        }
        self.upload = Upload::Looking(offer.transfer, offer.attachment);
        out.push(CentreAttachmentOutput::Offered(offer.attachment).into());
        Ok(())
    }

    /// Takes what the registry answered.
    pub(crate) fn handle(
        &mut self,
        input: CentreAttachmentInput,
        now_ms: u64,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        use CentreAttachmentInput as Input;
        match input {
            Input::Stands {
                attachment,
                standing,
            } => self.stands(attachment, standing, out),
            Input::Found { attachment, found } => self.found(attachment, found, out),
            Input::PieceRead {
                wanted,
                outline,
                content,
            } => match &mut self.download {
                Download::Sending(sender) => {
                    sender.read(&wanted, outline.as_ref(), content, now_ms, out)
                }
                _ => Ok(()),
            },
            Input::PieceLost(attachment) => self.lost(attachment, out),
            Input::PieceTaken { attachment, index } => self.taken(attachment, index, out),
            Input::PieceNotTaken { attachment, why } => self.not_taken(attachment, why, out),
        }
    }

    /// How what was offered stands.
    fn stands(
        &mut self,
        attachment: Attachment,
        standing: OfferStanding,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let Upload::Looking(transfer, offered) = self.upload else {
            return Ok(());
        };
        if offered != attachment {
            return Ok(());
        }
        self.upload = Upload::None;
        let verdict = match standing {
            OfferStanding::Held => OfferVerdict::Held,
            OfferStanding::Refused(why) => {
                self.count_refused()?;
                OfferVerdict::Refused(why)
            }
            OfferStanding::Wanted(there) => {
                // A part that has every piece was not made whole: its last piece comes once more.
                let last = attachment.pieces().saturating_sub(1);
                let there = there.map(|mut there| {
                    there.pieces = there.pieces.min(last);
                    there
                });
                let taker = PieceTaker::new(transfer, attachment, there);
                let (from, listed) = taker.from();
                self.upload = Upload::Taking(taker);
                OfferVerdict::Send { from, listed }
            }
        };
        out.send(OfferAnswer { transfer, verdict })
    }

    /// A node that goes on offering what is refused costs a look each time.
    fn count_refused(&mut self) -> Result<(), SessionError> {
        self.refused = self.refused.saturating_add(1);
        if self.refused > OFFERS_REFUSED_MAX {
            let max = OFFERS_REFUSED_MAX;
            let what = "offers of what is not taken";
            return Err(Violation::Limit { what, max }.into());
        }
        Ok(())
    }

    pub(crate) fn list(&mut self, list: PieceList) -> Result<(), SessionError> {
        match &mut self.upload {
            Upload::Taking(taker) if taker.transfer() == list.transfer => taker.list(list),
            _ => self.old(list.transfer, "PieceList"),
        }
    }

    pub(crate) fn piece(
        &mut self,
        piece: Piece,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        match &mut self.upload {
            Upload::Taking(taker) if taker.transfer() == piece.transfer => taker.piece(piece, out),
            _ => self.old(piece.transfer, "Piece"),
        }
    }

    /// A piece is kept; with the last one all of it, durably.
    fn taken(
        &mut self,
        attachment: Attachment,
        index: u16,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if let Upload::Taking(taker) = &mut self.upload
            && taker.attachment() == attachment
            && taker.kept() == index
            && taker.taken(index, out)?
        {
            self.upload = Upload::None;
        }
        Ok(())
    }

    /// A piece cannot be kept: the node keeps the rest for later.
    fn not_taken(
        &mut self,
        attachment: Attachment,
        why: AttachmentRefusal,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let Upload::Taking(taker) = &self.upload else {
            return Ok(());
        };
        if taker.attachment() != attachment {
            return Ok(());
        }
        let transfer = taker.transfer();
        self.upload = Upload::None;
        let verdict = OfferVerdict::Refused(why);
        out.send(OfferAnswer { transfer, verdict })
    }

    /// A wish to see an attachment; one that is under way is given up.
    pub(crate) fn fetch(
        &mut self,
        fetch: Fetch,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        self.begin(fetch.transfer)?;
        if matches!(self.download, Download::Looking(_)) {
            return Err(Violation::Credit { what: "fetches" }.into());
        }
        if fetch.from >= fetch.attachment.pieces() {
            return Err(Violation::Order { what: "pieces" }.into());
        }
        out.push(CentreAttachmentOutput::Wished(fetch.attachment).into());
        self.download = Download::Looking(fetch);
        Ok(())
    }

    /// Whether the office may have it, and it is here.
    fn found(
        &mut self,
        attachment: Attachment,
        found: Result<(), AttachmentRefusal>,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let Download::Looking(fetch) = &self.download else {
            return Ok(());
        };
        if fetch.attachment != attachment {
            return Ok(());
        }
        let (transfer, from, listed) = (fetch.transfer, fetch.from, fetch.listed);
        self.download = Download::None;
        if let Err(why) = found {
            self.count_refused()?;
            return out.send(FetchRefused { transfer, why });
        }
        self.download = Download::Sending(PieceSender::new(transfer, attachment, from, listed));
        Ok(())
    }

    /// What was to be sent cannot be read.
    fn lost(
        &mut self,
        attachment: Attachment,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        match &self.download {
            Download::Sending(sender) if sender.attachment() == attachment => {
                let transfer = sender.transfer();
                self.download = Download::None;
                let why = AttachmentRefusal::NotHere;
                out.send(FetchRefused { transfer, why })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn acknowledged(&mut self, ack: &PieceAck, now_ms: u64) -> Result<(), SessionError> {
        let Download::Sending(sender) = &mut self.download else {
            return self.old(ack.transfer, "PieceAck");
        };
        if sender.transfer() != ack.transfer {
            return self.old(ack.transfer, "PieceAck");
        }
        if sender.acknowledged(ack, now_ms)? {
            self.download = Download::None;
        }
        Ok(())
    }

    /// What belongs to a transfer that is over is left aside; one that never was is a lie.
    fn old(&self, transfer: u32, message: &'static str) -> Result<(), SessionError> {
        if (1..=self.transfers).contains(&transfer) {
            Ok(())
        } else {
            Err(Violation::Unexpected { message }.into())
        }
    }
}
