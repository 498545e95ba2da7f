//! Row 36: one number in a book of an office for two entries. Both entries may be true; of the
//! number one is wrong, and only who looks into the book can say which.

use std::collections::BTreeSet;

use crate::clash;
use crate::dispute::{Claim, Dispute, Matter};
use crate::document::Document;
use crate::fields::{EntryId, Slot};
use crate::paper::{Book, BookEntry, BookNumber, number_of};
use crate::schema::Field;
use crate::value::Value;
use crate::{ActId, PaperId, RecordId};

/// Where a record shows this number: a marriage, or its death.
pub fn number_shown(
    document: &Document,
    (book, number): &(Book, BookNumber),
) -> Vec<(Slot, Value)> {
    let reading = document.read();
    let fields = reading.fields.iter();
    fields
        .filter(|(slot, _)| matches!(slot.field, Field::Marriages | Field::Death))
        .filter(|(_, value)| number_of(value) == Some((*book, number.clone())))
        .map(|(slot, value)| (slot, value.clone()))
        .collect()
}

impl Entered {
    /// Whether a record of the entry still shows it with its number.
    pub fn stands_on(&self, document: &Document) -> bool {
        let number = (self.entry.book, self.entry.number.clone());
        let shown = number_shown(document, &number);
        let made_by = self.entry.made_by.unwrap_or(self.act);
        let entries = [None, Some(EntryId::Act(made_by))];
        shown.iter().any(|(slot, _)| entries.contains(&slot.entry))
    }
}

/// An entry that stands under a number.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The act that gave it the number.
    pub act: ActId,
    /// What it is.
    pub entry: BookEntry,
}

/// The dispute of what stands under one number of an office's book. One marriage or death that was
/// entered by two devices is one entry: only different people dispute a number.
pub fn number_twice(paper: PaperId, entries: &[Entered]) -> Option<Dispute> {
    let people = |entered: &Entered| -> BTreeSet<RecordId> {
        entered.entry.on.iter().map(|(record, _)| *record).collect()
    };
    let first = people(entries.first()?);
    if entries.iter().all(|entered| people(entered) == first) {
        return None;
    }
    // A death that was corrected is claimed once, by the act that entered it if that still shows.
    let mut claimed = BTreeSet::new();
    let mut entries: Vec<&Entered> = entries.iter().collect();
    entries.sort_by_key(|entered| (entered.entry.corrected, entered.act));
    entries.retain(|entered| claimed.insert(people(entered)) || !entered.entry.corrected);
    let mut claims: Vec<Claim> = entries
        .iter()
        .map(|entered| {
            let on = entered.entry.on.first();
            Claim {
                act: Some(entered.act),
                record: on.map(|(record, _)| *record),
                value: on.map(|(_, value)| value.clone()),
            }
        })
        .collect();
    claims.sort_by_key(|claim| claim.act);
    let records: BTreeSet<RecordId> = claimed.into_iter().flatten().collect();
    Some(Dispute {
        row: clash::NUMBER_ROW,
        matter: Matter::BookNumber(paper),
        records: records.into_iter().collect(),
        claims,
        agreed: None,
        slots: Vec::new(),
        harm: clash::harm(clash::NUMBER_ROW),
    })
}
