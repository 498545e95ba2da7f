//! One renaming for a whole street: what it finds, what it leaves, and that it comes to an end.

use registry::case::CaseNotice;
use registry::feed::FeedItem;
use registry::procedure::{ActInput, Filing, Refusal, Renaming};
use registry::schema::Field;
use serde_json::json;

use super::world::*;
use crate::office::{BulkPlan, FileError};

fn renaming(from: &str, to: &str) -> Renaming {
    let json = json!({"from": from, "to": to, "ground": "Nghị quyết 12"});
    serde_json::from_value(json).unwrap()
}

/// An office with 99 people who live at `số 5 ngõ Tức Mạc`, in a household there.
fn street() -> World {
    let mut world = World::empty();
    let mut records: Vec<_> = (1..=99).map(|n| person(n, "Trần Thị Hòa")).collect();
    let mut fields = household().read().unwrap().fields;
    let place = json!({"place": {"unit": "00004", "text": "số 5, Ngõ Tức Mạc"}});
    fields.set(Field::HouseholdAddress, serde_json::from_value(place).ok());
    let house = record_id(200);
    let kind = registry::schema::RecordKind::Household;
    records.push(registry::record::Record::new(house, kind, fields));
    world.fill(&records);
    world
}

fn plan(world: &World, renaming: &Renaming) -> BulkPlan {
    world.office.plan_renaming(renaming, &clerk()).unwrap()
}

fn file_all(world: &mut World, renaming: &Renaming) -> usize {
    let acts = renaming.acts(plan(world, renaming).renamed);
    let count = acts.len();
    for act in acts {
        world.file(&Filing {
            input: ActInput::ResidenceAdjustment(act),
            effective: None,
            evidence: Vec::new(),
            note: line(""),
        });
    }
    count
}

#[test]
fn a_street_is_renamed_by_acts_of_64_records_and_once_more_changes_nothing() {
    let mut world = street();
    let renaming = renaming("ngõ Tức Mạc", "phố Tức Mạc");
    let would = plan(&world, &renaming);
    assert_eq!((would.renamed.len(), would.skipped.len()), (100, 0));
    let texts: Vec<(&str, &str)> = would
        .changes
        .iter()
        .map(|change| (change.old.as_str(), change.new.as_str()))
        .collect();
    assert!(texts.contains(&("số 5 ngõ Tức Mạc", "số 5 phố Tức Mạc")));
    assert!(texts.contains(&("số 5, Ngõ Tức Mạc", "số 5, phố Tức Mạc")));
    assert_eq!(world.office.standing(NOW_S).unsent, 0);
    assert_eq!(file_all(&mut world, &renaming), 2);
    assert_eq!(world.office.standing(NOW_S).unsent, 2);
    assert!(plan(&world, &renaming).renamed.is_empty());
    assert_eq!(file_all(&mut world, &renaming), 0);
    let one = world.office.rows.shown(&record_id(7)).unwrap().unwrap();
    let person = registry::person::Person(one.fields());
    let homes = person.open_permanent();
    let addresses: Vec<&str> = homes.map(|(_, home)| home.address.as_str()).collect();
    assert_eq!(addresses, ["số 5 phố Tức Mạc"]);
    world.check();
}

#[test]
fn who_is_frozen_is_left_out_and_told_and_the_others_go_on() {
    let mut world = street();
    let dispute = json!({"row": 6, "matter": "life", "records": [record_id(1)], "claims": [],
        "agreed": null, "slots": [], "harm": 5});
    let notice: CaseNotice = serde_json::from_value(json!({"parties": [], "case":
        {"id": "03".repeat(16), "number": 12, "generation": 0, "dispute": dispute,
        "owner": "national", "opened_s": NOW_S, "due": "2026-11-25", "state": "open",
        "version": 1, "questions": [], "answers": [], "appeal": null}}))
    .unwrap();
    world.feed(&[FeedItem::Case(Box::new(notice))]);
    let renaming = renaming("ngõ Tức Mạc", "phố Tức Mạc");
    let would = plan(&world, &renaming);
    assert_eq!(would.renamed.len(), 99);
    let [left] = would.skipped.as_slice() else {
        panic!("{} left", would.skipped.len());
    };
    assert_eq!((left.record, left.code), (record_id(1), "record_frozen"));
    file_all(&mut world, &renaming);
    assert!(plan(&world, &renaming).renamed.is_empty());
}

#[test]
fn a_renaming_is_refused_without_its_role_and_without_its_decision() {
    let world = street();
    let mut officer = clerk();
    officer.roles = vec![registry::code::Role::CivilStatus];
    let code = |result: Result<BulkPlan, FileError>| result.unwrap_err().code();
    let good = renaming("ngõ Tức Mạc", "phố Tức Mạc");
    assert_eq!(
        code(world.office.plan_renaming(&good, &officer)),
        "role_missing"
    );
    let bad = Renaming {
        ground: line(""),
        ..good
    };
    let refused = world.office.plan_renaming(&bad, &clerk());
    assert!(matches!(
        refused,
        Err(FileError::Refused(Refusal::AgainstRule {
            field: "ground",
            ..
        }))
    ));
}
