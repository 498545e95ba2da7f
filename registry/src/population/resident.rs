//! A planned member becomes a person: name, number, dates, links.

use super::commune::Commune;
use super::draw::Draw;
use super::numbers;
use super::peoples::{KINH, People};
use super::plan::Member;
use super::{AS_OF_YEAR, Kin, Place, SyntheticPerson};
use crate::code::{BloodType, Country, Ethnic, Relation, Religion, Sex, TABLE_1979};
use crate::contact::{Email, Phone};
use crate::date::{BirthDate, Date, PartialDate};
use crate::id::OfficeCode;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::text::{Line, fold_base};
use crate::unit::{ProvinceCode, Units};

/// What links point to: known before the people are put together.
struct Identity {
    name: PersonName,
    family: &'static str,
    people: &'static People,
}

/// The people of a household, in the order of the plan. Somebody for whom the commune has no
/// number left is missing, which the limit on its people rules out.
pub(super) fn members(
    commune: &mut Commune,
    people: &'static People,
    plan: &[Member],
) -> Option<Vec<SyntheticPerson>> {
    let mut identities: Vec<Identity> = Vec::with_capacity(plan.len());
    let head_family = people.family(&mut commune.draw);
    for member in plan {
        let identity = identity(&mut commune.draw, people, head_family, member, &identities)?;
        identities.push(identity);
    }
    let mut pins = Vec::with_capacity(plan.len());
    for member in plan {
        pins.push(
            commune
                .numbers
                .pin(&mut commune.draw, member.sex, member.born),
        );
    }
    let kin = |place: Option<usize>| {
        let place = place?;
        Some(Kin {
            name: identities.get(place)?.name.clone(),
            pin: pins.get(place).copied()?,
        })
    };
    let mut wedding = |of: &[Relation]| {
        let year = plan
            .iter()
            .filter(|m| of.contains(&m.relation))
            .find_map(|m| m.married)?;
        day_in(&mut commune.draw, year)
    };
    let of_head = wedding(&[Relation::Head]);
    let of_parents = wedding(&[Relation::Parent]);
    let mut people = Vec::with_capacity(plan.len());
    for ((member, identity), pin) in plan.iter().zip(&identities).zip(&pins) {
        let Some(pin) = *pin else { continue };
        let links = [kin(member.father), kin(member.mother), kin(member.spouse)];
        let wedding = if member.relation == Relation::Parent {
            of_parents
        } else {
            of_head
        };
        people.extend(person(commune, member, identity, pin, links, wedding));
    }
    Some(people)
}

/// The name. Children bear the family of the father, or of the mother where the people counts so;
/// a parent of the head bears the head's; who marries in has another.
fn identity(
    draw: &mut Draw,
    people: &'static People,
    head_family: &'static str,
    member: &Member,
    before: &[Identity],
) -> Option<Identity> {
    let marries_in = member.relation == Relation::Spouse;
    let people = if marries_in && draw.chance(40) {
        &KINH
    } else {
        people
    };
    let parent = if people.by_mother() {
        member.mother
    } else {
        member.father
    };
    let of_parent = parent
        .or(member.mother)
        .or(member.father)
        .and_then(|place| before.get(place));
    // The parent of a head bears the head's family only on the side that the name comes from.
    let gives_name = (member.sex == Sex::Female) == people.by_mother();
    let family = match member.relation {
        Relation::Head | Relation::Sibling => head_family,
        Relation::Parent if gives_name => head_family,
        Relation::Child => of_parent.map_or(head_family, |parent| parent.family),
        _ => people.family(draw),
    };
    let name = named(draw, people, family, member.sex, member.born)?;
    Some(Identity {
        name,
        family,
        people,
    })
}

/// A name; never `None`, since a test reads every word of the lists.
fn named(
    draw: &mut Draw,
    people: &People,
    family: &str,
    sex: Sex,
    born: u16,
) -> Option<PersonName> {
    PersonName::parse(&people.name(draw, family, sex, born)).ok()
}

