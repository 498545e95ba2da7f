//! One attachment on its way: [`PieceSender`] where it is, [`PieceTaker`] where it goes. Both work
//! in either direction.

use std::sync::Arc;

use bytes::Bytes;
use registry::attachment::{Attachment, AttachmentKind, Outline};

use super::MovesPieces;
use super::pace::Pace;
use crate::SessionError;
use crate::blob::Blob;
use crate::error::{Misuse, Violation};
use crate::limits;
use crate::message::{Piece, PieceAck, PieceList};
use crate::session::event::Effects;

/// A piece that is to be read from what is kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PieceWanted {
    /// Of which attachment.
    pub attachment: Attachment,
    /// Which.
    pub index: u16,
    /// Whether the outline is wanted with it.
    pub listed: bool,
}

/// A piece that came and was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct PieceCame {
    /// What it is a piece of.
    pub outline: Arc<Outline>,
    /// Which.
    pub index: u16,
    /// The piece.
    pub content: Bytes,
    /// Whether it is the last one: with it the attachment is to be made whole and durable.
    pub last: bool,
}

impl std::fmt::Debug for PieceCame {
    /// Leaves the content out: it is somebody's face or paper.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hash, index) = (self.outline.attachment().hash(), self.index);
        write!(
            f,
            "PieceCame({hash}, {index}, {} bytes)",
            self.content.len()
        )
    }
}

/// What an earlier line left of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// What each piece must be.
    pub outline: Arc<Outline>,
    /// So many pieces are there, from the first.
    pub pieces: u16,
}

/// Where the attachment is.
#[derive(Debug)]
pub(crate) struct PieceSender {
    transfer: u32,
    attachment: Attachment,
    next: u16,
    acked: u16,
    reading: bool,
    list_due: bool,
    pace: Pace,
}

impl PieceSender {
    pub(crate) fn new(transfer: u32, attachment: Attachment, from: u16, listed: bool) -> Self {
        Self {
            transfer,
            attachment,
            next: from,
            acked: from,
            reading: false,
            list_due: !listed && attachment.pieces() > 1,
            pace: Pace::new(),
        }
    }

    pub(crate) fn attachment(&self) -> Attachment {
        self.attachment
    }

    pub(crate) fn transfer(&self) -> u32 {
        self.transfer
    }

    /// Asks for the next piece, if the line is free of anything more urgent.
    pub(crate) fn advance<T: MovesPieces>(&mut self, clear: bool, out: &mut Effects<T>) {
        let more = self.next < self.attachment.pieces();
        if clear && more && !self.reading && self.pace.is_open() {
            self.reading = true;
            out.push(T::read_piece(PieceWanted {
                attachment: self.attachment,
                index: self.next,
                listed: self.list_due,
            }));
        }
    }

