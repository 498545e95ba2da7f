//! Two people compared, item by item. What is missing on one side says nothing.
//!
//! Each finding is weighed twice (Fellegi and Sunter's logarithms of odds): as one person against
//! two strangers, and as one person against two of one family — brothers, sisters, twins, who
//! share parents, native place and surname. The score is the worse of the two sums, so neither a
//! namesake's name nor a twin's parents can make a duplicate alone.

mod birth;
mod kin;
mod name;

use super::explain::{Alternative, Explanation, Finding, Hint};
use super::share::{Custom, same_origin, same_people};
use super::traits::Traits;
use super::weight::{Item, Level, points, row};
use crate::code::Sex;
use crate::pin::Pin;
use crate::unit::Units;

/// How many records a person has beside the first, on average, before anything is compared.
const DUPLICATES_A_PERSON: f64 = 0.02;
/// How many parents' children a person is compared with.
const KIN_A_PERSON: f64 = 2.0;

/// What is believed before anything is compared: the more people there are, the more of them are
/// alike by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prior {
    people: u64,
    stranger: i32,
    kin: i32,
}

impl Prior {
    /// For a registry of so many people.
    pub fn of(people: u64) -> Prior {
        // More than the people of the Earth do not fit a registry; the number is exact below.
        #[allow(clippy::cast_precision_loss)]
        let count = people.clamp(1_000, 10_000_000_000) as f64;
        Prior {
            people,
            stranger: points(DUPLICATES_A_PERSON / count, 1.0),
            kin: points(DUPLICATES_A_PERSON, KIN_A_PERSON),
        }
    }
}

/// Compares two people.
pub fn compare(a: &Traits, b: &Traits, prior: Prior) -> Explanation {
    let mut sum = Sum::default();
    let custom = Custom::of(a.ethnic, b.ethnic);
    name::compare(a, b, custom, &mut sum);
    if let Some(level) = birth::level(a.birth, b.birth) {
        sum.shared(Item::Birth, level, birth::chance(a.birth));
    }
    sum.told(Item::Sex, sexes(a.sex, b.sex));
    sum.told(Item::Pin, pins(a, b));
    sum.told(Item::OldNumber, old_numbers(a, b));
    sum.told(Item::Phone, equal(a.phone.as_ref(), b.phone.as_ref()));
    kin::compare(a, b, custom, &mut sum);
    sum.told(
        Item::Certificate,
        equal(a.certificate.as_ref(), b.certificate.as_ref()),
    );
    if a.birth_order > 0 && b.birth_order > 0 {
        sum.told(
            Item::BirthOrder,
            equal(Some(&a.birth_order), Some(&b.birth_order)),
        );
    }
    let origin = origins(a, b);
    if let Some(level) = origin {
        sum.shared(Item::Origin, level, same_origin(prior.people, custom));
    }
    if let Some(level) = equal(a.ethnic.as_ref(), b.ethnic.as_ref()) {
        let chance = a.ethnic.map_or(1.0, |ethnic| same_people(ethnic, origin));
        sum.shared(Item::Ethnic, level, chance);
    }
    if a.household.is_some() && a.household == b.household {
        sum.told(Item::Household, Some(Level::Same));
    }
    sum.weighed(prior)
}

/// Findings with both weights.
#[derive(Default)]
pub(super) struct Sum {
    found: Vec<(Item, Level, i32, i32)>,
}

impl Sum {
    /// Adds a finding whose weight is in the table.
    fn told(&mut self, item: Item, level: Option<Level>) {
        let Some(level) = level else { return };
        self.shared(item, level, 1.0);
    }

    /// Adds a finding; `share` is how many strangers agree on it by chance, where that follows
    /// from the value.
    fn shared(&mut self, item: Item, level: Level, share: f64) {
        let Some(row) = row(item, level) else { return };
        let stranger = row.stranger.unwrap_or(share);
        self.found.push((
            item,
            level,
            points(row.same, stranger),
            points(row.same, row.kin),
        ));
    }

    /// Adds what another sum found.
    fn add(&mut self, other: Sum) {
        self.found.extend(other.found);
    }

    /// What was found so far, weighed against strangers and against family.
    fn weights(&self) -> (i32, i32) {
        let add =
            |(stranger, kin), found: &(Item, Level, i32, i32)| (stranger + found.2, kin + found.3);
        self.found.iter().fold((0, 0), add)
    }

    fn weighed(self, prior: Prior) -> Explanation {
        let (strangers, kin) = self.weights();
        let (against_strangers, against_kin) = (prior.stranger + strangers, prior.kin + kin);
        let (score, against) = if against_strangers <= against_kin {
            (against_strangers, Alternative::Strangers)
        } else {
            (against_kin, Alternative::Family)
        };
        let items = self
            .found
            .iter()
            .map(|(item, level, stranger, kin)| Finding {
                item: *item,
                level: *level,
                points: match against {
                    Alternative::Strangers => *stranger,
                    Alternative::Family => *kin,
                },
            });
        let items: Vec<Finding> = items.collect();
        let beyond_birth = self
            .found
            .iter()
            .any(|(item, _, stranger, _)| *stranger > 0 && !item.is_of_birth());
        Explanation {
            score,
            hint: Hint::of(score, beyond_birth),
            against,
            items,
        }
    }
}

fn equal<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Option<Level> {
    a.zip(b)
        .map(|(a, b)| if a == b { Level::Same } else { Level::Differs })
}

fn sexes(a: Sex, b: Sex) -> Option<Level> {
    let known = a != Sex::Unknown && b != Sex::Unknown;
    known.then(|| if a == b { Level::Same } else { Level::Differs })
}

/// A number given to one and claimed by the other is the same number.
fn pins(a: &Traits, b: &Traits) -> Option<Level> {
    let mut best = None;
    for one in [a.pin, a.claimed].into_iter().flatten() {
        for two in [b.pin, b.claimed].into_iter().flatten() {
            let level = digits_level(&Pin::digits(one), &Pin::digits(two));
            best = best.map_or(Some(level), |best: Level| Some(best.min(level)));
        }
    }
    best
}

fn old_numbers(a: &Traits, b: &Traits) -> Option<Level> {
    let mut best: Option<Level> = None;
    for one in &a.old_numbers {
        for two in &b.old_numbers {
            let level = digits_level(one, two);
            best = Some(best.map_or(level, |best| best.min(level)));
        }
    }
    best
}

/// Levels stand in the table's order: what agrees is less than what differs.
fn digits_level(a: &str, b: &str) -> Level {
    if a == b {
        Level::Same
    } else if a.len() == b.len() && super::name_form::is_one_slip(a.as_bytes(), b.as_bytes()) {
        Level::Slip
    } else {
        Level::Differs
    }
}

fn origins(a: &Traits, b: &Traits) -> Option<Level> {
    let (one, two) = a.origin.zip(b.origin)?;
    if one == two {
        return Some(Level::Same);
    }
    let province = |code| Units::built_in().ever(code).map(|unit| unit.province);
    let same = province(one).is_some() && province(one) == province(two);
    Some(if same {
        Level::Province
    } else {
        Level::Differs
    })
}
