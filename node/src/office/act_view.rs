//! Acts as an officer sees them: what, who, when, and how it stands.

use std::collections::BTreeSet;

use registry::act::{Act, ActBody, ActKind, Author, Evidence};
use registry::case::{Case, CaseState, ClaimStands};
use registry::date::{Date, PartialDate};
use registry::dossier::{Dossier, DossierState};
use registry::feed::ActOutcome;
use registry::{ActId, ActNumber, CaseId, OfficeCode, OfficerId, RecordId};
use serde::{Deserialize, Serialize};

use super::live::{Live, Rare, took_effect};
use super::{AttachmentView, Known, Office, OfficeError, PapersProgress};
use crate::tables::{ActKey, ActRow, Answer};

/// Most own acts that one question about those that took effect looks through.
const LOOKED_AT_MAX: usize = 50_000;
/// From so many claims on a notice may be one of more than it tells.
const CLAIMS_TOLD: usize = 12;
/// Own acts read at a time.
const READ_AT_ONCE: usize = 256;
/// And no fewer: some may be in another state.
const READ_AT_LEAST: usize = 16;

/// Whether memory knows that an own act is unanswered, or took no effect. Of an act in a case only
/// the case tells.
fn took_no_effect(live: &Live, key: &ActKey) -> bool {
    let without = [Rare::Parked, Rare::Returned, Rare::Quarantined];
    live.unanswered.contains_key(key)
        || without
            .into_iter()
            .any(|rare| live.rare.with(rare).contains(key))
}

/// How an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Durable here, without an outcome (tạm).
    Provisional,
    /// As before, but it rests on an act that came back.
    Waiting,
    /// It took effect (chính thức).
    Final,
    /// It took effect and a case is open about it.
    Disputed,
    /// It was refused.
    Returned,
    /// It is a proposal to the office that holds the record now.
    Parked,
    /// The centre cannot read it.
    Quarantined,
    /// It took effect and its own office took it back (rút).
    Withdrawn,
    /// It took effect, and the decision of a case replaced it (bị quyết định thay thế).
    SetAside,
}

/// The act that takes another one back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WithdrawalView {
    /// Its id.
    #[schema(value_type = String)]
    pub act: ActId,
    /// Who withdrew.
    #[schema(value_type = String)]
    pub officer: OfficerId,
    /// When it was entered, seconds since 1970, by that office's clock.
    pub entered_s: i64,
    /// How the withdrawal stands itself: once it took effect, the other act is withdrawn.
    pub state: ActState,
}

/// A paper that an act rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaperView {
    /// The paper.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub paper: Evidence,
    /// The act that added it; none if the act named it itself.
    #[schema(value_type = Option<String>)]
    pub added_by: Option<ActId>,
    /// How its attachments stand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<AttachmentView>,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ActView {
    /// Its id.
    #[schema(value_type = String)]
    pub act: ActId,
    /// Its place in its node's outbox.
    #[schema(value_type = u64)]
    pub number: ActNumber,
    /// The procedure.
    #[schema(value_type = String)]
    pub kind: ActKind,
    /// Its name in law.
    pub label: &'static str,
    /// The office; none for the centre.
    #[schema(value_type = Option<String>)]
    pub office: Option<OfficeCode>,
    /// Whether it is one of this office.
    pub own: bool,
    /// Who performed it.
    #[schema(value_type = String)]
    pub officer: OfficerId,
    /// From when it counts.
    #[schema(value_type = String)]
    pub effective: PartialDate,
    /// When it was entered, seconds since 1970, by that office's clock.
    pub entered_s: i64,
    /// How it stands.
    pub state: ActState,
    /// Where its dossier stands: it follows from `state` and from what the case asks.
    #[schema(value_type = String)]
    pub dossier: DossierState,
    /// By when the result is due by law; none once there is one, while a supplement is awaited,
    /// and where no rule says.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    /// The case that it is part of.
    #[schema(value_type = Option<String>)]
    pub case: Option<CaseId>,
    /// Why it came back: stable code.
    pub code: Option<String>,
    /// Why it came back, in words.
    pub words: Option<String>,
    /// The withdrawal of this act, if there is one that was not refused.
    pub withdrawal: Option<WithdrawalView>,
    /// Its papers, and those that were added to it since.
    pub papers: Vec<PaperView>,
    /// How far its papers are, if they have attachments: without them the act counts, and is not
    /// complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub papers_sent: Option<PapersProgress>,
    /// The records that it changes or makes.
    #[schema(value_type = Vec<String>)]
    pub records: Vec<RecordId>,
    /// Whom or what it is about: names of people, files of households. Told where acts are listed
    /// or looked at, not in the history of a record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Known>,
}

