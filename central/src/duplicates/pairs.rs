//! The pairs that were found: kept under a number, listed by their score, dismissed for good or
//! made a case of. A pair that was dismissed, or that is or was a case, never comes back.

use std::collections::BTreeSet;

use registry::case::{Case, CaseState, case_id};
use registry::dispute::Matter;
use registry::duplicate::{Explanation, Hint};
use registry::person::Person;
use registry::value::Line;
use registry::{OfficeCode, OfficerId, RecordId};
use registry_store::{KeyRange, Store};
use serde::{Deserialize, Serialize};

use crate::tables;
use crate::unit::{Unit, UnitError, decode};

/// Pairs that are read for a list: more than people look through in years.
const READ_MAX: usize = 200_000;
/// Pairs that are read at a time where all are gone through.
const PAGE: usize = 1_000;
/// Open strong pairs that are held for surveys, 64 bytes each. A register that was imported twice
/// has one for every person.
const HELD_MAX: usize = 1_000_000;

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

impl PairRow {
    /// Whether it is very probably one person, and nobody has spoken of it.
    fn is_open_and_strong(&self) -> bool {
        self.state == PairState::Open && self.explanation.hint == Hint::Strong
    }
}

/// Who was in an open strong pair at one time, and with whom. What became of a pair since is looked
/// up when a record is asked about, so only a pair that was found later is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenPairs(Vec<(RecordId, RecordId)>);

impl OpenPairs {
    /// With whom a record was in a pair.
    fn with(&self, id: RecordId) -> impl Iterator<Item = RecordId> {
        let first = self.0.partition_point(|(one, _)| *one < id);
        self.0
            .iter()
            .skip(first)
            .take_while(move |(one, _)| *one == id)
            .map(|(_, other)| *other)
    }
}

/// Goes through all pairs for those that are open and strong; of more than a million the last are
/// left out. `None` if `goes_on` says no before the end.
pub fn open_pairs(
    store: &dyn Store,
    goes_on: &dyn Fn() -> bool,
) -> Result<Option<OpenPairs>, UnitError> {
    let mut found = Vec::new();
    let mut range = KeyRange::all();
    loop {
        let rows = store.scan(tables::PAIRS, &range, PAGE)?;
        for (_, bytes) in &rows {
            let row: PairRow = decode(tables::PAIRS, bytes)?;
            if row.is_open_and_strong() {
                found.push(row.records);
            }
        }
        match rows.last() {
            Some((key, _)) if rows.len() == PAGE && found.len() < HELD_MAX => {
                range = range.after(key);
            }
            _ => break,
        }
        if !goes_on() {
            return Ok(None);
        }
    }
    let turned: Vec<_> = found.iter().map(|(one, two)| (*two, *one)).collect();
    found.extend(turned);
    found.sort_unstable();
    Ok(Some(OpenPairs(found)))
}

/// Whether a record is still in one of these pairs, and the other registration stands. One about
/// which a case asks, or has decided, is the case's.
pub(crate) fn is_suspected(
    unit: &Unit<'_>,
    id: RecordId,
    pairs: &OpenPairs,
) -> Result<bool, UnitError> {
    for other in pairs.with(id) {
        let records = (id.min(other), id.max(other));
        let is_open = pair_of(unit, &records)?.is_some_and(|row| row.is_open_and_strong());
        if is_open && stands(unit, &other)? && !is_spoken_of(unit, &records)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a registration is there and was not revoked.
fn stands(unit: &Unit<'_>, id: &RecordId) -> Result<bool, UnitError> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(false);
    };
    Ok(!Person(&super::fields_of(&kept)?).is_revoked())
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
