//! From a record to its row: what a file can say of the person, and whether that is all.

use super::history::{self, HISTORIES};
use super::{Column, Row};
use crate::RecordId;
use crate::application::as_it_stands;
use crate::code::BloodType;
use crate::date::BirthDate;
use crate::fields::Fields;
use crate::name::PersonName;
use crate::person::{MaritalStatus, Person, STATUS_ITEM};
use crate::pin::Pin;
use crate::schema::Field;
use crate::value::{Death, Declared, PersonLink, Place, Value};

/// Where a row's names and numbers of others are looked up.
pub trait Directory {
    /// A person's name and number.
    fn person(&self, id: &RecordId) -> Option<(PersonName, Option<Pin>)>;
    /// The name of the person with a number.
    fn named(&self, pin: &Pin) -> Option<PersonName>;
    /// A household's numbers.
    fn household(&self, id: &RecordId) -> HouseholdNumbers;
}

/// The numbers of a household; empty where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HouseholdNumbers {
    /// Its file number.
    pub file: String,
    /// The provisional one that an office gave it.
    pub local: String,
}

/// How much of a record its row carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// All of it.
    Whole,
    /// The record has more entries than a cell may hold, a household and no residence, or items
    /// of a later schema.
    InPart,
}

/// Fields that a row has columns for; of a later schema's nothing is lost in silence.
const CARRIED: [Field; 36] = [
    Field::Name,
    Field::OtherNames,
    Field::Pin,
    Field::BirthDate,
    Field::Sex,
    Field::BirthPlace,
    Field::BirthRegistration,
    Field::BirthEntry,
    Field::NativePlace,
    Field::Ethnic,
    Field::Religion,
    Field::Nationality,
    Field::Blood,
    Field::OldNumbers,
    Field::Cards,
    Field::Father,
    Field::Mother,
    Field::Marriages,
    Field::Representative,
    Field::Permanent,
    Field::Temporary,
    Field::Current,
    Field::Absences,
    Field::Stays,
    Field::FileNumber,
    Field::Relation,
    Field::Membership,
    Field::Death,
    Field::Phone,
    Field::Email,
    Field::PinAliases,
    Field::ClaimedPin,
    Field::LocalFile,
    Field::Confirmations,
    Field::Applications,
    // The state of each application is told by them.
    Field::ApplicationAnswers,
];

/// Fills `row` with what a file can say of the person.
pub fn row_of(fields: &Fields, directory: &dyn Directory, row: &mut Row) -> Carried {
    row.clear();
    let person = Person(fields);
    identity(&person, row);
    places(fields, row);
    family(&person, directory, row);
    let residence_is_whole = residence(&person, directory, row);
    for (_, value) in fields.entries(Field::Others) {
        if let Value::Other(other) = value {
            let (key, text) = (other.key.as_str(), other.text.as_str());
            if key == STATUS_ITEM {
                // What an office has entered since counts more.
                let is_known = MaritalStatus::of_code(text).is_some();
                if !is_known || person.contradicting_status().is_some() {
                    row.set(Column::MaritalStatus, text);
                }
            } else {
                row.add_other(key, text);
            }
        }
    }
    let entries_are_whole = entries(&person, directory, row);
    // A row has no room for a picture, and every record would be told as carried in part.
    let apart = [Field::Others, Field::Portrait];
    let has_more = fields
        .iter()
        .any(|(slot, _)| !apart.contains(&slot.field) && !CARRIED.contains(&slot.field));
    if residence_is_whole && entries_are_whole && !has_more {
        Carried::Whole
    } else {
        Carried::InPart
    }
}

/// Whether the cells have room for all that is besides what has columns of its own.
fn entries(person: &Person<'_>, directory: &dyn Directory, row: &mut Row) -> bool {
    let marriage = person.standing_marriages().next().map(|(entry, _)| entry);
    let residence = person.open_permanent().next().map(|(entry, _)| entry);
    let mut whole = true;
    for (column, field, _) in &HISTORIES {
        let told = match field {
            Field::Marriages => marriage,
            Field::Permanent => residence,
            _ => None,
        };
        for (entry, value) in person.0.entries(*field) {
            if Some(entry) != told {
                let value = as_it_stands(entry, value, person.0);
                whole &= history::write(row, *column, &value, directory);
            }
        }
    }
    whole
}

