//! People of a synthetic population who are registered twice, and people who only look so: planted
//! on purpose, so that a search for duplicates can be measured.
//!
//! A second record is that of a person who is collected again in another commune: without the
//! number, with parents as text that are sometimes left out, with another phone or none; and one
//! thing besides is wrong, sometimes two. Namesakes, twins and sons of one name have records of
//! their own that differ as those of real ones do.

mod slip;

use super::draw::Draw;
use super::{Population, SyntheticHousehold, SyntheticPerson, names, numbers};
use crate::code::Relation;
use crate::contact::Phone;
use crate::date::{BirthDate, Date, PartialDate};
use crate::fields::{Fields, Slot};
use crate::id::OfficeCode;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::schema::Field;
use crate::unit::Units;
use crate::value::{BirthEntry, Line, PersonLink, Place, Value};

/// What was planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Planting {
    /// Collected again, nothing wrong.
    Again,
    /// A slip in one word of the name.
    NameSlip,
    /// Another spelling of the same sound, or another place of the tone.
    Spelling,
    /// No accents at all.
    NoMarks,
    /// Middle names left out.
    NoMiddle,
    /// Two words of the name swapped.
    WordsSwapped,
    /// Day and month swapped.
    DayMonthSwapped,
    /// The year one or two off.
    YearOff,
    /// Another day of the month.
    DayOff,
    /// Only the year of birth.
    YearOnly,
    /// The mother by another name.
    OtherMother,
    /// The number told with one digit wrong.
    NumberSlip,
    /// Entered by two offices, and given two numbers.
    TwoNumbers,
    /// No duplicate: the same name and date of birth by chance.
    Namesake,
    /// No duplicate: a twin.
    Twin,
    /// No duplicate: a twin whose name differs by an accent.
    TwinAlike,
    /// No duplicate: a son of his father's name.
    NamesakeSon,
}

impl Planting {
    /// All of them.
    pub const ALL: [Planting; 17] = [
        Planting::Again,
        Planting::NameSlip,
        Planting::Spelling,
        Planting::NoMarks,
        Planting::NoMiddle,
        Planting::WordsSwapped,
        Planting::DayMonthSwapped,
        Planting::YearOff,
        Planting::DayOff,
        Planting::YearOnly,
        Planting::OtherMother,
        Planting::NumberSlip,
        Planting::TwoNumbers,
        Planting::Namesake,
        Planting::Twin,
        Planting::TwinAlike,
        Planting::NamesakeSon,
    ];
    /// Whether it is one person twice.
    pub const fn is_duplicate(self) -> bool {
        !matches!(
            self,
            Planting::Namesake | Planting::Twin | Planting::TwinAlike | Planting::NamesakeSon
        )
    }
    /// What it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Planting::Again => "collected again, nothing wrong",
            Planting::NameSlip => "a slip in the name",
            Planting::Spelling => "another spelling of the same sound",
            Planting::NoMarks => "name without accents",
            Planting::NoMiddle => "middle names left out",
            Planting::WordsSwapped => "two words of the name swapped",
            Planting::DayMonthSwapped => "day and month swapped",
            Planting::YearOff => "year of birth one or two off",
            Planting::DayOff => "another day of birth",
            Planting::YearOnly => "year of birth alone",
            Planting::OtherMother => "mother by another name",
            Planting::NumberSlip => "number with one digit wrong",
            Planting::TwoNumbers => "entered by two offices, two numbers",
            Planting::Namesake => "namesakes born on one day",
            Planting::Twin => "twins",
            Planting::TwinAlike => "twins whose names differ by an accent",
            Planting::NamesakeSon => "father and son of one name",
        }
    }
}

/// How many are planted, in thousandths of the people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Second records of one person.
    pub duplicates: u32,
    /// People who only look alike.
    pub look_alikes: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            duplicates: 20,
            look_alikes: 20,
        }
    }
}

/// A record of the population with what was planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specimen {
    /// The values of the record.
    pub fields: Fields,
    /// What it was made to be, and how many records before this one its model stands.
    pub planted: Option<(Planting, u32)>,
}