impl Office {
    /// An act that is known here.
    pub fn act_view(&self, id: &ActId) -> Result<Option<ActView>, OfficeError> {
        self.rows
            .act(id)?
            .map(|row| {
                let about = self.about(&row.act)?;
                let view = self.view_of(row)?;
                Ok(ActView { about, ..view })
            })
            .transpose()
    }

    /// Whether an act took effect and a case about it is open.
    pub(super) fn is_disputed(&self, id: &ActId) -> Result<bool, OfficeError> {
        let view = self
            .rows
            .act(id)?
            .map(|row| self.view_of(row))
            .transpose()?;
        Ok(view.is_some_and(|view| view.state == ActState::Disputed))
    }

    /// An act that this device entered, as it is sent.
    pub(crate) fn own_act(&self, id: &ActId) -> Result<Option<(Author, ActBody)>, OfficeError> {
        let row = self.rows.act(id)?;
        let own = row.filter(|row| row.act.author.node == self.live().meta.node);
        Ok(own.map(|row| (row.act.author, row.act.body)))
    }

    /// Own acts in a state (in any, if none is given), the newest first. Acts in a state that few
    /// are in are known without looking at the others.
    pub fn own_acts(
        &self,
        state: Option<ActState>,
        limit: usize,
    ) -> Result<Vec<ActView>, OfficeError> {
        let Some(keys) = state.and_then(|state| self.candidates(state).transpose()) else {
            return self.newest_acts(limit, state);
        };
        let mut found = Vec::new();
        for key in keys? {
            if found.len() >= limit {
                break;
            }
            let Some((id, _)) = self.rows.outbox(key)? else {
                continue;
            };
            if let Some(view) = self.act_view(&id)?
                && Some(view.state) == state
            {
                found.push(view);
            }
        }
        Ok(found)
    }

    /// How many own acts are in a state that few are in; none for one that most are in.
    pub fn count_acts(&self, state: ActState) -> Result<Option<usize>, OfficeError> {
        let Some(keys) = self.candidates(state)? else {
            return Ok(None);
        };
        let exact = matches!(
            state,
            ActState::Parked | ActState::Returned | ActState::Quarantined
        );
        if exact {
            return Ok(Some(keys.len()));
        }
        let mut count = 0_usize;
        for key in keys {
            let row = match self.rows.outbox(key)? {
                Some((id, _)) => self.rows.act(&id)?,
                None => None,
            };
            if let Some(row) = row
                && self.view_of(row)?.state == state
            {
                count = count.saturating_add(1);
            }
        }
        Ok(Some(count))
    }

    /// How many own acts were entered on a day, by this device's clock.
    pub fn count_entered_on(&self, day: Date) -> Result<usize, OfficeError> {
        let mut count = 0_usize;
        let mut before = None;
        loop {
            let places = self.rows.outbox_back(before, READ_AT_ONCE)?;
            for (_, id) in &places {
                let entered = self.rows.act(id)?.map(|row| row.act.body.entered.at_s);
                match entered.map(Date::in_viet_nam) {
                    Some(of) if of == day => count = count.saturating_add(1),
                    // A clock that was set right may have entered acts of later days before.
                    Some(of) if of > day => {}
                    _ => return Ok(count),
                }
            }
            match places.last() {
                Some((key, _)) if places.len() == READ_AT_ONCE && count < LOOKED_AT_MAX => {
                    before = Some(*key);
                }
                _ => return Ok(count),
            }
        }
    }