    /// Sends a piece that was read. Tells whether it was the one that is wanted.
    pub(crate) fn read<T: MovesPieces>(
        &mut self,
        wanted: &PieceWanted,
        outline: Option<&Outline>,
        content: Bytes,
        now_ms: u64,
        out: &mut Effects<T>,
    ) -> Result<(), SessionError> {
        let due = (wanted.attachment, wanted.index) == (self.attachment, self.next);
        if !due || !self.reading {
            // Of a transfer that was given up.
            return Ok(());
        }
        if content.len() != self.attachment.piece_bytes(self.next) {
            return Err(Misuse::Size { what: "a piece" }.into());
        }
        self.reading = false;
        if self.list_due {
            let outline = outline.ok_or(Misuse::Size { what: "an outline" })?;
            self.list_due = false;
            out.send(PieceList {
                transfer: self.transfer,
                values: outline.values().to_vec(),
            })?;
        }
        out.send(Piece {
            transfer: self.transfer,
            index: self.next,
            content: Blob(content),
        })?;
        self.pace.sent(self.next, now_ms);
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    /// Takes an acknowledgement; tells whether the other side has all of it.
    pub(crate) fn acknowledged(
        &mut self,
        ack: &PieceAck,
        now_ms: u64,
    ) -> Result<bool, SessionError> {
        if ack.pieces > self.next {
            return Err(Violation::AcknowledgedUnsent { what: "pieces" }.into());
        }
        if ack.pieces > self.acked {
            self.acked = ack.pieces;
            self.pace.acknowledged(ack.pieces, now_ms);
        }
        Ok(self.acked == self.attachment.pieces())
    }

    /// Pieces that the other side has.
    pub(crate) fn kept(&self) -> u16 {
        self.acked
    }
}

/// Where the attachment goes.
#[derive(Debug)]
pub(crate) struct PieceTaker {
    transfer: u32,
    attachment: Attachment,
    outline: Option<Arc<Outline>>,
    /// The piece that is due.
    next: u16,
    /// Pieces that are kept.
    kept: u16,
}

impl PieceTaker {
    /// Takes an attachment from where it was left.
    pub(crate) fn new(transfer: u32, attachment: Attachment, there: Option<Resume>) -> Self {
        let (outline, pieces) = match there {
            Some(Resume { outline, pieces }) => (Some(outline), pieces),
            // A single piece needs no list.
            None => (Outline::read(attachment, Vec::new()).ok().map(Arc::new), 0),
        };
        Self {
            transfer,
            attachment,
            outline,
            next: pieces,
            kept: pieces,
        }
    }

    pub(crate) fn attachment(&self) -> Attachment {
        self.attachment
    }

    pub(crate) fn transfer(&self) -> u32 {
        self.transfer
    }

    /// The piece that is to be sent first, and whether the list is known.
    pub(crate) fn from(&self) -> (u16, bool) {
        (self.next, self.outline.is_some())
    }

    pub(crate) fn list(&mut self, list: PieceList) -> Result<(), SessionError> {
        if self.outline.is_some() {
            let message = "PieceList";
            return Err(Violation::Unexpected { message }.into());
        }
        let outline = Outline::read(self.attachment, list.values);
        self.outline = Some(Arc::new(outline.map_err(|_| Violation::PieceListWrong)?));
        Ok(())
    }

    /// Checks a piece and hands it on.
    pub(crate) fn piece<T: MovesPieces>(
        &mut self,
        piece: Piece,
        out: &mut Effects<T>,
    ) -> Result<(), SessionError> {
        let Some(outline) = &self.outline else {
            let message = "Piece";
            return Err(Violation::Unexpected { message }.into());
        };
        if piece.index != self.next || self.next >= self.attachment.pieces() {
            return Err(Violation::Order { what: "pieces" }.into());
        }
        if self.next.saturating_sub(self.kept) >= limits::ATTACHMENT_WINDOW_MAX {
            return Err(Violation::Credit { what: "pieces" }.into());
        }
        let content = piece.content.0;
        if !outline.proves(piece.index, &content) {
            return Err(Violation::PieceWrong.into());
        }
        let kind = self.attachment.kind();
        if piece.index == 0 && AttachmentKind::of(&content) != Some(kind) {
            return Err(Violation::PieceWrong.into());
        }
        self.next = self.next.saturating_add(1);
        out.push(T::take_piece(PieceCame {
            outline: Arc::clone(outline),
            index: piece.index,
            content,
            last: self.next == self.attachment.pieces(),
        }));
        Ok(())
    }

    /// A piece is kept, the last one durably and all others with it; tells whether it was the last.
    pub(crate) fn taken<T: MovesPieces>(
        &mut self,
        index: u16,
        out: &mut Effects<T>,
    ) -> Result<bool, SessionError> {
        if index != self.kept || index >= self.next {
            return Err(Misuse::Order {
                what: "a piece that is kept",
            }
            .into());
        }
        self.kept = self.kept.saturating_add(1);
        out.send(PieceAck {
            transfer: self.transfer,
            pieces: self.kept,
        })?;
        Ok(self.kept == self.attachment.pieces())
    }

    /// Pieces that are kept.
    pub(crate) fn kept(&self) -> u16 {
        self.kept
    }
}
