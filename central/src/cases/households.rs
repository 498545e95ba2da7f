//! Households at the centre: who came and went by which act, and the disputes that follow from it.
//! What is asked about is in [`registry::rules::household`].
//!
//! A membership stands on the person, so an index tells who ever belonged to a household. It is
//! made from the acts alone: what a person left is what the author of the act knew them to be in.

use std::collections::{BTreeMap, BTreeSet};

use registry::act::{Act, ActKind, Target};
use registry::code::Relation;
use registry::dispute::{Dispute, Standing};
use registry::edit::Edit;
use registry::fields::{Fields, Slot};
use registry::person::{Person, head_of};
use registry::rules::household::{self, Consent, House, Pace, Step};
use registry::rules::{self, Taken};
use registry::schema::Field;
use registry::value::{Membership, Value};
use registry::{ActId, RecordId};

use super::{LOOKED_AT_MAX, acts_of, first_and_last};
use crate::tables::{self, Kept, KeptAct};
use crate::unit::{Unit, UnitError};

const UNREADABLE: UnitError = UnitError::Row {
    table: tables::RECORDS.0,
};

/// Notes who came to a household and who left one by an act that has taken effect.
pub(crate) fn note(unit: &mut Unit<'_>, act: &Act) -> Result<(), UnitError> {
    note_heads(unit, act)?;
    let slot = Slot::single(Field::Membership);
    for (index, person) in act.records() {
        let Some(change) = act.body.changes.get(index) else {
            continue;
        };
        let (before, after) = match &change.target {
            Target::New { fields, .. } => (None, household_in(fields.get(slot))),
            _ => {
                let written = change.edits.iter().find_map(|edit| match edit {
                    Edit::Put(Field::Membership, value) => Some(Some(value)),
                    Edit::Clear(Field::Membership) => Some(None),
                    _ => None,
                });
                let Some(written) = written else { continue };
                let Some(kept) = unit.kept(&person)? else {
                    continue;
                };
                let document = kept.record.document().map_err(|_| UNREADABLE)?;
                let before = document.value_before(&act.id(), slot);
                (household_in(before.as_ref()), household_in(written))
            }
        };
        if before == after {
            continue;
        }
        for (household, step) in [(before, Step::Went), (after, Step::Came)] {
            let Some(household) = household else { continue };
            let key = tables::household_step_key(&household, unit.commit_seq(), &act.id(), &person);
            unit.put(tables::HOUSEHOLD_STEPS, &key, &step)?;
            let key = tables::key(&[person.as_bytes(), household.as_bytes()]);
            unit.put(tables::HOUSEHOLDS_OF, &key, &())?;
        }
    }
    Ok(())
}

/// Notes whom an act told to be the head of their household, by the relation.
fn note_heads(unit: &mut Unit<'_>, act: &Act) -> Result<(), UnitError> {
    let slot = Slot::single(Field::Membership);
    let is_head = |value: &Value| *value == Value::Relation(Relation::Head);
    for (index, person) in act.records() {
        let Some(change) = act.body.changes.get(index) else {
            continue;
        };
        let written = |field: Field| {
            change.edits.iter().find_map(|edit| match edit {
                Edit::Put(put, value) if *put == field => Some(value),
                _ => None,
            })
        };
        let household = match &change.target {
            Target::New { fields, .. } => {
                let head = fields.single(Field::Relation).is_some_and(is_head);
                household_in(fields.get(slot).filter(|_| head))
            }
            _ if !written(Field::Relation).is_some_and(is_head) => None,
            _ => match written(Field::Membership) {
                Some(joined) => household_in(Some(joined)),
                None => {
                    let Some(kept) = unit.kept(&person)? else {
                        continue;
                    };
                    let document = kept.record.document().map_err(|_| UNREADABLE)?;
                    household_in(document.value_before(&act.id(), slot).as_ref())
                }
            },
        };
        let Some(household) = household else { continue };
        let key = tables::household_step_key(&household, unit.commit_seq(), &act.id(), &person);
        unit.put(tables::HEADS_TOLD, &key, &())?;
        let key = tables::key(&[person.as_bytes(), household.as_bytes()]);
        unit.put(tables::HOUSEHOLDS_OF, &key, &())?;
    }
    Ok(())
}

fn household_in(value: Option<&Value>) -> Option<RecordId> {
    match value? {
        Value::Membership(Membership { household, .. }) => Some(*household),
        _ => None,
    }
}

