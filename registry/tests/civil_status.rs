//! The civil-status acts beside birth, death and marriage: what each makes, and every refusal
//! with its code and the input that it is about. What undoes is in `civil_undone.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

use registry::act::{Act, Target};
use registry::edit::Edit;
use registry::person::{MaritalStatus, Person, STATUS_ITEM};
use registry::procedure::Notice;
use registry::schema::Field;
use registry::value::PersonLink;
use serde_json::{Value as Json, json};
use town::{
    Town, attested, author, card, check_refusals, decided, desk, edits_elsewhere, here, id,
    marriage_of, married, status_of, value, with,
};

mod town;

fn child(more: Json) -> Json {
    let child = json!({"name": "Lê Thị Con", "birth_date": "2020-03-04", "sex": "female",
        "native_place": {"unit": "00004"}, "ethnic": "1979:01"});
    with(child, more)
}

#[test]
fn a_late_birth_rests_on_a_paper_and_is_registered_here() {
    let mut town = married();
    let late =
        json!({"act": "late_birth", "child": child(json!({})), "mother": {"record": id("binh")}});
    let plan = town.perform(attested(late.clone()));
    assert_eq!(plan.notices, []);
    let (act, _) = town.acts.last().unwrap().clone();
    let (_, made) = act.records().next().unwrap();
    let fields = town.records[&made].read().unwrap().fields;
    let place = Person(&fields).birth_registration().unwrap().clone();
    assert_eq!(place.unit, Some(desk(1, &[]).office));
    assert_eq!(act.body.effective, "2020-03-04".parse().unwrap());
    let in_time = json!({"act": "late_birth", "child": child(json!({"birth_date": "2026-10-04"}))});
    check_refusals(
        &town,
        vec![
            (late, "evidence_missing", Some("evidence")),
            (attested(in_time), "input_invalid", Some("child.birth_date")),
        ],
    );
}

#[test]
fn a_child_is_vietnamese_unless_the_parents_agreed_otherwise() {
    let town = married();
    let birth = |more: Json| {
        json!({"act": "birth", "child": child(with(json!({"birth_date": "2026-11-02"}), more)),
        "certificate": "GCS-1"})
    };
    let countries = |filing: Json| {
        let plan = town.file(filing).unwrap();
        let Target::New { fields, .. } = &plan.body.changes[0].target else {
            panic!("a person is made")
        };
        serde_json::to_value(fields.single(Field::Nationality)).unwrap()
    };
    assert_eq!(countries(birth(json!({}))), json!({"countries": ["VN"]}));
    let both = birth(json!({"nationality": ["VN", "FR", "VN"]}));
    assert_eq!(
        countries(attested(both.clone())),
        json!({"countries": ["FR", "VN"]})
    );
    check_refusals(
        &town,
        vec![
            (both, "evidence_missing", Some("evidence")),
            (
                birth(json!({"nationality": []})),
                "input_missing",
                Some("child.nationality"),
            ),
        ],
    );
    let bare = json!({"act": "birth", "child": {"name": "Lê A", "birth_date": "2026-11-02", "sex": "male"},
            "mother": {"record": id("binh")}, "evidence": [{"kind": "giấy chứng sinh"}]});
    assert_eq!(town.file(bare).unwrap().notices, [Notice::ItemsMissing]);
}

/// A marriage of `khach` on the desk's day, with the paper of whoever is of another commune.
fn wed(second: Json) -> Json {
    json!({"act": "marriage", "first": here("khach"), "second": second,
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026",
            "date": "2026-10-01"}]})
}

fn card_of(town: &Town, key: &str) -> Json {
    let fields = town.fields(key);
    let person = Person(&fields);
    json!({"pin": person.pin(), "name": person.name(), "birth_date": person.birth()})
}

