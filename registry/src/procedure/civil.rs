//! Civil status: birth, death, marriage (Civil Status Law 60/2014).

use serde::{Deserialize, Serialize};

use crate::act::Claimed;
use crate::code::{Country, Ethnic, Relation, Religion, Sex};
use crate::date::{BirthDate, DateOrder, PartialDate};
use crate::edit::Edit;
use crate::fields::Fields;
use crate::name::PersonName;
use crate::person::Person;
use crate::procedure::{Draft, Held, Refusal, Somebody};
use crate::schema::{Field, RecordKind};
use crate::value::{
    BirthEntry, Death, Line, Marriage, Membership, PersonLink, Place, Residence, Value,
};

/// The child of a birth registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildInput {
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// Place of birth.
    #[serde(default)]
    pub birth_place: Option<Place>,
    /// Native place.
    #[serde(default)]
    pub native_place: Option<Place>,
    /// Ethnic group.
    #[serde(default)]
    pub ethnic: Option<Ethnic>,
    /// Religion.
    #[serde(default)]
    pub religion: Option<Religion>,
}

/// Birth registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BirthInput {
    /// The child.
    pub child: ChildInput,
    /// Number of the hospital's paper (giấy chứng sinh); empty if there is none.
    #[serde(default)]
    pub certificate: Line,
    /// For twins and more: 1 for the first born, 2 for the second.
    #[serde(default)]
    pub birth_order: u8,
    /// Father.
    #[serde(default)]
    pub father: Option<PersonLink>,
    /// Mother.
    #[serde(default)]
    pub mother: Option<PersonLink>,
    /// Whether the child joins the household of the parent who lives in this commune, with
    /// permanent residence there.
    #[serde(default)]
    pub joins_household: bool,
}

pub(super) fn birth(draft: &mut Draft<'_>, input: &BirthInput) -> Result<(), Refusal> {
    let child = &input.child;
    let Some(born) = child.birth_date.date() else {
        return Err(Refusal::Missing {
            field: "child.birth_date",
        });
    };
    draft.past("child.birth_date", born)?;
    if !input.certificate.is_empty()
        && let Some(act) = draft.slice.certificate(input.certificate.as_str())
    {
        return Err(Refusal::CertificateUsed { act });
    }
    draft.filed_in_time(born);
    draft.effective.get_or_insert(born);
    let mut fields = Fields::new();
    fields.set(Field::Name, Some(Value::Name(child.name.clone())));
    fields.set(
        Field::BirthDate,
        Some(Value::Birth(child.birth_date.clone())),
    );
    fields.set(Field::Sex, Some(Value::Sex(child.sex)));
    fields.set(
        Field::BirthPlace,
        place(draft, "child.birth_place", child.birth_place.as_ref())?,
    );
    fields.set(
        Field::NativePlace,
        place(draft, "child.native_place", child.native_place.as_ref())?,
    );
    let here = Place {
        unit: Some(draft.desk.office),
        ..Place::default()
    };
    fields.set(Field::BirthRegistration, Some(Value::Place(here)));
    let entry = BirthEntry {
        certificate: input.certificate.clone(),
        birth_order: input.birth_order,
    };
    fields.set(Field::BirthEntry, Some(Value::BirthEntry(entry)));
    fields.set(Field::Ethnic, child.ethnic.map(Value::Ethnic));
    fields.set(Field::Religion, child.religion.map(Value::Religion));
    fields.set(
        Field::Nationality,
        Some(Value::Countries(vec![Country::VIET_NAM])),
    );
    let local = format!(
        "TAM-{}-{}",
        draft.desk.office,
        short(&draft.desk.act.to_string())
    );
    fields.set(
        Field::LocalFile,
        Some(Value::Text(Line::parse(&local).unwrap_or_default())),
    );
    for (field, name, link) in [
        (Field::Father, "father", &input.father),
        (Field::Mother, "mother", &input.mother),
    ] {
        if let Some(link) = link {
            check_parent(draft, name, link, born)?;
            fields.set(field, Some(Value::Person(link.clone())));
        }
    }
    if input.joins_household {
        join_parents_household(draft, input, born, &mut fields)?;
    }
    draft.make(RecordKind::Person, fields);
    Ok(())
}

fn short(text: &str) -> String {
    text.chars().take(8).collect()
}

