//! Households that split and merge, and addresses that are written otherwise. What each makes, and
//! every refusal.
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

use registry::code::Relation;
use registry::person::{Person, head_of};
use registry::procedure::Notice;
use registry::schema::Field;
use registry::value::Value;
use serde_json::{Value as Json, json};
use town::{Town, id, value, with};

fn paper() -> Json {
    json!({"evidence": [{"kind": "biên bản"}]})
}

fn no_paper() -> Json {
    json!({"evidence": []})
}

#[test]
fn a_head_who_leaves_by_a_split_is_followed_by_one_of_those_who_stay() {
    let mut town = Town::new();
    town.person("em", "1975-01-01", "male", Some(("one", "sibling")));
    let split = |more: Json| {
        let filing = json!({"act": "household_split", "household": id("one"),
            "leaving": [id("an")], "new_head": id("an"), "evidence": [{"kind": "văn bản đồng ý"}]});
        with(filing, more)
    };
    let head = Some("remaining_head");
    assert_eq!(town.refused(split(json!({}))), ("rule_not_met", head));
    let gone = town.refused(split(json!({"remaining_head": id("an")})));
    assert_eq!(gone, ("input_invalid", head));
    let all = json!({"leaving": [id("an"), id("binh"), id("em")]});
    assert_eq!(town.refused(split(all)), ("input_invalid", Some("leaving")));
    town.perform(split(json!({"remaining_head": id("em")})));
    assert_eq!(head_of(&town.fields("one")), Some(id("em")));
    let em = town.fields("em");
    assert_eq!(Person(&em).relation(), Some(&Relation::Head));
    let an = town.fields("an");
    assert_ne!(Person(&an).membership().unwrap().household, id("one"));
}

#[test]
fn a_merge_moves_every_living_member_and_closes_the_emptied_household() {
    let mut town = Town::new();
    let plan = town.perform(json!({"act": "household_merge", "household": id("one"),
        "into": id("two"), "relations": [{"person": id("an"), "relation": "sibling"}],
        "evidence": [{"kind": "CT01"}]}));
    assert_eq!(
        plan.notices,
        [Notice::AddressDiffers, Notice::HouseholdClosed]
    );
    for (key, relation) in [("an", Relation::Sibling), ("binh", Relation::Other)] {
        let fields = town.fields(key);
        let person = Person(&fields);
        assert_eq!(person.membership().unwrap().household, id("two"));
        assert_eq!(person.relation(), Some(&relation));
    }
    assert_eq!(head_of(&town.fields("two")), Some(id("dung")));
    let Some(Value::Text(why)) = town.fields("one").single(Field::HouseholdRevoked).cloned() else {
        panic!("closed");
    };
    assert!(why.as_str().contains(&id("two").to_string()));
    // The dead stay where they were.
    let cu = town.fields("cu");
    assert_eq!(Person(&cu).membership().unwrap().household, id("one"));
}

#[test]
fn a_merge_is_refused_with_itself_with_a_closed_one_and_with_a_second_head() {
    let mut town = Town::new();
    let merge = |more: Json| {
        let filing = json!({"act": "household_merge", "household": id("one"), "into": id("two"),
            "evidence": [{"kind": "CT01"}]});
        with(filing, more)
    };
    for (more, refusal) in [
        (json!({"into": id("one")}), ("input_invalid", Some("into"))),
        (
            json!({"into": id("an")}),
            ("record_of_other_kind", Some("into")),
        ),
        (
            json!({"relations": [{"person": id("dung"), "relation": "child"}]}),
            ("input_invalid", Some("relations")),
        ),
        (
            json!({"relations": [{"person": id("an"), "relation": "head"}]}),
            ("rule_not_met", Some("relations")),
        ),
    ] {
        assert_eq!(town.refused(merge(more)), refusal);
    }
    town.perform(merge(json!({})));
    assert_eq!(
        town.refused(merge(json!({}))),
        ("registration_revoked", Some("household"))
    );
    let mut town = Town::new();
    town.change("two", |fields| {
        let place = json!({"place": {"unit": "01273"}});
        fields.set(Field::HouseholdAddress, Some(value(place)));
    });
    assert_eq!(
        town.refused(merge(json!({}))),
        ("rule_not_met", Some("into"))
    );
}

fn adjustment(more: Json) -> Json {
    let filing = json!({"act": "residence_adjustment", "ground": "Nghị quyết 12"});
    with(filing, more)
}

#[test]
fn an_adjustment_writes_addresses_anew_and_moves_nobody() {
    let mut town = Town::new();
    town.perform(adjustment(json!({
        "people": [{"person": id("an"), "permanent_address": "số 14, tổ 3"},
            {"person": id("khach"), "temporary_address": "ngõ 3, tổ 3"}],
        "households": [{"household": id("one"), "address": "số 14, tổ 3"}]})));
    let home = town.home("an", Field::Permanent);
    assert_eq!((home.address.as_str(), home.to), ("số 14, tổ 3", None));
    assert_eq!(home.from, "2001-01-01".parse().unwrap());
    assert_eq!(
        town.home("khach", Field::Temporary).address.as_str(),
        "ngõ 3, tổ 3"
    );
    let again = adjustment(json!({"people": [{"person": id("an"),
        "permanent_address": "số 14, tổ 3"}]}));
    assert_eq!(town.refused(again), ("nothing_changes", None));
}

#[test]
fn a_relation_is_put_right_with_a_paper_and_never_makes_a_second_head() {
    let mut town = Town::new();
    let relation = |key: &str, relation: &str| {
        let people = json!({"people": [{"person": id(key), "relation": relation}]});
        with(adjustment(people), paper())
    };
    let field = Some("relation");
    assert_eq!(
        town.refused(relation("binh", "head")),
        ("rule_not_met", field)
    );
    assert_eq!(
        town.refused(relation("an", "child")),
        ("rule_not_met", field)
    );
    assert_eq!(
        town.refused(relation("khach", "child")),
        ("input_invalid", field)
    );
    let without = with(relation("binh", "sibling"), no_paper());
    assert_eq!(
        town.refused(without),
        ("evidence_missing", Some("evidence"))
    );
    town.perform(relation("binh", "sibling"));
    assert_eq!(
        Person(&town.fields("binh")).relation(),
        Some(&Relation::Sibling)
    );
}

#[test]
fn an_adjustment_is_refused_without_its_decision_and_where_nobody_lives() {
    let town = Town::new();
    let an = json!({"people": [{"person": id("an"), "permanent_address": "x"}]});
    for (filing, refusal) in [
        (
            with(adjustment(an.clone()), json!({"ground": ""})),
            ("rule_not_met", Some("ground")),
        ),
        (
            adjustment(json!({"people": [{"person": id("an"), "temporary_address": "x"}]})),
            ("input_invalid", Some("people")),
        ),
        (
            adjustment(json!({"people": [{"person": id("an"), "permanent_address": ""}]})),
            ("input_invalid", Some("people")),
        ),
        (
            adjustment(json!({"people": [{"person": id("an")}, {"person": id("an")}]})),
            ("input_invalid", Some("people")),
        ),
        (
            adjustment(json!({"households": [{"household": id("an"), "address": "x"}]})),
            ("record_of_other_kind", Some("households")),
        ),
        (adjustment(json!({})), ("nothing_changes", None)),
    ] {
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
    assert!(town.file(adjustment(an)).is_ok());
}
