//! A birth that is registered once more, because the book and every paper of it are lost (Decree
//! 123/2015, Art. 24). Whoever is in the registry already stays one person: their record is
//! supplemented, never made a second time.

use serde::{Deserialize, Serialize};

use super::birth::{ChildInput, birth_date, registered};
use super::parents::parents;
use super::{Party, link_here, living_party};
use crate::date::{Date, PartialDate};
use crate::edit::Edit;
use crate::fields::{Fields, Slot};
use crate::person::Person;
use crate::pin::Pin;
use crate::procedure::{Draft, Held, Notice, Refusal, Somebody};
use crate::schema::{Field, RecordKind};
use crate::value::{PersonLink, Value};
use crate::words::words;

/// First day whose births are in the electronic book and are not registered again.
const ELECTRONIC_SINCE: (u16, u8, u8) = (2016, 1, 1);

/// Repeated birth registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatedBirthInput {
    /// The person, if they are in the registry: by record, or by card from another commune.
    #[serde(default)]
    pub person: Option<Somebody>,
    /// What the new entry says; what is left out stays as it is.
    pub child: ChildInput,
    /// Father.
    #[serde(default)]
    pub father: Option<PersonLink>,
    /// Mother.
    #[serde(default)]
    pub mother: Option<PersonLink>,
    /// The number that the person says they have, if nobody can name them by card.
    #[serde(default)]
    pub claimed_pin: Option<Pin>,
}

pub(in crate::procedure) fn repeated_birth(
    draft: &mut Draft<'_>,
    input: &RepeatedBirthInput,
) -> Result<(), Refusal> {
    let born = birth_date(draft, &input.child)?;
    let (year, month, day) = ELECTRONIC_SINCE;
    if Date::from_ymd(year, month, day).is_ok_and(|since| born.first_day() >= since) {
        draft.fault(Refusal::Invalid {
            field: "child.birth_date",
            words: words(
                "chỉ đăng ký lại khai sinh đã đăng ký trước ngày 01/01/2016 (Nghị định 123/2015, Điều 24); xem lại ngày sinh",
                "only a birth registered before 1 January 2016 is registered again (Decree 123/2015, Art. 24); look at the birth date",
            ),
        });
    }
    draft.tell(draft.papers(words("tờ khai có cam đoan sổ và giấy tờ đã mất, và mọi giấy tờ có nội dung về việc sinh (Nghị định 123/2015, Điều 26)", "the declaration with the pledge that book and papers are lost, and every paper that tells of the birth (Decree 123/2015, Art. 26)")));
    match &input.person {
        Some(person) => supplement(draft, input, person, born),
        None => enter(draft, input, born),
    }
}

/// Nobody knows the person yet: a record is made, and the number that they say they have leads
/// the centre to whoever they may be.
fn enter(
    draft: &mut Draft<'_>,
    input: &RepeatedBirthInput,
    born: PartialDate,
) -> Result<(), Refusal> {
    if let Some(pin) = input.claimed_pin {
        let looked_over = draft.look_over("claimed_pin", pin);
        draft.tell(looked_over);
        if draft.slice.by_pin(&pin).is_some() {
            draft.fault(Refusal::Invalid {
                field: "claimed_pin",
                words: words(
                    "dữ liệu của xã đã có người mang số này; chọn người đó ở mục “Người đã có trong dữ liệu”",
                    "a person with this number is among your commune's records; choose them as the person who is registered",
                ),
            });
        }
    }
    let mut fields = registered(draft, &input.child);
    parents(
        draft,
        input.father.as_ref(),
        input.mother.as_ref(),
        born,
        &mut fields,
    );
    fields.set(Field::ClaimedPin, input.claimed_pin.map(Value::Pin));
    draft.make(RecordKind::Person, fields);
    Ok(())
}

