//! Households: split and change of head, and what becomes of a household that people leave (Law on
//! Residence 68/2020, Articles 10, 25 and 26). Two that become one are in [`super::merge`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::code::Relation;
use crate::date::PartialDate;
use crate::edit::Edit;
use crate::fields::Fields;
use crate::person::{Person, head_of};
use crate::procedure::{Draft, Held, Notice, Refusal};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Membership, Place, Value};
use crate::words::words;

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
    /// Who is head of those who stay, if the head is one of those who leave.
    #[serde(default)]
    pub remaining_head: Option<RecordId>,
}

pub(super) fn split(draft: &mut Draft<'_>, input: &HouseholdSplitInput) -> Result<(), Refusal> {
    draft.tell(draft.papers(words("văn bản đồng ý của chủ hộ và của chủ sở hữu chỗ ở hợp pháp, hoặc giấy tờ về việc ly hôn (Luật Cư trú 68/2020, Điều 25)", "the consent of the head and of the owner of the dwelling, or the paper of the divorce (Law on Residence 68/2020, Art. 25)")));
    let old = standing_household(draft, "household", &input.household)?;
    if !input.leaving.contains(&input.new_head) {
        draft.fault(Refusal::Invalid {
            field: "new_head",
            words: words(
                "chủ hộ mới phải là một trong những người tách ra; chọn lại",
                "the head of the new household is one of those who leave; choose again",
            ),
        });
    }
    draft.tell(draft.once("leaving", &input.leaving));
    let stays = |id: &RecordId| !input.leaving.contains(id);
    if !members(draft, &input.household).iter().any(stays) {
        draft.fault(Refusal::Invalid {
            field: "leaving",
            words: words(
                "tách hộ thì phải có người ở lại; nếu cả hộ chuyển đi thì đăng ký thường trú ở nơi mới",
                "in a split somebody stays in the household; move all of them by permanent registration",
            ),
        });
    }
    let since = draft.effective();
    let mut fields = Fields::new();
    fields.set(
        Field::HouseholdAddress,
        address_today(draft, old.fields().single(Field::HouseholdAddress)),
    );
    fields.set(Field::HouseholdHead, Some(Value::Head(input.new_head)));
    let short: String = draft.desk.act.to_string().chars().take(8).collect();
    let local = format!("HO-TAM-{}-{short}", draft.desk.office);
    fields.set(
        Field::HouseholdLocal,
        Some(Value::Text(Line::parse(&local).unwrap_or_default())),
    );
    let household = draft.make(RecordKind::Household, fields);
    let mut all_leave = true;
    for id in &input.leaving {
        let held = member(draft, "leaving", id, &input.household);
        let Some(held) = draft.tell(held) else {
            all_leave = false;
            continue;
        };
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
    // Who heads those who stay is known once it is settled who leaves.
    if !all_leave {
        return Ok(());
    }
    let leaving = Leaving {
        people: &input.leaving,
        head: input.remaining_head,
        field: "remaining_head",
    };
    leave(draft, &input.household, &leaving)
}

/// A household that the office holds and that was not closed.
pub(super) fn standing_household(
    draft: &Draft<'_>,
    field: &'static str,
    id: &RecordId,
) -> Result<Held, Refusal> {
    let held = draft.held(field, id, RecordKind::Household)?;
    standing(field, &held)?;
    Ok(held)
}

/// Refuses a household that was closed, as the input's field.
pub fn standing(field: &'static str, held: &Held) -> Result<(), Refusal> {
    match held.fields().single(Field::HouseholdRevoked) {
        Some(_) => Err(Refusal::Revoked { field }),
        None => Ok(()),
    }
}

/// Refuses a household of another commune, which its own office keeps in order.
pub(super) fn is_of_this_office(
    draft: &Draft<'_>,
    field: &'static str,
    household: &Held,
) -> Result<(), Refusal> {
    let place = match household.fields().single(Field::HouseholdAddress) {
        Some(Value::Place(place)) => place.unit.map(|unit| (unit, &place.text)),
        _ => None,
    };
    if place.is_none_or(|(unit, address)| draft.lies_here(unit, address)) {
        return Ok(());
    }
    Err(Refusal::Invalid {
        field,
        words: words(
            "đây không phải hộ của xã này; chọn hộ khác",
            "this is no household of this commune; choose another",
        ),
    })
}

/// Refuses a relation that makes a second head of a household, and another one than head for the
/// head; `person` is nobody yet if the act makes their record.
pub(super) fn fits_head(
    draft: &Draft<'_>,
    household: &RecordId,
    person: Option<RecordId>,
    relation: Option<Relation>,
) -> Result<(), Refusal> {
    let record = draft.slice.record(household);
    let head = record.and_then(|record| head_of(record.fields()));
    if head.is_none() && relation == Some(Relation::Head) {
        // A household that came without a head has the one who is said to be it.
        let said = |id: &RecordId| {
            let held = draft.slice.record(id);
            Some(*id) != person
                && held
                    .is_some_and(|held| Person(held.fields()).relation() == Some(&Relation::Head))
        };
        return match members(draft, household).iter().any(said) {
            true => Err(not_the_head()),
            false => Ok(()),
        };
    }
    if head.is_none() || (relation == Some(Relation::Head)) == (head == person) {
        return Ok(());
    }
    Err(not_the_head())
}

/// One person is head of a household, and nobody else is said to be.
pub(super) const fn not_the_head() -> Refusal {
    Refusal::AgainstRule {
        field: "relation",
        words: words(
            "chỉ chủ hộ mới ghi quan hệ là chủ hộ; muốn đổi chủ hộ thì làm thủ tục “Thay đổi chủ hộ”",
            "the head of the household, and nobody else, has the relation of head; file a change of head",
        ),
        rule: "Law on Residence 68/2020, Art. 10 and 26(1)(a)",
    }
}

/// The members whom the office holds and who are not dead: one who is missing keeps their place.
pub(super) fn members(draft: &Draft<'_>, household: &RecordId) -> Vec<RecordId> {
    let mut members = draft.slice.members(household);
    members.retain(|id| {
        draft.slice.record(id).is_some_and(|held| {
            let person = Person(held.fields());
            !person.is_dead() && !person.is_revoked()
        })
    });
    members
}

fn is_missing(draft: &Draft<'_>, id: &RecordId) -> bool {
    let held = draft.slice.record(id);
    held.is_some_and(|held| Person(held.fields()).is_missing())
}

/// Who leaves a household, and who is its head then.
pub(super) struct Leaving<'a> {
    /// Those who go.
    pub(super) people: &'a [RecordId],
    /// The head of those who stay, if the head goes.
    pub(super) head: Option<RecordId>,
    /// The input that names that head.
    pub(super) field: &'static str,
}

