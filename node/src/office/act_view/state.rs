//! How an act stands, by its answer, by what rests on it, and by the cases that name it.

use registry::case::{Case, CaseState, ClaimStands};
use registry::feed::ActOutcome;
use registry::{ActId, CaseId, RecordId};

use super::{ActState, WithdrawalView};
use crate::office::{Office, OfficeError};
use crate::tables::{ActKey, ActRow, Answer};

/// From so many claims on a notice may be one of more than it tells.
const CLAIMS_TOLD: usize = 12;

impl Office {
    /// Whether an act took effect and a case about it is open.
    pub(in crate::office) fn is_disputed(&self, id: &ActId) -> Result<bool, OfficeError> {
        let view = self
            .rows
            .act(id)?
            .map(|row| self.view_of(row))
            .transpose()?;
        Ok(view.is_some_and(|view| view.state == ActState::Disputed))
    }

    /// The withdrawal of an act; one that came back is none.
    pub(in crate::office) fn withdrawal_of(
        &self,
        id: &ActId,
    ) -> Result<Option<WithdrawalView>, OfficeError> {
        let Some(by) = self.live().withdrawals.get(id).copied() else {
            return Ok(None);
        };
        let Some(row) = self.rows.act(&by)? else {
            return Ok(None);
        };
        let own = row.act.author.node == self.live().meta.node;
        let state = match &row.answer {
            None if own => ActState::Provisional,
            None => ActState::Final,
            Some(answer) => self.outcome(&by, answer)?.0,
        };
        let stands = matches!(
            state,
            ActState::Provisional | ActState::Final | ActState::Disputed
        );
        Ok(stands.then(|| WithdrawalView {
            act: by,
            officer: row.act.body.officer.clone(),
            entered_s: row.act.body.entered.at_s,
            state: match state {
                ActState::Disputed => ActState::Final,
                state => state,
            },
        }))
    }

    /// Whether an act without outcome no longer stands on one of its records.
    pub(super) fn waits(&self, row: &ActRow, records: &[RecordId]) -> Result<bool, OfficeError> {
        let key = ActKey::of(&row.act.author);
        for record in records {
            let pending = self.rows.pending(record)?;
            if pending.iter().any(|(act, stands)| *act == key && !stands) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[allow(clippy::type_complexity)] // state, case, and why: taken apart at once
    pub(super) fn outcome(
        &self,
        act: &ActId,
        answer: &Answer,
    ) -> Result<(ActState, Option<CaseId>, Option<(String, String)>), OfficeError> {
        let said = |code: &str, words: String| Some((code.to_owned(), words));
        Ok(match answer {
            Answer::Central {
                outcome: ActOutcome::Accepted,
                ..
            } => {
                let (state, case) = self.in_cases(act).unzip();
                (state.unwrap_or(ActState::Final), case, None)
            }
            Answer::Central {
                outcome: ActOutcome::InCase(case),
                ..
            } => match self.in_cases(act) {
                Some((state, case)) => (state, Some(case), None),
                None => (self.state_in_case(case)?, Some(*case), None),
            },
            Answer::Central {
                outcome: ActOutcome::Parked(case),
                ..
            } => {
                let row = self.rows.case(case)?.map(|notice| notice.case.dispute.row);
                (ActState::Parked, Some(*case), why_parked(row))
            }
            Answer::Central {
                outcome: ActOutcome::Returned { code, words },
                ..
            } => (
                ActState::Returned,
                None,
                said(code.as_str(), words.as_str().to_owned()),
            ),
            Answer::Central {
                outcome: ActOutcome::Quarantined,
                ..
            } => {
                let words = "the centre cannot read this act; its operator looks at it".to_owned();
                (ActState::Quarantined, None, said("quarantined", words))
            }
            Answer::Refiled { again } => {
                let words = format!("this device was restored; the act was filed again as {again}");
                (ActState::Returned, None, said("refiled", words))
            }
            Answer::Unfiled => {
                let words = "this device was restored; the centre may have the act: look first, then file it again"
                    .to_owned();
                (ActState::Returned, None, said("not_refiled", words))
            }
        })
    }

    /// How an act that took effect stands in the cases that name it, and in which: an open one
    /// before one that was decided against it, of two the later. The order in which acts arrived
    /// has no part in it.
    pub(super) fn in_cases(&self, act: &ActId) -> Option<(ActState, CaseId)> {
        let (stands, case) = self.live().claimed(act)?;
        let state = match stands {
            ClaimStands::Disputed => ActState::Disputed,
            ClaimStands::SetAside => ActState::SetAside,
            ClaimStands::Holds => ActState::Final,
        };
        Some((state, case))
    }

    /// How an act stands whose answer names a case that names no claim of it: the office has not
    /// heard of that case, or the case has so many claims that not all are told.
    fn state_in_case(&self, id: &CaseId) -> Result<ActState, OfficeError> {
        let case = self.rows.case(id)?.map(|notice| notice.case);
        if let Some(case) = &case
            && matches!(case.state, CaseState::WentUp { .. })
        {
            // Its id is made from this one's matter, a generation higher: this ends.
            return self.state_in_case(&case.next_id());
        }
        let names_all = |case: &Case| case.dispute.claims.len() < CLAIMS_TOLD;
        Ok(match case {
            Some(case) if !case.is_open() || names_all(&case) => ActState::Final,
            _ => ActState::Disputed,
        })
    }
}

/// Why an act waits as a proposal: by the row of its case, if the office has heard of it.
fn why_parked(row: Option<u8>) -> Option<(String, String)> {
    let said = |code: &str, words: &str| Some((code.to_owned(), words.to_owned()));
    match row {
        Some(30) => said(
            "officer_closed",
            "the officer's account was closed; a person decides whether the act was made before",
        ),
        Some(31) => said(
            "date_in_future",
            "a date of the act lies in the future by the centre's clock; a person decides",
        ),
        Some(37) => said(
            "marriage_not_held",
            "the record of the one named by card shows no marriage of the two; a person decides",
        ),
        _ => said(
            "record_left",
            "the record is held by another office now; the act waits there as a proposal",
        ),
    }
}
