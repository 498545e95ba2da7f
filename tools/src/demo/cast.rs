//! Who plays in the story: people of the synthetic population, each from a household of their
//! own, so that no two scenes touch one record by accident.

use registry::OfficeCode;
use registry::code::{BloodType, Relation, Sex};
use registry::population::{AS_OF_YEAR, Population, SyntheticHousehold, SyntheticPerson};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Households of an office that are looked through for players.
const HOUSEHOLDS_MAX: usize = 600;

/// A player, as their card tells.
#[derive(Clone)]
pub(crate) struct Player {
    pub(crate) pin: String,
    pub(crate) name: String,
    pub(crate) birth_date: String,
}

impl Player {
    fn of(person: &SyntheticPerson) -> Option<Player> {
        Some(Player {
            pin: person.pin.digits(),
            name: person.name.as_str().to_owned(),
            birth_date: person.birth.date()?.to_iso(),
        })
    }

    /// The card, as another office enters it.
    pub(crate) fn card(&self) -> Value {
        json!({"pin": self.pin, "name": self.name, "birth_date": self.birth_date})
    }
}

/// The households of an office that no scene has taken yet.
pub(crate) struct Cast {
    office: OfficeCode,
    households: Vec<SyntheticHousehold>,
}

fn age(person: &SyntheticPerson) -> u16 {
    person
        .birth
        .year()
        .map_or(0, |year| AS_OF_YEAR.saturating_sub(year))
}

fn has_whole_birthday(person: &SyntheticPerson) -> bool {
    person.birth.original().is_none()
        && person
            .birth
            .date()
            .is_some_and(|date| date.whole().is_some())
}

impl Cast {
    /// The first households of an office.
    pub(crate) fn of(seed: u64, office: OfficeCode, people: u32) -> Result<Cast, Failure> {
        let population = Population::new(seed, &[(office, people)])
            .map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(Cast {
            office,
            households: population.take(HOUSEHOLDS_MAX).collect(),
        })
    }

    /// Takes a household in which `choose` finds its players.
    fn take<T>(
        &mut self,
        who: &str,
        choose: impl Fn(&SyntheticHousehold) -> Option<T>,
    ) -> Result<T, Failure> {
        let found = self
            .households
            .iter()
            .enumerate()
            .find_map(|(place, household)| choose(household).map(|chosen| (place, chosen)));
        let (place, chosen) = found.ok_or_else(|| {
            Failure::Failed(format!(
                "the commune {} has nobody left who could be {who}; take more people with --people",
                self.office
            ))
        })?;
        self.households.remove(place);
        Ok(chosen)
    }

    fn one(
        &mut self,
        who: &str,
        fits: impl Fn(&SyntheticPerson) -> bool,
    ) -> Result<Player, Failure> {
        self.take(who, |household| {
            let mut members = household.members.iter();
            members
                .find(|person| has_whole_birthday(person) && fits(person))
                .and_then(Player::of)
        })
    }

    /// A married couple of an age to have a child: father, mother.
    pub(crate) fn couple(&mut self) -> Result<(Player, Player), Failure> {
        self.take("the parents of a newborn", |household| {
            let of_couple = |sex: Sex| {
                household.members.iter().find(|person| {
                    matches!(person.relation, Relation::Head | Relation::Spouse)
                        && person.sex == sex
                        && person
                            .spouse
                            .as_ref()
                            .is_some_and(|spouse| spouse.pin.is_some())
                        && has_whole_birthday(person)
                        && (20..=45).contains(&age(person))
                })
            };
            let father = of_couple(Sex::Male).and_then(Player::of)?;
            let mother = of_couple(Sex::Female).and_then(Player::of)?;
            Some((father, mother))
        })
    }

    /// Somebody of this sex who is of age and whom no marriage binds.
    pub(crate) fn single(&mut self, sex: Sex) -> Result<Player, Failure> {
        self.one("an unmarried adult", |person| {
            person.sex == sex && person.spouse.is_none() && (22..=60).contains(&age(person))
        })
    }

    /// An adult who can move without leaving a household without its head.
    pub(crate) fn mover(&mut self) -> Result<Player, Failure> {
        self.one("an adult who moves", |person| {
            matches!(
                person.relation,
                Relation::Child | Relation::Sibling | Relation::Parent
            ) && person.spouse.is_none()
                && age(person) >= 18
        })
    }

    /// An adult, alive and well.
    pub(crate) fn adult(&mut self) -> Result<Player, Failure> {
        self.one("an adult", |person| (18..=70).contains(&age(person)))
    }

    /// An adult whose blood type nobody has written down.
    pub(crate) fn adult_without_blood_type(&mut self) -> Result<Player, Failure> {
        self.one("an adult without a blood type", |person| {
            person.blood == BloodType::Unknown && (18..=70).contains(&age(person))
        })
    }

    /// Somebody old, for a death.
    pub(crate) fn elder(&mut self) -> Result<Player, Failure> {
        self.one("an old person", |person| age(person) >= 58)
    }

    /// A head of a household and an adult member who can become the head: the member.
    pub(crate) fn heir(&mut self) -> Result<Player, Failure> {
        self.take("the next head of a household", |household| {
            household
                .members
                .iter()
                .find(|person| {
                    matches!(person.relation, Relation::Spouse)
                        && age(person) >= 20
                        && has_whole_birthday(person)
                })
                .and_then(Player::of)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest demonstration has a cast, in a town and in the mountains, for many seeds.
    #[test]
    fn two_hundred_people_are_enough_for_the_busiest_office() {
        for seed in 0..40 {
            for office in ["00004", "00008", "04456"] {
                let mut cast = Cast::of(seed, office.parse().unwrap(), 200).unwrap();
                let played = (|| {
                    cast.couple()?;
                    cast.single(Sex::Male)?;
                    cast.single(Sex::Female)?;
                    cast.mover()?;
                    cast.mover()?;
                    cast.elder()?;
                    cast.heir()?;
                    cast.single(Sex::Male)?;
                    cast.adult_without_blood_type()?;
                    (0..12).try_for_each(|_| cast.adult().map(|_| ()))
                })();
                if let Err(failure) = played {
                    panic!("seed {seed}, office {office}: {failure}");
                }
            }
        }
    }

    #[test]
    fn no_player_is_taken_twice() {
        let mut cast = Cast::of(7, "00004".parse().unwrap(), 400).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20 {
            assert!(seen.insert(cast.adult().unwrap().pin));
        }
    }
}