fn identity(person: &Person<'_>, row: &mut Row) {
    let fields = person.0;
    if let Some(pin) = person.pin() {
        row.set(Column::Pin, &pin.digits());
    }
    if let Some(name) = person.name() {
        row.set(Column::Name, name.as_str());
    }
    for (_, name) in person.other_names() {
        row.add(Column::OtherNames, name.as_str());
    }
    for (_, value) in fields.entries(Field::OldNumbers) {
        if let Value::Text(number) = value {
            row.add(Column::OldNumbers, number.as_str());
        }
    }
    if let Some(birth) = person.birth() {
        let iso = birth.date().map(|date| date.to_iso());
        let reads_back = |text: &str| BirthDate::parse_written(text).as_ref() == Ok(birth);
        match birth.original() {
            Some(text) if reads_back(text) => row.set(Column::BirthDate, text),
            original => {
                row.set(Column::BirthDate, &iso.unwrap_or_default());
                row.set(Column::BirthOriginal, original.unwrap_or_default());
            }
        }
    }
    if let Some(sex) = person.sex() {
        row.set(Column::Sex, &sex.number().to_string());
    }
    for (field, column) in [
        (Field::Religion, Column::Religion),
        (Field::Phone, Column::Phone),
        (Field::Email, Column::Email),
        (Field::FileNumber, Column::FileNumber),
        (Field::LocalFile, Column::LocalFile),
        (Field::ClaimedPin, Column::ClaimedPin),
    ] {
        let text = match fields.single(field) {
            Some(Value::Religion(religion)) => religion.to_string(),
            Some(Value::Phone(phone)) => phone.as_str().to_owned(),
            Some(Value::Email(email)) => email.as_str().to_owned(),
            Some(Value::Text(text)) => text.as_str().to_owned(),
            Some(Value::Pin(pin)) => pin.digits(),
            _ => continue,
        };
        row.set(column, &text);
    }
    let blood = match fields.single(Field::Blood) {
        Some(Value::Blood(blood)) => *blood,
        _ => BloodType::Unknown,
    };
    row.set(Column::Blood, &format!("{:02}", blood.number()));
    if let Some(Value::Ethnic(ethnic)) = fields.single(Field::Ethnic) {
        row.set(Column::EthnicTable, &ethnic.table_text());
        row.set(Column::Ethnic, &format!("{:02}", ethnic.code()));
    }
    if let Some(Value::Countries(countries)) = fields.single(Field::Nationality) {
        for country in countries {
            row.add(Column::Nationality, country.as_str());
        }
    }
    if let Some(Value::BirthEntry(entry)) = fields.single(Field::BirthEntry) {
        row.set(Column::BirthCertificate, entry.certificate.as_str());
        if entry.birth_order > 0 {
            row.set(Column::BirthOrder, &entry.birth_order.to_string());
        }
    }
    if let Some(Death {
        date,
        ground,
        declared,
        place,
        certificate,
    }) = person.death()
    {
        row.set(Column::DeathCertificate, certificate.as_str());
        let columns = (
            Column::DeathPlaceUnit,
            Some(Column::DeathPlaceText),
            Some(Column::DeathPlaceCountry),
        );
        set_place(place, columns, row);
        row.set(Column::DeathDate, &date.to_iso());
        row.set(Column::DeathGround, ground.as_str());
        let declared = match declared {
            Some(Declared::Missing) => "missing",
            Some(Declared::Dead) => "dead",
            None => "",
        };
        row.set(Column::DeathDeclared, declared);
    }
}

/// A field of a place with its columns for unit, words and country.
type PlaceColumns = (Field, Column, Option<Column>, Option<Column>);

const PLACES: [PlaceColumns; 4] = [
    (
        Field::BirthPlace,
        Column::BirthPlaceUnit,
        Some(Column::BirthPlaceText),
        Some(Column::BirthPlaceCountry),
    ),
    (
        Field::BirthRegistration,
        Column::BirthRegistrationUnit,
        Some(Column::BirthRegistrationText),
        Some(Column::BirthRegistrationCountry),
    ),
    (
        Field::NativePlace,
        Column::NativeUnit,
        Some(Column::NativeText),
        Some(Column::NativeCountry),
    ),
    (
        Field::Current,
        Column::CurrentUnit,
        Some(Column::CurrentText),
        None,
    ),
];

