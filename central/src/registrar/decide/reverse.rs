//! Undoing a decision: what it and those below it brought about is taken back in one act, on every
//! record that they changed. Acts that had lost count again, a pair that was merged is two people
//! with their own numbers, a proposal waits again. The dispute is the next case, on the level of the
//! one that is undone.

use registry::case::{Effect, Ruling};
use registry::feed::ActOutcome;

use super::*;

pub(super) fn carry_out(
    unit: &mut Unit<'_>,
    centre: NodeId,
    case: &mut Case,
    (ruling, word, second): (Ruling, Decision, Option<registry::OfficerId>),
) -> Result<Option<ActId>, DecideError> {
    // As it was decided, to know what is in force.
    case.state = CaseState::Decided {
        decision: ruling.decision.clone(),
        second: ruling.second.clone(),
        act: ruling.act,
    };
    let effect = case.effect();
    let outcome = ruling.decision.outcome.clone();
    case.state = CaseState::Reversed {
        ruling: Box::new(ruling),
        word,
        second,
        act: None,
        next: None,
    };
    // Closed first: the dispute that comes back is another case, not this one again.
    unit.put(tables::CASES, case.id.as_bytes(), &*case)?;
    let returning = losers(case, &outcome);
    if !returning.is_empty() {
        contested::check_return(unit, case)?;
    }
    for act in returning {
        mark(unit, &act, false)?;
    }
    let undone = effect.map(|effect| effect.acts).unwrap_or_default();
    let records = changed_by(unit, case, &undone)?;
    let mut changes = Vec::new();
    for id in &records {
        if let Some(document) = document(unit, id)? {
            let edits = document.take_back(&undone, &[], |_| true);
            if !edits.is_empty() {
                changes.push((*id, edits));
            }
        }
    }
    let proposal = match case.dispute.matter {
        Matter::Parked(act) => unit.get::<KeptAct>(tables::ACTS, act.as_bytes())?,
        _ => None,
    };
    if let Some(row) = proposal
        .as_ref()
        .filter(|row| undone.contains(&row.act.id()))
    {
        changes.extend(parked::revoked(&row.act, case)?);
        mark(unit, &row.act.id(), true)?;
    }
    // The next case is there before anything changes, and knows what undid this one: the dispute
    // that comes back joins it, and what the centre put back is no claim of its own.
    let divided = matches!(case.dispute.matter, Matter::Divided(_));
    if divided {
        division::mark(unit, case, &Outcome::Reverse)?;
    }
    let act = decision_act(unit, centre, case, changes)?;
    let made = act.as_ref().map(Act::id);
    let next = asked_anew(unit, case, undone.into_iter().chain(made).collect())?;
    if let Some(act) = &act {
        intake::enact(unit, act, None, false)?;
    }
    if divided {
        division::place(unit, case)?;
    }
    if case.dispute.matter == Matter::SamePerson {
        intake::revoked::note_stays(unit, &case.dispute.records, None)?;
        for id in &case.dispute.records {
            slices::reclaim_number(unit, id)?;
        }
    }
    if let Some(row) = proposal {
        intake::keep_act(unit, &row.act, ActOutcome::Parked(next.id))?;
    }
    if let CaseState::Reversed { act, next: to, .. } = &mut case.state {
        *act = made;
        *to = Some(next.number);
    }
    cases::look_again(unit, &records)?;
    unit.settled_who(records);
    Ok(made)
}

/// The same dispute as the next case, on the level of the one that was undone. Its claims may show
/// in the records no more, so they come along, with the acts that the next decision goes behind.
fn asked_anew(unit: &mut Unit<'_>, case: &Case, acts: Vec<ActId>) -> Result<Case, DecideError> {
    let appeal = Appeal {
        of: case.number,
        words: Vec::new(),
        effect: Some(Effect {
            outcome: Outcome::Reverse,
            acts,
        }),
    };
    let next = cases::open(unit, case.dispute.clone(), Some(appeal))?;
    let mut next: Case = unit
        .get(tables::CASES, next.as_bytes())?
        .ok_or(DecideError::Unknown)?;
    next.owner = case.owner;
    cases::put(unit, &next)?;
    Ok(next)
}

/// The records that these acts changed, and those of the case.
fn changed_by(
    unit: &Unit<'_>,
    case: &Case,
    acts: &[ActId],
) -> Result<BTreeSet<RecordId>, DecideError> {
    let mut records: BTreeSet<RecordId> = case.dispute.records.iter().copied().collect();
    for act in acts {
        let row: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        let changed = row.iter().flat_map(|row| row.act.records());
        records.extend(changed.map(|(_, id)| id));
    }
    Ok(records)
}
