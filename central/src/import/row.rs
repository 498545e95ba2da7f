//! From one row to a person's record, and to what the row tells of a household.

use std::sync::Arc;

use registry::code::{BloodType, Relation};
use registry::date::{BirthDate, Date};
use registry::fields::Fields;
use registry::file_number::{FileNumber, SERIAL_IMPORTED_MAX};
use registry::person::{MaritalStatus, Person, STATUS_ITEM};
use registry::pin::{Pin, old_number};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::unit::Units;
use registry::value::{
    BirthEntry, Death, Declared, Line, Marriage, Membership, Other, Residence, Value,
};
use registry::{OfficeCode, RecordId};

use super::cell::{Cells, Fault};
use super::contradictions;
use registry::exchange::{HISTORIES, Row as Texts, qcvn, read_entries};

use super::column::{Column, DateForm};

/// What separates one registry's record ids from another's; a secret of the registry, so that an
/// id says nothing about a person.
#[derive(Clone, Copy)]
pub struct RegistryKey(pub [u8; 16]);

impl RegistryKey {
    /// The record of the person with this number: the same at every import.
    pub fn person(&self, pin: Pin) -> RecordId {
        let digits = pin.digits();
        RecordId::derive("npd 2026 imported person", &[&self.0, digits.as_bytes()])
    }

    /// The record of somebody who has no number yet, by the one that an office gave them.
    pub fn newcomer(&self, local_file: &Line) -> RecordId {
        RecordId::derive(
            "npd 2026 imported person without a number",
            &[&self.0, local_file.as_str().as_bytes()],
        )
    }

    /// The record of the household with this file number in this commune.
    pub fn household(&self, unit: OfficeCode, file: &Line) -> RecordId {
        RecordId::derive(
            "npd 2026 imported household",
            &[&self.0, &unit.to_be_bytes(), file.as_str().as_bytes()],
        )
    }

    /// The record of the household that has only the number that an office gave it.
    pub fn new_household(&self, unit: OfficeCode, local: &Line) -> RecordId {
        RecordId::derive(
            "npd 2026 imported household without a file number",
            &[&self.0, &unit.to_be_bytes(), local.as_str().as_bytes()],
        )
    }
}

/// How rows are read.
pub(super) struct RowReader {
    pub(super) dates: DateForm,
    pub(super) key: RegistryKey,
    /// No number tells a birth after its year, and nothing has happened after it.
    pub(super) today: Date,
    /// The units in force.
    pub(super) units: Arc<Units>,
    /// Names and texts are taken as they stand, also those that look like an old encoding.
    pub(super) as_written: bool,
}

/// A person, and their place in a household.
pub(super) struct Row {
    /// The person's number, and those that they had.
    pub(super) numbers: Vec<Pin>,
    pub(super) record: Record,
    pub(super) home: Option<Home>,
    /// The number of the household's residence file, if it is of our form.
    pub(super) file: Option<FileNumber>,
    pub(super) warnings: Vec<Fault>,
}

/// What a row tells of a household.
pub(super) struct Home {
    pub(super) id: RecordId,
    pub(super) unit: OfficeCode,
    pub(super) file: Line,
    pub(super) local: Line,
    pub(super) address: Line,
    pub(super) head: Option<RecordId>,
}

impl RowReader {
    /// Reads a row; all that is wrong with it, if anything is.
    pub(super) fn read(&self, row: &Texts) -> Result<Row, Vec<Fault>> {
        let mut cells = Cells::new(row, self.dates, &self.units);
        cells.as_written = self.as_written;
        let pin = cells.pin(self.today.year());
        let mut fields = identity(&mut cells);
        fields.set(Field::Pin, pin.map(Value::Pin));
        let id = match (pin, fields.single(Field::LocalFile)) {
            (Some(pin), _) => Some(self.key.person(pin)),
            // A newborn whose number has not been given yet.
            (None, Some(Value::Text(local))) => Some(self.key.newcomer(local)),
            _ => None,
        };
        origin(&mut cells, &mut fields);
        family(&mut cells, &mut fields);
        let home = self.residence(&mut cells, &mut fields, id);
        death(&mut cells, &mut fields);
        entries(&mut cells, &mut fields);
        others(&mut cells, &mut fields);
        for column in [Column::HouseholdFile, Column::FileNumber] {
            serial(&mut cells, column);
        }
        doubts(&mut cells, pin, &fields);
        contradictions::warn(&mut cells, &fields, self.today);
        let (faults, warnings) = cells.into_findings();
        match id {
            Some(id) if faults.is_empty() => {
                let numbers = pin.into_iter().chain(Person(&fields).cancelled_pins());
                Ok(Row {
                    numbers: numbers.collect(),
                    record: Record::new(id, RecordKind::Person, fields),
                    file: home
                        .as_ref()
                        .and_then(|home| FileNumber::read(home.file.as_str())),
                    home,
                    warnings,
                })
            }
            _ => Err(faults),
        }
    }

