//! A decision beside the case's own records: what a losing act made, who follows a household, and
//! whether who is named fits.

use registry::act::Target;
use registry::dispute::Standing;
use registry::fields::Fields;
use registry::person::Person;
use registry::schema::RecordKind;
use registry::value::Value;

use super::*;

/// The edits on a record that is not one of the case's.
pub(super) fn edits(
    unit: &Unit<'_>,
    case: &Case,
    outcome: &Outcome,
    id: &RecordId,
    document: &Document,
) -> Result<Vec<Edit>, DecideError> {
    let made = made_by_loser(unit, case, outcome, id)?;
    let head = match case.followers(outcome) {
        Some((head, people)) if people.contains(id) => {
            let head = self::document(unit, &head)?;
            let head = head.map(|head| case.as_if_overturned(outcome, &head));
            head.transpose()?
        }
        _ => None,
    };
    Ok(case.settle_beside(outcome, document, made, head.as_ref())?)
}

/// The kind of a record that a losing act made.
fn made_by_loser(
    unit: &Unit<'_>,
    case: &Case,
    outcome: &Outcome,
    id: &RecordId,
) -> Result<Option<RecordKind>, DecideError> {
    if !case.takes_whole() {
        return Ok(None);
    }
    for act in losers(case, outcome) {
        let Some(row) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? else {
            continue;
        };
        let made = row.act.records().find_map(|(index, record)| {
            let change = row.act.body.changes.get(index)?;
            match &change.target {
                Target::New { kind, .. } if record == *id => Some(*kind),
                _ => None,
            }
        });
        if made.is_some() {
            return Ok(made);
        }
    }
    Ok(None)
}

/// A head who is named is a member of the household.
pub(super) fn check(unit: &Unit<'_>, case: &Case, outcome: &Outcome) -> Result<(), DecideError> {
    let head = match outcome {
        Outcome::Enter(Value::Head(head)) => Some(*head),
        outcome => case.head_named(outcome),
    };
    let (Some(head), Some(household)) = (head, case.dispute.records.first()) else {
        return Ok(());
    };
    let shown = shown(unit, &head)?;
    let member = shown
        .as_ref()
        .and_then(|fields| Person(fields).membership());
    if member.is_some_and(|member| member.household == *household) {
        Ok(())
    } else {
        Err(CaseError::HeadNotMember.into())
    }
}

fn shown(unit: &Unit<'_>, id: &RecordId) -> Result<Option<Fields>, DecideError> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(None);
    };
    let standing = Standing::of(&kept.record).map_err(registry::act::ActError::from)?;
    Ok(Some(standing.fields))
}
