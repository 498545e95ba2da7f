//! Acts on people whose commune a decree has ended: records keep the old code, and the office that
//! has them now acts on them as on its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod town;

use std::sync::Arc;

use registry::act::Target;
use registry::date::Date;
use registry::edit::Edit;
use registry::fields::Fields;
use registry::procedure::{Desk, Filing, Plan, Refusal, Renaming, plan};
use registry::quality::Marks;
use registry::schema::{Field, RecordKind};
use registry::unit::{Decree, Units};
use registry::value::{Line, Value};
use registry::{CommitSeq, OfficeCode};
use serde_json::{Value as Json, json};
use town::{ALL, Town, attested, desk, id};

fn code(text: &str) -> OfficeCode {
    text.parse().unwrap()
}

fn after(rows: &str) -> Arc<Units> {
    let units = Units::built_in();
    let file = format!("old_code,new_code,share,default,hamlets\n{rows}");
    let day: Date = "2026-11-01".parse().unwrap();
    let decree = Arc::new(Decree::read(&file, day, units).unwrap());
    Arc::new(units.after(decree, CommitSeq::new(9)).unwrap())
}

fn at(office: &str, units: &Arc<Units>, town: &Town, filing: &Json) -> Result<Plan, Refusal> {
    let filing: Filing = serde_json::from_value(filing.clone()).unwrap();
    let desk = Desk {
        office: code(office),
        units: Arc::clone(units),
        ..desk(1, &ALL)
    };
    plan(&filing, &desk, town)
}

/// What an office does with those who live in its commune.
fn filings() -> Vec<Json> {
    vec![
        attested(json!({"act": "temporary_renewal", "person": id("khach"), "to": "2027-10-30"})),
        attested(json!({"act": "temporary_deletion", "people": [id("khach")],
            "ground": "rental_ended", "to": "2026-11-15"})),
        attested(
            json!({"act": "permanent_deletion", "people": [id("binh")], "ground": "consent_withdrawn",
            "to": "2026-11-20"}),
        ),
        json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
            "people": [{"person": id("an"), "permanent_address": "số 5 tổ dân phố 3"}]}),
        json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
            "households": [{"household": id("one"), "address": "số 5 tổ dân phố 3"}]}),
        attested(json!({"act": "household_merge", "household": id("two"), "into": id("one")})),
        attested(
            json!({"act": "household_split", "household": id("one"), "leaving": [id("binh")],
            "new_head": id("binh")}),
        ),
        attested(
            json!({"act": "change_of_head", "household": id("one"), "new_head": id("binh"),
            "agreed": "2026-11-10"}),
        ),
    ]
}

#[test]
fn the_office_that_has_the_people_now_acts_on_them_and_no_other_does() {
    let town = Town::new();
    let merged = after("00004,00008,whole,1,\n");
    for filing in filings() {
        at("00004", Units::built_in(), &town, &filing).unwrap();
        at("00008", &merged, &town, &filing).unwrap_or_else(|no| panic!("{filing}: {no}"));
        if ["household_split", "change_of_head"].contains(&filing["act"].as_str().unwrap()) {
            // These look at who holds the household alone.
            continue;
        }
        at("00025", &merged, &town, &filing).unwrap_err();
    }
    let born = json!({"act": "birth", "joins_household": true, "mother": {"record": id("binh")},
        "child": {"name": "Lê Minh An", "birth_date": "2026-11-01", "sex": "female"},
        "evidence": [{"kind": "văn bản làm chứng"}]});
    let homes = |office, units: &Arc<Units>| -> Vec<OfficeCode> {
        let plan = at(office, units, &town, &born).unwrap();
        let mut homes = Vec::new();
        for change in &plan.body.changes {
            let Target::New { fields, .. } = &change.target else {
                continue;
            };
            for (_, home) in registry::person::Person(fields).open_permanent() {
                homes.push(home.unit);
            }
        }
        homes
    };
    assert_eq!(homes("00004", Units::built_in()), [code("00004")]);
    // The newborn's home is written as the place is called today.
    assert_eq!(homes("00008", &merged), [code("00008")]);
    let refused = at("00025", &merged, &town, &born).unwrap_err();
    assert_eq!(refused.field(), Some("joins_household"));
}

