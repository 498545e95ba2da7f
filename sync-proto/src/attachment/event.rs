//! What goes into and comes out of both sides. No rules live here.

use bytes::Bytes;
use registry::ActNumber;
use registry::attachment::{Attachment, Outline};

use super::{
    AttachmentOutcome, AttachmentRefusal, FetchOutcome, OfferStanding, PieceCame, PieceWanted,
    Resume,
};

/// What the office's side is told.
#[derive(Debug)]
pub enum OfficeAttachmentInput {
    /// The answer to [`OfficeAttachmentOutput::Next`]: one that waits to be sent, if any does.
    Waits(Option<Attachment>),
    /// Something may wait to be sent that did not before.
    Grew,
    /// What [`OfficeAttachmentOutput::Settled`] told is written down, so it no longer waits.
    Noted,
    /// The answer to [`OfficeAttachmentOutput::ReadPiece`].
    PieceRead {
        /// Of which piece.
        wanted: PieceWanted,
        /// The outline, if it was wanted.
        outline: Option<Outline>,
        /// The piece.
        content: Bytes,
    },
    /// The same when it cannot be read: the attachment no longer waits.
    PieceLost(Attachment),
    /// The piece of [`OfficeAttachmentOutput::TakePiece`] is kept; with the last one the whole,
    /// durably.
    PieceTaken {
        /// Of which attachment.
        attachment: Attachment,
        /// Which.
        index: u16,
    },
    /// The same when it cannot be kept.
    PieceNotTaken(Attachment),
    /// Somebody wants to see an attachment that is not here.
    Want {
        /// Which.
        attachment: Attachment,
        /// What an earlier line left of it.
        there: Option<Resume>,
    },
}

/// What the office's side wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum OfficeAttachmentOutput {
    /// Look for an attachment to send, named by an act of this life up to `taken` or by one that
    /// has its answer; answer with [`OfficeAttachmentInput::Waits`].
    Next {
        /// The last act that the centre has.
        taken: ActNumber,
    },
    /// Read a piece and answer with [`OfficeAttachmentInput::PieceRead`].
    ReadPiece(PieceWanted),
    /// The centre has so many pieces of it.
    Kept {
        /// Of which attachment.
        attachment: Attachment,
        /// How many.
        pieces: u16,
    },
    /// An attachment need not be offered any more, or not now: write it down, then
    /// [`OfficeAttachmentInput::Noted`].
    Settled {
        /// Which.
        attachment: Attachment,
        /// Why.
        outcome: AttachmentOutcome,
    },
    /// Keep a piece of what is fetched, then [`OfficeAttachmentInput::PieceTaken`].
    TakePiece(PieceCame),
    /// A fetch has ended.
    Fetched {
        /// Of which attachment.
        attachment: Attachment,
        /// How.
        outcome: FetchOutcome,
    },
}

/// What the centre's side is told.
#[derive(Debug)]
pub enum CentreAttachmentInput {
    /// The answer to [`CentreAttachmentOutput::Offered`].
    Stands {
        /// Which.
        attachment: Attachment,
        /// How.
        standing: OfferStanding,
    },
    /// The answer to [`CentreAttachmentOutput::Wished`].
    Found {
        /// Which.
        attachment: Attachment,
        /// Whether it is here and the office may have it.
        found: Result<(), AttachmentRefusal>,
    },
    /// The answer to [`CentreAttachmentOutput::ReadPiece`].
    PieceRead {
        /// Of which piece.
        wanted: PieceWanted,
        /// The outline, if it was wanted.
        outline: Option<Outline>,
        /// The piece.
        content: Bytes,
    },
    /// The same when it cannot be read.
    PieceLost(Attachment),
    /// The piece of [`CentreAttachmentOutput::TakePiece`] is kept; with the last one the whole,
    /// durably.
    PieceTaken {
        /// Of which attachment.
        attachment: Attachment,
        /// Which.
        index: u16,
    },
    /// The same when it cannot be kept.
    PieceNotTaken {
        /// Of which attachment.
        attachment: Attachment,
        /// Why.
        why: AttachmentRefusal,
    },
}

/// What the centre's side wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum CentreAttachmentOutput {
    /// The office offers an attachment: look whether an act of it that took effect names it and
    /// what of it is here, and answer with [`CentreAttachmentInput::Stands`].
    Offered(Attachment),
    /// Keep a piece, then [`CentreAttachmentInput::PieceTaken`].
    TakePiece(PieceCame),
    /// The office wants to see an attachment: answer with [`CentreAttachmentInput::Found`].
    Wished(Attachment),
    /// Read a piece and answer with [`CentreAttachmentInput::PieceRead`].
    ReadPiece(PieceWanted),
}
