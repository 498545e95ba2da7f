//! The portrait of a person: what its act names, in which order, and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

mod town;

use registry::RecordId;
use registry::act::{ActBody, EVIDENCE_MAX};
use registry::attachment::{ATTACHMENTS_MAX, Attachment};
use registry::code::Role;
use registry::columns::{decode_page, encode_page};
use registry::portrait::Portrait;
use registry::procedure::{ActInput, Filing, Plan, Refusal, plan};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use serde_json::{Value as Json, json};
use town::{ALL, Town, desk, id, with};

fn jpeg(bytes: usize, salt: u8) -> Attachment {
    let mut content = b"\xff\xd8\xff\xe0".to_vec();
    content.resize(bytes, salt);
    Attachment::of(&content).unwrap()
}

fn pdf() -> Attachment {
    Attachment::of(b"%PDF-1.7 a scan").unwrap()
}

fn portrait(key: &str, photo: Attachment, more: Json) -> Json {
    with(
        json!({"act": "portrait", "person": id(key), "photo": photo}),
        more,
    )
}

/// The act as the office files it: with the thumbnail that it made.
fn file_as(town: &Town, roles: &[Role], filing: Json, small: Attachment) -> Result<Plan, Refusal> {
    let mut filing: Filing = serde_json::from_value(filing).unwrap();
    let ActInput::Portrait(input) = &mut filing.input else {
        panic!("no portrait")
    };
    input.thumbnail = Some(small);
    plan(&filing, &desk(1, roles), town)
}

fn file(town: &Town, filing: Json) -> Result<Plan, Refusal> {
    file_as(town, &ALL, filing, jpeg(9_000, 1))
}

fn code(refused: Result<Plan, Refusal>) -> (&'static str, Option<&'static str>) {
    let refusal = refused.unwrap_err();
    assert!(refusal.to_string().len() > 20, "{refusal}");
    (refusal.code(), refusal.field())
}

#[test]
fn the_act_names_the_thumbnail_first_and_then_the_photograph() {
    let town = Town::new();
    let (photo, small) = (jpeg(300_000, 2), jpeg(9_000, 1));
    let papers = json!({"evidence": [{"kind": "tờ khai", "attachments": [pdf()]}]});
    let plan = file(&town, portrait("an", photo, papers)).unwrap();
    let named: Vec<Attachment> = plan.body.attachments().collect();
    assert_eq!(named, [small, photo, pdf()]);
    assert_eq!(plan.body.evidence[0].kind.as_str(), "ảnh chân dung");
    let bytes = plan.body.encode().unwrap();
    assert_eq!(ActBody::decode(&bytes).unwrap(), plan.body);
    assert_eq!(plan.body.changes.len(), 1);
    assert!(plan.body.kind.tells_of_life());
}

#[test]
fn a_person_puts_as_many_files_to_a_portrait_as_to_any_act_and_the_thumbnail_is_not_one() {
    let town = Town::new();
    let scans = |count: u8| -> Vec<Attachment> { (0..count).map(|salt| jpeg(50, salt)).collect() };
    let with_scans = |count: usize| {
        let scans = scans(u8::try_from(count).unwrap());
        let papers = json!({"evidence": [{"kind": "tờ khai", "attachments": scans}]});
        file(&town, portrait("an", jpeg(300_000, 99), papers))
    };
    let most = with_scans(ATTACHMENTS_MAX - 1).unwrap();
    assert_eq!(most.body.attachments().count(), ATTACHMENTS_MAX + 1);
    assert!(ActBody::decode(&most.body.encode().unwrap()).is_ok());
    assert_eq!(
        code(with_scans(ATTACHMENTS_MAX)),
        ("act_too_large", Some("evidence"))
    );
    let papers = vec![json!({"kind": "tờ khai"}); EVIDENCE_MAX];
    let many = portrait("an", jpeg(300_000, 99), json!({"evidence": papers}));
    assert_eq!(code(file(&town, many)), ("act_too_large", Some("evidence")));
    // Another act does not get the one more.
    let mut other = most.body;
    other.kind = registry::act::ActKind::Contact;
    assert!(ActBody::decode(&other.encode().unwrap()).is_err());
}

