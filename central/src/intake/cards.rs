//! People whom an act names by a card, and numbers that were cancelled since the card was made:
//! these lead to their person all the same, and the ledger tells so. Finding the person behind a
//! card is the intake's.

use registry::act::{Act, ActError, Target};
use registry::person::Person;
use registry::pin::Pin;
use registry::rules::pin_point;
use registry::{ActId, OfficeCode, RecordId};

use super::Stop;
use crate::ledger::{self, Event, LedgerRow};
use crate::tables;
use crate::unit::Unit;

/// The numbers by which an act names people of other communes.
pub(super) fn cards_of(act: &Act) -> Vec<Pin> {
    let targets = act.body.changes.iter().map(|change| &change.target);
    targets
        .filter_map(|target| match target {
            Target::Absent(claimed) => Some(claimed.pin),
            _ => None,
        })
        .collect()
}

/// Notes where a cancelled number led to its person all the same (row 18).
pub(super) fn note_followed(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    act: &ActId,
    named: &[Pin],
) -> Result<(), Stop> {
    for pin in named {
        let Some(id) = unit.get::<RecordId>(tables::NUMBERS, &pin_point(pin))? else {
            continue;
        };
        let Some(kept) = unit.kept(&id)? else {
            continue;
        };
        let reading = kept.record.read().map_err(ActError::from)?;
        if Person(&reading.fields).pin() == Some(pin) {
            continue;
        }
        let row = LedgerRow {
            record: Some(id),
            act: Some(*act),
            office: Some(office),
            ..LedgerRow::of(Event::Followed)
        };
        ledger::note(unit, pin, row)?;
        tracing::info!(%office, %act, "an act named its person by a cancelled number");
    }
    Ok(())
}
