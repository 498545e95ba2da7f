//! Row 19: an office writes an address under the code of a commune that a decree has divided, of
//! which it had not heard. The address lies meanwhile in the commune that the decree names for what
//! nobody tells apart; a person says in which part it is.

use std::collections::BTreeSet;

use crate::act::{Act, CHANGES_MAX, Target, new_record_id};
use crate::clash;
use crate::dispute::{Claim, Dispute, Matter};
use crate::document::Document;
use crate::edit::Edit;
use crate::fields::{EntryId, Slot};
use crate::schema::Field;
use crate::unit::{Divided, home_in};
use crate::value::{Line, Place, Value};
use crate::{ActId, OfficeCode, RecordId};

const ROW: u8 = 19;

/// The records on which an act writes a home in this commune.
pub fn homes_written(act: &Act, code: OfficeCode) -> BTreeSet<RecordId> {
    let is_there = |field, value| home_in(field, value).is_some_and(|(unit, _)| unit == code);
    let writes = |index: usize| {
        let change = act.body.changes.get(index)?;
        let made = match &change.target {
            Target::New { fields, .. } => {
                let mut fields = fields.iter();
                fields.any(|(slot, value)| is_there(slot.field, value))
            }
            _ => false,
        };
        let edited = change.edits.iter().any(|edit| match edit {
            Edit::Put(field, value) | Edit::Add(field, value) => is_there(*field, value),
            Edit::Amend(field, _, Some(value)) => is_there(*field, value),
            _ => false,
        });
        (made || edited).then_some(())
    };
    act.records()
        .filter(|(index, _)| writes(*index).is_some())
        .map(|(_, record)| record)
        .collect()
}

/// The homes that an act wrote on a record and that it still shows.
pub fn homes_shown(act: &ActId, id: RecordId, document: &Document) -> Vec<(Slot, Value)> {
    let made = (0..CHANGES_MAX).any(|index| new_record_id(act, index) == id);
    let reading = document.read();
    let by_it = |slot: &Slot| match (reading.written_by.get(slot), slot.entry) {
        (Some(writer), _) => writer == act,
        (None, Some(EntryId::Act(entry))) => entry == *act,
        (None, _) => made,
    };
    reading
        .fields
        .iter()
        .filter(|(slot, value)| home_in(slot.field, value).is_some() && by_it(slot))
        .map(|(slot, value)| (slot, value.clone()))
        .collect()
}

/// The dispute about an act that names a divided commune: one claim for each part. `shown` are the
/// homes that it wrote and that still stand.
pub fn divided(
    act: &ActId,
    division: &Divided,
    records: &BTreeSet<RecordId>,
    shown: &[(Slot, Value)],
) -> Option<Dispute> {
    let homes = shown
        .iter()
        .filter_map(|(slot, value)| home_in(slot.field, value));
    let mut there = homes.filter(|(unit, _)| *unit == division.code);
    let (_, address) = there.next()?;
    let text = Line::parse(address).unwrap_or_default();
    let claims = division.parts.iter().map(|part| Claim {
        act: Some(*act),
        record: None,
        value: Some(Value::Place(Place {
            unit: Some(*part),
            text: text.clone(),
            country: None,
        })),
    });
    Some(Dispute {
        row: ROW,
        matter: Matter::Divided(*act),
        records: records.iter().copied().collect(),
        claims: claims.collect(),
        agreed: None,
        slots: Vec::new(),
        harm: clash::harm(ROW),
    })
}

/// The edits by which the homes that an act wrote on a record are in this commune. A code means
/// what it meant when it was written, so a home is written anew and not amended.
pub fn homes_in_part(
    act: &ActId,
    id: RecordId,
    document: &Document,
    part: OfficeCode,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (slot, value) in homes_shown(act, id, document) {
        match (slot.field, slot.entry, value) {
            (
                field @ (Field::Permanent | Field::Temporary),
                Some(entry),
                Value::Residence(home),
            ) => {
                let home = crate::value::Residence { unit: part, ..home };
                edits.push(Edit::Amend(field, entry, None));
                edits.push(Edit::Add(field, Value::Residence(home)));
            }
            (field, None, Value::Place(place)) => {
                let place = Place {
                    unit: Some(part),
                    ..place
                };
                edits.push(Edit::Put(field, Value::Place(place)));
            }
            _ => {}
        }
    }
    edits
}
