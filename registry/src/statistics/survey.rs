//! A survey of a commune: one walk over its records gives its quality and its pyramid. Surveys add
//! up to those of a province, because each person is counted in one commune.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pyramid::Pyramid;
use crate::OfficeCode;
use crate::date::Date;
use crate::fields::Fields;
use crate::person::Person;
use crate::quality::{Finding, HAMLETS_MAX, Marks, Score, hamlet_of_person, look};
use crate::unit::Units;

/// The quality of a hamlet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hamlet {
    /// Its name as addresses have it; empty for the people whose address names none.
    pub name: String,
    /// The sum.
    pub score: Score,
}

/// What a walk over the records of a commune came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// The quality of all.
    pub score: Score,
    /// The people by age and sex.
    pub pyramid: Pyramid,
    hamlets: BTreeMap<String, Hamlet>,
}

impl Survey {
    /// Counts a person who is counted in this commune; what was found, unless the record is of one
    /// who is dead or whose registration was revoked.
    pub fn add(&mut self, fields: &Fields, marks: &Marks, today: Date) -> Option<Finding> {
        let finding = look(fields, marks, today)?;
        self.score.add(&finding);
        self.pyramid.add(&Person(fields), today);
        let name = hamlet_of_person(fields).unwrap_or_default();
        let key = crate::quality::hamlet_key(&name);
        let full = self.hamlets.len() >= HAMLETS_MAX && !self.hamlets.contains_key(&key);
        let (key, name) = if full {
            Default::default()
        } else {
            (key, name)
        };
        let hamlet = self.hamlets.entry(key).or_default();
        // Of several spellings always the same one is shown, whatever the order of the records.
        if hamlet.score.people == 0 || name < hamlet.name {
            hamlet.name = name;
        }
        hamlet.score.add(&finding);
        Some(finding)
    }
    /// Adds the sums of another commune; hamlets stay with their commune.
    pub fn merge(&mut self, other: &Survey) {
        self.score.merge(&other.score);
        self.pyramid.merge(&other.pyramid);
    }
    /// The hamlets, in the order of the alphabet; those whose address names none come last.
    pub fn hamlets(&self) -> Vec<&Hamlet> {
        let mut hamlets: Vec<&Hamlet> = self.hamlets.values().collect();
        hamlets.sort_by(|a, b| {
            let last = a.name.is_empty().cmp(&b.name.is_empty());
            last.then_with(|| crate::text::alphabet::compare(&a.name, &b.name))
        });
        hamlets
    }
}

/// The commune in which a person is counted, so that each is counted once: where they live
/// permanently, else for a time, else where they lived last; whose that place is now, by the
/// decrees since.
pub fn counted_at(fields: &Fields, units: &Units) -> Option<OfficeCode> {
    let home = Person(fields).main_home()?;
    let address = home.address.as_str();
    let now = units.fixed_holder(home.unit, address);
    // In which edition it was written makes a difference only to a commune that got its code anew.
    Some(now.unwrap_or_else(|| units.holder(home.unit, units.base(), address)))
}
