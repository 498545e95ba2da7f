//! What the two sessions do together, one situation a test: positions, checks, feed, lives and
//! chains. Repairs and fills are in `repairs.rs`, what ends or slows a session in `stoppages.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use bytes::Bytes;
use registry::*;
use sync_proto::*;
use world::*;

#[test]
fn everything_reaches_both_sides_and_both_say_so() {
    let mut world = busy_world();
    world.link();
    world.assert_equal();
    assert!(!world.in_step());
    world.wait();
    assert!(world.settle());
    assert!(world.in_step());
    assert!(world.centre.told.contains(&CentralOutput::InStep));
    assert_eq!(world.centre.acked, world.centre.feed.len() as u64);
}

#[test]
fn an_equal_pair_is_in_step_with_the_hello_alone() {
    let mut world = busy_world();
    world.link();
    world.office.told.clear();
    world.cut();
    world.link();
    assert!(world.in_step());
    assert!(world.line().node_tasks.is_empty());
}

#[test]
fn a_check_that_is_wanted_now_is_asked_at_once_and_its_answer_is_owed() {
    let mut world = busy_world();
    world.link();
    world.wait();
    assert!(world.settle());
    assert!(world.in_step());
    let owed = |world: &mut World| world.line().node.as_ref().unwrap().awaits_answer();
    assert!(!owed(&mut world));
    let later = world.line().node.as_ref().unwrap().next_wake_ms();
    assert!(later > Some(world.now_ms));
    world.node_input(NodeInput::CheckNow);
    let wake = world.line().node.as_ref().unwrap().next_wake_ms();
    assert_eq!(wake, Some(world.now_ms));
    world.office.told.clear();
    world.wait();
    assert!(owed(&mut world));
    assert!(world.settle());
    assert!(!owed(&mut world));
    assert!(world.office.told.contains(&NodeOutput::InStep));
}

/// Lets the node look until it has looked so often; the lengths of what went up and came down.
fn looks(world: &mut World, count: usize) -> Vec<(usize, Option<usize>)> {
    let mut seen = Vec::new();
    for _ in 0..count {
        world.wait();
        let up = world.line().to_central[0].front().unwrap().len();
        assert!(world.deliver_to_central(0, 0));
        let down = world.line().to_node[0].front().map(bytes::Bytes::len);
        assert!(world.settle());
        seen.push((up, down));
    }
    seen
}

#[test]
fn an_idle_line_is_glanced_at_and_an_equal_centre_is_silent() {
    let mut world = busy_world();
    world.link();
    world.wait();
    assert!(world.settle());
    assert!(world.in_step());
    world.centre.told.clear();
    let seen = looks(&mut world, 8);
    for (place, (up, down)) in seen.iter().enumerate() {
        if place == usize::from(limits::GLANCES_MAX) {
            assert!(*up > 9);
            assert_eq!(*down, Some(2));
        } else {
            assert_eq!((*up, *down), (9, None));
        }
    }
    assert_eq!(world.centre.told.len(), 8);
    // After activity the answer is wanted.
    world.act(1, "moved here");
    assert!(world.settle());
    assert_eq!(looks(&mut world, 1)[0].1, Some(2));
}

#[test]
fn a_glance_finds_a_difference_and_may_cross_a_check() {
    for crossed in [false, true] {
        let mut world = busy_world();
        world.link();
        world.wait();
        assert!(world.settle());
        // What is written into a slice beside its feed is as good as a damaged disk.
        world.centre.slice.insert(record(99), [9; 32]);
        world.grew();
        world.wait();
        assert_eq!(world.line().to_central[0].front().unwrap().len(), 9);
        if crossed {
            world.node_input(NodeInput::CheckNow);
            world.wait();
        }
        assert!(world.settle());
        world.assert_equal();
        world.wait();
        assert!(world.settle());
        assert!(world.in_step());
    }
}

#[test]
fn a_centre_of_the_minor_version_before_is_checked_as_ever() {
    let mut world = busy_world();
    world.connect();
    let mut config = world.centre.config();
    config.minors = Minors { min: 0, max: 0 };
    world.line().central = CentralSession::new(config, 0);
    world.confirm();
    assert!(world.settle());
    world.wait();
    assert!(world.settle());
    assert!(looks(&mut world, 8).iter().all(|seen| seen.1 == Some(2)));
}

#[test]
fn receipts_come_one_round_trip_after_the_handshake() {
    let mut world = World::new();
    world.act(1, "moved here");
    world.connect();
    world.confirm();
    while world.node_task() {}
    // First flight: the hello and the batch, together. Everything at the centre, then back.
    while (0..CLASSES).any(|class| world.deliver_to_central(0, class)) || world.central_task(0) {}
    assert_eq!(world.centre.acts.len(), 1);
    while (0..CLASSES).any(|class| world.deliver_to_node(class)) {}
    let receipts = world.line().node_tasks.iter().any(|task| match task {
        NodeOutput::ApplyFeed { entries, .. } => entries[0].kind == RECEIPT,
        _ => false,
    });
    assert!(receipts);
}

#[test]
fn a_replayed_hello_has_no_effect() {
    let mut world = busy_world();
    world.connect();
    assert!(world.settle());
    assert_eq!(world.centre.epoch, 0);
    assert!(world.centre.acts.is_empty() && world.office.feed.is_empty());
    world.confirm();
    assert!(world.settle());
    assert_eq!(world.centre.epoch, 1);
    world.assert_equal();
}

