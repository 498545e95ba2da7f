//! Giving residence-file numbers: a household has a provisional number from the office that made
//! it, and gets the one that stays when an act on it or on its members is accepted. One household,
//! one number, for ever: serial numbers of one sequence, never given again, whatever becomes of the
//! household. Its members have no number of their own: theirs is the household's, and what a person
//! came with from the register stays as it came.

use std::collections::HashMap;

use registry::act::{ActError, ActKind};
use registry::edit::Edit;
use registry::fields::Fields;
use registry::file_number::{FileNumber, SERIAL_IMPORTED_MAX};
use registry::person::Person;
use registry::record::{Content, Record};
use registry::rules::file_point;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{NodeId, OfficeCode, RecordId};

use crate::import::Arrival;
use crate::intake::{self, ActFailure};
use crate::numbers::central_act;
use crate::tables::{self, Kept};
use crate::unit::{Unit, UnitError};

/// The counter of the last number given.
const COUNTER: &str = "residence file";

/// Gives a household its number if it has a provisional one alone and stands.
pub(crate) fn give(unit: &mut Unit<'_>, centre: NodeId, id: &RecordId) -> Result<(), ActFailure> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(());
    };
    if kept.record.kind != RecordKind::Household {
        return Ok(());
    }
    let reading = kept.record.read().map_err(ActError::from)?;
    if text(&reading.fields, Field::HouseholdFile).is_some() {
        return Ok(());
    }
    let stands = reading.fields.single(Field::HouseholdRevoked).is_none();
    let provisional = text(&reading.fields, Field::HouseholdLocal);
    let commune = commune_of(&kept, &reading.fields);
    let (true, Some(_), Some(commune)) = (stands, provisional, commune) else {
        return Ok(());
    };
    let serial = unit.count(COUNTER)?;
    let Some(number) = FileNumber::new(commune, serial) else {
        tracing::error!(
            serial,
            "no residence-file number is left: households stay with provisional ones"
        );
        return Ok(());
    };
    let giving = Edit::Put(Field::HouseholdFile, Value::Text(number.line()));
    let changes = vec![(*id, vec![giving])];
    let kind = ActKind::FileNumberGiven;
    let act = central_act(unit, centre, kind, Line::default(), changes)?;
    unit.put(tables::NUMBERS, &file_point(&number), id)?;
    intake::enact(unit, &act, None, false)
}

/// The number of our form that stands on a household which is about to be stored.
fn on_household(record: &Record) -> Option<FileNumber> {
    match &record.content {
        Content::Genesis(fields) if record.kind == RecordKind::Household => {
            FileNumber::read(text(fields, Field::HouseholdFile)?.as_str())
        }
        _ => None,
    }
}

/// The number with which an arrival comes, if another household has it. A person of a row comes with
/// that of the household that the row makes them a member of.
pub(crate) fn taken(unit: &Unit<'_>, arrival: &Arrival) -> Result<Option<FileNumber>, UnitError> {
    let Some((number, household)) = told_by(arrival) else {
        return Ok(None);
    };
    let holder: Option<RecordId> = unit.get(tables::NUMBERS, &file_point(&number))?;
    Ok(holder
        .is_some_and(|holder| holder != household)
        .then_some(number))
}

/// The numbers of the households of a file that is looked through and not stored: of a store they
/// would be in its table.
#[derive(Debug, Default)]
pub struct Looked {
    households: HashMap<FileNumber, RecordId>,
}

impl Looked {
    /// The number with which an arrival comes, if an earlier one gave it to another household.
    pub fn taken(&mut self, arrival: &Arrival) -> Option<FileNumber> {
        let (number, household) = told_by(arrival)?;
        let holder = *self.households.entry(number).or_insert(household);
        (holder != household).then_some(number)
    }
}

/// The number, and whose it would be.
fn told_by(arrival: &Arrival) -> Option<(FileNumber, RecordId)> {
    let record = &arrival.record;
    match (&record.content, arrival.file) {
        (Content::Genesis(fields), Some(file)) => {
            Some((file, Person(fields).membership()?.household))
        }
        _ => Some((on_household(record)?, record.id)),
    }
}

/// A number that came with the register is never given: the sequence goes on behind it, and no
/// other household comes with it.
pub(crate) fn note_imported(unit: &mut Unit<'_>, arrival: &Arrival) -> Result<(), UnitError> {
    if let Some((number, household)) = told_by(arrival) {
        unit.put(tables::NUMBERS, &file_point(&number), &household)?;
    }
    let Content::Genesis(fields) = &arrival.record.content else {
        return Ok(());
    };
    let files = [Field::HouseholdFile, Field::FileNumber];
    let numbers = files.into_iter().filter_map(|field| text(fields, field));
    let serials = numbers.filter_map(|line| FileNumber::read(line.as_str()));
    let plausible = serials
        .map(FileNumber::serial)
        .filter(|it| *it <= SERIAL_IMPORTED_MAX);
    let Some(last) = plausible.max() else {
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
