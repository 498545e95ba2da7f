//! The papers of a record, on demand: one question at a time, an answer to what was asked, and nothing
//! of it with a centre that is older.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use bytes::Bytes;
use registry::ActId;
use registry::act::papers::{LISTED_BYTES_MAX, PapersOfAct, PapersOfRecord};
use registry::act::{ActKind, Evidence};
use registry::attachment::Attachment;
use registry::value::Line as Words;
use sync_proto::*;
use world::*;

/// Where frames of these classes wait.
const CONTROL: usize = 0;
const FILL: usize = 4;
/// Tags of the two messages.
const QUESTION: u8 = 20;
const ANSWER: u8 = 82;

fn papers(acts: u8, more: bool) -> PapersOfRecord {
    let mut list = PapersOfRecord::default();
    for number in 0..acts {
        let content = format!("%PDF-1.7 scan {number}");
        let paper = Evidence {
            kind: Words::parse("giấy khai sinh").unwrap(),
            number: Words::default(),
            date: None,
            attachments: vec![Attachment::of(content.as_bytes()).unwrap()],
        };
        assert!(list.add(PapersOfAct {
            act: ActId::new([number; 16]),
            kind: ActKind::Correction,
            office: office(),
            at_s: 1_795_230_000,
            evidence: vec![paper],
        }));
    }
    if more {
        list.cut();
    }
    list
}

fn linked_world() -> World {
    let mut world = busy_world();
    world.link();
    world.wait();
    assert!(world.settle());
    world
}

fn wants(world: &mut World, about: u8) {
    let record = record(about);
    world.node_input(NodeInput::WantPapers { record });
}

type Told = Vec<(registry::RecordId, Result<PapersOfRecord, PapersRefusal>)>;

/// What the office was told of papers since the last look.
fn told(world: &mut World) -> Told {
    let mut found = Vec::new();
    world.office.told.retain(|told| match told {
        NodeOutput::Papers { record, found: it } => {
            found.push((*record, it.clone()));
            false
        }
        _ => true,
    });
    found
}

/// Questions on their way to the centre.
fn questions(world: &mut World) -> usize {
    let frames = world.line().to_central[CONTROL].iter();
    frames.filter(|frame| frame[0] == QUESTION).count()
}

fn question(number: u8, about: u8) -> Bytes {
    [&[QUESTION, number][..], record(about).as_bytes()]
        .concat()
        .into()
}

/// An answer as a peer may write it: what is packed stands as it is, not compressed.
fn answer(number: u8, about: u8, payload: &[u8]) -> Bytes {
    let mut frame = [&[ANSWER, number][..], record(about).as_bytes(), &[0]].concat();
    let mut len = payload.len() + 1;
    while len >= 128 {
        frame.push(u8::try_from(len & 127).unwrap() | 128);
        len >>= 7;
    }
    frame.push(u8::try_from(len).unwrap());
    frame.push(0);
    frame.extend_from_slice(payload);
    frame.into()
}

#[test]
fn whoever_asks_is_told_what_the_centre_found_and_questions_wait_for_each_other() {
    let mut world = linked_world();
    world.centre.earlier.insert(record(1), papers(3, true));
    wants(&mut world, 1);
    wants(&mut world, 2);
    // Somebody else looks at the same record: that is one question.
    wants(&mut world, 1);
    wants(&mut world, 2);
    assert_eq!(questions(&mut world), 1);
    assert!(world.settle());
    assert_eq!(
        told(&mut world),
        [
            (record(1), Ok(papers(3, true))),
            (record(2), Ok(PapersOfRecord::default()))
        ]
    );
    // The next time it is asked anew.
    world.centre.earlier.insert(record(1), papers(4, false));
    wants(&mut world, 1);
    assert!(world.settle());
    assert_eq!(told(&mut world), [(record(1), Ok(papers(4, false)))]);
    assert_eq!(code(&world.line().node_ended), "none");
    assert_eq!(code(&world.line().central_ended), "none");
}

#[test]
fn an_act_does_not_wait_for_a_question_nor_a_question_for_acts() {
    let mut world = linked_world();
    world.centre.earlier.insert(record(1), papers(1, false));
    wants(&mut world, 1);
    world.act(9, "moved here");
    assert!(world.settle());
    assert_eq!(told(&mut world).len(), 1);
    world.assert_equal();
}

#[test]
fn a_question_before_the_greeting_is_answered_waits_for_it() {
    let mut world = busy_world();
    world.centre.earlier.insert(record(1), papers(1, false));
    world.connect();
    wants(&mut world, 1);
    assert_eq!(questions(&mut world), 0);
    world.confirm();
    assert!(world.settle());
    assert_eq!(told(&mut world), [(record(1), Ok(papers(1, false)))]);
}

#[test]
fn a_centre_of_an_older_minor_version_is_not_asked_and_the_office_is_told_so() {
    let mut world = busy_world();
    world.connect();
    let mut config = world.centre.config();
    config.minors = Minors { min: 0, max: 4 };
    world.line().central = CentralSession::new(config, 0);
    world.confirm();
    assert!(world.settle());
    wants(&mut world, 1);
    assert_eq!(questions(&mut world), 0);
    let refused = Err(PapersRefusal::CentreOlder);
    assert_eq!(told(&mut world), [(record(1), refused)]);
    assert_eq!(PapersRefusal::CentreOlder.code(), "papers_centre_older");
    // All else goes on as with a centre of the same release.
    world.act(9, "moved here");
    assert!(world.settle());
    world.assert_equal();
}