    fn residence(
        &self,
        cells: &mut Cells<'_>,
        fields: &mut Fields,
        person: Option<RecordId>,
    ) -> Option<Home> {
        let relation: Option<Relation> = cells.optional(Column::Relation);
        fields.set(Field::Relation, relation.map(Value::Relation));
        // Who lives nowhere any more has lived somewhere.
        let has_moved_away = cells.text(Column::ResidenceUnit).is_empty()
            && !cells.text(Column::OtherResidences).is_empty();
        if has_moved_away {
            return None;
        }
        let address = cells.line(Column::ResidenceAddress);
        let unit = cells.commune(Column::ResidenceUnit, address.as_str());
        let from = cells.required_date(Column::ResidenceFrom);
        let until = cells.date(Column::ResidenceUntil);
        let ground = cells.line(Column::ResidenceGround);
        let file = cells.line(Column::HouseholdFile);
        let local = cells.line(Column::HouseholdLocal);
        let (unit, since) = (unit?, from?);
        let residence = Residence {
            unit,
            address: address.clone(),
            from: since,
            until,
            to: None,
            ground,
        };
        fields.push(Field::Permanent, Value::Residence(residence));
        let household = match (file.is_empty(), local.is_empty()) {
            (false, _) => self.key.household(unit, &file),
            (true, false) => self.key.new_household(unit, &local),
            (true, true) => return None,
        };
        let membership = Value::Membership(Membership { household, since });
        fields.set(Field::Membership, Some(membership));
        let is_head = relation == Some(Relation::Head);
        Some(Home {
            id: household,
            unit,
            file,
            local,
            address,
            head: person.filter(|_| is_head),
        })
    }
}

/// Refuses a file number that no registry can have given.
fn serial(cells: &mut Cells<'_>, column: Column) {
    let number = FileNumber::read(cells.text(column));
    if number.is_some_and(|number| number.serial() > SERIAL_IMPORTED_MAX) {
        let words = "no registry has given so high a number: look at its digits";
        cells.fault(column, "file_number_implausible", words);
    }
}

fn identity(cells: &mut Cells<'_>) -> Fields {
    let mut fields = Fields::new();
    let name = cells.required_name(Column::Name);
    fields.set(Field::Name, name.map(Value::Name));
    for name in cells.names(Column::OtherNames) {
        fields.push(Field::OtherNames, Value::Name(name));
    }
    fields.set(Field::BirthDate, cells.birth().map(Value::Birth));
    fields.set(Field::Sex, cells.required(Column::Sex).map(Value::Sex));
    // Most people's is not known; that is no value.
    let blood = cells
        .optional(Column::Blood)
        .filter(|blood| *blood != BloodType::Unknown);
    fields.set(Field::Blood, blood.map(Value::Blood));
    fields.set(
        Field::Phone,
        cells.optional(Column::Phone).map(Value::Phone),
    );
    fields.set(
        Field::Email,
        cells.optional(Column::Email).map(Value::Email),
    );
    for (field, column) in [
        (Field::FileNumber, Column::FileNumber),
        (Field::LocalFile, Column::LocalFile),
    ] {
        let number = cells.line(column);
        let number = (!number.is_empty()).then_some(Value::Text(number));
        fields.set(field, number);
    }
    let claimed = cells.optional(Column::ClaimedPin);
    fields.set(Field::ClaimedPin, claimed.map(Value::Pin));
    for number in cells.parts(Column::OldNumbers, old_number) {
        fields.push(Field::OldNumbers, Value::Text(number));
    }
    fields
}

fn origin(cells: &mut Cells<'_>, fields: &mut Fields) {
    let birth = cells.place(
        Column::BirthPlaceUnit,
        Column::BirthPlaceText,
        Some(Column::BirthPlaceCountry),
    );
    fields.set(Field::BirthPlace, birth.map(Value::Place));
    let registered = cells.place(
        Column::BirthRegistrationUnit,
        Column::BirthRegistrationText,
        Some(Column::BirthRegistrationCountry),
    );
    fields.set(Field::BirthRegistration, registered.map(Value::Place));
    let native = cells.place(
        Column::NativeUnit,
        Column::NativeText,
        Some(Column::NativeCountry),
    );
    fields.set(Field::NativePlace, native.map(Value::Place));
    let current = cells.place(Column::CurrentUnit, Column::CurrentText, None);
    fields.set(Field::Current, current.map(Value::Place));
    fields.set(Field::Ethnic, cells.ethnic().map(Value::Ethnic));
    let religion = cells.optional(Column::Religion);
    fields.set(Field::Religion, religion.map(Value::Religion));
    let countries = cells.countries();
    if !countries.is_empty() {
        fields.set(Field::Nationality, Some(Value::Countries(countries)));
    }
}

fn death(cells: &mut Cells<'_>, fields: &mut Fields) {
    let ground = cells.line(Column::DeathGround);
    let date = cells.date(Column::DeathDate);
    let declared = match cells.text(Column::DeathDeclared) {
        "" => None,
        "missing" => Some(Declared::Missing),
        "dead" => Some(Declared::Dead),
        _ => {
            let words = "what a court declared is missing or dead; empty if there was no court";
            cells.fault(Column::DeathDeclared, "declared_unknown_value", words);
            None
        }
    };
    let place = cells.place(
        Column::DeathPlaceUnit,
        Column::DeathPlaceText,
        Some(Column::DeathPlaceCountry),
    );
    let certificate = cells.line(Column::DeathCertificate);
    let death = date.map(|date| Death {
        date,
        place: place.unwrap_or_default(),
        ground,
        declared,
        certificate,
    });
    fields.set(Field::Death, death.map(Value::Death));
}

