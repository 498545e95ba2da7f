//! Residence: permanent and temporary registration, stay notices (Law on Residence 68/2020).

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::code::Relation;
use crate::date::{DateOrder, PartialDate};
use crate::edit::Edit;
use crate::fields::Fields;
use crate::procedure::civil::claimed;
use crate::procedure::household::standing_household;
use crate::procedure::{Draft, Refusal, Somebody};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Membership, Place, Residence, Stay, Value};

/// Longest temporary registration, days (Law on Residence 68/2020, Art. 27: two years).
pub(super) const TEMPORARY_DAYS_MAX: i32 = 731;
/// Nights from which a stay must be registered (Law on Residence 68/2020, Art. 30).
const STAY_DAYS_MAX: i32 = 30;

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
    /// The ground (owner, rented with consent …).
    #[serde(default)]
    pub ground: Line,
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
        return Err(Refusal::Missing { field: "people" });
    }
    let from = draft.past("from", input.from.unwrap_or_else(|| draft.today()))?;
    draft.effective.get_or_insert(from);
    let household = match input.household {
        Some(id) => {
            standing_household(draft, "household", &id)?;
            id
        }
        None => new_household(draft, input),
    };
    for (index, mover) in input.people.iter().enumerate() {
        let default = if index == 0 && input.household.is_none() {
            Relation::Head
        } else {
            Relation::Other
        };
        let residence = Residence {
            unit: draft.desk.office,
            address: input.address.clone(),
            from,
            until: None,
            to: None,
            ground: input.ground.clone(),
        };
        let moved = Line::parse("moved").unwrap_or_default();
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
            Edit::Put(
                Field::Relation,
                Value::Relation(mover.relation.unwrap_or(default)),
            ),
        ];
        change_somebody(draft, &mover.person, Field::Permanent, edits)?;
    }
    Ok(())
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
    if let Some(Mover {
        person: Somebody::Here { id },
        ..
    }) = input.people.first()
    {
        fields.set(Field::HouseholdHead, Some(Value::Head(*id)));
    }
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
    match somebody {
        Somebody::Here { id } => {
            let held = draft.living("person", id)?;
            draft.undisputed(&held, field)?;
            draft.change_held(&held, edits)
        }
        Somebody::Card { pin, .. } => match draft.slice.by_pin(pin) {
            // The card of somebody whom the office holds after all.
            Some(id) => change_somebody(draft, &Somebody::Here { id }, field, edits),
            None => {
                let claimed = claimed(draft, "person", somebody)?;
                draft.change_absent(claimed, edits);
                Ok(())
            }
        },
    }
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
    /// The ground.
    #[serde(default)]
    pub ground: Line,
}

pub(super) fn temporary(draft: &mut Draft<'_>, input: &TemporaryInput) -> Result<(), Refusal> {
    draft.past("from", input.from)?;
    let days = input.to.last_day().days_since(input.from.first_day());
    if !(STAY_DAYS_MAX..=TEMPORARY_DAYS_MAX).contains(&days) {
        return Err(Refusal::Invalid {
            field: "to",
            words: "temporary residence lasts from 30 days to two years (Law on Residence 68/2020, Art. 27)",
        });
    }
    draft.effective.get_or_insert(input.from);
    let residence = Residence {
        unit: draft.desk.office,
        address: input.address.clone(),
        from: input.from,
        until: Some(input.to),
        to: None,
        ground: input.ground.clone(),
    };
    let moved = Line::parse("moved").unwrap_or_default();
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
    draft.past("from", input.from)?;
    let to = input.to.unwrap_or(input.from);
    if to.compare(input.from) == DateOrder::Before
        || to.last_day().days_since(input.from.first_day()) >= STAY_DAYS_MAX
    {
        return Err(Refusal::Invalid {
            field: "to",
            words: "a stay notice covers under 30 days; register temporary residence for longer",
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
    match &input.person {
        // A sign of life of somebody registered as dead is just what must not be refused (row 7).
        Somebody::Here { id } => {
            let held = draft
                .slice
                .record(id)
                .filter(|held| held.record.kind == RecordKind::Person)
                .ok_or(Refusal::NotHeld { field: "person" })?;
            draft.change_held(&held, edits)
        }
        Somebody::Card { .. } => change_somebody(draft, &input.person, Field::Stays, edits),
    }
}
