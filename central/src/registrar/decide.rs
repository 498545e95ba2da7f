//! Deciding a case: the reviewer's word, and the act that carries it out. Proposals (parked acts)
//! are carried out in `decide/parked.rs`.

use std::collections::BTreeSet;

use registry::ActId;
use registry::act::{Act, ActKind, Refers};
use registry::case::Appeal;
use registry::dispute::{Dispute, Matter};
use registry::document::Document;
use registry::edit::Edit;

use super::*;
use crate::numbers;

mod beside;
mod contested;
mod division;
mod parked;
mod reverse;

pub use contested::{Contest, ContestError, Contested};

/// What a reviewer's word led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `needs_second`, `asked`, `settled`, `escalated` or `reversed`.
    pub step: &'static str,
    /// The act that carries the decision out, if records change.
    pub act: Option<registry::ActId>,
    /// The feeds that grew.
    pub grew: Grew,
}

/// Why a decision is not taken.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// No such case.
    #[error("there is no case with this number")]
    Unknown,
    /// The rules of deciding.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The decision cannot be carried out on the records as they stand.
    #[error("the decision cannot be carried out: {0}")]
    Act(#[from] registry::act::ActError),
    /// A proposal that does not fit the record any more.
    #[error(
        "the proposal does not fit the record as it stands now ({0}); decline it with the reason, and its office enters it anew"
    )]
    Proposal(registry::act::ActError),
    /// A proposal that would have been refused had it come in time.
    #[error("the proposal is against a rule: {words}; decline it with the reason")]
    ProposalRefused {
        /// The code of the refusal.
        code: &'static str,
        /// Its words.
        words: String,
    },
    /// A proposal that was made on top of another one.
    #[error(
        "the proposal builds on another of its office that waits in case {case}; decide that one first, or decline this one"
    )]
    ProposalWaits {
        /// The number of the case of that other proposal.
        case: u64,
    },
    /// A contested act that others were made on top of.
    #[error("later acts rest on this one: {acts}; take those back first, the latest first")]
    BuiltOn {
        /// Which: procedure and id of each.
        acts: String,
    },
    /// An answer to an application would stand again beside others than those that it followed.
    #[error(
        "its application has other answers now than those that this one followed ({acts}): look at it; contest what was given since, the latest first"
    )]
    AnsweredSince {
        /// Those that stand: procedure and id of each.
        acts: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl DecideError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DecideError::Unknown => "case_unknown",
            DecideError::Case(error) => error.code(),
            DecideError::Act(error) => error.code(),
            DecideError::Proposal(_) => "proposal_misfit",
            DecideError::ProposalRefused { code, .. } => code,
            DecideError::ProposalWaits { .. } => "proposal_waits",
            DecideError::BuiltOn { .. } => "act_built_on",
            DecideError::AnsweredSince { .. } => "answered_since",
            DecideError::Store(error) => error.code(),
        }
    }
}

impl From<ActFailure> for DecideError {
    fn from(failure: ActFailure) -> Self {
        match failure {
            ActFailure::Act(error) => DecideError::Act(error),
            ActFailure::Store(error) => DecideError::Store(error),
        }
    }
}

impl Registrar {
    /// Takes a reviewer's word on a case; durable when it returns. `seen` is the version of the
    /// case that the reviewer decided on.
    pub fn decide(
        &self,
        at_s: i64,
        number: u64,
        reviewer: &Reviewer,
        outcome: Outcome,
        reason: Line,
        seen: u32,
    ) -> Result<Decided, DecideError> {
        let decided = self.stage_decision(at_s, number, reviewer, outcome, reason, seen)?;
        self.sync()?;
        Ok(decided)
    }

