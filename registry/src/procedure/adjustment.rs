//! Adjustment of residence data: house number, street or hamlet have another name, the relation to
//! the head of the household is put right, the commune is another one since it was divided (Law on
//! Residence 68/2020, Article 26). Nobody moves. The same for everybody of a street or hamlet at once
//! is [`super::rename`].

use serde::{Deserialize, Serialize};

use crate::code::Relation;
use crate::edit::Edit;
use crate::person::Person;
use crate::procedure::household::{fits_head, standing_household};
use crate::procedure::renewal::open_here;
use crate::procedure::{Draft, Held, Refusal};
use crate::schema::Field;
use crate::value::{Line, Place, Residence, Value};
use crate::words::words;
use crate::{OfficeCode, RecordId};

/// The rule behind a changed address.
pub(super) const ADDRESS_RULE: &str = "Law on Residence 68/2020, Art. 26(1)(c)";

/// New writings of addresses, and relations put right.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentInput {
    /// Of people.
    #[serde(default)]
    pub people: Vec<PersonAdjustment>,
    /// Of households.
    #[serde(default)]
    pub households: Vec<HouseholdAdjustment>,
    /// Of a commune that was divided, the part in which the homes and households named here lie, if
    /// it is not this one: a decree that names no hamlets leaves everybody with one part.
    #[serde(default)]
    pub unit: Option<OfficeCode>,
    /// The decision that renamed, renumbered or divided; needed for an address and a part.
    #[serde(default)]
    pub ground: Line,
}

/// What is put right of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonAdjustment {
    /// Who.
    pub person: RecordId,
    /// How the address of the permanent residence is written now.
    #[serde(default)]
    pub permanent_address: Option<Line>,
    /// How the address of the temporary residence is written now.
    #[serde(default)]
    pub temporary_address: Option<Line>,
    /// What the person is to the head of the household.
    #[serde(default)]
    pub relation: Option<Relation>,
}

/// What is put right of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdAdjustment {
    /// Which.
    pub household: RecordId,
    /// How its address is written now; as before, if only the part of a divided commune is named.
    #[serde(default)]
    pub address: Line,
}

pub(super) fn adjustment(draft: &mut Draft<'_>, input: &AdjustmentInput) -> Result<(), Refusal> {
    let addresses = !input.households.is_empty()
        || input.unit.is_some()
        || input
            .people
            .iter()
            .any(|person| person.permanent_address.is_some() || person.temporary_address.is_some());
    if addresses && input.ground.is_empty() {
        draft.fault(Refusal::AgainstRule {
            field: "ground",
            words: words(
                "ghi văn bản quyết định đổi tên, đánh số lại hoặc chia xã",
                "name the decision that renamed, renumbered or divided",
            ),
            rule: ADDRESS_RULE,
        });
    }
    draft.tell(draft.once("people", input.people.iter().map(|one| &one.person)));
    let households = input.households.iter().map(|one| &one.household);
    draft.tell(draft.once("households", households));
    // This office's own commune is no other part.
    let part = input.unit.filter(|unit| *unit != draft.desk.office);
    for person in &input.people {
        let adjusted = adjust_person(draft, person, part);
        draft.tell(adjusted);
    }
    for household in &input.households {
        let adjusted = adjust_household(draft, household, part);
        draft.tell(adjusted);
    }
    Ok(())
}

fn adjust_person(
    draft: &mut Draft<'_>,
    input: &PersonAdjustment,
    part: Option<OfficeCode>,
) -> Result<(), Refusal> {
    let held = draft.not_dead("people", &input.person)?;
    let mut edits = Vec::new();
    for (field, address) in [
        (Field::Permanent, &input.permanent_address),
        (Field::Temporary, &input.temporary_address),
    ] {
        if address.is_none() && part.is_none() {
            continue;
        }
        let (entry, open) = match (open_here(draft, "people", &held, field), address) {
            (Ok(open), _) => open,
            // With the part alone every home of the person here is meant.
            (Err(_), None) => continue,
            (Err(none), Some(_)) => return Err(none),
        };
        if let Some(address) = address {
            not_empty("people", address)?;
        }
        let address = address.as_ref().unwrap_or(&open.address);
        draft.undisputed(&held, field)?;
        if open.address == *address && part.is_none() {
            continue;
        }
        let written = Residence {
            unit: written_unit(draft, open.unit, part)?,
            address: address.clone(),
            ..open
        };
        edits.push(Edit::Amend(field, entry, Some(Value::Residence(written))));
    }
    if part.is_some() && edits.is_empty() {
        open_here(draft, "people", &held, Field::Permanent)?;
    }
    if let Some(relation) = input.relation {
        edits.extend(adjust_relation(draft, &held, relation)?);
    }
    draft.change_held(&held, edits)
}

