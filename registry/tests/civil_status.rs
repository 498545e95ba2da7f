//! The civil-status acts beside birth, death and marriage: what each makes, and every refusal
//! with its code and the input that it is about.
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
use registry::code::Role;
use registry::edit::Edit;
use registry::person::{MaritalStatus, Person};
use registry::procedure::{Filing, Notice, plan};
use registry::schema::Field;
use registry::value::{Marriage, PersonLink, Value};
use serde_json::{Value as Json, json};
use town::{Town, author, desk, id, with};

mod town;

/// A decision with its number and date.
fn decided(filing: Json) -> Json {
    let paper = json!({"kind": "Quyết định", "number": "12/2026", "date": "2026-11-02"});
    with(filing, json!({"evidence": [paper]}))
}

/// A paper without a number.
fn attested(filing: Json) -> Json {
    with(filing, json!({"evidence": [{"kind": "Giấy tờ"}]}))
}

fn here(key: &str) -> Json {
    json!({"id": id(key)})
}

fn card(last: u8) -> Json {
    json!({"pin": format!("0010810000{last:02}"), "name": "Vi Văn Xa", "birth_date": "1981-05-05"})
}

/// `an` and `binh` are married, `dung` to somebody of another commune.
fn town() -> Town {
    let mut town = Town::new();
    town.person("mai", "2014-05-05", "female", None);
    for (first, second) in [(here("an"), here("binh")), (here("dung"), card(1))] {
        town.perform(json!({"act": "marriage", "first": first, "second": second,
            "date": "2001-02-03"}));
    }
    town
}

fn marriage_of(town: &Town, key: &str) -> Marriage {
    let fields = town.fields(key);
    let person = Person(&fields);
    let marriage = person.marriages().next().unwrap().1;
    marriage.clone()
}

fn status_of(town: &Town, key: &str) -> MaritalStatus {
    Person(&town.fields(key)).marital_status()
}

fn child(more: Json) -> Json {
    let child = json!({"name": "Lê Thị Con", "birth_date": "2020-03-04", "sex": "female",
        "native_place": {"unit": "00004"}, "ethnic": "1979:01"});
    with(child, more)
}

/// The edits of the people of other communes.
fn edits_elsewhere(plan: &registry::procedure::Plan) -> Vec<Edit> {
    let absent = plan
        .body
        .changes
        .iter()
        .filter(|change| matches!(change.target, Target::Absent(_)));
    absent.flat_map(|change| change.edits.clone()).collect()
}

fn check_refusals(town: &Town, table: Vec<(Json, &str, Option<&str>)>) {
    for (filing, code, field) in table {
        assert_eq!(town.refused(filing.clone()), (code, field), "{filing}");
    }
}

#[test]
fn a_late_birth_rests_on_a_paper_and_is_registered_here() {
    let mut town = town();
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
    let town = town();
    let birth = |more: Json| json!({"act": "birth", "child": child(with(json!({"birth_date": "2026-11-02"}), more))});
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
    let bare =
        json!({"act": "birth", "child": {"name": "A", "birth_date": "2026-11-02", "sex": "male"}});
    assert_eq!(town.file(bare).unwrap().notices, [Notice::ItemsMissing]);
}

fn repeated(person: Json, more: Json) -> Json {
    let child = json!({"name": "Lê Văn an", "birth_date": "1970-05-05", "sex": "male"});
    let filing = json!({"act": "repeated_birth", "person": person, "child": with(child, more)});
    attested(filing)
}

#[test]
fn a_repeated_birth_supplements_whoever_is_there_and_makes_no_second_person() {
    let mut town = town();
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
    let mut town = town();
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
        let mut town = town();
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
        town().refused(end("divorce", here("cu"), card(3), "2026-10-02")),
        ("person_dead", Some("first"))
    );
}

#[test]
fn a_father_and_a_mother_are_recognised_once_each() {
    let mut town = town();
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
    let mut town = town();
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

#[test]
fn a_confirmation_says_the_status_and_is_valid_for_six_months() {
    let mut town = town();
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
            let filing = json!({"act": "marriage", "first": here("khach"), "second": card(last)});
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

fn death(person: Json, more: Json) -> Json {
    let filing = json!({"act": "death", "person": person, "date": "2026-11-10",
        "ground": "Giấy báo tử"});
    with(filing, more)
}

fn revoked(person: Json, more: Json) -> Json {
    let filing = json!({"act": "death_revoked", "person": person, "cause": "court"});
    decided(with(filing, more))
}

#[test]
fn a_death_ends_the_marriage_wherever_the_other_lives_but_one_who_is_missing_stays_married() {
    let mut town = town();
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
    let mut missing = self::town();
    missing.perform(decided(death(here("an"), json!({"declared": "missing"}))));
    assert_eq!(status_of(&missing, "binh"), MaritalStatus::Married);
    town.perform(decided(death(here("an"), json!({"declared": "dead"}))));
    assert_eq!(status_of(&town, "binh"), MaritalStatus::DivorcedOrWidowed);
}

#[test]
fn who_returns_is_married_again_unless_the_other_has_married_since() {
    let mut town = town();
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
    let mut alone = self::town();
    alone.perform(death(here("an"), json!({})));
    alone.perform(revoked(here("an"), json!({"cause": "error"})));
    for key in ["an", "binh"] {
        assert_eq!(status_of(&alone, key), MaritalStatus::Married, "{key}");
        assert_eq!(marriage_of(&alone, key).ended, None);
    }
    assert!(Person(&alone.fields("an")).death().is_none());
    town.perform(
        json!({"act": "marriage", "first": here("binh"), "second": card(5),
        "date": "2026-11-15"}),
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
fn the_spouse_of_another_commune_is_brought_back_by_card() {
    let mut town = town();
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
    let mut town = town();
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
    let town = town();
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
    // What a paper need not prove is taken without one.
    let place = correct("an", "native_place", json!({"place": {"unit": "00008"}}));
    assert!(town.file(place).is_ok());
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
    let town = town();
    let two = json!({"first": here("an"), "second": here("binh"), "date": "2026-10-02"});
    let ward = json!({"ward": here("mai"), "guardian": here("an")});
    for (act, input) in [
        ("late_birth", json!({"child": child(json!({}))})),
        (
            "repeated_birth",
            json!({"child": child(json!({"birth_date": "1950"}))}),
        ),
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
