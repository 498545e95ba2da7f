//! Two households of a commune become one (nhập hộ; Law on Residence 68/2020, Articles 10 and 26).

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::code::Relation;
use crate::edit::Edit;
use crate::procedure::household::{close, members, standing_household};
use crate::procedure::{Draft, Held, Notice, Refusal};
use crate::schema::Field;
use crate::text::same_text;
use crate::value::{Membership, Place, Value};
use crate::words::words;

/// All members of a household join another one of the commune; the emptied one is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdMergeInput {
    /// The household that ends.
    pub household: RecordId,
    /// The household that they join; its head stays its head.
    pub into: RecordId,
    /// What they are to the head of the household that they join; whoever is left out is `other`.
    #[serde(default)]
    pub relations: Vec<MemberRelation>,
}

/// What a member is to the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRelation {
    /// Who.
    pub person: RecordId,
    /// Relation to the head.
    pub relation: Relation,
}

pub(super) fn merge(draft: &mut Draft<'_>, input: &HouseholdMergeInput) -> Result<(), Refusal> {
    if input.household == input.into {
        return Err(Refusal::Invalid {
            field: "into",
            words: words(
                "hai hộ này là một; chọn hộ khác",
                "the two households are one; choose another",
            ),
        });
    }
    draft.tell(draft.papers(words(
        "tờ khai CT01 có ý kiến đồng ý của chủ hộ và các thành viên (Luật Cư trú 68/2020, Điều 10 và 26)",
        "the declaration CT01 with the consent of the heads and the members (Law on Residence 68/2020, Art. 10 and 26)",
    )));
    let ends = draft.tell(standing_household(draft, "household", &input.household));
    let joined = draft.tell(standing_household(draft, "into", &input.into));
    let (Some(ends), Some(joined)) = (ends, joined) else {
        return Ok(());
    };
    for (field, held) in [("household", &ends), ("into", &joined)] {
        let here = |place: &Place| {
            let unit = place.unit;
            unit.is_some_and(|unit| draft.lies_here(unit, &place.text))
        };
        if place_of(held).is_some_and(|place| !here(place)) {
            draft.fault(Refusal::AgainstRule {
                field,
                words: words(
                    "đây không phải hộ của xã này; muốn chuyển đến hộ ở xã khác thì đăng ký thường trú ở đó",
                    "this is no household of this commune; people move there by permanent registration",
                ),
                rule: "Law on Residence 68/2020, Art. 20 to 22",
            });
        }
    }
    let same_address = match (place_of(&ends), place_of(&joined)) {
        (Some(one), Some(two)) => same_text(one.text.as_str(), two.text.as_str()),
        _ => true,
    };
    if !same_address {
        draft.notice(Notice::AddressDiffers);
    }
    let people = members(draft, &input.household);
    if people.is_empty() {
        return Err(Refusal::Invalid {
            field: "household",
            words: words(
                "hộ này không còn thành viên nào đang sống để nhập vào hộ khác; chọn hộ khác",
                "this household has no living member who could join another; choose another",
            ),
        });
    }
    let named = |relation: &MemberRelation| people.contains(&relation.person);
    if !input.relations.iter().all(named) {
        draft.fault(Refusal::Invalid {
            field: "relations",
            words: words(
                "có người không phải thành viên của hộ được nhập đi; bỏ người đó ra",
                "one of these is not a member of the household that ends; leave that person out",
            ),
        });
    }
    let since = draft.effective();
    for id in &people {
        // One who is missing goes along with the household.
        let held = draft.not_dead("household", id)?;
        draft.undisputed(&held, Field::Membership)?;
        let told = input
            .relations
            .iter()
            .find(|relation| relation.person == *id)
            .map(|relation| relation.relation);
        if told == Some(Relation::Head) {
            return Err(Refusal::AgainstRule {
                field: "relations",
                words: words(
                    "hộ nhận vào giữ nguyên chủ hộ; muốn đổi thì sau đó làm thủ tục “Thay đổi chủ hộ”",
                    "the household that is joined keeps its head; file a change of head afterwards",
                ),
                rule: "Law on Residence 68/2020, Art. 10",
            });
        }
        let household = input.into;
        draft.change_held(
            &held,
            vec![
                Edit::Put(
                    Field::Membership,
                    Value::Membership(Membership { household, since }),
                ),
                Edit::Put(
                    Field::Relation,
                    Value::Relation(told.unwrap_or(Relation::Other)),
                ),
            ],
        )?;
    }
    close(draft, &ends, &format!("nhập vào hộ {}", input.into))
}

fn place_of(household: &Held) -> Option<&Place> {
    match household.fields().single(Field::HouseholdAddress)? {
        Value::Place(place) => Some(place),
        _ => None,
    }
}
