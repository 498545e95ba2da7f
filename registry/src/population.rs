//! A synthetic population: people who do not exist, as many and as alike as real ones, for tests,
//! exercises and measurements. No real person's data goes into it.
//!
//! Everything follows from a seed, household by household, so that a million people need no
//! memory; each commune's people are the same whether it is drawn alone or with others. Names and
//! their shares are in `names.rs` and `peoples.rs`, households in `plan.rs`, numbers in
//! `numbers.rs`, the file form in `file.rs`.

mod commune;
mod draw;
mod file;
mod names;
mod numbers;
mod peoples;
mod plan;
mod planted;
mod record;
mod resident;

pub use file::{COLUMNS, write_csv, write_qcvn, write_qcvn_file};
pub use planted::{Planting, Rates, Specimen, specimens};

use crate::code::{BloodType, Country, Ethnic, Relation, Religion, Sex};
use crate::contact::{Email, Phone};
use crate::date::{BirthDate, Date};
use crate::id::OfficeCode;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::text::Line;
use commune::Commune;

/// The year in whose middle the population stands.
pub const AS_OF_YEAR: u16 = 2026;
/// People that one commune may have: the largest has 250,000, and the numbers set aside for a
/// commune last for twice as many.
pub const PEOPLE_MAX: u32 = 500_000;
/// People of a commune of the country, on average.
const COMMUNE_PEOPLE: u32 = 32_200;

/// A population that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PopulationError {
    /// Not in the table of units.
    #[error("there is no commune {0} in the table of units: use a code of communes.csv")]
    UnknownCommune(OfficeCode),
    /// One commune twice.
    #[error("commune {0} is listed twice: give each commune once")]
    Twice(OfficeCode),
    /// More people than a commune may have.
    #[error("commune {office} is given {people} people, at most {PEOPLE_MAX} are possible")]
    TooMany {
        /// The commune.
        office: OfficeCode,
        /// People asked for.
        people: u32,
    },
    /// The file could not be written.
    #[error("the file could not be written: see to space and rights, then begin again")]
    Write(#[source] csv::Error),
}

impl PopulationError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownCommune(_) => "population_unknown_commune",
            Self::Twice(_) => "population_commune_twice",
            Self::TooMany { .. } => "population_too_many",
            Self::Write(_) => "population_write",
        }
    }
}

/// A parent or spouse: the name, and the number if the person is in the same household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// The full name.
    pub name: PersonName,
    /// The number, where it is known.
    pub pin: Option<Pin>,
}

/// A unit, with words for what the unit does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The commune.
    pub unit: OfficeCode,
    /// A hospital, a village.
    pub text: Option<Line<200>>,
}

/// A person of the synthetic population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntheticPerson {
    /// Unique within the population.
    pub pin: Pin,
    /// Full name.
    pub name: PersonName,
    /// Names used besides.
    pub other_names: Vec<PersonName>,
    /// Date of birth, of old people often the year alone.
    pub birth: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// Where the person was born.
    pub birth_place: Place,
    /// Where the birth was registered.
    pub birth_registration: OfficeCode,
    /// Quê quán.
    pub native: Place,
    /// Ethnic group, table of 1979.
    pub ethnic: Ethnic,
    /// Religion.
    pub religion: Religion,
    /// Nationality.
    pub nationality: Country,
    /// Mostly unknown.
    pub blood: BloodType,
    /// Father.
    pub father: Option<Kin>,
    /// Mother.
    pub mother: Option<Kin>,
    /// Current spouse.
    pub spouse: Option<Kin>,
    /// Day of the marriage with the spouse.
    pub marriage: Option<Date>,
    /// First day of permanent residence at the household's address.
    pub residence_from: Date,
    /// What the person is to the head.
    pub relation: Relation,
    /// Phone.
    pub phone: Option<Phone>,
    /// E-mail.
    pub email: Option<Email>,
    /// Numbers of old identity cards, 9 digits.
    pub old_numbers: Vec<String>,
}

/// A household of the synthetic population; the first member is its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntheticHousehold {
    /// The commune where it lives.
    pub unit: OfficeCode,
    /// Number of the residence file, unique within the population.
    pub file: String,
    /// The hamlet: `Thôn 3`, `Tổ 5`, `Bản Nà Pồ`.
    pub hamlet: Line<200>,
    /// The address with the hamlet in it.
    pub address: Line<200>,
    /// The people.
    pub members: Vec<SyntheticPerson>,
}

/// The households of some communes, one after the other.
#[derive(Debug)]
pub struct Population {
    seed: u64,
    /// Communes still to come, the next one last.
    waiting: Vec<(OfficeCode, u32)>,
    current: Option<Commune>,
}

impl Population {
    /// The population of `offices` (code and number of people) that follows from `seed`.
    pub fn new(seed: u64, offices: &[(OfficeCode, u32)]) -> Result<Self, PopulationError> {
        let mut waiting = Vec::with_capacity(offices.len());
        let mut seen = std::collections::BTreeSet::new();
        for (office, people) in offices.iter().rev().copied() {
            if people > PEOPLE_MAX {
                return Err(PopulationError::TooMany { office, people });
            }
            if !crate::unit::Units::built_in().exists(office) {
                return Err(PopulationError::UnknownCommune(office));
            }
            if !seen.insert(office) {
                return Err(PopulationError::Twice(office));
            }
            waiting.push((office, people));
        }
        Ok(Self {
            seed,
            waiting,
            current: None,
        })
    }
}

/// Communes spread over the country, each with its share of so many people: those among whom
/// duplicates are planted where the search for them is measured.
pub fn spread(people: u32) -> Vec<(OfficeCode, u32)> {
    let units = crate::unit::Units::built_in();
    let all: Vec<OfficeCode> = units.communes().map(|unit| unit.code).collect();
    let count = people.div_ceil(COMMUNE_PEOPLE).max(1) as usize;
    let step = (all.len() / count).max(1);
    let chosen: Vec<OfficeCode> = all.into_iter().step_by(step).take(count).collect();
    let mut left = people;
    let mut places = u32::try_from(chosen.len()).unwrap_or(1);
    let share = |code| {
        let share = left / places.max(1);
        left -= share;
        places = places.saturating_sub(1);
        (code, share)
    };
    chosen.into_iter().map(share).collect()
}

impl Iterator for Population {
    type Item = SyntheticHousehold;

    fn next(&mut self) -> Option<SyntheticHousehold> {
        loop {
            if let Some(household) = self.current.as_mut().and_then(Commune::next_household) {
                return Some(household);
            }
            let (office, people) = self.waiting.pop()?;
            self.current = Commune::new(self.seed, office, people);
        }
    }
}

#[cfg(test)]
mod tests;
