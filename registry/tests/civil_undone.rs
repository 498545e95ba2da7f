//! Deaths and what they close, what undoes (a death revoked, a birth revoked, a correction), and
//! what all civil-status acts have in common.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

use registry::code::Role;
use registry::edit::Edit;
use registry::person::{MaritalStatus, Person};
use registry::procedure::{Filing, Notice, plan};
use registry::schema::Field;
use registry::value::Value;
use serde_json::{Value as Json, json};
use town::{
    attested, card, check_refusals, decided, desk, edits_elsewhere, here, id, marriage_of, married,
    status_of, with,
};

mod town;

fn child(born: &str) -> Json {
    json!({"name": "Lê Thị Con", "birth_date": born, "sex": "female"})
}

fn death(person: Json, more: Json) -> Json {
    let filing = json!({"act": "death", "person": person, "date": "2026-11-10",
        "ground": "Giấy báo tử"});
    with(attested(filing), more)
}

fn revoked(person: Json, more: Json) -> Json {
    let filing = json!({"act": "death_revoked", "person": person, "cause": "court"});
    decided(with(filing, more))
}

#[test]
fn a_death_ends_the_marriage_wherever_the_other_lives_but_one_who_is_missing_stays_married() {
    let mut town = married();
    let plan = town.file(death(here("dung"), json!({}))).unwrap();
    assert_eq!(plan.notices, [Notice::SpouseElsewhere]);
    let plan = town
        .file(death(here("dung"), json!({"spouse": card(1)})))
        .unwrap();
    assert_eq!(plan.notices, [Notice::PersonElsewhere]);
    assert!(matches!(
        edits_elsewhere(&plan)[..],
        [Edit::EndMarriage { .. }]
    ));
    // Somebody of another commune dies whose spouse lives here.
    let plan = town
        .file(death(card(1), json!({"spouse": here("dung")})))
        .unwrap();
    assert_eq!(plan.body.changes.len(), 2);
    check_refusals(
        &town,
        vec![
            (
                death(here("dung"), json!({"spouse": here("binh")})),
                "person_not_married",
                Some("spouse"),
            ),
            (
                death(here("dung"), json!({"spouse": here("dung")})),
                "input_invalid",
                Some("spouse"),
            ),
            (
                attested(death(here("an"), json!({"declared": "dead"}))),
                "evidence_missing",
                Some("evidence"),
            ),
        ],
    );
    let mut missing = married();
    missing.perform(decided(death(here("an"), json!({"declared": "missing"}))));
    assert_eq!(status_of(&missing, "binh"), MaritalStatus::Married);
    town.perform(decided(death(here("an"), json!({"declared": "dead"}))));
    assert_eq!(status_of(&town, "binh"), MaritalStatus::DivorcedOrWidowed);
}

#[test]
fn who_returns_is_married_again_unless_the_other_has_married_since() {
    let mut town = married();
    town.perform(death(here("an"), json!({})));
    assert_eq!(marriage_of(&town, "binh").ground.as_str(), "death");
    let plan = town.file(revoked(here("an"), json!({}))).unwrap();
    assert_eq!(plan.notices, [Notice::MarriageStandsAgain]);
    check_refusals(
        &town,
        vec![
            (
                revoked(here("dung"), json!({})),
                "person_not_dead",
                Some("person"),
            ),
            (
                with(
                    revoked(here("an"), json!({})),
                    json!({"evidence": [{"kind": "x"}]}),
                ),
                "evidence_missing",
                Some("evidence"),
            ),
            (
                revoked(here("an"), json!({"date": "2027"})),
                "date_in_future",
                Some("date"),
            ),
        ],
    );
    // Two worlds: in the one nobody married meanwhile, in the other `binh` did.
    let mut alone = married();
    alone.perform(death(here("an"), json!({})));
    alone.perform(revoked(here("an"), json!({"cause": "error"})));
    for key in ["an", "binh"] {
        assert_eq!(status_of(&alone, key), MaritalStatus::Married, "{key}");
        assert_eq!(marriage_of(&alone, key).ended, None);
    }
    assert!(Person(&alone.fields("an")).death().is_none());
    town.perform(
        json!({"act": "marriage", "first": here("binh"), "second": card(5),
        "date": "2026-11-15",
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]}),
    );
    let plan = town.perform(revoked(here("an"), json!({})));
    assert_eq!(plan.notices, [Notice::SpouseRemarried]);
    let fields = town.fields("binh");
    assert_eq!(Person(&fields).standing_marriages().count(), 1);
    let own = marriage_of(&town, "an");
    assert_eq!(own.ground.as_str(), "remarriage");
    assert_eq!(own.ended, Some("2026-11-15".parse().unwrap()));
}

#[test]
fn who_returns_to_a_deleted_home_is_sent_to_the_police() {
    let mut town = married();
    town.perform(death(here("dung"), json!({"spouse": card(1)})));
    town.perform(attested(
        json!({"act": "permanent_deletion", "people": [id("dung")],
        "ground": "death"}),
    ));
    let back = revoked(here("dung"), json!({"spouse": card(1)}));
    assert!(
        town.file(back)
            .unwrap()
            .notices
            .contains(&Notice::HomeDeleted)
    );
}

