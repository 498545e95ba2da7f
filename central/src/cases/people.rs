//! People who may be one: who is compared with whom, and which pairs become cases.
//!
//! Comparing everybody with everybody would make n² cases of n births of one mother, which one
//! hostile or confused office can file in a day. So each person is asked about once: against the
//! *nearest* candidate, the one with the lowest record id. That is a function of the acts alone,
//! whatever their order; it leaves at most n cases open, and everybody whose identity is in doubt
//! is in one of them. When a pair is settled, the next nearest candidate is asked about, so in the
//! end every pair that matters is seen, as far as a reviewer lets it come to that.

use std::collections::BTreeSet;

use registry::act::{Act, Target};
use registry::case::{Case, CaseState};
use registry::date::{Date, PartialDate};
use registry::dispute::{Dispute, Matter};
use registry::fields::Fields;
use registry::person::Person;
use registry::rules;
use registry::value::PersonLink;
use registry::{ActId, RecordId};

use super::{LOOKED_AT_MAX, acts_of, close, is_remembered, latest, open_cases};
use crate::revoked::stays;
use crate::tables;
use crate::unit::{Unit, UnitError};

/// Days back within which another office may still enter the birth of somebody who came with the
/// register.
const CHILD_DAYS: i32 = 15 * 366;

/// Whom a link means: of somebody who was registered twice, the record that stays.
fn resolver<'u>(unit: &'u Unit<'_>) -> impl Fn(&PersonLink) -> Option<RecordId> + 'u {
    move |link| {
        let meant = match link {
            PersonLink::Record(id) => *id,
            PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => {
                let holder = unit.get(tables::NUMBERS, &rules::pin_point(pin));
                holder.ok().flatten()?
            }
            PersonLink::Named { pin: None, .. } => return None,
        };
        Some(stays(unit, &meant).ok().flatten().unwrap_or(meant))
    }
}

/// The children of a record that was revoked for another meet those of the other from now on. Gives
/// who they are: some of them may be one.
pub(crate) fn children_meet(
    unit: &mut Unit<'_>,
    revoked: &RecordId,
    stays: &RecordId,
) -> Result<Vec<RecordId>, UnitError> {
    let children = standing_at(unit, &rules::parent_point(revoked))?;
    let point = rules::parent_point(stays);
    for child in &children {
        let key = tables::key(&[&point, child.as_bytes()]);
        unit.put(tables::MEETINGS, &key, &())?;
    }
    Ok(children)
}

/// Where a person would meet others who may be the same.
pub fn meeting_points(unit: &Unit<'_>, fields: &Fields) -> Vec<[u8; 16]> {
    let today = Date::in_viet_nam(unit.at_s());
    let since: PartialDate = today.add_days(-CHILD_DAYS).unwrap_or(today).into();
    rules::meeting_points(fields, since, &resolver(unit))
}

/// Notes where a person meets others, and gives those who may be the same and about whom nobody
/// has decided. Looked for whenever an act touched the record: the other one may have come first
/// or second.
pub(super) fn meet(
    unit: &mut Unit<'_>,
    id: RecordId,
    fields: &Fields,
) -> Result<BTreeSet<RecordId>, UnitError> {
    for point in meeting_points(unit, fields) {
        unit.put(
            tables::MEETINGS,
            &tables::key(&[&point, id.as_bytes()]),
            &(),
        )?;
    }
    let mut candidates = BTreeSet::new();
    for other in met(unit, id, fields)? {
        if is_candidate(unit, (id, fields), other)? {
            candidates.insert(other);
        }
    }
    Ok(candidates)
}

/// Everybody at a person's meeting points, lowest id first.
fn met(unit: &Unit<'_>, id: RecordId, fields: &Fields) -> Result<BTreeSet<RecordId>, UnitError> {
    let mut others = BTreeSet::new();
    for point in meeting_points(unit, fields) {
        others.extend(standing_at(unit, &point)?);
    }
    // Who says they have this person's number, and whose number this person says they have.
    let person = Person(fields);
    for pin in person
        .pin()
        .copied()
        .into_iter()
        .chain(person.cancelled_pins())
    {
        others.extend(standing_at(unit, &rules::pin_point(&pin))?);
    }
    if let Some(pin) = person.claimed_pin() {
        others.extend(unit.get::<RecordId>(tables::NUMBERS, &rules::pin_point(pin))?);
    }
    others.remove(&id);
    Ok(others)
}

/// The people at a meeting point: those with the lowest ids, if there are too many.
fn standing_at(unit: &Unit<'_>, point: &[u8; 16]) -> Result<Vec<RecordId>, UnitError> {
    let keys = unit.keys(tables::MEETINGS, point, LOOKED_AT_MAX)?;
    Ok(keys
        .iter()
        .filter_map(|key| key.get(16..).and_then(RecordId::from_slice))
        .collect())
}

fn is_candidate(
    unit: &Unit<'_>,
    (id, fields): (RecordId, &Fields),
    other: RecordId,
) -> Result<bool, UnitError> {
    let Some(theirs) = fields_of(unit, &other)? else {
        return Ok(false);
    };
    let one = (id, fields, None);
    let Some(mut dispute) = rules::same_person(one, (other, &theirs, None), &resolver(unit)) else {
        return Ok(false);
    };
    let Some(case) = latest(unit, &dispute.matter, &dispute.records)? else {
        return Ok(true);
    };
    if case.is_in_force() {
        name_makers(unit, &mut dispute)?;
    }
    Ok(!is_remembered(&case, &dispute))
}

