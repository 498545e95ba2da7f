//! The papers of a record as the centre tells of them: those of acts that were made before the record
//! came here, of which this office knows nothing else.
//!
//! What was told is remembered so that it can be looked at, in memory alone: whoever comes after a
//! restart asks again, and the centre decides each time whether this office may see it.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use registry::act::papers::{LISTED_ATTACHMENTS_MAX, PapersOfAct, PapersOfRecord};
use registry::act::{ActKind, Evidence};
use registry::attachment::{Attachment, AttachmentId};
use registry::procedure::Slice;
use registry::{ActId, OfficeCode, RecordId};
use serde::Serialize;

use super::{AttachmentState, AttachmentView, Office, OfficeError, PaperView};

/// Attachments of which the centre told that are remembered.
const LEARNED_MAX: usize = 1_000;

const _: () = assert!(LISTED_ATTACHMENTS_MAX <= LEARNED_MAX);

/// An attachment of which the centre told.
#[derive(Clone, Copy)]
struct LearnedOne {
    attachment: Attachment,
    /// The record that was asked about.
    record: RecordId,
    place: u64,
}

/// Attachments of which the centre told; those told of longest ago are forgotten first.
#[derive(Default)]
pub(super) struct Learned {
    known: BTreeMap<AttachmentId, LearnedOne>,
    /// By the place at which they were told last.
    places: BTreeMap<u64, AttachmentId>,
    last: u64,
}

impl Learned {
    fn learn(&mut self, attachment: Attachment, record: RecordId) {
        let hash = attachment.hash();
        self.last = self.last.saturating_add(1);
        let place = self.last;
        let one = LearnedOne {
            attachment,
            record,
            place,
        };
        if let Some(before) = self.known.insert(hash, one) {
            self.places.remove(&before.place);
        }
        self.places.insert(place, hash);
        while self.known.len() > LEARNED_MAX
            && let Some((_, oldest)) = self.places.pop_first()
        {
            self.known.remove(&oldest);
        }
    }
}

/// The papers of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RecordPapersView {
    /// By act, the newest first.
    pub papers: Vec<PapersOfActView>,
    /// Whether there are older ones, which this list has no room for.
    pub more: bool,
}

/// The papers of one act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PapersOfActView {
    /// The act.
    #[schema(value_type = String)]
    pub act: ActId,
    /// The procedure.
    #[schema(value_type = String)]
    pub kind: ActKind,
    /// Its name in law.
    pub label: &'static str,
    /// Where it was made.
    #[schema(value_type = String)]
    pub office: OfficeCode,
    /// When it was entered, seconds since 1970, by that office's clock.
    pub at_s: i64,
    /// Whether this office knows the act itself.
    pub known: bool,
    /// Its papers that are at the centre; `attached` tells how their attachments stand here.
    pub papers: Vec<PaperView>,
}

impl Office {
    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the attachments that the centre told of when it was asked for the papers of a record.
    pub fn learn_papers(&self, record: &RecordId, told: &PapersOfRecord) {
        let mut learned = self.learned();
        // The oldest first, so that they are forgotten first.
        for act in told.acts().iter().rev() {
            for paper in &act.evidence {
                for attachment in &paper.attachments {
                    learned.learn(*attachment, *record);
                }
            }
        }
    }

    /// An attachment of which the centre told, while this office holds the record that was asked about.
    pub(super) fn learned_attachment(&self, hash: &AttachmentId) -> Option<Attachment> {
        let one = self.learned().known.get(hash).copied()?;
        self.record(&one.record).map(|_| one.attachment)
    }

    /// What the centre told, as an officer sees it.
    pub fn record_papers(&self, told: &PapersOfRecord) -> Result<RecordPapersView, OfficeError> {
        let acts = told.acts().iter();
        let papers: Result<Vec<PapersOfActView>, OfficeError> =
            acts.map(|act| self.papers_of_act(act)).collect();
        Ok(RecordPapersView {
            papers: papers?,
            more: told.more(),
        })
    }

    fn papers_of_act(&self, told: &PapersOfAct) -> Result<PapersOfActView, OfficeError> {
        let papers = told.evidence.iter().map(|paper| {
            Ok(PaperView {
                paper: paper.clone(),
                added_by: None,
                attached: self.attached_at_centre(paper)?,
            })
        });
        let papers: Result<Vec<PaperView>, OfficeError> = papers.collect();
        Ok(PapersOfActView {
            act: told.act,
            kind: told.kind,
            label: told.kind.rule().label_vi,
            office: told.office,
            at_s: told.at_s,
            known: self.rows.act(&told.act)?.is_some(),
            papers: papers?,
        })
    }

    /// How the attachments of a paper stand of which the centre has told that it has them.
    fn attached_at_centre(&self, paper: &Evidence) -> Result<Vec<AttachmentView>, OfficeError> {
        let mut views = self.attached(paper)?;
        for view in &mut views {
            if view.state == AttachmentState::OnItsWay {
                view.state = AttachmentState::AtCentre;
                view.pieces_sent = view.pieces;
            }
        }
        Ok(views)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment(number: usize) -> Attachment {
        Attachment::of(format!("%PDF-1.7 {number}").as_bytes()).unwrap()
    }

    #[test]
    fn what_was_told_longest_ago_is_forgotten_first() {
        let mut learned = Learned::default();
        let record = RecordId::new([1; 16]);
        for number in 0..LEARNED_MAX {
            learned.learn(attachment(number), record);
        }
        // It was told of again.
        learned.learn(attachment(0), record);
        learned.learn(attachment(LEARNED_MAX), record);
        let knows = |number| learned.known.contains_key(&attachment(number).hash());
        assert!(knows(0) && !knows(1) && knows(2) && knows(LEARNED_MAX));
        assert_eq!(learned.known.len(), LEARNED_MAX);
        assert_eq!(learned.places.len(), LEARNED_MAX);
    }
}
