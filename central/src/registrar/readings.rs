//! Which records were opened at offices: kept as they come, looked through by office.

use std::ops::Bound;

use registry::reading::Reading;
use registry::{NodeId, OfficeCode, OfficerId};
use registry_store::{Batch, KeyRange};

use super::{IntakeError, NodeRow, Registrar};
use crate::limits;
use crate::tables::{self, ReadingRow};
use crate::unit::{UnitError, decode};

/// Rows that are read at a time.
const ROWS_AT_ONCE: usize = 500;

/// Which readings are wanted, the earliest first.
#[derive(Debug, Clone)]
pub struct ReadingsWanted {
    /// Of this office.
    pub office: OfficeCode,
    /// By this officer alone.
    pub officer: Option<OfficerId>,
    /// Since then, seconds since 1970.
    pub since_s: i64,
    /// Behind this one, as the answer before told.
    pub after: Option<(i64, [u8; 16])>,
    /// At most so many.
    pub limit: usize,
}

/// A reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingFound {
    /// When, seconds since 1970, by the device's clock as it was set right.
    pub at_s: i64,
    /// The chain of the device behind it, its first bytes.
    pub mark: [u8; 16],
    /// What it was.
    pub row: ReadingRow,
}

/// Readings, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingsFound {
    /// The readings.
    pub rows: Vec<ReadingFound>,
    /// Where the next answer begins; none at the end. An answer may be empty and not the last.
    pub next: Option<(i64, [u8; 16])>,
}

impl Registrar {
    /// Keeps readings of a node. Staged: nothing may be told before [`Registrar::sync`]. A reading
    /// that is here already stays as it is.
    pub fn stage_readings(
        &self,
        at_s: i64,
        (office, node): (OfficeCode, NodeId),
        readings: &[Reading],
    ) -> Result<(), IntakeError> {
        let _draw = self.writer();
        let offices = self.offices_of(office, &node)?;
        let home = offices.last().copied().unwrap_or(office);
        let row = self
            .store
            .get(tables::NODES, &tables::node_key(home, &node))?;
        let row: NodeRow = match row {
            Some(bytes) => decode(tables::NODES, &bytes)?,
            None => return Err(IntakeError::UnknownNode),
        };
        if row.shut_out.is_some() {
            return Err(IntakeError::NotActive);
        }
        let mut batch = Batch::finishing();
        for reading in readings {
            // Perhaps it was told under the name of before a decree, and the answer was lost.
            let mut known = false;
            for office in &offices {
                let key = tables::reading_key(*office, reading.at_s, &reading.mark);
                known |= self.store.get(tables::READINGS, &key)?.is_some();
            }
            if known {
                continue;
            }
            let row = ReadingRow {
                officer: reading.officer.clone(),
                record: reading.record,
                reason: reading.reason,
                node,
                place: reading.place,
                taken_s: at_s,
            };
            let bytes = postcard::to_stdvec(&row).map_err(|_| UnitError::Unwritable {
                table: tables::READINGS.0,
            })?;
            let key = tables::reading_key(home, reading.at_s, &reading.mark);
            batch.put(tables::READINGS, &key, bytes);
        }
        self.store.stage(batch)?;
        Ok(())
    }

    /// Readings of an office, also those of the offices that decrees have made part of it.
    pub fn readings(&self, wanted: &ReadingsWanted) -> Result<ReadingsFound, UnitError> {
        let known = self.known()?;
        let office = known.office_now(wanted.office);
        let mut offices = known.units.offices_of(office);
        offices.insert(office);
        let mut found = ReadingsFound::default();
        for office in offices {
            let part = self.readings_under(office, wanted)?;
            found.rows.extend(part.rows);
            // What lies behind the first place at which one of them stopped comes with the next answer.
            found.next = [found.next, part.next].into_iter().flatten().min();
        }
        found.rows.sort_by_key(ReadingFound::place);
        if let Some(end) = found.next {
            found.rows.retain(|row| row.place() <= end);
        }
        if found.rows.len() > wanted.limit {
            found.rows.truncate(wanted.limit);
            found.next = found.rows.last().map(ReadingFound::place);
        }
        Ok(found)
    }

    /// Readings that were kept under one code.
    fn readings_under(
        &self,
        office: OfficeCode,
        wanted: &ReadingsWanted,
    ) -> Result<ReadingsFound, UnitError> {
        let mut from = match &wanted.after {
            Some((at_s, mark)) => Bound::Excluded(tables::reading_key(office, *at_s, mark)),
            None => Bound::Included(tables::reading_key(office, wanted.since_s, &[0; 16])),
        };
        let end = tables::reading_key(office, i64::MAX, &[255; 16]);
        let mut found = ReadingsFound::default();
        let mut scanned = 0;
        loop {
            let range = KeyRange::new(from, Bound::Included(end.clone()));
            let rows = self.store.scan(tables::READINGS, &range, ROWS_AT_ONCE)?;
            for (key, bytes) in &rows {
                let (at_s, mark) = place_of(key).ok_or_else(damaged)?;
                let row: ReadingRow = decode(tables::READINGS, bytes)?;
                scanned += 1;
                if wanted.officer.as_ref().is_none_or(|by| *by == row.officer) {
                    found.rows.push(ReadingFound { at_s, mark, row });
                }
                if found.rows.len() >= wanted.limit || scanned >= limits::READINGS_SCANNED_MAX {
                    found.next = Some((at_s, mark));
                    return Ok(found);
                }
            }
            match rows.last() {
                Some((key, _)) if rows.len() == ROWS_AT_ONCE => from = Bound::Excluded(key.clone()),
                _ => return Ok(found),
            }
        }
    }
}

impl ReadingFound {
    /// Where it stands among all.
    fn place(&self) -> (i64, [u8; 16]) {
        (self.at_s, self.mark)
    }
}

fn place_of(key: &[u8]) -> Option<(i64, [u8; 16])> {
    let (_, rest) = key.split_first_chunk::<4>()?;
    let (at_s, mark) = rest.split_first_chunk::<8>()?;
    Some((
        i64::try_from(u64::from_be_bytes(*at_s)).ok()?,
        mark.try_into().ok()?,
    ))
}

fn damaged() -> UnitError {
    UnitError::Row {
        table: tables::READINGS.0,
    }
}
