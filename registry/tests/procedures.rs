//! The procedures: what each makes, and every refusal with its code and the input it is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

mod town;

use registry::act::Target;
use registry::code::Role;
use registry::fields::Fields;
use registry::paper::birth_paper;
use registry::person::Person;
use registry::procedure::{Filing, Notice};
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::words::Tells;
use serde_json::{Value as Json, json};

use town::{Town, attested, author, here, id, value};

/// One household with five members, one of whom is dead.
fn office() -> Town {
    let mut office = Town::empty();
    for (key, name, pin, born, sex) in [
        ("man", "Trần Văn Cha", "001088000005", "1988-01-01", "male"),
        (
            "woman",
            "Phạm Thị Mẹ",
            "001189000006",
            "1989-01-01",
            "female",
        ),
        (
            "girl",
            "Phạm Thị Trẻ",
            "001310000007",
            "2010-01-01",
            "female",
        ),
        ("dead", "Lê Văn Mất", "001050000008", "1950-01-01", "male"),
        (
            "member",
            "Bùi Văn Con",
            "001099000009",
            "1999-01-01",
            "male",
        ),
    ] {
        let mut fields = Fields::new();
        let member = json!({"membership": {"household": id("house"), "since": "2001-01-01"}});
        for (field, json) in [
            (Field::Name, json!({"name": name})),
            (Field::Pin, json!({"pin": pin})),
            (Field::BirthDate, json!({"birth": born})),
            (Field::Sex, json!({"sex": sex})),
            (Field::Relation, json!({"relation": "head"})),
            (Field::Membership, member),
        ] {
            fields.set(field, Some(value(json)));
        }
        let home = json!({"residence": {"unit": "00004", "from": "2001-01-01"}});
        fields.push(Field::Permanent, value(home));
        office.put(key, RecordKind::Person, fields);
    }
    office.change("dead", |fields| {
        let death = json!({"death": {"date": "2020-01-01", "ground": "x"}});
        fields.set(Field::Death, Some(value(death)));
    });
    let mut house = Fields::new();
    house.set(Field::HouseholdHead, Some(Value::Head(id("man"))));
    let place = json!({"place": {"unit": "00004"}});
    house.set(Field::HouseholdAddress, Some(value(place)));
    office.put("house", RecordKind::Household, house);
    office
}

fn birth(more: Json) -> Json {
    let mut filing = json!({"act": "birth",
        "child": {"name": "Trần Minh An", "birth_date": "2026-11-01", "sex": "female"},
        "father": {"record": id("man")}, "mother": {"record": id("woman")},
        "evidence": [{"kind": "giấy chứng sinh"}]});
    for (key, value) in more.as_object().unwrap() {
        filing[key] = value.clone();
    }
    filing
}

