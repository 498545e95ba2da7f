//! Attachments as lines and operators ask for them: the tables and the folder together.

use std::collections::BTreeSet;
use std::sync::Arc;

use registry::act::papers::PapersOfRecord;
use registry::attachment::{Attachment, AttachmentId};
use registry_store::{Folder, FolderError, Part};
use sync_proto::{
    AttachmentRefusal, CentreAttachmentInput, CentreAttachmentOutput, OfferStanding, PieceCame,
    PieceWanted, Resume,
};

use super::*;
use crate::attachments::{self, Arrived, DueCount, Named};
use crate::record_papers;

/// Why an attachment cannot be given to an operator.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// No act names it.
    #[error(
        "no act names an attachment with this hash; `registryctl case N` and `act ID` tell the names"
    )]
    Unknown,
    /// It has not arrived.
    #[error("the attachment is still on its way from its office")]
    NotHere,
    /// The operator may not see it.
    #[error("the attachment belongs to an office of another jurisdiction")]
    NotYours,
    /// Its file.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl AttachmentError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            AttachmentError::Unknown => "attachment_unknown",
            AttachmentError::NotHere => "attachment_not_here",
            AttachmentError::NotYours => "attachment_not_yours",
            AttachmentError::Folder(error) => error.code(),
            AttachmentError::Store(error) => error.code(),
        }
    }
}

/// An attachment as it stands at the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct AttachmentStand {
    /// What it is.
    #[serde(flatten)]
    pub attachment: Attachment,
    /// When it arrived, seconds since 1970.
    pub arrived_s: Option<i64>,
    /// Pieces that it has.
    pub pieces: u16,
    /// Pieces that are here.
    pub pieces_here: u16,
}

impl Registrar {
    /// The same registrar, which keeps attachments in this folder.
    #[must_use]
    pub fn keeping(self, folder: Arc<Folder>) -> Registrar {
        Registrar { folder, ..self }
    }

