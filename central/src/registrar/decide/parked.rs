//! Deciding a proposal: an act on a record that had left its office when the act arrived. It is
//! carried out as if it had come in time, or it goes back to its office.
//!
//! A proposal that its office made on top of another one, which was declined, is carried out on
//! what the office knew beside that: the centre's commits up to the act's horizon, and the
//! office's own acts that took effect. What others did meanwhile is concurrent with it, so a clash
//! is a case as always. While that other proposal still waits, this one waits for it.

use registry::CommitSeq;
use registry::act::{Base, Target};
use registry::case::case_id;
use registry::clash::UNMARRIED_ROW;
use registry::feed::ActOutcome;
use registry::procedure::Refusal;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::words::Tells;

use super::*;
use crate::intake::{Came, Refused, Stop, revoked};

pub(super) fn carry_out(
    unit: &mut Unit<'_>,
    centre: NodeId,
    case: &Case,
    id: &ActId,
    outcome: &Outcome,
) -> Result<Option<ActId>, DecideError> {
    let row: KeptAct = unit
        .get(tables::ACTS, id.as_bytes())?
        .ok_or(DecideError::Unknown)?;
    // What is in force by decisions below, the act itself among it if it took effect.
    let below = case
        .overturned(outcome)
        .map(|effect| effect.acts.as_slice());
    let below = below.unwrap_or_default();
    let took_effect = below.contains(id);
    match (outcome, took_effect) {
        (Outcome::Keep(_), false) => take_up(unit, centre, case, row).map(Some),
        (Outcome::Keep(_), true) => {
            let others: Vec<ActId> = below.iter().copied().filter(|act| act != id).collect();
            let changes = taken_back(unit, &row.act, &others, &[*id])?;
            let made = enact_decision(unit, centre, case, changes)?;
            mark(unit, id, false)?;
            intake::keep_act(unit, &row.act, ActOutcome::Accepted)?;
            after(unit, &row.act)?;
            Ok(made)
        }
        (_, took_effect) => {
            let mut made = None;
            if took_effect {
                let mut changes = taken_back(unit, &row.act, below, &[])?;
                changes.extend(revoked(&row.act, case)?);
                made = enact_decision(unit, centre, case, changes)?;
                mark(unit, id, true)?;
            }
            let outcome = intake::declined(unit, &row.act)?;
            intake::keep_act(unit, &row.act, outcome)?;
            after(unit, &row.act)?;
            Ok(made)
        }
    }
}

fn take_up(
    unit: &mut Unit<'_>,
    centre: NodeId,
    case: &Case,
    row: KeptAct,
) -> Result<ActId, DecideError> {
    // What was committed with it or later its office cannot have heard of.
    let told = CommitSeq::new(row.commit.get().saturating_sub(1));
    let mut act = row.act;
    let misfit = |failure: ActFailure| match failure {
        ActFailure::Act(error) => DecideError::Proposal(error),
        ActFailure::Store(error) => DecideError::Store(error),
    };
    let (made_at, named) = (act.office, intake::cards_of(&act));
    let Some(office) = made_at.map(|office| unit.office_now(office)) else {
        return Err(DecideError::Unknown);
    };
    let absent =
        intake::place_absent(unit, &mut act, told).map_err(|stop| misfit(stop.into_failure()))?;
    let led = lead(unit, &mut act, told)?;
    let rebased = rebase(unit, &mut act, told)?;
    // Its office has gone on without it meanwhile: with the office's own actor the changes of both
    // would carry one number, and the later one could not be taken.
    for change in &mut act.body.changes {
        if let Target::Held { id, base } = &change.target {
            change.target = Target::Placed {
                id: *id,
                base: base.clone(),
            };
        }
    }
    // What the centre would have refused had the act come in time, no word of a reviewer lets pass.
    let checked = intake::check(unit, office, &mut act, Came::Before).map_err(refused)?;
    if first_row(unit, case)? != UNMARRIED_ROW {
        // About the marriage the reviewer was asked nothing: if the office enters the act anew,
        // that will be the question.
        intake::marriage_is_held(unit, &act).map_err(refused)?;
    }
    let whole = absent || led || rebased || checked.completed;
    intake::enact(unit, &act, made_at.filter(|_| whole), whole).map_err(misfit)?;
    intake::follow_up(unit, centre, office, &act, checked)?;
    intake::note_followed(unit, office, &act.id(), &named).map_err(misfit)?;
    after(unit, &act)?;
    Ok(act.id())
}

/// The line by which an act became a proposal; a case that goes up has another.
fn first_row(unit: &Unit<'_>, case: &Case) -> Result<u8, UnitError> {
    let first = case_id(&case.dispute.matter, &case.dispute.records, 0);
    let first: Option<Case> = unit.get(tables::CASES, first.as_bytes())?;
    Ok(first.map_or(case.dispute.row, |first| first.dispute.row))
}

/// Why a proposal is not carried out, in the words that its office would have read.
fn refused(stop: Stop) -> DecideError {
    match stop {
        Stop::Refused(Refused::Returned { code, words }) => {
            DecideError::ProposalRefused { code, words }
        }
        Stop::Refused(Refused::Parked { .. }) => {
            as_refused(&Refusal::NotMarried { field: "second" })
        }
        Stop::Store(error) => DecideError::Store(error),
    }
}

fn as_refused(refusal: &Refusal) -> DecideError {
    DecideError::ProposalRefused {
        code: refusal.code(),
        words: refusal.said().en,
    }
}

