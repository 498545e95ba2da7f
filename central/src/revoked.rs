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
