//! Readings of records on their way to the centre: last, one batch at a time, and again after a cut.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use bytes::Bytes;
use sync_proto::*;
use world::*;

fn reading(place: u64) -> Bytes {
    let reading = registry::reading::Reading {
        place,
        mark: [7; 16],
        at_s: 1_795_230_000,
        officer: "lan".parse().unwrap(),
        record: record(1),
        reason: registry::reading::ReadReason::Counter,
    };
    registry::reading::encode_readings(&[reading])
        .unwrap()
        .into()
}

fn linked_world() -> World {
    let mut world = busy_world();
    world.link();
    world.wait();
    assert!(world.settle());
    world
}

const AT_ONCE: NodeInput = NodeInput::ReadingsGrew { at_once: true };

fn asks(world: &mut World) -> bool {
    world.line().node_tasks.pop_front() == Some(NodeOutput::ReadReadings)
}

#[test]
fn readings_come_last_and_one_batch_at_a_time() {
    let mut world = linked_world();
    // Acts go first.
    world.act(1, "moved here");
    world.node_input(AT_ONCE);
    assert_ne!(
        world.line().node_tasks.back(),
        Some(&NodeOutput::ReadReadings)
    );
    let wanted = NodeOutput::ReadReadings;
    while world.line().node_tasks.front() != Some(&wanted) {
        if !world.node_task() {
            let _ = world.central_task(0);
            for class in 0..5 {
                let _ = world.deliver_to_central(0, class);
                let _ = world.deliver_to_node(class);
            }
        }
    }
    assert_eq!(world.office.taken, 24);
    assert!(asks(&mut world));
    let payload = reading(7);
    world.node_input(NodeInput::ReadingsRead { up_to: 7, payload });
    // While one is on its way no other is asked for.
    world.node_input(AT_ONCE);
    assert!(!asks(&mut world));
    assert!(world.deliver_to_central(0, 4));
    let tasks = std::mem::take(&mut world.line().central_tasks);
    let kept = tasks.into_iter().find_map(|task| match task {
        CentralOutput::KeepReadings { up_to: 7, readings } => Some(readings),
        _ => None,
    });
    let readings = kept.expect("the centre keeps them");
    assert_eq!(readings[0].place, 7);
    world.central_input(0, CentralInput::ReadingsKept { up_to: 7 });
    while world.deliver_to_node(0) {}
    let taken = NodeOutput::ReadingsTaken { up_to: 7 };
    while let Some(task) = world.line().node_tasks.pop_front() {
        if task == taken {
            break;
        }
    }
    // What was told of meanwhile is asked for now; nothing is there, and nothing goes.
    assert!(asks(&mut world));
    world.node_input(NodeInput::ReadingsRead {
        up_to: 0,
        payload: Bytes::new(),
    });
    assert!(!world.deliver_to_central(0, 4));
    assert!(!asks(&mut world));
    assert_eq!(code(&world.line().node_ended), "none");
}

#[test]
fn readings_of_a_minute_go_together_and_after_a_cut_again() {
    let mut world = linked_world();
    world.node_input(NodeInput::ReadingsGrew { at_once: false });
    let due_ms = world.now_ms + limits::READINGS_SETTLE_MS;
    assert!(!asks(&mut world));
    world.now_ms = due_ms - 1;
    world.node_input(NodeInput::ReadingsGrew { at_once: false });
    assert!(!asks(&mut world));
    world.now_ms = due_ms;
    world.node_input(NodeInput::ReadingsGrew { at_once: false });
    assert!(asks(&mut world));
    let payload = reading(7);
    world.node_input(NodeInput::ReadingsRead { up_to: 7, payload });
    world.cut();
    world.link();
    world.node_input(AT_ONCE);
    assert!(asks(&mut world));
}

#[test]
fn a_centre_of_an_older_minor_version_is_told_no_readings() {
    let mut world = busy_world();
    world.connect();
    let mut config = world.centre.config();
    config.minors = Minors { min: 0, max: 2 };
    world.line().central = CentralSession::new(config, 0);
    world.confirm();
    assert!(world.settle());
    world.node_input(AT_ONCE);
    assert!(!asks(&mut world));
}

#[test]
fn readings_without_leave_and_those_that_cannot_be_read_end_the_session() {
    let mut world = linked_world();
    let payload = reading(7);
    world.node_input(NodeInput::ReadingsRead { up_to: 7, payload });
    assert_eq!(code(&world.line().node_ended), "misuse_unasked");
    let mut world = linked_world();
    world.node_input(AT_ONCE);
    assert!(asks(&mut world));
    let payload = Bytes::from_static(b"\x05no readings");
    world.node_input(NodeInput::ReadingsRead { up_to: 7, payload });
    assert!(world.deliver_to_central(0, 4));
    assert_eq!(code(&world.line().central_ended), "frame_malformed");
}
