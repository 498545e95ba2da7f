//! Whatever bytes come, on whatever class, at whatever moment: no panic, no unbounded memory, and
//! a session that ends with a typed error or goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use bytes::Bytes;
use proptest::prelude::*;
use registry::*;
use sync_proto::*;
use world::*;

const TAGS: [u8; 27] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 32, 48, 64, 65, 80, 96, 97, 0, 20,
    82,
];

/// A world in one of the states that a session can be in.
fn world_in(state: u8) -> World {
    let mut world = World::new();
    for n in 0..12 {
        world.act(n, "act");
        world.change(100 + n, 1);
    }
    match state % 7 {
        0 => world.connect(),
        1 => {
            world.connect();
            while world.deliver_to_central(0, 0) {}
        }
        2 => world.link(),
        3 => {
            world.office.fill = Some(FillState::default());
            world.connect();
            world.confirm();
            for _ in 0..3 {
                let _ = world.central_task(0);
                let _ = world.deliver_to_central(0, 0);
                let _ = world.deliver_to_node(0);
            }
        }
        5 => {
            // An attachment is half-way up.
            world.act_with_scan(50, &scan(200_000, 1));
            world.connect();
            world.confirm();
            while world.centre.papers.pieces_taken < 3 {
                world.round();
            }
        }
        6 => {
            // One is half-way down.
            let attachment = world.act_with_scan(50, &scan(200_000, 1));
            world.link();
            world.office.papers.whole.clear();
            let there = None;
            world.attachment_input(OfficeAttachmentInput::Want { attachment, there });
            while world.office.papers.pieces_taken < 3 {
                world.round();
            }
        }
        _ => {
            world.link();
            world.cut();
            world.office.slice.clear();
            world.connect();
            world.confirm();
            let _ = world.deliver_to_central(0, 0);
            let _ = world.central_task(0);
            let _ = world.deliver_to_node(0);
        }
    }
    world
}

