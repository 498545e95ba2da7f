//! Numbers of papers and books at the desk, and acts on somebody whom a court declared missing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod town;

use registry::person::{Person, head_of};
use registry::schema::Field;
use serde_json::{Value as Json, json};
use town::{Town, attested, card, check_refusals, decided, here, id, married, value};

fn wedding(first: &str, second: u8, number: &str) -> Json {
    json!({"act": "marriage", "first": here(first), "second": card(second),
        "date": "2026-11-02", "certificate": number,
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]})
}

fn death(of: &str, number: &str) -> Json {
    json!({"act": "death", "person": here(of), "date": "2026-11-02", "ground": "giấy báo tử",
        "certificate": number, "evidence": [{"kind": "giấy báo tử"}]})
}

fn born(paper: &str, order: u8) -> Json {
    json!({"act": "birth", "certificate": paper, "birth_order": order,
        "child": {"name": "Lê Minh An", "birth_date": "2026-11-01", "sex": "female"}})
}

#[test]
fn a_number_in_the_book_is_given_once() {
    let mut town = Town::new();
    town.perform(wedding("an", 1, "88/2026"));
    let used = ("book_number_used", Some("certificate"));
    for same in ["88/2026", "088/2026", "Số 88, quyển số 01/2026", "88"] {
        assert_eq!(town.refused(wedding("dung", 2, same)), used, "{same}");
    }
    // Of another year or another book it is another number, and the book of deaths is another.
    for other in ["88/2025", "88/2026 quyển 02", "89/2026", ""] {
        town.file(wedding("dung", 2, other)).unwrap();
    }
    town.perform(death("binh", "88/2026"));
    assert_eq!(town.refused(death("dung", "88/2026")), used);
    // A number without a year is no number of deaths, and words are none.
    let unread = ("input_invalid", Some("certificate"));
    assert_eq!(town.refused(death("dung", "88")), unread);
    assert_eq!(town.refused(wedding("dung", 2, "quyển 01")), unread);
}

#[test]
fn the_office_that_keeps_the_book_numbers_a_marriage_anew() {
    let anew = |first: &str, second: u8, number: &str| {
        json!({"act": "marriage_number", "first": here(first), "second": card(second),
            "certificate": number})
    };
    let mut town = Town::new();
    town.perform(wedding("an", 1, "88/2026"));
    town.perform(wedding("dung", 2, "90/2026"));
    check_refusals(
        &town,
        vec![
            (
                anew("an", 1, "89/2026"),
                "evidence_missing",
                Some("evidence"),
            ),
            (
                attested(anew("an", 1, "")),
                "input_missing",
                Some("certificate"),
            ),
            (
                attested(anew("an", 1, "quyển 2")),
                "input_invalid",
                Some("certificate"),
            ),
            (
                attested(anew("an", 1, "Số 088/2026")),
                "nothing_changes",
                None,
            ),
            (
                attested(anew("an", 1, "90/2026")),
                "book_number_used",
                Some("certificate"),
            ),
            (
                attested(anew("an", 2, "89/2026")),
                "person_not_married",
                Some("first"),
            ),
            (
                attested(anew("khach", 1, "89/2026")),
                "person_not_married",
                Some("first"),
            ),
        ],
    );
    let police = [registry::code::Role::Residence];
    let refused = town.file_as(&police, attested(anew("an", 1, "89/2026")));
    assert_eq!(refused.unwrap_err().code(), "role_missing");
    let before = town::marriage_of(&town, "an");
    let plan = town.perform(attested(anew("an", 1, "89/2026")));
    let after = town::marriage_of(&town, "an");
    assert_eq!(after.certificate.as_str(), "89/2026");
    assert_eq!((after.spouse, after.date), (before.spouse, before.date));
    // The other record is numbered too, wherever it is: the same entry.
    assert_eq!(town::edits_elsewhere(&plan).len(), 1);
    // The new number is used now; the one that it had itself may come back.
    let used = ("book_number_used", Some("certificate"));
    assert_eq!(town.refused(attested(anew("dung", 2, "89/2026"))), used);
    town.perform(attested(anew("an", 1, "88/2026")));
    // What came with the register stands in no book of this office.
    let mut town = Town::new();
    town.change("dung", |fields| {
        let spouse = json!({"named": {"name": "Vi Văn Xa", "pin": null}});
        let marriage = json!({"marriage": {"spouse": spouse, "date": "2001-02-03"}});
        fields.push(Field::Marriages, value(marriage));
    });
    let other = ("book_of_another_office", Some("first"));
    assert_eq!(town.refused(attested(anew("dung", 1, "89/2026"))), other);
}

