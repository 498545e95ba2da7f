//! What an act changed is read again: what stood before is known or said to be unknown, never guessed.

use registry::act::{Act, Base, Target};
use registry::feed::{ActOutcome, FeedItem, SliceReason};
use registry::procedure::Filing;
use registry::record::Record;
use registry::schema::Field;
use registry::value::Value;
use serde_json::json;

use super::world::*;
use crate::office::{ActChanges, ActState, Before, ChangedRecord, Does, Known};

fn filing(json: serde_json::Value) -> Filing {
    serde_json::from_value(json).unwrap()
}

fn returned() -> ActOutcome {
    ActOutcome::Returned {
        code: line("record_dead"),
        words: line("look again"),
    }
}

fn changes(world: &World, act: registry::ActId) -> ActChanges {
    world.office.act_changes(&act).unwrap().unwrap()
}

/// The values of an item before and after, as texts.
fn item(changed: &ChangedRecord, field: Field) -> (Vec<String>, Vec<String>) {
    let item = changed.items.iter().find(|item| item.field == field);
    let texts = |values: &[Value]| -> Vec<String> {
        let text = |value: &Value| serde_json::to_value(value).unwrap().to_string();
        values.iter().map(text).collect()
    };
    item.map(|item| (texts(&item.before), texts(&item.after)))
        .unwrap_or_default()
}

fn numbers(changed: &ChangedRecord) -> (Vec<String>, Vec<String>) {
    item(changed, Field::Phone)
}

fn number(digits: &str) -> Vec<String> {
    vec![format!("{{\"phone\":\"{digits}\"}}")]
}

const CARD: &str = "001085000123";

fn card() -> serde_json::Value {
    json!({"pin": CARD, "name": "Lê Văn Thành", "birth_date": {"date": "1985-01-17"}})
}

/// The person of that card, as another commune holds them.
fn of_card(name: &str) -> Record {
    let pin = serde_json::from_value(json!({ "pin": CARD })).unwrap();
    changed(person(9, name), |fields| {
        fields.set(Field::Pin, Some(pin));
    })
}

/// The person as the centre sends them once it has placed the act on them.
fn placed(world: &World, act: registry::ActId, person: &Record) -> FeedItem {
    let row = world.office.rows.act(&act).unwrap().unwrap();
    let mut act: Act = row.act;
    let mut at = 0;
    for (index, change) in act.body.changes.iter_mut().enumerate() {
        if matches!(change.target, Target::Absent(_)) {
            let (id, base) = (person.id, Base::Genesis);
            change.target = Target::Placed { id, base };
            at = index;
        }
    }
    FeedItem::Enters {
        record: act.apply(at, Some(person)).unwrap(),
        reason: SliceReason::Moved,
    }
}

#[test]
fn the_value_before_is_the_one_that_the_officer_saw() {
    let mut world = World::filled();
    let first = world.file(&phone(record_id(1), "0912345678"));
    let second = world.file(&phone(record_id(1), "0987654321"));
    let seen = |world: &World| {
        let (one, two) = (changes(world, first.act), changes(world, second.act));
        assert_eq!(one.changes[0].before, Before::Known);
        assert_eq!(numbers(&one.changes[0]), (Vec::new(), number("0912345678")));
        assert_eq!(
            numbers(&two.changes[0]),
            (number("0912345678"), number("0987654321"))
        );
        // What did not change is not told again.
        assert_eq!(two.changes[0].items.len(), 1);
        assert_eq!(two.changes[0].read(), Some(record_id(1)));
    };
    seen(&world);
    world.answer(1, &[ActOutcome::Accepted]);
    seen(&world);
    // The second comes back: what it wanted is still there to be read, and to be put right.
    world.answer(2, &[returned()]);
    assert_eq!(world.state_of(second.act), ActState::Returned);
    seen(&world);
    world.crash();
    seen(&world);
}

#[test]
fn what_rests_on_an_act_that_came_back_does_not_tell_what_stood_before() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    let second = world.file(&phone(record_id(1), "0987654321"));
    world.answer(1, &[returned()]);
    let told = changes(&world, second.act);
    assert_eq!(told.changes[0].before, Before::StateGone);
    assert_eq!(
        numbers(&told.changes[0]),
        (Vec::new(), number("0987654321"))
    );
}

#[test]
fn a_record_that_has_left_is_told_as_far_as_the_act_tells() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    let second = world.file(&phone(record_id(1), "0987654321"));
    world.answer(1, &[ActOutcome::Accepted, ActOutcome::Accepted]);
    let left = FeedItem::Leaves {
        id: record_id(1),
        to: Vec::new(),
        reason: SliceReason::Moved,
    };
    world.feed(&[left]);
    let told = changes(&world, second.act);
    let changed = &told.changes[0];
    assert_eq!((changed.before, changed.held), (Before::NotHere, false));
    assert_eq!(numbers(changed), (Vec::new(), number("0987654321")));
    // It is a reading of that record all the same.
    assert_eq!(changed.read(), Some(record_id(1)));
}

