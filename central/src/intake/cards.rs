//! People whom an act names by a card, and numbers that were cancelled since the card was made:
//! these lead to their person all the same, and the ledger tells so. Numbers that an office gave
//! itself are held against its block. Finding the person behind a card is the intake's.

use registry::act::{Act, ActError, Target};
use registry::person::Person;
use registry::pin::Pin;
use registry::returned::Because;
use registry::rules::pin_point;
use registry::{ActId, OfficeCode, RecordId};

use super::{ActFailure, Came, Refused, Stop};
use crate::blocks::{self, Holder};
use crate::ledger::{self, Event, LedgerRow};
use crate::tables;
use crate::unit::Unit;

/// The numbers by which an act names people of other communes.
pub(crate) fn cards_of(act: &Act) -> Vec<Pin> {
    let targets = act.body.changes.iter().map(|change| &change.target);
    targets
        .filter_map(|target| match target {
            Target::Absent(claimed) => Some(claimed.pin),
            _ => None,
        })
        .collect()
}

/// Notes where a cancelled number led to its person all the same (row 18).
pub(crate) fn note_followed(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    act: &ActId,
    named: &[Pin],
) -> Result<(), ActFailure> {
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

/// Whose block a number of this act would be of.
pub(super) const fn holder_of(office: OfficeCode, act: &Act) -> Holder {
    Holder {
        office,
        node: act.author.node,
        incarnation: act.author.incarnation,
    }
}

/// Refuses a number that was not set aside for this life of this node, or that is used already. One
/// of an act that waited has waited with it.
pub(super) fn numbers_are_given(
    unit: &Unit<'_>,
    holder: &Holder,
    act: &Act,
    came: Came,
) -> Result<(), Stop> {
    let mut seen = Vec::new();
    for pin in registry::block::numbers_given(&act.body) {
        if seen.contains(&pin) || !blocks::may_use(unit, holder, pin, came)? {
            return Err(Refused::because(Because::NumberNotReserved).into());
        }
        seen.push(pin);
    }
    Ok(())
}