#[test]
fn more_questions_than_may_wait_are_refused_with_words_and_the_line_stays() {
    let mut world = linked_world();
    for about in 0..=u8::try_from(limits::PAPER_QUESTIONS_MAX).unwrap() {
        wants(&mut world, about);
    }
    assert_eq!(told(&mut world), []);
    wants(&mut world, 200);
    let refused = Err(PapersRefusal::TooMany);
    assert_eq!(told(&mut world), [(record(200), refused)]);
    assert!(world.settle());
    assert_eq!(told(&mut world).len(), limits::PAPER_QUESTIONS_MAX + 1);
    assert_eq!(code(&world.line().node_ended), "none");
}

#[test]
fn a_second_question_before_the_answer_ends_the_session() {
    let mut world = linked_world();
    let index = world.lines.len() - 1;
    let ask = |number, about| CentralInput::Frame(Class::Control, question(number, about));
    world.central_input(index, ask(1, 1));
    world.central_input(index, ask(2, 1));
    assert_eq!(code(&world.line().central_ended), "credit_exceeded");
    // Nor does a question come twice under one number.
    let mut world = linked_world();
    world.central_input(index, ask(1, 1));
    assert!(world.central_task(index));
    world.central_input(index, ask(1, 1));
    assert_eq!(code(&world.line().central_ended), "out_of_order");
}

#[test]
fn an_answer_that_nobody_asked_for_or_to_another_question_ends_the_session() {
    let mut world = linked_world();
    world.node_input(NodeInput::Frame(Class::Fill, answer(1, 1, &[0])));
    assert_eq!(code(&world.line().node_ended), "message_unexpected");
    for (number, about) in [(2, 1), (1, 2)] {
        let mut world = linked_world();
        wants(&mut world, 1);
        let frame = answer(number, about, &[0]);
        world.node_input(NodeInput::Frame(Class::Fill, frame));
        assert_eq!(code(&world.line().node_ended), "message_unexpected");
        assert_eq!(told(&mut world), []);
    }
    // The right one, once.
    let mut world = linked_world();
    wants(&mut world, 1);
    world.node_input(NodeInput::Frame(Class::Fill, answer(1, 1, &[0])));
    assert_eq!(told(&mut world).len(), 1);
    world.node_input(NodeInput::Frame(Class::Fill, answer(1, 1, &[0])));
    assert_eq!(code(&world.line().node_ended), "message_unexpected");
}

#[test]
fn an_answer_past_its_limits_or_that_cannot_be_read_ends_the_session() {
    let many = |acts: u8| {
        let list = papers(acts, false);
        postcard::to_stdvec(list.acts()).unwrap()
    };
    let twice = [many(40), many(40)];
    let mut acts: Vec<PapersOfAct> = Vec::new();
    for bytes in &twice {
        acts.extend(postcard::from_bytes::<Vec<PapersOfAct>>(bytes).unwrap());
    }
    let past = postcard::to_stdvec(&acts).unwrap();
    for (payload, ended) in [
        (vec![0; LISTED_BYTES_MAX + 1], "payload_too_large"),
        (past, "frame_malformed"),
        (b"\x05no papers".to_vec(), "frame_malformed"),
        ([&many(1)[..], &[0]].concat(), "frame_malformed"),
    ] {
        let mut world = linked_world();
        wants(&mut world, 1);
        let frame = answer(1, 1, &payload);
        world.node_input(NodeInput::Frame(Class::Fill, frame));
        assert_eq!(code(&world.line().node_ended), ended);
        assert_eq!(told(&mut world), []);
    }
    // The largest number of papers is no fault.
    let mut world = linked_world();
    wants(&mut world, 1);
    let frame = answer(1, 1, &many(64));
    world.node_input(NodeInput::Frame(Class::Fill, frame));
    assert_eq!(told(&mut world), [(record(1), Ok(papers(64, false)))]);
}

#[test]
fn a_cut_forgets_what_was_asked_and_the_next_line_asks_anew() {
    let mut world = linked_world();
    world.centre.earlier.insert(record(1), papers(1, false));
    wants(&mut world, 1);
    assert!(world.deliver_to_central(0, CONTROL));
    world.cut();
    world.link();
    assert_eq!(told(&mut world), []);
    wants(&mut world, 1);
    assert!(world.settle());
    assert_eq!(told(&mut world).len(), 1);
}

#[test]
fn an_answer_comes_on_the_class_that_yields() {
    let mut world = linked_world();
    world.centre.earlier.insert(record(1), papers(2, false));
    wants(&mut world, 1);
    assert!(world.deliver_to_central(0, CONTROL));
    assert!(world.central_task(0));
    assert_eq!(world.line().to_node[FILL].len(), 1);
    assert!(world.deliver_to_node(FILL));
    assert_eq!(told(&mut world).len(), 1);
}
