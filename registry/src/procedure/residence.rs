//! Residence: permanent and temporary registration, stay notices (Law on Residence 68/2020).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::code::Relation;
use crate::date::{DateOrder, PartialDate};
use crate::edit::Edit;
use crate::fields::{EntryId, Fields};
use crate::person::{Person, head_of};
use crate::procedure::civil::{claimed, whose};
use crate::procedure::household::{fits_head, leave_all, not_the_head, standing_household};
use crate::procedure::{Draft, Held, Refusal, Somebody};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Membership, Place, Residence, Stay, Value};
use crate::words::words;

/// Longest temporary registration, days (Law on Residence 68/2020, Art. 27: two years).
pub(super) const TEMPORARY_DAYS_MAX: i32 = 731;
/// Nights from which a stay must be registered (Law on Residence 68/2020, Art. 30).
const STAY_DAYS_MAX: i32 = 30;
/// The input that names somebody.
const PERSON: &str = "person";

/// Permanent registration in this commune. People move in from other communes by their card, or
/// within the commune by their record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermanentInput {
    /// Who moves; the first is the head of a new household.
    pub people: Vec<Mover>,
    /// House, street, hamlet.
    pub address: Line,
    /// First day; the day of entry if left out.
    #[serde(default)]
    pub from: Option<PartialDate>,
    /// The household joined; a new one is made if left out.
    #[serde(default)]
    pub household: Option<RecordId>,
    /// The ground (owner, rented with consent …), never empty.
    #[serde(default)]
    pub ground: Line,
    /// Who is head of the household that they leave, if its head is one of them and others stay.
    #[serde(default)]
    pub new_head: Option<RecordId>,
}

/// One of those who move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mover {
    /// Who.
    pub person: Somebody,
    /// Relation to the head of the household.
    #[serde(default)]
    pub relation: Option<Relation>,
}

pub(super) fn permanent(draft: &mut Draft<'_>, input: &PermanentInput) -> Result<(), Refusal> {
    if input.people.is_empty() {
        draft.fault(Refusal::Missing { field: "people" });
    }
    if input.ground.is_empty() {
        draft.fault(Refusal::Missing { field: "ground" });
    }
    draft.tell(draft.papers(words(
        "tờ khai CT01 có ý kiến đồng ý của chủ hộ và chủ sở hữu chỗ ở, hoặc giấy tờ chứng minh chỗ ở hợp pháp (Luật Cư trú 68/2020, Điều 21)",
        "the declaration CT01 with the consent of the head and of the owner of the dwelling, or the paper that proves the lawful dwelling (Law on Residence 68/2020, Art. 21)",
    )));
    let from = input.from.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("from", from));
    draft.effective.get_or_insert(from);
    let household = match input.household {
        Some(id) => {
            draft.tell(standing_household(draft, "household", &id));
            id
        }
        None => new_household(draft, input),
    };
    let left = households_left(draft, input, &household);
    let mut all_move = true;
    for (index, mover) in input.people.iter().enumerate() {
        let relation = relation_of(draft, input, index, mover);
        let relation = draft.tell(relation).unwrap_or(Relation::Other);
        let residence = Residence {
            unit: draft.desk.office,
            address: input.address.clone(),
            from,
            until: None,
            to: None,
            ground: input.ground.clone(),
        };
        let moved = Line::parse("chuyển nơi ở").unwrap_or_default();
        let edits = vec![
            Edit::CloseOpen {
                field: Field::Permanent,
                to: from,
                ground: moved,
            },
            Edit::Add(Field::Permanent, Value::Residence(residence)),
            Edit::Put(
                Field::Membership,
                Value::Membership(Membership {
                    household,
                    since: from,
                }),
            ),
            Edit::Put(Field::Relation, Value::Relation(relation)),
        ];
        let moved = change_somebody(draft, &mover.person, Field::Permanent, edits);
        all_move &= draft.tell(moved).is_some();
    }
    // Who stays behind, and who heads them, is known once it is settled who goes.
    if !all_move {
        return Ok(());
    }
    leave_all(draft, &left, input.new_head)
}

