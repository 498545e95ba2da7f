//! The edits that a decision is on each record. Pure: the same case, outcome and documents give
//! the same edits. Carrying them out, as one act, is the central registry's.
//!
//! Above, an outcome that upholds what is in force changes nothing; any other first takes back
//! what was carried out below, in the same act.

use std::collections::BTreeSet;

use super::combining::lacks;
use super::{Case, CaseError, Effect, Outcome};
use crate::application::is_under_way;
use crate::dispute::{Claim, Matter};
use crate::document::{Actor, Document, DocumentError, Stamp, put};
use crate::edit::{EDITS_MAX, Edit};
use crate::fields::{EntryId, Fields, Slot};
use crate::schema::Field;
use crate::value::{Line, Residence, Value};
use crate::{ActId, RecordId};

impl Case {
    /// The edits that an outcome is on one of the case's records. `other` is the record that it
    /// is compared with, if records are compared.
    pub fn settle(
        &self,
        outcome: &Outcome,
        id: RecordId,
        document: &Document,
        other: Option<&Document>,
    ) -> Result<Vec<Edit>, CaseError> {
        self.check(outcome)?;
        if self.upholds(outcome) {
            return Ok(Vec::new());
        }
        let below = self.acts_below(outcome);
        match outcome {
            Outcome::AskOffice { .. } | Outcome::Decline => Ok(Vec::new()),
            Outcome::NotAConflict => Ok(document.take_back(below, &[], |_| true)),
            Outcome::Reverse => Err(CaseError::Misfit),
            Outcome::Enter(value) if self.dispute.matter == Matter::HeadLeft => {
                Ok(vec![Edit::Put(Field::HouseholdHead, value.clone())])
            }
            Outcome::Enter(Value::Head(head)) if self.names_head() => {
                let (after, before) = without(document, below)?;
                Ok(over(before, self.name_head(*head, &after)))
            }
            // What else the same acts clash in keeps its claims, and gets a case of its own.
            Outcome::Enter(value) => Ok(self
                .dispute
                .slots
                .iter()
                .filter(|slot| self.dispute.matter == Matter::Field(slot.field))
                .map(|slot| put(*slot, Some(value.clone())))
                .collect()),
            Outcome::Keep(index) | Outcome::Combine(index)
                if self.dispute.matter == Matter::SamePerson =>
            {
                let kept = self.claim(*index)?.record.ok_or(CaseError::Misfit)?;
                let combine = matches!(outcome, Outcome::Combine(_));
                self.as_one_person(kept, combine, id, (document, other), below)
            }
            Outcome::Keep(index) if self.keeps_acts() => {
                let kept = self.claim(*index)?;
                let (after, before) = without(document, below)?;
                Ok(over(before, self.put_right(kept, id, &after)))
            }
            // The household stays as it is; those who follow are beside it.
            Outcome::Combine(_) => Ok(document.take_back(below, &[], |_| true)),
            Outcome::Keep(index) => Ok(self.keep(self.claim(*index)?, document, below)),
        }
    }

    /// The edits that take losing acts and decisions below back on a record beside the case's.
    pub(super) fn taken_back_beside(&self, outcome: &Outcome, document: &Document) -> Vec<Edit> {
        let mut undone = self.acts_below(outcome).to_vec();
        let mut keepers = Vec::new();
        if let Outcome::Keep(kept) = outcome
            && let Ok(kept) = self.claim(*kept)
        {
            undone.extend(self.losers(kept));
            keepers = self.keepers(kept, document);
        }
        let whole = self.takes_whole();
        document.take_back(&undone, &keepers, |slot| {
            whole || slot.field == Field::Marriages
        })
    }

    pub(super) fn acts_below(&self, outcome: &Outcome) -> &[ActId] {
        self.overturned(outcome)
            .map_or(&[], |effect: &Effect| effect.acts.as_slice())
    }

    /// The acts that lose if a claim is kept. Between a death and later signs of life there are
    /// two sides: the claims with a death, and those without.
    pub fn losers(&self, kept: &Claim) -> Vec<ActId> {
        let mut losers = Vec::new();
        let waits = matches!(self.dispute.matter, Matter::SamePerson | Matter::Parked(_));
        if !waits && !self.keeps_acts() {
            let lose = |claim: &&Claim| !self.on_one_side(claim, kept);
            let claims = self.dispute.claims.iter().filter(lose);
            losers.extend(claims.filter_map(|claim| claim.act));
        }
        losers
    }