fn ended_with_a_code(ending: &Option<Ending>, result: &Result<(), SessionError>) -> bool {
    match (ending, result) {
        (Some(ending), Err(error)) => ending.code == error.code(),
        (Some(ending), Ok(())) => !ending.code.is_empty(),
        (None, result) => result.is_ok(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn any_bytes_at_the_centre(
        state in any::<u8>(),
        class in 0_usize..CLASSES,
        tag in prop::sample::select(&TAGS[..]),
        body in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let mut world = world_in(state);
        let frame: Bytes = [&[tag], body.as_slice()].concat().into();
        let line = world.lines.last_mut().unwrap();
        let result = line.central.handle(CentralInput::Frame(Class::ALL[class], frame), 0);
        world.drain();
        let ending = &world.lines.last().unwrap().central_ended;
        prop_assert!(ended_with_a_code(ending, &result), "{:?} {:?}", ending, result);
        prop_assert!(result.err().is_none_or(|error| error.blame() != Blame::Caller));
    }

    #[test]
    fn any_bytes_at_the_node(
        state in any::<u8>(),
        class in 0_usize..CLASSES,
        tag in prop::sample::select(&TAGS[..]),
        body in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let mut world = world_in(state);
        let frame: Bytes = [&[tag], body.as_slice()].concat().into();
        let line = world.lines.last_mut().unwrap();
        let node = line.node.as_mut().unwrap();
        let result = node.handle(NodeInput::Frame(Class::ALL[class], frame), 0);
        world.drain();
        let ending = &world.lines.last().unwrap().node_ended;
        prop_assert!(ended_with_a_code(ending, &result), "{:?} {:?}", ending, result);
        prop_assert!(result.err().is_none_or(|error| error.blame() != Blame::Caller));
    }

    /// Real frames, each with one bit turned, in the middle of a real exchange.
    #[test]
    fn a_turned_bit_anywhere_is_survived(
        when in 0_usize..60, at in any::<usize>(), bit in 0_u8..8, to_node in any::<bool>(),
    ) {
        let mut world = world_in(0);
        world.confirm();
        for round in 0..60 {
            if round == when {
                let line = world.lines.last_mut().unwrap();
                let queues = if to_node { &mut line.to_node } else { &mut line.to_central };
                if let Some(frame) = queues.iter_mut().find_map(|queue| queue.front_mut()) {
                    let mut turned = frame.to_vec();
                    let at = at % turned.len();
                    turned[at] ^= 1 << bit;
                    *frame = turned.into();
                }
            }
            let _ = world.central_task(0);
            for class in 0..CLASSES {
                let _ = world.deliver_to_central(0, class);
                let _ = world.deliver_to_node(class);
            }
            // A turned bit in a feed frame is the channel's to catch; it may reach the office.
            if !to_node {
                let _ = world.node_task();
            }
        }
        prop_assert!(world.office.acts.starts_with(&world.centre.acts));
    }
}

#[test]
fn frames_before_a_hello_are_kept_up_to_a_limit() {
    let mut world = World::new();
    for n in 0..40 {
        world.act(n, "act");
    }
    world.connect();
    world.confirm();
    while world.node_task() {}
    let frame = world.line().to_central[1].pop_front().unwrap();
    let central = &mut world.lines[0].central;
    let mut kept = 0;
    let error = loop {
        match central.handle(CentralInput::Frame(Class::Push, frame.clone()), 0) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(kept, limits::EARLY_FRAMES_MAX);
    assert_eq!(error.code(), "credit_exceeded");
}

#[test]
fn a_peer_that_ignores_the_window_is_cut_off() {
    // Frames of a well-behaved centre, all given to a node that makes nothing durable.
    let mut world = World::new();
    world.link();
    let mut frames = Vec::new();
    for n in 0..20 {
        world.change(n, 1);
        assert!(world.settle_centre());
        frames.extend(world.line().to_node[2].drain(..));
        let applied = FeedSeq::new(u64::from(n) + 1);
        world.pretend_acknowledged(applied);
    }
    assert_eq!(frames.len(), 20);
    let node = world.line().node.as_mut().unwrap();
    let results: Vec<_> = frames
        .into_iter()
        .map(|frame| node.handle(NodeInput::Frame(Class::Feed, frame), 0))
        .collect();
    let kept = results.iter().take_while(|result| result.is_ok()).count();
    assert_eq!(kept, limits::FEED_WINDOW);
    assert_eq!(
        results[kept].as_ref().unwrap_err().code(),
        "credit_exceeded"
    );
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_ends_the_session() {
    let mut world = World::new();
    world.link();
    let central = &mut world.lines[0].central;
    // Tag 5 is the acknowledgement of the feed.
    let frame = Bytes::from_static(&[5, 9]);
    let error = central
        .handle(CentralInput::Frame(Class::Control, frame), 0)
        .unwrap_err();
    assert_eq!(error.code(), "acknowledged_unsent");

    let mut world = World::new();
    world.link();
    let node = world.lines[0].node.as_mut().unwrap();
    // Tag 4 says that acts are taken.
    let frame = Bytes::from_static(&[4, 9]);
    let error = node
        .handle(NodeInput::Frame(Class::Control, frame), 0)
        .unwrap_err();
    assert_eq!(error.code(), "acknowledged_unsent");
}

#[test]
fn no_error_repeats_what_was_in_a_frame() {
    const CANARY: &str = "NGUYEN";
    let mut world = World::new();
    world.link();
    for tag in TAGS {
        for class in Class::ALL {
            let frame: Bytes = [&[tag], CANARY.repeat(9).as_bytes()].concat().into();
            let mut session = CentralSession::new(world.centre.config(), 0);
            if let Err(error) = session.handle(CentralInput::Frame(class, frame), 0) {
                assert!(!format!("{error} {error:?}").contains(CANARY));
            }
        }
    }
    let entry = FeedEntry {
        kind: 1,
        schema: 1,
        payload: Bytes::from_static(CANARY.as_bytes()),
    };
    assert!(!format!("{entry:?}").contains(CANARY));
}
