//! A clerk hears all that stands against an act at once, as far as one thing can be looked at
//! without the other; and is told, not refused, where parents or a name hardly can be right.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    missing_docs
)]

use registry::procedure::{Filing, Notice, plan, refusals};
use registry::schema::Field;
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};
use town::{ALL, Town, attested, card, decided, desk, here, id, married, value, with};

mod town;

/// The codes with the inputs of all that is told, the first being that of the plan.
fn told(town: &Town, filing: Json) -> Vec<(&'static str, &'static str)> {
    let filing: Filing = serde_json::from_value(filing).unwrap();
    let desk = desk(town.acts.len() as u64 + 1, &ALL);
    let all = refusals(&filing, &desk, town);
    assert_eq!(plan(&filing, &desk, town).err().as_ref(), all.first());
    let told = all.iter().map(|it| (it.code(), it.field().unwrap_or("")));
    told.collect()
}

#[test]
fn everything_that_is_wrong_with_an_act_is_told_at_once() {
    let town = married();
    for (filing, wrong) in [
        (
            json!({"act": "death", "person": here("cu"), "date": "2027-01-01", "ground": "",
                "place": {"unit": "99999"}, "declared": "dead"}),
            vec![
                ("date_in_future", "date"),
                ("input_missing", "ground"),
                ("commune_unknown", "place"),
                ("evidence_missing", "evidence"),
                ("person_dead", "person"),
            ],
        ),
        (
            json!({"act": "marriage", "first": here("an"), "second": here("mai"),
                "date": "2027-01-01"}),
            vec![
                ("date_in_future", "date"),
                ("person_married", "first"),
                ("under_age", "second"),
            ],
        ),
        (
            json!({"act": "late_birth", "mother": {"record": id("mai")},
                "father": {"pin": "001083000001"}, "joins_household": true, "child": {"name": "Lê Con",
                "birth_date": "2013-05-05", "sex": "male", "birth_place": {"unit": "99999"}}}),
            vec![
                ("evidence_missing", "evidence"),
                ("commune_unknown", "child.birth_place"),
                ("input_invalid", "mother"),
                ("input_invalid", "joins_household"),
            ],
        ),
        (
            json!({"act": "correction", "person": id("an"), "fields": [
                {"field": "pin", "value": null}, {"field": "phone", "value": null},
                {"field": "sex", "value": {"sex": "female"}}]}),
            vec![
                ("field_central_only", "pin"),
                ("field_of_other_role", "phone"),
                ("evidence_missing", "evidence"),
            ],
        ),
        (
            json!({"act": "permanent_registration", "people": [{"person": here("cu")}],
                "address": "số 1", "from": "2027-01-01"}),
            vec![
                ("input_missing", "ground"),
                ("evidence_missing", "evidence"),
                ("date_in_future", "from"),
                ("person_dead", "person"),
            ],
        ),
        (
            json!({"act": "temporary_absence", "person": id("cu"), "from": "2026-11-20",
                "to": "2026-11-01", "declared": "2027-01-01", "destination": {"unit": "99999"}}),
            vec![
                ("person_dead", "person"),
                ("date_in_future", "declared"),
                ("input_invalid", "to"),
                ("rule_not_met", "to"),
                ("commune_unknown", "destination"),
            ],
        ),
        (
            json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Lê Mới", "birth_date": "2027-01-01", "sex": "male",
                "address": "số 1", "from": "2027-01-01", "relation": "child"}),
            vec![
                ("date_in_future", "birth_date"),
                ("date_in_future", "from"),
                ("input_missing", "household"),
            ],
        ),
        (
            json!({"act": "change_of_head", "household": id("one"), "new_head": id("dung"),
                "agreed": "2027-01-01", "evidence": [{"kind": "văn bản đồng ý"}]}),
            vec![("date_in_future", "agreed"), ("input_invalid", "new_head")],
        ),
    ] {
        assert_eq!(told(&town, filing.clone()), wrong, "{filing}");
    }
    // The same without what is wrong is filed.
    let death = json!({"act": "death", "person": here("an"), "date": "2026-11-01", "ground": "giấy báo tử"});
    assert_eq!(told(&town, attested(death)), vec![]);
}

/// What would follow if those who are refused went too is not told: it is not so.
#[test]
fn who_is_refused_leaves_nobody_behind() {
    let mut town = married();
    let death = json!({"death": {"date": "2026-10-01", "ground": "x"}});
    let moves = |who: &str| {
        json!({"act": "permanent_registration", "people": [{"person": here(who)}],
            "address": "số 1", "ground": "thuê nhà", "evidence": [{"kind": "CT01"}]})
    };
    let splits = |who: &str| {
        json!({"act": "household_split", "household": id("one"), "new_head": id(who),
            "leaving": [id(who)], "evidence": [{"kind": "văn bản đồng ý"}]})
    };
    // The head may not go without another head.
    let headless = |field| vec![("rule_not_met", field)];
    assert_eq!(told(&town, moves("an")), headless("new_head"));
    assert_eq!(told(&town, splits("an")), headless("remaining_head"));
    town.change("an", |fields| {
        fields.set(Field::Death, Some(value(death)));
    });
    assert_eq!(told(&town, moves("an")), [("person_dead", "person")]);
    assert_eq!(told(&town, splits("an")), [("person_dead", "leaving")]);
}

fn birth(more: Json) -> Json {
    let child = json!({"name": "Lê Thị Con", "birth_date": "2026-11-02", "sex": "female",
        "native_place": {"unit": "00004"}, "ethnic": "1979:01"});
    with(
        json!({"act": "birth", "child": child, "evidence": [{"kind": "giấy chứng sinh"}]}),
        more,
    )
}

