//! The population by age and sex, in bands of five years.

use serde::{Deserialize, Serialize};

use crate::code::Sex;
use crate::date::{Date, PartialDate};
use crate::person::Person;

/// Years of a band.
pub const BAND_YEARS: u8 = 5;
/// Where the last band begins, which has no end.
const LAST_BAND_FROM: u8 = 100;

/// People by sex.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sexes {
    /// Male.
    pub male: u64,
    /// Female.
    pub female: u64,
    /// Of whom it is not known.
    pub sex_unknown: u64,
}

impl Sexes {
    fn add(&mut self, sex: Option<Sex>) {
        *match sex {
            Some(Sex::Male) => &mut self.male,
            Some(Sex::Female) => &mut self.female,
            Some(Sex::Unknown) | None => &mut self.sex_unknown,
        } += 1;
    }
    fn merge(&mut self, other: &Sexes) {
        self.male += other.male;
        self.female += other.female;
        self.sex_unknown += other.sex_unknown;
    }
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.male + self.female + self.sex_unknown
    }
}

/// The people of a band of ages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The lowest age; the band has five years, the one from 100 on has no end.
    pub from: u8,
    /// The people.
    pub people: Sexes,
}

/// The population by age and sex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pyramid {
    /// The bands, the youngest first.
    pub bands: Vec<Band>,
    /// People whose age may lie in either of two bands, because month or day of birth is unknown.
    pub band_uncertain: Sexes,
    /// People of whose birth not even the year is known, or whose birth lies in the future.
    pub age_unknown: Sexes,
}

impl Default for Pyramid {
    fn default() -> Self {
        let bands = (0..=LAST_BAND_FROM).step_by(usize::from(BAND_YEARS));
        Self {
            bands: bands
                .map(|from| Band {
                    from,
                    people: Sexes::default(),
                })
                .collect(),
            band_uncertain: Sexes::default(),
            age_unknown: Sexes::default(),
        }
    }
}

impl Pyramid {
    /// Counts a person at their age on a day.
    pub fn add(&mut self, person: &Person<'_>, on: Date) {
        let born = person.birth().and_then(|birth| birth.date());
        let sex = person.sex().copied();
        let place = match born.and_then(|born| bands_of(born, on)) {
            None => Some(&mut self.age_unknown),
            Some((youngest, oldest)) if youngest == oldest => {
                let band = self.bands.iter_mut().find(|band| band.from == youngest);
                band.map(|band| &mut band.people)
            }
            Some(_) => Some(&mut self.band_uncertain),
        };
        if let Some(place) = place {
            place.add(sex);
        }
    }
    /// Adds another pyramid.
    pub fn merge(&mut self, other: &Pyramid) {
        for (band, more) in self.bands.iter_mut().zip(&other.bands) {
            band.people.merge(&more.people);
        }
        self.band_uncertain.merge(&other.band_uncertain);
        self.age_unknown.merge(&other.age_unknown);
    }
    /// Everybody.
    pub fn total(&self) -> u64 {
        let bands = self
            .bands
            .iter()
            .map(|band| band.people.total())
            .sum::<u64>();
        bands + self.band_uncertain.total() + self.age_unknown.total()
    }
}

/// The bands of the least and of the greatest possible age.
fn bands_of(born: PartialDate, on: Date) -> Option<(u8, u8)> {
    let band = |born: Date| {
        let age = full_years(born, on)?;
        let age = u8::try_from(age).unwrap_or(u8::MAX).min(LAST_BAND_FROM);
        Some(age / BAND_YEARS * BAND_YEARS)
    };
    let oldest = band(born.first_day())?;
    // Who may be unborn by the last possible day is at least in the first band.
    Some((band(born.last_day()).unwrap_or(0), oldest))
}

/// Full years between two days; `None` if the first is the later.
fn full_years(born: Date, on: Date) -> Option<u16> {
    let ((year, month, day), (now_year, now_month, now_day)) = (born.ymd(), on.ymd());
    let before_birthday = (now_month, now_day) < (month, day);
    now_year
        .checked_sub(year)?
        .checked_sub(u16::from(before_birthday))
}