fn fields_of(unit: &Unit<'_>, id: &RecordId) -> Result<Option<Fields>, UnitError> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(None);
    };
    let reading = kept.record.read().map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })?;
    Ok(Some(reading.fields))
}

/// The pairs of a person that are asked about: with the nearest candidate, and with those whose
/// nearest this person is.
pub(super) fn disputes(
    unit: &Unit<'_>,
    id: RecordId,
    candidates: &BTreeSet<RecordId>,
) -> Result<Vec<Dispute>, UnitError> {
    let nearest = candidates.first();
    let mut found = Vec::new();
    for other in candidates {
        let pairs = pairs_of(unit, *other)?;
        let asked = |(of, case): &(RecordId, Case)| *of == id && has_words(case);
        let mut others = pairs.iter().map(|(of, _)| *of).filter(|of| *of != id);
        let is_theirs = others.all(|of| id < of);
        if Some(other) == nearest || is_theirs || pairs.iter().any(asked) {
            found.extend(dispute_of(unit, id, *other)?);
        }
    }
    Ok(found)
}

/// The pair of a person with their nearest candidate, when the one before is a candidate no more.
/// Pairs with people whose nearest this person is are not touched by that.
pub(super) fn next_nearest(unit: &Unit<'_>, id: RecordId) -> Result<Option<Dispute>, UnitError> {
    let Some(fields) = fields_of(unit, &id)? else {
        return Ok(None);
    };
    for other in met(unit, id, &fields)? {
        if is_candidate(unit, (id, &fields), other)? {
            return dispute_of(unit, id, other);
        }
    }
    Ok(None)
}

/// Closes the pairs of a person that are asked about no more because a nearer candidate came.
pub(super) fn thin(unit: &mut Unit<'_>, id: RecordId) -> Result<(), UnitError> {
    let pairs = pairs_of(unit, id)?;
    let nearest = pairs.iter().map(|(of, _)| *of).min();
    for (other, case) in pairs {
        if Some(other) == nearest || has_words(&case) {
            continue;
        }
        let theirs = pairs_of(unit, other)?;
        if theirs.iter().map(|(of, _)| *of).min() != Some(id) {
            close(unit, case)?;
        }
    }
    Ok(())
}

/// Whether somebody has spoken on a pair: then it stays until it is settled.
const fn has_words(case: &Case) -> bool {
    case.appeal.is_some() || matches!(case.state, CaseState::Proposed(_))
}

/// Whether a person asked for a case, which then no rule closes.
pub(super) fn is_asked(dispute: &Dispute) -> bool {
    dispute.row == registry::clash::ASKED_ROW
}

/// Opens a case about two records that a person wants decided; its number. `None` if that was
/// decided before.
pub(crate) fn ask(
    unit: &mut Unit<'_>,
    (one, two): (RecordId, RecordId),
) -> Result<Option<u64>, UnitError> {
    let mut dispute = rules::asked(one, two);
    name_makers(unit, &mut dispute)?;
    let Some(id) = super::open_or_update(unit, dispute)? else {
        return Ok(None);
    };
    let case: Option<Case> = unit.get(tables::CASES, id.as_bytes())?;
    Ok(case.map(|case| case.number))
}

/// With whom a person is in an open case that a rule opened, and the case.
fn pairs_of(unit: &Unit<'_>, id: RecordId) -> Result<Vec<(RecordId, Case)>, UnitError> {
    let cases = open_cases(unit, &id)?;
    Ok(cases
        .into_iter()
        .filter(|case| !is_asked(&case.dispute))
        .filter_map(|case| Some((other_of(&case.dispute, id)?, case)))
        .collect())
}

/// The other person of a pair.
pub(super) fn other_of(dispute: &Dispute, id: RecordId) -> Option<RecordId> {
    let mut records = dispute.records.iter();
    (dispute.matter == Matter::SamePerson)
        .then(|| records.find(|record| **record != id).copied())
        .flatten()
}

fn dispute_of(
    unit: &Unit<'_>,
    id: RecordId,
    other: RecordId,
) -> Result<Option<Dispute>, UnitError> {
    let (Some(mine), Some(theirs)) = (fields_of(unit, &id)?, fields_of(unit, &other)?) else {
        return Ok(None);
    };
    let (one, two) = ((id, &mine, None), (other, &theirs, None));
    let Some(mut dispute) = rules::same_person(one, two, &resolver(unit)) else {
        return Ok(None);
    };
    name_makers(unit, &mut dispute)?;
    Ok(Some(dispute))
}

/// Names the acts that made the records compared, if acts did.
fn name_makers(unit: &Unit<'_>, dispute: &mut Dispute) -> Result<(), UnitError> {
    for claim in &mut dispute.claims {
        if let Some(record) = claim.record {
            claim.act = made_by(unit, &record)?;
        }
    }
    Ok(())
}

fn made_by(unit: &Unit<'_>, id: &RecordId) -> Result<Option<ActId>, UnitError> {
    let acts = acts_of(unit, id)?;
    Ok(acts
        .iter()
        .find(|kept| makes(&kept.act, id))
        .map(|kept| kept.act.id()))
}

fn makes(act: &Act, id: &RecordId) -> bool {
    act.records().any(|(index, record)| {
        record == *id
            && act
                .body
                .changes
                .get(index)
                .is_some_and(|change| matches!(change.target, Target::New { .. }))
    })
}
