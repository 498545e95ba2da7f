//! What is held against the register before an act takes effect, beside who may make it: papers
//! that were entered already, and cards from before a change of name.

use registry::RecordId;
use registry::act::{Act, ActError, Target};
use registry::edit::Edit;
use registry::name::PersonName;
use registry::person::Person;
use registry::record::Record;
use registry::returned::Because;
use registry::rules;
use registry::schema::{Field, RecordKind};
use registry::value::Value;

use super::{Refused, Stop};
use crate::cases::acts_of;
use crate::tables;
use crate::unit::Unit;

/// Most registrations by one certificate that are looked at.
const SAME_PAPER_MAX: usize = 64;

/// Sends a birth back whose certificate this office entered already (row 3 of the clash table): an
/// office tells its clerk at entry, but two desks that are cut off do not hear of each other.
pub(super) fn new_here(unit: &Unit<'_>, act: &Act) -> Result<(), Stop> {
    for change in &act.body.changes {
        let Target::New {
            kind: RecordKind::Person,
            fields,
        } = &change.target
        else {
            continue;
        };
        let Some(point) = rules::entered_at(fields) else {
            continue;
        };
        for key in unit.keys(tables::MEETINGS, &point, SAME_PAPER_MAX)? {
            let Some(id) = key.get(16..).and_then(RecordId::from_slice) else {
                continue;
            };
            let Some(kept) = unit.kept(&id)? else {
                continue;
            };
            let known = kept.record.read().map_err(ActError::from)?;
            if rules::same_entry(fields, &known.fields) {
                return Err(Refused::because(Because::CertificateUsed).into());
            }
        }
    }
    Ok(())
}

/// Whether a person had this name before a change or a correction: their card says so until it is
/// exchanged, and whichever act arrives first, a card from before the change is theirs.
pub(super) fn had_name(unit: &Unit<'_>, record: &Record, name: &PersonName) -> Result<bool, Stop> {
    let document = record.document().map_err(ActError::from)?;
    let first = document
        .read_at(&document.genesis_heads())
        .map_err(ActError::from)?;
    if Person(&first.fields)
        .name()
        .is_some_and(|had| had.same_as(name))
    {
        return Ok(true);
    }
    let acts = acts_of(unit, &record.id)?;
    Ok(acts.iter().any(|kept| {
        let mut records = kept.act.records();
        let place = records.find(|(_, id)| *id == record.id);
        let change = place.and_then(|(index, _)| kept.act.body.changes.get(index));
        change.iter().flat_map(|change| &change.edits).any(
            |edit| matches!(edit, Edit::Put(Field::Name, Value::Name(had)) if had.same_as(name)),
        )
    }))
}