    /// The acts that may be in a state, the newest first; none if it is one that most are in.
    pub(super) fn candidates(&self, state: ActState) -> Result<Option<Vec<ActKey>>, OfficeError> {
        let live = self.live();
        let rare = |rare| live.rare.with(rare).iter().rev().copied().collect();
        Ok(Some(match state {
            ActState::Final => return Ok(None),
            ActState::Provisional | ActState::Waiting => {
                live.unanswered.keys().rev().copied().collect()
            }
            ActState::Disputed => {
                let mut keys: BTreeSet<ActKey> = live.rare.with(Rare::InCase).clone();
                let claimed = live.claimed_so(ClaimStands::Disputed);
                drop(live);
                keys.extend(self.own_keys(claimed)?);
                keys.into_iter().rev().collect()
            }
            ActState::SetAside => {
                let claimed = live.claimed_so(ClaimStands::SetAside);
                drop(live);
                let mut keys = self.own_keys(claimed)?;
                keys.sort_unstable_by(|one, other| other.cmp(one));
                keys
            }
            ActState::Parked => rare(Rare::Parked),
            ActState::Returned => rare(Rare::Returned),
            ActState::Quarantined => rare(Rare::Quarantined),
            ActState::Withdrawn => {
                let withdrawn: Vec<ActId> = live.withdrawals.keys().copied().collect();
                drop(live);
                let mut keys = self.own_keys(withdrawn)?;
                keys.sort_unstable_by(|one, other| other.cmp(one));
                keys
            }
        }))
    }

    /// The places of those of these acts that this device entered.
    fn own_keys(&self, acts: Vec<ActId>) -> Result<Vec<ActKey>, OfficeError> {
        let node = self.live().meta.node;
        let mut keys = Vec::new();
        for id in acts {
            let row = self.rows.act(&id)?;
            let own = row.filter(|row| row.act.author.node == node);
            keys.extend(own.map(|row| ActKey::of(&row.act.author)));
        }
        Ok(keys)
    }

    /// Own acts that fit, the newest first, as far as a look back finds them.
    fn newest_acts(
        &self,
        limit: usize,
        state: Option<ActState>,
    ) -> Result<Vec<ActView>, OfficeError> {
        let mut found = Vec::new();
        let mut before = None;
        let mut looked_at = 0;
        while found.len() < limit && looked_at < LOOKED_AT_MAX {
            if state.is_some() {
                before = self.behind_others(before);
            }
            let wanted = limit.saturating_sub(found.len());
            let at_once = wanted.clamp(READ_AT_LEAST, READ_AT_ONCE);
            let places = self.rows.outbox_back(before, at_once)?;
            for (key, id) in &places {
                if state.is_some() && took_no_effect(&self.live(), key) {
                    continue;
                }
                let Some(row) = self.rows.act(id)? else {
                    continue;
                };
                let view = self.view_of(row)?;
                if state.is_none_or(|state| view.state == state) {
                    found.extend(self.act_view(id)?);
                }
                if found.len() >= limit {
                    break;
                }
            }
            looked_at += places.len();
            match places.last() {
                Some((key, _)) if places.len() == at_once => before = Some(*key),
                _ => break,
            }
        }
        Ok(found)
    }

    /// The place behind which to look on for acts that took effect: those next to `before`, or to
    /// the end, of which memory knows that they did not are passed over without a row of theirs. An
    /// office that was dark for months has tens of thousands without an answer on top.
    fn behind_others(&self, before: Option<ActKey>) -> Option<ActKey> {
        let live = self.live();
        let end = ActKey {
            incarnation: live.meta.incarnation,
            number: live.meta.outbox_point().number.next(),
        };
        let mut before = before.unwrap_or(end);
        while let Some(number) = before.number.get().checked_sub(1) {
            let key = ActKey {
                number: ActNumber::new(number),
                ..before
            };
            if !took_no_effect(&live, &key) {
                break;
            }
            before = key;
        }
        Some(before)
    }

