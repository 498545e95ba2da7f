//! Numbers in civil-status books at the centre: which act entered which, and the dispute if one
//! number stands on two entries. What is asked about is in [`registry::rules`].

use std::collections::BTreeSet;

use registry::act::Act;
use registry::dispute::Dispute;
use registry::paper::BookEntry;
use registry::rules::{Entered, number_twice};
use registry::{ActId, OfficeCode, PaperId, RecordId};

use crate::intake;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Most entries under one number that are looked at.
const SAME_NUMBER_MAX: usize = 64;

/// Notes the number under which an act that has taken effect was entered.
pub(crate) fn note(unit: &mut Unit<'_>, act: &Act) -> Result<(), UnitError> {
    if let Some((paper, _)) = entered(unit, act)? {
        let key = tables::book_number_key(&paper, &act.id());
        unit.put(tables::BOOK_NUMBERS, &key, &())?;
    }
    Ok(())
}

/// The entry that an act of an office makes, and its name among all numbers. A commune that a
/// decree has ended numbered for itself until its office heard of it.
fn entered(unit: &Unit<'_>, act: &Act) -> Result<Option<(PaperId, Entered)>, UnitError> {
    let Some(office) = act.office else {
        return Ok(None);
    };
    let Some(entry) = BookEntry::of(act) else {
        return Ok(None);
    };
    let office: OfficeCode = intake::office_of_act(unit, office, act)?;
    let paper = entry.paper(office);
    let act = act.id();
    Ok(Some((paper, Entered { act, entry })))
}

/// The disputes about the numbers of a record's acts.
pub(super) fn disputes(unit: &Unit<'_>, acts: &[KeptAct]) -> Result<Vec<Dispute>, UnitError> {
    let mut papers = BTreeSet::new();
    for row in acts.iter().filter(|row| !row.taken_back) {
        papers.extend(entered(unit, &row.act)?.map(|(paper, _)| paper));
    }
    let mut found = Vec::new();
    for paper in papers {
        let mut entries = Vec::new();
        for key in unit.keys(tables::BOOK_NUMBERS, paper.as_bytes(), SAME_NUMBER_MAX)? {
            let Some(act) = key.get(16..).and_then(ActId::from_slice) else {
                continue;
            };
            entries.extend(standing(unit, &act)?);
        }
        // An entry that got its own number back is told once, by the act that gave it.
        let anew: BTreeSet<ActId> = entries.iter().filter_map(|of| of.entry.made_by).collect();
        entries.retain(|of| !anew.contains(&of.act));
        found.extend(number_twice(paper, &entries));
    }
    Ok(found)
}

/// The entry of an act, if it counts and is still shown with its number.
fn standing(unit: &Unit<'_>, act: &ActId) -> Result<Option<Entered>, UnitError> {
    let row: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
    let Some(row) = row.filter(|row| !row.taken_back && row.outcome.took_effect()) else {
        return Ok(None);
    };
    let Some((_, entered)) = entered(unit, &row.act)? else {
        return Ok(None);
    };
    for (record, _) in &entered.entry.on {
        let Some(kept) = unit.kept(record)? else {
            continue;
        };
        let document = kept.record.document().map_err(|_| UnitError::Row {
            table: tables::RECORDS.0,
        })?;
        if entered.stands_on(&document) {
            return Ok(Some(entered));
        }
    }
    Ok(None)
}

/// The other records of disputes about numbers: a third entry makes another case of them, so that
/// the one of two is looked at again.
pub(super) fn others(found: &[Dispute], id: &RecordId) -> BTreeSet<RecordId> {
    let numbers = found
        .iter()
        .filter(|dispute| matches!(dispute.matter, registry::dispute::Matter::BookNumber(_)));
    let records = numbers.flat_map(|dispute| dispute.records.iter().copied());
    records.filter(|record| record != id).collect()
}
