//! The people, the commune and the clerk that the work is about. None of them exists.

use ed25519_dalek::SigningKey;
use registry::code::Role;
use registry::feed::Officer;
use registry::fields::Fields;
use registry::procedure::Filing;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Membership, Residence, Value};
use registry::{NodeId, OfficeCode, RecordId};
use serde_json::{Value as Json, json};

/// 21 November 2026.
pub(crate) const NOW_S: i64 = 1_795_230_000;
/// People at the beginning.
pub(crate) const PEOPLE: u32 = 12;

/// Something of this small world could not be made: a mistake of this crate.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the small world of the test cannot be made: {0}")]
pub(crate) struct BadWorld(&'static str);

pub(crate) fn office() -> Result<OfficeCode, BadWorld> {
    OfficeCode::new(4).ok_or(BadWorld("office"))
}

pub(crate) fn node() -> NodeId {
    NodeId::new([7; 16])
}

pub(crate) fn centre() -> NodeId {
    NodeId::new([0xCE; 16])
}

/// The key that signs receipts.
pub(crate) fn centre_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

pub(crate) fn person_id(number: u32) -> RecordId {
    RecordId::derive("power cuts", &[&number.to_be_bytes()])
}

fn household_id() -> RecordId {
    RecordId::derive("power cuts", &[b"household"])
}

fn read<T: serde::de::DeserializeOwned>(json: Json, what: &'static str) -> Result<T, BadWorld> {
    serde_json::from_value(json).map_err(|_| BadWorld(what))
}

/// A person who lives in the commune.
pub(crate) fn person(number: u32) -> Result<Record, BadWorld> {
    let mut fields = Fields::new();
    let name = format!("Trần Thị Số {}", char::from(b'A' + (number % 26) as u8));
    fields.set(Field::Name, Some(read(json!({ "name": name }), "name")?));
    fields.set(
        Field::BirthDate,
        Some(read(json!({"birth": {"date": "1980-02-03"}}), "birth")?),
    );
    fields.set(Field::Sex, Some(read(json!({"sex": "female"}), "sex")?));
    let pin = format!("0011800{number:05}");
    fields.set(Field::Pin, Some(read(json!({ "pin": pin }), "pin")?));
    let since = read(json!("2010-01-01"), "since")?;
    fields.push(
        Field::Permanent,
        Value::Residence(Residence {
            unit: office()?,
            address: Line::parse("số 5 ngõ Tức Mạc").map_err(|_| BadWorld("address"))?,
            from: since,
            until: None,
            to: None,
            ground: Line::default(),
        }),
    );
    let household = household_id();
    fields.set(
        Field::Membership,
        Some(Value::Membership(Membership { household, since })),
    );
    Ok(Record::new(person_id(number), RecordKind::Person, fields))
}

/// The commune as it is at the beginning.
pub(crate) fn people() -> Result<Vec<Record>, BadWorld> {
    let mut fields = Fields::new();
    fields.set(Field::HouseholdHead, Some(Value::Head(person_id(0))));
    let household = Record::new(household_id(), RecordKind::Household, fields);
    let mut all = vec![household];
    for number in 0..PEOPLE {
        all.push(person(number)?);
    }
    Ok(all)
}

pub(crate) fn clerk() -> Result<Officer, BadWorld> {
    officer("an.nguyen")
}

pub(crate) fn officer(id: &str) -> Result<Officer, BadWorld> {
    Ok(Officer {
        id: id.parse().map_err(|_| BadWorld("officer"))?,
        name: Line::parse("An").map_err(|_| BadWorld("officer's name"))?,
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        active: true,
    })
}

/// A new telephone number for a person.
pub(crate) fn phone(person: u32, number: u32) -> Result<Filing, BadWorld> {
    let person = person_id(person).to_string();
    let phone = format!("09{:08}", number % 100_000_000);
    read(
        json!({"act": "contact", "person": person, "phone": phone}),
        "contact",
    )
}

/// A birth with a hospital paper of its own.
pub(crate) fn birth(number: u32) -> Result<Filing, BadWorld> {
    let paper = format!("GCS-{number}");
    let child =
        json!({"name": "Trần Gia Bảo", "birth_date": {"date": "2026-11-01"}, "sex": "male"});
    read(
        json!({"act": "birth", "child": child, "certificate": paper}),
        "birth",
    )
}
