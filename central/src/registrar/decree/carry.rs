//! Carrying a decree out, step by step: first the slices, then the offices.

use std::collections::BTreeSet;

use registry::dispute::Standing;
use registry::unit::Decree;

use super::*;
use crate::slices;

/// Records that one commit gives to other slices.
const RECORDS_A_COMMIT: usize = 1_000;
/// Offices that one commit tells.
const OFFICES_A_COMMIT: usize = 20;
/// Open cases that one commit tells of anew.
const CASES_A_COMMIT: usize = 100;

/// The communes whose records may belong to another one afterwards, by code.
pub(super) fn moving(decree: &Decree) -> impl Iterator<Item = OfficeCode> {
    decree.olds().filter(|old| !decree.leaves_alone(*old))
}

impl Registrar {
    /// Carries the last decree on by one commit; tells how far it is, and which feeds grew. Not
    /// durable before [`Registrar::sync`] has returned; `None` if there is nothing to do.
    pub fn stage_decree_step(
        &self,
        at_s: i64,
    ) -> Result<Option<(DecreeProgress, Grew)>, UnitError> {
        let _draw = self.writer();
        let known = self.known()?;
        if known.underway.is_none() {
            return Ok(None);
        }
        let rows = self.decree_rows()?;
        let (Some(mut row), Some(issued)) =
            (rows.into_iter().next_back(), known.units.issued().last())
        else {
            return Ok(None);
        };
        let mut grew = Grew::new();
        if let DecreePhase::Telling { office, .. } = row.phase
            && next_offices(issued, office).is_empty()
        {
            grew.extend(self.tell_cases(at_s)?);
        }
        let mut unit = self.begin(at_s)?;
        row.phase = match row.phase {
            DecreePhase::Moving {
                office,
                after,
                moved,
            } => move_records(&mut unit, issued, (office, after), moved)?,
            DecreePhase::Telling { office, moved } => {
                tell_offices(&mut unit, issued, office, moved)?
            }
            done @ DecreePhase::Done { .. } => done,
        };
        put_decree(&mut unit, issued.edition, &row)?;
        if let DecreePhase::Done { moved, .. } = row.phase {
            let numbers = (u64::from(issued.edition.get()), moved);
            audit(&mut unit, "decree done", None, None, numbers)?;
        }
        grew.extend(self.hand_over(unit)?);
        let progress = progress(&known.units, issued, &row.phase);
        self.keep_known(self.known_after(&known, &row.phase));
        Ok(Some((progress, grew)))
    }

    /// Carries the last decree out to its end; durable when it returns.
    pub fn finish_decree(
        &self,
        at_s: i64,
        mut tell: impl FnMut(&DecreeProgress),
    ) -> Result<Grew, UnitError> {
        let mut grew = Grew::new();
        while let Some((progress, more)) = self.stage_decree_step(at_s)? {
            grew.extend(more);
            tell(&progress);
        }
        self.sync()?;
        Ok(grew)
    }

    fn known_after(&self, known: &Known, phase: &DecreePhase) -> Known {
        let mut known = known.clone();
        known.underway = match (known.underway, phase) {
            (Some(underway), DecreePhase::Moving { .. }) => Some(underway),
            (Some(underway), DecreePhase::Telling { office, .. }) => Some(Underway {
                told: *office,
                ..underway
            }),
            (_, DecreePhase::Done { .. }) | (None, _) => None,
        };
        known
    }

    /// Tells of every open case anew: to offices that have it from their successor's feed, and
    /// with the reviewers of today's provinces. Doing it twice does no harm.
    fn tell_cases(&self, at_s: i64) -> Result<Grew, UnitError> {
        let mut grew = Grew::new();
        let open = self.cases(usize::MAX, Case::is_open)?;
        for cases in open.chunks(CASES_A_COMMIT) {
            let mut unit = self.begin(at_s)?;
            for case in cases {
                cases::renew(&mut unit, case)?;
            }
            grew.extend(self.hand_over(unit)?);
        }
        Ok(grew)
    }
}

