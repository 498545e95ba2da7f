//! Registrations that were revoked, and the record that stays for their person, if one does.

use registry::RecordId;
use registry::fields::Fields;
use registry::person::Person;
use registry::schema::Field;

use crate::tables;
use crate::unit::{Unit, UnitError};

/// Most decisions that are followed from a record to the one that stays.
const STEPS_MAX: usize = 16;

/// Whether a registration was revoked.
pub(crate) fn is_revoked(unit: &Unit<'_>, id: &RecordId) -> Result<bool, UnitError> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(false);
    };
    let reading = kept.record.read().map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })?;
    Ok(counts_no_more(&reading.fields))
}

fn counts_no_more(fields: &Fields) -> bool {
    Person(fields).is_revoked() || fields.single(Field::HouseholdRevoked).is_some()
}

/// Notes which record stays for the person of this one, or that none does any more.
pub(crate) fn lead(
    unit: &mut Unit<'_>,
    id: &RecordId,
    stays: Option<RecordId>,
) -> Result<(), UnitError> {
    let before: Option<RecordId> = unit.get(tables::STAYS, id.as_bytes())?;
    if let Some(before) = before {
        unit.delete(tables::REVOKED_FOR, &tables::revoked_for_key(&before, id));
    }
    match stays {
        Some(stays) => {
            unit.put(tables::STAYS, id.as_bytes(), &stays)?;
            let key = tables::revoked_for_key(&stays, id);
            unit.put(tables::REVOKED_FOR, &key, &())
        }
        None => {
            unit.delete(tables::STAYS, id.as_bytes());
            Ok(())
        }
    }
}

/// The record, and those that led to it by decisions, one after the other: what [`successors`] tells
/// of each of them names it. At most so many.
pub(crate) fn of_one_person(
    unit: &Unit<'_>,
    id: &RecordId,
    max: usize,
) -> Result<Vec<RecordId>, UnitError> {
    let mut all = vec![*id];
    let mut next = 0;
    while let Some(at) = all.get(next).copied() {
        next += 1;
        for key in unit.keys(tables::REVOKED_FOR, at.as_bytes(), max)? {
            let before = key.get(16..).and_then(RecordId::from_slice);
            if let Some(before) = before.filter(|before| !all.contains(before))
                && all.len() < max
            {
                all.push(before);
            }
        }
    }
    Ok(all)
}

/// The records that were decided to stay, one after the other, for the person of this one, whatever came
/// of them since: each took over what the one before it showed.
pub(crate) fn successors(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<RecordId>, UnitError> {
    let mut all = Vec::new();
    let mut at = *id;
    while all.len() < STEPS_MAX
        && let Some(next) = unit.get(tables::STAYS, at.as_bytes())?
    {
        all.push(next);
        at = next;
    }
    Ok(all)
}

/// The record that stays for the person of a registration which was revoked, if one does.
pub(crate) fn stays(unit: &Unit<'_>, id: &RecordId) -> Result<Option<RecordId>, UnitError> {
    let mut at = *id;
    for _ in 0..STEPS_MAX {
        let Some(next) = unit.get(tables::STAYS, at.as_bytes())? else {
            return Ok(None);
        };
        if !is_revoked(unit, &next)? {
            return Ok(Some(next));
        }
        at = next;
    }
    Ok(None)
}
