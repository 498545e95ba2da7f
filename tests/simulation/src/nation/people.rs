//! The people of the nation: a few in every commune, with a home there, in households of three.

use registry::code::Sex;
use registry::date::PartialDate;
use registry::fields::Fields;
use registry::pin::Pin;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::unit::UnitTable;
use registry::value::{Line, Membership, Place, Residence, Value};
use registry::{OfficeCode, RecordId};
use serde_json::json;

/// People of a household.
const MEMBERS: u32 = 3;

/// Somebody, as a card shows them.
pub(super) struct Resident {
    pub(super) id: RecordId,
    pub(super) home: OfficeCode,
    pub(super) pin: String,
    pub(super) name: String,
    pub(super) birth: String,
    pub(super) household: RecordId,
    head: bool,
    sex: Sex,
}

/// So many people in each commune.
pub(super) fn residents(codes: &[OfficeCode], each: u32) -> Vec<Resident> {
    let table = UnitTable::before_july_2025();
    let mut all = Vec::new();
    for (place, code) in (0u32..).zip(codes) {
        let prefix = table.pin_prefix(*code).unwrap_or(1);
        for number in 0..each {
            let sex = if number % 2 == 1 {
                Sex::Female
            } else {
                Sex::Male
            };
            // Unlike birth days and names, so that nobody is taken for somebody else.
            let serial = place.wrapping_mul(each).wrapping_add(number);
            let year = 1950 + u16::try_from(serial % 50).unwrap_or(0);
            let Some(pin) = Pin::compose(prefix, sex, year, (serial / 50) % 1_000_000) else {
                continue;
            };
            let (month, day) = (1 + serial / 50 % 12, 1 + serial / 600 % 28);
            all.push(Resident {
                id: id(*code, "person", number),
                home: *code,
                pin: pin.digits(),
                name: format!("Nguyễn {} {}", letters(serial), letters(serial / 7 + 13)),
                birth: format!("{year}-{month:02}-{day:02}"),
                household: id(*code, "household", number / MEMBERS),
                head: number % MEMBERS == 0,
                sex,
            });
        }
    }
    all
}

fn id(code: OfficeCode, what: &str, number: u32) -> RecordId {
    RecordId::derive(
        "record of the nation",
        &[what.as_bytes(), &code.to_be_bytes(), &number.to_be_bytes()],
    )
}

/// A name of its own for a number.
fn letters(mut number: u32) -> String {
    let mut name = String::from("A");
    loop {
        name.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}

/// Their records, and those of their households.
pub(super) fn records(codes: &[OfficeCode], residents: &[Resident]) -> Vec<Record> {
    let mut records = Vec::with_capacity(residents.len() * 2);
    for resident in residents {
        records.push(person(resident));
        if resident.head {
            let mut fields = Fields::new();
            fields.set(Field::HouseholdHead, Some(Value::Head(resident.id)));
            let place = Place {
                unit: Some(resident.home),
                ..Place::default()
            };
            fields.set(Field::HouseholdAddress, Some(Value::Place(place)));
            records.push(Record::new(
                resident.household,
                RecordKind::Household,
                fields,
            ));
        }
    }
    debug_assert!(codes.len() <= records.len());
    records
}

fn person(resident: &Resident) -> Record {
    let mut fields = Fields::new();
    let mut set = |field, value: serde_json::Value| {
        fields.set(field, serde_json::from_value::<Value>(value).ok());
    };
    set(Field::Name, json!({"name": resident.name}));
    set(Field::Pin, json!({"pin": resident.pin}));
    set(Field::BirthDate, json!({"birth": resident.birth}));
    let sex = if resident.sex == Sex::Female {
        "female"
    } else {
        "male"
    };
    set(Field::Sex, json!({"sex": sex}));
    let relation = if resident.head { "head" } else { "child" };
    set(Field::Relation, json!({"relation": relation}));
    if let Ok(since) = "2015-01-01".parse::<PartialDate>() {
        let home = Residence {
            unit: resident.home,
            address: Line::default(),
            from: since,
            until: None,
            to: None,
            ground: Line::default(),
        };
        fields.push(Field::Permanent, Value::Residence(home));
        let membership = Membership {
            household: resident.household,
            since,
        };
        fields.set(Field::Membership, Some(Value::Membership(membership)));
    }
    Record::new(resident.id, RecordKind::Person, fields)
}
