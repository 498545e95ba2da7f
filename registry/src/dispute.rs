//! Disputes within one record, read from its document alone: clashing values of a field, two open
//! residences, two standing marriages. So they are the same wherever and in whatever order the
//! acts arrived. Disputes that need other acts or other records are in [`crate::rules`].

use serde::{Deserialize, Serialize};

use crate::clash;
use crate::document::{Claim as DocumentClaim, Document, DocumentError, Reading};
use crate::fields::{EntryId, Fields, Slot};
use crate::record::{Content, Record};
use crate::schema::Field;
use crate::text::same_text;
use crate::value::{Declared, Residence, Value};
use crate::{ActId, PaperId, RecordId};

/// What is in dispute: with the records it makes the name of a case. Two reviewers who decide
/// otherwise (row 28) are no matter of their own: the same one goes one level up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// A field has concurrent different values (rows 8, 13 and 22 of the clash table).
    Field(Field),
    /// Two permanent or temporary residences are open (row 4).
    Residence(Field),
    /// Two marriages stand (row 9).
    Marriage,
    /// A death, and acts or notices dated after it (rows 6 and 7).
    Life,
    /// Two records may be one person (rows 1 and 27).
    SamePerson,
    /// An act that waits as a proposal: its record has left the office's slice (row 29), its officer's
    /// account was closed (row 30), its dates lie in the future (row 31), it ends a marriage that
    /// the other's record does not hold (row 37), or its record was revoked (row 38).
    Parked(ActId),
    /// A household moved out while somebody was added to it (row 5).
    MovedOut,
    /// The new head of a household has left it (row 11).
    HeadLeft,
    /// The head's consent is dated after the head's death (row 12).
    Consent,
    /// Residence deleted for an absence that was declared (row 14).
    Deletion,
    /// A divorce, and a marriage from before it (row 10).
    Divorce,
    /// A correction, and an application with the old value (row 17).
    Application,
    /// One number of an office's book stands on two entries (row 36).
    BookNumber(PaperId),
    /// An act names a commune that a decree divided before the act arrived (row 19).
    Divided(ActId),
    /// An act that took effect is said to be wrong, by a paper that a reviewer names (row 39).
    Contested(ActId),
    /// Two members of a household are said to be its head (row 40).
    TwoHeads,
    /// The head of a household has left it by an act, and nobody was named instead (row 41).
    HeadGone,
}

/// One side of a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The act that makes it; `None` if the record had it from its making.
    pub act: Option<ActId>,
    /// The record that it is about, where records are compared.
    pub record: Option<RecordId>,
    /// The value claimed, where values are compared.
    pub value: Option<Value>,
}

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The row of the clash table.
    pub row: u8,
    /// What it is about.
    pub matter: Matter,
    /// The records, sorted.
    pub records: Vec<RecordId>,
    /// The claims, sorted.
    pub claims: Vec<Claim>,
    /// The value that the claimants last agreed on.
    pub agreed: Option<Value>,
    /// The places that a decision settles.
    pub slots: Vec<Slot>,
    /// Harm of a wrong decision, 1 to 5.
    pub harm: u8,
}

/// How a record stands: what is shown, and what is in dispute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The values shown: where there is a dispute, the ones last agreed.
    pub fields: Fields,
    /// The disputes.
    pub disputes: Vec<Dispute>,
}

impl Standing {
    /// How a record stands.
    pub fn of(record: &Record) -> Result<Standing, DocumentError> {
        match &record.content {
            Content::Genesis(fields) => Ok(Standing {
                fields: fields.clone(),
                disputes: Vec::new(),
            }),
            Content::Document(_) => Ok(Self::of_document(record.id, &record.document()?)),
        }
    }

