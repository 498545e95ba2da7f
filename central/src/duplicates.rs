//! The nightly pass for duplicates: it walks the registry in slices, notes by which keys each
//! person is met, compares those who meet, and keeps the pairs that are worth a look. What it
//! keeps are hints; a case is opened by a person (`registrar/hints.rs`).
//!
//! Whom an accepted act has made does not wait for the night: they stand in a list of newcomers
//! ([`read_newcomers`]), and are compared within a minute with everybody whom the pass has walked.
//!
//! A slice is read beside the writer ([`read_slice`]) and then written in one short unit of work
//! ([`Slice::write`]). A person who has not changed since they were walked last is passed over:
//! whoever is new or changed meets them by the keys that they left.

mod pairs;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use registry::RecordId;
use registry::act::{Act, Target};
use registry::duplicate::{
    Explanation, Hint, Key, Prior, Relative, Traits, as_written, compare, keys, neighbours,
};
use registry::fields::Fields;
use registry::person::Person;
use registry::record::Version;
use registry::rules;
use registry::schema::RecordKind;
use registry::value::PersonLink;
use registry_store::{KeyRange, Store};
use serde::{Deserialize, Serialize};

use crate::tables::{self, Kept};
use crate::unit::{Unit, UnitError, decode};

pub use pairs::{OpenPairs, PairRow, PairState, by_number, listed, open_pairs, pair_of};
pub(crate) use pairs::{is_suspected, put};

/// People of a block who are looked through at all; a larger block is looked through in part, and
/// the pass says so.
const BLOCK_LOOKED_AT_MAX: usize = 4_096;
/// People with whom one person is compared in a pass.
const COMPARED_MAX: usize = 512;
/// Pairs of one person that are kept.
const PAIRS_OF_ONE_MAX: usize = 20;
/// What is believed of a registry whose people no pass has counted yet.
const PEOPLE_UNTIL_COUNTED: u64 = 1_000_000;

/// Where the pass stands, and what it and the last one came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PassRow {
    /// The last record walked; none before the first.
    #[schema(value_type = Option<String>)]
    pub cursor: Option<RecordId>,
    /// Whether it goes on.
    pub running: bool,
    /// When it began, seconds since 1970.
    pub begun_s: i64,
    /// When it ended; 0 while it goes on.
    pub ended_s: i64,
    /// Records walked.
    pub walked: u64,
    /// People among them.
    pub people: u64,
    /// Of them, those who were new or had changed.
    pub changed: u64,
    /// Comparisons.
    pub compared: u64,
    /// Pairs found that were not known.
    pub found: u64,
    /// Comparisons left out, because too many people share a key.
    pub left_out: u64,
    /// People that the last whole pass counted; 0 before there was one.
    pub people_before: u64,
}

impl PassRow {
    /// A pass that begins now, after this one.
    #[must_use]
    pub fn begin(self, at_s: i64) -> PassRow {
        let people_before = if self.ended_s > 0 {
            self.people
        } else {
            self.people_before
        };
        PassRow {
            running: true,
            begun_s: at_s,
            people_before,
            ..PassRow::default()
        }
    }

    /// How far it is, in thousandths: ids are spread evenly.
    pub fn thousandths(&self) -> u64 {
        if !self.running {
            return if self.ended_s > 0 { 1_000 } else { 0 };
        }
        let first = |id: RecordId| id.as_bytes().first_chunk::<4>().copied();
        let place = self.cursor.and_then(first).map_or(0, u32::from_be_bytes);
        (u64::from(place) * 1_000) >> 32
    }

    fn prior(&self) -> Prior {
        Prior::of(if self.people_before > 0 {
            self.people_before
        } else {
            PEOPLE_UNTIL_COUNTED
        })
    }
}

/// Where the pass stands.
pub fn pass(store: &dyn Store) -> Result<PassRow, UnitError> {
    let row = store.get(tables::META, PASS)?;
    let row = row.map(|bytes| decode(tables::META, &bytes)).transpose()?;
    Ok(row.unwrap_or_default())
}