fn person(
    commune: &mut Commune,
    member: &Member,
    identity: &Identity,
    pin: Pin,
    [father, mother, spouse]: [Option<Kin>; 3],
    wedding: Option<Date>,
) -> Option<SyntheticPerson> {
    let draw = &mut commune.draw;
    let age = AS_OF_YEAR - member.born;
    let birthday = day_in(draw, member.born)?;
    let people = identity.people;
    let mut elder = |known: Option<Kin>, sex: Sex| {
        // Parents who live elsewhere stand as text, of the eldest not always.
        known.or_else(|| {
            let told = draw.chance(if age > 60 { 700 } else { 950 });
            let same = (sex == Sex::Female) == people.by_mother();
            let family = if same {
                identity.family
            } else {
                people.family(draw)
            };
            let name = named(draw, people, family, sex, member.born - 27)?;
            told.then_some(Kin { name, pin: None })
        })
    };
    let (father, mother) = (elder(father, Sex::Male), elder(mother, Sex::Female));
    let marriage = wedding.filter(|_| spouse.is_some());
    let born_here = pin.province_prefix() == commune.province.code.pin_prefix();
    let registration = if born_here {
        commune.office
    } else {
        elsewhere(draw, pin.province_prefix(), commune.office)
    };
    let birth_text = draw
        .chance(600)
        .then(|| format!("Trạm y tế {}", commune.name));
    let native_text = draw
        .chance(300)
        .then(|| format!("{}, {}", commune.name, commune.province.name));
    let place = |unit, text: Option<String>| Place {
        unit,
        text: text.and_then(|text| Line::parse(&text).ok()),
    };
    let adult = age >= 16;
    Some(SyntheticPerson {
        pin,
        birth: birth(draw, birthday),
        sex: member.sex,
        birth_place: place(registration, birth_text.filter(|_| born_here)),
        birth_registration: registration,
        native: place(registration, native_text.filter(|_| born_here)),
        ethnic: Ethnic::new(TABLE_1979, people.code).unwrap_or(Ethnic::KINH),
        religion: religion(draw),
        nationality: Country::VIET_NAM,
        blood: blood(draw),
        father,
        mother,
        spouse,
        marriage,
        residence_from: residence_from(draw, birthday, born_here),
        relation: member.relation,
        phone: if adult && draw.chance(600) {
            Phone::parse(&numbers::phone(draw)).ok()
        } else {
            None
        },
        email: if adult && draw.chance(50) {
            email(draw, &identity.name)
        } else {
            None
        },
        old_numbers: if member.born < 2002 && draw.chance(600) {
            vec![numbers::old_number(draw)]
        } else {
            Vec::new()
        },
        other_names: if draw.chance(10) {
            named(draw, people, identity.family, member.sex, member.born)
                .into_iter()
                .collect()
        } else {
            Vec::new()
        },
        name: identity.name.clone(),
    })
}

/// A day of a year, before the day on which the population stands.
fn day_in(draw: &mut Draw, year: u16) -> Option<Date> {
    let first = Date::from_ymd(year, 1, 1).ok()?;
    let days = if year >= AS_OF_YEAR { 180 } else { 365 };
    first.add_days(i32::try_from(draw.below(days)).ok()?)
}

/// The date as the papers have it: of the old often the year alone, rarely a day that never was.
fn birth(draw: &mut Draw, day: Date) -> BirthDate {
    let (year, month, _) = day.ymd();
    let (year_only, month_only, impossible) = match year {
        ..1945 => (350, 80, 4),
        1945..1960 => (200, 50, 3),
        1960..1975 => (50, 20, 1),
        _ => (0, 0, 0),
    };
    let part = draw.below(1000);
    let partial = if part < year_only {
        PartialDate::new(year, None, None).ok()
    } else if part < year_only + month_only {
        PartialDate::new(year, Some(month), None).ok()
    } else {
        None
    };
    if part >= 1000 - impossible
        && let Ok(birth) = BirthDate::parse_legacy(&format!("30/02/{year}"))
    {
        return birth;
    }
    partial.unwrap_or_else(|| day.into()).into()
}

/// A commune of the province with this prefix; the own one if the province is no more.
fn elsewhere(draw: &mut Draw, prefix: u16, own: OfficeCode) -> OfficeCode {
    let code = u8::try_from(prefix).ok().and_then(ProvinceCode::new);
    let communes: Vec<_> = code.map_or_else(Vec::new, |province| {
        Units::built_in()
            .communes_of(province)
            .map(|commune| commune.code)
            .collect()
    });
    draw.pick(&communes).copied().unwrap_or(own)
}

fn residence_from(draw: &mut Draw, birthday: Date, born_here: bool) -> Date {
    let last = AS_OF_YEAR - 1;
    if born_here && draw.chance(700) || birthday.year() >= last {
        return birthday;
    }
    let year = draw.between(birthday.year().max(1976), last);
    let moved = day_in(draw, year).unwrap_or(birthday);
    moved.max(birthday)
}

fn religion(draw: &mut Draw) -> Religion {
    let code = match draw.below(1000) {
        0..860 => 0,
        860..915 => 1,
        915..975 => 2,
        975..985 => 8,
        985..993 => 3,
        _ => 5,
    };
    Religion::new(code).unwrap_or(Religion::NONE)
}

fn blood(draw: &mut Draw) -> BloodType {
    if draw.chance(930) {
        return BloodType::Unknown;
    }
    let place = draw.weighted([21, 30, 6, 43]);
    [BloodType::A, BloodType::B, BloodType::Ab, BloodType::O]
        .get(place)
        .copied()
        .unwrap_or(BloodType::O)
}

fn email(draw: &mut Draw, name: &PersonName) -> Option<Email> {
    let mut given = fold_base(name.given());
    given.retain(|c| c.is_ascii_alphanumeric());
    Email::parse(&format!("{given}.{}@example.vn", draw.below(100_000))).ok()
}