/// Whether an act may change what is asked about a household of its people.
pub(super) fn concerns(act: &Act) -> bool {
    let touches = |field: Field| {
        matches!(
            field,
            Field::Membership
                | Field::Relation
                | Field::Death
                | Field::Revoked
                | Field::HouseholdHead
        )
    };
    act.body.changes.iter().any(|change| {
        let made = match &change.target {
            Target::New { fields, .. } => fields.iter().any(|(slot, _)| touches(slot.field)),
            _ => false,
        };
        made || change.edits.iter().any(|edit| touches(edit.field()))
    })
}

/// Every household that a person belongs or ever belonged to.
pub(super) fn of_person(
    unit: &Unit<'_>,
    person: &RecordId,
    shown: &Fields,
) -> Result<BTreeSet<RecordId>, UnitError> {
    let keys = unit.keys(tables::HOUSEHOLDS_OF, person.as_bytes(), LOOKED_AT_MAX)?;
    let mut households: BTreeSet<RecordId> = keys
        .iter()
        .filter_map(|key| key.get(16..).and_then(RecordId::from_slice))
        .collect();
    let now = Person(shown).membership().map(|member| member.household);
    households.extend(now);
    Ok(households)
}

/// The disputes of a household that its own record does not show.
pub(super) fn disputes(
    unit: &Unit<'_>,
    kept: &Kept,
    standing: &Standing,
) -> Result<Vec<Dispute>, UnitError> {
    let (id, shown) = (kept.record.id, &standing.fields);
    let steps = steps(unit, &id)?;
    let of_record = acts_of(unit, &id)?;
    let mut acts: BTreeMap<ActId, KeptAct> = BTreeMap::new();
    for row in of_record {
        acts.insert(row.act.id(), row);
    }
    let told = told_heads(unit, &id)?;
    let beside = steps.iter().map(|(act, ..)| act);
    for act in beside.chain(told.iter().map(|(act, _)| act)) {
        if !acts.contains_key(act)
            && let Some(row) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())?
        {
            acts.insert(*act, row);
        }
    }
    acts.retain(|_, row| !row.taken_back);
    if acts.is_empty() {
        return Ok(Vec::new());
    }
    let paces: Vec<Pace<'_>> = steps
        .iter()
        .filter_map(|(act, person, step)| {
            Some(Pace {
                person: *person,
                step: *step,
                by: taken(acts.get(act)?),
            })
        })
        .collect();
    let mut heads = Vec::new();
    for row in acts.values() {
        let by = taken(row);
        heads.extend(by.edits_of(id).iter().filter_map(|edit| match edit {
            Edit::Put(Field::HouseholdHead, Value::Head(head)) => Some((*head, by)),
            _ => None,
        }));
    }
    let mut said = Vec::new();
    for (act, person) in &told {
        if let Some(row) = acts.get(act)
            && is_said_head(unit, person)?
        {
            said.push((*person, taken(row)));
        }
    }
    let consents = consents(kept, &acts, &paces)?;
    let mut dead_acts = BTreeMap::new();
    for head in consents.iter().map(|consent| consent.head) {
        let mut rows = acts_of(unit, &head)?;
        rows.retain(super::claims_death);
        dead_acts.insert(head, rows);
    }
    let mut deaths = Vec::new();
    for (head, rows) in &dead_acts {
        // With a death that came with the register nobody's consent clashes: every office that holds
        // the head has known of it from the start, and asks the members.
        for claimed in rules::claimed_deaths(*head, rows.iter().map(|row| &row.act)) {
            let row = rows.iter().find(|row| Some(row.act.id()) == claimed.act);
            deaths.extend(row.map(|row| (*head, taken(row), claimed.death)));
        }
    }
    let head = head_of(shown);
    let people = paces.iter().map(|pace| pace.person);
    let people = people
        .chain(head)
        .chain(said.iter().map(|(person, _)| *person));
    let members = members(unit, people)?;
    let member = |person: &RecordId| members.get(person).cloned();
    let is_gone = |head: RecordId| member(&head).is_none_or(|member| member.household != id);
    let staying = match head.is_some_and(is_gone) {
        true => staying(unit, &id)?,
        false => Vec::new(),
    };
    let is_settled = |dispute: &Dispute| super::is_settled(unit, dispute);
    let closed = shown.single(Field::HouseholdRevoked).is_some();
    Ok(household::disputes(&House {
        id,
        head,
        has_one_head: !closed && !standing.disputes_field(Field::HouseholdHead),
        staying,
        paces,
        heads,
        told: said,
        consents,
        deaths,
        member: &member,
        is_settled: &is_settled,
    }))
}