/// Keeps a household in order that people leave: it has one head, who is a member; without members
/// it is closed. A household of another office is that office's to set in order.
pub(super) fn leave(
    draft: &mut Draft<'_>,
    household: &RecordId,
    leaving: &Leaving<'_>,
) -> Result<(), Refusal> {
    let field = leaving.field;
    let Some(held) = draft.slice.record(household) else {
        return Ok(());
    };
    let mut staying = members(draft, household);
    // Over one who is missing nobody keeps house: a household that nobody else stays in is closed.
    staying.retain(|id| !leaving.people.contains(id) && !is_missing(draft, id));
    if staying.is_empty() {
        if leaving.head.is_some() {
            return Err(Refusal::Invalid {
                field,
                words: words(
                    "không còn ai ở lại hộ nên không cần chủ hộ; để trống mục này",
                    "nobody stays in the household, so it needs no head; leave this out",
                ),
            });
        }
        return close(draft, &held, "không còn thành viên");
    }
    let head = head_of(held.fields());
    let goes = head.is_some_and(|head| leaving.people.contains(&head));
    let Some(new) = leaving.head else {
        return if goes {
            Err(Refusal::AgainstRule {
                field,
                words: words(
                    "chủ hộ rời đi; chọn ai trong những người ở lại làm chủ hộ",
                    "the head leaves; name who of those who stay is head from now on",
                ),
                rule: "Law on Residence 68/2020, Art. 10",
            })
        } else {
            Ok(())
        };
    };
    if !staying.contains(&new) {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "người này không thuộc những người ở lại hộ; chọn người khác",
                "this person is not one of those who stay in the household; choose another",
            ),
        });
    }
    if head.is_some() && !goes {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "chủ hộ vẫn ở lại hộ; để trống mục này",
                "the head stays in the household; leave this out",
            ),
        });
    }
    draft.undisputed(&held, Field::HouseholdHead)?;
    let person = member(draft, field, &new, household)?;
    let edit = Edit::Put(Field::HouseholdHead, Value::Head(new));
    draft.change_held(&held, vec![edit])?;
    let edit = Edit::Put(Field::Relation, Value::Relation(Relation::Head));
    draft.change_held(&person, vec![edit])
}