#[test]
fn of_a_divided_commune_the_address_tells_whose_it_is() {
    let mut town = Town::new();
    let divided = after("00004,00004,part,1,\n00004,00008,part,0,thôn Đông\n");
    let adjusts = json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
        "people": [{"person": id("an"), "permanent_address": "số 5 tổ dân phố 3"}]});
    at("00008", &divided, &town, &adjusts).unwrap();
    // Written since, the code would mean the rest: whoever holds the record knows.
    at("00004", &divided, &town, &adjusts).unwrap();
    at("00025", &divided, &town, &adjusts).unwrap_err();
    town.change("an", |fields| {
        let home = json!({"residence": {"unit": "00004", "address": "số 5 thôn Tây", "from": "2001-01-01"}});
        let slot = fields.entries(Field::Permanent).next().unwrap().0;
        let slot = registry::fields::Slot::entry(Field::Permanent, slot);
        fields.put(slot, town::value(home));
    });
    at("00004", &divided, &town, &adjusts).unwrap();
    at("00008", &divided, &town, &adjusts).unwrap_err();
}

#[test]
fn a_street_of_the_commune_that_is_no_more_is_renamed_by_the_office_that_has_it() {
    let town = Town::new();
    let merged = after("00004,00008,whole,1,\n");
    let line = |text: &str| Line::parse(text).unwrap();
    let renaming = Renaming {
        from: line("thôn Đông"),
        to: line("tổ dân phố 3"),
        unit: None,
        ground: line("Nghị quyết 12"),
    };
    for (office, found) in [("00008", true), ("00025", false)] {
        for (key, kind) in [("an", RecordKind::Person), ("one", RecordKind::Household)] {
            let of = (&*merged, code(office));
            let renamed = renaming.of_record(id(key), kind, &town.fields(key), of);
            assert_eq!(renamed.is_some(), found, "{key} {office}");
        }
    }
}

#[test]
fn parents_are_two_people_and_a_number_goes_with_its_name() {
    let town = Town::new();
    let number = |key: &str| match town.fields(key).single(Field::Pin) {
        Some(Value::Pin(pin)) => pin.digits(),
        _ => panic!("no number"),
    };
    let born = |father: Json, mother: Json| {
        json!({"act": "birth", "father": father, "mother": mother,
            "child": {"name": "Lê Minh An", "birth_date": "2026-11-01", "sex": "female"},
            "evidence": [{"kind": "văn bản làm chứng"}]})
    };
    let an = || json!({"record": id("an")});
    let named = |name: &str, key: &str| json!({"named": {"name": name, "pin": number(key)}});
    town.file(born(an(), named("Lê Văn binh", "binh"))).unwrap();
    let mother = ("input_invalid", Some("mother"));
    for wrong in [
        born(an(), an()),
        born(an(), json!({"pin": number("an")})),
        born(an(), named("Lê Văn an", "an")),
        // A digit of another resident's number.
        born(an(), named("Trần Thị Khác", "binh")),
    ] {
        assert_eq!(town.refused(wrong.clone()), mother, "{wrong}");
    }
    let elsewhere = json!({"pin": "001181000009"});
    assert_eq!(town.refused(born(elsewhere.clone(), elsewhere)), mother);
}

#[test]
fn who_lives_for_a_time_in_the_commune_of_the_home_is_told_of_once_a_decree_made_it_one() {
    let residence = |unit: &str, field: Field, fields: &mut Fields| {
        let home = json!({"residence": {"unit": unit, "address": "Số 2, thôn Đông",
            "from": "2026-01-01"}});
        fields.push(field, serde_json::from_value(home).unwrap());
    };
    let lodges = |stay: &str, home: &str, units: &Units| {
        let (mut fields, mut marks) = (Fields::new(), Marks::default());
        residence(stay, Field::Temporary, &mut fields);
        residence(home, Field::Permanent, &mut fields);
        marks.note_lodging(&fields, units);
        marks.lodges_at_home
    };
    let merged = after("00004,00008,whole,1,\n");
    assert!(!lodges("00004", "00008", Units::built_in()));
    assert!(lodges("00004", "00008", &merged));
    assert!(lodges("00008", "00004", &merged));
    assert!(!lodges("00004", "00025", &merged));
    let divided = after("00004,00004,part,1,\n00004,00008,part,0,thôn Đông\n");
    // The code has meant two places: nobody can tell, so nobody is told.
    assert!(!lodges("00004", "00008", &divided));
}

