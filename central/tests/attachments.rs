//! Attachments at the centre: what is taken, who may see it, what is told, and what a power cut
//! leaves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod desk;

use std::sync::Arc;

use desk::{Centre, NOW, Office, P, Q, R, World, office};
use registry::act::ActKind;
use registry::act::papers::PapersOfRecord;
use registry::attachment::{Attachment, Outline, PIECE_BYTES};
use registry::feed::FeedItem;
use registry::{FeedSeq, RecordId};
use serde_json::{Value, json};
use sync_proto::{
    AttachmentRefusal, CentreAttachmentInput, CentreAttachmentOutput, OfferStanding, PieceCame,
    Resume,
};

fn scan(seed: u8) -> Vec<u8> {
    let mut content = b"%PDF-1.7 ".to_vec();
    content.extend(
        (0..50_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed),
    );
    content
}

fn named(seed: u8) -> Attachment {
    Attachment::of(&scan(seed)).unwrap()
}

/// A correction that rests on a scan.
fn correction(person: &str, blood: &str, attachment: Attachment) -> Value {
    json!({"act": "registry_correction", "person": person,
        "fields": [{"field": "blood", "value": {"blood": blood}}],
        "evidence": [{"kind": "phiếu xét nghiệm", "attachments": [attachment]}]})
}

fn offered(centre: &Centre, code: u32, attachment: Attachment) -> OfferStanding {
    let question = CentreAttachmentOutput::Offered(attachment);
    let offices = [office(code)];
    match centre
        .registrar()
        .answer_of_attachment(&offices, question)
        .unwrap()
    {
        CentreAttachmentInput::Stands { standing, .. } => standing,
        other => panic!("{other:?}"),
    }
}

fn wished(centre: &Centre, code: u32, attachment: Attachment) -> Result<(), AttachmentRefusal> {
    let question = CentreAttachmentOutput::Wished(attachment);
    let offices = [office(code)];
    match centre
        .registrar()
        .answer_of_attachment(&offices, question)
        .unwrap()
    {
        CentreAttachmentInput::Found { found, .. } => found,
        other => panic!("{other:?}"),
    }
}

/// Gives the centre pieces of a scan.
fn give(centre: &Centre, seed: u8, from: u16, to: u16) {
    let content = scan(seed);
    let outline = Arc::new(Outline::of(named(seed), &content).unwrap());
    for (index, piece) in (0..).zip(content.chunks(PIECE_BYTES)) {
        if !(from..to).contains(&index) {
            continue;
        }
        let question = CentreAttachmentOutput::TakePiece(PieceCame {
            outline: Arc::clone(&outline),
            index,
            content: piece.to_vec().into(),
            last: index + 1 == named(seed).pieces(),
        });
        let answer = centre
            .registrar()
            .answer_of_attachment(&[], question)
            .unwrap();
        assert!(matches!(answer, CentreAttachmentInput::PieceTaken { .. }));
    }
}

fn bring(centre: &Centre, code: u32, seed: u8) {
    give(centre, seed, 0, u16::MAX);
    let registrar = centre.registrar();
    registrar
        .stage_attachment(NOW, &[office(code)], &named(seed))
        .unwrap();
    registrar.sync().unwrap();
}

/// Arrivals that an office was told of.
fn told(centre: &Centre, code: u32) -> Vec<Attachment> {
    let feed = centre
        .registrar()
        .feed(office(code), FeedSeq::new(0), 1_000, 1 << 22);
    let entries = feed.unwrap().into_iter();
    entries
        .filter_map(
            |(_, entry)| match FeedItem::decode(entry.kind, &entry.payload) {
                Ok(FeedItem::Attachments(arrived)) => Some(arrived),
                _ => None,
            },
        )
        .flatten()
        .collect()
}