/// Keeps in order all households that people leave by one act, of which at most one gets another
/// head: `new_head`, the input's field of that name.
pub(super) fn leave_all(
    draft: &mut Draft<'_>,
    households: &BTreeMap<RecordId, Vec<RecordId>>,
    mut new_head: Option<RecordId>,
) -> Result<(), Refusal> {
    for (household, leaving) in households {
        let alone = households.len() == 1;
        let of_this = new_head.filter(|id| alone || draft.slice.members(household).contains(id));
        if of_this.is_some() {
            new_head = None;
        }
        let leaving = Leaving {
            people: leaving,
            head: of_this,
            field: "new_head",
        };
        leave(draft, household, &leaving)?;
    }
    match new_head {
        Some(_) => Err(Refusal::Invalid {
            field: "new_head",
            words: words(
                "người này không phải thành viên của hộ có người rời đi; chọn một người ở lại hộ",
                "this person is not a member of the household that the others leave; name one who stays",
            ),
        }),
        None => Ok(()),
    }
}

/// Closes a household for good; the record stays, with the reason.
pub(super) fn close(draft: &mut Draft<'_>, held: &Held, why: &str) -> Result<(), Refusal> {
    draft.notice(Notice::HouseholdClosed);
    let words = format!("đóng ngày {}: {why}", draft.effective().to_iso());
    let ground = Line::parse(&words).unwrap_or_default();
    let edit = Edit::Put(Field::HouseholdRevoked, Value::Text(ground));
    draft.change_held(held, vec![edit])
}

/// The address of a household as it is written today: under the code of this office, which holds
/// the household, where it was written before a decree gave another code to the place.
fn address_today(draft: &Draft<'_>, address: Option<&Value>) -> Option<Value> {
    let Some(Value::Place(place)) = address else {
        return address.cloned();
    };
    let today = |unit| match draft.lies_here(unit, &place.text) {
        true => draft.desk.office,
        false => unit,
    };
    let unit = place.unit.map(today);
    Some(Value::Place(Place {
        unit,
        ..place.clone()
    }))
}

/// A living member of the household whose membership no case is about.
pub(super) fn member(
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
            words: words(
                "người này không phải thành viên của hộ; chọn lại",
                "this person is not a member of the household; choose again",
            ),
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
    // Who is alone in a household is its head by law; nobody names them.
    let alone = members(draft, &input.household) == [input.new_head];
    let papers = || {
        draft.papers(words("văn bản các thành viên hộ thống nhất đề cử chủ hộ, hoặc quyết định của Tòa án (Luật Cư trú 68/2020, Điều 10 và 26)", "the paper in which the members name the head, or the court's decision (Law on Residence 68/2020, Art. 10 and 26)"))
    };
    draft.tell(if alone { Ok(()) } else { papers() });
    if let Some(agreed) = input.agreed {
        draft.tell(draft.past("agreed", agreed));
        draft.effective.get_or_insert(agreed);
    }
    let household = draft.tell(standing_household(draft, "household", &input.household));
    let head = draft.tell(member(draft, "new_head", &input.new_head, &input.household));
    let (Some(household), Some(head)) = (household, head) else {
        return Ok(());
    };
    draft.undisputed(&household, Field::HouseholdHead)?;
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
        && let Ok(held) = draft.not_dead("household", &former)
    {
        draft.change_held(
            &held,
            vec![Edit::Put(Field::Relation, Value::Relation(Relation::Other))],
        )?;
    }
    Ok(())
}
