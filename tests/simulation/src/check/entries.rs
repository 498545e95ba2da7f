//! Invariant 2 of what offices enter beside each other and what survives on both sides: other names,
//! absences, stays, confirmations, applications, and what the centre alone adds. What an act has
//! added stands until one takes it away, whatever else was entered meanwhile. Worked out here from
//! the acts.

use central_registry::registrar::Registrar;
use central_registry::tables::Kept;
use registry::document::Document;
use registry::edit::Edit;
use registry::fields::{EntryId, Slot};

use registry::schema::{Field, Policy, Shape};
use registry::value::Value;
use registry::{ActId, RecordId};

use super::Failure;

/// Looks at one record that has changed.
pub(super) fn stand_as_acts_say(
    registrar: &Registrar,
    kept: &Kept,
    document: &Document,
) -> Result<(), Failure> {
    let edits = edits(registrar, kept.record.id, &document.acts())?;
    let fields = document.read().fields;
    let added = edits.iter().filter_map(|(act, edit)| match edit {
        Edit::Add(field, _) => Some(Slot::entry(*field, EntryId::Act(*act))),
        _ => None,
    });
    for slot in added {
        let (values, taken_away) = said_of(&edits, slot);
        let shown = fields.get(slot);
        let stands = shown.is_some_and(|shown| values.contains(&shown));
        // Of one that was amended and taken away it is not looked at here which was last.
        let holds = match shown {
            Some(_) => stands && (!taken_away || values.len() > 1),
            None => taken_away,
        };
        if !holds {
            let words = format!(
                "record {}: an entry of {:?} {}, and by the acts it {}",
                kept.record.id,
                slot.field,
                shown.map_or("is not there", |_| "is shown"),
                if taken_away {
                    "was taken away"
                } else {
                    "stands"
                },
            );
            return Err(Failure::new("2 entries", words));
        }
    }
    Ok(())
}

/// The edits of these acts on a record that are about what survives.
fn edits(
    registrar: &Registrar,
    id: RecordId,
    acts: &[ActId],
) -> Result<Vec<(ActId, Edit)>, Failure> {
    let mut edits = Vec::new();
    for act in acts {
        let row = registrar
            .act(act)
            .map_err(|_| Failure::new("store", "an act cannot be read"))?;
        let Some(row) = row else { continue };
        for (index, record) in row.act.records() {
            let change = row.act.body.changes.get(index);
            let Some(change) = change.filter(|_| record == id) else {
                continue;
            };
            let of_field = change.edits.iter().filter(|edit| survives(edit.field()));
            edits.extend(of_field.map(|edit| (*act, edit.clone())));
        }
    }
    Ok(edits)
}

fn survives(field: Field) -> bool {
    let rule = field.rule();
    rule.policy != Policy::Review && rule.shape == Shape::Entries
}

/// The values that acts gave an entry, and whether one took it away.
fn said_of(edits: &[(ActId, Edit)], slot: Slot) -> (Vec<&Value>, bool) {
    let (mut values, mut taken_away) = (Vec::new(), false);
    for (act, edit) in edits {
        match edit {
            Edit::Add(field, value) if Slot::entry(*field, EntryId::Act(*act)) == slot => {
                values.push(value);
            }
            Edit::Amend(field, entry, value) if Slot::entry(*field, *entry) == slot => {
                values.extend(value);
                taken_away |= value.is_none();
            }
            _ => {}
        }
    }
    (values, taken_away)
}
