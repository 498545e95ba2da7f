//! The survey of an office: who is counted, what is found, and that it follows what happens.

use registry::feed::{ActOutcome, FeedItem};
use registry::procedure::Filing;
use registry::quality::{Problem, Word};
use registry::record::{Content, Record};
use registry::schema::Field;
use registry::value::{Residence, Value};
use registry::{OfficeCode, RecordId};

use super::world::*;
use crate::office::OfficeSurvey;

fn survey(world: &World) -> std::sync::Arc<OfficeSurvey> {
    world.office.survey(NOW_S).unwrap()
}

fn mend(world: &World, problem: Problem) -> Vec<String> {
    let page = world
        .office
        .to_mend(problem, None, None, 50, NOW_S)
        .unwrap();
    page.people
        .into_iter()
        .map(|found| found.person.name)
        .collect()
}

fn sex(person: RecordId) -> Filing {
    let json = format!(
        r#"{{"act": "correction", "person": "{person}", "fields": [
            {{"field": "native_place", "value": {{"place": {{"unit": "00004"}}}}}}],
            "evidence": [{{"kind": "trích lục khai sinh", "number": "1/1980", "date": "1980-09-20"}}]}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// Somebody who is here for a time and lives permanently elsewhere.
fn guest() -> Record {
    let Record { id, kind, content } = person(9, "Vũ Văn Khách");
    let Content::Genesis(fields) = content else {
        panic!("a new record has no document")
    };
    let mut moved = registry::fields::Fields::new();
    for (slot, value) in fields.iter() {
        match value {
            Value::Residence(home) => {
                let elsewhere = Residence {
                    unit: OfficeCode::new(8).unwrap(),
                    ..home.clone()
                };
                moved.push(Field::Permanent, Value::Residence(elsewhere));
                moved.push(Field::Temporary, Value::Residence(home.clone()));
            }
            other => moved.put(slot, other.clone()),
        }
    }
    Record::new(id, kind, moved)
}

#[test]
fn people_are_counted_where_they_live_and_what_lacks_is_listed() {
    let mut world = World::empty();
    world.fill(&[
        person(1, "Trần Thị Hòa"),
        person(2, "Lê Văn Đức"),
        guest(),
        household(),
    ]);
    let found = survey(&world);
    assert_eq!(found.survey.score.people, 2, "the guest is counted at home");
    assert_eq!(found.survey.pyramid.total(), 2);
    assert_eq!(found.survey.score.of(Word::Accurate), 2);
    assert_eq!(found.survey.score.of(Word::Complete), 0);
    assert_eq!(found.survey.score.of(Word::Live), 0, "nobody was met yet");
    assert_eq!(
        mend(&world, Problem::NativePlaceMissing),
        ["Lê Văn Đức", "Trần Thị Hòa"]
    );
    assert!(mend(&world, Problem::SexMissing).is_empty());
    let all = world
        .office
        .to_mend(Problem::NativePlaceMissing, Some("Thôn 1"), None, 50, NOW_S);
    assert!(
        all.unwrap().people.is_empty(),
        "no address here names a hamlet"
    );
    let none = world
        .office
        .to_mend(Problem::NativePlaceMissing, Some(""), None, 50, NOW_S);
    assert_eq!(none.unwrap().people.len(), 2);
}

#[test]
fn pages_hold_everybody_once() {
    let mut world = World::empty();
    let mut records: Vec<Record> = (1..=9).map(|n| person(n, "Trần Thị Hòa")).collect();
    records.push(household());
    world.fill(&records);
    world.file(&birth("Trần Gia Bảo", "GCS-17"));
    let (mut after, mut seen) = (None, Vec::new());
    for _ in 0..9 {
        let page = world
            .office
            .to_mend(Problem::NativePlaceMissing, None, after, 4, NOW_S)
            .unwrap();
        seen.extend(page.people.iter().map(|found| found.person.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut all = seen.clone();
    all.sort_unstable();
    all.dedup();
    assert_eq!((seen.len(), all.len()), (10, 10));
}

#[test]
fn own_unsent_work_counts_and_a_returned_act_counts_no_more() {
    let mut world = World::filled();
    let before = survey(&world);
    assert!(
        std::sync::Arc::ptr_eq(&before, &survey(&world)),
        "nothing changed: kept"
    );
    assert_eq!(before.vital.births.happened.total(), 0);
    world.file(&birth("Trần Gia Bảo", "GCS-17"));
    world.file(&sex(record_id(1)));
    let filed = survey(&world);
    assert_eq!(filed.survey.score.people, 3);
    assert_eq!(filed.vital.births.happened.total(), 1);
    assert_eq!(filed.vital.births.registered.total(), 1);
    assert_eq!(
        filed.survey.score.contacts.month, 2,
        "who was registered, who was corrected"
    );
    assert_eq!(
        mend(&world, Problem::NativePlaceMissing),
        ["Trần Gia Bảo", "Lê Văn Đức"]
    );

    world.crash();
    assert_eq!(survey(&world).survey, filed.survey);
    let returned = ActOutcome::Returned {
        code: line("record_dead"),
        words: line("look again"),
    };
    world.answer(1, &[returned.clone(), returned]);
    let after = survey(&world);
    assert_eq!(
        (&after.survey, &after.vital),
        (&before.survey, &before.vital)
    );
}

#[test]
fn accepted_work_of_this_and_of_other_offices_makes_records_live() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(survey(&world).survey.score.of(Word::Live), 1);
    let act = foreign_act(5, record_id(2), vec![email("duc@example.vn")]);
    let done = world.feed(&[FeedItem::Act(act)]);
    assert!(done.trouble.is_none());
    assert_eq!(survey(&world).survey.score.of(Word::Live), 2);
    assert_eq!(mend(&world, Problem::NeverConfirmed), Vec::<String>::new());
}
