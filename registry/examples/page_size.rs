//! Measures what a record of a first fill costs on the wire: pages of a synthetic commune by
//! column, compressed as the session does. `cargo run -p registry --example page_size`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

use registry::attachment::Attachment;
use registry::columns::{PAGE_RECORDS_MAX, encode_page};
use registry::fields::Fields;
use registry::population::{Kin, Population, SyntheticHousehold, SyntheticPerson};
use registry::portrait::Portrait;
use registry::record::{Content, Record};
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Marriage, Membership, PersonLink, Place, Residence, Value};
use registry::{OfficeCode, RecordId};

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn kin(kin: &Kin) -> PersonLink {
    kin.pin.map_or_else(
        || PersonLink::Named {
            name: kin.name.clone(),
            pin: None,
        },
        PersonLink::Pin,
    )
}

fn person(
    unit: OfficeCode,
    home: &SyntheticHousehold,
    house: RecordId,
    who: &SyntheticPerson,
) -> Record {
    let mut f = Fields::new();
    f.set(Field::Name, Some(Value::Name(who.name.clone())));
    f.set(Field::Pin, Some(Value::Pin(who.pin)));
    f.set(Field::BirthDate, Some(Value::Birth(who.birth.clone())));
    f.set(Field::Sex, Some(Value::Sex(who.sex)));
    f.set(Field::Ethnic, Some(Value::Ethnic(who.ethnic)));
    f.set(Field::Religion, Some(Value::Religion(who.religion)));
    f.set(
        Field::Nationality,
        Some(Value::Countries(vec![who.nationality])),
    );
    f.set(Field::Relation, Some(Value::Relation(who.relation)));
    f.set(Field::Phone, who.phone.clone().map(Value::Phone));
    f.set(Field::Email, who.email.clone().map(Value::Email));
    f.set(
        Field::Father,
        who.father.as_ref().map(|k| Value::Person(kin(k))),
    );
    f.set(
        Field::Mother,
        who.mother.as_ref().map(|k| Value::Person(kin(k))),
    );
    let registered = Place {
        unit: Some(who.birth_registration),
        ..Place::default()
    };
    f.set(Field::BirthRegistration, Some(Value::Place(registered)));
    let member = Membership {
        household: house,
        since: who.residence_from.into(),
    };
    f.set(Field::Membership, Some(Value::Membership(member)));
    if let (Some(spouse), Some(date)) = (&who.spouse, who.marriage) {
        f.push(
            Field::Marriages,
            Value::Marriage(Marriage {
                spouse: kin(spouse),
                date: date.into(),
                certificate: Line::default(),
                ended: None,
                ground: Line::default(),
            }),
        );
    }
    f.push(
        Field::Permanent,
        Value::Residence(Residence {
            unit,
            address: line(home.address.as_str()),
            from: who.residence_from.into(),
            until: None,
            to: None,
            ground: Line::default(),
        }),
    );
    let id = RecordId::derive("example", &[who.pin.digits().as_bytes()]);
    Record::new(id, RecordKind::Person, f)
}

fn main() {
    let unit = OfficeCode::new(4).unwrap();
    let mut records = Vec::new();
    for home in Population::new(7, &[(unit, 32_200)]).unwrap() {
        let house = RecordId::derive("example", &[home.file.as_bytes()]);
        let mut f = Fields::new();
        let place = Place {
            unit: Some(unit),
            text: line(home.address.as_str()),
            country: None,
        };
        f.set(Field::HouseholdAddress, Some(Value::Place(place)));
        f.set(
            Field::HouseholdFile,
            Some(Value::Text(line(home.file.as_str()))),
        );
        for who in &home.members {
            let record = person(unit, &home, house, who);
            if who.relation == registry::code::Relation::Head {
                f.set(Field::HouseholdHead, Some(Value::Head(record.id)));
            }
            records.push(record);
        }
        records.push(Record::new(house, RecordKind::Household, f));
    }
    records.sort_by_key(|record| record.id);
    for level in [1, 3, 6, 9] {
        let (mut raw, mut packed) = (0, 0);
        let start = std::time::Instant::now();
        for page in records.chunks(PAGE_RECORDS_MAX) {
            let bytes = encode_page(page).unwrap();
            raw += bytes.len();
            packed += zstd::bulk::compress(&bytes, level).unwrap().len();
        }
        let per = |bytes: usize| bytes as f64 / records.len() as f64;
        println!(
            "level {level}: {} records, raw {:.1} B, packed {:.1} B a record, {:?}",
            records.len(),
            per(raw),
            per(packed),
            start.elapsed()
        );
    }
    for each in [0, 100, 10, 1] {
        portraits(&records, each);
    }
}

/// What portraits add: of every so many people one has one; nobody for 0.
fn portraits(records: &[Record], each: usize) {
    let (mut records, mut taken) = (records.to_vec(), 0);
    for (place, record) in records.iter_mut().enumerate() {
        let Content::Genesis(fields) = &mut record.content else {
            continue;
        };
        if record.kind == RecordKind::Person && each > 0 && place.is_multiple_of(each) {
            let of = |what: &str, bytes: usize| {
                let mut content = b"\xff\xd8\xff".to_vec();
                content.extend_from_slice(format!("{what} {place}").as_bytes());
                content.resize(bytes + place % 997, 0);
                Attachment::of(&content).unwrap()
            };
            let portrait = Portrait::new(of("photo", 300_000), of("small", 9_000)).unwrap();
            fields.set(Field::Portrait, Some(Value::Portrait(Box::new(portrait))));
            taken += 1;
        }
    }
    let (mut raw, mut packed) = (0, 0);
    for page in records.chunks(PAGE_RECORDS_MAX) {
        let bytes = encode_page(page).unwrap();
        raw += bytes.len();
        packed += zstd::bulk::compress(&bytes, 3).unwrap().len();
    }
    let per = |bytes: usize| bytes as f64 / records.len() as f64;
    println!(
        "level 3, {taken} portraits: raw {:.2} B, packed {:.2} B a record",
        per(raw),
        per(packed)
    );
}