#[test]
fn who_marries_by_card_is_looked_at_as_whoever_is_held() {
    let town = married();
    let elsewhere =
        |pin: &str, born: &str| json!({"pin": pin, "name": "Vi Xa", "birth_date": born});
    let second = Some("second");
    let mixed = with(card_of(&town, "dung"), json!({"name": "Vi Văn Xa"}));
    check_refusals(
        &town,
        vec![
            // A girl of 14, a woman one day under 18, a man one under 20.
            (
                wed(elsewhere("001312000099", "2012-05-05")),
                "under_age",
                second,
            ),
            (
                wed(elsewhere("001308000099", "2008-11-22")),
                "under_age",
                second,
            ),
            (
                wed(elsewhere("001206000099", "2006-11-22")),
                "under_age",
                second,
            ),
            // Whom the office holds after all.
            (wed(card_of(&town, "mai")), "under_age", second),
            (wed(card_of(&town, "cu")), "person_dead", second),
            (wed(card_of(&town, "an")), "person_married", second),
            (wed(card_of(&town, "khach")), "input_invalid", second),
            (wed(mixed), "input_invalid", second),
        ],
    );
    for (pin, born) in [
        ("001308000099", "2008-11-21"),
        ("001206000099", "2006-11-21"),
        // Whether the day has come nobody knows.
        ("001206000099", "2006"),
    ] {
        town.file(wed(elsewhere(pin, born))).unwrap();
    }
}

#[test]
fn whoever_marries_by_card_brings_the_confirmation_of_their_commune() {
    let town = married();
    let evidence = ("evidence_missing", Some("evidence"));
    let paper = |number: &str, date: &str| json!({"kind": "giấy xác nhận tình trạng hôn nhân", "number": number, "date": date});
    let on = |second: Json, date: &str, papers: Json| {
        with(wed(second), json!({"date": date, "evidence": papers}))
    };
    for (papers, taken) in [
        (json!([]), false),
        (json!([{"kind": "tờ khai"}]), false),
        (json!([paper("", "2026-10-01")]), false),
        (json!([paper("7/2026", "2026-05-19")]), false),
        (json!([paper("7/2026", "2026-11-21")]), false),
        (json!([paper("7/2026", "2026-05-20")]), true),
        (
            json!([{"kind": "tờ khai"}, paper("7/2026", "2026-11-20")]),
            true,
        ),
    ] {
        let filing = on(card(3), "2026-11-20", papers.clone());
        if taken {
            town.file(filing).unwrap();
        } else {
            assert_eq!(town.refused(filing), evidence, "{papers}");
        }
    }
    // Of each of the two, and of nobody whom the office holds.
    let two = |papers: Json| with(on(card(3), "2026-11-20", papers), json!({"first": woman()}));
    let one = paper("7/2026", "2026-10-01");
    assert_eq!(town.refused(two(json!([one]))), evidence);
    town.file(two(json!([one, paper("8/2026", "2026-10-01")])))
        .unwrap();
    let mut here_both = Town::new();
    here_both.person("nam", "1990-05-05", "male", None);
    here_both
        .file(on(here("nam"), "2026-11-20", json!([])))
        .unwrap();
}

/// A woman of another commune, by her card.
fn woman() -> Json {
    json!({"pin": "001181000021", "name": "Vi Thị Xa", "birth_date": "1981-05-05"})
}

#[test]
fn who_is_held_is_of_age_to_the_day() {
    let mut town = Town::new();
    for (key, born, sex, taken) in [
        ("nam", "2006-11-22", "male", false),
        ("nu", "2008-11-22", "female", false),
        ("anh", "2006-11-21", "male", true),
        ("chi", "2008-11-21", "female", true),
    ] {
        town.person(key, born, sex, None);
        assert_eq!(town.file(wed(here(key))).is_ok(), taken, "{key}");
    }
}

fn repeated(person: Json, more: Json) -> Json {
    let child = json!({"name": "Lê Văn an", "birth_date": "1970-05-05", "sex": "male"});
    let filing = json!({"act": "repeated_birth", "person": person, "child": with(child, more)});
    attested(filing)
}

