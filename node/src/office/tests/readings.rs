//! Readings: written down, looked through, and given to the centre once.

use std::sync::Arc;

use registry::OfficerId;
use registry::date::Date;
use registry::reading::{ReadReason, decode_readings, encode_readings};
use registry_store::SyncFault;

use super::world::*;
use crate::office::{ReadingsPage, ReadingsWanted};
use crate::tables::AuditEvent;
use crate::writer::Writer;

const DAY_S: i64 = 86_400;

fn officer(n: u8) -> OfficerId {
    format!("lan{n}").parse().unwrap()
}

fn read(world: &World, by: u8, record: u8, reason: ReadReason, at_s: i64) {
    let office = &world.office;
    office
        .note_reading(&officer(by), record_id(record), reason, at_s)
        .unwrap();
    world.sync();
}

fn page(world: &World, wanted: &ReadingsWanted) -> ReadingsPage {
    world.office.readings(wanted).unwrap()
}

#[test]
fn the_head_of_the_office_sees_who_read_what_and_why_page_by_page() {
    let world = World::filled();
    for n in 0..10_u8 {
        let at_s = NOW_S + i64::from(n) * DAY_S;
        read(&world, n % 2, n, ReadReason::CaseWork, at_s);
        // Other things are done meanwhile.
        world
            .office
            .switch_line(n % 2 == 0, &officer(1), at_s)
            .unwrap();
    }
    let all = page(
        &world,
        &ReadingsWanted {
            limit: 100,
            ..ReadingsWanted::default()
        },
    );
    let records: Vec<_> = all.rows.iter().map(|row| row.record).collect();
    assert_eq!(records, (0..10).rev().map(record_id).collect::<Vec<_>>());
    assert_eq!(all.next, None);
    assert!(
        all.rows
            .iter()
            .all(|row| row.reason == ReadReason::CaseWork && !row.sent)
    );
    // By one officer, two a page.
    let mut before = None;
    let mut found = Vec::new();
    loop {
        let wanted = ReadingsWanted {
            officer: Some(officer(1)),
            before,
            limit: 2,
            day: None,
        };
        let page = page(&world, &wanted);
        assert!(page.rows.len() <= 2);
        found.extend(page.rows.iter().map(|row| row.record));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, [9, 7, 5, 3, 1].map(record_id));
    // On one day.
    let day = Date::in_viet_nam(NOW_S + 4 * DAY_S);
    let wanted = ReadingsWanted {
        day: Some(day),
        limit: 100,
        ..ReadingsWanted::default()
    };
    let that_day = page(&world, &wanted);
    assert_eq!(that_day.rows.len(), 1);
    assert_eq!(that_day.rows[0].record, record_id(4));
    world.check();
}

#[test]
fn what_an_earlier_release_wrote_is_read_on() {
    let world = World::filled();
    let mut work = world.office.finishing_work();
    for reason in ["counter", "phone call", "audit"] {
        let event = AuditEvent::RecordRead {
            record: record_id(1),
            reason: reason.to_owned(),
        };
        work.audit(NOW_S, Some(officer(1)), event).unwrap();
    }
    work.finish().unwrap();
    let all = page(
        &world,
        &ReadingsWanted {
            limit: 9,
            ..ReadingsWanted::default()
        },
    );
    let reasons: Vec<_> = all.rows.iter().map(|row| row.reason).collect();
    assert_eq!(
        reasons,
        [ReadReason::Audit, ReadReason::Counter, ReadReason::Counter]
    );
    world.check();
}

#[test]
fn the_centre_is_given_each_reading_once_in_batches_that_a_crash_does_not_lose() {
    let mut world = World::filled();
    for n in 0..700_u16 {
        read(
            &world,
            (n % 3) as u8,
            (n % 200) as u8,
            ReadReason::Counter,
            NOW_S,
        );
    }
    let first = world.office.unsent_readings(u64::MAX).unwrap().unwrap();
    assert_eq!(first.readings.len(), 500);
    assert_eq!(
        decode_readings(&encode_readings(&first.readings).unwrap()).unwrap(),
        first.readings
    );
    // Nothing was confirmed: the same once more.
    world.crash();
    assert_eq!(
        world.office.unsent_readings(u64::MAX).unwrap().unwrap(),
        first
    );
    world.office.note_readings_sent(first.up_to).unwrap();
    world.sync();
    world.crash();
    let second = world.office.unsent_readings(u64::MAX).unwrap().unwrap();
    assert_eq!(second.readings.len(), 200);
    let marks: std::collections::BTreeSet<_> = first
        .readings
        .iter()
        .chain(&second.readings)
        .map(|reading| reading.mark)
        .collect();
    assert_eq!(marks.len(), 700);
    // What comes late or is too much changes nothing.
    world.office.note_readings_sent(first.up_to).unwrap();
    assert_eq!(
        world.office.unsent_readings(u64::MAX).unwrap().unwrap(),
        second
    );
    world.office.note_readings_sent(u64::MAX).unwrap();
    assert_eq!(world.office.unsent_readings(u64::MAX).unwrap(), None);
    let all = page(
        &world,
        &ReadingsWanted {
            limit: 9,
            ..ReadingsWanted::default()
        },
    );
    assert!(all.rows.iter().all(|row| row.sent));
    read(&world, 1, 1, ReadReason::Audit, NOW_S);
    assert_eq!(
        world
            .office
            .unsent_readings(u64::MAX)
            .unwrap()
            .unwrap()
            .readings
            .len(),
        1
    );
}

#[test]
fn what_a_power_cut_may_take_back_is_told_to_nobody() {
    let mut world = World::filled();
    read(&world, 0, 1, ReadReason::CaseWork, NOW_S);
    let durable = world.office.audit_end().entries;
    // Opened, and the disk has not confirmed it yet.
    let second = officer(1);
    world
        .office
        .note_reading(&second, record_id(2), ReadReason::Audit, NOW_S)
        .unwrap();
    let told = world.office.unsent_readings(durable).unwrap().unwrap();
    assert_eq!(told.readings.len(), 1);
    // The control: without the bound it would be told, and the power takes it back.
    let all = world.office.unsent_readings(u64::MAX).unwrap().unwrap();
    let lost = all.readings.last().unwrap();
    world.crash();
    read(&world, 2, 3, ReadReason::Quality, NOW_S + 1);
    let end = world.office.audit_end().entries;
    let all = world.office.unsent_readings(end).unwrap().unwrap();
    let kept = all.readings.last().unwrap();
    assert_eq!(kept.place, lost.place);
    assert_ne!((kept.mark, kept.record), (lost.mark, lost.record));
}

#[tokio::test]
async fn the_durable_end_of_the_chain_moves_when_the_disk_has_confirmed_it() {
    let world = World::filled();
    world.sync();
    let office = Arc::new(open(&world.store));
    let (writer, thread) = Writer::start(Arc::clone(&office)).unwrap();
    let before = writer.audit();
    let note = |n| writer.note_reading(officer(1), record_id(n), ReadReason::Counter);
    world.store.fail_next_sync(SyncFault::DiskFull);
    note(1).await.unwrap_err();
    assert_eq!(writer.audit(), before);
    let staged = office.audit_end();
    assert_eq!(staged.readings, before.readings + 1);
    assert_eq!(
        office.unsent_readings(writer.audit().entries).unwrap(),
        None
    );
    note(2).await.unwrap();
    assert_eq!(writer.audit().readings, before.readings + 2);
    let told = office.unsent_readings(writer.audit().entries).unwrap();
    assert_eq!(told.unwrap().readings.len(), 2);
    drop(writer);
    thread.join().unwrap();
}