/// Leads the changes of a registration that was revoked to the record that stays, on what its office
/// knew of that one. Returns whether there were any. An entry of one record means nothing in another,
/// so what amends one is for its office to enter anew.
fn lead(unit: &Unit<'_>, act: &mut Act, told: CommitSeq) -> Result<bool, DecideError> {
    if act.body.kind == ActKind::Withdraw {
        return Ok(false);
    }
    let (author, horizon) = (act.author, act.body.horizon.min(told));
    let mut led = false;
    for change in &mut act.body.changes {
        let (Target::Held { id, .. } | Target::Placed { id, .. }) = &change.target else {
            continue;
        };
        if revoked::tells_whether_it_stands(change) || !crate::revoked::is_revoked(unit, id)? {
            continue;
        }
        let amends = |edit: &Edit| matches!(edit, Edit::Amend(..));
        let stays = crate::revoked::stays(unit, id)?.filter(|_| !change.edits.iter().any(amends));
        let Some(id) = stays else {
            return Err(as_refused(&Refusal::Revoked { field: "person" }));
        };
        let base = known_beside(unit, &id, author, horizon)?;
        change.target = Target::Placed { id, base };
        led = true;
    }
    Ok(led)
}

/// What the author of an act knew of a record beside what never came to be.
fn known_beside(
    unit: &Unit<'_>,
    id: &RecordId,
    author: registry::act::Author,
    horizon: CommitSeq,
) -> Result<Base, DecideError> {
    let base = intake::known_by(unit, id, |row| {
        let own = row.act.author;
        row.commit <= horizon || (own.node == author.node && own < author)
    });
    base.map_err(|stop| match stop.into_failure() {
        ActFailure::Act(error) => DecideError::Proposal(error),
        ActFailure::Store(error) => DecideError::Store(error),
    })
}

/// Puts an act that rests on a state which never came to be on what its office knew beside it.
/// Returns whether that was needed.
fn rebase(unit: &Unit<'_>, act: &mut Act, told: CommitSeq) -> Result<bool, DecideError> {
    let mut unknown = Vec::new();
    for (index, id) in act.records() {
        let change = act.body.changes.get(index).map(|change| &change.target);
        let Some(Target::Held {
            base: Base::Heads(heads),
            ..
        }) = change
        else {
            continue;
        };
        let Some(document) = document(unit, &id)? else {
            continue;
        };
        if document.heads_by_prefix(heads).is_err() {
            unknown.push((index, id));
        }
    }
    if let (false, Some(case)) = (unknown.is_empty(), waits_for(unit, act)?) {
        return Err(DecideError::ProposalWaits { case });
    }
    let (author, horizon) = (act.author, act.body.horizon.min(told));
    for (index, id) in &unknown {
        let base = known_beside(unit, id, author, horizon)?;
        if let Some(change) = act.body.changes.get_mut(*index) {
            change.target = Target::Placed { id: *id, base };
        }
    }
    Ok(!unknown.is_empty())
}

/// The case of an earlier proposal of the same node on one of the act's records that still waits.
fn waits_for(unit: &Unit<'_>, act: &Act) -> Result<Option<u64>, DecideError> {
    let mut waiting = Vec::new();
    for (_, id) in act.records() {
        for case in cases::open_cases(unit, &id)? {
            let Matter::Parked(other) = case.dispute.matter else {
                continue;
            };
            let row: Option<KeptAct> = unit.get(tables::ACTS, other.as_bytes())?;
            let earlier = row.is_some_and(|row| {
                let other = row.act.author;
                other.node == act.author.node && other < act.author
            });
            if earlier {
                waiting.push(case.number);
            }
        }
    }
    Ok(waiting.into_iter().min())
}

/// The edits that take acts back on the records of the proposal that it did not make.
fn taken_back(
    unit: &Unit<'_>,
    act: &Act,
    undone: &[ActId],
    kept: &[ActId],
) -> Result<Vec<(RecordId, Vec<Edit>)>, DecideError> {
    let mut changes = Vec::new();
    for (_, id) in act.records() {
        let Some(document) = document(unit, &id)? else {
            continue;
        };
        let edits = document.take_back(undone, kept, |_| true);
        if !edits.is_empty() {
            changes.push((id, edits));
        }
    }
    Ok(changes)
}

/// The edits that revoke what the proposal made.
pub(super) fn revoked(act: &Act, case: &Case) -> Result<Vec<(RecordId, Vec<Edit>)>, DecideError> {
    let words = format!("case {}: the proposal was declined", case.number);
    let ground = Value::Text(Line::parse(&words).unwrap_or_default());
    let made = act.records().filter_map(|(index, id)| {
        let change = act.body.changes.get(index)?;
        let Target::New { kind, .. } = &change.target else {
            return None;
        };
        let field = match kind {
            RecordKind::Person => Field::Revoked,
            RecordKind::Household => Field::HouseholdRevoked,
        };
        Some((id, vec![Edit::Put(field, ground.clone())]))
    });
    Ok(made.collect())
}

/// Cases and numbers of the proposal's records, as they stand now.
fn after(unit: &mut Unit<'_>, act: &Act) -> Result<(), UnitError> {
    let records: Vec<RecordId> = act.records().map(|(_, id)| id).collect();
    cases::look_again(unit, &records)?;
    unit.settled_who(records);
    Ok(())
}
