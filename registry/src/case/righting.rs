//! Decisions that take no act back but put right what it wrote: the number of an entry in a book
//! that another entry has, the commune of an address that was written before a division, and who is
//! the head of a household.

use super::{Case, Outcome};
use crate::RecordId;
use crate::code::Relation;
use crate::dispute::{Claim, Matter};
use crate::document::{Document, put};
use crate::edit::Edit;
use crate::fields::{EntryId, Slot};
use crate::paper::{number_of, without_number};
use crate::person::{Person, head_of};
use crate::rules::{division, number_shown};
use crate::schema::Field;
use crate::value::Value;

impl Case {
    /// Whether every claimant's act stands whatever is decided.
    pub(super) const fn keeps_acts(&self) -> bool {
        matches!(
            self.dispute.matter,
            Matter::BookNumber(_) | Matter::Divided(_) | Matter::TwoHeads | Matter::HeadGone
        )
    }

    /// Whether one member of a household is to be named its head.
    pub(super) const fn names_head(&self) -> bool {
        matches!(self.dispute.matter, Matter::TwoHeads | Matter::HeadGone)
    }

    /// The head whom an outcome names where two members were told to be it, or none is.
    pub fn head_named(&self, outcome: &Outcome) -> Option<RecordId> {
        if !self.names_head() {
            return None;
        }
        match outcome {
            Outcome::Keep(index) => self.claim(*index).ok()?.record,
            Outcome::Enter(Value::Head(head)) => Some(*head),
            _ => None,
        }
    }

    /// The people whom an outcome tells who is the head: the claimed ones, and the one it names.
    pub fn told_of_head(&self, outcome: &Outcome) -> Vec<RecordId> {
        let Some(head) = self.head_named(outcome) else {
            return Vec::new();
        };
        let claims = self.dispute.claims.iter();
        let claimed = claims.filter_map(|claim| claim.record);
        claimed.chain([head]).collect()
    }

    /// The edits by which one member is the head: of the household, and of the people.
    pub(super) fn name_head(&self, head: RecordId, id: RecordId, document: &Document) -> Vec<Edit> {
        let fields = document.read().fields;
        if self.dispute.records.contains(&id) {
            let stands = head_of(&fields) == Some(head);
            let named = Edit::Put(Field::HouseholdHead, Value::Head(head));
            return if stands { Vec::new() } else { vec![named] };
        }
        let is_head = Person(&fields).relation() == Some(&Relation::Head);
        let relation = match (id == head, is_head) {
            (true, false) => Relation::Head,
            (false, true) => Relation::Other,
            _ => return Vec::new(),
        };
        vec![Edit::Put(Field::Relation, Value::Relation(relation))]
    }

    /// The edits on one of the case's records once a claim is kept.
    pub(super) fn put_right(&self, kept: &Claim, id: RecordId, document: &Document) -> Vec<Edit> {
        match (self.dispute.matter, &kept.value) {
            (Matter::BookNumber(_), Some(value)) => empty_numbers((kept, value), id, document),
            (Matter::Divided(act), Some(Value::Place(part))) => part
                .unit
                .map(|part| division::homes_in_part(&act, id, document, part))
                .unwrap_or_default(),
            (Matter::TwoHeads | Matter::HeadGone, Some(Value::Head(head))) => {
                self.name_head(*head, id, document)
            }
            _ => Vec::new(),
        }
    }
}

/// The entries of the other claims lose their number. A record has one death, so that of another
/// record than the claim's is another claim's.
fn empty_numbers((kept, value): (&Claim, &Value), id: RecordId, document: &Document) -> Vec<Edit> {
    let Some(number) = number_of(value) else {
        return Vec::new();
    };
    // An entry that was numbered anew stands under the act that made it.
    let kept_here = kept.act.map(|act| document.written_by(&act));
    let loses = |slot: &Slot| match slot.entry {
        Some(EntryId::Act(_)) => kept_here.as_ref().is_none_or(|kept| !kept.contains(slot)),
        _ => kept.record != Some(id),
    };
    number_shown(document, &number)
        .into_iter()
        .filter(|(slot, _)| loses(slot))
        .map(|(slot, value)| put(slot, Some(without_number(&value))))
        .collect()
}