    /// The same without waiting for the disk: nobody may be told before [`Registrar::sync`] has
    /// returned. A sync that fails for want of room takes nothing back: the word stands as soon
    /// as a later one succeeds, and the feeds that grew are to be told of then.
    pub fn stage_decision(
        &self,
        at_s: i64,
        number: u64,
        reviewer: &Reviewer,
        outcome: Outcome,
        reason: Line,
        seen: u32,
    ) -> Result<Decided, DecideError> {
        let mut draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let id: CaseId = unit
            .get(tables::CASE_NUMBERS, &number.to_be_bytes())?
            .ok_or(DecideError::Unknown)?;
        let mut case: Case = unit
            .get(tables::CASES, id.as_bytes())?
            .ok_or(DecideError::Unknown)?;
        let decision = Decision {
            reviewer: reviewer.id.clone(),
            outcome,
            reason,
            at_s,
        };
        let (step, act) = match case.decide(reviewer, decision, seen)? {
            Step::NeedsSecond => ("needs_second", None),
            Step::Asked => ("asked", None),
            Step::Escalated(above) => {
                go_up(&mut unit, &mut case, *above)?;
                ("escalated", None)
            }
            Step::Settled(decision, second) => {
                // Closed first: what the decision brings about must not reopen it.
                let outcome = decision.outcome.clone();
                case.state = CaseState::Decided {
                    decision,
                    second,
                    act: None,
                };
                unit.put(tables::CASES, case.id.as_bytes(), &case)?;
                let made = carry_out(&mut unit, self.node, &case, &outcome)?;
                if let CaseState::Decided { act, .. } = &mut case.state {
                    *act = made;
                }
                ("settled", made)
            }
            Step::Undone(ruling, word, second) => {
                let made =
                    reverse::carry_out(&mut unit, self.node, &mut case, (*ruling, word, second))?;
                ("reversed", made)
            }
        };
        cases::put(&mut unit, &case)?;
        let mut centre = Centre {
            node: self.node,
            draw: draw.as_mut(),
            sign: self.sign.as_ref(),
        };
        numbers::give_waiting(&mut unit, &mut centre)?;
        audit(
            &mut unit,
            "decision",
            None,
            None,
            (number, u64::from(case.version)),
        )?;
        let grew = self.hand_over(unit)?;
        Ok(Decided { step, act, grew })
    }
}

/// Opens the case above, and closes this one for good: it is decided there.
fn go_up(
    unit: &mut Unit<'_>,
    case: &mut Case,
    (dispute, appeal): (Dispute, Appeal),
) -> Result<(), DecideError> {
    let next = case.next_id();
    if unit.bytes(tables::CASES, next.as_bytes())?.is_some() {
        // New claims have made another case of the matter since; that one is to be decided.
        return Err(CaseError::Closed.into());
    }
    let above = cases::open(unit, dispute, Some(appeal))?;
    let mut above: Case = unit
        .get(tables::CASES, above.as_bytes())?
        .ok_or(DecideError::Unknown)?;
    if !case.questions.is_empty() || !case.answers.is_empty() {
        // What was asked and said below is not asked again above.
        above.questions.clone_from(&case.questions);
        above.answers.clone_from(&case.answers);
        cases::put(unit, &above)?;
    }
    case.state = CaseState::WentUp { to: above.number };
    case.version += 1;
    Ok(())
}

fn carry_out(
    unit: &mut Unit<'_>,
    centre: NodeId,
    case: &Case,
    outcome: &Outcome,
) -> Result<Option<ActId>, DecideError> {
    if case.upholds(outcome) {
        return Ok(None);
    }
    if let Matter::Parked(act) = case.dispute.matter {
        return parked::carry_out(unit, centre, case, &act, outcome);
    }
    beside::check(unit, case, outcome)?;
    contested::check(unit, case, outcome)?;
    mark_taken_back(unit, case, outcome)?;
    let records = records_concerned(unit, case, outcome)?;
    let changes = changes(unit, case, outcome, &records)?;
    if matches!(case.dispute.matter, Matter::Divided(_)) {
        division::mark(unit, case, outcome)?;
    }
    let act = enact_decision(unit, centre, case, changes)?;
    if matches!(case.dispute.matter, Matter::Divided(_)) {
        division::place(unit, case)?;
    }
    if case.dispute.matter == Matter::SamePerson {
        let kept = match outcome {
            Outcome::Keep(index) | Outcome::Combine(index) => case.claim(*index)?.record,
            _ => None,
        };
        intake::revoked::note_stays(unit, &case.dispute.records, kept)?;
        for id in &case.dispute.records {
            slices::reclaim_number(unit, id)?;
        }
    }
    cases::look_again(unit, &case.dispute.records)?;
    unit.settled_who(records);
    Ok(act)
}

/// What an outcome changes on these records.
fn changes(
    unit: &Unit<'_>,
    case: &Case,
    outcome: &Outcome,
    records: &BTreeSet<RecordId>,
) -> Result<Vec<(RecordId, Vec<Edit>)>, DecideError> {
    let mut changes = Vec::new();
    for id in records {
        let Some(document) = document(unit, id)? else {
            continue;
        };
        let other = case.dispute.records.iter().find(|other| *other != id);
        let other = other
            .map(|other| self::document(unit, other))
            .transpose()?
            .flatten();
        let of_case = case.dispute.records.contains(id);
        let edits = if of_case {
            case.settle(outcome, *id, &document, other.as_ref())?
        } else if case.told_of_head(outcome).contains(id) {
            case.tell_head(outcome, *id, &document)?
        } else {
            beside::edits(unit, case, outcome, id, &document)?
        };
        if !edits.is_empty() {
            changes.push((*id, edits));
        }
    }
    Ok(changes)
}

