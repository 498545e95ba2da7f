//! Thumbnails of the slice: which are missing, how that outlives a crash, and what is kept.

use std::sync::Arc;

use registry::RecordId;
use registry::attachment::Attachment;
use registry::feed::{ActOutcome, FeedItem, SliceReason};
use registry::portrait::Portrait;
use registry::procedure::{ActInput, Filing};
use registry::record::Record;
use registry::schema::Field;
use registry::value::Value;
use registry_store::Folder;
use sync_proto::{AttachmentOutcome, AttachmentRefusal};

use super::world::*;
use crate::office::{FileError, Office};

const MONTH_S: i64 = 30 * 86_400;

/// A picture as far as anybody looks here.
fn picture(salt: u8, bytes: usize) -> Vec<u8> {
    let mut content = b"\xff\xd8\xff\xe0".to_vec();
    content.resize(bytes, salt);
    content
}

fn portrait(salt: u8) -> Portrait {
    let of = |bytes| Attachment::of(&picture(salt, bytes)).unwrap();
    Portrait::new(of(90_000), of(9_000)).unwrap()
}

fn with_portrait(record: Record, salt: u8) -> Record {
    let value = Value::Portrait(Box::new(portrait(salt)));
    changed(record, |fields| {
        fields.set(Field::Portrait, Some(value));
    })
}

fn hoa(salt: u8) -> Record {
    with_portrait(person(1, "Trần Thị Hòa"), salt)
}

fn enters(record: Record) -> FeedItem {
    FeedItem::Enters {
        record,
        reason: SliceReason::Moved,
    }
}

fn leaves(id: RecordId) -> FeedItem {
    FeedItem::Leaves {
        id,
        to: Vec::new(),
        reason: SliceReason::Moved,
    }
}

/// The thumbnail comes from the centre.
fn fetch(office: &Office, salt: u8) {
    let thumbnail = office.folder().put(&picture(salt, 9_000)).unwrap();
    office.note_attachment_fetched(thumbnail, NOW_S).unwrap();
}

fn next(world: &World) -> Option<Attachment> {
    world.office.next_thumbnail(false, NOW_S).unwrap()
}

#[test]
fn who_comes_with_a_portrait_lacks_a_thumbnail_until_it_is_fetched_also_after_a_crash() {
    let mut world = World::empty();
    world.fill(&[hoa(1), person(2, "Lê Văn Đức"), household()]);
    assert_eq!(world.office.thumbnails_missing(), 1);
    assert_eq!(next(&world), Some(portrait(1).thumbnail()));
    world.crash();
    assert_eq!(world.office.thumbnails_missing(), 1);
    assert_eq!(next(&world), Some(portrait(1).thumbnail()));
    fetch(&world.office, 1);
    assert_eq!((world.office.thumbnails_missing(), next(&world)), (0, None));
    // The same person comes again, by whatever way: nothing is missing.
    let folder = Arc::clone(world.office.folder());
    world.sync();
    world.crash();
    world.office = world.office.keeping(folder);
    world.fill(&[hoa(1), household()]);
    world.feed(&[enters(hoa(1))]);
    assert_eq!(world.office.thumbnails_missing(), 0);
    world.check();
}

#[test]
fn two_people_of_one_picture_lack_it_once_and_another_picture_takes_its_place() {
    let mut world = World::empty();
    let duc = with_portrait(person(2, "Lê Văn Đức"), 1);
    world.fill(&[hoa(1), duc, household()]);
    assert_eq!(world.office.thumbnails_missing(), 1);
    world.feed(&[leaves(record_id(2))]);
    assert_eq!(world.office.thumbnails_missing(), 1);
    world.feed(&[enters(hoa(2))]);
    assert_eq!(next(&world), Some(portrait(2).thumbnail()));
    assert_eq!(world.office.thumbnails_missing(), 1);
    // A page of a fill may bring another again, or nobody.
    world.fill(&[hoa(3), household()]);
    assert_eq!(next(&world), Some(portrait(3).thumbnail()));
    assert_eq!(world.office.thumbnails_missing(), 1);
    world.fill(&[household()]);
    assert_eq!((world.office.thumbnails_missing(), next(&world)), (0, None));
    world.crash();
    assert_eq!(world.office.thumbnails_missing(), 0);
    world.check();
}

