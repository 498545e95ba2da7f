//! Civil-status acts on people of other communes. The office cannot see what stands on such a
//! record, so what its own procedure would refuse is refused here: only the state that the office
//! could have known counts. What came concurrently is a case, as always.

use registry::OfficeCode;
use registry::act::{Act, ActError, ActKind, Base, RecordChange, Target};
use registry::clash::UNMARRIED_ROW;
use registry::date::BirthDate;
use registry::edit::Edit;
use registry::fields::{EntryId, Fields};
use registry::person::Person;
use registry::procedure::too_young_to_marry;
use registry::returned::Because;
use registry::schema::Field;
use registry::value::{ENDED_BY_DEATH, Marriage, Value};

use super::{Refused, Stop};
use crate::tables::{self, KeptAct};
use crate::unit::Unit;

/// Refuses what does not fit the record of a person whom the centre has just found.
pub(crate) fn check_placed(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    let of_kind = matches!(
        act.body.kind,
        ActKind::ParentRecognition
            | ActKind::Guardianship
            | ActKind::DeathRevoked
            | ActKind::Marriage
    );
    if !of_kind {
        return Ok(());
    }
    for change in &act.body.changes {
        let Some(known) = known_of(unit, change)? else {
            continue;
        };
        for edit in &change.edits {
            if let Some(because) = misfit(act.body.kind, edit, &known) {
                return Err(Refused::because(because).into());
            }
        }
    }
    Ok(())
}

/// Refuses to number a marriage that is not in this office's book, and to change more of it than
/// its number. A book goes with its office when a decree makes that part of another.
pub(super) fn number_is_of_this_book(
    unit: &Unit<'_>,
    office: OfficeCode,
    act: &Act,
) -> Result<(), Stop> {
    if act.body.kind != ActKind::MarriageNumber {
        return Ok(());
    }
    let plain = |value: &Value| match value {
        Value::Marriage(marriage) => Some((marriage.spouse.clone(), marriage.date)),
        _ => None,
    };
    for edit in act.body.changes.iter().flat_map(|change| &change.edits) {
        let Edit::Amend(_, EntryId::Act(made_by), Some(value)) = edit else {
            return Err(not_this_book());
        };
        let made: Option<KeptAct> = unit.get(tables::ACTS, made_by.as_bytes())?;
        let made = made.filter(|row| row.act.body.kind == ActKind::Marriage);
        let Some(made) = made.filter(|row| row.outcome.took_effect()) else {
            return Err(not_this_book());
        };
        let same_book = made
            .act
            .office
            .is_some_and(|keeper| unit.office_now(keeper) == unit.office_now(office));
        let entered = made
            .act
            .body
            .changes
            .iter()
            .flat_map(|change| &change.edits);
        let same_marriage = entered
            .filter_map(|edit| match edit {
                Edit::Add(_, value) => plain(value),
                _ => None,
            })
            .any(|known| Some(known) == plain(value));
        if !same_book || !same_marriage {
            return Err(not_this_book());
        }
    }
    Ok(())
}

fn not_this_book() -> Stop {
    Refused::because(Because::BookOfAnotherOffice).into()
}

/// Makes the end of a marriage wait which the other's record does not hold, by what the office
/// could have known: by divorce, annulment, or the death of one of them. The wrong person may have
/// been named, or the marriage was never entered on that record, and nobody here can tell which
/// (row 37).
pub(crate) fn marriage_is_held(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    let by_death = act.body.kind == ActKind::Death;
    if !by_death && !matches!(act.body.kind, ActKind::Divorce | ActKind::MarriageAnnulled) {
        return Ok(());
    }
    for change in &act.body.changes {
        let (Some(known), Target::Placed { id, .. }) = (known_of(unit, change)?, &change.target)
        else {
            continue;
        };
        let person = Person(&known);
        let counts = |marriage: &Marriage| {
            // A death that was registered before has ended it already: that is another question.
            marriage.ended.is_none() || (by_death && marriage.ground.as_str() == ENDED_BY_DEATH)
        };
        let holds = |edit: &Edit| match edit {
            Edit::EndMarriage { with, .. } => person
                .marriages()
                .filter(|(_, marriage)| counts(marriage))
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

fn misfit(kind: ActKind, edit: &Edit, known: &Fields) -> Option<Because> {
    let stands = |field: Field| known.single(field).is_some();
    match (kind, edit) {
        (ActKind::ParentRecognition, Edit::Put(field @ (Field::Father | Field::Mother), _))
            if stands(*field) =>
        {
            Some(Because::ParentStands)
        }
        (ActKind::Guardianship, Edit::Put(Field::Representative, _))
            if stands(Field::Representative) =>
        {
            Some(Because::RepresentativeStands)
        }
        (ActKind::DeathRevoked, Edit::Clear(Field::Death)) if !stands(Field::Death) => {
            Some(Because::PersonNotDead)
        }
        // The office goes by the card: of the sex, and of a birth date that it has in part, the
        // record tells more.
        (ActKind::Marriage, Edit::Add(Field::Marriages, Value::Marriage(marriage))) => {
            let person = Person(known);
            let born = person.birth().and_then(BirthDate::date);
            let sex = person.sex().copied();
            too_young_to_marry(born, sex, marriage.date).then_some(Because::UnderAge)
        }
        _ => None,
    }
}