#[test]
fn every_refusal_has_its_code_and_names_its_input() {
    let mut office = office();
    office
        .used
        .insert(birth_paper("CS-1", 0), author(9).act_id());
    office.frozen = Some(id("member"));
    let contact = |key: &str| json!({"act": "contact", "person": id(key), "phone": "0912345678"});
    let card = json!({"pin": "001080000099", "name": "Ai Đó", "birth_date": "1980"});
    let child = |date: &str| json!({"child": {"name": "A", "birth_date": date, "sex": "male"}});
    let correct = |field: &str, value: Json| {
        json!({"act": "correction", "person": id("man"), "fields": [{"field": field, "value": value}],
            "evidence": [{"kind": "Quyết định"}]})
    };
    let table: Vec<(Json, &str, Option<&str>)> = vec![
        (
            birth(child("2027-01-01")),
            "date_in_future",
            Some("child.birth_date"),
        ),
        (
            birth(json!({"certificate": "CS-1"})),
            "certificate_used",
            Some("certificate"),
        ),
        (
            birth(json!({"mother": {"record": id("nobody")}})),
            "record_not_held",
            Some("mother"),
        ),
        (
            birth(json!({"mother": {"record": id("house")}})),
            "record_of_other_kind",
            Some("mother"),
        ),
        (
            birth(json!({"mother": {"pin": "001399000001"}})),
            "date_in_future",
            Some("mother"),
        ),
        (birth(child("1980-01-01")), "input_invalid", Some("father")),
        (
            birth(
                json!({"child": {"name": "A", "birth_date": "2026-11-01", "sex": "male",
            "birth_place": {"unit": "99999"}}}),
            ),
            "commune_unknown",
            Some("child.birth_place"),
        ),
        (
            birth(
                json!({"father": null, "mother": {"pin": "001189000099"}, "joins_household": true}),
            ),
            "input_invalid",
            Some("joins_household"),
        ),
        (
            json!({"act": "death", "person": here("man"), "date": "2027-01-01", "ground": "x"}),
            "date_in_future",
            Some("date"),
        ),
        (
            json!({"act": "death", "person": here("man"), "date": "2026-01-01", "ground": ""}),
            "input_missing",
            Some("ground"),
        ),
        (
            attested(
                json!({"act": "death", "person": here("man"), "date": "1900-01-01", "ground": "x"}),
            ),
            "input_invalid",
            Some("date"),
        ),
        (
            attested(
                json!({"act": "death", "person": here("dead"), "date": "2026-01-01", "ground": "x"}),
            ),
            "person_dead",
            Some("person"),
        ),
        (contact("dead"), "person_dead", Some("person")),
        (contact("member"), "record_frozen", Some("person")),
        (
            json!({"act": "contact", "person": id("man")}),
            "nothing_changes",
            None,
        ),
        (
            json!({"act": "marriage", "first": here("man"), "second": here("girl")}),
            "under_age",
            Some("second"),
        ),
        (
            json!({"act": "marriage", "first": here("man"), "second": here("man")}),
            "input_invalid",
            Some("second"),
        ),
        (
            correct("pin", json!({"pin": "001088000099"})),
            "field_central_only",
            Some("pin"),
        ),
        (
            correct("phone", json!({"phone": "0912345678"})),
            "field_of_other_role",
            Some("phone"),
        ),
        (
            correct("name", json!({"sex": "male"})),
            "input_invalid",
            Some("name"),
        ),
        (
            correct("permanent", json!(null)),
            "input_invalid",
            Some("permanent"),
        ),
        (
            correct("name", json!({"name": "Trần Văn Cha"})),
            "nothing_changes",
            None,
        ),
        (
            json!({"act": "correction", "person": id("man"),
            "fields": [{"field": "name", "value": {"name": "Trần Văn Bố"}}]}),
            "evidence_missing",
            Some("evidence"),
        ),
        (
            json!({"act": "permanent_registration", "people": [], "address": "x", "ground": "y"}),
            "input_missing",
            Some("people"),
        ),
        (
            json!({"act": "permanent_registration", "people": [{"person": card}], "address": "x",
            "from": "2027-01-01", "ground": "y", "evidence": [{"kind": "CT01"}]}),
            "date_in_future",
            Some("from"),
        ),
        (
            json!({"act": "temporary_registration", "person": card, "address": "x",
            "from": "2026-11-01", "to": "2026-11-05", "ground": "y",
            "evidence": [{"kind": "CT01"}]}),
            "input_invalid",
            Some("to"),
        ),
        (
            json!({"act": "stay_notification", "person": here("man"), "from": "2026-10-01",
            "to": "2026-11-15"}),
            "input_invalid",
            Some("to"),
        ),
        (
            json!({"act": "household_split", "household": id("house"), "leaving": [id("man")],
            "new_head": id("man"), "evidence": [{"kind": "văn bản đồng ý"}]}),
            "rule_not_met",
            Some("remaining_head"),
        ),
        (
            json!({"act": "change_of_head", "household": id("house"), "new_head": id("man"),
            "evidence": [{"kind": "văn bản đồng ý"}]}),
            "nothing_changes",
            None,
        ),
        (
            json!({"act": "change_of_head", "household": id("house"), "new_head": id("member")}),
            "evidence_missing",
            Some("evidence"),
        ),
        (
            json!({"act": "household_split", "household": id("house"), "leaving": [id("woman")],
            "new_head": id("woman")}),
            "evidence_missing",
            Some("evidence"),
        ),
        (
            birth(json!({"evidence": []})),
            "evidence_missing",
            Some("evidence"),
        ),
        (
            json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "A", "birth_date": "1990", "sex": "male",
            "claimed_pin": "001088000005", "address": "x"}),
            "input_invalid",
            Some("claimed_pin"),
        ),
        (
            json!({"act": "withdraw", "of": author(77).act_id(), "reason": "x"}),
            "act_not_yours",
            None,
        ),
    ];
    for (filing, code, field) in table {
        let refusal = office.file(filing.clone()).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), (code, field), "{filing}");
        assert!(refusal.to_string().len() > 20, "{refusal}");
    }
    let refusal = office
        .file_as(&[Role::Residence], birth(json!({})))
        .unwrap_err();
    assert_eq!(refusal.code(), "role_missing");
}

