//! What the centre says about cases and officers.

use registry::case::{CaseNotice, CaseState, Outcome};
use registry::dispute::Matter;
use registry::feed::{ActOutcome, Officer};
use registry::value::Line;
use registry::{CaseId, RecordId};

use crate::office::OfficeError;
use crate::office::live::{LiveChange, mark_of};
use crate::office::work::Work;
use crate::tables::{ActRow, Answer};

impl Work<'_> {
    /// A case opened, changed or was decided.
    pub(super) fn take_case(&mut self, notice: &CaseNotice) -> Result<(), OfficeError> {
        self.rows.put_case(notice)?;
        self.answer_parked(notice)?;
        self.also(LiveChange::Case {
            id: notice.case.id,
            mark: mark_of(notice),
        });
        Ok(())
    }

    /// A record has left: nobody will tell this office how the cases about it end, unless it has a
    /// word in them, so they go with the record.
    pub(super) fn forget_cases(&mut self, record: &RecordId) -> Result<(), OfficeError> {
        let about: Vec<CaseId> = self
            .office
            .live()
            .cases
            .iter()
            .filter(|(_, mark)| mark.records.contains(record))
            .map(|(id, _)| *id)
            .collect();
        for id in about {
            let Some(notice) = self.rows.case(&id)? else {
                continue;
            };
            let ours = Some(self.meta.office);
            let mut concerns_us = notice.parties.iter().any(|party| party.office == ours);
            for other in &notice.case.dispute.records {
                concerns_us |= other != record && self.rows.official(other)?.is_some();
            }
            if !concerns_us {
                self.rows.delete_case(&id)?;
                self.also(LiveChange::CaseGone { id });
            }
        }
        Ok(())
    }

    /// A proposal of this office was taken up or declined by a decision: its author is told.
    fn answer_parked(&mut self, notice: &CaseNotice) -> Result<(), OfficeError> {
        let Matter::Parked(id) = notice.case.dispute.matter else {
            return Ok(());
        };
        let Some(row) = self.rows.act(&id)? else {
            return Ok(());
        };
        let decision = match &notice.case.state {
            CaseState::Decided { decision, .. } => decision,
            CaseState::Open if is_anew(notice) => return self.parked_again(notice, row),
            _ => return Ok(()),
        };
        let Some(Answer::Central {
            outcome: before,
            commit,
            ..
        }) = row.answer.clone()
        else {
            return Ok(());
        };
        // A decision one level up may turn round what the author was told before.
        let was_returned = match &before {
            ActOutcome::Parked(_) => false,
            _ if notice.case.appeal.is_none() => return Ok(()),
            ActOutcome::Returned { .. } => true,
            _ => false,
        };
        self.meta.returned = self.meta.returned.saturating_sub(u32::from(was_returned));
        let outcome = if matches!(decision.outcome, Outcome::Keep(_)) {
            ActOutcome::Accepted
        } else {
            self.meta.returned = self.meta.returned.saturating_add(1);
            ActOutcome::Returned {
                code: Line::parse("proposal_declined").unwrap_or_default(),
                words: decision.reason.clone(),
            }
        };
        let answer = Answer::Central {
            outcome,
            at_s: decision.at_s,
            commit,
        };
        self.answered(row, answer)
    }

    /// The decision of a proposal was undone: it waits again.
    fn parked_again(&mut self, notice: &CaseNotice, row: ActRow) -> Result<(), OfficeError> {
        let Some(Answer::Central {
            outcome: before,
            commit,
            ..
        }) = &row.answer
        else {
            return Ok(());
        };
        let was_returned = matches!(before, ActOutcome::Returned { .. });
        self.meta.returned = self.meta.returned.saturating_sub(u32::from(was_returned));
        let answer = Answer::Central {
            outcome: ActOutcome::Parked(notice.case.id),
            at_s: notice.case.opened_s,
            commit: *commit,
        };
        self.answered(row, answer)
    }

    /// These, and nobody else, are the officers.
    pub(super) fn take_officers(&mut self, officers: Vec<Officer>) -> Result<(), OfficeError> {
        let mut gone = Vec::new();
        self.rows.walk_officers(&mut |known| {
            if !officers.iter().any(|officer| officer.id == known.id) {
                gone.push(known.id);
            }
            Ok(())
        })?;
        for id in &gone {
            self.rows.delete_officer(id)?;
            self.forget_access(id)?;
        }
        for officer in &officers {
            self.rows.put_officer(officer)?;
        }
        self.also(LiveChange::Officers(officers));
        Ok(())
    }
}

/// Whether a case decides anew what another had decided.
fn is_anew(notice: &CaseNotice) -> bool {
    let appeal = notice.case.appeal.as_deref();
    appeal.is_some_and(registry::case::Appeal::is_reversal)
}
