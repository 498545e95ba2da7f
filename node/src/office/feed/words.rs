//! What the centre says about cases and officers.

use std::collections::BTreeSet;

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
        self.note_news(notice)?;
        self.rows.put_case(notice)?;
        self.answer_parked(notice)?;
        self.also(LiveChange::Case {
            id: notice.case.id,
            mark: mark_of(notice),
        });
        Ok(())
    }

    /// A decision about an act of this office is told until somebody has looked at it; what was
    /// told once more, unchanged, is no news.
    fn note_news(&mut self, notice: &CaseNotice) -> Result<(), OfficeError> {
        let id = notice.case.id;
        let known = self.rows.case(&id)?;
        if known.is_some_and(|known| known.case.state == notice.case.state) {
            return Ok(());
        }
        let reversing = matches!(notice.case.state, CaseState::Reversing { .. });
        if reversing {
            // Until a second reviewer agrees, all stands as it was told.
            return Ok(());
        }
        match self.office.task(notice) {
            Some(_) => self.rows.put_news(&id, notice.case.opened_s)?,
            None => self.rows.delete_news(&id)?,
        }
        Ok(())
    }

    /// A record has left: nobody will tell this office how the cases end that are about it, or
    /// that name an act on it, unless it has a word in them or holds another record of them. So
    /// they go with the record.
    pub(super) fn forget_cases(&mut self, record: &RecordId) -> Result<(), OfficeError> {
        let acts = self.rows.acts_of(record)?;
        let about: BTreeSet<CaseId> = {
            let live = self.office.live();
            let cases = live.cases().iter();
            let mut about: BTreeSet<CaseId> = cases
                .filter(|(_, mark)| mark.records.contains(record))
                .map(|(id, _)| *id)
                .collect();
            about.extend(live.cases_naming(&acts));
            about
        };
        for id in about {
            let Some(notice) = self.rows.case(&id)? else {
                continue;
            };
            if !self.concerns_us_without(&notice, Some(record))? {
                self.forget_case(id)?;
            }
        }
        Ok(())
    }

    /// The slice was filled anew: a decree may have given records to other offices, which are told
    /// how the cases about them end.
    pub(in crate::office) fn forget_cases_of_others(&mut self) -> Result<(), OfficeError> {
        let known: Vec<CaseId> = self.office.live().cases().keys().copied().collect();
        for id in known {
            let Some(notice) = self.rows.case(&id)? else {
                continue;
            };
            if !self.concerns_us_without(&notice, None)? {
                self.forget_case(id)?;
            }
        }
        Ok(())
    }

    /// A case concerns the office no longer.
    pub(super) fn forget_case(&mut self, id: CaseId) -> Result<(), OfficeError> {
        self.rows.delete_case(&id)?;
        self.rows.delete_news(&id)?;
        self.also(LiveChange::CaseGone { id });
        Ok(())
    }

    /// Whether the centre tells this office of a case though it does not hold a record of it.
    fn concerns_us_without(
        &self,
        notice: &CaseNotice,
        record: Option<&RecordId>,
    ) -> Result<bool, OfficeError> {
        let units = self.office.units();
        // Whoever a decree made part of this office has its word here.
        let ours = |office| units.office(office, units.edition()) == self.meta.office;
        let parties = notice.parties.iter().filter_map(|party| party.office);
        let asked = notice.case.questions.iter().map(|(office, _)| *office);
        if parties.chain(asked).any(ours) {
            return Ok(true);
        }
        let mut records = notice.case.dispute.records.clone();
        for (act, _) in notice.claimants() {
            let row = self.rows.act(&act)?;
            records.extend(
                row.iter()
                    .flat_map(|row| row.act.records().map(|(_, id)| id)),
            );
        }
        for other in records {
            if Some(&other) != record && self.rows.official(&other)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
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
            ActOutcome::Returned { .. } => self.rows.settled(&row.act.id())?.is_none(),
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
        let was_returned = matches!(before, ActOutcome::Returned { .. })
            && self.rows.settled(&row.act.id())?.is_none();
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