#[test]
fn a_birth_makes_a_person_with_a_local_file_and_no_number() {
    let mut office = office();
    let act = office.act(birth(json!({"joins_household": true})));
    let (_, child) = act.records().next().unwrap();
    let fields = office.shown(&child);
    let child = Person(&fields);
    assert!(child.pin().is_none());
    assert!(fields.single(Field::LocalFile).is_some());
    assert_eq!(child.open_permanent().count(), 1);
    assert_eq!(child.membership().unwrap().household, id("house"));
    assert_eq!(act.body.effective, "2026-11-01".parse().unwrap());
}

#[test]
fn an_old_number_has_nine_digits_however_it_is_written() {
    let mut office = office();
    let collected = |number: &str| {
        json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Giàng A Páo", "birth_date": "1950",
            "sex": "male", "address": "bản Háng Gàng", "old_number": number})
    };
    for wrong in [
        "",
        "12345678",
        "0123456789",
        "001050000009",
        "01234567x",
        "không rõ",
    ] {
        let refused = office.refused(collected(wrong));
        assert_eq!(refused, ("input_invalid", Some("old_number")), "{wrong:?}");
    }
    let act = office.act(collected("060 123 456"));
    let (_, made) = act.records().next().unwrap();
    let fields = office.shown(&made);
    let number = fields.entries(Field::OldNumbers).next().unwrap().1;
    assert_eq!(*number, value(json!({"text": "060123456"})));
}

#[test]
fn who_is_collected_is_vietnamese_and_may_be_of_other_countries_too() {
    let mut office = office();
    let collected = |name: &str, told: Option<Json>| {
        let mut filing = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": name, "birth_date": "1950",
            "sex": "male", "address": "bản Háng Gàng"});
        if let Some(countries) = told {
            filing["nationality"] = countries;
        }
        filing
    };
    for (name, told, stands) in [
        ("Giàng A Páo", None, json!(["VN"])),
        (
            "Giàng A Tủa",
            Some(json!(["VN", "LA", "VN"])),
            json!(["LA", "VN"]),
        ),
    ] {
        let act = office.act(collected(name, told));
        let (_, made) = act.records().next().unwrap();
        let fields = office.shown(&made);
        let shown = fields.single(Field::Nationality).unwrap();
        assert_eq!(*shown, value(json!({"countries": stands})), "{name}");
    }
    let many = json!(["DE", "FR", "LA", "US", "GB", "JP", "KR", "CN", "TH"]);
    for (told, code) in [
        (json!([]), "input_missing"),
        (many, "act_too_large"),
        (json!(["LA"]), "input_invalid"),
    ] {
        let refused = office.refused(collected("Giàng A Vàng", Some(told)));
        assert_eq!(refused, (code, Some("nationality")));
    }
}

#[test]
fn what_is_left_out_or_has_not_come_is_refused_with_the_rule_of_the_procedure() {
    let office = office();
    for (filing, law) in [
        (
            json!({"act": "permanent_registration", "people": [], "address": "x", "ground": "y"}),
            "Luật Cư trú 68/2020, Điều 22",
        ),
        (
            json!({"act": "death", "person": here("man"), "date": "2027-01-01", "ground": "x"}),
            "Luật Hộ tịch 60/2014, Điều 34",
        ),
        (
            json!({"act": "contact", "person": id("dead"), "phone": "0912345678"}),
            "Bộ luật Dân sự 91/2015, Điều 16",
        ),
    ] {
        let refusal = office.file(filing).unwrap_err();
        assert!(refusal.said().vi.contains(law), "{refusal}");
    }
    // Of what no law sets a term for there is none to name.
    let stay = json!({"act": "stay_notification", "person": here("man"), "from": "2027-01-01"});
    assert!(!office.file(stay).unwrap_err().said().en.contains("Art."));
}

#[test]
fn a_late_birth_is_taken_with_a_notice() {
    let office = office();
    let child = json!({"child": {"name": "Lê A", "birth_date": "2026-01-01", "sex": "male"}});
    let plan = office.file(birth(child)).unwrap();
    assert_eq!(plan.notices, [Notice::LateFiling, Notice::ItemsMissing]);
}

#[test]
fn a_marriage_stands_on_both_records_and_a_death_ends_it_on_the_survivor_s() {
    let mut office = office();
    office.act(json!({"act": "marriage", "first": here("man"), "second": here("woman")}));
    assert_eq!(
        Person(&office.shown(&id("man")))
            .standing_marriages()
            .count(),
        1
    );
    let again = json!({"act": "marriage", "first": here("woman"), "second": here("member")});
    assert_eq!(office.file(again).unwrap_err().code(), "person_married");
    office.act(
        json!({"act": "death", "person": here("man"), "date": "2026-11-20",
        "ground": "Giấy báo tử", "evidence": [{"kind": "giấy báo tử"}]}),
    );
    assert_eq!(
        Person(&office.shown(&id("woman")))
            .standing_marriages()
            .count(),
        0
    );
    assert_eq!(Person(&office.shown(&id("woman"))).marriages().count(), 1);
}

