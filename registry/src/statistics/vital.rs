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

/// A birth or a death that an act registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Whether it is a birth; else a death.
    pub is_birth: bool,
    /// Whose, if the act tells the record.
    pub record: Option<RecordId>,
    /// When it happened, as the act tells it.
    pub day: PartialDate,
}

/// The births and deaths that an act registers.
pub fn events_of(act: &Act) -> Vec<Event> {
    let of = |index: usize| {
        let mut records = act.records();
        let found = records.find(|(place, _)| *place == index);
        found.map(|(_, id)| id)
    };
    let changes = act.body.changes.iter().enumerate();
    let events = changes.filter_map(|(index, change)| {
        let (is_birth, day) = match (&change.target, act.body.kind) {
            (
                Target::New {
                    kind: RecordKind::Person,
                    fields,
                },
                kind,
            ) if is_birth(kind) => (true, born(fields).unwrap_or(act.body.effective)),
            (_, ActKind::Death) => (false, death_in(&change.edits)?.date),
            _ => return None,
        };
        Some(Event {
            is_birth,
            record: of(index),
            day,
        })
    });
    events.collect()
}

fn born(fields: &Fields) -> Option<PartialDate> {
    Person(fields).birth().and_then(|birth| birth.date())
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

impl Event {
    /// When it happened by what its record shows now, however the act told it; nothing if it was undone
    /// since: the child's registration revoked, the dead alive again. Nobody dies twice: where several
    /// acts registered a death of one person, the one counts that the record shows, or, where its data
    /// were put right or decided since, the last. `find` gives an act of the record, as long as it
    /// stands.
    pub fn as_it_stands<E>(
        &self,
        act: &ActId,
        record: &Record,
        shown: &Fields,
        find: impl FnMut(&ActId) -> Result<Option<Act>, E>,
    ) -> Result<Option<PartialDate>, E> {
        let person = Person(shown);
        if self.is_birth {
            let day = born(shown).unwrap_or(self.day);
            return Ok((!person.is_revoked()).then_some(day));
        }
        let Some(death) = person.death().filter(|death| !death.is_missing()) else {
            return Ok(None);
        };
        let counts = death_that_counts(record, death, find)?;
        Ok(counts.is_none_or(|id| id == *act).then_some(death.date))
    }
}

/// Of the acts that registered a death of one person, the one that counts.
fn death_that_counts<E>(
    record: &Record,
    shown: &Death,
    mut find: impl FnMut(&ActId) -> Result<Option<Act>, E>,
) -> Result<Option<ActId>, E> {
    let Ok(document) = record.document() else {
        return Ok(None);
    };
    let mut deaths = Vec::new();
    for id in document.acts() {
        let act = find(&id)?;
        let Some(told) = act.as_ref().and_then(|act| death_on(act, record.id)) else {
            continue;
        };
        if told == shown {
            return Ok(Some(id));
        }
        deaths.push(id);
    }
    // Of two that did not know of each other the order of arrival must not tell.
    let last = |id: &&ActId| {
        !deaths
            .iter()
            .any(|other| other != *id && document.knew(other, id))
    };
    Ok(deaths.iter().filter(last).max().copied())
}

impl Vital {
    /// Counts an event on the day on which it happened, and in the month in which its act was entered.
    pub fn add(&mut self, event: &Event, day: PartialDate, act: &Act) {
        let registered = PartialDate::from(Date::in_viet_nam(act.body.entered.at_s));
        let events = match event.is_birth {
            true => &mut self.births,
            false => &mut self.deaths,
        };
        events.happened.add(day, 1);
        events.registered.add(registered, 1);
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