pub(crate) const PASS: &[u8] = b"duplicate pass";

/// By which keys a person was met when they were walked last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Mark {
    version: Option<Version>,
    keys: Vec<(u64, [u8; 2])>,
}

fn mark_key(id: &RecordId) -> Vec<u8> {
    tables::key(&[&[0; 10], id.as_bytes()])
}

fn entry_key(key: Key, id: &RecordId) -> Vec<u8> {
    tables::key(&[&key.block.to_be_bytes(), &key.fine, id.as_bytes()])
}

/// A pair that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    one: RecordId,
    two: RecordId,
    explanation: Explanation,
}

/// What was left out where too many people are alike, limit by limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// How often a block was looked through in part, because it has too many people.
    pub blocks: u64,
    /// People of a large block who share a finer mark and with whom nobody was compared, because
    /// they are too many.
    pub in_blocks: u64,
    /// People whom one met at some key beyond those with whom one is compared in a pass.
    pub met: u64,
    /// Pairs that were worth a look and are not kept, because one person has too many.
    pub pairs: u64,
}

impl LeftOut {
    /// What was not compared, as a pass counts it; the pairs that are not kept were compared.
    #[must_use]
    pub const fn comparisons(&self) -> u64 {
        self.blocks + self.in_blocks + self.met
    }
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, other: LeftOut) {
        self.blocks += other.blocks;
        self.in_blocks += other.in_blocks;
        self.met += other.met;
        self.pairs += other.pairs;
    }
}

/// What a slice of the pass came to, before it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slice {
    /// The last record of it; none if the registry ended before it.
    last: Option<RecordId>,
    walked: u64,
    people: u64,
    compared: u64,
    left_out: LeftOut,
    /// New marks with the ones before.
    marks: Vec<(RecordId, Mark, Mark)>,
    found: Vec<Found>,
    /// Of newcomers, who they are; then it is no part of a pass.
    newcomers: Vec<RecordId>,
}

/// Puts the people whom an act has made onto the list of newcomers.
pub fn note_newcomers(unit: &mut Unit<'_>, act: &Act) -> Result<(), UnitError> {
    for (index, id) in act.records() {
        let target = act.body.changes.get(index).map(|change| &change.target);
        if let Some(Target::New {
            kind: RecordKind::Person,
            ..
        }) = target
        {
            unit.put(tables::NEWCOMERS, id.as_bytes(), &())?;
        }
    }
    Ok(())
}

/// Reads and compares the next newcomers; nothing if there is none.
pub fn read_newcomers(
    store: &dyn Store,
    pass: &PassRow,
    count: usize,
) -> Result<Option<Slice>, UnitError> {
    let mut reading = Reading::new(store, pass);
    for (key, _) in store.scan(tables::NEWCOMERS, &KeyRange::all(), count)? {
        let Some(id) = RecordId::from_slice(&key) else {
            continue;
        };
        if let Some(kept) = kept(store, &id)? {
            reading.walk(&kept)?;
        }
        reading.slice.newcomers.push(id);
    }
    let slice = reading.slice;
    Ok((!slice.newcomers.is_empty()).then_some(slice))
}

/// Reads the next `count` records after the pass's place and compares who is new or has changed.
pub fn read_slice(store: &dyn Store, pass: &PassRow, count: usize) -> Result<Slice, UnitError> {
    let mut reading = Reading::new(store, pass);
    let mut range = KeyRange::prefix(&[]);
    if let Some(cursor) = &pass.cursor {
        range = range.after(cursor.as_bytes());
    }
    for (_, row) in store.scan(tables::RECORDS, &range, count)? {
        let kept: Kept = decode(tables::RECORDS, &row)?;
        reading.slice.last = Some(kept.record.id);
        reading.slice.walked += 1;
        reading.walk(&kept)?;
    }
    Ok(reading.slice)
}

struct Reading<'s> {
    store: &'s dyn Store,
    prior: Prior,
    /// Where people of this slice meet, who are not in the store yet.
    own: BTreeMap<u64, Vec<([u8; 2], RecordId)>>,
    slice: Slice,
}