/// The records of a population, the planted ones among them right after their models.
pub fn specimens(
    population: Population,
    seed: u64,
    rates: Rates,
) -> impl Iterator<Item = Specimen> {
    let mut draw = Draw::new(seed ^ 0x6475_706c_6963_6174, 0);
    population.flat_map(move |household| plant(&mut draw, &household, rates))
}

fn plant(draw: &mut Draw, household: &SyntheticHousehold, rates: Rates) -> Vec<Specimen> {
    let mut made = Vec::with_capacity(household.members.len() + 1);
    for person in &household.members {
        let mut fields = person.fields(household);
        let kind = kind_of(draw, person, rates);
        let second = kind.and_then(|kind| {
            let second = second(draw, kind, person, &mut fields, household.unit)?;
            Some((kind, second))
        });
        made.push(Specimen {
            fields,
            planted: None,
        });
        made.extend(second.map(|(kind, fields)| Specimen {
            fields,
            planted: Some((kind, 1)),
        }));
    }
    made
}

fn kind_of(draw: &mut Draw, person: &SyntheticPerson, rates: Rates) -> Option<Planting> {
    let place = draw.below(1000);
    let duplicate = place < rates.duplicates;
    if !duplicate && place >= rates.duplicates.saturating_add(rates.look_alikes) {
        return None;
    }
    let fits = |kind: &Planting| {
        kind.is_duplicate() == duplicate
            && match kind {
                Planting::Twin | Planting::TwinAlike => person.relation == Relation::Child,
                Planting::NamesakeSon => {
                    person.sex == crate::code::Sex::Male
                        && person
                            .birth
                            .year()
                            .is_some_and(|year| (1950..2000).contains(&year))
                }
                _ => true,
            }
    };
    let kinds: Vec<Planting> = Planting::ALL.into_iter().filter(fits).collect();
    draw.pick(&kinds).copied()
}

/// The planted record; `None` if the person is not one to whom this can happen. `model` is the
/// person's own record.
fn second(
    draw: &mut Draw,
    kind: Planting,
    person: &SyntheticPerson,
    model: &mut Fields,
    home: OfficeCode,
) -> Option<Fields> {
    match kind {
        Planting::Namesake => namesake(draw, person, model),
        Planting::Twin | Planting::TwinAlike => twin(draw, kind, person, model),
        Planting::NamesakeSon => son(draw, person, model),
        _ => {
            let mut fields = again(draw, model, home);
            spoil(draw, kind, person, &mut fields)?;
            if draw.chance(150) {
                let other = draw.pick(&SPOILING).copied()?;
                // What cannot happen to this record twice has not happened twice.
                let _ = spoil(draw, other, person, &mut fields);
            }
            Some(fields)
        }
    }
}

/// What may be wrong besides.
const SPOILING: [Planting; 6] = [
    Planting::NameSlip,
    Planting::Spelling,
    Planting::NoMarks,
    Planting::NoMiddle,
    Planting::DayMonthSwapped,
    Planting::OtherMother,
];

/// The record of a person who is collected again elsewhere.
fn again(draw: &mut Draw, model: &Fields, home: OfficeCode) -> Fields {
    let mut fields = model.clone();
    for field in [
        Field::Pin,
        Field::Membership,
        Field::Relation,
        Field::Email,
        Field::Religion,
    ] {
        fields.remove(Slot::single(field));
    }
    let entries: Vec<Slot> = model
        .iter()
        .map(|(slot, _)| slot)
        .filter(|slot| match slot.field {
            Field::Marriages => draw.chance(500),
            Field::OldNumbers => draw.chance(400),
            Field::OtherNames => true,
            _ => false,
        })
        .collect();
    entries.into_iter().for_each(|slot| fields.remove(slot));
    for field in [Field::Father, Field::Mother] {
        match fields.single(field).cloned() {
            Some(Value::Person(PersonLink::Named { name, .. })) if !draw.chance(70) => {
                // The parents' names are copied no better than the person's own.
                let wrong = draw
                    .chance(50)
                    .then(|| slip::name(draw, Planting::NameSlip, &name));
                let name = wrong.flatten().unwrap_or(name);
                let link = PersonLink::Named { name, pin: None };
                fields.set(field, Some(Value::Person(link)));
            }
            _ => fields.remove(Slot::single(field)),
        }
    }
    match draw.below(10) {
        0..=4 => {}
        5..=7 => fields.remove(Slot::single(Field::Phone)),
        _ => fields.set(
            Field::Phone,
            Phone::parse(&numbers::phone(draw)).ok().map(Value::Phone),
        ),
    }
    if draw.chance(200) {
        fields.remove(Slot::single(Field::NativePlace));
    }
    move_away(draw, &mut fields, home);
    fields
}

