//! Decrees about units: the office goes over to another edition, and perhaps to another commune,
//! with its unsent acts, its officers and its papers.

use registry::date::Date;
use registry::feed::{
    ActOutcome, DecreePart, FeedItem, OfficeChange, Parted, UnitsChange, UnitsNotice,
};
use registry::unit::{Decree, Edition, Units};
use registry::{CommitSeq, FeedSeq, OfficeCode};

use super::world::*;
use crate::office::{ActState, Credential, Office};

fn q() -> OfficeCode {
    OfficeCode::new(8).unwrap()
}

/// A decree by which this commune becomes part of another.
fn merges() -> Decree {
    let file = "old_code,new_code,share,default\n00004,00008,whole,1\n";
    let day = Date::in_viet_nam(NOW_S);
    Decree::read(file, day, Units::built_in()).unwrap()
}

fn notice(decree: &Decree, office: Option<OfficeChange>) -> FeedItem {
    FeedItem::Units(Box::new(UnitsNotice {
        edition: Edition::new(2),
        commit: CommitSeq::new(50),
        change: UnitsChange::of(decree),
        office,
    }))
}

/// Another commune becomes part of this one.
pub(super) fn joins_us() -> FeedItem {
    let file = "old_code,new_code,share,default\n00008,00004,whole,1\n";
    let day = Date::in_viet_nam(NOW_S);
    notice(&Decree::read(file, day, Units::built_in()).unwrap(), None)
}

fn dissolved() -> FeedItem {
    let change = OfficeChange {
        commune: q(),
        follow: Some(FeedSeq::new(70)),
        renamed: vec![(clerk().id, "an.nguyen.00004".parse().unwrap())],
    };
    notice(&merges(), Some(change))
}

#[test]
fn an_office_that_is_dissolved_goes_over_with_its_outbox_and_its_officers() {
    let mut world = World::filled();
    world.feed(&[FeedItem::Officers(vec![clerk()])]);
    let token = Credential::from_random(&[3; 32]);
    world
        .office
        .give_credential(&clerk().id, &token, NOW_S)
        .unwrap();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    // What follows in the same frame is of the feed as it was.
    let done = world.feed(&[dissolved(), FeedItem::Officers(vec![])]);
    assert!(done.office_changed);
    assert!(done.trouble.is_none());
    assert_eq!(done.applied, FeedSeq::new(70));
    for _ in 0..2 {
        let meta = world.office.meta();
        assert_eq!((world.office.code(), meta.office), (q(), q()));
        assert_eq!(world.office.former(), [office_code()]);
        assert_eq!(meta.feed_applied, FeedSeq::new(70));
        let fill = meta.fill.unwrap();
        assert_eq!(
            (fill.after, fill.feed_start),
            (None, Some(FeedSeq::new(70)))
        );
        assert_eq!(world.office.units().edition(), Edition::new(2));
        assert!(!world.office.units().exists(office_code()));
        // The act waits as it was made; what it shows is shown until the slice is filled anew.
        assert_eq!(world.office.unsent(), 1);
        assert_eq!(world.state_of(filed.act), ActState::Provisional);
        assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
        let officer = world.office.account(&token).unwrap();
        assert_eq!(officer.id().as_str(), "an.nguyen.00004");
        assert_eq!(world.office.verify_audit().unwrap(), None);
        // The device still has its certificate and its files of before.
        world.crash();
    }
    // Acts from now on are made in the new edition.
    let known = world.office.meta().horizon;
    assert_eq!(world.office.units().edition_at(known), Edition::new(2));
    // The slice of the successor comes; a record with an own act stays in view.
    world.fill(&[person(2, "Lê Văn Đức")]);
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    world.check();
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(world.state_of(filed.act), ActState::Final);
    assert_eq!(world.phone_of(record_id(1)), None);
    world.check();
}

#[test]
fn an_office_that_goes_on_is_filled_anew_from_its_own_feed() {
    let mut world = World::filled();
    let change = OfficeChange {
        commune: office_code(),
        follow: None,
        renamed: Vec::new(),
    };
    let due = world.office.meta().feed_applied.next();
    let file = "old_code,new_code,share,default\n00008,00004,whole,1\n";
    let decree = Decree::read(file, Date::in_viet_nam(NOW_S), Units::built_in()).unwrap();
    let done = world.feed(&[notice(&decree, Some(change))]);
    assert!(done.office_changed);
    let meta = world.office.meta();
    assert_eq!((meta.office, meta.feed_applied), (office_code(), due));
    assert_eq!(meta.fill.unwrap().feed_start, Some(due));
    assert!(world.office.former().is_empty());
}

