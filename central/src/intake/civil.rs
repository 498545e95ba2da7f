//! Civil-status acts on people of other communes. The office cannot see what stands on such a
//! record, so what its own procedure would refuse is refused here: only the state that the office
//! could have known counts. What came concurrently is a case, as always.

use registry::act::{Act, ActError, ActKind, Base, RecordChange, Target};
use registry::clash::UNMARRIED_ROW;
use registry::date::{BirthDate, DateOrder, PartialDate};
use registry::dispute::Standing;
use registry::edit::{Edit, WAYS_TO_NAME_MAX};
use registry::fields::{EntryId, Fields};
use registry::name::PersonName;
use registry::person::Person;
use registry::procedure::{GUARDIAN_YEARS, begins_after, married_on, too_young_to_marry};
use registry::returned::Because;
use registry::schema::Field;
use registry::value::{Death, ENDED_BY_DEATH, Marriage, PersonLink, Value};
use registry::{OfficeCode, RecordId};

use super::place::{find_by, holder};
use super::{Refused, Stop};
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Refuses a father, mother or guardian whose card says what the register does not, one who had
/// died by then or whose registration was revoked, a parent no older than the child and a guardian
/// under age: of them the act changes nothing, so that nothing else would show a digit that is
/// another person's.
pub(super) fn relatives_are_who_they_say(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    if !matches!(
        act.body.kind,
        ActKind::ParentRecognition | ActKind::Guardianship
    ) {
        return Ok(());
    }
    for change in &act.body.changes {
        for edit in &change.edits {
            let Edit::Put(_, Value::Person(PersonLink::Named { name, pin })) = edit else {
                continue;
            };
            let Some(pin) = pin else { continue };
            let shown = shown_of(unit, &find_by(unit, pin, name, None)?)?;
            let child = match &change.target {
                Target::Held { id, base } | Target::Placed { id, base }
                    if act.body.kind == ActKind::ParentRecognition =>
                {
                    Some(seen_at(unit, id, base)?)
                }
                _ => None,
            };
            if let Some(because) = no_relative(act, &Person(&shown), child.as_ref().map(Person)) {
                return Err(Refused::because(because).into());
            }
        }
    }
    Ok(())
}

fn shown_of(unit: &Unit<'_>, id: &RecordId) -> Result<Fields, Stop> {
    let kept = unit.kept(id)?.ok_or(ActError::UnknownRecord)?;
    Ok(Standing::of(&kept.record).map_err(ActError::from)?.fields)
}

/// Why somebody by the register is no parent or guardian. The office has looked at the birth date that
/// it typed; the register's may be another.
fn no_relative(act: &Act, person: &Person<'_>, child: Option<Person<'_>>) -> Option<Because> {
    if person.is_revoked() {
        return Some(Because::RegistrationRevoked);
    }
    let died = person.death().filter(|death| !death.is_missing());
    let before = |death: &Death| death.date.compare(act.body.effective) == DateOrder::Before;
    if died.is_some_and(before) {
        return Some(Because::PersonDead);
    }
    let year = |person: &Person<'_>| person.birth().and_then(BirthDate::year);
    let born = year(person)?;
    if act.body.kind == ActKind::Guardianship {
        // The greatest possible age: who is under it is so for sure.
        let age = i32::from(act.body.effective.year()) - i32::from(born);
        return (age < GUARDIAN_YEARS).then_some(Because::GuardianUnderAge);
    }
    let later = year(&child?)? > born;
    (!later).then_some(Because::ParentNotOlder)
}

/// A birth that is registered once more leaves the father and mother who stand on the record as it has
/// them: the entry may tell the same person by less.
pub(super) fn leave_parents(unit: &Unit<'_>, act: &mut Act) -> Result<(), Stop> {
    if act.body.kind != ActKind::RepeatedBirth {
        return Ok(());
    }
    for change in &mut act.body.changes {
        let Some(known) = known_of(unit, change)? else {
            continue;
        };
        let mut told = Vec::with_capacity(change.edits.len());
        for edit in change.edits.drain(..) {
            let stands = match &edit {
                Edit::Put(field @ (Field::Father | Field::Mother), Value::Person(link)) => {
                    match known.single(*field) {
                        Some(Value::Person(stands)) => one_person(unit, stands, link)?,
                        _ => false,
                    }
                }
                _ => false,
            };
            if !stands {
                told.push(edit);
            }
        }
        change.edits = told;
    }
    Ok(())
}

