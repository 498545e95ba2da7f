//! Giving residence-file numbers: a household has a provisional number from the office that made
//! it, and gets the one that stays when that act is accepted. One household, one number, for ever:
//! serial numbers of one sequence, never given again, whatever becomes of the household.

use registry::act::{ActError, ActKind};
use registry::edit::Edit;
use registry::fields::Fields;
use registry::file_number::FileNumber;
use registry::person::Person;
use registry::record::{Content, Record};
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{NodeId, OfficeCode, RecordId};

use crate::intake::{self, ActFailure};
use crate::numbers::central_act;
use crate::tables::{self, Kept};
use crate::unit::{Unit, UnitError};

/// The counter of the last number given.
const COUNTER: &str = "residence file";

/// The number of a household, given now if it has a provisional one alone and stands.
pub(crate) fn of_household(
    unit: &mut Unit<'_>,
    centre: NodeId,
    id: &RecordId,
) -> Result<Option<Line>, ActFailure> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(None);
    };
    if kept.record.kind != RecordKind::Household {
        return Ok(None);
    }
    let reading = kept.record.read().map_err(ActError::from)?;
    let known = text(&reading.fields, Field::HouseholdFile);
    if known.is_some() {
        return Ok(known.cloned());
    }
    let stands = reading.fields.single(Field::HouseholdRevoked).is_none();
    let provisional = text(&reading.fields, Field::HouseholdLocal);
    let commune = commune_of(&kept, &reading.fields);
    let (true, Some(_), Some(commune)) = (stands, provisional, commune) else {
        return Ok(None);
    };
    let serial = unit.count(COUNTER)?;
    let Some(number) = FileNumber::new(commune, serial) else {
        return Ok(None);
    };
    write(unit, centre, *id, Field::HouseholdFile, number.line())?;
    Ok(Some(number.line()))
}

/// A person who came with a file number of their own has that of the household to which they now
/// belong; of everybody else the household's is theirs without being written down.
pub(crate) fn follow(
    unit: &mut Unit<'_>,
    centre: NodeId,
    id: &RecordId,
    fields: &Fields,
) -> Result<(), ActFailure> {
    let Some(own) = text(fields, Field::FileNumber) else {
        return Ok(());
    };
    let Some(member) = Person(fields).membership() else {
        return Ok(());
    };
    match of_household(unit, centre, &member.household)? {
        Some(number) if number != *own => write(unit, centre, *id, Field::FileNumber, number),
        _ => Ok(()),
    }
}

/// A number that came with the register is never given: the sequence goes on behind it.
pub(crate) fn note_imported(unit: &mut Unit<'_>, record: &Record) -> Result<(), UnitError> {
    let Content::Genesis(fields) = &record.content else {
        return Ok(());
    };
    let files = [Field::HouseholdFile, Field::FileNumber];
    let numbers = files.into_iter().filter_map(|field| text(fields, field));
    let serials = numbers.filter_map(|line| FileNumber::read(line.as_str()));
    let Some(last) = serials.map(FileNumber::serial).max() else {
        return Ok(());
    };
    let known: u64 = unit
        .get(tables::META, COUNTER.as_bytes())?
        .unwrap_or_default();
    if last > known {
        unit.put(tables::META, COUNTER.as_bytes(), &last)?;
    }
    Ok(())
}

fn write(
    unit: &mut Unit<'_>,
    centre: NodeId,
    id: RecordId,
    field: Field,
    number: Line,
) -> Result<(), ActFailure> {
    let changes = vec![(id, vec![Edit::Put(field, Value::Text(number))])];
    let kind = ActKind::FileNumberGiven;
    let act = central_act(unit, centre, kind, Line::default(), changes)?;
    intake::enact(unit, &act, None, false)
}

/// The commune whose number it is: where the household has its address.
fn commune_of(kept: &Kept, fields: &Fields) -> Option<OfficeCode> {
    let address = match fields.single(Field::HouseholdAddress) {
        Some(Value::Place(place)) => place.unit,
        _ => None,
    };
    address.or_else(|| kept.offices.first().copied())
}

fn text(fields: &Fields, field: Field) -> Option<&Line> {
    match fields.single(field) {
        Some(Value::Text(line)) if !line.is_empty() => Some(line),
        _ => None,
    }
}
