//! Attachments of the office: taken in, named by acts, sent after them, and cleared away when the
//! centre has them and their acts are final. What is seen of them is in
//! [`super::attachment_view`].
//!
//! Content stands in the folder and is durable there before a row tells of it; a file of which no
//! row tells was never promised, and is removed at the next start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};

use registry::act::Act;
use registry::attachment::{ATTACHMENTS_MAX, Attachment, AttachmentId, PIECE_BYTES};
use registry::procedure::{ActInput, Filing, Refusal};
use registry::{ActNumber, OfficerId};
use registry_store::{Folder, FolderError, Part};
use sync_proto::{
    AttachmentOutcome, AttachmentRefusal, OfficeAttachmentInput, PieceCame, PieceWanted, Resume,
};

use super::live::took_effect;
use super::work::Work;
use super::{FileError, Office, OfficeError};
use crate::tables::{ActRow, Answer, AttachmentRow, AuditEvent, Whereabouts};

/// Files that were taken in and are named by no act, at most.
const UNNAMED_MAX: u32 = 256;
/// How long such a file waits for its act, seconds.
const UNNAMED_FOR_S: i64 = 86_400;
/// Bytes of attachments on this device, at most.
const HERE_BYTES_MAX: u64 = 16 << 30;
/// How long the content of an attachment that the centre has stays here after it came, seconds,
/// once its acts are final: somebody may look again.
const KEEP_FOR_S: i64 = 7 * 86_400;
/// How long the scans of an application that has no last answer stay here, seconds.
const KEEP_OPEN_FOR_S: i64 = 180 * 86_400;
/// What is to be sent, looked through for the next.
const LOOKED_AT_MAX: usize = 4_096;
/// How long an attachment that the centre does not take now is left alone, seconds.
const PUT_OFF_FOR_S: i64 = 600;
/// Old rows that one tidying looks at.
const TIDIED_MAX: usize = 500;

/// What a restart may forget of attachments on their way.
#[derive(Default)]
pub(super) struct Sending {
    /// Pieces that the centre has of those it does not have whole.
    pub(super) pieces: BTreeMap<AttachmentId, u16>,
    /// Not to be offered for a while since this time, and why.
    pub(super) put_off: BTreeMap<AttachmentId, (i64, &'static str)>,
    /// Cleared away in the tables; their files follow.
    dropped: BTreeSet<AttachmentId>,
    /// The last that a tidying looked at which did not come to the end.
    tidied: Option<AttachmentId>,
}

impl Office {
    /// Where attachments are kept.
    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    pub(super) fn sending(&self) -> MutexGuard<'_, Sending> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether content may be taken in now.
    pub fn may_attach(&self, bytes: usize) -> Result<(), OfficeError> {
        let counts = self.live().meta.attachments;
        if counts.unnamed >= UNNAMED_MAX {
            return Err(OfficeError::AttachmentsUnnamed);
        }
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if counts.here_bytes.saturating_add(bytes) > HERE_BYTES_MAX {
            return Err(OfficeError::AttachmentsFull);
        }
        Ok(())
    }

    /// Notes content that was put into the folder.
    pub fn note_attached(
        &self,
        attachment: Attachment,
        officer: &OfficerId,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let hash = attachment.hash();
        // Tidying may have cleared the file away since: it is attached again then.
        if !self.folder.holds(&hash) {
            return Err(FolderError::Damaged.into());
        }
        let mut work = self.work();
        let known = work.rows.attachment(&hash)?;
        let at_s = work.meta.corrected_s(device_s);
        let whereabouts = known.as_ref().map(|row| row.whereabouts);
        let whereabouts = match whereabouts {
            None | Some(Whereabouts::NotWanted) => Whereabouts::Unnamed,
            Some(whereabouts) => whereabouts,
        };
        work.put_attachment(&AttachmentRow {
            attachment,
            at_s,
            officer: Some(officer.clone()),
            here: true,
            whereabouts,
        })?;
        work.audit(at_s, Some(officer.clone()), AuditEvent::Attached { hash })?;
        work.finish()?;
        self.sending().put_off.remove(&hash);
        Ok(())
    }

