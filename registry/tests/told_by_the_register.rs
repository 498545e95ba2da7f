//! What the register says already: days that cannot be, spouses under another number, and who is
//! named as a parent or representative.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

use registry::edit::Edit;
use registry::procedure::Notice;
use registry::schema::Field;
use registry::value::{PersonLink, Value, reconcile};
use serde_json::{Value as Json, json};
use town::{Town, attested, card, check_refusals, decided, here, id, married, value, with};

mod town;

fn evidence() -> Json {
    json!({"evidence": [{"kind": "CT01", "number": "7", "date": "2026-11-01"}]})
}

#[test]
fn nobody_moves_on_from_a_home_before_they_came_to_it() {
    let mut town = Town::new();
    let moves = |from: &str| {
        with(
            json!({"act": "permanent_registration", "people": [{"person": here("khach")}],
                "address": "số 9, thôn Đông", "from": from, "ground": "mua nhà"}),
            evidence(),
        )
    };
    let lodges = |from: &str| {
        with(
            json!({"act": "temporary_registration", "person": here("khach"),
                "address": "ngõ 4, thôn Đông", "from": from, "to": "2026-12-30", "ground": "thuê"}),
            evidence(),
        )
    };
    // What came with the register may have a first day that nobody told.
    for lawful in [moves("2009-12-31"), lodges("2025-11-30")] {
        town.file(lawful).unwrap();
    }
    town.perform(moves("2026-03-01"));
    let mut other = Town::new();
    other.perform(lodges("2026-03-01"));
    let from = ("before_home", Some("from"));
    assert_eq!(town.refused(moves("2026-02-28")), from);
    assert_eq!(other.refused(lodges("2026-02-28")), from);
    for (town, lawful) in [
        (&town, moves("2026-03-01")),
        (&town, moves("2026")),
        (&town, moves("2026-11-01")),
        (&other, lodges("2026-03-01")),
        (&other, moves("2026-02-28")),
    ] {
        town.file(lawful).unwrap();
    }
}

#[test]
fn nobody_marries_on_a_day_of_a_marriage_that_ended_later() {
    let mut town = married();
    town.perform(decided(
        json!({"act": "divorce", "first": here("an"), "second": here("binh"), "date": "2015-06-01"}),
    ));
    town.person("hoa", "1975-05-05", "female", None);
    let wed = |date: &str| json!({"act": "marriage", "first": here("an"), "second": here("hoa"), "date": date});
    // The marriage of February 2002 itself, entered again from the old book, too.
    for date in ["2002-02-03", "2015-05-31"] {
        assert_eq!(town.refused(wed(date)), ("married_then", Some("date")));
    }
    // Before the other marriage, on the day of the divorce, and where the day is not known for sure.
    for date in ["2001-02-03", "2015-06-01", "2015", "2020-01-01"] {
        town.file(wed(date)).unwrap();
    }
}

#[test]
fn a_death_before_what_the_register_tells_of_the_person_is_looked_at_again() {
    let town = married();
    let dies = |date: &str| {
        let filing = json!({"act": "death", "person": here("binh"), "date": date, "ground": "x"});
        town.file(attested(filing)).unwrap().notices
    };
    // Married in February 2002.
    assert!(dies("2002-01-31").contains(&Notice::LaterThanDeath));
    for date in ["2002-02-03", "2002", "2026-11-01"] {
        assert!(!dies(date).contains(&Notice::LaterThanDeath), "{date}");
    }
}

#[test]
fn parents_whom_a_person_names_who_is_collected_are_looked_at_as_in_a_birth() {
    let mut town = Town::new();
    town.person("be", "2021-05-05", "male", None);
    let collected = |parents: Json| {
        let person = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Lê Thị Mới", "birth_date": "2000-01-01",
            "sex": "female", "address": "số 1, thôn Đông"});
        with(person, parents)
    };
    let record = |key: &str| json!({"record": id(key)});
    check_refusals(
        &town,
        vec![
            (
                collected(json!({"father": record("an"), "mother": record("an")})),
                "input_invalid",
                Some("mother"),
            ),
            (
                collected(json!({"father": record("be")})),
                "input_invalid",
                Some("father"),
            ),
            (
                collected(json!({"mother": record("one")})),
                "record_of_other_kind",
                Some("mother"),
            ),
        ],
    );
    let plan = town
        .file(collected(json!({"father": record("binh")})))
        .unwrap();
    assert!(plan.notices.contains(&Notice::ParentSex));
    let plan = town
        .file(collected(json!({"mother": record("binh")})))
        .unwrap();
    assert!(!plan.notices.contains(&Notice::ParentSex));
    // The number of somebody of another commune tells the sex too.
    let plan = town
        .file(collected(json!({"mother": {"pin": "001081000009"}})))
        .unwrap();
    assert!(plan.notices.contains(&Notice::ParentSex));
}