#[test]
fn a_repeated_birth_supplements_whoever_is_there_and_makes_no_second_person() {
    let mut town = married();
    let (people, pin) = (
        town.records.len(),
        *Person(&town.fields("an")).pin().unwrap(),
    );
    let plan = town.perform(repeated(
        here("an"),
        json!({"birth_date": "1969-05-05", "birth_place": {"text": "Hữu Tiệp"}}),
    ));
    assert_eq!(plan.notices, [Notice::PinMismatch]);
    let fields = town.fields("an");
    assert_eq!(town.records.len(), people);
    assert_eq!(Person(&fields).pin(), Some(&pin));
    assert_eq!(Person(&fields).birth().unwrap().year(), Some(1969));
    assert!(fields.single(Field::BirthPlace).is_some());
    // The same entry once more changes no value, and is on the record all the same.
    let plan = town
        .file(repeated(here("an"), json!({"birth_date": "1969-05-05"})))
        .unwrap();
    assert_eq!(plan.body.changes[0].edits.len(), 1);
    // By card the person is found by the centre; the card of somebody held here is theirs.
    let plan = town.file(repeated(card(9), json!({}))).unwrap();
    assert!(plan.notices.contains(&Notice::PersonElsewhere));
    assert_eq!(edits_elsewhere(&plan).len(), 3);
    let own = json!({"pin": pin, "name": "Lê Văn an", "birth_date": "1969-05-05"});
    let plan = town
        .file(repeated(own.clone(), json!({"birth_date": "1969-05-05"})))
        .unwrap();
    assert!(matches!(plan.body.changes[0].target, Target::Held { .. }));
    let wrong = with(own, json!({"name": "Ai Đó"}));
    assert_eq!(
        town.refused(repeated(wrong, json!({}))),
        ("input_invalid", Some("person"))
    );
}

#[test]
fn whoever_is_in_no_registry_is_registered_once_more_with_the_number_that_they_claim() {
    let mut town = married();
    let filing = |pin: Json| {
        let child = child(json!({"birth_date": "1950"}));
        attested(json!({"act": "repeated_birth", "child": child, "claimed_pin": pin}))
    };
    town.perform(filing(json!("001150000077")));
    let (act, _) = town.acts.last().unwrap();
    let (_, made) = act.records().next().unwrap();
    let fields = town.records[&made].read().unwrap().fields;
    assert!(Person(&fields).pin().is_none() && Person(&fields).claimed_pin().is_some());
    let held = json!(Person(&town.fields("an")).pin().unwrap());
    let named = with(filing(json!("001150000077")), json!({"person": here("an")}));
    check_refusals(
        &town,
        vec![
            (filing(held), "input_invalid", Some("claimed_pin")),
            (named, "input_invalid", Some("claimed_pin")),
            (
                with(filing(json!(null)), json!({"evidence": []})),
                "evidence_missing",
                Some("evidence"),
            ),
            (
                repeated(here("an"), json!({"birth_date": "2016-01-01"})),
                "input_invalid",
                Some("child.birth_date"),
            ),
            (
                repeated(here("an"), json!({"religion": "00"})),
                "field_of_other_role",
                Some("child.religion"),
            ),
            (
                repeated(here("an"), json!({"nationality": ["VN"]})),
                "field_central_only",
                Some("child.nationality"),
            ),
            (
                repeated(here("cu"), json!({})),
                "person_dead",
                Some("person"),
            ),
        ],
    );
}

#[test]
fn a_divorce_ends_the_marriage_on_both_records_and_an_annulment_leaves_none() {
    let end = |act: &str, first: Json, second: Json, date: &str| {
        decided(json!({"act": act, "first": first, "second": second, "date": date}))
    };
    for (act, ground, status) in [
        ("divorce", "divorce", MaritalStatus::DivorcedOrWidowed),
        (
            "marriage_annulled",
            "annulment",
            MaritalStatus::NeverMarried,
        ),
    ] {
        let mut town = married();
        town.perform(end(act, here("an"), here("binh"), "2026-10-02"));
        for key in ["an", "binh"] {
            let marriage = marriage_of(&town, key);
            assert_eq!(marriage.ended, Some("2026-10-02".parse().unwrap()), "{act}");
            assert_eq!(marriage.ground.as_str(), ground);
            assert_eq!(status_of(&town, key), status);
        }
        // The one of another commune is told by card; the centre finds the entry.
        let plan = town
            .file(end(act, here("dung"), card(1), "2026-10-02"))
            .unwrap();
        assert_eq!(plan.notices, [Notice::PersonElsewhere]);
        let pin = *Person(&town.fields("dung")).pin().unwrap();
        assert!(edits_elsewhere(&plan).iter().any(|edit| matches!(edit,
            Edit::EndMarriage { with, .. } if with.contains(&PersonLink::Pin(pin)))));
        let bare =
            json!({"act": act, "first": here("dung"), "second": card(1), "date": "2026-10-02"});
        check_refusals(
            &town,
            vec![
                (attested(bare.clone()), "evidence_missing", Some("evidence")),
                (
                    end(act, here("an"), here("binh"), "2026-10-02"),
                    "person_not_married",
                    Some("first"),
                ),
                (
                    end(act, here("dung"), card(2), "2026-10-02"),
                    "person_not_married",
                    Some("first"),
                ),
                (
                    end(act, here("dung"), card(1), "2000"),
                    "input_invalid",
                    Some("date"),
                ),
                (
                    end(act, here("dung"), card(1), "2027"),
                    "date_in_future",
                    Some("date"),
                ),
                (
                    end(act, here("dung"), here("dung"), "2026-10-02"),
                    "input_invalid",
                    Some("second"),
                ),
            ],
        );
    }
    assert_eq!(
        married().refused(end("divorce", here("cu"), card(3), "2026-10-02")),
        ("person_dead", Some("first"))
    );
}