    /// The acts that win with a claim, the latest first.
    fn keepers(&self, kept: &Claim, document: &Document) -> Vec<ActId> {
        let claims = self.dispute.claims.iter();
        let winners: BTreeSet<ActId> = claims
            .filter(|claim| self.on_one_side(claim, kept))
            .filter_map(|claim| claim.act)
            .collect();
        let mut keepers = document.acts();
        keepers.retain(|act| winners.contains(act));
        keepers.reverse();
        keepers
    }

    fn on_one_side(&self, claim: &Claim, kept: &Claim) -> bool {
        let side = |claim: &Claim| match (self.dispute.matter, &claim.value) {
            // The act claims its effect, the paper against it is a value.
            (Matter::Life | Matter::Consent | Matter::Divorce | Matter::Contested(_), value) => {
                value.is_some()
            }
            (Matter::Application, value) => matches!(value, Some(Value::Application(_))),
            (Matter::MovedOut, value) => self.stays_in(value.as_ref()),
            (Matter::HeadLeft, value) => matches!(value, Some(Value::Head(_))),
            (Matter::Deletion, Some(Value::Residence(home))) => home.to.is_some(),
            _ => false,
        };
        match self.dispute.matter {
            Matter::Life => side(claim) == side(kept),
            _ if self.takes_whole() => side(claim) == side(kept),
            _ => claim.act == kept.act,
        }
    }

    /// The edits that leave `kept` alone in place.
    fn keep(&self, kept: &Claim, document: &Document, below: &[ActId]) -> Vec<Edit> {
        let mut undone = self.losers(kept);
        undone.extend(below);
        let life = self.dispute.matter == Matter::Life;
        let whole = self.takes_whole();
        let slots = &self.dispute.slots;
        let fields = document.read().fields;
        let mut edits = document.take_back(&undone, &self.keepers(kept, document), |slot| {
            if has_result(&fields, slot) {
                false
            } else if life {
                // A notice of a stay is kept whatever is decided (row 7).
                slot.field != Field::Stays
            } else {
                whole || slots.contains(&slot)
            }
        });
        edits = over(edits, self.close_first_homes(kept, document));
        edits = over(edits, self.clear_first_death(kept, document));
        if matches!(self.dispute.matter, Matter::Contested(_)) {
            edits = over(edits, void_entries(&fields, &self.losers(kept)));
        }
        edits
    }

    /// A death that the record came with is no act's to be taken back: if the person lives, it is
    /// cleared, be it that an act has changed it meanwhile and is taken back.
    fn clear_first_death(&self, kept: &Claim, document: &Document) -> Option<Edit> {
        let lives = self.dispute.matter == Matter::Life && kept.value.is_none();
        let first = lives.then(|| document.read_at(&document.genesis_heads()));
        let came_with = first?.ok()?.fields.single(Field::Death).is_some();
        came_with.then_some(Edit::Clear(Field::Death))
    }

    /// A residence that the record had from its making and that loses is no act's to be taken
    /// back: it ends on the day on which the kept one begins.
    fn close_first_homes(&self, kept: &Claim, document: &Document) -> Vec<Edit> {
        let (Matter::Residence(field), Some(Value::Residence(home))) =
            (self.dispute.matter, &kept.value)
        else {
            return Vec::new();
        };
        let reading = document.read();
        let loses = |value: &Value| {
            let mut claims = self.dispute.claims.iter();
            kept.act.is_some()
                && claims.any(|claim| claim.act.is_none() && claim.value.as_ref() == Some(value))
        };
        let entries = reading.fields.entries(field);
        entries
            .filter(|(_, value)| loses(value))
            .filter_map(|(entry, value)| match value {
                Value::Residence(lost) => {
                    let closed = Residence {
                        to: Some(home.from),
                        ..lost.clone()
                    };
                    Some(Edit::Amend(field, entry, Some(Value::Residence(closed))))
                }
                _ => None,
            })
            .collect()
    }

