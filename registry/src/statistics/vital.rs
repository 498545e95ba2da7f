//! Births and deaths: by the month in which they happened, and by the month in which they were
//! entered. The two differ by months and years, and both are asked for.

use serde::{Deserialize, Serialize};

use super::months::Months;
use crate::act::{Act, ActKind, Target};
use crate::date::{Date, PartialDate};
use crate::edit::Edit;
use crate::fields::Fields;
use crate::person::Person;
use crate::record::Record;
use crate::schema::{Field, RecordKind};
use crate::value::{Death, Value};
use crate::{ActId, RecordId};

/// Events of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// By when they happened.
    pub happened: Months,
    /// By when they were entered at the office.
    pub registered: Months,
}

impl Events {
    fn merge(&mut self, other: &Events) {
        self.happened.merge(&other.happened);
        self.registered.merge(&other.registered);
    }
    fn of_year(&self, year: u16) -> Events {
        Events {
            happened: self.happened.of_year(year),
            registered: self.registered.of_year(year),
        }
    }
}

/// Births and deaths that an office registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vital {
    /// Births.
    pub births: Events,
    /// Deaths.
    pub deaths: Events,
}

/// Whether acts of this kind are counted here.
pub const fn is_vital(kind: ActKind) -> bool {
    is_birth(kind) || matches!(kind, ActKind::Death)
}

const fn is_birth(kind: ActKind) -> bool {
    matches!(kind, ActKind::Birth | ActKind::LateBirth)
}

/// The children whom an act registers, each by the date of birth as far as it is known.
fn births_in(act: &Act) -> impl Iterator<Item = PartialDate> {
    let changes = act.body.changes.iter();
    let changes = changes.filter(|_| is_birth(act.body.kind));
    changes.filter_map(|change| match &change.target {
        Target::New {
            kind: RecordKind::Person,
            fields,
        } => {
            let born = Person(fields).birth().and_then(|birth| birth.date());
            Some(born.unwrap_or(act.body.effective))
        }
        _ => None,
    })
}

/// How many deaths an act registers.
fn deaths_in(act: &Act) -> u64 {
    let changes = act.body.changes.iter();
    match act.body.kind {
        ActKind::Death => count(changes.filter_map(|change| death_in(&change.edits))),
        _ => 0,
    }
}

/// The death that these edits register. Whom a court declares missing is not dead.
fn death_in(edits: &[Edit]) -> Option<&Death> {
    edits.iter().find_map(|edit| match edit {
        Edit::Put(Field::Death, Value::Death(death)) if !death.is_missing() => Some(death),
        _ => None,
    })
}

/// The death that an act registers on a record.
fn death_on(act: &Act, id: RecordId) -> Option<&Death> {
    let (index, _) = act.records().find(|(_, changed)| *changed == id)?;
    let change = act.body.changes.get(index)?;
    death_in(&change.edits).filter(|_| act.body.kind == ActKind::Death)
}

/// Whether a birth or death was undone since, by what one of its records shows now: the child's
/// registration revoked, the dead alive again. Nobody dies twice: where several acts registered a death
/// of one person, the one counts that the record shows, or, where its data were put right or decided
/// since, the last. `find` gives an act of the record, as long as it stands.
pub fn is_undone<E>(
    act: &Act,
    record: &Record,
    shown: &Fields,
    mut find: impl FnMut(&ActId) -> Result<Option<Act>, E>,
) -> Result<bool, E> {
    let person = Person(shown);
    if is_birth(act.body.kind) {
        return Ok(person.is_revoked());
    }
    if death_on(act, record.id).is_none() {
        return Ok(false);
    }
    let Some(death) = person.death() else {
        return Ok(true);
    };
    let Ok(document) = record.document() else {
        return Ok(false);
    };
    let mut counts = None;
    for id in document.acts() {
        let other = find(&id)?;
        match other.as_ref().and_then(|other| death_on(other, record.id)) {
            Some(told) if told == death => return Ok(id != act.id()),
            Some(_) => counts = Some(id),
            None => {}
        }
    }
    Ok(counts.is_some_and(|counts| counts != act.id()))
}

fn count(items: impl Iterator) -> u64 {
    items.fold(0, |count, _| count + 1)
}

impl Vital {
    /// Counts an act that took effect.
    pub fn add(&mut self, act: &Act) {
        let registered = PartialDate::from(Date::in_viet_nam(act.body.entered.at_s));
        for born in births_in(act) {
            self.births.happened.add(born, 1);
            self.births.registered.add(registered, 1);
        }
        let deaths = deaths_in(act);
        self.deaths.happened.add(act.body.effective, deaths);
        self.deaths.registered.add(registered, deaths);
    }
    /// Adds those of another office.
    pub fn merge(&mut self, other: &Vital) {
        self.births.merge(&other.births);
        self.deaths.merge(&other.deaths);
    }
    /// Those of one year alone.
    pub fn of_year(&self, year: u16) -> Vital {
        Vital {
            births: self.births.of_year(year),
            deaths: self.deaths.of_year(year),
        }
    }
}