#[test]
fn only_what_an_act_that_took_effect_names_is_taken() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    let unnamed = OfferStanding::Refused(AttachmentRefusal::NotNamed);
    assert_eq!(offered(&centre, P, named(1)), unnamed);
    p.file(correction(&world.single(P), "o", named(1)));
    assert_eq!(offered(&centre, P, named(1)), unnamed);
    centre.take(&mut p);
    assert_eq!(offered(&centre, P, named(1)), OfferStanding::Wanted(None));
    // Another office that offers it has named nothing.
    assert_eq!(offered(&centre, R, named(1)), unnamed);
    assert_eq!(centre.registrar().attachments_due().unwrap().count, 1);
    bring(&centre, P, 1);
    assert_eq!(offered(&centre, P, named(1)), OfferStanding::Held);
    assert_eq!(centre.registrar().attachments_due().unwrap().count, 0);
    let stand = centre.registrar().attachment_stand(named(1)).unwrap();
    assert_eq!((stand.pieces_here, stand.arrived_s), (4, Some(NOW)));
}

#[test]
fn who_holds_a_record_of_the_act_sees_its_scan_and_hears_of_it() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    p.file(correction(&world.shared(), "o", named(2)));
    centre.take(&mut p);
    // The act's own office hears that it is awaited; whoever else asks hears nothing.
    assert_eq!(
        wished(&centre, P, named(2)),
        Err(AttachmentRefusal::NotHere)
    );
    assert_eq!(
        wished(&centre, Q, named(2)),
        Err(AttachmentRefusal::NotEntitled)
    );
    bring(&centre, P, 2);
    assert_eq!(wished(&centre, P, named(2)), Ok(()));
    assert_eq!(wished(&centre, Q, named(2)), Ok(()));
    assert_eq!(
        wished(&centre, R, named(2)),
        Err(AttachmentRefusal::NotEntitled)
    );
    assert_eq!(told(&centre, P), [named(2)]);
    assert_eq!(told(&centre, Q), [named(2)]);
    assert_eq!(told(&centre, R), []);
}

#[test]
fn an_office_that_only_names_what_another_brought_does_not_see_it() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(correction(&world.single(P), "o", named(3)));
    centre.take(&mut p);
    bring(&centre, P, 3);
    q.file(correction(&world.single(Q), "a", named(3)));
    centre.take(&mut q);
    // Its act is complete, for the content is here; but it shows nothing to who only knew its name.
    assert_eq!(offered(&centre, Q, named(3)), OfferStanding::Held);
    assert_eq!(
        wished(&centre, Q, named(3)),
        Err(AttachmentRefusal::NotEntitled)
    );
    assert_eq!(wished(&centre, P, named(3)), Ok(()));
}

#[test]
fn what_a_power_cut_leaves_goes_on_and_what_was_whole_needs_its_last_piece_alone() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    p.file(correction(&world.single(P), "o", named(4)));
    centre.take(&mut p);
    give(&centre, 4, 0, 2);
    let there = |centre: &Centre| match offered(centre, P, named(4)) {
        OfferStanding::Wanted(Some(Resume { pieces, .. })) => pieces,
        other => panic!("{other:?}"),
    };
    assert_eq!(there(&centre), 2);
    assert_eq!(
        centre
            .registrar()
            .attachment_stand(named(4))
            .unwrap()
            .pieces_here,
        2
    );
    // The file was whole, and the power went before the tables knew.
    give(&centre, 4, 2, u16::MAX);
    assert_eq!(there(&centre), named(4).pieces());
    bring(&centre, P, 4);
    assert_eq!(offered(&centre, P, named(4)), OfferStanding::Held);
}

#[test]
fn a_reviewer_sees_a_scan_of_their_offices_and_that_is_written_down() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    p.file(correction(&world.single(P), "o", named(5)));
    let registrar = centre.registrar();
    let hash = named(5).hash();
    let look = |code| registrar.show_attachment(NOW, &hash, |it| it == office(code));
    let code = |code| {
        look(code)
            .map(|_| "seen")
            .unwrap_or_else(|error| error.code())
    };
    assert_eq!(code(P), "attachment_unknown");
    centre.take(&mut p);
    assert_eq!(code(P), "attachment_not_here");
    bring(&centre, P, 5);
    assert_eq!(code(R), "attachment_not_yours");
    assert_eq!(look(P).unwrap(), (named(5), scan(5)));
}

/// The office in whose commune the one lived who moves.
const HOME: u32 = 25;

