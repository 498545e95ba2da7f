//! Numbers of residence files: given by the centre when it accepts the act that made a household,
//! one to one household, never again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod desk;

use std::collections::BTreeMap;

use desk::{Centre, NOW, Office, P, Q, R, World, id};
use registry::act::{ActKind, new_record_id};
use registry::fields::Fields;
use registry::file_number::FileNumber;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActId, RecordId};
use serde_json::json;

fn text(fields: &Fields, field: Field) -> Option<String> {
    match fields.single(field) {
        Some(Value::Text(line)) => Some(line.as_str().to_owned()),
        _ => None,
    }
}

fn file(centre: &Centre, household: &RecordId) -> Option<String> {
    text(&centre.shown(household), Field::HouseholdFile)
}

/// Every household of this world with its number.
fn files(centre: &Centre) -> BTreeMap<RecordId, String> {
    let records = centre.records();
    let households = records
        .values()
        .filter(|it| it.kind == RecordKind::Household);
    households
        .filter_map(|it| Some((it.id, file(centre, &it.id)?)))
        .collect()
}

fn split(world: &World) -> serde_json::Value {
    json!({"act": "household_split", "household": world.household(),
        "new_head": world.members()[0], "leaving": world.members()})
}

/// The household that an act made, whichever place it has in the act.
fn made(centre: &Centre, act: &ActId) -> RecordId {
    let ids = (0..4).map(|index| new_record_id(act, index));
    let mut there = ids.filter(|id| centre.registrar().kept(id).unwrap().is_some());
    there.next().unwrap()
}

#[test]
fn a_household_that_an_act_made_gets_its_number_with_the_acceptance() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut r) = (Office::new(&world, P), Office::new(&world, R));
    let moved = r.file(world.move_in_by_card());
    let left = p.file(split(&world));
    centre.take(&mut r);
    centre.take(&mut p);
    let (one, two) = (made(&centre, &moved), made(&centre, &left));
    assert_eq!(file(&centre, &one).unwrap(), "HSCT-01273-00000001");
    assert_eq!(file(&centre, &two).unwrap(), "HSCT-00004-00000002");
    // The provisional one stays beside it: it stands on papers.
    let local = text(&centre.shown(&one), Field::HouseholdLocal).unwrap();
    assert!(local.starts_with("HO-TAM-01273-"));
    // The household that was there before keeps what it had: nothing.
    assert_eq!(file(&centre, &world.household().parse().unwrap()), None);
    // It is an act of its own, and the offices hold what the centre holds.
    let kept = centre.registrar().kept(&one).unwrap().unwrap();
    let acts = kept.record.document().unwrap().acts();
    let kind = |act: ActId| centre.registrar().act(&act).unwrap().unwrap().act.body.kind;
    let kinds: Vec<ActKind> = acts.into_iter().map(kind).collect();
    assert_eq!(kinds, [ActKind::FileNumberGiven]);
    centre.check_slices();
}

#[test]
fn no_number_is_given_twice_whatever_becomes_of_its_household() {
    let world = World::new();
    let mut centre = Centre::of(&world);
    let mut r = Office::new(&world, R);
    let moved = r.file(world.move_in_by_card());
    centre.take(&mut r);
    centre.take_again(&r);
    let first = made(&centre, &moved);
    r.file(json!({"act": "withdraw", "of": moved, "reason": "nhầm người"}));
    centre.take(&mut r);
    assert!(
        centre
            .shown(&first)
            .single(Field::HouseholdRevoked)
            .is_some()
    );
    assert_eq!(file(&centre, &first).unwrap(), "HSCT-01273-00000001");
    centre = centre.reopened();
    let mut q = Office::new(&world, Q);
    let again = q.file(world.move_in_by_card());
    centre.take(&mut q);
    let second = made(&centre, &again);
    assert_eq!(file(&centre, &second).unwrap(), "HSCT-00008-00000002");
    // Whatever is done to a household that has one, it keeps it.
    q.file(
        json!({"act": "residence_adjustment", "ground": "đổi tên đường",
        "households": [{"household": second, "address": "Số 2"}],
        "evidence": [{"kind": "Quyết định", "number": "1/2026", "date": "2026-11-02"}]}),
    );
    centre.take(&mut q);
    assert_eq!(centre.returned(), Vec::<String>::new());
    assert_eq!(files(&centre)[&second], "HSCT-00008-00000002");
}

#[test]
fn the_sequence_goes_on_behind_numbers_that_came_with_the_register() {
    let world = World::new();
    let centre = Centre::of(&world);
    let numbered = |key: &str, kind: RecordKind, field: Field, number: &str| {
        let mut fields = Fields::new();
        fields.set(field, Some(Value::Text(Line::parse(number).unwrap())));
        if kind == RecordKind::Person {
            fields.set(
                Field::Name,
                Some(serde_json::from_value(json!({"name": "Lê Văn Cũ"})).unwrap()),
            );
        }
        Record::new(id(key), kind, fields)
    };
    let came = vec![
        numbered(
            "h1",
            RecordKind::Household,
            Field::HouseholdFile,
            "HSCT-00004-00000500",
        ),
        numbered("h2", RecordKind::Household, Field::HouseholdFile, "HK-0001"),
        numbered(
            "p1",
            RecordKind::Person,
            Field::FileNumber,
            "HSCT-00008-00000499",
        ),
    ];
    centre.registrar().import(NOW, came).unwrap();
    let mut r = Office::new(&world, R);
    let moved = r.file(world.move_in_by_card());
    centre.take(&mut r);
    let number = file(&centre, &made(&centre, &moved)).unwrap();
    assert_eq!(FileNumber::read(&number).unwrap().serial(), 501);
}

/// Item 20 of a person who came with a number of their own is that of the household they join.
#[test]
fn a_person_s_own_file_number_follows_them_into_their_household() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut newcomer = world.record(world.mover_id());
    let pin = json!({"pin": "001185000099"});
    newcomer.set(Field::Pin, Some(serde_json::from_value(pin).unwrap()));
    let own = Value::Text(Line::parse("HK-0001").unwrap());
    newcomer.set(Field::FileNumber, Some(own));
    let record = Record::new(id("numbered"), RecordKind::Person, newcomer);
    centre.registrar().import(NOW, vec![record]).unwrap();
    let mut r = Office::new(&world, R);
    let moved = r.file(json!({"act": "permanent_registration", "address": "Số 1",
        "people": [{"person": {"pin": "001185000099", "name": "Đỗ Thị Chuyển",
            "birth_date": "1985-07-07"}}]}));
    centre.take(&mut r);
    let number = file(&centre, &made(&centre, &moved)).unwrap();
    let shown = centre.shown(&id("numbered"));
    assert_eq!(text(&shown, Field::FileNumber), Some(number));
    centre.check_slices();
}