#[test]
fn a_decree_elsewhere_changes_the_list_and_nothing_else() {
    let mut world = World::filled();
    let before = world.office.meta();
    let file = "old_code,new_code,share,default\n01273,01279,whole,1\n";
    let Ok(decree) = Decree::read(file, Date::in_viet_nam(NOW_S), Units::built_in()) else {
        panic!("two communes of Cao Bằng are not as they were");
    };
    let done = world.feed(&[notice(&decree, None), FeedItem::Officers(vec![clerk()])]);
    assert!(!done.office_changed);
    assert_eq!(world.office.officers().len(), 1);
    let meta = world.office.meta();
    assert_eq!((meta.fill, meta.digest), (before.fill, before.digest));
    assert_eq!(world.office.units().edition(), Edition::new(2));
    // Told again, it is known already.
    let done = world.feed(&[notice(&decree, None)]);
    assert!(done.trouble.is_none());
    assert_eq!(world.office.units().edition(), Edition::new(2));
    world.check();
}

/// A certificate that is over is followed by one for the successor before the office has a line to
/// hear of the decree on; and a store that was put back is older than a certificate.
#[test]
fn a_certificate_of_a_successor_of_which_the_office_has_not_heard_opens_its_store() {
    let mut world = World::filled();
    let store = world.office.store().clone();
    let opened = Office::open(store.clone(), q(), node_id()).unwrap();
    assert_eq!(opened.code(), office_code());
    world.feed(&[dissolved()]);
    for code in [office_code(), q()] {
        let opened = Office::open(store.clone(), code, node_id()).unwrap();
        assert_eq!(opened.code(), q());
    }
}

#[test]
fn an_edition_that_does_not_follow_stops_the_feed_before_it() {
    let mut world = World::filled();
    let before = world.office.meta().feed_applied;
    let mut item = dissolved();
    if let FeedItem::Units(notice) = &mut item {
        notice.edition = Edition::new(5);
    }
    let done = world.feed(&[item]);
    assert!(done.trouble.is_some());
    assert_eq!(world.office.meta().feed_applied, before);
    assert_eq!(world.office.code(), office_code());
}

/// The same decree as one that came in parts: cut where it pleases us.
fn in_parts(decree: &Decree) -> (Vec<FeedItem>, FeedItem) {
    let (_, parts) = DecreePart::of(Edition::new(2), decree).unwrap();
    let table: Vec<u8> = parts.iter().flat_map(|part| part.bytes.clone()).collect();
    let cut = table.len() / 2;
    let parted = Parted {
        digest: parts[0].digest,
        parts: 2,
    };
    let pieces = [&table[..cut], &table[cut..]].into_iter().zip(0..);
    let pieces = pieces.map(|(bytes, part)| {
        FeedItem::DecreePart(Box::new(DecreePart {
            part,
            bytes: bytes.to_vec(),
            ..parts[0].clone()
        }))
    });
    let FeedItem::Units(mut notice) = dissolved() else {
        panic!("a decree is told as units")
    };
    notice.change = UnitsChange::InParts(parted);
    (pieces.collect(), FeedItem::Units(notice))
}

#[test]
fn a_decree_in_parts_takes_effect_with_its_notice_also_after_a_cut() {
    let mut world = World::filled();
    let (parts, notice) = in_parts(&merges());
    world.feed(&parts[..1]);
    // The line is cut, and the device starts anew.
    world.office = Office::open(world.office.store().clone(), office_code(), node_id()).unwrap();
    let done = world.feed(&parts[1..]);
    assert!(!done.office_changed && done.trouble.is_none());
    assert_eq!(world.office.code(), office_code());
    let done = world.feed(&[notice]);
    assert!(done.office_changed, "{:?}", done.trouble);
    assert_eq!(world.office.code(), q());
    assert_eq!(world.office.units().edition(), Edition::new(2));
    let opened = Office::open(world.office.store().clone(), q(), node_id()).unwrap();
    assert_eq!(opened.units().edition(), Edition::new(2));
}

#[test]
fn a_decree_without_all_its_parts_changes_nothing() {
    for broken in 0..2 {
        let mut world = World::filled();
        let (mut parts, notice) = in_parts(&merges());
        match (broken, &mut parts[1]) {
            (0, FeedItem::DecreePart(part)) => part.bytes[0] ^= 1,
            _ => drop(parts.pop()),
        }
        world.feed(&parts);
        let before = world.office.meta().feed_applied;
        let done = world.feed(&[notice]);
        assert!(done.trouble.is_some());
        assert_eq!(world.office.meta().feed_applied, before);
        assert_eq!(world.office.code(), office_code());
        assert_eq!(world.office.units().edition(), Edition::SINCE_JULY_2025);
    }
}
