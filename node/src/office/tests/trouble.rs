//! Crashes, full disks, wrong clocks.

use registry::feed::ActOutcome;
use registry::reading::ReadReason;
use registry_store::Store;

use super::world::*;
use crate::office::{ActState, FileError, Office, OfficeError};

#[test]
fn a_crash_before_the_sync_loses_only_what_was_not_promised() {
    let mut world = World::filled();
    let kept = world.file(&phone(record_id(1), "0912345678"));
    let lost = world
        .office
        .file_act(&phone(record_id(2), "0987654321"), &clerk(), NOW_S)
        .unwrap();
    world.crash();
    assert_eq!(world.state_of(kept.act), ActState::Provisional);
    assert!(world.office.act_view(&lost.act).unwrap().is_none());
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    assert_eq!(world.phone_of(record_id(2)), None);
    // The number is free again, for whatever comes.
    assert_eq!(
        world.file(&phone(record_id(2), "0987000111")).number,
        lost.number
    );
    world.check();
}

#[test]
fn a_crash_within_receipts_does_not_answer_an_act_twice() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let receipts = world.receipts(1, &[ActOutcome::Accepted]);
    let item = registry::feed::FeedItem::Receipts(receipts);
    let first = world.office.meta().feed_applied.next();
    world.office.apply_feed(first, &[entry(&item)], NOW_S);
    world.crash();
    assert_eq!(world.state_of(filed.act), ActState::Provisional);
    world.office.apply_feed(first, &[entry(&item)], NOW_S);
    world.sync();
    world.crash();
    assert_eq!(world.state_of(filed.act), ActState::Final);
    assert_eq!(world.office.standing(NOW_S).unsent, 0);
    world.check();
}

#[test]
fn a_full_disk_refuses_acts_and_still_takes_receipts_and_shows_people() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    world.store.set_full(true);
    let refused = world
        .office
        .file_act(&phone(record_id(2), "0987654321"), &clerk(), NOW_S);
    let error = refused.unwrap_err();
    assert!(matches!(error, FileError::DiskFull));
    assert_eq!(error.code(), "disk_full");
    world.answer(1, &[ActOutcome::Accepted]);
    assert!(
        world
            .office
            .person_view(&record_id(2), NOW_S)
            .unwrap()
            .unwrap()
            .official
    );
    world.store.set_full(false);
    world.file(&phone(record_id(2), "0987654321"));
    world.check();
}

#[test]
fn a_clock_behind_the_centre_is_set_right_and_told() {
    let mut world = World::filled();
    let never = world.file(&phone(record_id(1), "0912345678"));
    assert!(
        never
            .notices
            .contains(&registry::procedure::Notice::ClockUnverified)
    );
    let year_ago_s = NOW_S - 365 * 86_400;
    let central_ms = u64::try_from(NOW_S).unwrap() * 1000;
    let offset_ms = 365 * 86_400_000;
    let head = world.office.meta().feed_head;
    world
        .office
        .note_contact(central_ms, offset_ms, head, year_ago_s)
        .unwrap();
    let filed = world
        .office
        .file_act(&phone(record_id(2), "0987654321"), &clerk(), year_ago_s)
        .unwrap();
    let row = world.office.rows.act(&filed.act).unwrap().unwrap();
    assert_eq!(row.act.body.entered.at_s, NOW_S);
    assert_eq!(row.act.body.entered.error_s, 365 * 86_400);
    assert!(
        !filed
            .notices
            .contains(&registry::procedure::Notice::ClockUnverified)
    );
}

#[test]
fn the_store_of_another_node_is_not_opened() {
    let store: std::sync::Arc<dyn Store> = World::filled().store;
    let other = registry::NodeId::new([1; 16]);
    let opened = Office::open(store, office_code(), other);
    assert!(matches!(opened, Err(OfficeError::OtherNode)));
}

#[test]
fn what_is_read_is_chained_and_a_changed_entry_shows() {
    let world = World::filled();
    world
        .office
        .note_reading(&clerk().id, record_id(1), ReadReason::Counter, NOW_S)
        .unwrap();
    world
        .office
        .note_reading(&clerk().id, record_id(2), ReadReason::Counter, NOW_S)
        .unwrap();
    assert_eq!(world.office.verify_audit().unwrap(), None);
    let mut rows = world.office.rows.clone();
    let last = world.office.meta().audit_entries;
    let mut entry = rows.audit(last - 1).unwrap().unwrap();
    entry.at_s += 1;
    rows.put_audit(last - 1, &entry).unwrap();
    rows.stage(true).unwrap();
    assert_eq!(world.office.verify_audit().unwrap(), Some(last));
}

#[test]
fn what_goes_wrong_is_told_without_a_word_about_the_person() {
    const CANARY: &str = "Đặng Hoàng Yến Oanh";
    let world = World::filled();
    let mut filings = vec![
        birth(CANARY, "GCS-CANARY-1").input,
        phone(record_id(99), "0912000777").input,
    ];
    let json = format!(
        r#"{{"act": "birth", "child": {{"name": "{CANARY}", "birth_date": {{"date": "2031-11-01"}},
            "sex": "male"}}, "certificate": "GCS-CANARY-2"}}"#
    );
    filings.push(serde_json::from_str(&json).unwrap());
    world.store.set_full(true);
    let mut told = String::new();
    for input in filings {
        let filing = registry::procedure::Filing {
            input,
            effective: None,
            evidence: Vec::new(),
            note: line(CANARY),
        };
        let error = world.office.file_act(&filing, &clerk(), NOW_S).unwrap_err();
        told.push_str(&format!("{error} {error:?} {}", error.code()));
    }
    // The words do tell what is wrong.
    assert!(told.contains("nearly full") && told.contains("future") && told.contains("not held"));
    for secret in [CANARY, "Oanh", "GCS-CANARY", "0912000777"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}
