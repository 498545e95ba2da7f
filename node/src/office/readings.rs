//! Which records were opened, by whom, when and why: written down, looked through by the head of the
//! office, and given to the centre in batches.

use registry::date::Date;
use registry::reading::{BATCH_READINGS_MAX, ReadReason, Reading};
use registry::{OfficerId, RecordId};
use serde::Serialize;
use utoipa::ToSchema;

use super::live::LiveChange;
use super::{Office, OfficeError};
use crate::tables::{AuditEntry, AuditEvent};

/// Entries of the audit chain that are gone through for one page or batch.
const ENTRIES_MAX: u64 = 20_000;
/// Most rows of a page.
const ROWS_MAX: usize = 500;
/// What is looked at again within so many seconds is the same reading.
const LATELY_S: i64 = 600;
/// Entries of the audit chain in which it is looked for.
const LATELY_ENTRIES: u64 = 256;
/// Entries are in the order in which they were written; a clock that was set right makes a
/// difference of no more than so many days. What is older ends the search for a day.
const CLOCK_SLACK_DAYS: i32 = 3;

/// Which readings are wanted, the latest first.
#[derive(Debug, Clone, Default)]
pub struct ReadingsWanted {
    /// By this officer alone.
    pub officer: Option<OfficerId>,
    /// On this day alone, in Viet Nam.
    pub day: Option<Date>,
    /// Before this place, as the page before told.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// A reading, for the head of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadingRow {
    /// Its place in the audit chain.
    pub place: u64,
    /// When, seconds since 1970.
    pub at_s: i64,
    /// Who.
    #[schema(value_type = String)]
    pub officer: OfficerId,
    /// Which record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Why.
    #[schema(value_type = String)]
    pub reason: ReadReason,
    /// Whether the centre has it.
    pub sent: bool,
}

/// A page of readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadingsPage {
    /// The readings, the latest first.
    pub rows: Vec<ReadingRow>,
    /// Where the next page begins; none at the end. A page may be empty and not the last.
    pub next: Option<u64>,
}

/// The end of the audit chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditEnd {
    /// Its entries.
    pub entries: u64,
    /// Records that were opened since the start, whose entries are among them.
    pub readings: u64,
}

/// Readings that the centre does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsentReadings {
    /// The entry of the audit chain up to which these are all.
    pub up_to: u64,
    /// The readings; none if there were other entries only.
    pub readings: Vec<Reading>,
}

impl Office {
    /// An officer opens a record.
    pub fn note_reading(
        &self,
        officer: &OfficerId,
        record: RecordId,
        reason: ReadReason,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let event = AuditEvent::Read { record, reason };
        work.audit(at_s, Some(officer.clone()), event)?;
        work.also(LiveChange::Reading);
        work.finish()?;
        Ok(())
    }

    /// Whether the officer opened this record just before, for the same reason. `durable` is the
    /// durable end of the chain: what only is staged may be gone after a power cut.
    pub fn was_read_lately(
        &self,
        durable: AuditEnd,
        (officer, record): (&OfficerId, &RecordId),
        reason: ReadReason,
        device_s: i64,
    ) -> Result<bool, OfficeError> {
        let meta = self.meta();
        let since_s = meta.corrected_s(device_s).saturating_sub(LATELY_S);
        let end = meta.audit_entries.min(durable.entries);
        let wanted = AuditEvent::Read {
            record: *record,
            reason,
        };
        for place in (end.saturating_sub(LATELY_ENTRIES).saturating_add(1)..=end).rev() {
            let Some(entry) = self.rows.audit(place)? else {
                continue;
            };
            if entry.at_s < since_s {
                return Ok(false);
            }
            if entry.officer.as_ref() == Some(officer) && entry.event == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The end of the audit chain as it is staged: durable once the sync after it has succeeded.
    pub fn audit_end(&self) -> AuditEnd {
        let live = self.live();
        AuditEnd {
            entries: live.meta.audit_entries,
            readings: live.readings_made,
        }
    }

    /// Who read what, when and why.
    pub fn readings(&self, wanted: &ReadingsWanted) -> Result<ReadingsPage, OfficeError> {
        let sent = self.rows.readings_sent()?;
        let end = self.meta().audit_entries;
        let from = wanted
            .before
            .map_or(end, |before| before.saturating_sub(1))
            .min(end);
        let limit = wanted.limit.clamp(1, ROWS_MAX);
        let earliest = wanted.day.and_then(|day| day.add_days(-CLOCK_SLACK_DAYS));
        let mut page = ReadingsPage {
            rows: Vec::new(),
            next: None,
        };
        let last = from.saturating_sub(ENTRIES_MAX);
        for place in (last.saturating_add(1)..=from).rev() {
            let Some(entry) = self.rows.audit(place)? else {
                continue;
            };
            if earliest.is_some_and(|earliest| Date::in_viet_nam(entry.at_s) < earliest) {
                return Ok(page);
            }
            let Some(reading) = reading_of(place, entry).filter(|it| fits(it, wanted)) else {
                continue;
            };
            page.rows.push(ReadingRow {
                place,
                at_s: reading.at_s,
                officer: reading.officer,
                record: reading.record,
                reason: reading.reason,
                sent: place <= sent,
            });
            if page.rows.len() >= limit {
                page.next = (place > 1).then_some(place);
                return Ok(page);
            }
        }
        page.next = (last > 0).then(|| last.saturating_add(1));
        Ok(page)
    }

    /// The next readings for the centre; none if it has all. `durable` is the last entry of the audit
    /// chain that is on the disk: what a power cut may still take back is told to nobody, or the
    /// centre would have a reading that no chain has, and the next under its place.
    pub fn unsent_readings(&self, durable: u64) -> Result<Option<UnsentReadings>, OfficeError> {
        let sent = self.rows.readings_sent()?;
        let end = self.meta().audit_entries.min(durable);
        if sent >= end {
            return Ok(None);
        }
        let mut batch = UnsentReadings {
            up_to: sent,
            readings: Vec::new(),
        };
        for place in sent.saturating_add(1)..=end.min(sent.saturating_add(ENTRIES_MAX)) {
            if batch.readings.len() >= BATCH_READINGS_MAX {
                break;
            }
            batch.up_to = place;
            let entry = self.rows.audit(place)?;
            batch
                .readings
                .extend(entry.and_then(|entry| reading_of(place, entry)));
        }
        Ok(Some(batch))
    }

    /// The centre has the readings up to this entry of the audit chain.
    pub fn note_readings_sent(&self, up_to: u64) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let up_to = up_to.min(work.meta.audit_entries);
        if up_to > work.rows.readings_sent()? {
            work.rows.put_readings_sent(up_to)?;
            work.finish()?;
        }
        Ok(())
    }
}

fn fits(reading: &Reading, wanted: &ReadingsWanted) -> bool {
    let by = wanted.officer.as_ref();
    by.is_none_or(|by| *by == reading.officer)
        && wanted
            .day
            .is_none_or(|day| day == Date::in_viet_nam(reading.at_s))
}

/// The reading that an entry tells of; earlier releases wrote the reason as free text.
fn reading_of(place: u64, entry: AuditEntry) -> Option<Reading> {
    let mut mark = [0; 16];
    mark.copy_from_slice(entry.link(place).first_chunk::<16>()?);
    let (record, reason) = match entry.event {
        AuditEvent::Read { record, reason } => (record, reason),
        AuditEvent::RecordRead { record, reason } => (record, ReadReason::of_free_text(&reason)),
        _ => return None,
    };
    Some(Reading {
        place,
        mark,
        at_s: entry.at_s,
        officer: entry.officer?,
        record,
        reason,
    })
}
