//! Readings: written down, looked through, and given to the centre once.

use registry::OfficerId;
use registry::date::Date;
use registry::reading::{ReadReason, decode_readings, encode_readings};

use super::world::*;
use crate::office::{ReadingsPage, ReadingsWanted};
use crate::tables::AuditEvent;

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
    let first = world.office.unsent_readings().unwrap().unwrap();
    assert_eq!(first.readings.len(), 500);
    assert_eq!(
        decode_readings(&encode_readings(&first.readings).unwrap()).unwrap(),
        first.readings
    );
    // Nothing was confirmed: the same once more.
    world.crash();
    assert_eq!(world.office.unsent_readings().unwrap().unwrap(), first);
    world.office.note_readings_sent(first.up_to).unwrap();
    world.sync();
    world.crash();
    let second = world.office.unsent_readings().unwrap().unwrap();
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
    assert_eq!(world.office.unsent_readings().unwrap().unwrap(), second);
    world.office.note_readings_sent(u64::MAX).unwrap();
    assert_eq!(world.office.unsent_readings().unwrap(), None);
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
            .unsent_readings()
            .unwrap()
            .unwrap()
            .readings
            .len(),
        1
    );
}