/// The centre's act that these changes are, if there are any.
fn enact_decision(
    unit: &mut Unit<'_>,
    centre: NodeId,
    case: &Case,
    changes: Vec<(RecordId, Vec<Edit>)>,
) -> Result<Option<ActId>, DecideError> {
    let act = decision_act(unit, centre, case, changes)?;
    if let Some(act) = &act {
        intake::enact(unit, act, None, false)?;
    }
    Ok(act.map(|act| act.id()))
}

/// The same, not yet carried out.
fn decision_act(
    unit: &mut Unit<'_>,
    centre: NodeId,
    case: &Case,
    changes: Vec<(RecordId, Vec<Edit>)>,
) -> Result<Option<Act>, UnitError> {
    if changes.is_empty() {
        return Ok(None);
    }
    let word = match case.state {
        CaseState::Reversed { .. } => " reversed",
        _ => "",
    };
    let note = Line::parse(&format!("case {}{word}", case.number)).unwrap_or_default();
    numbers::central_act(unit, centre, ActKind::Decision, note, changes).map(Some)
}

/// The records that an outcome changes: those of the case; for a marriage or a death, also the
/// record of the spouse whom a losing act changed; and those that a decision below had changed.
fn records_concerned(
    unit: &Unit<'_>,
    case: &Case,
    outcome: &Outcome,
) -> Result<BTreeSet<RecordId>, UnitError> {
    let mut acts: Vec<ActId> = Vec::new();
    if case.takes_whole() || matches!(case.dispute.matter, Matter::Marriage | Matter::Life) {
        acts = losers(case, outcome);
    }
    if let Some(effect) = case.overturned(outcome) {
        acts.extend(&effect.acts);
    }
    let mut records: BTreeSet<RecordId> = case.dispute.records.iter().copied().collect();
    records.extend(
        case.followers(outcome)
            .into_iter()
            .flat_map(|(_, people)| people),
    );
    records.extend(case.told_of_head(outcome));
    for act in acts {
        let row: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        records.extend(
            row.iter()
                .flat_map(|row| row.act.records().map(|(_, id)| id)),
        );
    }
    Ok(records)
}

fn document(unit: &Unit<'_>, id: &RecordId) -> Result<Option<Document>, DecideError> {
    let kept = unit.kept(id)?;
    Ok(kept
        .map(|kept| kept.record.document())
        .transpose()
        .map_err(registry::act::ActError::from)?)
}

/// The acts that an outcome takes back.
fn losers(case: &Case, outcome: &Outcome) -> Vec<ActId> {
    let Outcome::Keep(kept) = outcome else {
        return Vec::new();
    };
    case.claim(*kept)
        .map(|kept| case.losers(kept))
        .unwrap_or_default()
}

/// Notes which acts a decision takes back, so that rules about acts leave them out, and which
/// ones count again because it overturns another.
fn mark_taken_back(unit: &mut Unit<'_>, case: &Case, outcome: &Outcome) -> Result<(), UnitError> {
    if let Some(effect) = case.overturned(outcome) {
        for act in losers(case, &effect.outcome) {
            mark(unit, &act, false)?;
        }
    }
    for act in losers(case, outcome) {
        mark(unit, &act, true)?;
    }
    Ok(())
}

fn mark(unit: &mut Unit<'_>, act: &ActId, taken_back: bool) -> Result<(), UnitError> {
    let Some(mut row) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? else {
        return Ok(());
    };
    row.taken_back = taken_back;
    unit.put(tables::ACTS, act.as_bytes(), &row)?;
    // With a withdrawal that is taken back, what it withdrew counts again.
    let withdrawn = row.act.body.refers.and_then(Refers::act);
    if row.act.body.kind == ActKind::Withdraw
        && let Some(of) = withdrawn
        && let Some(mut withdrawn) = unit.get::<KeptAct>(tables::ACTS, of.as_bytes())?
    {
        withdrawn.taken_back = !taken_back;
        unit.put(tables::ACTS, of.as_bytes(), &withdrawn)?;
    }
    Ok(())
}