/// The communes of the homes and of the household that an adjustment writes.
fn written(plan: &Plan) -> Vec<(OfficeCode, String)> {
    let edits = plan.body.changes.iter().flat_map(|change| &change.edits);
    edits
        .filter_map(|edit| match edit {
            Edit::Amend(_, _, Some(Value::Residence(home))) => {
                Some((home.unit, home.address.as_str().to_owned()))
            }
            Edit::Put(_, Value::Place(place)) => {
                Some((place.unit.unwrap(), place.text.as_str().to_owned()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn an_address_that_is_rewritten_does_not_bring_its_people_to_another_part_of_the_old_commune() {
    let town = Town::new();
    let divided = after("00004,00004,part,1,\n00004,00008,part,0,thôn Đông\n");
    // The hamlet is in the old address alone; by the code with the new one they would be elsewhere.
    for rewrites in [
        json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
            "people": [{"person": id("an"), "permanent_address": "số 5 tổ dân phố 3"}]}),
        json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
            "households": [{"household": id("one"), "address": "số 5 tổ dân phố 3"}]}),
        attested(json!({"act": "temporary_renewal", "person": id("khach"), "to": "2027-10-30"})),
    ] {
        let written = written(&at("00008", &divided, &town, &rewrites).unwrap());
        assert!(!written.is_empty(), "{rewrites}");
        for (unit, address) in written {
            let holder = divided.holder(unit, divided.edition(), &address);
            assert_eq!((unit, holder), (code("00008"), code("00008")), "{rewrites}");
        }
    }
}

#[test]
fn who_went_with_the_wrong_part_of_a_divided_commune_is_brought_to_the_right_one() {
    let town = Town::new();
    let divided = after("00004,00004,part,1,\n00004,00008,part,0,\n");
    let moved = |unit: &str, what: Json| {
        let mut act = json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
            "unit": unit});
        let what = what.as_object().unwrap().clone();
        act.as_object_mut().unwrap().extend(what);
        act
    };
    let people = || json!({"people": [{"person": id("an")}]});
    let houses = || json!({"households": [{"household": id("one")}]});
    for what in [people(), houses()] {
        let written = written(&at("00004", &divided, &town, &moved("00008", what)).unwrap());
        assert!(!written.is_empty());
        for (unit, address) in written {
            assert_eq!((unit, address.is_empty()), (code("00008"), false));
        }
    }
    // A commune that is no part of it, or of which nobody ever heard; no division.
    for (units, unit) in [
        (&divided, "00025"),
        (&divided, "99999"),
        (Units::built_in(), "00008"),
    ] {
        let refused = at("00004", units, &town, &moved(unit, people())).unwrap_err();
        assert_eq!(refused.field(), Some("unit"), "{unit}");
    }
    // Nobody goes anywhere with this office's own commune.
    let stays = at("00004", &divided, &town, &moved("00004", people()));
    assert!(matches!(stays, Err(Refusal::NothingChanges)));
    let mut groundless = moved("00008", people());
    groundless["ground"] = json!("");
    let refused = at("00004", &divided, &town, &groundless).unwrap_err();
    assert_eq!(refused.field(), Some("ground"));
}

#[test]
fn a_whole_hamlet_is_brought_to_its_part_of_a_divided_commune() {
    let town = Town::new();
    let divided = after("00004,00004,part,1,\n00004,00008,part,0,\n");
    let line = |text: &str| Line::parse(text).unwrap();
    let hamlet = |unit: Option<&str>| Renaming {
        from: line("thôn Đông"),
        to: line("thôn Đông"),
        unit: unit.map(code),
        ground: line("Nghị quyết 12"),
    };
    let check = |unit| hamlet(unit).check(&divided, code("00004"));
    check(Some("00008")).unwrap();
    assert_eq!(check(Some("00025")).unwrap_err().field(), Some("unit"));
    for same in [None, Some("00004")] {
        assert!(matches!(check(same), Err(Refusal::NothingChanges)));
    }
    let of = (&*divided, code("00004"));
    let renaming = hamlet(Some("00008"));
    for (key, kind) in [("an", RecordKind::Person), ("one", RecordKind::Household)] {
        let found = renaming.of_record(id(key), kind, &town.fields(key), of);
        let acts = renaming.acts(found);
        assert_eq!(acts.len(), 1, "{key}");
        assert_eq!(acts[0].unit, Some(code("00008")), "{key}");
    }
}
