//! A new life of the node.

use registry::act::{Base, Target};
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem, PastLife};
use registry::value::PersonLink;
use registry::{ActId, ActNumber, Incarnation};
use sync_proto::Digest;

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

/// What a device sent and lost with its disk: two acts, and the withdrawal of the first.
struct Lost {
    past: PastLife,
    acts: Vec<ActId>,
    digest: Digest,
}

fn lost() -> Lost {
    let mut world = World::filled();
    let one = world.file(&phone(record_id(1), "0912345678"));
    let two = world.file(&phone(record_id(2), "0987654321"));
    let json = format!(
        r#"{{"act": "withdraw", "of": "{}", "reason": "nhầm"}}"#,
        one.act
    );
    let withdrawn = world.file(&serde_json::from_str(&json).unwrap());
    let acts = vec![one.act, two.act, withdrawn.act];
    let kept = |id| world.office.rows.act(id).unwrap().unwrap().act;
    let of_centre = acts.iter().map(kept).collect();
    let outcomes = vec![ActOutcome::Accepted; 3];
    let receipts = world.receipts(1, &outcomes);
    world.feed(&[FeedItem::Receipts(receipts.clone())]);
    Lost {
        past: PastLife::fitting(receipts, of_centre),
        acts,
        digest: world.office.meta().digest,
    }
}

fn begin_life_after(world: &World, taken: u64) {
    let taken = Some(ActNumber::new(taken));
    world
        .office
        .begin_life(Incarnation::new(1), taken, NOW_S)
        .unwrap();
    world.sync();
}

#[test]
fn acts_that_were_handed_back_are_known_again_though_none_is_lacking() {
    let lost = lost();
    let mut world = World::filled();
    let again: Vec<ActId> = vec![
        world.file(&phone(record_id(1), "0912345678")).act,
        world.file(&phone(record_id(2), "0987654321")).act,
    ];
    let json = format!(
        r#"{{"act": "withdraw", "of": "{}", "reason": "nhầm"}}"#,
        again[0]
    );
    let again = [
        again,
        vec![world.file(&serde_json::from_str(&json).unwrap()).act],
    ]
    .concat();
    assert_eq!(again, lost.acts);
    // It is not told how far the centre has come, and files nothing again.
    let begun = world.office.begin_life(Incarnation::new(1), None, NOW_S);
    assert_eq!(begun.unwrap().unfiled, 3);
    world.sync();
    world.feed(&[FeedItem::PastLife(Box::new(lost.past.clone()))]);
    let states: Vec<ActState> = lost.acts.iter().map(|act| world.state_of(*act)).collect();
    assert_eq!(
        states,
        [ActState::Withdrawn, ActState::Final, ActState::Final]
    );
    assert_eq!(world.office.standing(NOW_S).returned, 0);
    assert_eq!(world.office.meta().digest, lost.digest);
    world.check();
}

#[test]
fn an_act_is_known_again_to_which_the_centre_added_another_name_of_the_spouse() {
    let divorce = |world: &mut World| {
        let json = r#"{"act": "divorce", "date": "2026-11-10",
            "first": {"pin": "001088000005", "name": "Trần Văn Cha", "birth_date": "1988-01-01"},
            "second": {"pin": "001185000004", "name": "Đỗ Thị Chuyển", "birth_date": "1985-07-07"},
            "evidence": [{"kind": "bản án", "number": "3/2026", "date": "2026-10-01"}]}"#;
        world.file(&serde_json::from_str(json).unwrap()).act
    };
    let mut first = World::filled();
    let id = divorce(&mut first);
    let mut act = first.office.rows.act(&id).unwrap().unwrap().act;
    for (change, found) in act.body.changes.iter_mut().zip(90..) {
        assert!(matches!(change.target, Target::Absent(_)));
        change.target = Target::Placed {
            id: record_id(found),
            base: Base::Genesis,
        };
        for edit in &mut change.edits {
            let Edit::EndMarriage { with, .. } = edit else {
                panic!("a marriage ends")
            };
            with.push(PersonLink::Pin("001088000099".parse().unwrap()));
        }
    }
    let receipts = first.receipts(1, &[ActOutcome::Accepted]);
    let past = PastLife::fitting(receipts, vec![act]);
    let mut again = World::filled();
    assert_eq!(divorce(&mut again), id);
    let begun = again.office.begin_life(Incarnation::new(1), None, NOW_S);
    assert_eq!(begun.unwrap().unfiled, 1);
    again.sync();
    assert_eq!(again.state_of(id), ActState::Returned);
    again.feed(&[FeedItem::PastLife(Box::new(past))]);
    assert_eq!(again.state_of(id), ActState::Final);
    again.check();
}