#[test]
fn a_thumbnail_is_kept_while_the_record_is_in_the_slice_however_old_it_is() {
    let mut world = World::empty();
    world.fill(&[hoa(1), household()]);
    fetch(&world.office, 1);
    let hash = portrait(1).thumbnail().hash();
    // The photograph was looked at once; it goes as any paper does.
    let photo = world.office.folder().put(&picture(1, 90_000)).unwrap();
    world.office.note_attachment_fetched(photo, NOW_S).unwrap();
    let tidy = |world: &World, at_s| world.office.tidy_attachments(at_s).unwrap();
    assert_eq!(tidy(&world, NOW_S + MONTH_S), 1);
    assert_eq!(tidy(&world, NOW_S + 2 * MONTH_S), 0);
    assert!(world.office.folder().holds(&hash));
    assert!(!world.office.folder().holds(&photo.hash()));
    // The whole photograph is known by the portrait alone, so that it can be fetched again.
    let known = world.office.named_attachment(&photo.hash()).unwrap();
    assert_eq!(known, Some(photo));
    world.feed(&[leaves(record_id(1))]);
    assert_eq!(tidy(&world, NOW_S + 3 * MONTH_S), 1);
    assert_eq!(tidy(&world, NOW_S + 3 * MONTH_S), 0);
    assert!(!world.office.folder().holds(&hash));
    assert_eq!(world.office.thumbnails_missing(), 0);
}

#[test]
fn what_is_gone_from_the_disk_is_missing_again() {
    let mut world = World::empty();
    world.fill(&[hoa(1), household()]);
    fetch(&world.office, 1);
    world.sync();
    // One file is spoilt: whoever looks finds out.
    let hash = portrait(1).thumbnail().hash();
    world.office.note_attachment_gone(&hash).unwrap();
    assert_eq!(world.office.thumbnails_missing(), 0);
    world.office.folder().remove(&hash).unwrap();
    for _ in 0..2 {
        world.office.note_attachment_gone(&hash).unwrap();
        assert_eq!(world.office.thumbnails_missing(), 1);
    }
    fetch(&world.office, 1);
    assert_eq!(world.office.thumbnails_missing(), 0);
    world.sync();
    // A whole folder is gone: the start finds out.
    world.office = open(&world.store);
    world.office = world.office.keeping(Arc::new(Folder::in_memory()));
    assert_eq!(world.office.thumbnails_missing(), 0);
    world.office.sweep_attachments().unwrap();
    assert_eq!(next(&world), Some(portrait(1).thumbnail()));
    assert_eq!(world.office.thumbnails_missing(), 1);
}