#[test]
fn what_shows_no_face_or_is_no_picture_is_refused_in_words() {
    let mut town = Town::new();
    let photo = jpeg(300_000, 2);
    let none = json!({"act": "portrait", "person": id("an")});
    assert_eq!(code(file(&town, none)), ("input_missing", Some("photo")));
    let scan = portrait("an", pdf(), json!({}));
    assert_eq!(code(file(&town, scan)), ("input_invalid", Some("photo")));
    // Nobody names the thumbnail; without the office's none is there.
    let asked = portrait("an", photo, json!({}));
    assert_eq!(
        town.refused(asked.clone()),
        ("input_missing", Some("photo"))
    );
    let told = portrait("an", photo, json!({"thumbnail": jpeg(900, 1)}));
    assert!(serde_json::from_value::<Filing>(told).is_err());
    let large = file_as(&town, &ALL, asked.clone(), jpeg(13_000, 1));
    assert_eq!(code(large), ("input_invalid", Some("photo")));
    let residence = file_as(&town, &[Role::Residence], asked.clone(), jpeg(900, 1));
    assert_eq!(code(residence).0, "role_missing");
    let identification = [Role::Identification];
    assert!(file_as(&town, &identification, asked.clone(), jpeg(900, 1)).is_ok());
    let unknown = portrait("nobody", photo, json!({}));
    assert_eq!(
        code(file(&town, unknown)),
        ("record_not_held", Some("person"))
    );
    town.change("an", |fields| {
        let held = Portrait::new(photo, jpeg(9_000, 1)).unwrap();
        fields.set(Field::Portrait, Some(Value::Portrait(Box::new(held))));
    });
    assert_eq!(code(file(&town, asked)).0, "nothing_changes");
    let another = portrait("an", jpeg(200_000, 3), json!({}));
    assert!(file(&town, another).is_ok());
}

#[test]
fn a_correction_empties_a_portrait_and_never_puts_one() {
    let mut town = Town::new();
    let held = Portrait::new(jpeg(300_000, 2), jpeg(9_000, 1)).unwrap();
    let value = Value::Portrait(Box::new(held));
    let change = |to: Json| {
        json!({"act": "registry_correction", "person": id("an"),
            "fields": [{"field": "portrait", "value": to}]})
    };
    let put = change(serde_json::to_value(&value).unwrap());
    assert_eq!(town.refused(put), ("input_invalid", Some("portrait")));
    town.change("an", |fields| fields.set(Field::Portrait, Some(value)));
    town.perform(change(Json::Null));
    assert_eq!(town.fields("an").single(Field::Portrait), None);
}

#[test]
fn somebody_without_a_portrait_costs_no_byte_in_a_page() {
    let town = Town::new();
    let record = |index: u8| {
        let fields = town.fields("an");
        Record::new(RecordId::new([index; 16]), RecordKind::Person, fields)
    };
    let mut records: Vec<Record> = (0..100).map(record).collect();
    let without = encode_page(&records).unwrap();
    // One of a hundred has a portrait: its value, and for each of the others the count of none.
    let held = Portrait::new(jpeg(300_000, 2), jpeg(9_000, 1)).unwrap();
    let value = Value::Portrait(Box::new(held));
    let mut fields = town.fields("an");
    fields.set(Field::Portrait, Some(value.clone()));
    records[7] = Record::new(records[7].id, RecordKind::Person, fields);
    let with_one = encode_page(&records).unwrap();
    let value_bytes = postcard::to_stdvec(&value).unwrap().len();
    assert_eq!(
        with_one.len() - without.len(),
        value_bytes + records.len() + 4
    );
    assert!(value_bytes < 80, "{value_bytes}");
    assert_eq!(decode_page(&with_one).unwrap(), records);
}
