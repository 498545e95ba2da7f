//! A new life of the node.

use registry::feed::ActOutcome;
use registry::{ActNumber, Incarnation};

use super::world::*;
use crate::office::ActState;

#[test]
fn a_new_life_files_again_what_stands_alone_and_hands_back_the_rest() {
    let mut world = World::filled();
    let taken = world.file(&phone(record_id(1), "0912345678"));
    world.office.note_taken(taken.number).unwrap();
    let alone = world.file(&phone(record_id(2), "0987654321"));
    let resting = world.file(&phone(record_id(1), "0911111111"));
    let begun = world
        .office
        .begin_life(Incarnation::new(4), Some(ActNumber::new(0)), NOW_S)
        .unwrap();
    world.sync();
    assert_eq!(begun.incarnation, Incarnation::new(5));
    assert_eq!((begun.refiled, begun.unfiled), (1, 1));
    assert_eq!(world.office.meta().outbox_last.get(), 1);
    assert_eq!(world.state_of(alone.act), ActState::Returned);
    assert_eq!(world.state_of(resting.act), ActState::Returned);
    // The centre has it: its receipt comes under the old number.
    assert_eq!(world.state_of(taken.act), ActState::Provisional);
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    assert_eq!(world.phone_of(record_id(2)).as_deref(), Some("0987654321"));
    assert_eq!(world.office.standing(NOW_S).unsent, 2);
    world.answer(1, &[ActOutcome::Accepted]);
    assert!(
        world
            .office
            .person_view(&record_id(2), NOW_S)
            .unwrap()
            .unwrap()
            .official
    );
    world.check();
    world.crash();
    assert_eq!(world.office.standing(NOW_S).unsent, 1);
}

#[test]
fn a_connection_counts_higher_than_any_before_and_a_restored_device_catches_up() {
    let world = World::filled();
    let epoch = |wall_ms| world.office.begin_connection(wall_ms).unwrap().epoch;
    let first = epoch(1_000_000);
    assert!(first >= 1_000);
    assert_eq!(epoch(1_000_000), first + 1);
    // A clock that was set back does no harm.
    assert_eq!(epoch(0), first + 2);
    assert_eq!(epoch(9_000_000), 9_000);
}

#[test]
fn a_restored_device_files_nothing_again_by_itself() {
    let mut world = World::filled();
    let alone = world.file(&phone(record_id(2), "0987654321"));
    let begun = world
        .office
        .begin_life(Incarnation::new(4), None, NOW_S)
        .unwrap();
    world.sync();
    assert_eq!((begun.refiled, begun.unfiled), (0, 1));
    // The clerk sees it and looks; the centre may have had it all along.
    assert_eq!(world.state_of(alone.act), ActState::Returned);
    assert_eq!(world.office.meta().outbox_last.get(), 0);
    world.check();
}
