//! Collection of a person who is not in the registry (Decree 70/2024, Art. 5).

use serde::{Deserialize, Serialize};

use crate::code::{BloodType, Country, Ethnic, Relation, Religion, Sex};
use crate::contact::{Email, Phone};
use crate::date::{BirthDate, PartialDate};
use crate::fields::Fields;
use crate::name::PersonName;
use crate::pin::{OldNumberError, Pin, old_number};
use crate::procedure::civil::parents::parents;
use crate::procedure::household::{fits_head, standing_household};
use crate::procedure::{Draft, Refusal, nationality};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Membership, PersonLink, Place, Residence, Value};
use crate::words::words;
use crate::{OfficeCode, RecordId};

/// What a person tells who is registered nowhere, as far as this office can see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionInput {
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// A number that the person says they have: not taken over, but compared by the centre.
    #[serde(default)]
    pub claimed_pin: Option<Pin>,
    /// Place of birth.
    #[serde(default)]
    pub birth_place: Option<Place>,
    /// Where the birth was registered.
    #[serde(default)]
    pub birth_registration: Option<Place>,
    /// Native place.
    #[serde(default)]
    pub native_place: Option<Place>,
    /// Nationality by the person's papers; Vietnamese if left out.
    #[serde(default)]
    pub nationality: Option<Vec<Country>>,
    /// Ethnic group.
    #[serde(default)]
    pub ethnic: Option<Ethnic>,
    /// Religion.
    #[serde(default)]
    pub religion: Option<Religion>,
    /// Blood type.
    #[serde(default)]
    pub blood: Option<BloodType>,
    /// Father.
    #[serde(default)]
    pub father: Option<PersonLink>,
    /// Mother.
    #[serde(default)]
    pub mother: Option<PersonLink>,
    /// Old 9-digit number.
    #[serde(default)]
    pub old_number: Option<Line>,
    /// Phone.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<Email>,
    /// Where the person lives in this commune.
    pub address: Line,
    /// Since when; the day of entry if left out.
    #[serde(default)]
    pub from: Option<PartialDate>,
    /// The household joined, if any.
    #[serde(default)]
    pub household: Option<RecordId>,
    /// What the person is to the head of that household; `other` if left out.
    #[serde(default)]
    pub relation: Option<Relation>,
}

pub(super) fn collection(draft: &mut Draft<'_>, input: &CollectionInput) -> Result<(), Refusal> {
    let Some(born) = input.birth_date.date() else {
        return Err(Refusal::Missing {
            field: "birth_date",
        });
    };
    draft.tell(draft.papers(words(
        "phiếu thu thập thông tin DC01 có chữ ký của người khai (Nghị định 70/2024, Điều 6)",
        "the form DC01 of what is collected, signed by whoever tells it (Decree 70/2024, Art. 6)",
    )));
    draft.look_at_name(&input.name);
    draft.tell(draft.past("birth_date", born));
    let from = input.from.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("from", from));
    draft.effective.get_or_insert(from);
    if let Some(pin) = input.claimed_pin {
        let looked_over = draft.look_over("claimed_pin", pin);
        draft.tell(looked_over);
        if draft.slice.by_pin(&pin).is_some() {
            draft.fault(Refusal::Invalid {
                field: "claimed_pin",
                words: words(
                    "dữ liệu của xã đã có người mang số này; mở bản ghi của người đó",
                    "a person with this number is among your commune's records; open that record instead",
                ),
            });
        }
    }
    let mut fields = Fields::new();
    fields.set(Field::Name, Some(Value::Name(input.name.clone())));
    fields.set(
        Field::BirthDate,
        Some(Value::Birth(input.birth_date.clone())),
    );
    fields.set(Field::Sex, Some(Value::Sex(input.sex)));
    for (field, name, place) in [
        (Field::BirthPlace, "birth_place", &input.birth_place),
        (
            Field::BirthRegistration,
            "birth_registration",
            &input.birth_registration,
        ),
        (Field::NativePlace, "native_place", &input.native_place),
    ] {
        if let Some(unit) = place.as_ref().and_then(|place| place.unit) {
            draft.tell(draft.commune(name, unit));
        }
        fields.set(field, place.clone().map(Value::Place));
    }
    fields.set(Field::Ethnic, input.ethnic.map(Value::Ethnic));
    fields.set(Field::Religion, input.religion.map(Value::Religion));
    fields.set(Field::Blood, input.blood.map(Value::Blood));
    let (father, mother) = (input.father.as_ref(), input.mother.as_ref());
    parents(draft, father, mother, born, &mut fields);
    let countries = draft.tell(citizenship(input.nationality.as_deref()));
    fields.set(Field::Nationality, countries.map(Value::Countries));
    fields.set(Field::Phone, input.phone.clone().map(Value::Phone));
    fields.set(Field::Email, input.email.clone().map(Value::Email));
    if let Some(text) = &input.old_number {
        let number = old_number(text.as_str()).map_err(|_| Refusal::Invalid {
            field: "old_number",
            words: OldNumberError::WORDS,
        });
        if let Some(number) = draft.tell(number) {
            fields.push(Field::OldNumbers, Value::Text(number));
        }
    }
    // Kept beside the record's own number, which only the centre gives.
    fields.set(Field::ClaimedPin, input.claimed_pin.map(Value::Pin));
    let local = format!(
        "TAM-{}-{}",
        draft.desk.office,
        draft
            .desk
            .act
            .to_string()
            .chars()
            .take(8)
            .collect::<String>()
    );
    fields.set(
        Field::LocalFile,
        Some(Value::Text(Line::parse(&local).unwrap_or_default())),
    );
    draft.tell(home(draft, input, from, draft.desk.office, &mut fields));
    draft.make(RecordKind::Person, fields);
    Ok(())
}

/// Only citizens are collected, whatever else they are: who is collected gets a citizen's number.
fn citizenship(told: Option<&[Country]>) -> Result<Vec<Country>, Refusal> {
    let field = "nationality";
    let countries = nationality::told(field, told)?;
    if countries.contains(&Country::VIET_NAM) {
        return Ok(countries);
    }
    Err(Refusal::Invalid {
        field,
        words: words(
            "chỉ thu thập công dân Việt Nam: quốc tịch phải có Việt Nam (Luật Căn cước 26/2023, Điều 9 và 12)",
            "only citizens of Viet Nam are collected: Viet Nam is one of the nationalities (Law on Identification 26/2023, Art. 9 and 12)",
        ),
    })
}

fn home(
    draft: &Draft<'_>,
    input: &CollectionInput,
    from: PartialDate,
    unit: OfficeCode,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    let residence = Residence {
        unit,
        address: input.address.clone(),
        from,
        until: None,
        to: None,
        ground: Line::default(),
    };
    fields.push(Field::Permanent, Value::Residence(residence));
    if let Some(household) = input.household {
        standing_household(draft, "household", &household)?;
        let member = Membership {
            household,
            since: from,
        };
        fields.set(Field::Membership, Some(Value::Membership(member)));
        let relation = input.relation.unwrap_or(Relation::Other);
        fits_head(draft, &household, None, Some(relation))?;
        fields.set(Field::Relation, Some(Value::Relation(relation)));
    } else if input.relation.is_some() {
        return Err(Refusal::Missing { field: "household" });
    }
    Ok(())
}
