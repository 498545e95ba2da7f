//! What two offices did unknown to each other, where nobody decides: each is told of it.

use registry::act::{Act, ActKind};
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem};
use registry::schema::Field;
use registry::value::Value;
use serde_json::json;

use super::world::*;
use crate::office::Meeting;

fn value(value: serde_json::Value) -> Value {
    serde_json::from_value(value).unwrap()
}

fn phone_put(number: &str) -> Edit {
    Edit::Put(Field::Phone, value(json!({ "phone": number })))
}

fn meetings(world: &World, act: registry::ActId) -> Vec<Meeting> {
    let view = world.office.act_view(&act).unwrap().unwrap();
    world.office.meetings(&view).unwrap()
}

/// What stands on the person's page.
fn told(world: &World) -> Vec<Meeting> {
    let view = world.office.person_view(&record_id(1), NOW_S).unwrap();
    view.unwrap().met
}

#[test]
fn of_two_phones_each_office_sees_which_one_stands_and_since_when() {
    let mut world = World::filled();
    let ours = world.file(&phone(record_id(1), "0912345678")).act;
    let theirs = foreign_act(1, record_id(1), vec![phone_put("0987654321")]);
    world.feed(&[FeedItem::Act(theirs.clone())]);
    // As long as the own act has no outcome nothing has met.
    assert_eq!(meetings(&world, ours), []);
    world.answer(1, &[ActOutcome::Accepted]);
    let shown = world.phone_of(record_id(1)).unwrap();
    let [met] = meetings(&world, ours).try_into().unwrap();
    assert_eq!(met.row, 24);
    assert_eq!(met.other.act, theirs.id());
    assert_eq!(met.other.office, theirs.office);
    assert_eq!(met.other.entered_s, NOW_S - 5);
    assert_eq!(met.stands, Some(shown == "0912345678"));
    let [other] = meetings(&world, theirs.id()).try_into().unwrap();
    assert_eq!(other.stands, Some(shown == "0987654321"));
    assert_ne!(met.words, other.words);
    // The person's page tells of the own act alone, and all of it lives through a start.
    assert_eq!(told(&world), std::slice::from_ref(&met));
    world.crash();
    assert_eq!(told(&world), [met]);
    // Whoever writes a third one has seen both: there is nothing to tell any more.
    let third = world.file(&phone(record_id(1), "0900000000")).act;
    world.answer(2, &[ActOutcome::Accepted]);
    for act in [ours, theirs.id(), third] {
        assert_eq!(meetings(&world, act), []);
    }
}

#[test]
fn a_phone_that_somebody_wrote_who_knew_the_other_is_no_meeting() {
    let mut world = World::filled();
    let first = world.file(&phone(record_id(1), "0912345678")).act;
    let second = world.file(&phone(record_id(1), "0987654321")).act;
    world.answer(1, &[ActOutcome::Accepted, ActOutcome::Accepted]);
    assert_eq!(meetings(&world, first), []);
    assert_eq!(meetings(&world, second), []);
}

/// Two acts of other offices on one person, unknown to each other.
fn pair(one: (ActKind, Vec<Edit>), other: (ActKind, Vec<Edit>)) -> (World, [Act; 2]) {
    let mut world = World::filled();
    let mut acts = [one, other].map(|(kind, edits)| {
        let mut act = foreign_act(1, record_id(1), edits);
        act.body.kind = kind;
        act
    });
    acts[1].author.node = registry::NodeId::new([9; 16]);
    world.feed(&acts.clone().map(FeedItem::Act));
    (world, acts)
}

#[test]
fn a_parent_and_a_name_are_told_to_both_offices() {
    let father = value(json!({"person": {"named": {"name": "Trần Văn Cha", "pin": null}}}));
    let name = value(json!({"name": "Trần Thị Hòa Bình"}));
    let (world, [one, other]) = pair(
        (
            ActKind::ParentRecognition,
            vec![Edit::Put(Field::Father, father)],
        ),
        (ActKind::Correction, vec![Edit::Put(Field::Name, name)]),
    );
    for (act, met) in [(&one, &other), (&other, &one)] {
        let [told] = meetings(&world, act.id()).try_into().unwrap();
        assert_eq!(
            (told.row, told.other.act, told.stands),
            (20, met.id(), None)
        );
        assert!(told.words.vi.contains("Cha và họ mới"), "{}", told.words.vi);
    }
}

#[test]
fn a_stay_that_a_home_in_the_same_commune_ended_is_told() {
    let home = |field: Field| {
        let home = json!({"residence": {"unit": "00008", "address": "Số 2", "from": "2026-01-01"}});
        vec![Edit::Add(field, value(home))]
    };
    let (world, [stay, home]) = pair(
        (ActKind::TemporaryRegistration, home(Field::Temporary)),
        (ActKind::PermanentRegistration, home(Field::Permanent)),
    );
    let [told] = meetings(&world, stay.id()).try_into().unwrap();
    assert_eq!((told.row, told.other.act), (16, home.id()));
    assert!(
        told.words.vi.contains("Tạm trú kết thúc"),
        "{}",
        told.words.vi
    );
}
