//! Who plays where acts of several kinds are filed: people of an office's own population, chosen by
//! what the act asks of them, and the bodies of the acts. None of these people exists.
//!
//! What has happened lies in the past of the true clock: a daemon whose clock is faked may read the true one
//! once in a while, and no act may look as if it came from the future then.

use registry::OfficeCode;
use registry::code::{BloodType, Relation, Sex};
use registry::date::{Date, PartialDate};
use registry::population::{AS_OF_YEAR, SyntheticHousehold, SyntheticPerson};
use registry_tests::world::World;
use serde_json::{Value, json};

use crate::clock::now_s;

/// The households of an office that nobody has been taken from yet: each player is of another one,
/// so that no two acts meet by accident.
pub struct Cast(Vec<SyntheticHousehold>);

fn age(person: &SyntheticPerson) -> u16 {
    let born = person.birth.year();
    born.map_or(0, |year| AS_OF_YEAR.saturating_sub(year))
}

/// Whether the card tells the day of birth.
fn has_birthday(person: &SyntheticPerson) -> bool {
    let whole = |date: PartialDate| date.whole().is_some();
    person.birth.original().is_none() && person.birth.date().is_some_and(whole)
}

impl Cast {
    /// The households of an office without the first so many, whose heads are others' business.
    pub fn of(world: &World, code: &str, without: usize) -> Cast {
        let office: OfficeCode = code.parse().expect("a code");
        let own = world.people.iter().filter(|it| it.unit == office);
        Cast(own.skip(without).cloned().collect())
    }

    fn take<T>(&mut self, who: &str, choose: impl Fn(&SyntheticHousehold) -> Option<T>) -> T {
        let mut found = self.0.iter().enumerate();
        let found = found.find_map(|(place, household)| Some((place, choose(household)?)));
        let (place, chosen) = found.unwrap_or_else(|| panic!("the office has no {who} left"));
        self.0.remove(place);
        chosen
    }

    fn one(&mut self, who: &str, fits: impl Fn(&SyntheticPerson) -> bool) -> SyntheticPerson {
        self.take(who, |household| {
            let mut members = household.members.iter();
            members
                .find(|person| has_birthday(person) && fits(person))
                .cloned()
        })
    }

    /// A father and a mother of an age to have a child.
    pub fn couple(&mut self) -> (SyntheticPerson, SyntheticPerson) {
        self.take("couple", |household| {
            let of = |sex: Sex| {
                let mut members = household.members.iter();
                let found = members.find(|person| {
                    matches!(person.relation, Relation::Head | Relation::Spouse)
                        && person.sex == sex
                        && person.spouse.is_some()
                        && has_birthday(person)
                        && (20..=45).contains(&age(person))
                });
                found.cloned()
            };
            Some((of(Sex::Male)?, of(Sex::Female)?))
        })
    }

    /// An adult who can move without leaving a household without its head.
    pub fn mover(&mut self) -> SyntheticPerson {
        self.one("adult who moves", |person| {
            let lives_with_a_head = matches!(
                person.relation,
                Relation::Child | Relation::Sibling | Relation::Parent
            );
            lives_with_a_head && person.spouse.is_none() && age(person) >= 18
        })
    }

    /// An adult whose blood type nobody has written down.
    pub fn adult_without_blood_type(&mut self) -> SyntheticPerson {
        self.one("adult without a blood type", |person| {
            person.blood == BloodType::Unknown && (18..=70).contains(&age(person))
        })
    }

    /// An adult.
    pub fn adult(&mut self) -> SyntheticPerson {
        self.one("adult", |person| (18..=70).contains(&age(person)))
    }

    /// Somebody old who is no head: a household without one is another matter.
    pub fn elder(&mut self) -> SyntheticPerson {
        self.one("old person", |person| {
            age(person) >= 58 && !matches!(person.relation, Relation::Head)
        })
    }
}

/// A day so many days from today, as acts write it.
fn day(days: i32) -> String {
    let day = Date::in_viet_nam(now_s()).add_days(days);
    PartialDate::from(day.expect("a day")).to_iso()
}

fn card(person: &SyntheticPerson) -> Value {
    let born = person.birth.date().expect("a birthday").to_iso();
    json!({"pin": person.pin.digits(), "name": person.name.as_str(), "birth_date": born})
}

fn paper(kind: &str, number: &str) -> Value {
    json!([{"kind": kind, "number": number, "date": day(-12)}])
}

/// A child of these two is born, and lives with them.
pub fn birth(father: &SyntheticPerson, mother: &SyntheticPerson) -> Value {
    let certificate = "GCS-2026-0171";
    json!({
        "act": "birth",
        "child": {"name": "Nguyễn Minh Châu", "birth_date": day(-9), "sex": "female"},
        "certificate": certificate,
        "father": {"pin": father.pin.digits()},
        "mother": {"pin": mother.pin.digits()},
        "joins_household": true,
        "evidence": paper("giấy chứng sinh", certificate),
    })
}

/// A death.
pub fn death(record: &str) -> Value {
    json!({
        "act": "death",
        "person": {"id": record},
        "date": day(-4),
        "ground": "giấy báo tử",
        "evidence": paper("giấy báo tử", "BT-04"),
    })
}

/// Somebody of another commune comes to live here for good.
pub fn move_in(person: &SyntheticPerson) -> Value {
    json!({
        "act": "permanent_registration",
        "people": [{"person": card(person), "relation": "head"}],
        "address": "số 3, phố Ngọc Hà",
        "from": day(-3),
        "ground": "thuê nhà",
        "evidence": paper("CT01", "CT01-77"),
    })
}

/// Somebody of another commune lodges here: both offices hold the record from then on.
pub fn lodge(person: &SyntheticPerson) -> Value {
    json!({
        "act": "temporary_registration",
        "person": card(person),
        "address": "nhà trọ số 4",
        "from": day(-60),
        "to": day(300),
        "ground": "thuê nhà",
        "evidence": paper("CT01", "CT01-78"),
    })
}

/// A correction of the given name.
pub fn rename(record: &str, person: &SyntheticPerson) -> Value {
    let name = person.name.as_str();
    let stem = name.rsplit_once(' ').map_or(name, |(stem, _)| stem);
    json!({
        "act": "correction",
        "person": record,
        "fields": [{"field": "name", "value": {"name": format!("{stem} Thúy")}}],
        "evidence": paper("trích lục khai sinh", "TL-3"),
    })
}

/// A correction of the blood type.
pub fn blood(record: &str, code: &str) -> Value {
    json!({
        "act": "registry_correction",
        "person": record,
        "fields": [{"field": "blood", "value": {"blood": code}}],
        "evidence": paper("phiếu xét nghiệm", "XN-88"),
    })
}

/// A new telephone number.
pub fn phone(record: &str, phone: &str) -> Value {
    json!({"act": "contact", "person": record, "phone": phone})
}