#[test]
fn a_widow_who_is_none_is_refused() {
    let dies = |spouse: Json| {
        json!({"act": "death", "person": here("dung"), "date": "2026-11-02",
            "ground": "giấy báo tử", "spouse": spouse, "evidence": [{"kind": "giấy báo tử"}]})
    };
    let town = married();
    let unmarried = ("person_not_married", Some("spouse"));
    assert_eq!(town.refused(dies(card(2))), unmarried);
    assert_eq!(town.refused(dies(here("binh"))), unmarried);
    // The control: whom the register names.
    town.file(dies(card(1))).unwrap();
    // And of one who is of another commune, whose own record would have to be looked at.
    let elsewhere = json!({"act": "death", "person": card(3), "date": "2026-11-02",
        "ground": "giấy báo tử", "spouse": here("dung"), "evidence": [{"kind": "giấy báo tử"}]});
    assert_eq!(town.refused(elsewhere), unmarried);
}

#[test]
fn a_paper_is_used_once_but_for_twins_who_are_told_apart() {
    let mut town = Town::new();
    town.perform(born("GCS-7", 1));
    let used = ("certificate_used", Some("certificate"));
    assert_eq!(town.refused(born("gcs-7", 1)), used);
    assert_eq!(town.refused(born("GCS-7", 0)), used);
    town.perform(born("GCS-7", 2));
    assert_eq!(town.refused(born("GCS-7", 2)), used);
    town.file(born("GCS-8", 0)).unwrap();
}

#[test]
fn what_the_law_asks_a_paper_for_is_refused_without_any() {
    let mut town = Town::new();
    town.change("an", |fields| {
        fields.push(Field::OtherNames, value(json!({"name": "Ba An"})));
    });
    let corrected = |act: &str, field: &str, value: Json| {
        json!({"act": act, "person": id("an"),
            "fields": [{"field": field, "value": value}]})
    };
    let named = |names: Json| {
        json!({"act": "registry_correction", "person": id("an"),
            "other_names": names})
    };
    for filing in [
        json!({"act": "death", "person": here("dung"), "date": "2026-11-12",
            "ground": "giấy báo tử"}),
        json!({"act": "permanent_registration", "people": [{"person": here("khach")}],
            "address": "số 9, thôn Đoài", "ground": "thuê nhà"}),
        json!({"act": "temporary_registration", "person": here("khach"), "from": "2026-11-01",
            "to": "2027-10-31", "address": "ngõ 4, thôn Đông", "ground": "thuê nhà"}),
        json!({"act": "temporary_renewal", "person": id("khach"), "to": "2027-11-01"}),
        json!({"act": "collection", "name": "Giàng A Páo", "birth_date": "1950", "sex": "male",
            "address": "bản Háng Gàng"}),
        json!({"act": "household_merge", "household": id("two"), "into": id("one")}),
        corrected("correction", "birth_date", json!({"birth": "1970-05-06"})),
        corrected(
            "correction",
            "native_place",
            json!({"place": {"unit": "00008"}}),
        ),
        corrected("registry_correction", "blood", json!({"blood": "o"})),
        named(json!({"add": "Bác Ba"})),
        named(json!({"remove": "Ba An"})),
    ] {
        let refusal = town.file(filing.clone()).unwrap_err();
        let told = (refusal.code(), refusal.field());
        assert_eq!(told, ("evidence_missing", Some("evidence")), "{filing}");
        assert!(refusal.to_string().contains("Art. "), "{refusal}");
        town.file(attested(filing)).unwrap();
    }
    // What the citizen says alone rests on no paper.
    for (field, value) in [
        ("phone", json!({"phone": "0912345678"})),
        ("email", json!({"email": "an@example.vn"})),
    ] {
        town.file(corrected("registry_correction", field, value))
            .unwrap();
    }
}

/// `dung`, married to somebody of another commune, is declared missing.
fn gone() -> Town {
    let mut town = married();
    town.perform(decided(json!({"act": "death", "person": here("dung"),
        "date": "2024-02-01", "ground": "quyết định của tòa án", "declared": "missing"})));
    town
}

