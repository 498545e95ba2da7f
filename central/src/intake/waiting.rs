//! Acts that wait for a person's word: which ones, and by which line of the clash table. The rules
//! are in [`registry::rules::waiting`].

use registry::act::{Act, Base, Refers, Target};
use registry::case::Case;
use registry::date::Date;
use registry::dispute::Matter;
use registry::feed::Officer;
use registry::returned::Because;
use registry::rules::waiting::{self, Closing};
use registry::{OfficeCode, OfficerId, RecordId};

use super::place::find;
use super::{Refused, Stop};
use crate::authority::{self, Denial};
use crate::cases;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

const LEFT: u8 = 29;
const OFFICER_CLOSED: u8 = 30;
const DATED_AHEAD: u8 = 31;

/// Lets an act pass, sends it back, or makes it wait.
pub(super) fn permit(
    unit: &Unit<'_>,
    office: OfficeCode,
    officers: &[Officer],
    act: &Act,
) -> Result<(), Stop> {
    let row = match authority::permit(&act.body, officers) {
        Ok(()) if waiting::dated_ahead(&act.body, Date::in_viet_nam(unit.at_s())) => {
            Some(DATED_AHEAD)
        }
        Ok(()) => builds_on_waiting(unit, act)?,
        Err(Denial::ClosedAccount) if !lapsed(unit, office, act)? => Some(OFFICER_CLOSED),
        Err(denial) => return Err(Refused::told(denial.code(), &denial.said()).into()),
    };
    match row {
        None => Ok(()),
        Some(row) => Err(Refused::Parked {
            record: record_of(unit, act)?,
            row,
        }
        .into()),
    }
}

/// Whether the account was certainly closed when the act was made.
fn lapsed(unit: &Unit<'_>, office: OfficeCode, act: &Act) -> Result<bool, UnitError> {
    let key = tables::officer_key(office, &act.body.officer);
    let closing: Option<Closing> = unit.get(tables::CLOSINGS, &key)?;
    Ok(closing.is_none_or(|closing| closing.came_before(&act.body)))
}

/// Notes when an officer's account was closed, or that it is open again.
pub(crate) fn note_officer(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    officer: &OfficerId,
    (was_active, active): (bool, bool),
) -> Result<(), UnitError> {
    let key = tables::officer_key(office, officer);
    if active {
        unit.delete(tables::CLOSINGS, &key);
    } else if was_active {
        let closing = Closing {
            commit: unit.commit_seq(),
            at_s: unit.at_s(),
        };
        unit.put(tables::CLOSINGS, &key, &closing)?;
    }
    Ok(())
}

/// The line of an act of the same node that this one was made on top of, and that still waits: it
/// waits too, or it would be lost for what a person may yet take up.
fn builds_on_waiting(unit: &Unit<'_>, act: &Act) -> Result<Option<u8>, Stop> {
    for change in &act.body.changes {
        let Target::Held { id, base } = &change.target else {
            continue;
        };
        let is_known = match (unit.kept(id)?, base) {
            (None, _) => false,
            (Some(_), Base::Genesis) => true,
            (Some(kept), Base::Heads(heads)) => kept
                .record
                .document()
                .is_ok_and(|document| document.heads_by_prefix(heads).is_ok()),
        };
        if is_known {
            continue;
        }
        for case in cases::open_cases(unit, id)? {
            let Matter::Parked(other) = case.dispute.matter else {
                continue;
            };
            let row: Option<KeptAct> = unit.get(tables::ACTS, other.as_bytes())?;
            let earlier = row.is_some_and(|row| {
                let other = row.act.author;
                other.node == act.author.node && other < act.author
            });
            if earlier && case.dispute.row != LEFT {
                return Ok(Some(case.dispute.row));
            }
        }
    }
    Ok(None)
}

/// A record of what an act adds papers or an answer to: it has none of its own.
fn added_to(unit: &Unit<'_>, act: &Act) -> Result<Option<RecordId>, UnitError> {
    Ok(match act.body.refers {
        Some(Refers::Case(id)) => {
            let case: Option<Case> = unit.get(tables::CASES, id.as_bytes())?;
            case.and_then(|case| case.dispute.records.first().copied())
        }
        Some(Refers::Act(of) | Refers::Asked { of, .. }) => {
            let row: Option<KeptAct> = unit.get(tables::ACTS, of.as_bytes())?;
            row.and_then(|row| waiting::record_of(&row.act))
        }
        None => None,
    })
}

/// The record by which the proposal is found.
fn record_of(unit: &Unit<'_>, act: &Act) -> Result<RecordId, Stop> {
    if let Some(id) = waiting::record_of(act) {
        return Ok(id);
    }
    if let Some(id) = added_to(unit, act)? {
        return Ok(id);
    }
    let claimed = act
        .body
        .changes
        .iter()
        .find_map(|change| match &change.target {
            Target::Absent(claimed) => Some(claimed),
            _ => None,
        });
    match claimed {
        Some(claimed) => find(unit, claimed),
        None => Err(Refused::because(Because::RecordUnknown).into()),
    }
}
