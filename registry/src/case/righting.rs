//! Decisions that take no act back but put right what it wrote: the number of an entry in a book
//! that another entry has, and the commune of an address that was written before a division.

use super::Case;
use crate::RecordId;
use crate::dispute::{Claim, Matter};
use crate::document::{Document, put};
use crate::edit::Edit;
use crate::fields::{EntryId, Slot};
use crate::paper::{number_of, without_number};
use crate::rules::{division, number_shown};
use crate::value::Value;

impl Case {
    /// Whether every claimant's act stands whatever is decided.
    pub(super) const fn keeps_acts(&self) -> bool {
        matches!(
            self.dispute.matter,
            Matter::BookNumber(_) | Matter::Divided(_)
        )
    }

    /// The edits on one of the case's records once a claim is kept.
    pub(super) fn put_right(&self, kept: &Claim, id: RecordId, document: &Document) -> Vec<Edit> {
        match (self.dispute.matter, &kept.value) {
            (Matter::BookNumber(_), Some(value)) => empty_numbers((kept, value), id, document),
            (Matter::Divided(act), Some(Value::Place(part))) => part
                .unit
                .map(|part| division::homes_in_part(&act, id, document, part))
                .unwrap_or_default(),
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