/// What a mover is to the head of the household that they move into: its one head, or somebody else.
fn relation_of(
    draft: &Draft<'_>,
    input: &PermanentInput,
    index: usize,
    mover: &Mover,
) -> Result<Relation, Refusal> {
    let Some(household) = &input.household else {
        let heads = index == 0;
        let default = if heads {
            Relation::Head
        } else {
            Relation::Other
        };
        let relation = mover.relation.unwrap_or(default);
        if (relation == Relation::Head) == heads {
            return Ok(relation);
        }
        return Err(not_the_head());
    };
    let own = whose(draft, PERSON, &mover.person).ok().flatten();
    let joined = draft.slice.record(household);
    let head = joined.and_then(|joined| head_of(joined.fields()));
    let default = if head.is_some() && head == own {
        Relation::Head
    } else {
        Relation::Other
    };
    let relation = mover.relation.unwrap_or(default);
    fits_head(draft, household, own, Some(relation))?;
    Ok(relation)
}

/// The households of this office that the movers leave, with those who leave each. One of another
/// commune is set in order there, when its office sees who is gone.
fn households_left(
    draft: &Draft<'_>,
    input: &PermanentInput,
    joined: &RecordId,
) -> BTreeMap<RecordId, Vec<RecordId>> {
    let mut left: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for mover in &input.people {
        // Of whom the card says two things nothing is known; that is told where they are changed.
        let id = whose(draft, PERSON, &mover.person).ok().flatten();
        let held = id.and_then(|id| draft.slice.record(&id));
        let member = held.and_then(|held| Person(held.fields()).membership().cloned());
        if let (Some(id), Some(member)) = (id, member)
            && member.household != *joined
        {
            left.entry(member.household).or_default().push(id);
        }
    }
    left
}

/// A household whose head is the first mover. A head of another commune is not known by record
/// here; the household then gets its head from the centre's answer, by the relation.
fn new_household(draft: &mut Draft<'_>, input: &PermanentInput) -> RecordId {
    let mut fields = Fields::new();
    let place = Place {
        unit: Some(draft.desk.office),
        text: input.address.clone(),
        country: None,
    };
    fields.set(Field::HouseholdAddress, Some(Value::Place(place)));
    let head = input
        .people
        .first()
        .and_then(|first| whose(draft, PERSON, &first.person).ok().flatten());
    fields.set(Field::HouseholdHead, head.map(Value::Head));
    let short: String = draft.desk.act.to_string().chars().take(8).collect();
    let local = format!("HO-TAM-{}-{short}", draft.desk.office);
    fields.set(
        Field::HouseholdLocal,
        Some(Value::Text(Line::parse(&local).unwrap_or_default())),
    );
    draft.make(RecordKind::Household, fields)
}

fn change_somebody(
    draft: &mut Draft<'_>,
    somebody: &Somebody,
    field: Field,
    edits: Vec<Edit>,
) -> Result<(), Refusal> {
    match whose(draft, PERSON, somebody)? {
        Some(id) => {
            let held = draft.living(PERSON, &id)?;
            draft.undisputed(&held, field)?;
            if edits.iter().any(|edit| closes_too_early(&held, edit)) {
                return Err(Refusal::BeforeHome { field: "from" });
            }
            draft.change_held(&held, edits)
        }
        None => {
            let claimed = claimed(draft, PERSON, somebody)?;
            draft.change_absent(claimed, edits);
            Ok(())
        }
    }
}

fn closes_too_early(held: &Held, edit: &Edit) -> bool {
    match edit {
        Edit::CloseOpen { field, to, .. } => begins_after(&Person(held.fields()), *field, *to),
        _ => false,
    }
}

/// Whether a residence stands that an act began after a day, for sure: nobody moves on from where they do
/// not live yet. What came with the register may have a first day that nobody told.
pub fn begins_after(person: &Person<'_>, field: Field, day: PartialDate) -> bool {
    let mut homes = person.residences(field);
    homes.any(|(entry, home)| {
        let told = matches!(entry, EntryId::Act(_));
        told && home.to.is_none() && day.compare(home.from) == DateOrder::Before
    })
}

/// Temporary registration in this commune, 30 days to two years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemporaryInput {
    /// Who.
    pub person: Somebody,
    /// House, street, hamlet.
    pub address: Line,
    /// First day.
    pub from: PartialDate,
    /// Last day.
    pub to: PartialDate,
    /// The ground, never empty.
    #[serde(default)]
    pub ground: Line,
}

