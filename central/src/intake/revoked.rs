//! Acts on registrations that were revoked: by a withdrawal, or by a decision that two records are
//! one person's. An office that had not heard of it acts on what counts no more, so its act waits
//! (row 38), and is carried out on the record that stays, if one does.

use registry::RecordId;
use registry::act::{Act, ActKind, RecordChange};
use registry::clash::REVOKED_ROW;
use registry::edit::Edit;
use registry::schema::Field;

use super::{Refused, Stop};
use crate::cases;
use crate::revoked::{is_revoked, lead};
use crate::tables;
use crate::unit::{Unit, UnitError};

/// Makes an act wait that changes a registration which was revoked. A withdrawal takes back what
/// its office did there, which it may.
pub(super) fn check_stands(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    if act.body.kind == ActKind::Withdraw {
        return Ok(());
    }
    for (index, id) in act.records() {
        let change = act.body.changes.get(index);
        if !change.is_some_and(tells_whether_it_stands) && is_revoked(unit, &id)? {
            return Err(Refused::Parked {
                record: id,
                row: REVOKED_ROW,
            }
            .into());
        }
    }
    Ok(())
}

/// Whether a change is about the revocation itself: a registration may be made to stand again.
pub(crate) fn tells_whether_it_stands(change: &RecordChange) -> bool {
    let about = |edit: &Edit| matches!(edit.field(), Field::Revoked | Field::HouseholdRevoked);
    change.edits.iter().any(about)
}

/// Notes which of two records stays by a decision; neither is revoked for the other if none does.
/// Children of the one are children of the other, and looked at as such.
pub(crate) fn note_stays(
    unit: &mut Unit<'_>,
    records: &[RecordId],
    stays: Option<RecordId>,
) -> Result<(), UnitError> {
    for id in records {
        match stays.filter(|stays| stays != id) {
            Some(stays) => {
                lead(unit, id, Some(stays))?;
                let children = cases::children_meet(unit, id, &stays)?;
                cases::look_again(unit, &children)?;
            }
            None => forget(unit, id, records)?,
        }
    }
    Ok(())
}

/// Another decision's word on a record stays.
fn forget(unit: &mut Unit<'_>, id: &RecordId, records: &[RecordId]) -> Result<(), UnitError> {
    let led: Option<RecordId> = unit.get(tables::STAYS, id.as_bytes())?;
    if led.is_some_and(|led| records.contains(&led)) {
        lead(unit, id, None)?;
    }
    Ok(())
}
