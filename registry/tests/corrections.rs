//! What a correction may not write: that for which there is an act of its own is refused here as that
//! act refuses it, and a household keeps one head, whichever act names it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

use registry::code::Relation;
use registry::paper::used_by;
use registry::person::Person;
use registry::schema::Field;
use serde_json::{Value as Json, json};
use town::{Town, attested, card, check_refusals, decided, here, id, value, with};

mod town;

fn written(act: &str, key: &str, fields: &[(&str, Json)]) -> Json {
    let fields: Vec<_> = fields
        .iter()
        .map(|(field, value)| json!({"field": field, "value": value}))
        .collect();
    attested(json!({"act": act, "person": id(key), "fields": fields}))
}

fn corrected(key: &str, fields: &[(&str, Json)]) -> Json {
    written("correction", key, fields)
}

fn adjusted(key: &str, fields: &[(&str, Json)]) -> Json {
    written("registry_correction", key, fields)
}

fn member(household: &str) -> Json {
    json!({"membership": {"household": id(household), "since": "2020-01-01"}})
}

fn relation(relation: &str) -> Json {
    json!({"relation": relation})
}

/// A third household is closed, a fourth is of another commune; `em` is a second child of `one`.
fn town() -> Town {
    let mut town = Town::new();
    for (key, unit) in [("closed", "00004"), ("far", "01273")] {
        let mut house = registry::fields::Fields::new();
        let place = json!({"place": {"unit": unit, "text": "số 1"}});
        house.set(Field::HouseholdAddress, Some(value(place)));
        if key == "closed" {
            house.set(Field::HouseholdRevoked, Some(value(json!({"text": "x"}))));
        }
        town.put(key, registry::schema::RecordKind::Household, house);
    }
    town.person("em", "2005-05-05", "female", Some(("one", "child")));
    town
}

#[test]
fn a_corrected_household_is_one_of_the_office_that_stands() {
    let mut town = town();
    let field = Some("membership");
    let goes = |to: &str| adjusted("binh", &[("membership", member(to))]);
    check_refusals(
        &town,
        vec![
            (goes("nowhere"), "record_not_held", field),
            (goes("an"), "record_of_other_kind", field),
            (goes("closed"), "registration_revoked", field),
            (goes("far"), "input_invalid", field),
        ],
    );
    town.perform(goes("two"));
    let fields = town.fields("binh");
    assert_eq!(Person(&fields).membership().unwrap().household, id("two"));
}

#[test]
fn a_corrected_household_leaves_the_former_one_in_order() {
    let town = town();
    let field = Some("membership");
    check_refusals(
        &town,
        vec![
            // The head, while others stay, and the last one: both are for an act of households.
            (
                adjusted("an", &[("membership", member("two"))]),
                "rule_not_met",
                field,
            ),
            (
                adjusted("an", &[("membership", json!(null))]),
                "rule_not_met",
                field,
            ),
            (
                adjusted("dung", &[("membership", member("one"))]),
                "input_invalid",
                field,
            ),
        ],
    );
    // Only since when: nobody leaves.
    assert!(
        town.file(adjusted("an", &[("membership", member("one"))]))
            .is_ok()
    );
}

#[test]
fn no_act_names_a_second_head_beside_the_one_who_stands() {
    let mut town = town();
    let moves = |people: Json, more: Json| {
        let filing = json!({"act": "permanent_registration", "people": people,
            "address": "số 3", "ground": "thuê nhà"});
        with(attested(filing), more)
    };
    let collected = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Lê Văn Mới", "birth_date": "1990-01-01",
        "sex": "male", "address": "số 3", "household": id("one"), "relation": "head"});
    let joins = json!({"household": id("one")});
    let two_heads = json!([{"person": here("khach")}, {"person": card(3), "relation": "head"}]);
    let headless = json!([{"person": here("khach"), "relation": "child"}]);
    let field = Some("relation");
    let refused = |filing: Json| (filing, "rule_not_met", field);
    check_refusals(
        &town,
        vec![
            refused(adjusted("binh", &[("relation", relation("head"))])),
            refused(adjusted("an", &[("relation", relation("other"))])),
            refused(adjusted("an", &[("relation", json!(null))])),
            refused(adjusted(
                "binh",
                &[
                    ("membership", member("two")),
                    ("relation", relation("head")),
                ],
            )),
            refused(collected.clone()),
            refused(moves(
                json!([{"person": here("khach"), "relation": "head"}]),
                joins.clone(),
            )),
            refused(moves(
                json!([{"person": card(3), "relation": "head"}]),
                joins.clone(),
            )),
            refused(moves(two_heads, json!({}))),
            refused(moves(headless, json!({}))),
            (
                adjusted("khach", &[("relation", relation("child"))]),
                "input_invalid",
                field,
            ),
        ],
    );
    town.file(with(collected, relation("child"))).unwrap();
    town.perform(moves(json!([{"person": here("khach")}]), joins.clone()));
    // The head of the household who only moves within it stays its head.
    town.perform(moves(json!([{"person": here("an")}]), joins));
    let fields = town.fields("an");
    assert_eq!(Person(&fields).relation(), Some(&Relation::Head));
}