#[test]
fn what_the_centre_lacks_is_left_alone_until_the_feed_tells_of_it() {
    let mut world = World::empty();
    let duc = with_portrait(person(2, "Lê Văn Đức"), 2);
    world.fill(&[hoa(1), duc, household()]);
    let mut left = [portrait(1).thumbnail(), portrait(2).thumbnail()];
    left.sort_by_key(Attachment::hash);
    let [first, second] = left;
    let ask = |told, at_s| world.office.next_thumbnail(told, at_s).unwrap();
    assert_eq!(ask(false, NOW_S), Some(first));
    world.office.put_off_thumbnail(&first.hash(), NOW_S);
    assert_eq!(ask(false, NOW_S), Some(second));
    world.office.put_off_thumbnail(&second.hash(), NOW_S);
    assert_eq!(ask(false, NOW_S + 599), None);
    assert_eq!(ask(false, NOW_S + 600), Some(first));
    // Each time it is left alone for longer, and for a day at most; a clock may be set back.
    for _ in 0..20 {
        world.office.put_off_thumbnail(&first.hash(), NOW_S);
    }
    world.office.put_off_thumbnail(&second.hash(), NOW_S);
    assert_eq!(ask(false, NOW_S + 1_199), None);
    assert_eq!(ask(false, NOW_S + 1_200), Some(second));
    assert_eq!(ask(false, NOW_S + 86_400), Some(first));
    assert_eq!(ask(false, NOW_S - 86_400), Some(first));
    // Only those of which the feed tells are sure to be there.
    assert_eq!(ask(true, NOW_S + 86_400), None);
    world.feed(&[FeedItem::Attachments(vec![second])]);
    let ask = |told, at_s| world.office.next_thumbnail(told, at_s).unwrap();
    assert_eq!(ask(false, NOW_S), Some(second));
    assert_eq!(ask(true, NOW_S), Some(second));
    // That and a refusal may cross on their way.
    world.office.put_off_thumbnail(&second.hash(), NOW_S);
    assert_eq!(ask(true, NOW_S + 29), None);
    assert_eq!(ask(true, NOW_S + 30), Some(second));
    world.check();
}

/// A portrait act as the interface files it.
fn filing(salt: u8) -> Filing {
    let (id, photo) = (record_id(1), portrait(salt).photo());
    let json = serde_json::json!({"act": "portrait", "person": id, "photo": photo});
    let mut filing: Filing = serde_json::from_value(json).unwrap();
    if let ActInput::Portrait(input) = &mut filing.input {
        input.thumbnail = Some(portrait(salt).thumbnail());
    }
    filing
}

fn attach(world: &World, content: &[u8]) {
    let attachment = world.office.folder().put(content).unwrap();
    world
        .office
        .note_attached(attachment, &clerk().id, NOW_S)
        .unwrap();
}

#[test]
fn an_own_portrait_is_shown_at_once_and_its_thumbnail_is_offered_first() {
    let mut world = World::filled();
    attach(&world, &picture(1, 90_000));
    let refused = world.office.file_act(&filing(1), &clerk(), NOW_S);
    assert!(matches!(refused, Err(FileError::AttachmentUnknown)));
    attach(&world, &picture(1, 9_000));
    let filed = world.file(&filing(1));
    let shown = world.office.portrait(&record_id(1)).unwrap();
    assert_eq!(shown, Some(Some(portrait(1))));
    assert_eq!(world.office.portrait(&record_id(2)).unwrap(), Some(None));
    assert_eq!(world.office.portrait(&record_id(99)).unwrap(), None);
    assert_eq!(world.office.thumbnails_missing(), 0);

    let offered = |world: &World| {
        let next = world.office.next_attachment(filed.number, NOW_S);
        next.unwrap()
    };
    assert_eq!(offered(&world), Some(portrait(1).thumbnail()));
    let settled = |outcome| {
        let small = portrait(1).thumbnail();
        world
            .office
            .note_attachment_settled(&small, outcome, NOW_S)
            .unwrap();
    };
    // One that cannot be taken now holds the other up for nothing.
    settled(AttachmentOutcome::Refused(AttachmentRefusal::Later));
    assert_eq!(offered(&world), Some(portrait(1).photo()));
    settled(AttachmentOutcome::Held);
    assert_eq!(offered(&world), Some(portrait(1).photo()));

    // The centre agrees: the portrait is official, and its thumbnail stays.
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(world.office.thumbnails_missing(), 0);
    let photo = portrait(1).photo();
    let held = AttachmentOutcome::Held;
    world
        .office
        .note_attachment_settled(&photo, held, NOW_S)
        .unwrap();
    for _ in 0..2 {
        world.office.tidy_attachments(NOW_S + MONTH_S).unwrap();
    }
    let folder = world.office.folder();
    assert!(folder.holds(&portrait(1).thumbnail().hash()));
    assert!(!folder.holds(&photo.hash()));
    world.check();
}