#[test]
fn a_father_and_a_mother_are_recognised_once_each() {
    let mut town = married();
    let recognise = |more: Json| {
        attested(with(
            json!({"act": "parent_recognition", "child": here("mai")}),
            more,
        ))
    };
    let plan = town.perform(recognise(
        json!({"father": here("an"), "name": "Lê Thị Mai"}),
    ));
    // A name of a child of twelve changes with their consent.
    assert_eq!(plan.notices, [Notice::ConsentNeeded]);
    let fields = town.fields("mai");
    let pin = *Person(&town.fields("an")).pin().unwrap();
    assert_eq!(Person(&fields).father(), Some(&PersonLink::Pin(pin)));
    assert_eq!(Person(&fields).name().unwrap().as_str(), "Lê Thị Mai");
    // Of the other sex: told, not refused. By card: the centre finds nobody to change.
    let plan = town.file(recognise(json!({"mother": card(1)}))).unwrap();
    assert_eq!(plan.notices, [Notice::ParentSex]);
    check_refusals(
        &town,
        vec![
            (
                recognise(json!({"father": here("dung")})),
                "parent_stands",
                Some("father"),
            ),
            (recognise(json!({})), "input_missing", Some("father")),
            (
                recognise(json!({"mother": here("mai")})),
                "input_invalid",
                Some("mother"),
            ),
            (
                recognise(json!({"mother": here("cu")})),
                "person_dead",
                Some("mother"),
            ),
            (
                with(
                    recognise(json!({"mother": here("binh")})),
                    json!({"evidence": []}),
                ),
                "evidence_missing",
                Some("evidence"),
            ),
            (
                attested(json!({"act": "parent_recognition", "child": here("an"),
                    "mother": here("mai")})),
                "input_invalid",
                Some("mother"),
            ),
            (
                attested(json!({"act": "parent_recognition", "child": here("khach"),
                    "father": here("an"), "mother": here("an")})),
                "input_invalid",
                Some("mother"),
            ),
        ],
    );
}

#[test]
fn a_guardianship_begins_and_ends() {
    let mut town = married();
    let begin = |ward: &str, guardian: Json| {
        attested(json!({"act": "guardianship", "ward": here(ward), "guardian": guardian}))
    };
    let end = attested(json!({"act": "guardianship_end", "ward": here("mai")}));
    check_refusals(
        &town,
        vec![
            (end.clone(), "nothing_changes", None),
            (begin("mai", here("mai")), "input_invalid", Some("guardian")),
            (begin("an", here("mai")), "input_invalid", Some("guardian")),
            // Of an adult a court decides.
            (
                begin("an", here("binh")),
                "evidence_missing",
                Some("evidence"),
            ),
            (
                with(begin("mai", here("binh")), json!({"evidence": []})),
                "evidence_missing",
                Some("evidence"),
            ),
            (begin("mai", here("cu")), "person_dead", Some("guardian")),
            // Else a child would be old enough by then.
            (
                with(
                    begin("mai", here("binh")),
                    json!({"effective": "2060-01-01"}),
                ),
                "date_in_future",
                Some("effective"),
            ),
        ],
    );
    assert!(town.file(decided(begin("an", here("binh")))).is_ok());
    town.perform(begin("mai", here("binh")));
    assert!(Person(&town.fields("mai")).representative().is_some());
    assert_eq!(
        town.refused(begin("mai", here("an"))),
        ("representative_stands", Some("ward"))
    );
    assert_eq!(
        town.refused(with(end.clone(), json!({"evidence": []}))),
        ("evidence_missing", Some("evidence"))
    );
    town.perform(end);
    assert!(Person(&town.fields("mai")).representative().is_none());
    assert!(town.file(begin("mai", here("an"))).is_ok());
}