pub(super) fn temporary(draft: &mut Draft<'_>, input: &TemporaryInput) -> Result<(), Refusal> {
    if input.ground.is_empty() {
        draft.fault(Refusal::Missing { field: "ground" });
    }
    draft.tell(draft.papers(words(
        "tờ khai CT01 và giấy tờ chứng minh chỗ ở hợp pháp (Luật Cư trú 68/2020, Điều 28)",
        "the declaration CT01 and the paper that proves the lawful dwelling (Law on Residence 68/2020, Art. 28)",
    )));
    draft.tell(draft.past("from", input.from));
    let days = input.to.last_day().days_since(input.from.first_day());
    if !(STAY_DAYS_MAX..=TEMPORARY_DAYS_MAX).contains(&days) {
        draft.fault(Refusal::Invalid {
            field: "to",
            words: words(
                "tạm trú từ 30 ngày đến tối đa 2 năm (Luật Cư trú 68/2020, Điều 27); xem lại ngày cuối",
                "temporary residence lasts from 30 days to two years (Law on Residence 68/2020, Art. 27); look at the last day",
            ),
        });
    }
    draft.effective.get_or_insert(input.from);
    draft.tell(outside_home(draft, &input.person));
    let residence = Residence {
        unit: draft.desk.office,
        address: input.address.clone(),
        from: input.from,
        until: Some(input.to),
        to: None,
        ground: input.ground.clone(),
    };
    let moved = Line::parse("chuyển nơi ở").unwrap_or_default();
    let edits = vec![
        Edit::CloseOpen {
            field: Field::Temporary,
            to: input.from,
            ground: moved,
        },
        Edit::Add(Field::Temporary, Value::Residence(residence)),
    ];
    change_somebody(draft, &input.person, Field::Temporary, edits)
}

/// Temporary residence is registered outside the commune of the permanent one. Of somebody who is
/// not held here the office knows no home; if there is one here it ends the stay (row 16).
fn outside_home(draft: &Draft<'_>, somebody: &Somebody) -> Result<(), Refusal> {
    let id = whose(draft, PERSON, somebody)?;
    let Some(held) = id.and_then(|id| draft.slice.record(&id)) else {
        return Ok(());
    };
    let at_home = Person(held.fields())
        .open_permanent()
        .any(|(_, home)| draft.lies_here(home.unit, &home.address));
    if at_home {
        return Err(Refusal::AgainstRule {
            field: "person",
            words: words(
                "người này thường trú ở xã này; tạm trú chỉ đăng ký ở nơi khác xã thường trú",
                "this person has permanent residence in this commune; temporary residence is registered where one lives outside of it",
            ),
            rule: "Law on Residence 68/2020, Art. 27(1)",
        });
    }
    Ok(())
}

/// A notice that somebody stays in this commune for under 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StayInput {
    /// Who.
    pub person: Somebody,
    /// Where.
    #[serde(default)]
    pub place: Line,
    /// First night.
    pub from: PartialDate,
    /// Last night; the same if left out.
    #[serde(default)]
    pub to: Option<PartialDate>,
}

pub(super) fn stay(draft: &mut Draft<'_>, input: &StayInput) -> Result<(), Refusal> {
    draft.tell(draft.past("from", input.from));
    let to = input.to.unwrap_or(input.from);
    if to.compare(input.from) == DateOrder::Before
        || to.last_day().days_since(input.from.first_day()) >= STAY_DAYS_MAX
    {
        draft.fault(Refusal::Invalid {
            field: "to",
            words: words(
                "thông báo lưu trú chỉ dùng cho thời gian dưới 30 ngày (Luật Cư trú 68/2020, Điều 30); ở lâu hơn thì đăng ký tạm trú",
                "a stay notice covers under 30 days (Law on Residence 68/2020, Art. 30); register temporary residence for longer",
            ),
        });
    }
    draft.effective.get_or_insert(input.from);
    let place = Place {
        unit: Some(draft.desk.office),
        text: input.place.clone(),
        country: None,
    };
    let stay = Value::Stay(Stay {
        from: input.from,
        to,
        place,
    });
    let edits = vec![Edit::Add(Field::Stays, stay)];
    // A sign of life of somebody registered as dead is just what must not be refused (row 7).
    match whose(draft, PERSON, &input.person)? {
        Some(id) => {
            let held = draft
                .slice
                .record(&id)
                .filter(|held| held.record.kind == RecordKind::Person)
                .ok_or(Refusal::NotHeld { field: PERSON })?;
            draft.change_held(&held, edits)
        }
        None => change_somebody(draft, &input.person, Field::Stays, edits),
    }
}
