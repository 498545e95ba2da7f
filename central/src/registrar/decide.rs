//! Deciding a case: the reviewer's word, and the act that carries it out.

use registry::act::ActKind;
use registry::dispute::Matter;
use registry::document::Document;
use registry::feed::ActOutcome;

use super::*;

/// What a reviewer's word led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `needs_second`, `asked`, `settled` or `escalated`.
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
        let mut draw = self.writer();
        let mut unit = Unit::begin(self.store.as_ref(), at_s)?;
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
            Step::Escalated(dispute) => {
                let first = registry::case::case_id(&dispute.matter, &dispute.records, 0);
                let latest: Option<u32> = unit.get(tables::MATTERS, first.as_bytes())?;
                let next = latest.map_or(0, |latest| latest.saturating_add(1));
                cases::open(&mut unit, dispute, next)?;
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
                let mut centre = Centre {
                    node: self.node,
                    draw: draw.as_mut(),
                    sign: self.sign.as_ref(),
                };
                let made = carry_out(&mut unit, &mut centre, &case, &outcome)?;
                if let CaseState::Decided { act, .. } = &mut case.state {
                    *act = made;
                }
                ("settled", made)
            }
        };
        cases::put(&mut unit, &case)?;
        audit(
            &mut unit,
            "decision",
            None,
            None,
            (number, u64::from(case.version)),
        )?;
        let grew = self.hand_over(unit)?;
        self.sync()?;
        Ok(Decided { step, act, grew })
    }
}

fn carry_out(
    unit: &mut Unit<'_>,
    centre: &mut Centre<'_>,
    case: &Case,
    outcome: &Outcome,
) -> Result<Option<registry::ActId>, DecideError> {
    if let Matter::Parked(act) = case.dispute.matter {
        return parked(unit, &act, outcome);
    }
    mark_taken_back(unit, case, outcome)?;
    let records = cases::records_concerned(unit, case, outcome)?;
    let mut changes = Vec::new();
    for id in &records {
        let Some(document) = document(unit, id)? else {
            continue;
        };
        let other = case.dispute.records.iter().find(|other| *other != id);
        let other = other
            .map(|other| self::document(unit, other))
            .transpose()?
            .flatten();
        let edits = if case.dispute.records.contains(id) {
            case.settle(outcome, *id, &document, other.as_ref())?
        } else {
            take_back_marriage(case, outcome, &document)
        };
        if !edits.is_empty() {
            changes.push((*id, edits));
        }
    }
    let act = if changes.is_empty() {
        None
    } else {
        let note = Line::parse(&format!("case {}", case.number)).unwrap_or_default();
        let act = crate::numbers::central_act(unit, centre.node, ActKind::Decision, note, changes)?;
        intake::enact(unit, &act, None, false)?;
        Some(act.id())
    };
    for id in &records {
        intake::give_number(unit, centre, id)?;
    }
    Ok(act)
}

fn document(unit: &Unit<'_>, id: &RecordId) -> Result<Option<Document>, DecideError> {
    let record = cases::record(unit, id)?;
    Ok(record
        .map(|record| record.document())
        .transpose()
        .map_err(registry::act::ActError::from)?)
}

/// The losing marriage goes from the other spouse's record too.
fn take_back_marriage(
    case: &Case,
    outcome: &Outcome,
    document: &Document,
) -> Vec<registry::edit::Edit> {
    let Outcome::Keep(kept) = outcome else {
        return Vec::new();
    };
    let losers = case
        .claim(*kept)
        .map(|kept| case.losers(kept))
        .unwrap_or_default();
    document.take_back(&losers, &[], |slot| {
        slot.field == registry::schema::Field::Marriages
    })
}

/// Notes which acts a decision takes back, so that rules about acts leave them out.
fn mark_taken_back(unit: &mut Unit<'_>, case: &Case, outcome: &Outcome) -> Result<(), UnitError> {
    let Outcome::Keep(kept) = outcome else {
        return Ok(());
    };
    let losers = case
        .claim(*kept)
        .map(|kept| case.losers(kept))
        .unwrap_or_default();
    for act in losers {
        if let Some(mut row) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? {
            row.taken_back = true;
            unit.put(tables::ACTS, act.as_bytes(), &row)?;
        }
    }
    Ok(())
}

/// What the author of a declined proposal reads.
const DECLINED: &str = "the office that holds the record now declined the proposal";

/// Carries out a parked act, or returns it.
fn parked(
    unit: &mut Unit<'_>,
    id: &registry::ActId,
    outcome: &Outcome,
) -> Result<Option<registry::ActId>, DecideError> {
    let kept: KeptAct = unit
        .get(tables::ACTS, id.as_bytes())?
        .ok_or(DecideError::Unknown)?;
    if matches!(outcome, Outcome::Keep(_)) {
        let mut act = kept.act;
        let absent = intake::place_absent(unit, &mut act).map_err(intake::Stop::into_failure)?;
        let office = act.office.filter(|_| absent);
        intake::enact(unit, &act, office, absent)?;
        return Ok(Some(*id));
    }
    let outcome = ActOutcome::Returned {
        code: Line::parse("proposal_declined").unwrap_or_default(),
        words: Line::parse(DECLINED).unwrap_or_default(),
    };
    intake::note_returned(unit, &kept.act, "proposal_declined", DECLINED)?;
    intake::keep_act(unit, &kept.act, outcome)?;
    Ok(None)
}