fn papers(centre: &Centre, code: u32, record: &RecordId) -> PapersOfRecord {
    let offices = [office(code)];
    centre.registrar().papers_of(&offices, record).unwrap()
}

/// The attachments that an office is told of, the newest act first.
fn listed(centre: &Centre, code: u32, record: &RecordId) -> Vec<Attachment> {
    let list = papers(centre, code, record);
    let papers = list.acts().iter().flat_map(|act| &act.evidence);
    let attachments = papers.flat_map(|paper| paper.attachments.clone());
    attachments.collect()
}

#[test]
fn whoever_has_moved_in_brings_the_papers_of_the_old_offices_acts() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut home, mut r) = (Office::new(&world, HOME), Office::new(&world, R));
    let act = home.file(correction(&world.mover(), "o", named(6)));
    home.file(correction(&world.mover(), "a", named(7)));
    centre.take(&mut home);
    bring(&centre, HOME, 6);
    let mover = world.mover_id();
    assert_eq!(papers(&centre, R, &mover), PapersOfRecord::default());
    r.file(world.move_in_by_card());
    centre.take(&mut r);
    assert!(centre.offices(&mover).contains(&R));
    // What has not arrived is not told of.
    let list = papers(&centre, R, &mover);
    let [told] = list.acts() else {
        panic!("{list:?}")
    };
    assert_eq!((told.act, told.office), (act, office(HOME)));
    assert_eq!(told.kind, ActKind::RegistryCorrection);
    assert_eq!(listed(&centre, R, &mover), [named(6)]);
    assert!(!list.more());
    assert_eq!(wished(&centre, R, named(6)), Ok(()));
    bring(&centre, HOME, 7);
    assert_eq!(listed(&centre, R, &mover), [named(7), named(6)]);
    assert_eq!(listed(&centre, Q, &mover), []);
}

#[test]
fn who_does_not_hold_a_record_is_not_told_whether_there_is_one() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    p.file(correction(&world.single(P), "o", named(8)));
    centre.take(&mut p);
    bring(&centre, P, 8);
    let there: RecordId = world.single(P).parse().unwrap();
    assert_eq!(listed(&centre, P, &there), [named(8)]);
    let nobody = RecordId::new([0x5A; 16]);
    for record in [there, nobody] {
        assert_eq!(papers(&centre, Q, &record), PapersOfRecord::default());
    }
}

#[test]
fn an_office_that_only_names_what_another_brought_is_not_told_of_it() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(correction(&world.single(P), "o", named(9)));
    centre.take(&mut p);
    bring(&centre, P, 9);
    q.file(correction(&world.single(Q), "a", named(9)));
    centre.take(&mut q);
    let own: RecordId = world.single(Q).parse().unwrap();
    assert_eq!(listed(&centre, Q, &own), []);
}

#[test]
fn papers_that_were_added_later_stand_before_those_of_the_act() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    let act = p.file(correction(&world.shared(), "o", named(10)));
    p.file(json!({"act": "add_evidence", "of": act,
        "evidence": [{"kind": "bản chụp rõ hơn", "attachments": [named(11)]}]}));
    centre.take(&mut p);
    bring(&centre, P, 10);
    bring(&centre, P, 11);
    let both = [named(11), named(10)];
    assert_eq!(listed(&centre, Q, &world.shared_id()), both);
}

#[test]
fn a_record_with_very_many_papers_tells_of_the_newest_and_that_there_are_more() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    let pages = vec![json!({"kind": "trang", "attachments": [named(12)]}); 16];
    let mut acts = Vec::new();
    for blood in ["o", "a", "b", "ab", "o"] {
        let mut filing = correction(&world.single(P), blood, named(12));
        filing["evidence"] = json!(pages);
        acts.push(p.file(filing));
    }
    centre.take(&mut p);
    bring(&centre, P, 12);
    let record: RecordId = world.single(P).parse().unwrap();
    let list = papers(&centre, P, &record);
    let told: Vec<_> = list.acts().iter().map(|told| told.act).collect();
    acts.reverse();
    assert_eq!(told, acts[..4]);
    assert!(list.more());
}