#[test]
fn the_spouse_of_another_commune_is_brought_back_by_card() {
    let mut town = married();
    town.perform(death(here("dung"), json!({"spouse": card(1)})));
    let plan = town.file(revoked(here("dung"), json!({}))).unwrap();
    assert_eq!(plan.notices, [Notice::SpouseElsewhere]);
    let plan = town
        .file(revoked(here("dung"), json!({"spouse": card(1)})))
        .unwrap();
    assert!(matches!(
        edits_elsewhere(&plan)[..],
        [Edit::ReviveMarriage { .. }]
    ));
    assert_eq!(
        town.refused(revoked(here("dung"), json!({"spouse": here("dung")}))),
        ("input_invalid", Some("spouse"))
    );
}

#[test]
fn a_revoked_registration_stays_readable_and_may_stand_again() {
    let mut town = married();
    let revoke = |key: &str| {
        decided(json!({"act": "birth_revoked", "person": id(key), "ground": "đăng ký trùng"}))
    };
    check_refusals(
        &town,
        vec![
            (revoke("an"), "person_married", Some("person")),
            (
                attested(revoke("mai")),
                "evidence_missing",
                Some("evidence"),
            ),
            (
                with(revoke("mai"), json!({"ground": ""})),
                "input_missing",
                Some("ground"),
            ),
        ],
    );
    town.perform(revoke("mai"));
    let fields = town.fields("mai");
    assert!(Person(&fields).is_revoked() && Person(&fields).name().is_some());
    assert_eq!(
        town.refused(revoke("mai")),
        ("registration_revoked", Some("person"))
    );
    town.perform(decided(json!({"act": "correction", "person": id("mai"),
        "fields": [{"field": "revoked", "value": null}]})));
    assert!(!Person(&town.fields("mai")).is_revoked());
}

#[test]
fn a_correction_names_its_papers_asks_for_consent_and_compares_the_number() {
    let town = married();
    let correct = |key: &str, field: &str, value: Json| {
        json!({"act": "correction", "person": id(key),
            "fields": [{"field": field, "value": value}]})
    };
    let sex = || correct("an", "sex", json!({"sex": "female"}));
    let ethnic = || correct("mai", "ethnic", json!({"ethnic": "1979:08"}));
    let name = |key| correct(key, "name", json!({"name": "Trần Thị Khác"}));
    for (filing, notices) in [
        (sex(), vec![Notice::PinMismatch]),
        (
            correct("an", "birth_date", json!({"birth": "1971"})),
            vec![Notice::PinMismatch],
        ),
        (
            correct("an", "native_place", json!({"place": {"unit": "00008"}})),
            vec![],
        ),
        (ethnic(), vec![]),
        (name("mai"), vec![Notice::ConsentNeeded]),
        (name("an"), vec![]),
    ] {
        assert_eq!(
            town.file(attested(filing.clone())).unwrap().notices,
            notices
        );
        assert_eq!(town.refused(filing), ("evidence_missing", Some("evidence")));
    }
    let died = json!({"death": {"date": "2026-01-01"}});
    check_refusals(
        &town,
        vec![
            (
                attested(correct("cu", "death", json!(null))),
                "input_invalid",
                Some("death"),
            ),
            (
                attested(correct("an", "death", died.clone())),
                "input_invalid",
                Some("death"),
            ),
            (
                attested(correct("an", "revoked", json!({"text": "x"}))),
                "input_invalid",
                Some("revoked"),
            ),
        ],
    );
    assert!(town.file(attested(correct("cu", "death", died))).is_ok());
}

#[test]
fn each_is_for_the_civil_status_officer_and_its_papers_name_their_rule() {
    let town = married();
    let two = json!({"first": here("an"), "second": here("binh"), "date": "2026-10-02"});
    let ward = json!({"ward": here("mai"), "guardian": here("an")});
    for (act, input) in [
        ("late_birth", json!({"child": child("2020")})),
        ("repeated_birth", json!({"child": child("1950")})),
        ("divorce", two.clone()),
        ("marriage_annulled", two),
        (
            "parent_recognition",
            json!({"child": here("mai"), "father": here("an")}),
        ),
        ("guardianship", ward),
        ("guardianship_end", json!({"ward": here("mai")})),
        (
            "death_revoked",
            json!({"person": here("cu"), "cause": "error"}),
        ),
        ("birth_revoked", json!({"person": id("mai"), "ground": "x"})),
    ] {
        let filing = with(json!({"act": act}), input);
        let read: Filing = serde_json::from_value(filing.clone()).unwrap();
        let refusal = plan(&read, &desk(1, &[Role::Residence]), &town).unwrap_err();
        assert_eq!(refusal.code(), "role_missing", "{act}");
        let refusal = town.file(filing.clone()).unwrap_err();
        assert_eq!(refusal.code(), "evidence_missing", "{act}");
        assert!(refusal.to_string().contains("Art. "), "{refusal}");
        // A misspelt key is told.
        let misspelt = with(filing, json!({"evidnce": []}));
        assert!(serde_json::from_value::<Filing>(misspelt).is_err(), "{act}");
    }
    let value = Value::Text(registry::value::Line::default());
    assert!(!value.fits(Field::Confirmations));
}