#[test]
fn the_feed_is_pushed_as_it_grows() {
    let mut world = World::new();
    world.link();
    world.change(3, 1);
    assert!(world.settle());
    world.act(4, "born");
    assert!(world.settle());
    world.assert_equal();
}

#[test]
fn news_that_come_while_the_node_is_looked_up_are_not_lost() {
    let mut world = World::new();
    world.connect();
    world.confirm();
    assert!(world.deliver_to_central(0, 0));
    let standing = world.centre.standing();
    world.change(99, 1);
    assert!(matches!(
        world.line().central_tasks.pop_front(),
        Some(CentralOutput::LookUp(_))
    ));
    world.central_input(0, CentralInput::Standing(standing));
    assert!(world.settle());
    assert_eq!(world.office.feed, world.centre.feed);
}

#[test]
fn a_stale_connection_never_beats_a_newer_one() {
    let mut world = busy_world();
    world.link();
    assert!(!world.lines[0].central.is_ended());
    world.connect();
    world.confirm();
    assert!(world.settle());
    assert_eq!(code(&world.lines[0].central_ended), "displaced");
    assert!(!world.lines[1].central.is_ended());

    world.office.epoch = 0;
    world.connect();
    world.confirm();
    assert!(world.settle());
    assert_eq!(code(&world.line().node_ended), "stale_epoch");
    // It is told where to go on, lest a restored device be locked out for as long as it had been
    // at work.
    let above = NodeOutput::EpochBehind { above: 2 };
    assert!(world.office.told.contains(&above));
    assert_eq!(code(&world.lines[2].central_ended), "stale_epoch");
    assert!(!world.lines[1].central.is_ended());
}

#[test]
fn one_hello_cannot_use_up_the_count_of_connections_or_of_lives() {
    let mut world = busy_world();
    // As far as a clock can be wrong is as far as a count may go.
    world.office.epoch = 1 << 37;
    world.link();
    assert!(!world.lines[0].central.is_ended());
    world.cut();
    world.office.epoch = u64::MAX - 1;
    world.connect();
    world.confirm();
    assert!(world.settle());
    assert_eq!(code(&world.line().central_ended), "count_ahead");

    let mut world = busy_world();
    world.office.incarnation = u64::from(u32::MAX);
    world.connect();
    world.confirm();
    assert!(world.settle());
    assert_eq!(code(&world.line().central_ended), "count_ahead");
}

#[test]
fn an_outbox_that_went_back_needs_a_new_incarnation_and_gets_on_with_it() {
    let mut world = busy_world();
    world.link();
    world.cut();
    // The machine is restored from a backup with fewer acts, and the clerk goes on.
    world.office.acts.truncate(20);
    world.office.taken = 20;
    world.link();
    let above = Incarnation::new(1);
    let need = NodeOutput::NeedNewIncarnation {
        above,
        reason: NewLife::OutboxBehind,
        taken: Some(ActNumber::new(23)),
    };
    assert!(world.office.told.contains(&need));
    assert_eq!(code(&world.line().node_ended), "new_incarnation");

    world.cut();
    world.office.incarnation = 2;
    world.office.acts.clear();
    world.office.taken = 0;
    world.act(9, "again");
    world.link();
    assert_eq!(world.centre.acts, world.office.acts);
    assert_eq!(world.centre.point.incarnation, Incarnation::new(2));

    world.cut();
    world.office.incarnation = 1;
    world.link();
    let above = Incarnation::new(2);
    let need = NodeOutput::NeedNewIncarnation {
        above,
        reason: NewLife::OldLife,
        taken: None,
    };
    assert!(world.office.told.contains(&need));
}

#[test]
fn other_acts_under_the_same_numbers_break_the_chain() {
    for more in [false, true] {
        let mut world = busy_world();
        world.link();
        world.cut();
        world.office.acts[5] = Bytes::from_static(&[5, b'x']);
        if more {
            world.act(1, "later");
        }
        world.link();
        let need = NodeOutput::NeedNewIncarnation {
            above: Incarnation::new(1),
            reason: NewLife::ChainBroken,
            taken: Some(ActNumber::new(23)),
        };
        assert!(world.office.told.contains(&need), "more {more}");
        assert_eq!(world.centre.acts.len(), 23);
    }
}

#[test]
fn an_altered_batch_is_refused_and_nothing_of_it_taken() {
    let mut world = World::new();
    world.link();
    world.act(1, "an act whose content is changed on its way");
    while world.node_task() {}
    let frame = world.line().to_central[1].pop_front().unwrap();
    let mut altered = frame.to_vec();
    let at = altered.len() - 70;
    altered[at] ^= 1;
    world.central_input(0, CentralInput::Frame(Class::Push, altered.into()));
    assert_eq!(code(&world.line().central_ended), "bad_signature");
    assert!(world.centre.acts.is_empty());

    world.cut();
    world.link();
    world.assert_equal();
}

#[test]
fn a_centre_that_lost_acts_is_caught_and_told_apart() {
    let mut world = busy_world();
    world.link();
    world.cut();
    // The centre comes back from a backup with fewer acts; the office still has them.
    world.centre.acts.truncate(10);
    world.centre.point = world.office.point(10);
    world.link();
    assert_eq!(world.centre.acts, world.office.acts);

    world.cut();
    world.centre.feed.truncate(3);
    world.link();
    assert_eq!(code(&world.line().node_ended), "node_ahead");
}

#[test]
fn a_dictionary_that_the_centre_lacks_costs_bytes_and_nothing_else() {
    let mut world = busy_world();
    world.centre.codec = codec(false);
    world.link();
    world.assert_equal();
}