    /// The acts on a record, in the order in which this office heard of them.
    pub(super) fn history(&self, record: &RecordId) -> Result<Vec<ActView>, OfficeError> {
        let mut views = Vec::new();
        for id in self.rows.acts_of(record)? {
            if let Some(row) = self.rows.act(&id)? {
                views.push(self.view_of(row)?);
            }
        }
        Ok(views)
    }

    fn view_of(&self, row: ActRow) -> Result<ActView, OfficeError> {
        let mut records: Vec<RecordId> = row.act.records().map(|(_, id)| id).collect();
        records.dedup();
        let own = row.act.author.node == self.live().meta.node;
        let id = row.act.id();
        let (state, case, reason) = match &row.answer {
            None if !own => {
                let (state, case) = self.in_cases(&id).unzip();
                (state.unwrap_or(ActState::Final), case, None)
            }
            None if self.waits(&row, &records)? => (ActState::Waiting, None, None),
            None => (ActState::Provisional, None, None),
            Some(answer) => self.outcome(&id, answer)?,
        };
        let withdrawal = self.withdrawal_of(&id)?;
        let taken_back = withdrawal
            .as_ref()
            .is_some_and(|withdrawal| withdrawal.state == ActState::Final);
        let took_effect = matches!(
            state,
            ActState::Final | ActState::Disputed | ActState::SetAside
        );
        let state = if taken_back && took_effect {
            ActState::Withdrawn
        } else {
            state
        };
        let (code, words) = reason.unzip();
        let papers = self.papers_of(&row.act)?;
        let body = row.act.body;
        let received = Dossier::received(body.kind, body.entered.at_s);
        let dossier = self.dossier(received, state, case)?;
        Ok(ActView {
            act: row.act.author.act_id(),
            number: row.act.author.number,
            kind: body.kind,
            label: body.kind.rule().label_vi,
            office: row.act.office,
            own,
            officer: body.officer,
            effective: body.effective,
            entered_s: body.entered.at_s,
            state,
            dossier: dossier.state,
            due: dossier.due(),
            case,
            code,
            words,
            withdrawal,
            papers_sent: PapersProgress::of(papers.iter().flat_map(|paper| &paper.attached)),
            papers,
            records,
            about: Vec::new(),
        })
    }

    /// The papers of an act, with those that were added by acts that did not come back.
    fn papers_of(&self, act: &Act) -> Result<Vec<PaperView>, OfficeError> {
        let view = |paper: &Evidence, added_by| -> Result<PaperView, OfficeError> {
            Ok(PaperView {
                paper: paper.clone(),
                added_by,
                attached: self.attached(paper)?,
            })
        };
        let own = act.body.evidence.iter().map(|paper| view(paper, None));
        let mut papers = own.collect::<Result<Vec<PaperView>, OfficeError>>()?;
        let added = self.live().papers.get(&act.id()).cloned();
        let mut rows = Vec::new();
        for by in added.unwrap_or_default() {
            let row = self.rows.act(&by)?;
            rows.extend(row.filter(|row| row.answer.as_ref().is_none_or(took_effect)));
        }
        // After a start they stand in the order of their ids.
        rows.sort_by_key(|row| row.order);
        for row in rows {
            let (by, added) = (row.act.id(), row.act.body.evidence.iter());
            for paper in added {
                papers.push(view(paper, Some(by))?);
            }
        }
        Ok(papers)
    }

    /// The withdrawal of an act; one that came back is none.
    pub(super) fn withdrawal_of(&self, id: &ActId) -> Result<Option<WithdrawalView>, OfficeError> {
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
    fn waits(&self, row: &ActRow, records: &[RecordId]) -> Result<bool, OfficeError> {
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
    fn outcome(
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
    fn in_cases(&self, act: &ActId) -> Option<(ActState, CaseId)> {
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
