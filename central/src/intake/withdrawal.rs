//! Withdrawals: held against the act that they withdraw, completed with what the office cannot see,
//! and noted once they have taken effect.

use std::collections::BTreeSet;

use registry::act::{Act, ActError, Base, Refers, Target};
use registry::edit::Edit;
use registry::feed::Officer;
use registry::fields::Slot;
use registry::returned::Because;
use registry::schema::Field;
use registry::{ActId, OfficeCode, RecordId};

use super::{Refused, Stop};
use crate::applications;
use crate::cases;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Checks a withdrawal against the act that it withdraws, and adds the people of other communes,
/// whose records the office does not hold. Returns whether there were any.
pub(super) fn complete_withdrawal(
    unit: &Unit<'_>,
    office: OfficeCode,
    officers: &[Officer],
    act: &mut Act,
) -> Result<bool, Stop> {
    let of = act
        .body
        .refers
        .and_then(Refers::act)
        .ok_or(Refused::because(Because::WithdrawalOfNothing))?;
    let withdrawn = match unit.get::<KeptAct>(tables::ACTS, of.as_bytes())? {
        Some(kept) if kept.act.office.map(|it| unit.office_now(it)) != Some(office) => None,
        Some(kept) if kept.outcome.took_effect() => Some(kept.act),
        Some(_) => {
            return Err(Refused::because(Because::WithdrawalNeedless).into());
        }
        None => None,
    };
    let withdrawn = withdrawn.ok_or(Refused::because(Because::ActNotYours))?;
    let officer = officers
        .iter()
        .find(|officer| officer.id == act.body.officer);
    if officer.is_none_or(|officer| !withdrawn.body.kind.allowed_to(&officer.roles)) {
        return Err(Refused::because(Because::RoleMissing).into());
    }
    if withdrawn.body.kind.applies() && applications::is_answered(unit, &withdrawn)? {
        return Err(Refused::because(Because::ApplicationClosed).into());
    }
    let mut covered = BTreeSet::new();
    for (index, id) in act.records() {
        check_taken_back(unit, &withdrawn, act, index, &id)?;
        covered.insert(id);
    }
    let mut added = false;
    for (_, id) in withdrawn.records().filter(|(_, id)| !covered.contains(id)) {
        let Some(kept) = unit.kept(&id)? else {
            continue;
        };
        let document = kept.record.document().map_err(ActError::from)?;
        let edits = document.take_back(&[of], &[], |_| true);
        if !edits.is_empty() {
            let base = Base::of(&document);
            let target = Target::Placed { id, base };
            act.body
                .changes
                .push(registry::act::RecordChange { target, edits });
            added = true;
        }
    }
    Ok(added)
}

/// A withdrawal writes only where the withdrawn act wrote, and revokes only what it made.
fn check_taken_back(
    unit: &Unit<'_>,
    withdrawn: &Act,
    act: &Act,
    index: usize,
    id: &RecordId,
) -> Result<(), Stop> {
    let kept = unit.kept(id)?.ok_or(ActError::UnknownRecord)?;
    let document = kept.record.document().map_err(ActError::from)?;
    let written = document.written_by(&withdrawn.id());
    let made = withdrawn.records().any(|(place, record)| {
        record == *id
            && withdrawn
                .body
                .changes
                .get(place)
                .is_some_and(|change| matches!(change.target, Target::New { .. }))
    });
    let edits = act
        .body
        .changes
        .get(index)
        .map(|change| change.edits.as_slice());
    let all_its_own = edits.unwrap_or_default().iter().all(|edit| match edit {
        Edit::Put(Field::Revoked | Field::HouseholdRevoked, _) => made,
        Edit::Put(field, _) | Edit::Clear(field) => written.contains(&Slot::single(*field)),
        Edit::Amend(field, entry, _) => written.contains(&Slot::entry(*field, *entry)),
        Edit::Add(..)
        | Edit::CloseOpen { .. }
        | Edit::EndMarriage { .. }
        | Edit::ReviveMarriage { .. } => false,
    });
    if all_its_own {
        Ok(())
    } else {
        Err(Refused::because(Because::WithdrawalTooWide).into())
    }
}

/// Notes that an act counts no more. Only once what took it back has taken effect.
pub(super) fn mark_taken_back(unit: &mut Unit<'_>, act: &ActId) -> Result<(), UnitError> {
    if let Some(mut kept) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? {
        kept.taken_back = true;
        unit.put(tables::ACTS, act.as_bytes(), &kept)?;
        let people: Vec<RecordId> = kept.act.records().map(|(_, id)| id).collect();
        cases::look_again(unit, &people)?;
    }
    Ok(())
}