/// What was and is besides what has columns of its own.
fn entries(cells: &mut Cells<'_>, fields: &mut Fields) {
    for (column, ..) in HISTORIES {
        match read_entries(cells.row(), column, cells.as_written, fields) {
            Ok(doubts) => {
                for doubt in doubts {
                    cells.warn(column, doubt.code, &doubt.to_string());
                }
            }
            Err(fault) => cells.fault(column, fault.code, &fault.to_string()),
        }
    }
    let certificate = cells.line(Column::BirthCertificate);
    let birth_order = match cells.text(Column::BirthOrder) {
        "" => 0,
        text => text.parse().unwrap_or_else(|_| {
            let words = "the place among those born together is 1, 2 or so on, or empty";
            cells.fault(Column::BirthOrder, "birth_order_form", words);
            0
        }),
    };
    if birth_order > 0 || !certificate.is_empty() {
        let entry = BirthEntry {
            certificate,
            birth_order,
        };
        fields.set(Field::BirthEntry, Some(Value::BirthEntry(entry)));
    }
}

/// Items without a field are kept as they came.
fn others(cells: &mut Cells<'_>, fields: &mut Fields) {
    let items = match cells.row().others() {
        Ok(items) => items,
        Err(_) => {
            cells.fault(Column::Others, "cell_parts", "this cell has too many parts");
            return;
        }
    };
    let status = cells.text(Column::MaritalStatus);
    let is_derived = match Person(fields).marital_status() {
        MaritalStatus::Married => status == "2",
        MaritalStatus::DivorcedOrWidowed => status == "3",
        _ => matches!(status, "" | "0" | "1"),
    };
    let kept =
        (!status.is_empty() && !is_derived).then(|| (STATUS_ITEM.to_owned(), status.to_owned()));
    if kept.is_some() && status != "3" {
        let words = "the marital status does not fit the marriage of the row: both are kept";
        cells.warn(Column::MaritalStatus, "marital_status_differs", words);
    }
    let mut spouse_without_date = false;
    for (name, text) in items.into_iter().chain(kept) {
        spouse_without_date |= name.starts_with("qcvn:VoChong/");
        if let Some(column) = qcvn::above_commune(&name) {
            let words = "the place is told as a district or a province: kept as an item";
            cells.warn(column, "unit_above_commune", words);
        }
        if qcvn::is_unlisted_religion(&name) {
            let words = "no religion of the list has this code: kept as an item";
            cells.warn(Column::Religion, "religion_unlisted", words);
        }
        match (Line::parse(&name), Line::parse(&text)) {
            (Ok(key), Ok(text)) => fields.push(Field::Others, Value::Other(Other { key, text })),
            _ => cells.fault(
                Column::Others,
                "text_too_long",
                "an item without a field of its own is too long, or holds a control character",
            ),
        }
    }
    if spouse_without_date {
        let words = "a spouse is given and no date of marriage: kept as an item, not as a marriage";
        cells.warn(Column::MarriageDate, "spouse_without_date", words);
    }
}

/// What is odd and lawful.
fn doubts(cells: &mut Cells<'_>, pin: Option<Pin>, fields: &Fields) {
    let person = Person(fields);
    let year = person.birth().and_then(BirthDate::year);
    if let (Some(pin), Some(sex)) = (pin, person.sex()) {
        for warning in pin.warnings(*sex, year) {
            cells.warn(Column::Pin, warning.code(), &warning.to_string());
        }
    }
    if cells.row().residence_from_assumed {
        let words = "no first day of residence is given: the date of the message stands for it";
        cells.warn(Column::ResidenceFrom, "residence_from_assumed", words);
    }
}

fn family(cells: &mut Cells<'_>, fields: &mut Fields) {
    let father = cells.link(Column::FatherName, Column::FatherPin);
    fields.set(Field::Father, father.map(Value::Person));
    let mother = cells.link(Column::MotherName, Column::MotherPin);
    fields.set(Field::Mother, mother.map(Value::Person));
    let representative = cells.link(Column::RepresentativeName, Column::RepresentativePin);
    fields.set(Field::Representative, representative.map(Value::Person));
    let spouse = cells.link(Column::SpouseName, Column::SpousePin);
    match (spouse, cells.date(Column::MarriageDate)) {
        (Some(spouse), Some(date)) => {
            let marriage = Marriage {
                spouse,
                date,
                certificate: cells.line(Column::MarriageCertificate),
                ended: None,
                ground: Line::default(),
            };
            fields.push(Field::Marriages, Value::Marriage(marriage));
        }
        (Some(_), None) => {
            let words = "a spouse is given and no date of marriage; the year alone would do";
            cells.fault(Column::MarriageDate, "marriage_without_date", words);
        }
        (None, _) => {}
    }
}
