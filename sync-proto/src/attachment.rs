//! Attachments, piece by piece, in both directions: an office sends what its acts name, and fetches
//! what it may see.
//!
//! ```text
//! node                                      centre
//!  offer (name, size, kind) ────────────────▶  named by an act of this office, and wanted?
//!  ◀─────────────── send from piece n | held | refused
//!  list of the pieces' hashes ──────────────▶  held against the name
//!  piece, piece … ──────────────────────────▶  each held against the list, then kept
//!  ◀─────────────── so many pieces are kept    with the last: whole and durable
//!
//!  fetch (name, from piece n) ──────────────▶  may this office see it?
//!  ◀─────────────── list, piece, piece … | refused
//!  so many pieces are kept ─────────────────▶
//! ```
//!
//! - **An act never waits.** Pieces have a class of their own below all others, and none is read
//!   while anything more urgent is still to be sent; so few are under way that an act is not held
//!   up by those that are ([`Pace`]).
//! - **The name vouches for every piece** ([`registry::attachment::Outline`]), so a piece that is
//!   kept was checked, and a transfer goes on at any piece: after a cut the receiver tells how many
//!   it has.
//! - Nothing is sent that was not asked for, and one attachment at a time in each direction.

mod centre;
mod event;
mod office;
mod pace;
mod pieces;
mod refusal;

pub(crate) use centre::CentreSide;
pub use event::{
    CentreAttachmentInput, CentreAttachmentOutput, OfficeAttachmentInput, OfficeAttachmentOutput,
};
pub(crate) use office::OfficeSide;
pub use pieces::{PieceCame, PieceWanted, Resume};
pub use refusal::{AttachmentOutcome, AttachmentRefusal, FetchOutcome, OfferStanding};

use crate::session::event::{Carries, CentralOutput, NodeOutput};

/// An output that can ask for a piece, or hand one over.
pub(crate) trait MovesPieces: Carries {
    fn read_piece(wanted: PieceWanted) -> Self;
    fn take_piece(came: PieceCame) -> Self;
}

impl From<OfficeAttachmentOutput> for NodeOutput {
    fn from(output: OfficeAttachmentOutput) -> Self {
        Self::Attachment(output)
    }
}

impl From<CentreAttachmentOutput> for CentralOutput {
    fn from(output: CentreAttachmentOutput) -> Self {
        Self::Attachment(output)
    }
}

impl MovesPieces for NodeOutput {
    fn read_piece(wanted: PieceWanted) -> Self {
        OfficeAttachmentOutput::ReadPiece(wanted).into()
    }
    fn take_piece(came: PieceCame) -> Self {
        OfficeAttachmentOutput::TakePiece(came).into()
    }
}

impl MovesPieces for CentralOutput {
    fn read_piece(wanted: PieceWanted) -> Self {
        CentreAttachmentOutput::ReadPiece(wanted).into()
    }
    fn take_piece(came: PieceCame) -> Self {
        CentreAttachmentOutput::TakePiece(came).into()
    }
}