impl<'s> Reading<'s> {
    fn new(store: &'s dyn Store, pass: &PassRow) -> Reading<'s> {
        Reading {
            store,
            prior: pass.prior(),
            own: BTreeMap::new(),
            slice: Slice::default(),
        }
    }

    fn walk(&mut self, kept: &Kept) -> Result<(), UnitError> {
        if kept.record.kind != RecordKind::Person {
            return Ok(());
        }
        let id = kept.record.id;
        let before = self.store.get(tables::MATCH_KEYS, &mark_key(&id))?;
        let before = before.map(|bytes| decode::<Mark>(tables::MATCH_KEYS, &bytes));
        let before = before.transpose()?.unwrap_or_default();
        self.slice.people += 1;
        if before.version == Some(kept.version) {
            return Ok(());
        }
        let traits = traits_of(self.store, kept)?;
        let keys = traits.as_ref().map(keys).unwrap_or_default();
        if let Some(traits) = &traits {
            self.compare(id, traits, &keys)?;
        }
        let mark = Mark {
            version: Some(kept.version),
            keys: keys.iter().map(|key| (key.block, key.fine)).collect(),
        };
        for key in keys {
            self.own.entry(key.block).or_default().push((key.fine, id));
        }
        self.slice.marks.push((id, mark, before));
        Ok(())
    }

    fn compare(&mut self, id: RecordId, traits: &Traits, keys: &[Key]) -> Result<(), UnitError> {
        let mut met: BTreeMap<RecordId, usize> = BTreeMap::new();
        for key in keys {
            for other in self.meet(*key)? {
                *met.entry(other).or_default() += 1;
            }
        }
        met.remove(&id);
        let left = met.len().saturating_sub(COMPARED_MAX);
        self.slice.left_out.met += left as u64;
        // Where there are too many, those who are met at most keys are the likeliest.
        let mut others: Vec<(RecordId, usize)> = met.into_iter().collect();
        others.sort_by_key(|(other, keys)| (Reverse(*keys), *other));
        let mut found = Vec::new();
        for (other, _) in others.iter().take(COMPARED_MAX) {
            let Some(kept) = kept(self.store, other)? else {
                continue;
            };
            let Some(theirs) = traits_of(self.store, &kept)? else {
                continue;
            };
            self.slice.compared += 1;
            let explanation = compare(traits, &theirs, self.prior);
            if explanation.hint > Hint::Unlikely {
                let (one, two) = (id.min(*other), id.max(*other));
                found.push(Found {
                    one,
                    two,
                    explanation,
                });
            }
        }
        found.sort_by_key(|found| (-found.explanation.score, found.one, found.two));
        self.slice.left_out.pairs += found.len().saturating_sub(PAIRS_OF_ONE_MAX) as u64;
        found.truncate(PAIRS_OF_ONE_MAX);
        self.slice.found.extend(found);
        Ok(())
    }

    /// The people at a key, those of this slice among them.
    fn meet(&mut self, key: Key) -> Result<Vec<RecordId>, UnitError> {
        let range = KeyRange::prefix(&key.block.to_be_bytes());
        let rows = self
            .store
            .scan(tables::MATCH_KEYS, &range, BLOCK_LOOKED_AT_MAX)?;
        if rows.len() >= BLOCK_LOOKED_AT_MAX {
            self.slice.left_out.blocks += 1;
        }
        let own = self.own.get(&key.block).into_iter().flatten().copied();
        let stored = rows.iter().filter_map(|(entry, _)| {
            let (_, rest) = entry.split_first_chunk::<8>()?;
            let (fine, id) = rest.split_first_chunk::<2>()?;
            Some((*fine, RecordId::from_slice(id)?))
        });
        let members: Vec<([u8; 2], RecordId)> = stored.chain(own).collect();
        let found = neighbours(key, members.len(), members);
        self.slice.left_out.in_blocks += found.left_out as u64;
        Ok(found.people)
    }
}

fn kept(store: &dyn Store, id: &RecordId) -> Result<Option<Kept>, UnitError> {
    let bytes = store.get(tables::RECORDS, id.as_bytes())?;
    bytes
        .map(|bytes| decode(tables::RECORDS, &bytes))
        .transpose()
}

fn fields_of(kept: &Kept) -> Result<Fields, UnitError> {
    let unreadable = |_| UnitError::Row {
        table: tables::RECORDS.0,
    };
    Ok(kept.record.read().map_err(unreadable)?.fields)
}

/// What of a person is compared; none of a household or a revoked registration.
fn traits_of(store: &dyn Store, kept: &Kept) -> Result<Option<Traits>, UnitError> {
    if kept.record.kind != RecordKind::Person {
        return Ok(None);
    }
    Ok(Traits::of(&fields_of(kept)?, &|link| relative(store, link)))
}

/// Whom a link means. What cannot be read is as if it were not known: the row itself is found
/// damaged when it is walked.
fn relative(store: &dyn Store, link: &PersonLink) -> Relative {
    let written = as_written(link);
    let pin = match link {
        PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => Some(pin),
        _ => None,
    };
    let holder = || {
        let row = store.get(tables::NUMBERS, &rules::pin_point(pin?)).ok()??;
        decode::<RecordId>(tables::NUMBERS, &row).ok()
    };
    let record = written.record.or_else(holder);
    let name = written.name.or_else(|| {
        let kept = kept(store, &record?).ok()??;
        Person(&fields_of(&kept).ok()?).name().cloned()
    });
    Relative { record, name }
}

/// Compares two records as they stand; `None` if one is no person, is gone, or was revoked.
pub fn explain(
    store: &dyn Store,
    pass: &PassRow,
    (one, two): (&RecordId, &RecordId),
) -> Result<Option<Explanation>, UnitError> {
    let traits = |id| -> Result<Option<Traits>, UnitError> {
        match kept(store, id)? {
            Some(kept) => traits_of(store, &kept),
            None => Ok(None),
        }
    };
    let both = traits(one)?.zip(traits(two)?);
    Ok(both.map(|(a, b)| compare(&a, &b, pass.prior())))
}

impl Slice {
    /// Whether the registry has no more records.
    pub const fn is_last(&self) -> bool {
        self.last.is_none()
    }