#[test]
fn an_answer_made_for_a_former_life_does_not_use_up_what_the_disk_lost() {
    let lost = lost();
    let world = World::filled();
    begin_life_after(&world, 3);
    let receipts = FeedItem::Receipts(lost.past.receipts.clone());
    let first = world.office.meta().feed_applied.next();
    let late = [entry(&receipts)];
    let of = (office_code(), first);
    assert!(world.office.apply_feed_of_stick(of, &late, NOW_S).is_none());
    assert_eq!(world.office.meta().feed_applied.next(), first);
    // One that is made for this life has the acts.
    let past = FeedItem::PastLife(Box::new(lost.past.clone()));
    let entries = [entry(&past)];
    let done = world
        .office
        .apply_feed_of_stick(of, &entries, NOW_S)
        .unwrap();
    assert!(done.trouble.is_none());
    world.sync();
    assert_eq!(world.state_of(lost.acts[1]), ActState::Final);
    // By now they are known, and come twice without harm.
    assert!(world.office.apply_feed_of_stick(of, &late, NOW_S).is_some());
    world.check();
}

#[test]
fn acts_that_went_with_a_disk_come_back_with_their_answers() {
    let lost = lost();
    // The older disk has the first act, and not that it was sent.
    let mut world = World::filled();
    let first = world.file(&phone(record_id(1), "0912345678"));
    assert_eq!(first.act, lost.acts[0]);
    begin_life_after(&world, 3);
    let code = || world.office.act_view(&first.act).unwrap().unwrap().code;
    assert_eq!(code().as_deref(), Some("not_refiled"));
    world.feed(&[FeedItem::PastLife(Box::new(lost.past.clone()))]);
    for _ in 0..2 {
        let states: Vec<ActState> = lost.acts.iter().map(|act| world.state_of(*act)).collect();
        assert_eq!(
            states,
            [ActState::Withdrawn, ActState::Final, ActState::Final]
        );
        assert_eq!(world.phone_of(record_id(1)), None);
        assert_eq!(world.phone_of(record_id(2)).as_deref(), Some("0987654321"));
        assert_eq!(world.office.meta().digest, lost.digest);
        let listed = world.office.own_acts(None, 10).unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!(world.office.standing(NOW_S).unsent, 0);
        assert_eq!(
            world.office.count_acts(ActState::Returned).unwrap(),
            Some(0)
        );
        world.check();
        world.crash();
    }
    // What is filed next begins the new life, and the same entry changes nothing more.
    let next = world.file(&phone(record_id(1), "0911111111"));
    assert_eq!(next.number.get(), 1);
    let digest = world.office.meta().digest;
    world.feed(&[FeedItem::PastLife(Box::new(lost.past))]);
    assert_eq!(world.office.meta().digest, digest);
    assert_eq!(world.office.own_acts(None, 10).unwrap().len(), 4);
    world.check();
}

#[test]
fn another_act_under_a_number_of_the_lost_disk_stays_and_takes_no_answer_of_it() {
    let lost = lost();
    let mut world = World::filled();
    let other = world.file(&phone(record_id(1), "0933333333"));
    assert_eq!(other.act, lost.acts[0]);
    // Before the new life nothing is written under numbers that are still to be given.
    world.feed(&[FeedItem::PastLife(Box::new(lost.past.clone()))]);
    assert_eq!(world.office.own_acts(None, 10).unwrap().len(), 1);
    begin_life_after(&world, 3);
    world.feed(&[FeedItem::PastLife(Box::new(lost.past))]);
    let view = world.office.act_view(&other.act).unwrap().unwrap();
    assert_eq!(view.code.as_deref(), Some("not_refiled"));
    assert_eq!(world.state_of(lost.acts[1]), ActState::Final);
    world.check();
}
