//! Decisions that take no act back but put right what it wrote: the number of an entry in a book
//! that another entry has, the commune of an address that was written before a division, and who is
//! the head of a household.

use super::settle::{over, without};
use super::{Case, CaseError, Outcome};
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
use crate::{ActId, RecordId};

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
        self.names_head()
            .then(|| self.head_after(outcome))
            .flatten()
    }

    /// The head by an outcome, also where two changes of head clash (row 13).
    fn head_after(&self, outcome: &Outcome) -> Option<RecordId> {
        let changed = self.dispute.matter == Matter::Field(Field::HouseholdHead);
        match outcome {
            _ if !changed && !self.names_head() => None,
            Outcome::Keep(index) => claimed_head(self.claim(*index).ok()?),
            Outcome::Enter(Value::Head(head)) => Some(*head),
            _ => None,
        }
    }

    /// The people whom an outcome tells who is the head: the claimed ones, and the one it names.
    pub fn told_of_head(&self, outcome: &Outcome) -> Vec<RecordId> {
        let Some(head) = self.head_after(outcome) else {
            return Vec::new();
        };
        let claims = self.dispute.claims.iter();
        claims.filter_map(claimed_head).chain([head]).collect()
    }

    /// The edits by which a person whom an outcome tells who is the head is it, or is it no more:
    /// then they are to the household what they were before the act that loses.
    pub fn tell_head(
        &self,
        outcome: &Outcome,
        id: RecordId,
        document: &Document,
    ) -> Result<Vec<Edit>, CaseError> {
        let Some(head) = self.head_after(outcome) else {
            return Ok(Vec::new());
        };
        let (after, before) = without(document, self.acts_below(outcome))?;
        let fields = after.read().fields;
        let person = Person(&fields);
        let is_member = person
            .membership()
            .is_some_and(|member| self.dispute.records.contains(&member.household));
        let is_head = person.relation() == Some(&Relation::Head);
        let relation = match (id == head, is_head) {
            _ if !is_member => return Ok(before),
            (true, false) => Relation::Head,
            (false, true) => self.relation_before(&after),
            _ => return Ok(before),
        };
        let put = Edit::Put(Field::Relation, Value::Relation(relation));
        Ok(over(before, [put]))
    }

    /// What somebody who was made the head was to the household before the case's acts; where
    /// nothing was said of it, some other member.
    fn relation_before(&self, person: &Document) -> Relation {
        let acts: Vec<ActId> = self
            .dispute
            .claims
            .iter()
            .filter_map(|claim| claim.act)
            .collect();
        let edits = person.take_back(&acts, &[], |slot| slot.field == Field::Relation);
        match edits.first() {
            Some(Edit::Put(_, Value::Relation(before))) if *before != Relation::Head => *before,
            _ => Relation::Other,
        }
    }

    /// The edit by which the household has this head.
    pub(super) fn name_head(&self, head: RecordId, household: &Document) -> Option<Edit> {
        let stands = head_of(&household.read().fields) == Some(head);
        (!stands).then_some(Edit::Put(Field::HouseholdHead, Value::Head(head)))
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
                self.name_head(*head, document).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The head by a claim.
fn claimed_head(claim: &Claim) -> Option<RecordId> {
    match claim.value {
        Some(Value::Head(head)) => Some(head),
        _ => None,
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