    /// Writes down that an officer looks at an attachment.
    pub fn note_attachment_read(
        &self,
        officer: &OfficerId,
        hash: AttachmentId,
        reason: &str,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let reason = super::account::plain(reason);
        let event = AuditEvent::AttachmentRead { hash, reason };
        work.audit(at_s, Some(officer.clone()), event)?;
        work.finish()?;
        Ok(())
    }

    /// Refuses an act that names what was not taken in here, as it was taken in.
    pub(super) fn check_attachments(&self, filing: &Filing) -> Result<(), FileError> {
        if filing.attached().take(ATTACHMENTS_MAX + 1).count() > ATTACHMENTS_MAX {
            return Err(Refusal::TooMuch { field: "evidence" }.into());
        }
        let thumbnail = match &filing.input {
            ActInput::Portrait(input) => input.thumbnail,
            _ => None,
        };
        for attachment in filing.attached().chain(thumbnail) {
            let row = self.rows.attachment(&attachment.hash())?;
            let row = row.filter(|row| row.attachment == attachment);
            let there = |row: &AttachmentRow| {
                (row.here && self.folder.holds(&attachment.hash()))
                    || row.whereabouts == Whereabouts::AtCentre
            };
            if !row.as_ref().is_some_and(there) {
                return Err(FileError::AttachmentUnknown);
            }
        }
        Ok(())
    }