#[test]
fn a_corrected_parent_is_an_older_person_and_another_one() {
    let town = town();
    let own = |key: &str| {
        let fields = town.fields(key);
        json!({"person": {"pin": Person(&fields).pin()}})
    };
    let of = |key: &str| json!({"person": {"record": id(key)}});
    let wrong = |key: &str, field: &'static str, value: Json| {
        (
            corrected(key, &[(field, value)]),
            "input_invalid",
            Some(field),
        )
    };
    check_refusals(
        &town,
        vec![
            wrong("em", "mother", of("em")),
            wrong("em", "father", own("em")),
            wrong("em", "representative", of("em")),
            wrong("an", "father", of("dung")),
            wrong("an", "mother", own("em")),
            (
                corrected("em", &[("father", of("two"))]),
                "record_of_other_kind",
                Some("father"),
            ),
            (
                corrected("em", &[("father", of("an")), ("mother", of("an"))]),
                "input_invalid",
                Some("father"),
            ),
            // The birth date of the same correction counts.
            (
                corrected(
                    "em",
                    &[
                        ("mother", of("binh")),
                        ("birth_date", json!({"birth": "1971-01-01"})),
                    ],
                ),
                "input_invalid",
                Some("mother"),
            ),
        ],
    );
    let right = corrected("em", &[("father", of("an")), ("mother", of("binh"))]);
    town.file(right).unwrap();
}

#[test]
fn a_correction_changes_no_declaration_of_a_court() {
    let mut town = town();
    let died = |more: Json| with(json!({"date": "2026-02-01", "ground": "x"}), more);
    let death = |more: Json| corrected("cu", &[("death", json!({"death": died(more)}))]);
    for declared in ["missing", "dead"] {
        let refused = town.refused(death(json!({"declared": declared})));
        assert_eq!(refused, ("input_invalid", Some("death")), "{declared}");
    }
    let plan = town.perform(death(json!({})));
    // It is no act after the death, by either date.
    assert_eq!(plan.body.effective, "2026-02-01".parse().unwrap());
    let later = town.file(death(json!({"date": "2026-03-05"}))).unwrap();
    assert_eq!(later.body.effective, "2026-02-01".parse().unwrap());
    let fields = town.fields("cu");
    let day = Person(&fields).death().unwrap().date;
    assert_eq!(day, "2026-02-01".parse().unwrap());
}

#[test]
fn a_corrected_number_in_the_book_of_deaths_is_no_other_s() {
    let mut town = town();
    let died = |key: &str, number: &str| {
        decided(
            json!({"act": "death", "person": here(key), "date": "2026-11-01",
            "ground": "giấy báo tử", "certificate": number}),
        )
    };
    town.perform(died("dung", "17/2026"));
    town.perform(died("em", "18/2026"));
    let renumbered = |key: &str, number: &str, date: &str| {
        let death = json!({"death": {"date": date, "ground": "giấy báo tử",
            "certificate": number}});
        corrected(key, &[("death", death)])
    };
    let used = ("book_number_used", Some("certificate"));
    assert_eq!(
        town.refused(renumbered("em", "17/2026", "2026-11-01")),
        used
    );
    assert_eq!(
        town.refused(renumbered("em", "số", "2026-11-01")),
        ("input_invalid", Some("certificate"))
    );
    // Only the day: the number is its own.
    town.file(renumbered("em", "18/2026", "2026-11-02"))
        .unwrap();
    let act = town.act(renumbered("em", "19/2026", "2026-11-01"));
    assert_eq!(used_by(&act).len(), 1);
    // From then on nobody else has it, and what it had before may come back.
    assert_eq!(town.refused(died("khach", "19/2026")), used);
    town.file(renumbered("em", "18/2026", "2026-11-01"))
        .unwrap();
}
