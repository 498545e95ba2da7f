//! Attachments as an officer sees them: what they are, and how far they are on their way.

use registry::act::Evidence;
use registry::attachment::{Attachment, AttachmentId, AttachmentKind};
use registry::{ActId, OfficerId};
use serde::{Deserialize, Serialize};

use super::{Office, OfficeError};
use crate::tables::{AttachmentRow, TableError, Whereabouts};

/// How an attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// Taken in here; no act names it yet.
    Unnamed,
    /// On its way to the centre.
    OnItsWay,
    /// The centre has it.
    AtCentre,
    /// The acts that name it took no effect.
    NotWanted,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AttachmentView {
    /// Its name: the BLAKE3 hash of its content.
    #[schema(value_type = String)]
    pub hash: AttachmentId,
    /// Its size.
    pub bytes: u32,
    /// What it is: `jpeg`, `png` or `pdf`.
    #[schema(value_type = String)]
    pub kind: AttachmentKind,
    /// How it stands.
    pub state: AttachmentState,
    /// How many pieces it has.
    pub pieces: u16,
    /// How many of them the centre is known to have.
    pub pieces_sent: u16,
    /// Whether its content is on this device; if not, looking at it fetches it.
    pub here: bool,
    /// Why it is not sent at the moment, if there is a reason beside the line: stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Who attached it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub officer: Option<OfficerId>,
    /// When it came here, seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<i64>,
    /// The acts that name it; told where attachments are listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub acts: Vec<ActId>,
}

/// How far the papers of an act are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PapersProgress {
    /// Attachments.
    pub attachments: usize,
    /// Those that the centre has.
    pub at_centre: usize,
    /// Pieces of all.
    pub pieces: u32,
    /// Those that the centre is known to have.
    pub pieces_sent: u32,
    /// Whether all are at the centre.
    pub complete: bool,
    /// In words.
    pub words: String,
}

impl PapersProgress {
    /// How far these are; none if there are none.
    pub fn of<'a>(
        attached: impl IntoIterator<Item = &'a AttachmentView>,
    ) -> Option<PapersProgress> {
        let mut progress = PapersProgress {
            attachments: 0,
            at_centre: 0,
            pieces: 0,
            pieces_sent: 0,
            complete: false,
            words: String::new(),
        };
        for view in attached {
            progress.attachments += 1;
            progress.at_centre += usize::from(view.state == AttachmentState::AtCentre);
            progress.pieces += u32::from(view.pieces);
            progress.pieces_sent += u32::from(view.pieces_sent);
        }
        progress.complete = progress.at_centre == progress.attachments;
        progress.words = if progress.complete {
            "all papers are at the centre".to_owned()
        } else {
            format!(
                "papers on their way: {} of {} pieces",
                progress.pieces_sent, progress.pieces
            )
        };
        (progress.attachments > 0).then_some(progress)
    }
}

impl Office {
    /// How the attachments of a paper stand.
    pub(super) fn attached(&self, paper: &Evidence) -> Result<Vec<AttachmentView>, OfficeError> {
        let attachments = paper.attachments.iter();
        attachments
            .map(|attachment| {
                let row = self.rows.attachment(&attachment.hash())?;
                // Somebody may have named it under another size or kind than it has.
                let row = row.filter(|row| row.attachment == *attachment);
                Ok(self.stand_of(attachment, row))
            })
            .collect()
    }

    /// How an attachment stands; none if nothing is known of it.
    pub fn attachment_view(
        &self,
        hash: &AttachmentId,
    ) -> Result<Option<AttachmentView>, OfficeError> {
        let row = self.rows.attachment(hash)?;
        row.map(|row| self.listed(row)).transpose()
    }

    /// Attachments that are to be sent, the oldest first; or all that are in another state.
    pub fn attachments(
        &self,
        state: Option<AttachmentState>,
        limit: usize,
    ) -> Result<Vec<AttachmentView>, OfficeError> {
        let mut rows = Vec::new();
        if state.is_none_or(|state| state == AttachmentState::OnItsWay) {
            for (_, hash) in self.rows.to_send(limit)? {
                rows.extend(self.rows.attachment(&hash)?);
            }
        }
        self.rows.walk_attachments(&mut |row| {
            let its = state_of(row.whereabouts);
            let wanted = state.is_none_or(|state| state == its);
            if wanted && its != AttachmentState::OnItsWay && rows.len() < limit {
                rows.push(row);
            }
            Ok::<bool, TableError>(rows.len() < limit)
        })?;
        rows.into_iter().map(|row| self.listed(row)).collect()
    }

    /// An attachment that an act known here names, the portrait of somebody of the slice, or what the
    /// centre told of when it was asked for the papers of a record: what is to be fetched, if it is not
    /// here.
    pub fn named_attachment(&self, hash: &AttachmentId) -> Result<Option<Attachment>, OfficeError> {
        if let Some(row) = self.rows.attachment(hash)? {
            return Ok(Some(row.attachment));
        }
        for act in self.rows.named_by(hash)? {
            let row = self.rows.act(&act)?;
            let found = row.and_then(|row| {
                let mut attachments = row.act.body.attachments();
                attachments.find(|attachment| attachment.hash() == *hash)
            });
            if found.is_some() {
                return Ok(found);
            }
        }
        let portrait = self.attachment_of_portrait(hash)?;
        Ok(portrait.or_else(|| self.learned_attachment(hash)))
    }

    fn listed(&self, row: AttachmentRow) -> Result<AttachmentView, OfficeError> {
        let attachment = row.attachment;
        let acts = self.rows.named_by(&attachment.hash())?;
        let (officer, at_s) = (row.officer.clone(), Some(row.at_s));
        Ok(AttachmentView {
            acts,
            officer,
            at_s,
            ..self.stand_of(&attachment, Some(row))
        })
    }

    fn stand_of(&self, attachment: &Attachment, row: Option<AttachmentRow>) -> AttachmentView {
        let hash = attachment.hash();
        let pieces = attachment.pieces();
        let state = row.as_ref().map(|row| state_of(row.whereabouts));
        // Of another office's act nothing is heard before it has arrived.
        let state = state.unwrap_or(AttachmentState::OnItsWay);
        let sending = self.sending();
        let sent = sending.pieces.get(&hash).copied().unwrap_or(0);
        let waits = state == AttachmentState::OnItsWay;
        AttachmentView {
            hash,
            bytes: attachment.bytes(),
            kind: attachment.kind(),
            state,
            pieces,
            pieces_sent: match state {
                AttachmentState::AtCentre => pieces,
                _ => sent.min(pieces),
            },
            here: row.is_some_and(|row| row.here),
            code: sending
                .put_off
                .get(&hash)
                .filter(|_| waits)
                .map(|(_, why)| *why),
            officer: None,
            at_s: None,
            acts: Vec::new(),
        }
    }
}

const fn state_of(whereabouts: Whereabouts) -> AttachmentState {
    match whereabouts {
        Whereabouts::Unnamed => AttachmentState::Unnamed,
        Whereabouts::ToSend(_) => AttachmentState::OnItsWay,
        Whereabouts::AtCentre => AttachmentState::AtCentre,
        Whereabouts::NotWanted => AttachmentState::NotWanted,
    }
}