    /// How a record with this document stands.
    pub fn of_document(id: RecordId, document: &Document) -> Standing {
        let Reading {
            mut fields,
            clashes,
            written_by,
        } = document.read();
        let mut disputes = Vec::new();
        for field in [Field::Permanent, Field::Temporary] {
            let open = entries_where(&fields, field, is_open);
            if open.len() > 1 && (field == Field::Permanent || overlapping(&open)) {
                let matter = Matter::Residence(field);
                disputes.push(entry_dispute(
                    id,
                    document,
                    matter,
                    field,
                    &open,
                    &written_by,
                ));
            }
        }
        let married = entries_where(
            &fields,
            Field::Marriages,
            |value| matches!(value, Value::Marriage(marriage) if marriage.ended.is_none()),
        );
        if married.len() > 1 && !same_marriage(&married) {
            disputes.push(entry_dispute(
                id,
                document,
                Matter::Marriage,
                Field::Marriages,
                &married,
                &written_by,
            ));
        }
        for dispute in &disputes {
            show_common_ground(&mut fields, document, dispute);
        }
        for clash in clashes {
            let (slot, agreed) = (clash.slot, clash.agreed.clone());
            if join_or_open(&mut disputes, id, slot, clash.claims, clash.agreed) {
                // The common ground of others, put in above, may hold one of the claims of this one.
                match agreed {
                    Some(value) => fields.put(slot, value),
                    None => fields.remove(slot),
                }
            }
        }
        end_temporary_at_home(&mut fields);
        for dispute in &mut disputes {
            dispute.slots.sort_unstable();
            dispute.slots.dedup();
        }
        Standing { fields, disputes }
    }

    /// Whether a field is in dispute.
    pub fn disputes_field(&self, field: Field) -> bool {
        self.disputes
            .iter()
            .any(|dispute| dispute.slots.iter().any(|slot| slot.field == field))
    }
}

fn entries_where(
    fields: &Fields,
    field: Field,
    wanted: impl Fn(&Value) -> bool,
) -> Vec<(EntryId, Value)> {
    fields
        .entries(field)
        .filter(|(_, value)| wanted(value))
        .map(|(entry, value)| (entry, value.clone()))
        .collect()
}

/// Open temporary residences clash if they are in different places at one time (row 15).
fn overlapping(open: &[(EntryId, Value)]) -> bool {
    let stays: Vec<_> = open
        .iter()
        .filter_map(|(_, value)| match value {
            Value::Residence(residence) => Some(residence),
            _ => None,
        })
        .collect();
    stays.iter().enumerate().any(|(index, one)| {
        stays.iter().skip(index + 1).any(|two| {
            let ends_before = |a: &Residence, b: &Residence| {
                a.until
                    .is_some_and(|until| until.last_day() < b.from.first_day())
            };
            let elsewhere =
                one.unit != two.unit || !same_text(one.address.as_str(), two.address.as_str());
            elsewhere && !ends_before(one, two) && !ends_before(two, one)
        })
    })
}

/// Row 16: who lives somewhere permanently does not live there for a time too. The temporary
/// residence is shown as ended on the day on which the permanent one begins.
fn end_temporary_at_home(fields: &mut Fields) {
    let homes: Vec<Residence> = entries_where(fields, Field::Permanent, is_open)
        .into_iter()
        .filter_map(|(_, value)| residence_of(value))
        .collect();
    for (entry, value) in entries_where(fields, Field::Temporary, is_open) {
        let Some(mut stay) = residence_of(value) else {
            continue;
        };
        let mut here = homes.iter().filter(|home| home.unit == stay.unit);
        if let Some(home) = here.next() {
            let begins_first = home.from.first_day() < stay.from.first_day();
            stay.to = Some(if begins_first { stay.from } else { home.from });
            fields.put(Slot::entry(Field::Temporary, entry), Value::Residence(stay));
        }
    }
}

fn is_open(value: &Value) -> bool {
    matches!(value, Value::Residence(residence) if residence.to.is_none())
}

fn residence_of(value: Value) -> Option<Residence> {
    match value {
        Value::Residence(residence) => Some(residence),
        _ => None,
    }
}

/// The same marriage entered in two offices is one marriage.
fn same_marriage(entries: &[(EntryId, Value)]) -> bool {
    let mut couples = entries.iter().filter_map(|(_, value)| match value {
        Value::Marriage(marriage) => Some((&marriage.spouse, marriage.date)),
        _ => None,
    });
    let first = couples.next();
    couples.all(|couple| Some(couple) == first)
}

