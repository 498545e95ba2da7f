//! Households: split and change of head (Law on Residence 68/2020, Articles 10, 25 and 26).

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::code::Relation;
use crate::date::PartialDate;
use crate::edit::Edit;
use crate::fields::Fields;
use crate::person::{Person, head_of};
use crate::procedure::{Draft, Held, Refusal};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Membership, Value};

/// Some members leave a household and make one of their own at the same address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdSplitInput {
    /// The household that they leave.
    pub household: RecordId,
    /// Who leaves.
    pub leaving: Vec<RecordId>,
    /// Which of them is the head of the new one.
    pub new_head: RecordId,
}

pub(super) fn split(draft: &mut Draft<'_>, input: &HouseholdSplitInput) -> Result<(), Refusal> {
    let old = draft.held("household", &input.household, RecordKind::Household)?;
    if !input.leaving.contains(&input.new_head) {
        return Err(Refusal::Invalid {
            field: "new_head",
            words: "the head of the new household is one of those who leave",
        });
    }
    if head_of(old.fields()).is_some_and(|head| input.leaving.contains(&head)) {
        return Err(Refusal::Invalid {
            field: "leaving",
            words: "the head stays; change the head of the household first",
        });
    }
    let since = draft.effective();
    let mut fields = Fields::new();
    fields.set(
        Field::HouseholdAddress,
        old.fields().single(Field::HouseholdAddress).cloned(),
    );
    fields.set(Field::HouseholdHead, Some(Value::Head(input.new_head)));
    let short: String = draft.desk.act.to_string().chars().take(8).collect();
    let local = format!("HO-TAM-{}-{short}", draft.desk.office);
    fields.set(
        Field::HouseholdLocal,
        Some(Value::Text(Line::parse(&local).unwrap_or_default())),
    );
    let household = draft.make(RecordKind::Household, fields);
    for id in &input.leaving {
        let held = member(draft, "leaving", id, &input.household)?;
        let relation = if *id == input.new_head {
            Relation::Head
        } else {
            Relation::Other
        };
        draft.change_held(
            &held,
            vec![
                Edit::Put(
                    Field::Membership,
                    Value::Membership(Membership { household, since }),
                ),
                Edit::Put(Field::Relation, Value::Relation(relation)),
            ],
        )?;
    }
    Ok(())
}

/// A living member of the household whose membership no case is about.
fn member(
    draft: &Draft<'_>,
    field: &'static str,
    id: &RecordId,
    household: &RecordId,
) -> Result<Held, Refusal> {
    let held = draft.living(field, id)?;
    draft.undisputed(&held, Field::Membership)?;
    if Person(held.fields())
        .membership()
        .is_none_or(|member| member.household != *household)
    {
        return Err(Refusal::Invalid {
            field,
            words: "is not a member of this household",
        });
    }
    Ok(held)
}

/// Another member becomes the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeOfHeadInput {
    /// The household.
    pub household: RecordId,
    /// The new head.
    pub new_head: RecordId,
    /// Day on which the members agreed; the day of entry if left out.
    #[serde(default)]
    pub agreed: Option<PartialDate>,
}

pub(super) fn change_of_head(
    draft: &mut Draft<'_>,
    input: &ChangeOfHeadInput,
) -> Result<(), Refusal> {
    if let Some(agreed) = input.agreed {
        draft.past("agreed", agreed)?;
        draft.effective.get_or_insert(agreed);
    }
    let household = draft.held("household", &input.household, RecordKind::Household)?;
    draft.undisputed(&household, Field::HouseholdHead)?;
    let head = member(draft, "new_head", &input.new_head, &input.household)?;
    if head_of(household.fields()) == Some(input.new_head) {
        return Err(Refusal::NothingChanges);
    }
    draft.change_held(
        &household,
        vec![Edit::Put(Field::HouseholdHead, Value::Head(input.new_head))],
    )?;
    draft.change_held(
        &head,
        vec![Edit::Put(Field::Relation, Value::Relation(Relation::Head))],
    )?;
    // The relations of the others are told anew later, one by one; only the former head's is
    // known to be wrong now. The dead are left as they are.
    if let Some(former) = head_of(household.fields())
        && let Ok(held) = draft.living("household", &former)
    {
        draft.change_held(
            &held,
            vec![Edit::Put(Field::Relation, Value::Relation(Relation::Other))],
        )?;
    }
    Ok(())
}
