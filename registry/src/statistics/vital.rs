//! Births and deaths: by the month in which they happened, and by the month in which they were
//! entered. The two differ by months and years, and both are asked for.

use serde::{Deserialize, Serialize};

use super::months::Months;
use crate::act::{Act, ActKind, Target};
use crate::date::{Date, PartialDate};
use crate::edit::Edit;
use crate::schema::{Field, RecordKind};

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
    matches!(kind, ActKind::Birth | ActKind::Death)
}

/// How many children an act registers.
pub fn births_in(act: &Act) -> u64 {
    let child = |target: &Target| {
        let person = RecordKind::Person;
        matches!(target, Target::New { kind, .. } if *kind == person)
    };
    let changes = act.body.changes.iter();
    match act.body.kind {
        ActKind::Birth => count(changes.filter(|change| child(&change.target))),
        _ => 0,
    }
}

/// How many deaths an act registers.
pub fn deaths_in(act: &Act) -> u64 {
    let changes = act.body.changes.iter();
    match act.body.kind {
        ActKind::Death => count(changes.filter(|change| writes_death(&change.edits))),
        _ => 0,
    }
}

/// Whether these edits register a death.
pub fn writes_death(edits: &[Edit]) -> bool {
    edits
        .iter()
        .any(|edit| matches!(edit, Edit::Put(Field::Death, _)))
}

fn count(items: impl Iterator) -> u64 {
    items.fold(0, |count, _| count + 1)
}

impl Vital {
    /// Counts an act that took effect.
    pub fn add(&mut self, act: &Act) {
        let happened = act.body.effective;
        let registered = PartialDate::from(Date::in_viet_nam(act.body.entered.at_s));
        for (events, count) in [
            (&mut self.births, births_in(act)),
            (&mut self.deaths, deaths_in(act)),
        ] {
            events.happened.add(happened, count);
            events.registered.add(registered, count);
        }
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
