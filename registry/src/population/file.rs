//! The population as a file: UTF-8, NFC; comma-separated, one row a person, or as a message.

use std::io::{Seek, Write};

use super::{Kin, PopulationError, SyntheticHousehold, SyntheticPerson};
use crate::date::{BirthDate, Date, PartialDate};
use crate::exchange::{Column, Row, qcvn};
use crate::pin::Pin;

/// The columns, in their order.
///
/// Codes are text (`001`, `01`), so that no zero is lost. Dates are ISO, as much of them as is
/// known; a date of birth that the calendar does not have stands as on the paper (`30/02/1950`).
/// `*_unit` are codes of communes. Several values in one field (`other_names`, `old_numbers`) are
/// separated by `;`. The columns of the household (`residence_unit`, `residence_address`,
/// `household_file`) are repeated for every member, the head's row comes first.
pub const COLUMNS: [&str; 30] = [
    "pin",
    "name",
    "other_names",
    "birth_date",
    "sex",
    "birth_place_unit",
    "birth_place_text",
    "birth_registration_unit",
    "native_unit",
    "native_text",
    "ethnic_table",
    "ethnic",
    "religion",
    "nationality",
    "blood",
    "father_name",
    "father_pin",
    "mother_name",
    "mother_pin",
    "spouse_name",
    "spouse_pin",
    "marriage_date",
    "residence_unit",
    "residence_address",
    "residence_from",
    "household_file",
    "relation",
    "phone",
    "email",
    "old_numbers",
];

/// Writes the header and every person; tells how many people were written.
pub fn write_csv(
    households: impl IntoIterator<Item = SyntheticHousehold>,
    writer: impl Write,
) -> Result<u64, PopulationError> {
    let mut file = csv::Writer::from_writer(writer);
    file.write_record(COLUMNS).map_err(PopulationError::Write)?;
    let mut people = 0;
    for household in households {
        for person in &household.members {
            file.write_record(row(&household, person))
                .map_err(PopulationError::Write)?;
            people += 1;
        }
    }
    file.flush()
        .map_err(|error| PopulationError::Write(error.into()))?;
    Ok(people)
}

/// Writes every person as a QCVN 109:2017 message whose data are of `day` (`yyyy-mm-dd`); tells how
/// many people were written, which the message itself does not say.
pub fn write_qcvn(
    households: impl IntoIterator<Item = SyntheticHousehold>,
    day: &str,
    writer: impl Write,
) -> Result<u64, PopulationError> {
    write_message(households, &qcvn::opening(None, day), writer)
}

/// The same into an empty file, with the number of its people in it.
pub fn write_qcvn_file(
    households: impl IntoIterator<Item = SyntheticHousehold>,
    day: &str,
    mut file: impl Write + Seek,
) -> Result<u64, PopulationError> {
    let people = write_message(households, &qcvn::opening(Some(0), day), &mut file)?;
    qcvn::say_people(&mut file, people, day)
        .and_then(|()| file.flush())
        .map_err(|error| PopulationError::Write(error.into()))?;
    Ok(people)
}

fn write_message(
    households: impl IntoIterator<Item = SyntheticHousehold>,
    opening: &str,
    mut writer: impl Write,
) -> Result<u64, PopulationError> {
    let failed = |error: std::io::Error| PopulationError::Write(error.into());
    writer.write_all(opening.as_bytes()).map_err(failed)?;
    let (mut people, mut text, mut cells) = (0, String::new(), Row::default());
    for household in households {
        for person in &household.members {
            for (column, cell) in Column::ALL.iter().zip(row(&household, person)) {
                cells.set(*column, &cell);
            }
            let status = if person.spouse.is_some() { "2" } else { "1" };
            cells.set(Column::MaritalStatus, status);
            text.clear();
            qcvn::write(&cells, &mut text);
            text.push('\n');
            writer.write_all(text.as_bytes()).map_err(failed)?;
            people += 1;
        }
    }
    let closing = qcvn::closing();
    writer
        .write_all(closing.as_bytes())
        .and_then(|()| writer.flush())
        .map_err(failed)?;
    Ok(people)
}

fn row(household: &SyntheticHousehold, person: &SyntheticPerson) -> [String; 30] {
    let kin_name = |kin: &Option<Kin>| kin.as_ref().map(|kin| kin.name.as_str().to_owned());
    let kin_pin = |kin: &Option<Kin>| kin.as_ref().and_then(|kin| kin.pin).map(Pin::digits);
    let iso = |date: Date| PartialDate::from(date).to_iso();
    let text = |place: &super::Place| place.text.as_ref().map(|text| text.as_str().to_owned());
    let other_names: Vec<&str> = person
        .other_names
        .iter()
        .map(|name| name.as_str())
        .collect();
    [
        person.pin.digits(),
        person.name.as_str().to_owned(),
        other_names.join(";"),
        birth_date(&person.birth),
        person.sex.number().to_string(),
        person.birth_place.unit.to_string(),
        text(&person.birth_place).unwrap_or_default(),
        person.birth_registration.to_string(),
        person.native.unit.to_string(),
        text(&person.native).unwrap_or_default(),
        person.ethnic.table_text(),
        format!("{:02}", person.ethnic.code()),
        person.religion.to_string(),
        person.nationality.to_string(),
        format!("{:02}", person.blood.number()),
        kin_name(&person.father).unwrap_or_default(),
        kin_pin(&person.father).unwrap_or_default(),
        kin_name(&person.mother).unwrap_or_default(),
        kin_pin(&person.mother).unwrap_or_default(),
        kin_name(&person.spouse).unwrap_or_default(),
        kin_pin(&person.spouse).unwrap_or_default(),
        person.marriage.map(iso).unwrap_or_default(),
        household.unit.to_string(),
        household.address.as_str().to_owned(),
        iso(person.residence_from),
        household.file.clone(),
        person.relation.to_string(),
        person
            .phone
            .as_ref()
            .map(|phone| phone.as_str().to_owned())
            .unwrap_or_default(),
        person
            .email
            .as_ref()
            .map(|email| email.as_str().to_owned())
            .unwrap_or_default(),
        person.old_numbers.join(";"),
    ]
}

fn birth_date(birth: &BirthDate) -> String {
    match (birth.original(), birth.date()) {
        (Some(original), _) => original.to_owned(),
        (None, date) => date.map(PartialDate::to_iso).unwrap_or_default(),
    }
}
