//! Attachments between the two sessions, one situation a test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use bytes::Bytes;
use registry::attachment::{Attachment, PIECE_BYTES};
use serde::Serialize;
use sync_proto::*;
use world::*;

const ATTACHMENTS: usize = 5;

/// Pieces of this many whole ones and a bit.
fn pages(pieces: usize, seed: u8) -> Vec<u8> {
    scan(pieces * PIECE_BYTES - 100, seed)
}

fn ended(world: &World) -> &str {
    let ending = world.lines[0].central_ended.as_ref();
    ending.map_or("none", |ending| ending.code.as_str())
}

/// A frame of this tag.
fn frame<T: Serialize>(tag: u8, fields: &T) -> Bytes {
    postcard::to_extend(fields, vec![tag]).unwrap().into()
}

fn to_centre(world: &mut World, class: Class, frame: Bytes) {
    world.central_input(0, CentralInput::Frame(class, frame));
    while world.central_task(0) {}
}

#[test]
fn an_attachment_follows_its_act_and_arrives_whole() {
    for bytes in [9, PIECE_BYTES, PIECE_BYTES + 1, 300_000, 4 << 20] {
        let mut world = World::new();
        let content = scan(bytes, 1);
        world.act_with_scan(1, &content);
        world.link();
        assert_eq!(world.centre.papers.whole, world.office.papers.whole);
        let (_, outcome) = world.office.papers.settled[0];
        assert_eq!(outcome, AttachmentOutcome::Held);
        assert_eq!(
            world.centre.papers.pieces_taken,
            bytes.div_ceil(PIECE_BYTES)
        );
        world.wait();
        assert!(world.settle());
        assert!(world.in_step());
    }
}

#[test]
fn no_piece_is_read_while_an_act_is_still_to_be_sent() {
    let mut world = World::new();
    world.act_with_scan(1, &pages(40, 1));
    world.link();
    world.cut();
    world.act_with_scan(2, &pages(40, 2));
    world.connect();
    world.confirm();
    // Goes on until some pieces are there.
    while world
        .centre
        .papers
        .parts
        .values()
        .all(|(_, pieces)| pieces.len() < 5)
    {
        world.round();
    }
    for n in 0..30 {
        world.act(n, "in a hurry");
    }
    let there = |world: &World| world.centre.papers.pieces_taken;
    let (before, window) = (there(&world), usize::from(limits::ATTACHMENT_WINDOW_MAX));
    while world.centre.acts.len() < 32 {
        world.round();
        assert!(there(&world) <= before + window, "pieces went before acts");
    }
    assert!(world.settle());
    assert_eq!(world.centre.papers.whole, world.office.papers.whole);
}

#[test]
fn after_a_cut_it_goes_on_at_the_piece_where_it_was() {
    let mut world = World::new();
    world.act_with_scan(1, &pages(30, 1));
    for _ in 0..6 {
        world.connect();
        world.confirm();
        let before = world.centre.papers.pieces_taken;
        while world.centre.papers.pieces_taken < before + 4 {
            world.round();
        }
        world.cut();
    }
    world.link();
    assert_eq!(world.centre.papers.whole, world.office.papers.whole);
    assert_eq!(
        world.centre.papers.pieces_taken, 30,
        "a piece was taken twice"
    );
}

#[test]
fn what_was_lost_before_the_last_word_costs_no_second_sending() {
    let mut world = World::new();
    world.act_with_scan(1, &pages(3, 1));
    world.connect();
    world.confirm();
    while world.centre.papers.whole.is_empty() {
        world.round();
    }
    world.cut();
    assert!(world.office.papers.settled.is_empty());
    world.link();
    assert_eq!(world.office.papers.settled.len(), 1);
    assert_eq!(world.centre.papers.pieces_taken, 3);
}

#[test]
fn a_full_disk_at_the_centre_puts_it_off_and_takes_nothing_else_along() {
    let mut world = World::new();
    world.centre.papers.full = true;
    let attachment = world.act_with_scan(1, &pages(3, 1));
    world.act(2, "goes on");
    world.link();
    let later = AttachmentOutcome::Refused(AttachmentRefusal::Later);
    assert_eq!(world.office.papers.settled, [(attachment, later)]);
    assert_eq!(world.centre.acts.len(), 2);
    assert_eq!(ended(&world), "none");
}