#[test]
fn a_move_within_the_commune_closes_the_old_home() {
    let mut office = office();
    office.act(json!({"act": "permanent_registration", "address": "Số 9",
        "ground": "nhà mua", "people": [{"person": here("woman"), "relation": "head"}],
        "evidence": [{"kind": "CT01"}]}));
    let fields = office.shown(&id("woman"));
    let homes: Vec<_> = Person(&fields).residences(Field::Permanent).collect();
    assert_eq!(homes.len(), 2);
    assert_eq!(Person(&fields).open_permanent().count(), 1);
}

#[test]
fn a_card_of_somebody_elsewhere_becomes_a_claim_for_the_centre() {
    let office = office();
    let card = json!({"pin": "001080000099", "name": "Ai Đó", "birth_date": "1980-05-05"});
    let plan = office
        .file(json!({"act": "permanent_registration", "address": "Số 9",
            "ground": "nhà mua", "people": [{"person": card}],
            "evidence": [{"kind": "CT01"}]}))
        .unwrap();
    assert!(plan.notices.contains(&Notice::PersonElsewhere));
    assert!(
        plan.body
            .changes
            .iter()
            .any(|change| matches!(change.target, Target::Absent(_)))
    );
}

#[test]
fn a_split_and_a_change_of_head_leave_each_household_one_head_who_is_a_member() {
    let mut office = office();
    let act = office.act(json!({"act": "household_split", "household": id("house"),
        "leaving": [id("woman"), id("girl")], "new_head": id("woman"), "evidence": [{"kind": "văn bản đồng ý"}]}));
    let (_, made) = act.records().next().unwrap();
    assert_eq!(
        registry::person::head_of(&office.shown(&made)),
        Some(id("woman"))
    );
    let girl = office.shown(&id("girl"));
    assert_eq!(Person(&girl).membership().unwrap().household, made);
    office.act(json!({"act": "change_of_head", "household": id("house"),
        "new_head": id("member"), "evidence": [{"kind": "văn bản đồng ý"}]}));
    assert_eq!(
        registry::person::head_of(&office.shown(&id("house"))),
        Some(id("member"))
    );
}

#[test]
fn a_withdrawal_puts_back_what_was_and_revokes_what_was_made() {
    let mut office = office();
    let before = office.shown(&id("man"));
    let contact = office.act(json!({"act": "contact", "person": id("man"), "phone": "0912345678"}));
    assert!(office.shown(&id("man")).single(Field::Phone).is_some());
    office.act(json!({"act": "withdraw", "of": contact.id(), "reason": "nhầm người"}));
    assert_eq!(office.shown(&id("man")), before);
    let birth = office.act(birth(json!({})));
    let (_, child) = birth.records().next().unwrap();
    office.act(json!({"act": "withdraw", "of": birth.id(), "reason": "nhập nhầm"}));
    assert!(Person(&office.shown(&child)).is_revoked());
    office.acts[0].1 = true;
    let final_act = json!({"act": "withdraw", "of": contact.id(), "reason": "x"});
    assert_eq!(office.file(final_act).unwrap_err().code(), "act_final");
}

#[test]
fn a_refusal_never_shows_a_citizen_s_data() {
    let office = office();
    let refusal = office
        .file(json!({"act": "contact", "person": id("dead"), "email": "canary@canary.vn"}))
        .unwrap_err();
    assert!(!format!("{refusal} {refusal:?}").contains("canary"));
    let plan = office
        .file(json!({"act": "contact", "person": id("man"), "email": "canary@canary.vn"}))
        .unwrap();
    assert!(!format!("{plan:?}").contains("canary"));
}

#[test]
fn a_misspelt_key_is_told_and_never_passed_over() {
    for (filing, key) in [
        (birth(json!({"mothr": {"record": id("woman")}})), "mothr"),
        (birth(json!({"join_household": true})), "join_household"),
        (birth(json!({"evidnce": []})), "evidnce"),
        (
            json!({"act": "contact", "person": id("man"), "emial": "a@b.vn"}),
            "emial",
        ),
        (
            json!({"act": "contact", "person": id("man"), "phone": "0912345678",
            "evidence": [{"kind": "x", "numbr": "1"}]}),
            "numbr",
        ),
    ] {
        let error = serde_json::from_value::<Filing>(filing)
            .unwrap_err()
            .to_string();
        assert!(error.contains(key), "{error}");
    }
    assert!(serde_json::from_value::<Filing>(birth(json!({}))).is_ok());
}