/// The communes whose offices are told next.
fn next_offices(issued: &Issued, after: Option<OfficeCode>) -> Vec<OfficeCode> {
    let communes = issued.table.communes().map(|commune| commune.code);
    communes
        .filter(|code| after.is_none_or(|after| *code > after))
        .take(OFFICES_A_COMMIT)
        .collect()
}

/// Tells some offices. When there is none left the decree is carried out.
fn tell_offices(
    unit: &mut Unit<'_>,
    issued: &Issued,
    after: Option<OfficeCode>,
    moved: u64,
) -> Result<DecreePhase, UnitError> {
    let next = next_offices(issued, after);
    for commune in &next {
        offices::tell(unit, issued, *commune)?;
    }
    let at_s = unit.at_s();
    Ok(match next.last() {
        Some(last) => DecreePhase::Telling {
            office: Some(*last),
            moved,
        },
        None => DecreePhase::Done { moved, at_s },
    })
}

/// Goes through the next records of the slices that change.
fn move_records(
    unit: &mut Unit<'_>,
    issued: &Issued,
    (office, after): (Option<OfficeCode>, Option<RecordId>),
    mut moved: u64,
) -> Result<DecreePhase, UnitError> {
    let mut left = RECORDS_A_COMMIT;
    let mut from = after;
    let mut at = None;
    for old in moving(&issued.decree).filter(|old| office.is_none_or(|office| *old >= office)) {
        if office != Some(old) {
            from = None;
        }
        let ids = slice_after(unit, old, from.as_ref(), left)?;
        for id in &ids {
            moved += u64::from(give(unit, &issued.decree, id)?);
        }
        left = left.saturating_sub(ids.len());
        at = Some((old, ids.last().copied().or(from)));
        if left == 0 {
            break;
        }
    }
    Ok(match at {
        Some((office, after)) if left == 0 => DecreePhase::Moving {
            office: Some(office),
            after,
            moved,
        },
        _ => DecreePhase::Telling {
            office: None,
            moved,
        },
    })
}

/// The next records of a slice. What this unit has taken out of it is passed over as well: that
/// lies before.
pub(super) fn slice_after(
    unit: &Unit<'_>,
    office: OfficeCode,
    after: Option<&RecordId>,
    limit: usize,
) -> Result<Vec<RecordId>, UnitError> {
    let mut range = KeyRange::prefix(&office.to_be_bytes());
    if let Some(after) = after {
        range = range.after(&tables::slice_key(office, after));
    }
    let rows = unit.store().scan(tables::SLICES, &range, limit)?;
    let ids = rows
        .iter()
        .filter_map(|(key, _)| key.get(4..).and_then(RecordId::from_slice));
    Ok(ids.collect())
}

/// Gives a record to the slices where it belongs; tells whether others have it now.
fn give(unit: &mut Unit<'_>, decree: &Decree, id: &RecordId) -> Result<bool, UnitError> {
    let Some(old) = unit.kept(id)? else {
        return Ok(false);
    };
    let before: BTreeSet<OfficeCode> = old.offices.iter().copied().collect();
    let all_whole = before.iter().all(|office| !decree.divides(*office));
    let after: BTreeSet<OfficeCode> = if all_whole {
        let now = before.iter().map(|office| decree.successor(*office, ""));
        now.collect()
    } else {
        let standing = Standing::of(&old.record).map_err(|_| UnitError::Row {
            table: tables::RECORDS.0,
        })?;
        slices::places::entitled(unit, id, old.record.kind, &standing)?
    };
    if after == before {
        return Ok(false);
    }
    let kept = tables::Kept {
        offices: after.into_iter().collect(),
        ..old.clone()
    };
    slices::settle(unit, Some(&old), &kept)?;
    Ok(true)
}