    /// Two records are one person: `kept` stays, the other registration is revoked.
    fn as_one_person(
        &self,
        kept: RecordId,
        combine: bool,
        id: RecordId,
        (document, other): (&Document, Option<&Document>),
        below: &[ActId],
    ) -> Result<Vec<Edit>, CaseError> {
        let (document, before) = without(document, below)?;
        if kept != id {
            let words = format!("vụ việc {}: cùng người với hồ sơ {kept}", self.number);
            let ground = Line::parse(&words).unwrap_or_default();
            let revoked = vec![Edit::Put(Field::Revoked, Value::Text(ground))];
            return Ok(over(before, revoked));
        }
        let mut records = self.dispute.records.iter();
        let other_id = records.find(|other| **other != id).copied();
        let (Some(other), Some(other_id)) = (other, other_id) else {
            return Ok(before);
        };
        let (other, _) = without(other, below)?;
        let mut edits = over(before, numbers_taken_over(&other));
        if combine {
            let mine = document.read().fields;
            edits = over(edits, lacks(&mine, &other.read().fields, other_id));
            // What has no room is what came last and matters least; it stays readable where it was.
            edits.truncate(EDITS_MAX);
        }
        Ok(edits)
    }
}

/// What these acts entered is none, whoever wrote there last: a marriage that was entered by
/// mistake is none though a death ended it meanwhile.
fn void_entries(fields: &Fields, acts: &[ActId]) -> Vec<Edit> {
    let entered = |slot: &Slot| match slot.entry {
        Some(EntryId::Act(act)) => acts.contains(&act),
        _ => false,
    };
    let standing = fields.iter().map(|(slot, _)| slot);
    standing
        .filter(|slot| entered(slot) && !has_result(fields, *slot))
        .map(|slot| put(slot, None))
        .collect()
}

/// Whether this is an application that the centre has answered for good: what it was answered stays
/// true, and so does that it was made.
fn has_result(fields: &Fields, slot: Slot) -> bool {
    let applied = match (slot.field, slot.entry) {
        (Field::Applications, Some(EntryId::Act(act))) => Some(act),
        _ => None,
    };
    applied.is_some_and(|act| fields.get(slot).is_some() && !is_under_way(fields, act))
}

/// A document as it is once some acts are taken back, and the edits that do it.
pub(super) fn without(
    document: &Document,
    acts: &[ActId],
) -> Result<(Document, Vec<Edit>), CaseError> {
    let edits = document.take_back(acts, &[], |_| true);
    let mut after = document.clone();
    if !edits.is_empty() {
        // Only looked at and thrown away: no record ever holds this change.
        let stamp = Stamp {
            actor: Actor::new(b"as if taken back"),
            time_s: 0,
            act: ActId::new([0; 16]),
            takes_back: true,
        };
        let base = after.heads();
        after
            .append(&base, &stamp, &edits)
            .map_err(|_: DocumentError| CaseError::Misfit)?;
    }
    Ok((after, edits))
}

/// Both lists of edits; where both write one place, the second alone does.
pub(super) fn over(first: Vec<Edit>, second: impl IntoIterator<Item = Edit>) -> Vec<Edit> {
    let second: Vec<Edit> = second.into_iter().collect();
    let place = |edit: &Edit| match edit {
        Edit::Put(field, _) | Edit::Clear(field) => Some(Slot::single(*field)),
        Edit::Amend(field, entry, _) => Some(Slot::entry(*field, *entry)),
        Edit::Add(..)
        | Edit::CloseOpen { .. }
        | Edit::EndMarriage { .. }
        | Edit::ReviveMarriage { .. } => None,
    };
    let written: BTreeSet<Slot> = second.iter().filter_map(place).collect();
    let mut edits = first;
    edits.retain(|edit| place(edit).is_none_or(|slot| !written.contains(&slot)));
    edits.extend(second);
    edits
}

/// The revoked registration's numbers are cancelled and lead to the one that stays, those that
/// it had taken over itself too: whoever shows one is found (Decree 70/2024, Art. 12).
fn numbers_taken_over(revoked: &Document) -> Vec<Edit> {
    let fields = revoked.read().fields;
    let own = match fields.single(Field::Pin) {
        Some(Value::Pin(pin)) => Some(Edit::Add(Field::PinAliases, Value::Pin(*pin))),
        _ => None,
    };
    let inherited = fields
        .entries(Field::PinAliases)
        .filter_map(|(_, value)| match value {
            Value::Pin(pin) => {
                // Named by the number: an entry of one record means nothing in another.
                let name = ActId::derive("npd 2026 inherited number", &[pin.digits().as_bytes()]);
                Some(Edit::Amend(
                    Field::PinAliases,
                    EntryId::Act(name),
                    Some(Value::Pin(*pin)),
                ))
            }
            _ => None,
        });
    own.into_iter().chain(inherited).collect()
}