fn supplement(
    draft: &mut Draft<'_>,
    input: &RepeatedBirthInput,
    person: &Somebody,
    born: PartialDate,
) -> Result<(), Refusal> {
    if input.claimed_pin.is_some() {
        draft.fault(Refusal::Invalid {
            field: "claimed_pin",
            words: words(
                "đã chọn người trong dữ liệu; để trống mục này",
                "the person is named already; leave this out",
            ),
        });
    }
    if input.child.religion.is_some() {
        draft.fault(Refusal::OtherRoleField {
            field: "child.religion",
        });
    }
    if input.child.nationality.is_some() {
        draft.fault(Refusal::CentralOnly {
            field: "child.nationality",
        });
    }
    let person = living_party(draft, "person", person)?;
    let mut fields = entry(draft, input)?;
    parents(
        draft,
        input.father.as_ref(),
        input.mother.as_ref(),
        born,
        &mut fields,
    );
    if let Party::Held(held) = &person {
        for (slot, _) in fields.iter() {
            draft.undisputed(held, slot.field)?;
        }
        parents_stand(draft, held, &fields);
        let stands = |slot: Slot, value: &Value| {
            let parent = matches!(slot.field, Field::Father | Field::Mother);
            let known = held.fields().get(slot);
            known == Some(value) || (parent && known.is_some())
        };
        fields = fields
            .iter()
            .filter(|(slot, value)| !stands(*slot, value))
            .map(|(slot, value)| (slot, value.clone()))
            .collect();
        // The book that it stands in now; also what marks an entry that changes nothing else.
        let here = Value::Place(crate::value::Place {
            unit: Some(draft.desk.office),
            ..crate::value::Place::default()
        });
        let registered = held.fields().single(Field::BirthRegistration);
        fields.set(
            Field::BirthRegistration,
            Some(registered.cloned().unwrap_or(here)),
        );
        let pin = Person(held.fields()).pin().copied();
        draft.compare_pin(pin, Some(input.child.sex), Some(born.year()));
    }
    let edits = fields
        .iter()
        .map(|(slot, value)| Edit::Put(slot.field, value.clone()))
        .collect();
    draft.change(&person, edits)
}

/// Refuses another father or mother than the one who stands: that is for a court. The same one, told in
/// another way, stays as the record has them.
fn parents_stand(draft: &mut Draft<'_>, held: &Held, fields: &Fields) {
    for (field, name) in [(Field::Father, "father"), (Field::Mother, "mother")] {
        if let (Some(Value::Person(stands)), Some(Value::Person(told))) =
            (held.fields().single(field), fields.single(field))
            && stands != told
        {
            match one_parent(draft, stands, told) {
                Some(true) => {}
                Some(false) => draft.fault(Refusal::ParentStands { field: name }),
                None => draft.notice(Notice::ParentKept),
            }
        }
    }
}

/// Whether two links are one person: by record and number, else by name; nothing if the office cannot
/// tell.
fn one_parent(draft: &Draft<'_>, stands: &PersonLink, told: &PersonLink) -> Option<bool> {
    let held = [stands, told].map(|link| link_here(draft, Some(link)));
    if let [Some(one), Some(two)] = &held {
        return Some(one.record.id == two.record.id);
    }
    // Each number that somebody here has, or had, leads to them.
    let elsewhere = |held: &Option<Held>, link: &PersonLink| held.is_none() && link.pin().is_some();
    let [one, two] = &held;
    if one.is_some() && elsewhere(two, told) || two.is_some() && elsewhere(one, stands) {
        return Some(false);
    }
    let name = |link: &PersonLink, held: &Option<Held>| match (link, held) {
        (PersonLink::Named { name, .. }, _) => Some(name.clone()),
        (_, Some(held)) => Person(held.fields()).name().cloned(),
        _ => None,
    };
    let names = (name(stands, one), name(told, two));
    match (stands.pin(), told.pin(), names) {
        (Some(one), Some(two), _) => Some(one == two),
        (_, _, (Some(one), Some(two))) => Some(one.same_as(&two)),
        _ => None,
    }
}

/// What the entry says of somebody who is in the registry.
fn entry(draft: &Draft<'_>, input: &RepeatedBirthInput) -> Result<Fields, Refusal> {
    let child = &input.child;
    let mut fields = Fields::new();
    fields.set(Field::Name, Some(Value::Name(child.name.clone())));
    fields.set(
        Field::BirthDate,
        Some(Value::Birth(child.birth_date.clone())),
    );
    fields.set(Field::Sex, Some(Value::Sex(child.sex)));
    for (field, name, place) in [
        (Field::BirthPlace, "child.birth_place", &child.birth_place),
        (
            Field::NativePlace,
            "child.native_place",
            &child.native_place,
        ),
    ] {
        fields.set(field, super::place(draft, name, place.as_ref())?);
    }
    fields.set(Field::Ethnic, child.ethnic.map(Value::Ethnic));
    Ok(fields)
}