    /// Where attachments are kept.
    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    fn look(&self) -> Result<Unit<'_>, UnitError> {
        Unit::look(self.store.as_ref(), self.known()?)
    }

    /// Answers what a line's session asks about attachments; `offices` are the names under which
    /// its node may greet. A piece is kept and not yet durable but for the last one, of which the
    /// registrar is still to be told: [`Registrar::stage_attachment`].
    pub fn answer_of_attachment(
        &self,
        offices: &[OfficeCode],
        question: CentreAttachmentOutput,
    ) -> Result<CentreAttachmentInput, UnitError> {
        Ok(match question {
            CentreAttachmentOutput::Offered(attachment) => CentreAttachmentInput::Stands {
                attachment,
                standing: self.stands(offices, &attachment)?,
            },
            CentreAttachmentOutput::Wished(attachment) => CentreAttachmentInput::Found {
                attachment,
                found: self.found(offices, &attachment)?,
            },
            CentreAttachmentOutput::ReadPiece(wanted) => self.read_piece(wanted),
            CentreAttachmentOutput::TakePiece(came) => self.keep_piece(&came),
        })
    }

    /// The papers of the acts on a record that are here and that an office may see; `offices` are the
    /// names under which its node may greet. None if it does not hold the record.
    pub fn papers_of(
        &self,
        offices: &[OfficeCode],
        record: &RecordId,
    ) -> Result<PapersOfRecord, UnitError> {
        record_papers::of_record(&self.look()?, offices, record)
    }

    fn stands(
        &self,
        offices: &[OfficeCode],
        attachment: &Attachment,
    ) -> Result<OfferStanding, UnitError> {
        let refused = |why| Ok(OfferStanding::Refused(why));
        let hash = attachment.hash();
        match attachments::named(&self.look()?, offices, attachment)? {
            Named::Not => return refused(AttachmentRefusal::NotNamed),
            Named::TooMuch => return refused(AttachmentRefusal::Full),
            Named::Arrived if self.folder.holds(&hash) => return Ok(OfferStanding::Held),
            // A file that the disk has lost comes once more.
            Named::Arrived | Named::Due => {}
        }
        let part = match self.part_of(&hash) {
            Ok(part) => part,
            Err(error) => {
                tracing::warn!(code = error.code(), "an attachment is put off: {error}");
                return refused(AttachmentRefusal::Later);
            }
        };
        let resume = |Part { outline, pieces }| Resume {
            outline: Arc::new(outline),
            pieces,
        };
        Ok(OfferStanding::Wanted(part.map(resume)))
    }

    /// What is here of an attachment. One that is whole and was not noted, because the power went
    /// in between, needs its last piece alone.
    fn part_of(&self, hash: &AttachmentId) -> Result<Option<Part>, FolderError> {
        match self.folder.outline(hash)? {
            Some(outline) => {
                let pieces = outline.attachment().pieces();
                Ok(Some(Part { outline, pieces }))
            }
            None => self.folder.part(hash),
        }
    }

    fn found(
        &self,
        offices: &[OfficeCode],
        attachment: &Attachment,
    ) -> Result<Result<(), AttachmentRefusal>, UnitError> {
        let unit = self.look()?;
        if attachments::is_entitled(&unit, offices, attachment)? {
            let here = self.folder.holds(&attachment.hash());
            return Ok(here.then_some(()).ok_or(AttachmentRefusal::NotHere));
        }
        // Whoever may not see it learns nothing of it, but for what its own acts name.
        let due = attachments::named(&unit, offices, attachment)? == Named::Due;
        Ok(Err(if due {
            AttachmentRefusal::NotHere
        } else {
            AttachmentRefusal::NotEntitled
        }))
    }

    fn read_piece(&self, wanted: PieceWanted) -> CentreAttachmentInput {
        let hash = wanted.attachment.hash();
        let piece = self.folder.piece(&hash, wanted.index);
        let outline = wanted.listed.then(|| self.folder.outline(&hash));
        match (piece, outline.transpose()) {
            (Ok(Some(content)), Ok(outline)) => CentreAttachmentInput::PieceRead {
                wanted,
                outline: outline.flatten(),
                content: content.into(),
            },
            (Err(error), _) | (_, Err(error)) => {
                tracing::error!(code = error.code(), "an attachment cannot be read: {error}");
                CentreAttachmentInput::PieceLost(wanted.attachment)
            }
            (Ok(None), _) => CentreAttachmentInput::PieceLost(wanted.attachment),
        }
    }

    fn keep_piece(&self, came: &PieceCame) -> CentreAttachmentInput {
        let attachment = came.outline.attachment();
        let mut kept = self.folder.add(&came.outline, came.index, &came.content);
        if came.last && kept.is_ok() {
            kept = self.folder.finish(&attachment);
        }
        match kept {
            Ok(()) => CentreAttachmentInput::PieceTaken {
                attachment,
                index: came.index,
            },
            Err(error) => {
                tracing::warn!(code = error.code(), "an attachment is put off: {error}");
                let why = AttachmentRefusal::Later;
                CentreAttachmentInput::PieceNotTaken { attachment, why }
            }
        }
    }

    /// Notes that an attachment is in the folder, whole and durable; an office of these names
    /// brought it. Staged.
    pub fn stage_attachment(
        &self,
        at_s: i64,
        from: &[OfficeCode],
        attachment: &Attachment,
    ) -> Result<Grew, UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        if !attachments::arrive(&mut unit, from, attachment)? {
            return Ok(Grew::new());
        }
        audit(&mut unit, "attachment", from.last().copied(), None, (0, 0))?;
        self.hand_over(unit)
    }

    /// How much is awaited from all offices.
    pub fn attachments_due(&self) -> Result<DueCount, UnitError> {
        attachments::due(&self.look()?)
    }

    /// How an attachment stands.
    pub fn attachment_stand(&self, attachment: Attachment) -> Result<AttachmentStand, UnitError> {
        let row = attachments::row(&self.look()?, &attachment)?;
        let arrived_s = row.and_then(|row| row.arrived).map(|arrived| arrived.at_s);
        let pieces = attachment.pieces();
        let pieces_here = match arrived_s {
            Some(_) => pieces,
            // A part that cannot be read is as good as none.
            None => self
                .folder
                .part(&attachment.hash())
                .ok()
                .flatten()
                .map_or(0, |part| part.pieces),
        };
        Ok(AttachmentStand {
            attachment,
            arrived_s,
            pieces,
            pieces_here,
        })
    }

    /// The content of an attachment for an operator who reviews these offices' acts; who reads it
    /// is noted. Durable when it returns.
    pub fn show_attachment(
        &self,
        at_s: i64,
        hash: &AttachmentId,
        may_see: impl Fn(OfficeCode) -> bool,
    ) -> Result<(Attachment, Vec<u8>), AttachmentError> {
        let unit = self.look()?;
        let acts = attachments::acts_naming(&unit, hash)?;
        if acts.is_empty() {
            return Err(AttachmentError::Unknown);
        }
        let mut offices = acts.iter().filter_map(|kept| kept.act.office);
        if !offices.any(&may_see) {
            return Err(AttachmentError::NotYours);
        }
        let Some((attachment, Arrived { from, .. })) = attachments::arrived(&unit, hash)? else {
            return Err(AttachmentError::NotHere);
        };
        let content = self.folder.read(hash)?.ok_or(FolderError::Damaged)?;
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        audit(&mut unit, "attachment read", Some(from), None, (0, 0))?;
        self.hand_over(unit)?;
        self.sync()?;
        Ok((attachment, content))
    }

    /// Removes files that no act names any more, of which there are none unless the store was put
    /// back to an earlier state. For the start.
    pub fn sweep_attachments(&self) -> Result<u64, AttachmentError> {
        let mut known = BTreeSet::new();
        let mut range = KeyRange::all();
        loop {
            let rows = self.store.scan(tables::ATTACHMENTS, &range, 1_000)?;
            let hashes = rows.iter().filter_map(|(key, _)| key.get(..32));
            known.extend(hashes.filter_map(AttachmentId::from_slice));
            match rows.last() {
                Some((key, _)) => range = range.after(key),
                None => break,
            }
        }
        Ok(self.folder.sweep(&known)?)
    }
}

impl From<StoreError> for AttachmentError {
    fn from(error: StoreError) -> Self {
        AttachmentError::Store(error.into())
    }
}
