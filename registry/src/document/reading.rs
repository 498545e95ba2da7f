//! Reading a document: what each place shows, and where concurrent values clash.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ChangeHash, ObjId, ROOT, ReadDoc, ScalarValue};

use super::history::{History, act_of};
use super::{key_of, slot_of};
use crate::ActId;
use crate::fields::{Fields, SLOTS_MAX, Slot};
use crate::sabotage;
use crate::schema::Policy;
use crate::value::{Value, reconcile};

/// One of several concurrent values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The slot that it is about.
    pub slot: Slot,
    /// The value; `None` if the slot was emptied.
    pub value: Option<Value>,
    /// The act that wrote it; `None` if the record had it from its making.
    pub act: Option<ActId>,
}

/// Concurrent different values of a slot that a person must decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The slot.
    pub slot: Slot,
    /// The claims, in an order that is the same on every replica.
    pub claims: Vec<Claim>,
    /// The value that all claimants last agreed on.
    pub agreed: Option<Value>,
}

/// What a document says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The values shown: where claims clash, the one last agreed.
    pub fields: Fields,
    /// The clashes.
    pub clashes: Vec<Clash>,
    /// The act that wrote each shown value, where an act did.
    pub written_by: BTreeMap<Slot, ActId>,
}

fn decode(value: &automerge::Value<'_>) -> Option<Option<Value>> {
    match value.as_scalar()? {
        ScalarValue::Null => Some(None),
        ScalarValue::Bytes(bytes) => postcard::from_bytes(bytes).ok().map(Some),
        _ => None,
    }
}

pub(super) fn read(doc: &Automerge) -> Reading {
    let mut reading = Reading::default();
    let mut history = None;
    let keys: Vec<String> = doc.keys(ROOT).take(SLOTS_MAX).collect();
    for key in keys {
        let Some(slot) = slot_of(&key) else { continue };
        let claims = claims_under(doc, &key, slot);
        settle(doc, &mut history, slot, claims, &mut reading);
    }
    reading
}

/// The concurrent values of a slot, in an order that is the same on every replica.
pub(super) fn claims_at(doc: &Automerge, slot: Slot) -> Vec<Claim> {
    claims_under(doc, &key_of(slot), slot)
}

fn claims_under(doc: &Automerge, key: &str, slot: Slot) -> Vec<Claim> {
    let Ok(all) = doc.get_all(ROOT, key) else {
        return Vec::new();
    };
    all.iter()
        .filter_map(|(value, id)| {
            let value = decode(value)?;
            let act = act_that_wrote(doc, id);
            Some(Claim { slot, value, act })
        })
        .collect()
}

/// The act with which a value was written. Its change is looked up and not put together again, which
/// for the twenty values of a record would be most of the time that a reading takes.
fn act_that_wrote(doc: &Automerge, id: &ObjId) -> Option<ActId> {
    let hash = doc.hash_for_opid(id)?;
    let change = doc.get_change_meta_by_hash(&hash)?;
    act_of(change.message.as_deref())
}

/// Decides what a slot shows: the value that the claims agree on, or the last agreed one.
fn settle(
    doc: &Automerge,
    history: &mut Option<History>,
    slot: Slot,
    claims: Vec<Claim>,
    reading: &mut Reading,
) {
    let Some(last) = claims.last() else { return };
    let values: Vec<&Value> = claims
        .iter()
        .filter_map(|claim| claim.value.as_ref())
        .collect();
    let agreed = values.len() == claims.len();
    let shown = if claims.len() == 1 || slot.field.rule().policy == Policy::Latest {
        // The library's own order among concurrent values is the same everywhere.
        Some((last.value.clone(), last.act))
    } else if values.is_empty() {
        Some((None, None))
    } else if let (true, Some(value)) = (agreed, reconcile(&values)) {
        let by = claims
            .iter()
            .find(|claim| claim.value.as_ref() == Some(value));
        Some((Some(value.clone()), by.and_then(|claim| claim.act)))
    } else if !matches!(slot.field.rule().policy, Policy::Review)
        || sabotage::planted(sabotage::Fault::LatestWins)
    {
        Some((last.value.clone(), last.act))
    } else {
        None
    };
    match shown {
        Some((value, act)) => show(reading, slot, value, act),
        None => {
            let history = history.get_or_insert_with(|| History::of(doc));
            let (value, act) = last_agreed(doc, history, slot, &claims);
            // Who takes back what they wrote, so that it stands as all agreed, claims nothing any
            // more. Whoever says of their own that it is as it was does claim it.
            let gave_up = |claim: &&Claim| history.takes_back(claim.act) && claim.value == value;
            let mut rest = claims.iter().filter(|claim| !gave_up(claim));
            if let (Some(one), None) = (rest.next(), rest.next()) {
                show(reading, slot, one.value.clone(), one.act);
                return;
            }
            show(reading, slot, value.clone(), act);
            reading.clashes.push(Clash {
                slot,
                claims,
                agreed: value,
            });
        }
    }
}

fn show(reading: &mut Reading, slot: Slot, value: Option<Value>, act: Option<ActId>) {
    if let Some(value) = value {
        reading.fields.put(slot, value);
        if let Some(act) = act {
            reading.written_by.insert(slot, act);
        }
    }
}

/// The value of a slot at the latest state that all claimants knew.
fn last_agreed(
    doc: &Automerge,
    history: &History,
    slot: Slot,
    claims: &[Claim],
) -> (Option<Value>, Option<ActId>) {
    let mut common: Option<BTreeSet<ChangeHash>> = None;
    for claim in claims {
        let mut known = claim.act.as_ref().map_or_else(BTreeSet::new, |act| {
            history
                .change_of(act)
                .map(|change| history.ancestors(&[change]))
                .unwrap_or_default()
        });
        if let Some(own) = claim.act.as_ref().and_then(|act| history.change_of(act)) {
            known.remove(&own);
        }
        common = Some(match common {
            None => known,
            Some(common) => common.intersection(&known).copied().collect(),
        });
    }
    let heads = history.heads_within(&common.unwrap_or_default());
    if heads.is_empty() {
        return (None, None);
    }
    let Ok(values) = doc.get_all_at(ROOT, key_of(slot), &heads) else {
        return (None, None);
    };
    let Some((value, id)) = values.last() else {
        return (None, None);
    };
    let act = act_that_wrote(doc, id);
    (decode(value).flatten(), act)
}
