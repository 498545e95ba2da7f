//! Names that a person is known by besides: added, taken away, put in each other's place; what two
//! offices add beside each other stays; and every refusal.
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

use registry::act::{Act, ActKind};
use registry::code::Role;
use registry::dispute::Standing;
use registry::record::Record;
use registry::schema::Field;
use registry::value::Value;
use registry::{NodeId, OfficeCode};
use serde_json::{Value as Json, json};
use town::{ALL, Town, attested, author, id};

fn other(key: &str, names: Json) -> Json {
    attested(json!({"act": "registry_correction", "person": id(key), "other_names": names}))
}

fn names_in(record: &Record) -> Vec<String> {
    let standing = Standing::of(record).unwrap();
    let mut names: Vec<String> = standing
        .fields
        .entries(Field::OtherNames)
        .map(|(_, value)| match value {
            Value::Name(name) => name.as_str().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    names.sort();
    names
}

fn names(town: &Town, key: &str) -> Vec<String> {
    names_in(&town.records[&id(key)])
}

#[test]
fn names_are_added_taken_away_and_put_in_each_other_s_place() {
    let mut town = Town::new();
    town.change("an", |fields| {
        fields.push(Field::OtherNames, town::value(json!({"name": "Lê Văn Tí"})));
    });
    town.perform(other("an", json!({"add": "Ba An"})));
    assert_eq!(names(&town, "an"), ["Ba An", "Lê Văn Tí"]);
    // One that came with the register goes like any other, however it is written.
    town.perform(other("an", json!({"remove": "LÊ  VĂN TÍ"})));
    assert_eq!(names(&town, "an"), ["Ba An"]);
    town.perform(other("an", json!({"remove": "Ba An", "add": "Bác Ba"})));
    assert_eq!(names(&town, "an"), ["Bác Ba"]);
    // What was taken away may come back, and goes with other items of the police.
    let mut both = other("an", json!({"add": "Ba An"}));
    both["fields"] = json!([{"field": "blood", "value": {"blood": "o"}}]);
    town.perform(both);
    assert_eq!(names(&town, "an"), ["Ba An", "Bác Ba"]);
    assert!(town.fields("an").single(Field::Blood).is_some());
}

#[test]
fn every_refusal_says_what_to_do() {
    let mut town = Town::new();
    town.perform(other("an", json!({"add": "Ba An"})));
    town::check_refusals(
        &town,
        vec![
            (
                other("an", json!({"add": "lê văn an"})),
                "input_invalid",
                Some("other_names.add"),
            ),
            (
                other("an", json!({"remove": "Bác Ba"})),
                "input_invalid",
                Some("other_names.remove"),
            ),
            (
                other("an", json!({"add": "BA AN"})),
                "nothing_changes",
                None,
            ),
            (other("an", json!({})), "nothing_changes", None),
            (
                other("cu", json!({"add": "Cụ Cả"})),
                "person_dead",
                Some("person"),
            ),
        ],
    );
    let civil = town.file_as(&[Role::CivilStatus], other("an", json!({"add": "Bác Ba"})));
    assert_eq!(civil.unwrap_err().code(), "role_missing");
    let police = town.file_as(&ALL, other("an", json!({"add": "Bác Ba"})));
    assert_eq!(police.unwrap().body.kind, ActKind::RegistryCorrection);
    for serial in 1..16 {
        town.perform(other(
            "an",
            json!({"add": format!("Tên {}", "x".repeat(serial))}),
        ));
    }
    assert_eq!(names(&town, "an").len(), 16);
    let full = other("an", json!({"add": "Tên nữa"}));
    assert_eq!(town.refused(full).0, "act_too_large");
    town.perform(other("an", json!({"remove": "Ba An", "add": "Tên nữa"})));
}

/// Each of two offices adds a name unknown to the other, in either order.
#[test]
fn what_two_offices_add_beside_each_other_stays() {
    let filed = |names: Json, node: u8| {
        let plan = Town::new().file(other("an", names)).unwrap();
        let mut by = author(1);
        by.node = NodeId::new([node; 16]);
        Act {
            author: by,
            office: OfficeCode::new(u32::from(node)),
            body: plan.body,
        }
    };
    let both = |first: &Act, second: &Act| {
        let before = Town::new().records[&id("an")].clone();
        let record = first.apply(0, Some(&before)).unwrap();
        let record = second.apply(0, Some(&record)).unwrap();
        assert_eq!(Standing::of(&record).unwrap().disputes.len(), 0);
        names_in(&record)
    };
    let (one, two) = (
        filed(json!({"add": "Ba An"}), 4),
        filed(json!({"add": "Bác Ba"}), 8),
    );
    assert_eq!(both(&one, &two), ["Ba An", "Bác Ba"]);
    assert_eq!(both(&two, &one), ["Ba An", "Bác Ba"]);
    // The same one twice stands twice, and goes as one.
    let again = filed(json!({"add": "Ba An"}), 8);
    let mut town = Town::new();
    let record = one.apply(0, Some(&town.records[&id("an")])).unwrap();
    let record = again.apply(0, Some(&record)).unwrap();
    assert_eq!(names_in(&record), ["Ba An", "Ba An"]);
    town.records.insert(id("an"), record);
    town.perform(other("an", json!({"remove": "ba an"})));
    assert!(names(&town, "an").is_empty());
}