/// Item 21 that came with the register, and contradicts it, is told to whoever certifies the status.
#[test]
fn a_marital_status_that_contradicts_the_register_is_told_until_an_office_has_looked() {
    let confirm = json!({"act": "marital_confirmation", "person": id("binh"), "number": "1/XN",
        "purpose": "du học"});
    let wedding = json!({"act": "marriage", "first": here("an"), "second": here("binh"),
        "date": "2026-11-02", "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân",
        "number": "7/2026", "date": "2026-10-01"}]});
    for (status, doubt, in_marriage) in [
        ("1", None, false),
        ("0", None, false),
        ("3", Some(MaritalStatus::DivorcedOrWidowed), false),
        ("2", Some(MaritalStatus::Married), true),
    ] {
        let mut town = Town::new();
        let item = json!({"other": {"key": STATUS_ITEM, "text": status}});
        town.change("binh", |fields| fields.push(Field::Others, value(item)));
        let doubted = |town: &Town| Person(&town.fields("binh")).contradicting_status();
        let notices = |filing: &Json| town.file(filing.clone()).unwrap().notices;
        assert_eq!(doubted(&town), doubt, "{status}");
        let told = [&confirm, &wedding].map(|it| notices(it).contains(&Notice::StatusDiffers));
        assert_eq!(told, [doubt.is_some(), in_marriage], "{status}");
        town.perform(confirm.clone());
        assert_eq!(doubted(&town), None);
    }
}

#[test]
fn a_confirmation_says_the_status_and_is_valid_for_six_months() {
    let mut town = married();
    let confirm = |person: &str, number: &str, purpose: &str| {
        json!({"act": "marital_confirmation", "person": id(person), "number": number,
            "purpose": purpose})
    };
    town.perform(confirm("mai", "1/XN", "du học"));
    let fields = town.fields("mai");
    let (_, paper) = fields.entries(Field::Confirmations).next().unwrap();
    assert_eq!(
        serde_json::to_value(paper).unwrap()["confirmation"],
        json!({"number": "1/XN", "purpose": "du học", "status": "never-married",
            "issued": "2026-11-21", "until": "2027-05-21"})
    );
    let second = town.file(confirm("mai", "2/XN", "du học")).unwrap();
    assert_eq!(second.notices, [Notice::ConfirmationStands]);
    check_refusals(
        &town,
        vec![
            (confirm("mai", "1/xn", "x"), "input_invalid", Some("number")),
            (confirm("mai", "", "x"), "input_missing", Some("number")),
            (confirm("mai", "3/XN", ""), "input_missing", Some("purpose")),
            (confirm("cu", "3/XN", "x"), "person_dead", Some("person")),
        ],
    );
    // Two offices entered a marriage each: nothing is certified.
    let before = town.records[&id("mai")].clone();
    let plans: Vec<_> = [3, 4]
        .map(|last| {
            let filing = json!({"act": "marriage", "first": here("khach"), "second": card(last),
                "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]});
            town.file(filing).unwrap()
        })
        .into_iter()
        .collect();
    for (number, plan) in (90_u8..).zip(plans) {
        // Two nodes, neither of which knew of the other.
        let node = registry::NodeId::new([number; 16]);
        let act = Act {
            author: registry::act::Author { node, ..author(1) },
            office: None,
            body: plan.body,
        };
        let record = act.apply(0, town.records.get(&id("khach"))).unwrap();
        town.records.insert(id("khach"), record);
    }
    assert_eq!(
        town.refused(confirm("khach", "4/XN", "x")),
        ("field_in_dispute", Some("marriages"))
    );
    assert_eq!(town.records[&id("mai")], before);
}