fn place(
    draft: &Draft<'_>,
    field: &'static str,
    place: Option<&Place>,
) -> Result<Option<Value>, Refusal> {
    if let Some(unit) = place.and_then(|place| place.unit) {
        draft.commune(field, unit)?;
    }
    Ok(place.cloned().map(Value::Place))
}

fn check_parent(
    draft: &mut Draft<'_>,
    field: &'static str,
    link: &PersonLink,
    born: PartialDate,
) -> Result<(), Refusal> {
    match link {
        PersonLink::Record(id) => {
            let held = draft.held(field, id, RecordKind::Person)?;
            let parent = Person(held.fields());
            if parent
                .birth()
                .and_then(BirthDate::year)
                .is_some_and(|year| year >= born.year())
            {
                return Err(Refusal::Invalid {
                    field,
                    words: "a parent is older than the child",
                });
            }
            Ok(())
        }
        PersonLink::Pin(pin) => draft.look_over(field, *pin),
        PersonLink::Named { pin, .. } => pin.map_or(Ok(()), |pin| draft.look_over(field, pin)),
    }
}

/// The parent of a link, if the office holds them.
fn parent_here(draft: &Draft<'_>, link: Option<&PersonLink>) -> Option<Held> {
    let id = match link? {
        PersonLink::Record(id) => *id,
        PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => {
            draft.slice.by_pin(pin)?
        }
        PersonLink::Named { pin: None, .. } => return None,
    };
    draft.slice.record(&id)
}

fn join_parents_household(
    draft: &Draft<'_>,
    input: &BirthInput,
    born: PartialDate,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    for link in [input.mother.as_ref(), input.father.as_ref()] {
        let Some(parent) = parent_here(draft, link) else {
            continue;
        };
        let parent = Person(parent.fields());
        let home = parent
            .open_permanent()
            .map(|(_, residence)| residence)
            .find(|residence| residence.unit == draft.desk.office);
        let (Some(home), Some(membership)) = (home, parent.membership()) else {
            continue;
        };
        fields.push(
            Field::Permanent,
            Value::Residence(Residence {
                unit: home.unit,
                address: home.address.clone(),
                from: born,
                until: None,
                to: None,
                ground: Line::default(),
            }),
        );
        let member = Membership {
            household: membership.household,
            since: born,
        };
        fields.set(Field::Membership, Some(Value::Membership(member)));
        fields.set(
            Field::Relation,
            Some(Value::Relation(relation_of_child(&parent))),
        );
        return Ok(());
    }
    Err(Refusal::Invalid {
        field: "joins_household",
        words: "neither parent has permanent residence in this commune; register the residence where a parent lives",
    })
}

fn relation_of_child(parent: &Person<'_>) -> Relation {
    match parent.relation() {
        Some(Relation::Head | Relation::Spouse) => Relation::Child,
        Some(Relation::Child) => Relation::Grandchild,
        _ => Relation::Other,
    }
}

/// Death registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeathInput {
    /// Who died.
    pub person: Somebody,
    /// Day of death, as far as it is known.
    pub date: PartialDate,
    /// Where.
    #[serde(default)]
    pub place: Option<Place>,
    /// The paper (giấy báo tử or what stands for it).
    pub ground: Line,
}

pub(super) fn death(draft: &mut Draft<'_>, input: &DeathInput) -> Result<(), Refusal> {
    draft.past("date", input.date)?;
    if input.ground.is_empty() {
        return Err(Refusal::Missing { field: "ground" });
    }
    draft.filed_in_time(input.date);
    draft.effective.get_or_insert(input.date);
    let death = Value::Death(Death {
        date: input.date,
        place: input.place.clone().unwrap_or_default(),
        ground: input.ground.clone(),
    });
    if let Some(unit) = input.place.as_ref().and_then(|place| place.unit) {
        draft.commune("place", unit)?;
    }
    match &input.person {
        Somebody::Here { id } => {
            let held = draft.living("person", id)?;
            let person = Person(held.fields());
            let born = person.birth().and_then(|birth| birth.date());
            if born.is_some_and(|born| input.date.compare(born) == DateOrder::Before) {
                return Err(Refusal::Invalid {
                    field: "date",
                    words: "the day of death lies before the birth",
                });
            }
            draft.change_held(&held, vec![Edit::Put(Field::Death, death)])?;
            widow(draft, &held, input.date)
        }
        Somebody::Card { .. } => {
            let claimed = claimed(draft, "person", &input.person)?;
            draft.change_absent(claimed, vec![Edit::Put(Field::Death, death)]);
            Ok(())
        }
    }
}