fn notices(town: &Town, filing: Json) -> Vec<Notice> {
    town.file(filing).unwrap().notices
}

#[test]
fn a_parent_who_hardly_can_be_one_is_told_and_not_refused() {
    let mut town = married();
    town.person("nho", "2014-11-03", "female", None);
    town.person("vua", "2014-11-02", "female", None);
    town.person("gia", "1966-11-01", "female", None);
    town.person("ong", "1946-11-01", "male", None);
    town.person("me", "1990-01-01", "female", None);
    town.person("bo", "1990-01-01", "male", None);
    let dead = |town: &mut Town, who: &str, day: &str| {
        let death = json!({"death": {"date": day, "ground": "x"}});
        town.change(who, |fields| fields.set(Field::Death, Some(value(death))));
    };
    let mother = |who: &str| birth(json!({"mother": {"record": id(who)}}));
    let father = |who: &str| birth(json!({"father": {"record": id(who)}}));
    let by_pin = |pin: &str| birth(json!({"mother": {"pin": pin}}));
    for (filing, told) in [
        (mother("me"), vec![]),
        (mother("nho"), vec![Notice::ParentYoung]),
        (mother("vua"), vec![]),
        (mother("gia"), vec![]),
        (father("ong"), vec![]),
        // By the year in a number, as far as that tells.
        (by_pin("001315000099"), vec![Notice::ParentYoung]),
        (by_pin("001314000099"), vec![]),
        (by_pin("001164000099"), vec![Notice::ParentOld]),
        (by_pin("001190000099"), vec![]),
        (birth(json!({})), vec![Notice::NoParents]),
        (
            birth(json!({"father": {"named": {"name": "Lê Văn Xa", "pin": null}}})),
            vec![],
        ),
    ] {
        assert_eq!(notices(&town, filing.clone()), told, "{filing}");
    }
    for (who, day, filing, told) in [
        ("me", "2026-11-02", mother("me"), vec![]),
        ("me", "2026-11-01", mother("me"), vec![Notice::MotherDead]),
        ("me", "2026-11", mother("me"), vec![]),
        ("bo", "2026-01-06", father("bo"), vec![]),
        ("bo", "2026-01-05", father("bo"), vec![Notice::FatherDead]),
        ("gia", "2027-01-01", mother("gia"), vec![]),
    ] {
        dead(&mut town, who, day);
        assert_eq!(notices(&town, filing), told, "{who} {day}");
    }
    // Older by a year each, they are told.
    for (who, born, filing) in [
        ("gia", "1965-11-02", mother("gia")),
        ("ong", "1945-11-02", father("ong")),
    ] {
        town.person(who, born, "male", None);
        let told = notices(&town, filing);
        assert!(told.contains(&Notice::ParentOld), "{who}: {told:?}");
    }
    // One of another commune by card, at a recognition too.
    let young = json!({"pin": "001220000077", "name": "Lê Văn Xa", "birth_date": "2020-05-05"});
    let recognized = |father: Json| {
        let act = json!({"act": "parent_recognition", "child": here("con"), "father": father});
        decided(act)
    };
    town.person("con", "2026-05-05", "female", None);
    assert!(notices(&town, recognized(young)).contains(&Notice::ParentYoung));
    assert!(!notices(&town, recognized(card(1))).contains(&Notice::ParentYoung));
}

#[test]
fn a_parent_is_looked_at_alike_however_they_are_named() {
    let mut town = married();
    town.person("me", "1990-01-01", "female", None);
    let pin = match town.fields("me").single(Field::Pin) {
        Some(Value::Pin(pin)) => pin.digits(),
        other => panic!("{other:?}"),
    };
    let ways = [
        json!({"record": id("me")}),
        json!({ "pin": pin }),
        json!({"named": {"name": "Lê Văn me", "pin": pin}}),
    ];
    for way in &ways {
        assert_eq!(told(&town, birth(json!({ "mother": way }))), []);
    }
    town.change("me", |fields| {
        let revoked = Value::Text(Line::parse("đăng ký nhầm").unwrap());
        fields.set(Field::Revoked, Some(revoked));
    });
    for way in &ways {
        let refused = told(&town, birth(json!({ "mother": way })));
        assert_eq!(refused, [("registration_revoked", "mother")], "{way}");
    }
    // Who is held elsewhere is named by number; by a record that is not here nobody is.
    let elsewhere = json!({"mother": {"pin": "001190000099"}});
    assert_eq!(told(&town, birth(elsewhere)), []);
    let nobody = json!({"mother": {"record": id("xa")}});
    let refused = told(&town, birth(nobody));
    assert_eq!(refused, [("record_not_held", "mother")]);
}

#[test]
fn a_name_that_may_not_be_whole_is_told() {
    let town = Town::new();
    for (name, is_unusual) in [
        ("Lê Thị Con", false),
        ("Y Moan", false),
        ("Con", true),
        ("con", true),
        ("Lê thị Con", true),
    ] {
        let child = json!({"name": name, "birth_date": "2026-11-02", "sex": "female"});
        let told = notices(&town, birth(json!({"child": child})));
        assert_eq!(told.contains(&Notice::NameUnusual), is_unusual, "{name}");
        let collected = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": name, "birth_date": "1990-01-01",
            "sex": "male", "address": "số 1"});
        let told = notices(&town, collected);
        assert_eq!(told.contains(&Notice::NameUnusual), is_unusual, "{name}");
    }
}
