//! Recognition of a father, mother or child, and guardianship.

use serde::{Deserialize, Serialize};

use crate::code::Sex;
use crate::date::{BirthDate, PartialDate};
use crate::edit::Edit;
use crate::name::PersonName;
use crate::person::Person;
use crate::procedure::civil::{Party, living_party, party};
use crate::procedure::{Draft, Notice, Refusal, Somebody};
use crate::schema::Field;
use crate::value::Value;

/// Recognition of a father, mother or child, whichever of them asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParentRecognitionInput {
    /// The child, of whatever age.
    pub child: Somebody,
    /// The father who is recognised.
    #[serde(default)]
    pub father: Option<Somebody>,
    /// The mother who is recognised.
    #[serde(default)]
    pub mother: Option<Somebody>,
    /// The child's whole new name, if the surname follows.
    #[serde(default)]
    pub name: Option<PersonName>,
}

pub(in crate::procedure) fn parent_recognition(
    draft: &mut Draft<'_>,
    input: &ParentRecognitionInput,
) -> Result<(), Refusal> {
    draft.papers("a genetic finding, or letters, pictures or a pledge with two witnesses that prove the parentage (Civil Status Law 60/2014, Art. 25; Circular 04/2020/TT-BTP, Art. 14)")?;
    let child = living_party(draft, "child", &input.child)?;
    let mut edits = Vec::new();
    for (field, name, told) in [
        (Field::Father, "father", &input.father),
        (Field::Mother, "mother", &input.mother),
    ] {
        let Some(told) = told else { continue };
        if let Party::Held(held) = &child {
            draft.undisputed(held, field)?;
            if held.fields().single(field).is_some() {
                return Err(Refusal::ParentStands { field: name });
            }
        }
        let parent = living_party(draft, name, told)?;
        check_parent(draft, name, field, &parent, &child)?;
        edits.push(Edit::Put(field, Value::Person(parent.name())));
    }
    if edits.is_empty() {
        return Err(Refusal::Missing { field: "father" });
    }
    if let [Edit::Put(_, one), Edit::Put(_, two)] = edits.as_slice()
        && one == two
    {
        return Err(Refusal::Invalid {
            field: "mother",
            words: "father and mother are two people",
        });
    }
    edits.extend(new_name(draft, &child, input.name.as_ref())?);
    draft.change(&child, edits)
}

fn check_parent(
    draft: &mut Draft<'_>,
    name: &'static str,
    field: Field,
    parent: &Party,
    child: &Party,
) -> Result<(), Refusal> {
    if parent.is(child) {
        return Err(Refusal::Invalid {
            field: name,
            words: "nobody is their own parent",
        });
    }
    let years = (parent.birth_year(), child.birth_year());
    if let (Some(parent), Some(child)) = years
        && parent >= child
    {
        return Err(Refusal::Invalid {
            field: name,
            words: "a parent is older than the child",
        });
    }
    // Lawful after a redetermination, else the two were mixed up.
    let other = if field == Field::Father {
        Sex::Female
    } else {
        Sex::Male
    };
    if parent.sex() == Some(other) {
        draft.notice(Notice::ParentSex);
    }
    Ok(())
}

fn new_name(
    draft: &mut Draft<'_>,
    child: &Party,
    name: Option<&PersonName>,
) -> Result<Option<Edit>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    if let Party::Held(held) = child {
        draft.undisputed(held, Field::Name)?;
        if Person(held.fields()).name() == Some(name) {
            return Ok(None);
        }
        draft.ask_consent(held, Field::Name);
    }
    Ok(Some(Edit::Put(Field::Name, Value::Name(name.clone()))))
}

/// The beginning of a guardianship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipInput {
    /// Who is in need of a guardian.
    pub ward: Somebody,
    /// The guardian.
    pub guardian: Somebody,
    /// Since when; the day of entry if left out.
    #[serde(default)]
    pub from: Option<PartialDate>,
}

pub(in crate::procedure) fn guardianship(
    draft: &mut Draft<'_>,
    input: &GuardianshipInput,
) -> Result<(), Refusal> {
    let from = draft.past("from", input.from.unwrap_or_else(|| draft.today()))?;
    draft.effective.get_or_insert(from);
    let ward = living_party(draft, "ward", &input.ward)?;
    let guardian = living_party(draft, "guardian", &input.guardian)?;
    if ward.is(&guardian) {
        return Err(Refusal::Invalid {
            field: "guardian",
            words: "two people are needed",
        });
    }
    // The greatest possible age: who is under it is so for sure.
    if guardian.age_at_most(from).is_some_and(|age| age < 18) {
        return Err(Refusal::Invalid {
            field: "guardian",
            words: "a guardian has full legal capacity, from 18 years on (Civil Code 91/2015, Art. 49)",
        });
    }
    if ward.age_at_most(from).is_some_and(|age| age > 18) {
        draft.numbered_paper("the court's decision that the adult ward lacks legal capacity, with its number and date (Civil Code 91/2015, Art. 22 and 47)")?;
    } else {
        draft.papers("the paper that names the guardian, or that shows who is guardian by law (Civil Status Law 60/2014, Art. 20 and 21)")?;
    }
    if let Party::Held(held) = &ward {
        draft.undisputed(held, Field::Representative)?;
        if Person(held.fields()).representative().is_some() {
            return Err(Refusal::RepresentativeStands { field: "ward" });
        }
    }
    let edit = Edit::Put(Field::Representative, Value::Person(guardian.name()));
    draft.change(&ward, vec![edit])
}

/// The end of a guardianship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipEndInput {
    /// Who had a guardian.
    pub ward: Somebody,
    /// Last day; the day of entry if left out.
    #[serde(default)]
    pub date: Option<PartialDate>,
}

pub(in crate::procedure) fn guardianship_end(
    draft: &mut Draft<'_>,
    input: &GuardianshipEndInput,
) -> Result<(), Refusal> {
    let date = draft.past("date", input.date.unwrap_or_else(|| draft.today()))?;
    draft.effective.get_or_insert(date);
    draft.papers("the paper that shows why the guardianship ended (Civil Status Law 60/2014, Art. 22; Civil Code 91/2015, Art. 62)")?;
    // A guardianship ends with the ward's death too.
    let ward = party(draft, "ward", &input.ward)?;
    if let Party::Held(held) = &ward {
        draft.undisputed(held, Field::Representative)?;
        if Person(held.fields()).representative().is_none() {
            return Err(Refusal::NothingChanges);
        }
    }
    draft.change(&ward, vec![Edit::Clear(Field::Representative)])
}

impl Party {
    fn birth_year(&self) -> Option<u16> {
        match self {
            Party::Held(held) => Person(held.fields()).birth().and_then(BirthDate::year),
            Party::Absent(card) => card.birth.year(),
        }
    }

    fn age_at_most(&self, on: PartialDate) -> Option<u16> {
        on.year().checked_sub(self.birth_year()?)
    }

    fn sex(&self) -> Option<Sex> {
        match self {
            Party::Held(held) => Person(held.fields()).sex().copied(),
            Party::Absent(card) => Some(card.pin.sex()),
        }
    }
}