#[test]
fn whom_an_act_makes_is_told_with_all_that_they_are_made_with() {
    let mut world = World::filled();
    let kept = world.file(&birth("Trần Gia Bảo", "GCS-1"));
    let lost = world.file(&birth("Trần Gia Hân", "GCS-2"));
    world.answer(1, &[ActOutcome::Accepted, returned()]);
    for (filed, name, held) in [
        (&kept, "Trần Gia Bảo (2026)", true),
        (&lost, "Trần Gia Hân (2026)", false),
    ] {
        let told = changes(&world, filed.act);
        let made = &told.changes[0];
        assert_eq!((made.before, made.held), (Before::Made, held));
        assert_eq!(made.known, Some(Known::Person(name.to_owned())));
        assert_eq!(item(made, Field::Sex).1, ["{\"sex\":\"male\"}"]);
        // Who never came to be has no record that anybody could read.
        assert_eq!(made.read().is_some(), held);
        assert_eq!(told.act.about, [Known::Person(name.to_owned())]);
    }
}

#[test]
fn who_is_named_by_card_is_called_by_it_and_by_the_record_once_it_is_here() {
    let mut world = World::filled();
    let filed = world.file(&filing(json!({"act": "marriage",
        "first": {"id": record_id(1)}, "second": card(),
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]})));
    let by_card = Known::Person("Lê Văn Thành (1985)".to_owned());
    let told = changes(&world, filed.act);
    assert_eq!(told.act.about.get(1), Some(&by_card));
    assert_eq!(told.act.records, [record_id(1)]);
    let spouse = &told.changes[1];
    assert_eq!((spouse.before, spouse.record), (Before::NotHere, None));
    assert_eq!(spouse.known.as_ref(), Some(&by_card));
    assert_eq!(item(spouse, Field::Marriages).1.len(), 1);

    // The record comes, and calls itself otherwise than the card.
    world.answer(1, &[ActOutcome::Accepted]);
    let person = of_card("Lê Văn Thanh");
    world.feed(&[placed(&world, filed.act, &person)]);
    let told = changes(&world, filed.act);
    let by_record = Known::Person("Lê Văn Thanh (1980)".to_owned());
    assert_eq!(told.act.about.get(1), Some(&by_record));
    assert_eq!(told.act.records, [record_id(1), record_id(9)]);
    let spouse = &told.changes[1];
    assert_eq!(
        (spouse.before, spouse.read()),
        (Before::Known, Some(record_id(9)))
    );
    assert_eq!(item(spouse, Field::Marriages).0, Vec::<String>::new());
    // And the act stands in its history, once.
    let view = world.office.person_view(&record_id(9), NOW_S);
    let history: Vec<_> = view.unwrap().unwrap().history;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].act, filed.act);
}

#[test]
fn one_who_holds_the_number_of_a_card_is_not_taken_for_its_owner_before_the_centre_says_so() {
    let mut world = World::filled();
    let filed = world.file(&filing(json!({"act": "marriage",
        "first": {"id": record_id(1)}, "second": card(),
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]})));
    let enters = FeedItem::Enters {
        record: of_card("Đinh Công Tráng"),
        reason: SliceReason::Moved,
    };
    world.feed(&[enters]);
    world.answer(1, &[returned()]);
    let view = world.office.act_view(&filed.act).unwrap().unwrap();
    let by_card = Known::Person("Lê Văn Thành (1985)".to_owned());
    assert_eq!(view.about.get(1), Some(&by_card));
    assert_eq!(view.records, [record_id(1)]);
}

#[test]
fn who_moves_in_by_card_is_told_before_the_household_and_what_ends_elsewhere() {
    let mut world = World::filled();
    let filed = world.file(&filing(json!({"act": "permanent_registration",
        "people": [{"person": card()}], "address": "số 7 ngõ Tức Mạc",
        "ground": "mua nhà", "evidence": [{"kind": "CT01"}]})));
    let told = changes(&world, filed.act);
    assert_eq!(
        told.act.about.first(),
        Some(&Known::Person("Lê Văn Thành (1985)".to_owned()))
    );
    assert!(
        matches!(told.act.about.get(1), Some(Known::Household(file)) if file.starts_with("HO-TAM"))
    );
    let mover = told.changes.iter().find(|it| it.before == Before::NotHere);
    let home = mover.unwrap().items.iter();
    let home = home
        .filter(|item| item.field == Field::Permanent)
        .collect::<Vec<_>>();
    let [home] = home.as_slice() else {
        panic!("one item for the home")
    };
    assert!(home.before.is_empty() && home.after.len() == 1);
    assert!(matches!(&home.does, Some(Does::Ends { ground, .. }) if !ground.is_empty()));

    // Who takes it back says so of the same people.
    let withdraw = filing(json!({"act": "withdraw", "of": filed.act, "reason": "nhầm"}));
    let by = world.file(&withdraw);
    let view = world.office.act_view(&by.act).unwrap().unwrap();
    assert_eq!(view.about.first(), told.act.about.first());
}

#[test]
fn an_act_of_another_office_is_told_from_the_document() {
    let mut world = World::filled();
    let act = foreign_act(1, record_id(1), vec![email("hoa@example.vn")]);
    let id = act.id();
    world.feed(&[FeedItem::Act(act)]);
    let told = changes(&world, id);
    assert_eq!(told.changes[0].before, Before::Known);
    assert_eq!(item(&told.changes[0], Field::Email).1.len(), 1);
    assert!(
        world
            .office
            .act_changes(&registry::ActId::new([1; 16]))
            .unwrap()
            .is_none()
    );
}