fn entry_dispute(
    id: RecordId,
    document: &Document,
    matter: Matter,
    field: Field,
    entries: &[(EntryId, Value)],
    written_by: &std::collections::BTreeMap<Slot, ActId>,
) -> Dispute {
    let mut claims: Vec<Claim> = entries
        .iter()
        .map(|(entry, value)| {
            let slot = Slot::entry(field, *entry);
            let added = match entry {
                EntryId::Act(act) => Some(*act),
                EntryId::Genesis(_) => None,
            };
            Claim {
                act: written_by.get(&slot).copied().or(added),
                record: None,
                value: Some(value.clone()),
            }
        })
        .collect();
    claims.sort_by_key(|claim| claim.act);
    let acts: Vec<Option<ActId>> = claims.iter().map(|claim| claim.act).collect();
    let before = document.common_ground(&acts).fields;
    let agreed = before
        .entries(field)
        .find(|(_, value)| match value {
            Value::Residence(residence) => residence.to.is_none(),
            Value::Marriage(marriage) => marriage.ended.is_none(),
            _ => false,
        })
        .map(|(_, value)| value.clone());
    let row = match matter {
        Matter::Marriage => 9,
        Matter::Residence(Field::Temporary) => 15,
        _ => 4,
    };
    Dispute {
        row,
        matter,
        records: vec![id],
        claims,
        agreed,
        slots: entries
            .iter()
            .map(|(entry, _)| Slot::entry(field, *entry))
            .collect(),
        harm: clash::harm(row),
    }
}

/// Shows the entries of a disputed field as they stood when all claimants agreed.
fn show_common_ground(fields: &mut Fields, document: &Document, dispute: &Dispute) {
    let acts: Vec<Option<ActId>> = dispute.claims.iter().map(|claim| claim.act).collect();
    let before = document.common_ground(&acts).fields;
    let Some(field) = dispute.slots.first().map(|slot| slot.field) else {
        return;
    };
    let shown: Vec<Slot> = fields
        .entries(field)
        .map(|(entry, _)| Slot::entry(field, entry))
        .collect();
    for slot in shown {
        fields.remove(slot);
    }
    for (entry, value) in before.entries(field) {
        fields.put(Slot::entry(field, entry), value.clone());
    }
}

/// Whether all claims are of one death and differ in its data alone: that somebody is not dead, or
/// was declared missing and is not, is more than a date.
fn told_alike(claims: &[Claim]) -> bool {
    let missing = |claim: &Claim| match &claim.value {
        Some(Value::Death(death)) => Some(death.declared == Some(Declared::Missing)),
        _ => None,
    };
    let mut told = claims.iter().map(missing);
    let first = told.next().flatten();
    first.is_some() && told.all(|other| other == first)
}

/// One clash between two acts is one case, though it shows in several fields (a move changes the
/// residence, the household and the relation to its head). Tells whether it is one of its own.
fn join_or_open(
    disputes: &mut Vec<Dispute>,
    id: RecordId,
    slot: Slot,
    claims: Vec<DocumentClaim>,
    agreed: Option<Value>,
) -> bool {
    let acts: Vec<Option<ActId>> = claims.iter().map(|claim| claim.act).collect();
    let known = disputes.iter_mut().find(|dispute| {
        acts.iter()
            .all(|act| dispute.claims.iter().any(|claim| claim.act == *act))
    });
    if let Some(dispute) = known {
        dispute.slots.push(slot);
        return false;
    }
    let mut claims: Vec<Claim> = claims
        .into_iter()
        .map(|claim| Claim {
            act: claim.act,
            record: None,
            value: claim.value,
        })
        .collect();
    claims.sort_by_key(|claim| claim.act);
    let field = slot.field;
    let row = match field {
        Field::Death if told_alike(&claims) => 8,
        Field::HouseholdHead => 13,
        Field::Permanent => 4,
        Field::Marriages => 9,
        Field::Father | Field::Mother => 21,
        _ => 22,
    };
    disputes.push(Dispute {
        row,
        matter: Matter::Field(field),
        records: vec![id],
        claims,
        agreed,
        slots: vec![slot],
        harm: match row {
            22 => field.rule().harm,
            row => clash::harm(row),
        },
    });
    true
}
