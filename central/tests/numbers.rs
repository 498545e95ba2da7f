//! Cancelled numbers and their chains: whatever the order, an act under an old number finds its
//! person, and no number is ever given twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod desk;

use central_registry::ledger::Event;
use central_registry::registrar::{NumberChanged, NumberError, NumberOf};
use desk::{Centre, Office, P, Q, R, World, birth};
use registry::RecordId;
use registry::person::Person;
use registry::pin::Pin;
use registry::value::Line;
use serde_json::json;

const NOW: i64 = 1_795_000_300;

fn pin(text: &str) -> Pin {
    text.parse().unwrap()
}

fn change(centre: &Centre, of: NumberOf) -> Result<NumberChanged, NumberError> {
    let reason = Line::parse("the birth was registered in another province").unwrap();
    let by = "hoa".parse().unwrap();
    centre.registrar().change_number(NOW, of, &by, &reason)
}

fn numbers(centre: &Centre, id: &RecordId) -> (Option<Pin>, Vec<Pin>) {
    let shown = centre.shown(id);
    let person = Person(&shown);
    (person.pin().copied(), person.cancelled_pins().collect())
}

fn events(centre: &Centre, number: Pin) -> Vec<&'static str> {
    let story = centre.registrar().number_story(NumberOf::Pin(number));
    let rows = story.unwrap().unwrap().ledger;
    let own = rows.into_iter().filter(|(pin, _)| *pin == number);
    own.map(|(_, row)| row.event.name()).collect()
}

#[test]
fn a_cancelled_number_leads_to_its_person_for_ever_and_the_chain_is_told() {
    let world = World::new();
    let centre = Centre::of(&world);
    let first = pin(&world.shared_pin());
    let one = change(&centre, NumberOf::Pin(first)).unwrap();
    assert_eq!((one.record, one.old), (world.shared_id(), first));
    // By a cancelled number the same person is meant.
    let two = change(&centre, NumberOf::Pin(first)).unwrap();
    assert_eq!((two.record, two.old), (one.record, one.new));
    let three = change(&centre, NumberOf::Record(one.record)).unwrap();
    let (holds, cancelled) = numbers(&centre, &one.record);
    assert_eq!(holds, Some(three.new));
    assert_eq!(cancelled.len(), 3);
    for number in [first, one.new, two.new, three.new] {
        assert_eq!(centre.by_pin(&number), Some(one.record));
    }
    let story = centre.registrar().number_story(NumberOf::Pin(two.new));
    let story = story.unwrap().unwrap();
    let chain: Vec<Pin> = story.cancelled.iter().map(|number| number.pin).collect();
    assert_eq!(chain.len(), 3);
    assert!(chain.contains(&first) && chain.contains(&one.new) && chain.contains(&two.new));
    assert_eq!(story.current, Some(three.new));
    assert!(
        story
            .cancelled
            .iter()
            .all(|number| !number.reason.is_empty())
    );
    assert_eq!(events(&centre, first), ["cancelled"]);
    assert_eq!(events(&centre, one.new), ["given", "cancelled"]);
    assert_eq!(events(&centre, three.new), ["given"]);
    let by = story.ledger.iter().map(|(_, row)| row.by.clone().unwrap());
    assert!(by.clone().count() == 6 && by.clone().all(|by| by.as_str() == "hoa"));
    // Both offices that hold the record heard of each change, and hold what the centre holds.
    centre.check_slices();
}

#[test]
fn a_change_needs_a_reason_a_person_a_number_and_no_doubt_about_who_it_is() {
    let world = World::new();
    let centre = Centre::of(&world);
    let code = |of| change(&centre, of).err().unwrap().code();
    assert_eq!(code(NumberOf::Pin(pin("001090999999"))), "number_unknown");
    let house = world.household().parse().unwrap();
    assert_eq!(code(NumberOf::Record(house)), "number_unknown");
    let by = "hoa".parse().unwrap();
    let of = NumberOf::Record(world.shared_id());
    let none = centre
        .registrar()
        .change_number(NOW, of, &by, &Line::default());
    assert_eq!(none.err().unwrap().code(), "number_without_reason");

    // Somebody who may be registered elsewhere already waits for their number.
    let mut q = Office::new(&world, Q);
    let act = q.file(
        json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Người Lạ", "birth_date": "1980-03-04",
        "sex": "male", "claimed_pin": world.shared_pin(), "address": "Số 9"}),
    );
    centre.take(&mut q);
    let newcomer = registry::act::new_record_id(&act, 0);
    assert_eq!(code(NumberOf::Record(newcomer)), "number_not_given");
    assert_eq!(code(of), "number_in_doubt");
    assert_eq!(numbers(&centre, &world.shared_id()).1, []);
}

/// Row 18: the same, whether the centre changed the number before or after the act arrived, and
/// whether its office was dark all the while.
#[test]
fn an_act_under_an_old_number_finds_its_person_in_either_order() {
    let world = World::new();
    let of = NumberOf::Record(world.mover_id());
    let mut results = Vec::new();
    for changed_first in [true, false] {
        let centre = Centre::of(&world);
        let mut dark = Office::new(&world, R);
        dark.file(world.move_in_by_card());
        if changed_first {
            change(&centre, of).unwrap();
            centre.take(&mut dark);
        } else {
            centre.take(&mut dark);
            change(&centre, of).unwrap();
        }
        assert_eq!(centre.returned(), Vec::<String>::new());
        assert_eq!(centre.open_rows(), []);
        assert_eq!(centre.homes(&world.mover_id()), [R]);
        let old = pin("001185000004");
        let told = events(&centre, old);
        let expected: &[&str] = if changed_first {
            &["cancelled", "followed"]
        } else {
            &["cancelled"]
        };
        assert_eq!(told, expected);
        results.push(numbers(&centre, &world.mover_id()));
        centre.check_slices();
    }
    assert_eq!(results[0], results[1]);
}

#[test]
fn who_claims_a_cancelled_number_meets_its_holder_in_either_order() {
    let world = World::new();
    let claim = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Người Lạ", "birth_date": "1980-03-04",
        "sex": "male", "claimed_pin": world.shared_pin(), "address": "Số 9"});
    let of = NumberOf::Record(world.shared_id());
    let centre = Centre::of(&world);
    let mut q = Office::new(&world, Q);
    change(&centre, of).unwrap();
    q.file(claim);
    centre.take(&mut q);
    assert_eq!(
        centre.open_rows(),
        [(27, 2)],
        "the claim leads along the chain"
    );
    // A child's parent named by the old number is the same parent.
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let (father, mother) = (world.father_pin(), world.mother_pin());
    p.file(birth("Trần Thị Bé", father.clone(), mother.clone(), "", 0));
    q.file(birth("Trần Thị Út", father.clone(), mother, "", 0));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    change(&centre, NumberOf::Pin(pin(&father))).unwrap();
    centre.take(&mut q);
    assert_eq!(centre.open_rows(), [(1, 2)]);
}

#[test]
fn a_cancelled_number_is_never_given_again() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut seen = std::collections::BTreeSet::from([pin(&world.shared_pin())]);
    for _ in 0..40 {
        let done = change(&centre, NumberOf::Record(world.shared_id())).unwrap();
        assert!(seen.insert(done.new), "given twice");
    }
    let story = centre
        .registrar()
        .number_story(NumberOf::Record(world.shared_id()));
    let rows = story.unwrap().unwrap().ledger;
    let given = rows.iter().filter(|(_, row)| row.event == Event::Given);
    assert_eq!(given.count(), 40);
}