/// The marriage ends with the death, on the record of the widow or widower too.
fn widow(draft: &mut Draft<'_>, dead: &Held, date: PartialDate) -> Result<(), Refusal> {
    let spouses: Vec<PersonLink> = Person(dead.fields())
        .standing_marriages()
        .map(|(_, marriage)| marriage.spouse.clone())
        .collect();
    for spouse in spouses {
        let Some(held) = parent_here(draft, Some(&spouse)) else {
            continue;
        };
        let edits = Person(held.fields())
            .standing_marriages()
            .filter(|(_, marriage)| match &marriage.spouse {
                PersonLink::Record(id) => *id == dead.record.id,
                PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => {
                    Person(dead.fields()).answers_to(*pin)
                }
                PersonLink::Named { pin: None, .. } => false,
            })
            .map(|(entry, marriage)| {
                let ended = Marriage {
                    ended: Some(date),
                    ground: Line::parse("death").unwrap_or_default(),
                    ..marriage.clone()
                };
                Edit::Amend(Field::Marriages, entry, Some(Value::Marriage(ended)))
            })
            .collect();
        draft.change_held(&held, edits)?;
    }
    Ok(())
}

/// The claim that a card makes.
pub(super) fn claimed(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
) -> Result<Claimed, Refusal> {
    match somebody {
        Somebody::Card {
            pin,
            name,
            birth_date,
        } => {
            draft.look_over(field, *pin)?;
            Ok(Claimed {
                pin: *pin,
                name: name.clone(),
                birth: birth_date.clone(),
            })
        }
        Somebody::Here { .. } => Err(Refusal::Missing { field }),
    }
}

/// Marriage registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarriageInput {
    /// One.
    pub first: Somebody,
    /// The other.
    pub second: Somebody,
    /// Day of registration; the day of entry if left out.
    #[serde(default)]
    pub date: Option<PartialDate>,
    /// Number in the book.
    #[serde(default)]
    pub certificate: Line,
}

pub(super) fn marriage(draft: &mut Draft<'_>, input: &MarriageInput) -> Result<(), Refusal> {
    let date = draft.past("date", input.date.unwrap_or_else(|| draft.today()))?;
    draft.effective.get_or_insert(date);
    let first = spouse_link(draft, "first", &input.first, date)?;
    let second = spouse_link(draft, "second", &input.second, date)?;
    if first == second {
        return Err(Refusal::Invalid {
            field: "second",
            words: "two people are needed",
        });
    }
    for (field, somebody, other) in [
        ("first", &input.first, second),
        ("second", &input.second, first),
    ] {
        let marriage = Marriage {
            spouse: other,
            date,
            certificate: input.certificate.clone(),
            ended: None,
            ground: Line::default(),
        };
        let edits = vec![Edit::Add(Field::Marriages, Value::Marriage(marriage))];
        match somebody {
            Somebody::Here { id } => {
                let held = draft.living(field, id)?;
                draft.change_held(&held, edits)?;
            }
            Somebody::Card { .. } => {
                let claimed = claimed(draft, field, somebody)?;
                draft.change_absent(claimed, edits);
            }
        }
    }
    Ok(())
}

/// How a spouse is named on the other's record; refuses who may not marry.
fn spouse_link(
    draft: &Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
    date: PartialDate,
) -> Result<PersonLink, Refusal> {
    let id = match somebody {
        Somebody::Card { pin, .. } => return Ok(PersonLink::Pin(*pin)),
        Somebody::Here { id } => id,
    };
    let held = draft.living(field, id)?;
    draft.undisputed(&held, Field::Marriages)?;
    let person = Person(held.fields());
    if person.standing_marriages().next().is_some() {
        return Err(Refusal::Married { field });
    }
    let age = match person.sex() {
        Some(Sex::Female) => 18,
        _ => 20,
    };
    if person.age_at_most(&date).is_some_and(|years| years < age) {
        return Err(Refusal::UnderAge { field });
    }
    Ok(person
        .pin()
        .map_or(PersonLink::Record(*id), |pin| PersonLink::Pin(*pin)))
}
