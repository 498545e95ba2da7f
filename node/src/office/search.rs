//! Finding people by what a clerk types.

use registry::RecordId;
use registry::date::BirthDate;
use registry::person::Person;
use registry::pin::Pin;
use registry::search::HITS_MAX;
use serde::Serialize;
use utoipa::ToSchema;

use super::live::open_homes;
use super::{Office, OfficeError};
use crate::tables::Kept;

/// A person found. Numbers are masked until the record is opened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonHit {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// The name.
    pub name: String,
    /// The other name by which the person was found, if it was not the name.
    pub other_name: Option<String>,
    /// The birth date as it is shown.
    pub birth_date: Option<String>,
    /// The number, all but its end hidden.
    pub pin_masked: Option<String>,
    /// The household.
    #[schema(value_type = Option<String>)]
    pub household: Option<RecordId>,
    /// The number of its file.
    pub household_file: Option<String>,
    /// Where the person lives.
    pub address: Option<String>,
    /// `official`, `provisional` or `left`.
    pub state: &'static str,
    /// Whether this office holds the record.
    pub office_holds: bool,
    /// Whether a death is registered.
    pub dead: bool,
    /// Whether a court declared the person missing.
    pub missing: bool,
}

impl Office {
    /// The people who fit what was typed, the best first.
    pub fn find_people(&self, text: &str, limit: usize) -> Result<Vec<PersonHit>, OfficeError> {
        Ok(self.find_people_counted(text, limit)?.0)
    }

    /// The same, and how many fit in all: no more than [`HITS_MAX`] are counted.
    pub fn find_people_counted(
        &self,
        text: &str,
        limit: usize,
    ) -> Result<(Vec<PersonHit>, usize), OfficeError> {
        self.find_people_from(text, 0, limit)
    }

    /// The same, without the first `skip`.
    pub fn find_people_from(
        &self,
        text: &str,
        skip: usize,
        limit: usize,
    ) -> Result<(Vec<PersonHit>, usize), OfficeError> {
        let (hits, numbered) = {
            let live = self.live();
            // A whole number leads to its person, also when it was cancelled.
            let pin = text.parse::<Pin>().ok();
            let mut numbered = live.index.by_provisional(text, HITS_MAX);
            numbered.extend(pin.and_then(|pin| live.index.by_pin(pin)));
            (live.index.query(text, HITS_MAX), numbered)
        };
        let others = hits.iter().map(|hit| (hit.id, hit.other_name));
        let others = others.filter(|(id, _)| !numbered.contains(id));
        let all: Vec<_> = numbered
            .iter()
            .map(|id| (*id, None))
            .chain(others)
            .collect();
        let found = all.len();
        let mut people = Vec::with_capacity(limit.min(found));
        for (id, other) in all.into_iter().skip(skip).take(limit) {
            if let Some(kept) = self.rows.shown(&id)? {
                let other = other.and_then(|at| Person(kept.fields()).other_names().nth(at));
                people.push(PersonHit {
                    other_name: other.map(|(_, name)| name.as_str().to_owned()),
                    ..self.hit_of(&kept)?
                });
            }
        }
        Ok((people, found))
    }

    /// How many people can be found.
    pub fn findable(&self) -> usize {
        self.live().index.len()
    }

    pub(super) fn hit_of(&self, kept: &Kept) -> Result<PersonHit, OfficeError> {
        let person = Person(kept.fields());
        let household = person.membership().map(|membership| membership.household);
        // Of several homes, that in this commune.
        let homes: Vec<_> = open_homes(&person).collect();
        let here = {
            let live = self.live();
            homes
                .iter()
                .find(|home| live.is_our_commune(home.unit))
                .copied()
        };
        let home = here.or_else(|| homes.first().copied());
        let file = household.and_then(|id| self.live().index.file(&id).map(str::to_owned));
        let state = self.record_state(&kept.record.id)?;
        Ok(PersonHit {
            id: kept.record.id,
            name: person
                .name()
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default(),
            other_name: None,
            birth_date: person.birth().map(BirthDate::shown),
            pin_masked: person.pin().map(|pin| pin.masked()),
            household,
            household_file: file,
            address: home.map(|home| home.address.as_str().to_owned()),
            state,
            office_holds: state != "left",
            dead: person.is_dead(),
            missing: person.is_missing(),
        })
    }
}