#[test]
fn a_representative_lives_and_is_of_age_unless_a_parent() {
    let mut town = Town::new();
    town.person("be", "2020-05-05", "male", None);
    town.person("thanh", "2010-05-05", "female", None);
    let represents = |link: Json| {
        let filing = json!({"act": "correction", "person": id("be"),
            "fields": [{"field": "representative", "value": {"person": link}}]});
        attested(filing)
    };
    let record = |key: &str| json!({"record": id(key)});
    let field = Some("representative");
    check_refusals(
        &town,
        vec![
            (represents(record("be")), "input_invalid", field),
            (represents(record("cu")), "person_dead", field),
            (represents(record("thanh")), "input_invalid", field),
            (
                represents(json!({"pin": "001310000009"})),
                "input_invalid",
                field,
            ),
        ],
    );
    for link in [record("an"), json!({"pin": "001181000009"})] {
        town.file(represents(link)).unwrap();
    }
    town.change("be", |fields| {
        fields.set(
            Field::Mother,
            Some(value(json!({"person": record("thanh")}))),
        );
    });
    town.file(represents(record("thanh"))).unwrap();
    // Mother and representative in one correction.
    town.change("be", |fields| {
        fields.set(Field::Mother, None);
    });
    let mut both = represents(record("thanh"));
    let mother = json!({"field": "mother", "value": {"person": record("thanh")}});
    both["fields"].as_array_mut().unwrap().push(mother);
    town.file(both).unwrap();
}

#[test]
fn a_birth_registered_once_more_leaves_the_parents_who_stand() {
    let mut town = Town::new();
    town.person("con", "1995-05-05", "male", None);
    town.change("con", |fields| {
        fields.set(
            Field::Father,
            Some(value(json!({"person": {"record": id("an")}}))),
        );
    });
    let Some(Value::Pin(an)) = town.fields("an").single(Field::Pin).cloned() else {
        panic!("no number");
    };
    let again = |parents: Json| {
        let filing = json!({"act": "repeated_birth", "person": here("con"),
            "child": {"name": "Lê Văn con", "birth_date": "1995-05-05", "sex": "male"}});
        attested(with(filing, parents))
    };
    for other in [
        json!({"record": id("dung")}),
        json!({"pin": "001070000009"}),
        json!({"named": {"name": "Lê Văn Khác", "pin": null}}),
    ] {
        let filing = again(json!({"father": other}));
        assert_eq!(town.refused(filing), ("parent_stands", Some("father")));
    }
    for same in [
        json!({"record": id("an")}),
        json!({"pin": an.digits()}),
        json!({"named": {"name": "lê văn An", "pin": null}}),
    ] {
        let plan = town.file(again(json!({"father": same}))).unwrap();
        let edits = plan.body.changes.iter().flat_map(|change| &change.edits);
        assert!(!edits.clone().any(|edit| edit.field() == Field::Father));
    }
    // Where the record has a number alone, of somebody of another commune, nobody here can tell.
    town.change("con", |fields| {
        let father = json!({"person": {"pin": "001070000009"}});
        fields.set(Field::Father, Some(value(father)));
    });
    let by_name = again(json!({"father": {"named": {"name": "Lê Văn Khác", "pin": null}}}));
    let plan = town.file(by_name).unwrap();
    assert!(plan.notices.contains(&Notice::ParentKept));
    let mut edits = plan.body.changes.iter().flat_map(|change| &change.edits);
    assert!(!edits.any(|edit| edit.field() == Field::Father));
    // Who is not known yet is entered.
    let plan = town
        .file(again(json!({"mother": {"record": id("binh")}})))
        .unwrap();
    let mut edits = plan.body.changes.iter().flat_map(|change| &change.edits);
    assert!(edits.any(|edit| edit.field() == Field::Mother));
}

#[test]
fn a_parent_or_guardian_by_card_is_named_with_the_name_of_the_card() {
    let mut town = Town::new();
    town.person("be", "2020-05-05", "male", None);
    let named = json!({"named": {"name": "Vi Văn Xa", "pin": "001081000001"}});
    let named: PersonLink = serde_json::from_value(named).unwrap();
    for (act, who, field) in [
        ("parent_recognition", "child", Field::Father),
        ("guardianship", "ward", Field::Representative),
    ] {
        let told = if field == Field::Father {
            "father"
        } else {
            "guardian"
        };
        let filing = attested(json!({"act": act, who: here("be"), told: card(1)}));
        let plan = town.file(filing).unwrap();
        let put = Edit::Put(field, Value::Person(named.clone()));
        assert_eq!(plan.body.changes[0].edits, [put], "{act}");
    }
    // One person is not both parents, however the names are written.
    let mut other = card(1);
    other["name"] = json!("Vi Văn Khác");
    let both = json!({"act": "parent_recognition", "child": here("be"), "father": card(1),
        "mother": other});
    assert_eq!(
        town.refused(attested(both)),
        ("input_invalid", Some("mother"))
    );
}

#[test]
fn one_number_is_one_person_whether_the_name_stands_beside_it_or_not() {
    let person = |link: Json| value(json!({"person": link}));
    let bare = person(json!({"pin": "001081000001"}));
    let named = person(json!({"named": {"name": "Vi Văn Xa", "pin": "001081000001"}}));
    let loud = person(json!({"named": {"name": "VI VĂN XA", "pin": "001081000001"}}));
    let other = person(json!({"named": {"name": "Vi Văn Xa", "pin": "001081000002"}}));
    let unnumbered = person(json!({"named": {"name": "Vi Văn Xa", "pin": null}}));
    assert_eq!(reconcile(&[&bare, &named]), Some(&named));
    assert_eq!(reconcile(&[&named, &bare]), Some(&named));
    assert_eq!(reconcile(&[&named, &loud]), Some(&loud));
    for apart in [&other, &unnumbered] {
        assert_eq!(reconcile(&[&named, apart]), None);
        assert_eq!(reconcile(&[apart, &bare]), None);
    }
}