    /// The next attachment to offer: named by an act of this life up to `taken`, or by one that the
    /// centre let take effect. Of those of one act the smallest goes first: the thumbnail of a
    /// portrait, which every office that holds the person waits for, before the photograph.
    pub fn next_attachment(
        &self,
        taken: ActNumber,
        device_s: i64,
    ) -> Result<Option<Attachment>, OfficeError> {
        let (incarnation, taken) = {
            let live = self.live();
            (live.meta.incarnation, taken.max(live.meta.taken))
        };
        let waiting = self.rows.to_send(LOOKED_AT_MAX)?;
        for of_one_act in waiting.chunk_by(|(one, _), (next, _)| one == next) {
            let mut attachments = Vec::new();
            for (_, hash) in of_one_act {
                if !self.is_put_off(hash, device_s) {
                    attachments.extend(self.rows.attachment(hash)?.map(|row| row.attachment));
                }
            }
            attachments.sort_by_key(Attachment::bytes);
            for attachment in attachments {
                for act in self.rows.named_by(&attachment.hash())? {
                    let Some(ActRow { act, answer, .. }) = self.rows.act(&act)? else {
                        continue;
                    };
                    let at_centre = match &answer {
                        Some(answer) => is_of_use(answer),
                        None => act.author.incarnation == incarnation && act.author.number <= taken,
                    };
                    if at_centre {
                        return Ok(Some(attachment));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether the centre did not take it a short while ago. A clock that was set back does not
    /// make it wait for ever.
    fn is_put_off(&self, hash: &AttachmentId, device_s: i64) -> bool {
        let put_off = self.sending().put_off.get(hash).copied();
        put_off.is_some_and(|(since_s, _)| (0..PUT_OFF_FOR_S).contains(&(device_s - since_s)))
    }

    /// Reads a piece that the line wants.
    pub fn read_piece(&self, wanted: PieceWanted, device_s: i64) -> OfficeAttachmentInput {
        let hash = wanted.attachment.hash();
        let piece = self.folder.piece(&hash, wanted.index);
        let outline = wanted.listed.then(|| self.folder.outline(&hash));
        match (piece, outline.transpose()) {
            (Ok(Some(content)), Ok(outline)) => OfficeAttachmentInput::PieceRead {
                wanted,
                outline: outline.flatten(),
                content: content.into(),
            },
            (piece, _) => {
                if let Err(error) = piece {
                    tracing::error!(code = error.code(), "an attachment cannot be sent: {error}");
                }
                // Whoever looks at the list sees it, and attaches the paper again.
                let code = "attachment_missing";
                self.put_off(&hash, code, device_s);
                OfficeAttachmentInput::PieceLost(wanted.attachment)
            }
        }
    }

    /// Keeps a piece that was fetched; with the last one the file is whole and durable.
    pub fn keep_piece(&self, came: &PieceCame) -> Result<(), OfficeError> {
        self.folder.add(&came.outline, came.index, &came.content)?;
        if came.last {
            self.folder.finish(&came.outline.attachment())?;
        }
        Ok(())
    }

    /// What an earlier line left of an attachment that is fetched.
    pub fn fetched_part(&self, hash: &AttachmentId) -> Option<Resume> {
        let Part { outline, pieces } = self.folder.part(hash).ok().flatten()?;
        let last = outline.attachment().pieces().saturating_sub(1);
        Some(Resume {
            outline: Arc::new(outline),
            pieces: pieces.min(last),
        })
    }

    /// Pieces that the centre is not known to have, of what is to be sent.
    pub fn pieces_waiting(&self) -> u64 {
        let waiting = self.live().meta.attachments.to_send_bytes;
        let sent: u64 = self
            .sending()
            .pieces
            .values()
            .map(|it| u64::from(*it))
            .sum();
        let piece = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        waiting.div_ceil(piece).saturating_sub(sent)
    }

    /// The centre has so many pieces.
    pub fn note_pieces(&self, attachment: &Attachment, pieces: u16) {
        self.sending().pieces.insert(attachment.hash(), pieces);
    }

    fn put_off(&self, hash: &AttachmentId, why: &'static str, device_s: i64) {
        self.sending().put_off.insert(*hash, (device_s, why));
    }

    /// The line is done with an attachment.
    pub fn note_attachment_settled(
        &self,
        attachment: &Attachment,
        outcome: AttachmentOutcome,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let hash = attachment.hash();
        let whereabouts = match outcome {
            AttachmentOutcome::Held => Whereabouts::AtCentre,
            AttachmentOutcome::Refused(AttachmentRefusal::NotNamed) => Whereabouts::NotWanted,
            AttachmentOutcome::Refused(why) => {
                self.put_off(&hash, why.code(), device_s);
                return Ok(());
            }
        };
        let _writing = self.writing();
        let mut work = self.finishing_work();
        if let Some(row) = work.rows.attachment(&hash)? {
            work.put_attachment(&AttachmentRow { whereabouts, ..row })?;
            work.finish()?;
        }
        let mut sending = self.sending();
        sending.pieces.remove(&hash);
        sending.put_off.remove(&hash);
        Ok(())
    }

    /// An attachment was fetched and is in the folder.
    pub fn note_attachment_fetched(
        &self,
        attachment: Attachment,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let known = work.rows.attachment(&attachment.hash())?;
        work.put_attachment(&AttachmentRow {
            attachment,
            at_s,
            officer: known.and_then(|row| row.officer),
            here: true,
            whereabouts: Whereabouts::AtCentre,
        })?;
        work.finish()?;
        Ok(())
    }

    /// Clears away what need not be here: content that the centre has and whose acts are final, but
    /// for the thumbnails of the slice, and files that no act ever named. Tells how many. The files themselves go the next time, when
    /// it is durable that nobody counts on them.
    pub fn tidy_attachments(&self, device_s: i64) -> Result<usize, OfficeError> {
        self.tidy_some(device_s, TIDIED_MAX)
    }

    /// The same, with so many old rows looked at. The next time goes on behind them: those whose
    /// acts wait for an outcome stay for months, and what stands behind them must have its turn.
    pub(super) fn tidy_some(&self, device_s: i64, max: usize) -> Result<usize, OfficeError> {
        let _writing = self.writing();
        self.remove_dropped()?;
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let drafted = self.drafted_attachments()?;
        let kept = self.kept_thumbnails()?;
        let tidied = self.sending().tidied;
        let mut old: Vec<AttachmentRow> = Vec::new();
        self.rows.walk_attachments(&mut |row| {
            if tidied.is_some_and(|last| row.attachment.hash() <= last) {
                return Ok(true);
            }
            let age_s = at_s.saturating_sub(row.at_s);
            let past = match row.whereabouts {
                Whereabouts::Unnamed => {
                    age_s > UNNAMED_FOR_S && !drafted.contains(&row.attachment.hash())
                }
                Whereabouts::AtCentre | Whereabouts::NotWanted => {
                    row.here && age_s > KEEP_FOR_S && !kept.contains(&row.attachment.hash())
                }
                Whereabouts::ToSend(_) => false,
            };
            if past {
                old.push(row);
            }
            Ok(old.len() < max)
        })?;
        let last = old.last().filter(|_| old.len() >= max);
        let last = last.map(|row| row.attachment.hash());
        let mut dropped = Vec::new();
        for row in old {
            let hash = row.attachment.hash();
            match row.whereabouts {
                Whereabouts::Unnamed => work.forget_attachment(&row)?,
                _ if !self.is_settled(&hash, at_s.saturating_sub(row.at_s))? => continue,
                _ => work.put_attachment(&AttachmentRow { here: false, ..row })?,
            }
            dropped.push(hash);
        }
        if !dropped.is_empty() {
            work.finish()?;
        }
        let count = dropped.len();
        let mut sending = self.sending();
        sending.dropped.extend(dropped);
        sending.tidied = last;
        Ok(count)
    }

    /// What drafts name, and forms that may have to be typed again: somebody means to file it yet.
    fn drafted_attachments(&self) -> Result<BTreeSet<AttachmentId>, OfficeError> {
        let mut drafted = BTreeSet::new();
        self.rows.walk_drafts(&mut |draft| {
            drafted.extend(draft.attachments());
            Ok(true)
        })?;
        self.rows.walk_forms(&mut |form| {
            drafted.extend(form.attachments());
            Ok(true)
        })?;
        Ok(drafted)
    }

    /// Whether every act that names an attachment has an outcome that no case can change any more, and
    /// its dossier, if it is an application, the last answer: the clerk may be asked what is on a scan.
    /// One that waits past [`KEEP_OPEN_FOR_S`] is not waited for: who moved away leaves no answer here.
    fn is_settled(&self, hash: &AttachmentId, age_s: i64) -> Result<bool, OfficeError> {
        use super::ActState::{Final, Quarantined, Returned, SetAside, Withdrawn};
        for act in self.rows.named_by(hash)? {
            let view = self.act_view(&act)?;
            let settled =
                |state| matches!(state, Final | Returned | Quarantined | Withdrawn | SetAside);
            let is_open = |view: super::ActView| {
                let waits = view.state == Final && !view.dossier.is_closed();
                !settled(view.state) || (waits && age_s <= KEEP_OPEN_FOR_S)
            };
            if view.is_some_and(is_open) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn remove_dropped(&self) -> Result<(), OfficeError> {
        let dropped = std::mem::take(&mut self.sending().dropped);
        for hash in dropped {
            let row = self.rows.attachment(&hash)?;
            if row.is_none_or(|row| !row.here) {
                self.folder.remove(&hash)?;
            }
        }
        Ok(())
    }

    /// Removes files of which no row tells, and finds the thumbnails that have none. For the start,
    /// before anything is taken in.
    pub fn sweep_attachments(&self) -> Result<u64, OfficeError> {
        let mut known = BTreeSet::new();
        self.rows.walk_attachments(&mut |row| {
            if row.here {
                known.insert(row.attachment.hash());
            }
            Ok(true)
        })?;
        let swept = self.folder.sweep(&known)?;
        self.find_missing_thumbnails()?;
        Ok(swept)
    }
}

impl Work<'_> {
    /// Writes what is known of an attachment, with its place among those to be sent and the
    /// counts.
    pub(super) fn put_attachment(&mut self, row: &AttachmentRow) -> Result<(), OfficeError> {
        let hash = row.attachment.hash();
        let old = self.rows.attachment(&hash)?;
        if let Some(Whereabouts::ToSend(order)) = old.as_ref().map(|row| row.whereabouts) {
            self.rows.delete_to_send(order, &hash)?;
        }
        if let Whereabouts::ToSend(order) = row.whereabouts {
            self.rows.put_to_send(order, &hash);
        }
        self.meta.attachments.replace(old.as_ref(), Some(row));
        self.rows.put_attachment(row)?;
        if row.here {
            self.want_no_longer(&hash)?;
        }
        Ok(())
    }

    fn forget_attachment(&mut self, row: &AttachmentRow) -> Result<(), OfficeError> {
        self.meta.attachments.replace(Some(row), None);
        self.rows.delete_attachment(&row.attachment.hash())?;
        Ok(())
    }

    /// An own act names its attachments: they are sent after it, in the order of acts.
    pub(super) fn name_attachments(&mut self, act: &Act, order: u64) -> Result<(), OfficeError> {
        let id = act.id();
        let attachments: BTreeSet<Attachment> = act.body.attachments().collect();
        for attachment in attachments {
            let hash = attachment.hash();
            self.rows.put_named_by(&hash, &id);
            let known = self.rows.attachment(&hash)?;
            let to_send = Whereabouts::ToSend(order);
            let row = match known {
                Some(row) => match row.whereabouts {
                    Whereabouts::ToSend(_) | Whereabouts::AtCentre => continue,
                    Whereabouts::Unnamed | Whereabouts::NotWanted => AttachmentRow {
                        whereabouts: to_send,
                        ..row
                    },
                },
                // This device was restored: the centre may have it, or the paper is scanned again.
                None => AttachmentRow {
                    attachment,
                    at_s: act.body.entered.at_s,
                    officer: Some(act.body.officer.clone()),
                    here: self.office.folder.holds(&hash),
                    whereabouts: to_send,
                },
            };
            self.put_attachment(&row)?;
        }
        Ok(())
    }

    /// An own act took no effect: what only it names is not sent.
    pub(super) fn release_attachments(&mut self, act: &Act) -> Result<(), OfficeError> {
        let attachments: BTreeSet<Attachment> = act.body.attachments().collect();
        for attachment in attachments {
            let hash = attachment.hash();
            let Some(row) = self.rows.attachment(&hash)? else {
                continue;
            };
            let mut wanted = false;
            for by in self.rows.named_by(&hash)? {
                let answer = self.rows.act(&by)?.and_then(|row| row.answer);
                let out = answer.is_some_and(|answer| !is_of_use(&answer));
                wanted |= by != act.id() && !out;
            }
            if !wanted && matches!(row.whereabouts, Whereabouts::ToSend(_)) {
                let whereabouts = Whereabouts::NotWanted;
                self.put_attachment(&AttachmentRow { whereabouts, ..row })?;
            }
        }
        Ok(())
    }

    /// An act of another office names its attachments; the feed tells when they have arrived.
    pub(super) fn note_named(&mut self, act: &Act) {
        let id = act.id();
        for attachment in act.body.attachments() {
            self.rows.put_named_by(&attachment.hash(), &id);
        }
    }

    /// The feed tells that an attachment is at the centre.
    pub(super) fn take_arrival(
        &mut self,
        attachment: Attachment,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let at_s = self.meta.corrected_s(device_s);
        self.office.is_within_reach(&attachment.hash());
        let known = self.rows.attachment(&attachment.hash())?;
        let whereabouts = Whereabouts::AtCentre;
        self.put_attachment(&match known {
            Some(row) => AttachmentRow { whereabouts, ..row },
            None => AttachmentRow {
                attachment,
                at_s,
                officer: None,
                here: false,
                whereabouts,
            },
        })
    }
}

/// Whether the papers of an act with this answer are of use to the centre.
fn is_of_use(answer: &Answer) -> bool {
    use registry::feed::ActOutcome;
    let parked = |answer: &Answer| {
        matches!(
            answer,
            Answer::Central {
                outcome: ActOutcome::Parked(_),
                ..
            }
        )
    };
    took_effect(answer) || parked(answer)
}