fn adjust_relation(
    draft: &Draft<'_>,
    held: &Held,
    relation: Relation,
) -> Result<Option<Edit>, Refusal> {
    let field = "relation";
    draft.undisputed(held, Field::Relation)?;
    let person = Person(held.fields());
    let Some(member) = person.membership() else {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "người này không thuộc hộ nào; để trống quan hệ với chủ hộ",
                "the person is of no household; leave the relation out",
            ),
        });
    };
    if draft.filing.evidence.is_empty() {
        return Err(Refusal::NoPaper {
            what: words("quan hệ mới với chủ hộ", "the new relation to the head"),
            rule: "Law on Residence 68/2020, Art. 26(2)",
        });
    }
    let own = Some(held.record.id);
    fits_head(draft, &member.household, own, Some(relation))?;
    let changes = person.relation() != Some(&relation);
    Ok(changes.then_some(Edit::Put(Field::Relation, Value::Relation(relation))))
}

fn adjust_household(
    draft: &mut Draft<'_>,
    input: &HouseholdAdjustment,
    part: Option<OfficeCode>,
) -> Result<(), Refusal> {
    let field = "households";
    let held = standing_household(draft, field, &input.household)?;
    draft.undisputed(&held, Field::HouseholdAddress)?;
    let place = match held.fields().single(Field::HouseholdAddress) {
        Some(Value::Place(place)) => place.clone(),
        _ => Place {
            unit: Some(draft.desk.office),
            ..Place::default()
        },
    };
    let here = place.unit;
    let Some(unit) = here.filter(|unit| draft.lies_here(*unit, &place.text)) else {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "đây không phải hộ của xã này; chọn hộ khác",
                "this is no household of this commune; choose another",
            ),
        });
    };
    let address = match part {
        Some(_) if input.address.is_empty() => &place.text,
        _ => {
            not_empty(field, &input.address)?;
            &input.address
        }
    };
    if place.text == *address && part.is_none() {
        return Ok(());
    }
    let written = Place {
        unit: Some(written_unit(draft, unit, part)?),
        text: address.clone(),
        ..place.clone()
    };
    let edit = Edit::Put(Field::HouseholdAddress, Value::Place(written));
    draft.change_held(&held, vec![edit])
}

/// The commune that is written with an address from now on: the part that is named, else this
/// office's own. The code that stood there may have come to mean another part of what it was, and the
/// old address, by which that was told, is gone.
fn written_unit(
    draft: &Draft<'_>,
    was: OfficeCode,
    part: Option<OfficeCode>,
) -> Result<OfficeCode, Refusal> {
    match part {
        None => Ok(draft.desk.office),
        Some(part) if draft.desk.units.is_part(was, part) => Ok(part),
        Some(_) => Err(no_part()),
    }
}

/// What is said of a commune that is no part of what the home's commune was.
pub(super) fn no_part() -> Refusal {
    Refusal::AgainstRule {
        field: "unit",
        words: words(
            "xã này không phải một phần của xã đã chia; người chuyển đến nơi khác thì đăng ký thường trú ở đó",
            "this commune is no part of one that was divided; whoever moved registers where they live now",
        ),
        rule: ADDRESS_RULE,
    }
}

fn not_empty(field: &'static str, address: &Line) -> Result<(), Refusal> {
    if address.is_empty() {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "địa chỉ không để trống được; ghi địa chỉ mới",
                "an address is not taken away; write the new one",
            ),
        });
    }
    Ok(())
}
