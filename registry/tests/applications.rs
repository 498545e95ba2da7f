//! Applications for cards, numbers and accounts: what is queued, and every refusal.
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

use registry::act::Base;
use registry::application::Application;
use registry::code::{CardReason, Request};
use registry::dossier::DossierState;
use registry::procedure::Notice;
use registry::schema::Field;
use registry::value::Value;
use serde_json::{Value as Json, json};
use town::{Town, id, value, with};

/// The town with children of an: `be` is five, `nho` ten, and `moi` was born without a number.
fn town() -> Town {
    let mut town = Town::new();
    for (key, born) in [
        ("be", "2021-05-05"),
        ("nho", "2016-05-05"),
        ("moi", "2026-10-01"),
        ("tre", "2013-01-01"),
    ] {
        town.person(key, born, "female", Some(("one", "child")));
        town.change(key, |fields| {
            let father = json!({"person": {"record": id("an")}});
            fields.set(Field::Father, Some(value(father)));
        });
    }
    for key in ["moi", "tre"] {
        town.change(key, |fields| {
            fields.remove(registry::fields::Slot::single(Field::Pin));
        });
    }
    town
}

fn card(key: &str, more: Json) -> Json {
    let filing = json!({"act": "card_application", "person": id(key), "reason": "first",
        "collected": ["face", "fingerprints", "iris"]});
    with(filing, more)
}

fn father() -> Json {
    json!({"asked_by": {"record": id("an")}})
}

