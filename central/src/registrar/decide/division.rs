//! A decision in which part of a divided commune an address lies (row 19), for households: their
//! address is one value that keeps its code where the part kept the commune's, so what says in
//! which edition it is to be read is kept beside it.

use registry::schema::RecordKind;

use super::*;

/// Notes in which edition the households of a case are read from now on: in that of the decision,
/// or in that of the act if the decision keeps none of the claims.
pub(super) fn mark(unit: &mut Unit<'_>, case: &Case, outcome: &Outcome) -> Result<(), UnitError> {
    let edition = unit.units().edition();
    for id in households(unit, case)? {
        let key = tables::address_mark(&id);
        if matches!(outcome, Outcome::Keep(_)) {
            unit.put(tables::FORMER, &key, &edition)?;
        } else {
            unit.delete(tables::FORMER, &key);
        }
    }
    Ok(())
}

/// Puts the households of a case into the slices where they belong now, and tells the offices.
pub(super) fn place(unit: &mut Unit<'_>, case: &Case) -> Result<(), UnitError> {
    for id in households(unit, case)? {
        let Some(kept) = unit.kept(&id)? else {
            continue;
        };
        let moved = slices::keep(unit, kept.record)?;
        for office in moved.before.difference(&moved.after) {
            let leaves = FeedItem::Leaves {
                id,
                to: moved.after.iter().copied().collect(),
                reason: SliceReason::Moved,
            };
            slices::tell(unit, *office, &leaves)?;
        }
        for office in moved.after.difference(&moved.before) {
            unit.sent_whole(*office, id);
            let enters = FeedItem::Enters {
                record: moved.kept.record.clone(),
                reason: SliceReason::Moved,
            };
            slices::tell(unit, *office, &enters)?;
            cases::introduce(unit, *office, &id)?;
        }
    }
    Ok(())
}

fn households(unit: &Unit<'_>, case: &Case) -> Result<Vec<RecordId>, UnitError> {
    let mut households = Vec::new();
    for id in &case.dispute.records {
        let kept = unit.kept(id)?;
        if kept.is_some_and(|kept| kept.record.kind == RecordKind::Household) {
            households.push(*id);
        }
    }
    Ok(households)
}
