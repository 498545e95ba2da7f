//! What holds a session up or ends it: windows, silence, load, versions, mistakes of a caller.
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
fn an_unknown_entry_holds_the_cursor_and_stops_nothing_else() {
    let mut world = World::new();
    world.link();
    world.change(1, 1);
    world.centre.feed.push(FeedEntry {
        kind: STRANGE,
        schema: 9,
        payload: Bytes::new(),
    });
    world.change(2, 1);
    assert!(world.settle());
    assert!(world.office.told.contains(&NodeOutput::NeedsUpgrade {
        at: FeedSeq::new(2)
    }));
    assert!(world.centre.told.contains(&CentralOutput::Held {
        at: FeedSeq::new(2)
    }));
    world.act(3, "goes on");
    assert!(world.settle());
    assert_eq!(world.centre.acts.len(), 1);
    assert!(!world.line().node.as_ref().unwrap().is_ended());
    assert_eq!((world.office.applied(), world.centre.acked), (1, 1));
}

#[test]
fn a_slow_office_stops_the_feed_at_the_window() {
    let mut world = World::new();
    world.link();
    for n in 0..200 {
        world.change((n % 100) as u8, 1);
        while world.central_task(0) {}
        while world.deliver_to_node(2) {}
    }
    assert_eq!(world.line().node_tasks.len(), limits::FEED_WINDOW);
    assert!(world.line().central_tasks.is_empty());
    assert!(world.settle());
    world.assert_equal();
}

#[test]
fn a_slow_centre_stops_the_outbox_at_the_window() {
    let mut world = World::new();
    world.link();
    for n in 0..200 {
        world.act(n, "act");
        while world.node_task() {}
        while world.deliver_to_central(0, 1) {}
    }
    let waiting = world.line().central_tasks.len();
    assert_eq!(waiting, usize::from(world.centre.config().push_window));
    assert!(world.settle());
    world.assert_equal();
}

/// How often the centre reads the slice for the repair or fill of a node that makes nothing of it
/// durable: at most at once, and in all.
fn reads_of_a_slice(world: &mut World) -> (usize, usize) {
    let is_read = |task: &CentralOutput| {
        matches!(
            task,
            CentralOutput::ReadPage { .. } | CentralOutput::CompareSlice { .. }
        )
    };
    let (mut most, mut all) = (0, 0);
    for _ in 0..200 {
        let tasks = &world.line().central_tasks;
        most = most.max(tasks.iter().filter(|task| is_read(task)).count());
        all += usize::from(tasks.front().is_some_and(is_read));
        let _ = world.central_task(0);
        for class in 0..CLASSES {
            let _ = world.deliver_to_central(0, class);
            let _ = world.deliver_to_node(class);
        }
        let stuck = matches!(
            world.line().node_tasks.front(),
            Some(NodeOutput::ApplyPage { .. } | NodeOutput::ApplyRepair { .. })
        );
        if !stuck {
            let _ = world.node_task();
        }
    }
    (most, all)
}

#[test]
fn for_fills_and_repairs_the_centre_reads_one_thing_at_a_time_and_stops_at_the_window() {
    let mut world = busy_world();
    world.office.acts.clear();
    world.office.fill = Some(FillState::default());
    world.connect();
    world.confirm();
    assert_eq!(reads_of_a_slice(&mut world), (1, limits::FILL_WINDOW));
    assert!(world.settle());
    world.assert_equal();

    let mut world = busy_world();
    world.link();
    world.cut();
    world.office.slice.clear();
    world.connect();
    world.confirm();
    assert_eq!(reads_of_a_slice(&mut world), (1, limits::REPAIR_WINDOW));
    assert!(world.settle());
    world.assert_equal();
}

#[test]
fn who_asks_for_the_same_fill_again_ends_the_session_and_nothing_more_is_read() {
    let mut world = busy_world();
    world.office.acts.clear();
    world.office.fill = Some(FillState::default());
    world.connect();
    world.confirm();
    let is_asked = |world: &mut World| {
        let mut tasks = world.line().central_tasks.iter();
        tasks.any(|task| matches!(task, CentralOutput::ReadPage { .. }))
    };
    // The frame upon which the centre begins to read is the request.
    let mut request = None;
    for _ in 0..20 {
        for class in 0..CLASSES {
            let frame = world.line().to_central[class].front().cloned();
            let came = world.deliver_to_central(0, class);
            if came && request.is_none() && is_asked(&mut world) {
                request = frame.map(|frame| (Class::ALL[class], frame));
            }
            let _ = world.deliver_to_node(class);
        }
        if request.is_some() {
            break;
        }
        let _ = world.central_task(0);
    }
    let (class, frame) = request.expect("a request for pages");
    let central = &mut world.line().central;
    let error = central.handle(CentralInput::Frame(class, frame), 0);
    assert_eq!(error.unwrap_err().code(), "message_unexpected");
    while let Some(output) = central.poll() {
        assert!(!matches!(output, CentralOutput::ReadPage { .. }));
    }
}

#[test]
fn a_foreign_certificate_and_a_foreign_version_are_refused() {
    let mut world = busy_world();
    world.connect();
    let mut config = world.centre.config();
    config.node = NodeId::new([8; 16]);
    world.line().central = CentralSession::new(config, 0);
    world.confirm();
    assert!(world.settle());
    assert_eq!(code(&world.line().central_ended), "not_this_node");
    assert_eq!(code(&world.line().node_ended), "not_this_node");

    world.cut();
    world.connect();
    let mut config = world.centre.config();
    let next = Minors::CURRENT.max + 1;
    config.minors = Minors {
        min: next,
        max: next + 1,
    };
    world.line().central = CentralSession::new(config, 0);
    world.confirm();
    assert!(world.settle());
    assert_eq!(code(&world.line().node_ended), "peer_too_old");
    assert!(world.line().node_ended.as_ref().unwrap().by_peer);
}

#[test]
fn silence_ends_a_session_on_either_side() {
    let mut world = World::new();
    world.connect();
    world.wait();
    assert_eq!(code(&world.line().node_ended), "no_answer");
    let late = limits::ANSWER_MS_MAX;
    assert!(world.lines[0].central.tick(late - 1).is_ok());
    assert!(world.lines[0].central.tick(late).is_err());
}

#[test]
fn a_loaded_centre_says_when_to_come_again() {
    let mut world = World::new();
    world.link();
    world.central_input(
        0,
        CentralInput::Stop {
            cause: StopCause::Unable,
            retry_after_ms: Some(u64::MAX),
        },
    );
    assert!(world.settle());
    let ending = world.line().node_ended.clone().unwrap();
    assert_eq!(ending.code, StopCause::Unable.code());
    assert_eq!(ending.retry_after_ms, Some(limits::RETRY_AFTER_MS_MAX));
    assert!(ending.by_peer);
}

#[test]
fn the_callers_mistakes_are_named_as_ours() {
    let wrong = [
        NodeInput::FeedDurable {
            applied: FeedSeq::new(9),
            digest: Digest::EMPTY,
        },
        NodeInput::PageDurable {
            last: None,
            digest: Digest::EMPTY,
        },
        NodeInput::RepairDurable {
            digest: Digest::EMPTY,
        },
        NodeInput::NeedsUpgrade {
            at: FeedSeq::new(1),
        },
    ];
    for input in wrong {
        let mut world = World::new();
        world.link();
        let node = world.line().node.as_mut().unwrap();
        assert_eq!(node.handle(input, 0).unwrap_err().blame(), Blame::Caller);
        assert!(node.is_ended());
    }
}