fn places(fields: &Fields, row: &mut Row) {
    for (field, unit, text, country) in PLACES {
        let Some(Value::Place(place)) = fields.single(field) else {
            continue;
        };
        set_place(place, (unit, text, country), row);
    }
}

fn set_place(
    place: &Place,
    (unit, text, country): (Column, Option<Column>, Option<Column>),
    row: &mut Row,
) {
    if let Some(code) = place.unit {
        row.set(unit, &code.to_string());
    }
    if let Some(column) = text {
        row.set(column, place.text.as_str());
    }
    if let (Some(column), Some(of)) = (country, place.country) {
        row.set(column, of.as_str());
    }
}

/// The name and number of whom a link means, as far as they are known.
pub(super) fn named(
    link: &PersonLink,
    directory: &dyn Directory,
) -> (Option<PersonName>, Option<Pin>) {
    match link {
        PersonLink::Record(id) => match directory.person(id) {
            Some((name, pin)) => (Some(name), pin),
            None => (None, None),
        },
        PersonLink::Pin(pin) => (directory.named(pin), Some(*pin)),
        PersonLink::Named { name, pin } => (Some(name.clone()), *pin),
    }
}

/// Whom a name and a number mean: both are kept where both are told, since a number that leads to
/// nobody here leaves only the name.
pub(super) fn link(name: Option<PersonName>, pin: Option<Pin>) -> Option<PersonLink> {
    match (name, pin) {
        (Some(name), pin) => Some(PersonLink::Named { name, pin }),
        (None, pin) => pin.map(PersonLink::Pin),
    }
}

fn family(person: &Person<'_>, directory: &dyn Directory, row: &mut Row) {
    let representative = match person.0.single(Field::Representative) {
        Some(Value::Person(link)) => Some(link),
        _ => None,
    };
    let marriage = person.standing_marriages().next().map(|(_, found)| found);
    for (link, name, pin) in [
        (person.father(), Column::FatherName, Column::FatherPin),
        (person.mother(), Column::MotherName, Column::MotherPin),
        (
            marriage.map(|marriage| &marriage.spouse),
            Column::SpouseName,
            Column::SpousePin,
        ),
        (
            representative,
            Column::RepresentativeName,
            Column::RepresentativePin,
        ),
    ] {
        let Some(link) = link else { continue };
        let (named, number) = named(link, directory);
        if let Some(named) = named {
            row.set(name, named.as_str());
        }
        if let Some(number) = number {
            row.set(pin, &number.digits());
        }
    }
    if let Some(marriage) = marriage {
        row.set(Column::MarriageDate, &marriage.date.to_iso());
        row.set(Column::MarriageCertificate, marriage.certificate.as_str());
    }
    row.set(Column::MaritalStatus, person.marital_status().code());
}

/// Whether the row carries the household: without a residence there is none in a file.
fn residence(person: &Person<'_>, directory: &dyn Directory, row: &mut Row) -> bool {
    if let Some(Value::Relation(relation)) = person.0.single(Field::Relation) {
        row.set(Column::Relation, &relation.to_string());
    }
    if let Some(membership) = person.membership() {
        let numbers = directory.household(&membership.household);
        row.set(Column::HouseholdFile, &numbers.file);
        row.set(Column::HouseholdLocal, &numbers.local);
    }
    let Some((_, residence)) = person.open_permanent().next() else {
        return person.membership().is_none();
    };
    row.set(Column::ResidenceUnit, &residence.unit.to_string());
    row.set(Column::ResidenceAddress, residence.address.as_str());
    row.set(Column::ResidenceFrom, &residence.from.to_iso());
    let until = residence.until.map(|until| until.to_iso());
    row.set(Column::ResidenceUntil, &until.unwrap_or_default());
    row.set(Column::ResidenceGround, residence.ground.as_str());
    true
}