    /// What was left out, limit by limit.
    pub const fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Writes what was found, and where the pass stands now; of newcomers, that they are compared.
    pub fn write(self, unit: &mut Unit<'_>, mut pass: PassRow) -> Result<PassRow, UnitError> {
        for (id, mark, before) in &self.marks {
            let key = |(block, fine): &(u64, [u8; 2])| Key {
                block: *block,
                fine: *fine,
            };
            for gone in before.keys.iter().filter(|old| !mark.keys.contains(old)) {
                unit.delete(tables::MATCH_KEYS, &entry_key(key(gone), id));
            }
            for new in mark.keys.iter().filter(|new| !before.keys.contains(new)) {
                unit.put(tables::MATCH_KEYS, &entry_key(key(new), id), &())?;
            }
            unit.put(tables::MATCH_KEYS, &mark_key(id), mark)?;
        }
        for found in self.found {
            pass.found += u64::from(pairs::keep(
                unit,
                (found.one, found.two),
                found.explanation,
            )?);
        }
        if !self.newcomers.is_empty() {
            for id in &self.newcomers {
                unit.delete(tables::NEWCOMERS, id.as_bytes());
            }
            return Ok(pass);
        }
        pass.changed += self.marks.len() as u64;
        pass.walked += self.walked;
        pass.people += self.people;
        pass.compared += self.compared;
        pass.left_out += self.left_out.comparisons();
        match self.last {
            Some(last) => pass.cursor = Some(last),
            None => {
                pass.running = false;
                pass.ended_s = unit.at_s();
            }
        }
        unit.put(tables::META, PASS, &pass)?;
        Ok(pass)
    }
}