/// Adds to how the spouse is named, where a marriage ends or stands again, the name that the found
/// record has for that very person: their number may have been another when it was entered.
pub(super) fn name_spouses(unit: &Unit<'_>, act: &mut Act) -> Result<(), Stop> {
    const fn named(edit: &mut Edit) -> Option<&mut Vec<PersonLink>> {
        match edit {
            Edit::EndMarriage { with, .. } | Edit::ReviveMarriage { with } => Some(with),
            _ => None,
        }
    }
    for change in &mut act.body.changes {
        if !change.edits.iter_mut().any(|edit| named(edit).is_some()) {
            continue;
        }
        let Some(known) = known_of(unit, change)? else {
            continue;
        };
        for with in change.edits.iter_mut().filter_map(named) {
            let people = with.iter().map(|link| record_of(unit, link));
            let people: Vec<Option<RecordId>> = people.collect::<Result<_, _>>()?;
            for (_, marriage) in Person(&known).marriages() {
                let spouse = record_of(unit, &marriage.spouse)?;
                let is_theirs = spouse.is_some() && people.contains(&spouse);
                let is_named = with.iter().any(|link| link.names_same(&marriage.spouse));
                if is_theirs && !is_named && with.len() < WAYS_TO_NAME_MAX {
                    with.push(marriage.spouse.clone());
                }
            }
        }
    }
    Ok(())
}

/// The record of whom a link names by record or by a number, the present one or one of before.
fn record_of(unit: &Unit<'_>, link: &PersonLink) -> Result<Option<RecordId>, UnitError> {
    match (link, link.pin()) {
        (PersonLink::Record(id), _) => Ok(Some(*id)),
        (_, Some(pin)) => holder(unit, &pin),
        (_, None) => Ok(None),
    }
}

/// Refuses what does not fit the record of a person whom the centre has just found.
pub(crate) fn check_placed(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    let of_kind = matches!(
        act.body.kind,
        ActKind::ParentRecognition
            | ActKind::Guardianship
            | ActKind::DeathRevoked
            | ActKind::Marriage
            | ActKind::RepeatedBirth
            | ActKind::PermanentRegistration
            | ActKind::TemporaryRegistration
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
        let counts = |marriage: &Marriage, ended: &PartialDate| {
            // A death that was registered before has ended it already: that is another question.
            let stands = marriage.ended.is_none()
                || (by_death && marriage.ground.as_str() == ENDED_BY_DEATH);
            stands && ended.compare(marriage.date) != DateOrder::Before
        };
        let holds = |edit: &Edit| match edit {
            Edit::EndMarriage { with, ended, .. } => person
                .marriages()
                .filter(|(_, marriage)| counts(marriage, ended))
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
    seen_at(unit, id, base).map(Some)
}

/// What a record holds in a state that an office could have known.
fn seen_at(unit: &Unit<'_>, id: &RecordId, base: &Base) -> Result<Fields, Stop> {
    let kept = unit.kept(id)?.ok_or(ActError::UnknownRecord)?;
    let document = kept.record.document().map_err(ActError::from)?;
    let heads = match base {
        Base::Genesis => document.genesis_heads(),
        Base::Heads(prefixes) => document.heads_by_prefix(prefixes).map_err(ActError::from)?,
    };
    let reading = document.read_at(&heads).map_err(ActError::from)?;
    Ok(reading.fields)
}

fn misfit(kind: ActKind, edit: &Edit, known: &Fields) -> Option<Because> {
    let stands = |field: Field| known.single(field).is_some();
    let person = Person(known);
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
            let born = person.birth().and_then(BirthDate::date);
            let sex = person.sex().copied();
            if too_young_to_marry(born, sex, marriage.date) {
                Some(Because::UnderAge)
            } else {
                married_on(&person, marriage.date).then_some(Because::MarriedThen)
            }
        }
        // The one who stands was left as the record has them.
        (ActKind::RepeatedBirth, Edit::Put(field @ (Field::Father | Field::Mother), _))
            if stands(*field) =>
        {
            Some(Because::ParentStands)
        }
        (
            ActKind::PermanentRegistration | ActKind::TemporaryRegistration,
            Edit::CloseOpen { field, to, .. },
        ) => begins_after(&person, *field, *to).then_some(Because::BeforeHome),
        _ => None,
    }
}

/// Whether two links are one person: by record, or, where one tells no number, by name.
fn one_person(unit: &Unit<'_>, one: &PersonLink, other: &PersonLink) -> Result<bool, UnitError> {
    let (ours, theirs) = (record_of(unit, one)?, record_of(unit, other)?);
    if ours.is_some() && theirs.is_some() {
        return Ok(ours == theirs);
    }
    let name = |link: &PersonLink, id: Option<RecordId>| -> Result<Option<PersonName>, UnitError> {
        if let PersonLink::Named { name, .. } = link {
            return Ok(Some(name.clone()));
        }
        let kept = id.map(|id| unit.kept(&id)).transpose()?.flatten();
        let reading = kept.and_then(|kept| kept.record.read().ok());
        Ok(reading.and_then(|reading| Person(&reading.fields).name().cloned()))
    };
    Ok(match (name(one, ours)?, name(other, theirs)?) {
        (Some(one), Some(other)) => one.same_as(&other),
        _ => one == other,
    })
}
