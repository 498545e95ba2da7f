//! Father and mother as an entry of a birth names them: refused is what cannot be, told what hardly
//! ever is. A slip in a number makes a girl of eight a mother, and a registration that is wrong in
//! this is found years later, by the child.

use std::ops::RangeInclusive;

use crate::RecordId;
use crate::code::Sex;
use crate::date::{BirthDate, Date, DateOrder, PartialDate};
use crate::fields::Fields;
use crate::person::Person;
use crate::pin::Pin;
use crate::procedure::civil::{is_called, link_here};
use crate::procedure::deletion::full_months;
use crate::procedure::{Draft, Held, Notice, Refusal, Whom};
use crate::schema::{Field, RecordKind};
use crate::value::{PersonLink, Value};
use crate::words::words;

/// Ages at the birth, in full years, beyond which a clerk is asked to look once more. A house rule:
/// no law names an age, so nobody is refused for it.
const AGES: [(Field, RangeInclusive<i32>); 2] =
    [(Field::Father, 12..=80), (Field::Mother, 12..=60)];

/// Days after his death in which a child still counts as the husband's (Law on Marriage and Family
/// 52/2014, Art. 88(1)).
const AFTER_FATHER_DAYS: i32 = 300;

/// Father and mother as the entry names them.
pub(in crate::procedure) fn parents(
    draft: &mut Draft<'_>,
    father: Option<&PersonLink>,
    mother: Option<&PersonLink>,
    born: PartialDate,
    fields: &mut Fields,
) {
    for (field, name, link) in [
        (Field::Father, "father", father),
        (Field::Mother, "mother", mother),
    ] {
        if let Some(link) = link {
            let looked_at = check(draft, (field, name), link, Some(born));
            draft.tell(looked_at);
            fields.set(field, Some(Value::Person(link.clone())));
        }
    }
    if let (Some(father), Some(mother)) = (father, mother)
        && (father.pin().is_some() && father.pin() == mother.pin()
            || record_of(draft, father).is_some_and(|id| record_of(draft, mother) == Some(id)))
    {
        draft.fault(parent_twice("mother"));
    }
}

pub(in crate::procedure) const fn parent_twice(field: &'static str) -> Refusal {
    Refusal::Invalid {
        field,
        words: words(
            "cha và mẹ phải là hai người khác nhau; chọn lại một người",
            "father and mother are two people; choose one of them again",
        ),
    }
}

fn record_of(draft: &Draft<'_>, link: &PersonLink) -> Option<RecordId> {
    match link {
        PersonLink::Record(id) => Some(*id),
        PersonLink::Pin(_) | PersonLink::Named { .. } => {
            link_here(draft, Some(link)).map(|held| held.record.id)
        }
    }
}

/// Refuses whom the office holds as no person whose registration stands, and a parent who is not
/// older than the child, where the birth of both is known.
pub(in crate::procedure) fn check(
    draft: &mut Draft<'_>,
    (field, name): (Field, &'static str),
    link: &PersonLink,
    born: Option<PartialDate>,
) -> Result<(), Refusal> {
    let held = linked(draft, name, link, Whom::Registered)?;
    let pin = link.pin();
    let sex = match &held {
        Some(held) => Person(held.fields()).sex().copied(),
        None => pin.map(Pin::sex),
    };
    look_at_sex(draft, field, sex);
    let Some(born) = born else { return Ok(()) };
    let Some(held) = held else {
        look_at_age(draft, field, pin.and_then(year_of), born);
        return Ok(());
    };
    let parent = Person(held.fields());
    let known = parent.birth().and_then(BirthDate::date);
    if known.is_some_and(|parent| parent.year() >= born.year()) {
        return Err(Refusal::Invalid {
            field: name,
            words: words(
                "cha, mẹ phải sinh trước con; xem lại ngày sinh của cả hai",
                "a parent is older than the child; look at both birth dates",
            ),
        });
    }
    look_at_age(draft, field, known, born);
    let died = parent.is_dead().then(|| parent.death()).flatten();
    if let Some(died) = died.map(|death| death.date) {
        look_at_death(draft, field, died, born);
    }
    Ok(())
}

/// Whom a link names, if the office holds them: looked at alike, however they are named.
pub(in crate::procedure) fn linked(
    draft: &mut Draft<'_>,
    name: &'static str,
    link: &PersonLink,
    whom: Whom,
) -> Result<Option<Held>, Refusal> {
    if let Some(pin) = link.pin() {
        draft.look_over(name, pin)?;
    }
    let held = match link {
        PersonLink::Record(id) => Some(draft.held(name, id, RecordKind::Person)?),
        PersonLink::Pin(_) | PersonLink::Named { .. } => link_here(draft, Some(link)),
    };
    if let Some(held) = &held {
        whom.look(name, held)?;
        if let PersonLink::Named { name: told, .. } = link
            && !is_called(held, told)
        {
            return Err(Refusal::Invalid {
                field: name,
                words: words(
                    "số định danh này là của người có họ tên khác; xem lại số và họ tên",
                    "this number is that of somebody of another name; look at number and name again",
                ),
            });
        }
    }
    Ok(held)
}

/// The year of birth that a number tells, of somebody who is held elsewhere.
fn year_of(pin: Pin) -> Option<PartialDate> {
    PartialDate::new(pin.birth_year(), None, None).ok()
}

/// Tells of a parent who was younger or older at the birth than the table has it, whatever the days
/// are that nobody knows.
pub(super) fn look_at_age(
    draft: &mut Draft<'_>,
    field: Field,
    parent: Option<PartialDate>,
    born: PartialDate,
) {
    let (Some(parent), Some((_, ages))) = (parent, AGES.iter().find(|(of, _)| *of == field)) else {
        return;
    };
    let years = |from: Date, to: Date| full_months(from, to) / 12;
    let at_most = years(parent.first_day(), born.last_day());
    let at_least = years(parent.last_day(), born.first_day());
    if at_most < *ages.start() {
        draft.notice(Notice::ParentYoung);
    } else if at_least > *ages.end() {
        draft.notice(Notice::ParentOld);
    }
}

/// Tells of a father whom the register has as a woman, or a mother as a man: lawful after a
/// redetermination, else the two were mixed up.
pub(super) fn look_at_sex(draft: &mut Draft<'_>, field: Field, sex: Option<Sex>) {
    let other = match field {
        Field::Father => Sex::Female,
        _ => Sex::Male,
    };
    if sex == Some(other) {
        draft.notice(Notice::ParentSex);
    }
}

fn look_at_death(draft: &mut Draft<'_>, field: Field, died: PartialDate, born: PartialDate) {
    if field == Field::Mother {
        if died.compare(born) == DateOrder::Before {
            draft.notice(Notice::MotherDead);
        }
    } else if born.first_day().days_since(died.last_day()) > AFTER_FATHER_DAYS {
        draft.notice(Notice::FatherDead);
    }
}
