//! What a decision does beside its own records: to the people and households whom a losing act
//! changed or made, and to those who follow a household that moved out.

use super::settle::{over, without};
use super::{Case, CaseError, Outcome};
use crate::RecordId;
use crate::dispute::Matter;
use crate::document::{Document, put};
use crate::edit::Edit;
use crate::fields::{Fields, Slot};
use crate::person::Person;
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Residence, Value};

impl Case {
    /// Whether an act that loses is taken back whole, wherever it wrote: where two acts clash by
    /// what they mean, and not in one place of a record.
    pub const fn takes_whole(&self) -> bool {
        matches!(
            self.dispute.matter,
            Matter::MovedOut
                | Matter::HeadLeft
                | Matter::Consent
                | Matter::Deletion
                | Matter::Divorce
                | Matter::Application
                | Matter::Contested(_)
        )
    }

    /// Who follows whom by an outcome: those who were added to a household that had moved out
    /// (row 5) go after its head.
    pub fn followers(&self, outcome: &Outcome) -> Option<(RecordId, Vec<RecordId>)> {
        let Outcome::Combine(index) = outcome else {
            return None;
        };
        let out = self.claim(*index).ok()?;
        let head = out.record?;
        if self.dispute.matter != Matter::MovedOut || self.stays_in(out.value.as_ref()) {
            return None;
        }
        let added = self.dispute.claims.iter();
        let added = added.filter(|claim| self.stays_in(claim.value.as_ref()));
        Some((head, added.filter_map(|claim| claim.record).collect()))
    }

    /// What a record says once what this outcome overturns is taken back.
    pub fn as_if_overturned(
        &self,
        outcome: &Outcome,
        document: &Document,
    ) -> Result<Fields, CaseError> {
        let (after, _) = without(document, self.acts_below(outcome))?;
        Ok(after.read().fields)
    }

    /// Whether a claim is of the household as it was, not of the one moved to.
    pub(super) fn stays_in(&self, value: Option<&Value>) -> bool {
        match value {
            Some(Value::Membership(member)) => self.dispute.records.contains(&member.household),
            _ => false,
        }
    }

    /// The edits on a record that is not one of the case's: what losing acts and decisions below
    /// wrote is taken back; what a losing act made is undone, but a person never; and who follows a
    /// household goes after its head, whose record `head` is.
    pub fn settle_beside(
        &self,
        outcome: &Outcome,
        document: &Document,
        made_by_loser: Option<RecordKind>,
        head: Option<&Fields>,
    ) -> Result<Vec<Edit>, CaseError> {
        if self.upholds(outcome) {
            return Ok(Vec::new());
        }
        let edits = self.taken_back_beside(outcome, document);
        let person = self.as_if_overturned(outcome, document)?;
        let more = match (made_by_loser, head) {
            (Some(RecordKind::Household), _) => {
                let words = format!("case {}: the act that made it was taken back", self.number);
                let ground = Line::parse(&words).unwrap_or_default();
                vec![Edit::Put(Field::HouseholdRevoked, Value::Text(ground))]
            }
            // Who was born is born. Where they live is for the office to enter anew.
            (Some(RecordKind::Person), _) => homeless(&person),
            (None, Some(head)) => follow(&person, head),
            (None, None) => Vec::new(),
        };
        Ok(over(edits, more))
    }
}

/// The edits that leave a person without home and household.
fn homeless(fields: &Fields) -> Vec<Edit> {
    let person = Person(fields);
    let mut edits: Vec<Edit> = [Field::Membership, Field::Relation]
        .into_iter()
        .filter(|field| fields.single(*field).is_some())
        .map(Edit::Clear)
        .collect();
    let homes = person.open_permanent();
    edits.extend(homes.map(|(entry, _)| put(Slot::entry(Field::Permanent, entry), None)));
    edits
}

/// The edits by which a person goes after the head of their household, to where the head lives
/// now: the home in the first place, from the day on which both were there.
fn follow(person: &Fields, head: &Fields) -> Vec<Edit> {
    let (person, head) = (Person(person), Person(head));
    let (Some((_, home)), Some(membership)) = (head.open_permanent().next(), head.membership())
    else {
        return Vec::new();
    };
    let own = person.open_permanent().map(|(_, home)| home.from);
    let later = own.filter(|from| from.first_day() > home.from.first_day());
    let from = later.last().unwrap_or(home.from);
    let moved = Line::parse("chuyển nơi ở").unwrap_or_default();
    let goes_to = Residence {
        from,
        until: None,
        to: None,
        ground: moved.clone(),
        ..home.clone()
    };
    let mut membership = membership.clone();
    membership.since = from;
    let left = person.open_permanent().map(|(entry, home)| {
        let left = Residence {
            to: Some(from),
            ground: moved.clone(),
            ..home.clone()
        };
        let entry = Slot::entry(Field::Permanent, entry);
        put(entry, Some(Value::Residence(left)))
    });
    let mut edits: Vec<Edit> = left.collect();
    edits.push(Edit::Add(Field::Permanent, Value::Residence(goes_to)));
    edits.push(Edit::Put(Field::Membership, Value::Membership(membership)));
    edits
}