#[test]
fn what_no_act_names_is_not_taken_and_offering_it_without_end_ends_the_line() {
    let mut world = World::new();
    world.link();
    let attachment = Attachment::of(&pages(2, 1)).unwrap();
    let max = u32::try_from(limits::OFFERS_REFUSED_MAX).unwrap();
    for transfer in 1..=max {
        to_centre(
            &mut world,
            Class::Control,
            frame(13, &(transfer, attachment)),
        );
    }
    assert_eq!(ended(&world), "none");
    // A piece of it is of a transfer that is over: left aside.
    let piece = (max, 0_u16, serde_bytes(&pages(2, 1)[..PIECE_BYTES]));
    to_centre(&mut world, Class::Attachment, frame(97, &piece));
    assert_eq!(
        (ended(&world), world.centre.papers.pieces_taken),
        ("none", 0)
    );
    to_centre(
        &mut world,
        Class::Control,
        frame(13, &(max + 1, attachment)),
    );
    assert_eq!(ended(&world), "limit_exceeded");
}

/// Bytes as postcard writes them.
fn serde_bytes(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// A centre that waits for an attachment of four pieces, offered as transfer 1.
fn awaiting(content: &[u8]) -> World {
    let mut world = World::new();
    let attachment = world.act_with_scan(1, content);
    world.office.papers.waiting.clear();
    world.link();
    to_centre(&mut world, Class::Control, frame(13, &(1_u32, attachment)));
    assert_eq!(ended(&world), "none");
    world
}

#[test]
fn wrong_pieces_lists_and_orders_end_the_line_with_their_name() {
    let content = pages(4, 1);
    let attachment = Attachment::of(&content).unwrap();
    let outline = registry::attachment::Outline::of(attachment, &content).unwrap();
    let list = |values: &[[u8; 32]]| frame(96, &(1_u32, values.to_vec()));
    let piece = |index: u16, bytes: &[u8]| frame(97, &(1_u32, index, serde_bytes(bytes)));
    let right: Vec<&[u8]> = content.chunks(PIECE_BYTES).collect();
    let good = list(outline.values());
    let mut altered = right[0].to_vec();
    altered[700] ^= 1;
    let mut moved = outline.values().to_vec();
    moved.swap(1, 2);
    let cases: Vec<(&str, Vec<Bytes>)> = vec![
        (
            "none",
            vec![good.clone(), piece(0, right[0]), piece(1, right[1])],
        ),
        ("attachment_list_wrong", vec![list(&moved)]),
        ("attachment_list_wrong", vec![list(&[])]),
        (
            "attachment_piece_wrong",
            vec![good.clone(), piece(0, &altered)],
        ),
        (
            "attachment_piece_wrong",
            vec![good.clone(), piece(0, right[1])],
        ),
        (
            "attachment_piece_wrong",
            vec![good.clone(), piece(0, &right[0][1..])],
        ),
        ("out_of_order", vec![good.clone(), piece(1, right[1])]),
        (
            "out_of_order",
            vec![good.clone(), piece(0, right[0]), piece(0, right[0])],
        ),
        ("message_unexpected", vec![piece(0, right[0])]),
        ("message_unexpected", vec![good.clone(), good.clone()]),
        (
            "message_unexpected",
            vec![frame(97, &(2_u32, 0_u16, serde_bytes(right[0])))],
        ),
        (
            "none",
            vec![
                good,
                piece(0, right[0]),
                piece(1, right[1]),
                piece(2, right[2]),
                piece(3, right[3]),
                piece(3, right[3]),
                piece(4, right[0]),
            ],
        ),
    ];
    for (expected, frames) in cases {
        let mut world = awaiting(&content);
        for frame in frames {
            to_centre(&mut world, Class::Attachment, frame);
        }
        assert_eq!(ended(&world), expected);
        assert!(world.centre.papers.whole.is_empty() || expected == "none");
    }
}

#[test]
fn what_calls_itself_a_picture_and_is_none_is_refused() {
    let content = pages(1, 1);
    let attachment = Attachment::of(&content).unwrap();
    let mut world = awaiting(&content);
    // The same name and size, under another kind (1: JPEG), offered as transfer 2.
    let lie = (2_u32, attachment.hash(), attachment.bytes(), 1_u8);
    to_centre(&mut world, Class::Control, frame(13, &lie));
    let piece = (2_u32, 0_u16, serde_bytes(&content));
    to_centre(&mut world, Class::Attachment, frame(97, &piece));
    assert_eq!(ended(&world), "attachment_piece_wrong");
}

#[test]
fn more_pieces_than_may_be_under_way_are_refused() {
    let content = pages(20, 1);
    let attachment = Attachment::of(&content).unwrap();
    let outline = registry::attachment::Outline::of(attachment, &content).unwrap();
    let mut world = awaiting(&content);
    let list = frame(96, &(1_u32, outline.values().to_vec()));
    world.central_input(0, CentralInput::Frame(Class::Attachment, list));
    for (index, bytes) in content.chunks(PIECE_BYTES).enumerate() {
        let piece = frame(97, &(1_u32, index as u16, serde_bytes(bytes)));
        world.central_input(0, CentralInput::Frame(Class::Attachment, piece));
        let over = index >= usize::from(limits::ATTACHMENT_WINDOW_MAX);
        assert_eq!(ended(&world), if over { "credit_exceeded" } else { "none" });
    }
}

#[test]
fn an_attachment_is_fetched_and_a_cut_fetch_goes_on() {
    let content = pages(20, 1);
    let mut world = World::new();
    let attachment = world.act_with_scan(1, &content);
    world.link();
    world.office.papers.whole.clear();
    let want = |world: &mut World| {
        let parts = &world.office.papers.parts;
        let there = parts
            .get(&attachment.hash())
            .map(|(outline, pieces)| Resume {
                outline: outline.clone(),
                pieces: pieces.len() as u16,
            });
        world.attachment_input(OfficeAttachmentInput::Want { attachment, there });
    };
    want(&mut world);
    while world.office.papers.pieces_taken < 7 {
        world.round();
    }
    world.cut();
    world.link();
    want(&mut world);
    want(&mut world);
    assert!(world.settle());
    assert_eq!(world.office.papers.fetched, [FetchOutcome::Whole]);
    assert_eq!(world.office.papers.whole[&attachment.hash()], content);
    assert_eq!(
        world.office.papers.pieces_taken, 20,
        "a piece was taken twice"
    );
}

#[test]
fn what_the_office_may_not_see_or_is_not_there_is_refused_in_words() {
    let mut world = World::new();
    let attachment = world.act_with_scan(1, &pages(2, 1));
    world.link();
    world.office.papers.whole.clear();
    world.centre.papers.hidden = true;
    let there = None;
    world.attachment_input(OfficeAttachmentInput::Want { attachment, there });
    assert!(world.settle());
    world.centre.papers.hidden = false;
    world.centre.papers.whole.clear();
    let there = None;
    world.attachment_input(OfficeAttachmentInput::Want { attachment, there });
    assert!(world.settle());
    let refused = |why| FetchOutcome::Refused(why);
    assert_eq!(
        world.office.papers.fetched,
        [
            refused(AttachmentRefusal::NotEntitled),
            refused(AttachmentRefusal::NotHere)
        ]
    );
    assert!(world.office.papers.whole.is_empty());
}

#[test]
fn a_centre_of_an_older_release_is_offered_nothing() {
    let mut world = World::new();
    world.act_with_scan(1, &pages(2, 1));
    let mut config = world.centre.config();
    config.minors.max = 1;
    world.connect();
    let now_ms = world.now_ms;
    world.line().central = CentralSession::new(config, now_ms);
    world.confirm();
    assert!(world.settle());
    assert_eq!(world.centre.acts.len(), 1);
    assert!(world.centre.papers.whole.is_empty());
    assert_eq!(ended(&world), "none");
    world.cut();
    world.link();
    assert_eq!(world.centre.papers.whole, world.office.papers.whole);
}

#[test]
fn pieces_travel_in_their_own_class_below_all_others() {
    let mut world = World::new();
    world.act_with_scan(1, &pages(2, 1));
    world.connect();
    world.confirm();
    let mut seen = 0;
    for _ in 0..200 {
        let line = world.line();
        seen = seen.max(line.to_central[ATTACHMENTS].len());
        assert!(line.to_central[1].iter().all(|frame| frame.len() < 1_000));
        world.round();
    }
    assert!(seen > 0);
    let lowest = Class::ALL.iter().map(|class| class.priority()).min();
    assert_eq!(lowest, Some(Class::Attachment.priority()));
}