fn move_away(draw: &mut Draw, fields: &mut Fields, home: OfficeCode) {
    let units = Units::built_in();
    let place = draw.below(u32::try_from(units.communes().len()).unwrap_or(1));
    let unit = units
        .communes()
        .nth(place as usize)
        .map_or(home, |unit| unit.code);
    let slots: Vec<(Slot, Value)> = fields
        .entries(Field::Permanent)
        .map(|(entry, value)| (Slot::entry(Field::Permanent, entry), value.clone()))
        .collect();
    for (slot, value) in slots {
        if let Value::Residence(residence) = value {
            let residence = crate::value::Residence {
                unit,
                address: Line::default(),
                ..residence
            };
            fields.put(slot, Value::Residence(residence));
        }
    }
}

/// Makes something wrong; `None` if it cannot be.
fn spoil(
    draw: &mut Draw,
    kind: Planting,
    person: &SyntheticPerson,
    fields: &mut Fields,
) -> Option<()> {
    match kind {
        Planting::NameSlip
        | Planting::Spelling
        | Planting::NoMarks
        | Planting::NoMiddle
        | Planting::WordsSwapped => {
            let Some(Value::Name(name)) = fields.single(Field::Name) else {
                return None;
            };
            let name = slip::name(draw, kind, name)?;
            fields.set(Field::Name, Some(Value::Name(name)));
        }
        Planting::DayMonthSwapped | Planting::YearOff | Planting::DayOff | Planting::YearOnly => {
            let Some(Value::Birth(birth)) = fields.single(Field::BirthDate) else {
                return None;
            };
            let birth = slip::birth(draw, kind, birth.date()?)?;
            fields.set(Field::BirthDate, Some(Value::Birth(birth)));
        }
        Planting::OtherMother => {
            let name = PersonName::parse(&format!(
                "{} {}",
                names::surname(draw),
                names::rest_of_name(draw, crate::code::Sex::Female, 1960)
            ));
            let link = PersonLink::Named {
                name: name.ok()?,
                pin: None,
            };
            fields.set(Field::Mother, Some(Value::Person(link)));
        }
        Planting::NumberSlip => {
            let pin = slip::number(draw, person.pin)?;
            fields.set(Field::ClaimedPin, Some(Value::Pin(pin)));
        }
        Planting::TwoNumbers => fields.set(Field::Pin, other_pin(draw, person).map(Value::Pin)),
        _ => {}
    }
    Some(())
}

/// A number of somebody of the same sex and year.
fn other_pin(draw: &mut Draw, person: &SyntheticPerson) -> Option<Pin> {
    let random = draw.below(1_000_000);
    Pin::compose(
        person.pin.province_prefix(),
        person.sex,
        person.pin.birth_year(),
        random,
    )
}

fn parent(draw: &mut Draw, sex: crate::code::Sex, family: Option<&str>) -> Option<Value> {
    let family = family.unwrap_or_else(|| names::surname(draw)).to_owned();
    let name = format!("{family} {}", names::rest_of_name(draw, sex, 1965));
    let name = PersonName::parse(&name).ok()?;
    Some(Value::Person(PersonLink::Named { name, pin: None }))
}

/// Takes away what only one person has.
fn strip_entries(fields: &mut Fields) {
    let entries: Vec<Slot> = fields
        .iter()
        .map(|(slot, _)| slot)
        .filter(|slot| matches!(slot.field, Field::OldNumbers | Field::Marriages))
        .collect();
    entries.into_iter().for_each(|slot| fields.remove(slot));
}