fn taken(row: &KeptAct) -> Taken<'_> {
    Taken {
        act: &row.act,
        commit: row.commit,
    }
}

/// Who came and went, by which act.
fn steps(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<(ActId, RecordId, Step)>, UnitError> {
    let mut steps = Vec::new();
    for key in first_and_last(unit, tables::HOUSEHOLD_STEPS, id.as_bytes())? {
        let parts = (
            key.get(24..40).and_then(ActId::from_slice),
            key.get(40..).and_then(RecordId::from_slice),
        );
        let (Some(act), Some(person)) = parts else {
            continue;
        };
        if let Some(step) = unit.get::<Step>(tables::HOUSEHOLD_STEPS, &key)? {
            steps.push((act, person, step));
        }
    }
    Ok(steps)
}

/// Who was told to be the head, by which act.
fn told_heads(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<(ActId, RecordId)>, UnitError> {
    let keys = first_and_last(unit, tables::HEADS_TOLD, id.as_bytes())?;
    let parts = keys.iter().filter_map(|key| {
        let act = key.get(24..40).and_then(ActId::from_slice)?;
        Some((act, key.get(40..).and_then(RecordId::from_slice)?))
    });
    Ok(parts.collect())
}

/// Whether the relation that is shown of a living person is that of a head.
fn is_said_head(unit: &Unit<'_>, person: &RecordId) -> Result<bool, UnitError> {
    let Some(kept) = unit.kept(person)? else {
        return Ok(false);
    };
    let standing = Standing::of(&kept.record).map_err(|_| UNREADABLE)?;
    let person = Person(&standing.fields);
    Ok(person.relation() == Some(&Relation::Head) && !person.is_dead())
}

/// The acts that rest on the word of a head: the one whom the author knew.
fn consents<'a>(
    kept: &Kept,
    acts: &'a BTreeMap<ActId, KeptAct>,
    paces: &[Pace<'a>],
) -> Result<Vec<Consent<'a>>, UnitError> {
    let id = kept.record.id;
    let mut document = None;
    let mut consents = Vec::new();
    for row in acts.values() {
        let by = taken(row);
        let asks = match row.act.body.kind {
            ActKind::ChangeOfHead => !by.edits_of(id).is_empty(),
            ActKind::HouseholdSplit => paces.iter().any(|pace| pace.by.id() == by.id()),
            _ => false,
        };
        if !asks {
            continue;
        }
        let document = match &mut document {
            Some(document) => document,
            none => none.insert(kept.record.document().map_err(|_| UNREADABLE)?),
        };
        let known = document.heads_of(|act| {
            acts.get(act)
                .is_some_and(|other| *act != by.id() && by.knew(&taken(other)))
        });
        let before = document.read_at(&known).map_err(|_| UNREADABLE)?;
        consents.extend(head_of(&before.fields).map(|head| Consent { by, head }));
    }
    Ok(consents)
}

/// The members of a household who could be its head: who lives and is not missing.
fn staying(unit: &Unit<'_>, household: &RecordId) -> Result<Vec<RecordId>, UnitError> {
    let mut staying = Vec::new();
    for key in unit.keys(tables::MEMBERS_OF, household.as_bytes(), LOOKED_AT_MAX)? {
        let Some(id) = key.get(16..).and_then(RecordId::from_slice) else {
            continue;
        };
        let Some(kept) = unit.kept(&id)? else {
            continue;
        };
        let standing = Standing::of(&kept.record).map_err(|_| UNREADABLE)?;
        let person = Person(&standing.fields);
        let here = person.membership();
        if here.is_some_and(|member| member.household == *household)
            && !(person.is_revoked() || person.is_dead() || person.is_missing())
        {
            staying.push(id);
        }
    }
    Ok(staying)
}

/// The memberships that are shown.
fn members(
    unit: &Unit<'_>,
    people: impl Iterator<Item = RecordId>,
) -> Result<BTreeMap<RecordId, Membership>, UnitError> {
    let mut members = BTreeMap::new();
    for id in people.collect::<BTreeSet<_>>() {
        let Some(kept) = unit.kept(&id)? else {
            continue;
        };
        let standing = Standing::of(&kept.record).map_err(|_| UNREADABLE)?;
        let person = Person(&standing.fields);
        if let Some(membership) = person.membership().filter(|_| !person.is_revoked()) {
            members.insert(id, membership.clone());
        }
    }
    Ok(members)
}