fn applications(town: &Town, key: &str) -> Vec<Application> {
    let fields = town.fields(key);
    let entries = fields.entries(Field::Applications);
    entries
        .map(|(_, value)| match value {
            Value::Application(application) => (**application).clone(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_card_s_dossier_is_queued_on_the_person_and_pinned_to_what_it_was_made_from() {
    let mut town = town();
    town.perform(card("dung", json!({})));
    let [application] = applications(&town, "dung").try_into().unwrap();
    assert_eq!(application.request, Request::CardIssue);
    assert_eq!(application.reason, Some(CardReason::First));
    assert_eq!(application.collected.len(), 3);
    assert_eq!(application.state, DossierState::Received);
    assert_eq!(application.pinned.seen, Base::Genesis);
    assert_eq!(application.pinned.outdated(&town.fields("dung")), []);
    let again = town.refused(card("dung", json!({"reason": "lost"})));
    assert_eq!(again, ("input_invalid", Some("person")));
}

#[test]
fn a_correction_of_what_is_printed_makes_the_dossier_outdated_and_nothing_else_does() {
    let mut town = town();
    town.perform(card("dung", json!({})));
    let [application] = applications(&town, "dung").try_into().unwrap();
    town.perform(json!({"act": "contact", "person": id("dung"), "phone": "0912345678"}));
    assert_eq!(application.pinned.outdated(&town.fields("dung")), []);
    let changed = |field: &str, value: Json| {
        json!({"act": "correction", "person": id("dung"),
            "fields": [{"field": field, "value": value}], "evidence": [{"kind": "x"}]})
    };
    town.perform(changed("name", json!({"name": "Lê Văn Dũng"})));
    town.perform(changed("birth_date", json!({"birth": "1980-05-06"})));
    assert_eq!(
        application.pinned.outdated(&town.fields("dung")),
        [Field::Name, Field::BirthDate]
    );
}

#[test]
fn what_is_taken_and_who_asks_follows_the_age() {
    let town = town();
    for (key, more, refusal) in [
        (
            "dung",
            json!({"collected": ["face"]}),
            ("rule_not_met", Some("collected")),
        ),
        ("be", father(), ("rule_not_met", Some("collected"))),
        (
            "be",
            json!({"collected": []}),
            ("rule_not_met", Some("asked_by")),
        ),
        ("nho", json!({}), ("rule_not_met", Some("asked_by"))),
        (
            "nho",
            with(father(), json!({"collected": []})),
            ("rule_not_met", Some("collected")),
        ),
        (
            "nho",
            json!({"asked_by": {"record": id("dung")}}),
            ("evidence_missing", Some("evidence")),
        ),
        (
            "nho",
            with(father(), json!({"reason": "age_reached"})),
            ("rule_not_met", Some("reason")),
        ),
    ] {
        let filing = card(key, more);
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
    assert!(town.file(card("nho", father())).is_ok());
    let young = with(father(), json!({"collected": []}));
    assert!(town.file(card("be", young)).is_ok());
    // The father by his number is the father by his record; a stranger needs a paper.
    let pin = town.fields("an").single(Field::Pin).cloned().unwrap();
    let Value::Pin(pin) = pin else { panic!() };
    let by_number = json!({"asked_by": {"pin": pin.digits()}});
    assert!(town.file(card("nho", by_number)).is_ok());
    let guardian = json!({"asked_by": {"record": id("dung")},
        "evidence": [{"kind": "quyết định giám hộ"}]});
    assert!(town.file(card("nho", guardian)).is_ok());
}

#[test]
fn a_first_card_is_for_who_has_none_and_another_one_tells_of_a_card_that_is_not_on_the_record() {
    let mut town = town();
    let lost = town.file(card("dung", json!({"reason": "lost"}))).unwrap();
    assert_eq!(lost.notices, [Notice::CardNotOnRecord]);
    town.change("dung", |fields| {
        let held = json!({"card": {"issued": "2022-01-01", "expires": "2040-05-05"}});
        fields.push(Field::Cards, value(held));
    });
    let first = town.refused(card("dung", json!({})));
    assert_eq!(first, ("rule_not_met", Some("reason")));
    let exchanged = town.file(card("dung", json!({"reason": "wish"}))).unwrap();
    assert_eq!(exchanged.notices, []);
}

#[test]
fn a_dossier_is_refused_while_the_record_lacks_what_is_printed() {
    let mut town = town();
    let without_number = card("moi", with(father(), json!({"collected": []})));
    assert_eq!(
        town.refused(without_number),
        ("rule_not_met", Some("person"))
    );
    let dead = town.refused(card("cu", json!({})));
    assert_eq!(dead, ("person_dead", Some("person")));
    town.change("dung", |fields| {
        fields.set(Field::Sex, Some(value(json!({"sex": "unknown"}))));
    });
    let refusal = town.file(card("dung", json!({}))).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.field()),
        ("rule_not_met", Some("sex"))
    );
    assert!(refusal.to_string().contains("26/2023, Art. 18"));
}

#[test]
fn a_number_is_asked_for_a_child_who_has_none() {
    let mut town = town();
    let ask = |key: &str| {
        let filing = json!({"act": "child_pin_request", "person": id(key)});
        with(filing, father())
    };
    for (filing, refusal) in [
        (ask("nho"), ("rule_not_met", Some("person"))),
        (
            json!({"act": "child_pin_request", "person": id("moi")}),
            ("rule_not_met", Some("asked_by")),
        ),
    ] {
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
    town.perform(ask("moi"));
    assert_eq!(applications(&town, "moi")[0].request, Request::ChildPin);
    town.person("lon", "2012-11-21", "male", None);
    town.change("lon", |fields| {
        fields.remove(registry::fields::Slot::single(Field::Pin));
    });
    let grown = town.refused(ask("lon"));
    assert_eq!(grown, ("rule_not_met", Some("person")));
    assert!(town.file(ask("tre")).is_ok());
}

#[test]
fn an_account_has_the_level_of_the_age_and_a_phone() {
    let mut town = town();
    let ask = |level: u8, key: &str, more: Json| {
        let act = format!("eid_level_{level}");
        with(json!({"act": act, "person": id(key)}), more)
    };
    let phone = json!({"phone": "0912345678"});
    let by_father = with(father(), phone.clone());
    for (filing, refusal) in [
        (
            ask(2, "be", by_father.clone()),
            ("rule_not_met", Some("person")),
        ),
        (ask(1, "be", phone), ("rule_not_met", Some("asked_by"))),
        (ask(2, "dung", json!({})), ("rule_not_met", Some("phone"))),
        (
            ask(1, "moi", by_father.clone()),
            ("rule_not_met", Some("person")),
        ),
    ] {
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
    assert!(town.file(ask(1, "be", by_father.clone())).is_ok());
    assert!(town.file(ask(2, "nho", by_father)).is_ok());
    town.perform(json!({"act": "contact", "person": id("dung"), "phone": "0912345678"}));
    town.perform(ask(1, "dung", json!({})));
    town.perform(ask(2, "dung", json!({})));
    let requests: Vec<Request> = applications(&town, "dung")
        .iter()
        .map(|application| application.request)
        .collect();
    assert_eq!(requests.len(), 2);
    assert!(requests.contains(&Request::EidLevel1) && requests.contains(&Request::EidLevel2));
    let again = town.refused(ask(2, "dung", json!({})));
    assert_eq!(again, ("input_invalid", Some("person")));
}

#[test]
fn these_are_acts_of_the_identification_role_and_show_no_citizen_s_data() {
    let town = town();
    let filing = serde_json::from_value(card("dung", json!({}))).unwrap();
    let desk = town::desk(1, &[registry::code::Role::Residence]);
    let refusal = registry::procedure::plan(&filing, &desk, &town).unwrap_err();
    assert_eq!(refusal.code(), "role_missing");
    let plan = town.file(card("dung", json!({}))).unwrap();
    let shown = format!("{plan:?}");
    assert!(
        !shown.contains("Văn dung") && !shown.contains("1980"),
        "{shown}"
    );
}

#[test]
fn a_parent_on_the_record_asks_also_where_another_office_holds_them() {
    let mut town = town();
    town.change("nho", |fields| {
        let mother = json!({"person": {"record": id("xa")}});
        fields.set(Field::Mother, Some(value(mother)));
    });
    let asked = |by: &str, more: Json| {
        let asked_by = json!({"asked_by": {"record": id(by)}});
        card("nho", with(asked_by, more))
    };
    assert!(town.file(asked("xa", json!({}))).is_ok());
    // A stranger whom nobody here knows proves it, as one from here does.
    let missing = ("evidence_missing", Some("evidence"));
    assert_eq!(town.refused(asked("la", json!({}))), missing);
    let paper = json!({"evidence": [{"kind": "quyết định giám hộ"}]});
    assert!(town.file(asked("la", paper.clone())).is_ok());
    // Of whom the office knows that they cannot ask, no paper helps.
    town.change("dung", |fields| {
        let death = json!({"death": {"date": "2026-10-01", "ground": "x"}});
        fields.set(Field::Death, Some(value(death)));
    });
    let dead = town.refused(asked("dung", paper));
    assert_eq!(dead, ("person_dead", Some("asked_by")));
}