/// Another person of the same name and day, with parents and a native place of their own.
fn namesake(draw: &mut Draw, person: &SyntheticPerson, model: &Fields) -> Option<Fields> {
    use crate::code::Sex;
    let mut fields = again(draw, model, person.native.unit);
    fields.set(Field::Pin, other_pin(draw, person).map(Value::Pin));
    let strip = [
        Field::Father,
        Field::Mother,
        Field::Phone,
        Field::NativePlace,
    ];
    strip
        .into_iter()
        .for_each(|field| fields.remove(Slot::single(field)));
    let entries: Vec<Slot> = fields
        .iter()
        .map(|(slot, _)| slot)
        .filter(|slot| matches!(slot.field, Field::OldNumbers | Field::Marriages))
        .collect();
    entries.into_iter().for_each(|slot| fields.remove(slot));
    if !draw.chance(100) {
        fields.set(
            Field::Father,
            parent(draw, Sex::Male, Some(person.name.surname())),
        );
    }
    if !draw.chance(100) {
        fields.set(Field::Mother, parent(draw, Sex::Female, None));
    }
    // One in five comes from the same commune: there names repeat most.
    if draw.chance(200) {
        let native = model.single(Field::NativePlace).cloned();
        fields.set(Field::NativePlace, native);
    } else {
        let units = Units::built_in();
        let place = draw.below(u32::try_from(units.communes().len()).unwrap_or(1));
        let unit = units.communes().nth(place as usize).map(|unit| unit.code);
        let place = Place {
            unit,
            ..Place::default()
        };
        fields.set(Field::NativePlace, Some(Value::Place(place.clone())));
        fields.set(Field::BirthRegistration, Some(Value::Place(place)));
    }
    Some(fields)
}

/// The twin of a child: all is the same but the name, the number and sometimes the papers.
fn twin(
    draw: &mut Draw,
    kind: Planting,
    person: &SyntheticPerson,
    model: &mut Fields,
) -> Option<Fields> {
    // Of peoples who put the clan last, the last word is not a twin's own.
    if matches!(person.ethnic.code(), 10 | 12) {
        return None;
    }
    let mut fields = model.clone();
    let name = if kind == Planting::TwinAlike {
        slip::other_tone(&person.name)?
    } else {
        slip::other_given(draw, &person.name, person.sex)?
    };
    fields.set(Field::Name, Some(Value::Name(name)));
    fields.set(Field::Pin, other_pin(draw, person).map(Value::Pin));
    strip_entries(&mut fields);
    fields.remove(Slot::single(Field::Phone));
    if draw.chance(600) {
        let paper = |number: u32, birth_order| {
            let certificate = Line::parse(&format!("{number}/GCS")).unwrap_or_default();
            Value::BirthEntry(BirthEntry {
                certificate,
                birth_order,
            })
        };
        let number = draw.below(10_000_000);
        model.set(Field::BirthEntry, Some(paper(number, 1)));
        fields.set(Field::BirthEntry, Some(paper(number + 1, 2)));
    }
    Some(fields)
}

/// A son who bears his father's name.
fn son(draw: &mut Draw, person: &SyntheticPerson, model: &Fields) -> Option<Fields> {
    let mut fields = model.clone();
    let born = person.birth.date()?.year() + 22 + u16::try_from(draw.below(8)).unwrap_or(0);
    let (month, day) = (draw.below(12) + 1, draw.below(28) + 1);
    let date = Date::from_ymd(born, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()?;
    let birth: BirthDate = PartialDate::from(date).into();
    fields.set(Field::BirthDate, Some(Value::Birth(birth)));
    let father = PersonLink::Named {
        name: person.name.clone(),
        pin: Some(person.pin),
    };
    fields.set(Field::Father, Some(Value::Person(father)));
    fields.set(Field::Mother, parent(draw, crate::code::Sex::Female, None));
    let random = draw.below(1_000_000);
    let pin = Pin::compose(person.pin.province_prefix(), person.sex, born, random);
    fields.set(Field::Pin, pin.map(Value::Pin));
    fields.remove(Slot::single(Field::Phone));
    let entries: Vec<Slot> = fields
        .iter()
        .map(|(slot, _)| slot)
        .filter(|slot| matches!(slot.field, Field::OldNumbers | Field::Marriages))
        .collect();
    entries.into_iter().for_each(|slot| fields.remove(slot));
    Some(fields)
}