#[test]
fn one_who_is_missing_is_not_dead() {
    let mut town = gone();
    let fields = town.fields("dung");
    assert!(Person(&fields).is_missing() && !Person(&fields).is_dead());
    assert_eq!(Person(&fields).standing_marriages().count(), 1);
    // The other may divorce, and the court may declare the person dead afterwards.
    town.perform(decided(
        json!({"act": "divorce", "first": here("dung"), "second": card(1),
        "date": "2026-10-01"}),
    ));
    let fields = town.fields("dung");
    assert_eq!(Person(&fields).standing_marriages().count(), 0);
    let again = decided(
        json!({"act": "death", "person": here("dung"), "date": "2024-02-01",
        "ground": "x", "declared": "missing"}),
    );
    assert_eq!(town.refused(again), ("person_missing", Some("person")));
    town.perform(decided(json!({"act": "death", "person": here("dung"),
        "date": "2026-10-20", "ground": "quyết định của tòa án", "declared": "dead"})));
    assert!(Person(&town.fields("dung")).is_dead());
    // Nobody divorces the dead.
    let late = decided(
        json!({"act": "divorce", "first": here("dung"), "second": card(1),
        "date": "2026-10-01"}),
    );
    assert_eq!(town.refused(late), ("person_dead", Some("first")));
}

#[test]
fn what_needs_nobody_present_is_done_for_the_missing_too() {
    let mut town = gone();
    town.perform(attested(json!({"act": "correction", "person": id("dung"),
        "fields": [{"field": "name", "value": {"name": "Lê Văn Dũng"}}]})));
    town.perform(attested(
        json!({"act": "residence_adjustment", "ground": "Nghị quyết 12",
        "people": [{"person": id("dung"), "permanent_address": "số 7 thôn Đông"}]}),
    ));
    town.perform(attested(
        json!({"act": "household_merge", "household": id("two"), "into": id("one")}),
    ));
    let fields = town.fields("dung");
    assert_eq!(Person(&fields).membership().unwrap().household, id("one"));
    town.perform(decided(
        json!({"act": "permanent_deletion", "people": [id("dung")],
        "ground": "death", "to": "2026-11-01"}),
    ));
    assert_eq!(Person(&town.fields("dung")).open_permanent().count(), 0);
}

#[test]
fn what_needs_the_person_waits_until_the_declaration_is_taken_back() {
    let mut town = gone();
    let contact = json!({"act": "contact", "person": id("dung"), "phone": "0912345678"});
    check_refusals(
        &town,
        vec![
            (contact.clone(), "person_missing", Some("person")),
            (
                json!({"act": "change_of_head", "household": id("two"), "new_head": id("dung"),
                    "evidence": [{"kind": "văn bản đồng ý"}]}),
                "person_missing",
                Some("new_head"),
            ),
            (
                attested(json!({"act": "permanent_registration", "address": "số 9",
                    "ground": "thuê nhà",
                    "people": [{"person": here("dung"), "relation": "head"}]})),
                "person_missing",
                Some("person"),
            ),
        ],
    );
    town.perform(decided(
        json!({"act": "death_revoked", "person": here("dung"),
        "cause": "court"}),
    ));
    town.perform(contact);
}

#[test]
fn a_household_is_closed_when_only_one_who_is_missing_is_left() {
    let mut town = Town::new();
    let leaves = attested(json!({"act": "permanent_deletion", "people": [id("an")],
        "ground": "settled_abroad", "to": "2026-11-01"}));
    assert_eq!(
        town.refused(leaves.clone()),
        ("rule_not_met", Some("new_head"))
    );
    town.change("binh", |fields| {
        let gone = json!({"death": {"date": "2024-03-01", "ground": "x", "declared": "missing"}});
        fields.set(Field::Death, Some(value(gone)));
    });
    town.perform(leaves);
    assert!(town.fields("one").single(Field::HouseholdRevoked).is_some());
}

#[test]
fn who_is_alone_in_a_household_becomes_its_head_without_a_paper() {
    let mut town = Town::new();
    let head = json!({"act": "change_of_head", "household": id("one"), "new_head": id("binh")});
    assert_eq!(
        town.refused(head.clone()),
        ("evidence_missing", Some("evidence"))
    );
    town.perform(decided(json!({"act": "death", "person": here("an"),
        "date": "2026-11-01", "ground": "giấy báo tử"})));
    town.perform(head);
    assert_eq!(head_of(&town.fields("one")), Some(id("binh")));
}
