//! Civil-status acts on people of other communes. The office cannot see what stands on such a
//! record, so what its own procedure would refuse is refused here: only the state that the office
//! could have known counts. What came concurrently is a case, as always.

use registry::act::{Act, ActError, ActKind, Base, RecordChange, Target};
use registry::clash::UNMARRIED_ROW;
use registry::edit::Edit;
use registry::fields::Fields;
use registry::person::Person;
use registry::schema::Field;

use super::{Refused, Stop};
use crate::unit::Unit;

/// Refuses what does not fit the record of a person whom the centre has just found.
pub(crate) fn check_placed(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    let of_kind = matches!(
        act.body.kind,
        ActKind::ParentRecognition | ActKind::Guardianship | ActKind::DeathRevoked
    );
    if !of_kind {
        return Ok(());
    }
    for change in &act.body.changes {
        let Some(known) = known_of(unit, change)? else {
            continue;
        };
        for edit in &change.edits {
            if let Some((code, words)) = misfit(act.body.kind, edit, &known) {
                return Err(Refused::because(code, words).into());
            }
        }
    }
    Ok(())
}

/// Makes a divorce or an annulment wait whose marriage the other's record does not hold, by what
/// the office could have known: the wrong person may have been named, or the marriage was never
/// entered on that record, and nobody here can tell which (row 37).
pub(super) fn marriage_is_held(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    if !matches!(act.body.kind, ActKind::Divorce | ActKind::MarriageAnnulled) {
        return Ok(());
    }
    for change in &act.body.changes {
        let (Some(known), Target::Placed { id, .. }) = (known_of(unit, change)?, &change.target)
        else {
            continue;
        };
        let person = Person(&known);
        let holds = |edit: &Edit| match edit {
            Edit::EndMarriage { with, .. } => person
                .standing_marriages()
                .any(|(_, marriage)| with.iter().any(|name| name.names_same(&marriage.spouse))),
            _ => true,
        };
        if !change.edits.iter().all(holds) {
            return Err(Refused::Parked {
                record: *id,
                row: UNMARRIED_ROW,
            }
            .into());
        }
    }
    Ok(())
}

/// What the office could have known of a person of another commune.
fn known_of(unit: &Unit<'_>, change: &RecordChange) -> Result<Option<Fields>, Stop> {
    let Target::Placed { id, base } = &change.target else {
        return Ok(None);
    };
    let kept = unit.kept(id)?.ok_or(ActError::UnknownRecord)?;
    let document = kept.record.document().map_err(ActError::from)?;
    let heads = match base {
        Base::Genesis => document.genesis_heads(),
        Base::Heads(prefixes) => document.heads_by_prefix(prefixes).map_err(ActError::from)?,
    };
    let reading = document.read_at(&heads).map_err(ActError::from)?;
    Ok(Some(reading.fields))
}

fn misfit(kind: ActKind, edit: &Edit, known: &Fields) -> Option<(&'static str, &'static str)> {
    let stands = |field: Field| known.single(field).is_some();
    match (kind, edit) {
        (ActKind::ParentRecognition, Edit::Put(field @ (Field::Father | Field::Mother), _))
            if stands(*field) =>
        {
            Some((
                "parent_stands",
                "a father or mother of this kind stands on the child's record already; a court decides",
            ))
        }
        (ActKind::Guardianship, Edit::Put(Field::Representative, _))
            if stands(Field::Representative) =>
        {
            Some((
                "representative_stands",
                "a guardian stands on the ward's record already; note the end of that guardianship first",
            ))
        }
        (ActKind::DeathRevoked, Edit::Clear(Field::Death)) if !stands(Field::Death) => Some((
            "person_not_dead",
            "no death stands on this record; look at the card again",
        )),
        _ => None,
    }
}
