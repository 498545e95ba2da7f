//! The pairs that were found: kept under a number, listed by their score, dismissed for good or
//! made a case of. A pair that was dismissed, or that is or was a case, never comes back.

use std::collections::BTreeSet;

use registry::case::{Case, CaseState, case_id};
use registry::dispute::Matter;
use registry::duplicate::{Explanation, Hint};
use registry::value::Line;
use registry::{OfficeCode, OfficerId, RecordId};
use registry_store::{KeyRange, Store};
use serde::{Deserialize, Serialize};

use crate::tables;
use crate::unit::{Unit, UnitError, decode};

/// Pairs that are read for a list: more than people look through in years.
const READ_MAX: usize = 200_000;

/// What became of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairState {
    /// It waits for somebody to look.
    Open,
    /// They are two people; never shown again.
    Dismissed {
        /// Who said so.
        by: OfficerId,
        /// Why.
        reason: Line,
        /// When, seconds since 1970.
        at_s: i64,
    },
    /// Whether they are one is asked, or was decided, in this case.
    Case {
        /// Its number.
        number: u64,
        /// Who opened it.
        by: OfficerId,
        /// Why.
        reason: Line,
    },
}

/// A pair of records that may be one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRow {
    /// By which it is called.
    pub number: u64,
    /// The records, the lower id first.
    pub records: (RecordId, RecordId),
    /// The comparison as it was when a pass last made it.
    pub explanation: Explanation,
    /// When it was found first, seconds since 1970.
    pub found_s: i64,
    /// The communes that held the records then.
    pub offices: Vec<OfficeCode>,
    /// What became of it.
    pub state: PairState,
}

fn key((one, two): &(RecordId, RecordId)) -> Vec<u8> {
    tables::key(&[one.as_bytes(), two.as_bytes()])
}

/// The pair of two records.
pub fn pair_of(
    unit: &Unit<'_>,
    records: &(RecordId, RecordId),
) -> Result<Option<PairRow>, UnitError> {
    unit.get(tables::PAIRS, &key(records))
}

/// Keeps a pair; whether it is a new one. A pair about whom somebody has spoken stays as it is.
pub(super) fn keep(
    unit: &mut Unit<'_>,
    records: (RecordId, RecordId),
    explanation: Explanation,
) -> Result<bool, UnitError> {
    if let Some(mut row) = pair_of(unit, &records)? {
        if row.state == PairState::Open && row.explanation != explanation {
            row.explanation = explanation;
            put(unit, &row)?;
        }
        return Ok(false);
    }
    if is_spoken_of(unit, &records)? {
        return Ok(false);
    }
    let mut offices = BTreeSet::new();
    for id in [&records.0, &records.1] {
        offices.extend(unit.kept(id)?.into_iter().flat_map(|kept| kept.offices));
    }
    let row = PairRow {
        number: unit.count("duplicate number")?,
        records,
        explanation,
        found_s: unit.at_s(),
        offices: offices.into_iter().collect(),
        state: PairState::Open,
    };
    unit.put(tables::PAIR_NUMBERS, &row.number.to_be_bytes(), &records)?;
    put(unit, &row)?;
    Ok(true)
}

/// Writes a pair.
pub(crate) fn put(unit: &mut Unit<'_>, row: &PairRow) -> Result<(), UnitError> {
    unit.put(tables::PAIRS, &key(&row.records), row)
}

/// Whether a case asks, or has decided, whether these are one person.
fn is_spoken_of(unit: &Unit<'_>, (one, two): &(RecordId, RecordId)) -> Result<bool, UnitError> {
    let records = [*one, *two];
    let first = case_id(&Matter::SamePerson, &records, 0);
    let Some(generation) = unit.get::<u32>(tables::MATTERS, first.as_bytes())? else {
        return Ok(false);
    };
    let id = case_id(&Matter::SamePerson, &records, generation);
    let case: Option<Case> = unit.get(tables::CASES, id.as_bytes())?;
    Ok(case.is_some_and(|case| case.state != CaseState::Moot))
}

/// The pair with a number.
pub fn by_number(store: &dyn Store, number: u64) -> Result<Option<PairRow>, UnitError> {
    let Some(bytes) = store.get(tables::PAIR_NUMBERS, &number.to_be_bytes())? else {
        return Ok(None);
    };
    let records: (RecordId, RecordId) = decode(tables::PAIR_NUMBERS, &bytes)?;
    let row = store.get(tables::PAIRS, &key(&records))?;
    row.map(|bytes| decode(tables::PAIRS, &bytes)).transpose()
}

/// The open pairs from a hint on that `wanted` picks, those with most points first, at most
/// `limit`; and how many there are in all.
pub fn listed(
    store: &dyn Store,
    from: Hint,
    wanted: impl Fn(&PairRow) -> bool,
    limit: usize,
) -> Result<(Vec<PairRow>, usize), UnitError> {
    let mut rows = Vec::new();
    for (_, bytes) in store.scan(tables::PAIRS, &KeyRange::prefix(&[]), READ_MAX)? {
        let row: PairRow = decode(tables::PAIRS, &bytes)?;
        if row.state == PairState::Open && row.explanation.hint >= from && wanted(&row) {
            rows.push(row);
        }
    }
    let found = rows.len();
    rows.sort_by_key(|row| (-row.explanation.score, row.number));
    rows.truncate(limit);
    Ok((rows, found))
}
