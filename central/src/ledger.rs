//! The ledger of numbers: what ever happened to each, for ever. A number that stands in it is
//! never given again, whether anybody has it or not.
//!
//! Numbers that came with the register have no entry until something happens to them.

use registry::pin::Pin;
use registry::rules::pin_point;
use registry::value::Line;
use registry::{ActId, OfficeCode, OfficerId, RecordId};
use serde::{Deserialize, Serialize};

use crate::tables;
use crate::unit::{Unit, UnitError, decode};
use registry_store::{KeyRange, Store};

/// Most entries of one number that are shown.
pub const SHOWN_MAX: usize = 1_000;

/// What happened to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The centre gave it to a person.
    Given,
    /// It was cancelled; the person has another one.
    Cancelled,
    /// An act named its person by it after it was cancelled.
    Followed,
    /// It was set aside for an office.
    Reserved,
    /// An office gave it to a newborn, and the registration took effect.
    Used,
    /// An office gave it, and the registration took no effect.
    Returned,
    /// It was set aside and will never be used: its office has lost it.
    Void,
}

impl Event {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Event::Given => "given",
            Event::Cancelled => "cancelled",
            Event::Followed => "followed",
            Event::Reserved => "reserved",
            Event::Used => "used",
            Event::Returned => "returned",
            Event::Void => "void",
        }
    }
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// When, seconds since 1970.
    pub at_s: i64,
    /// What.
    pub event: Event,
    /// Whose number it is.
    pub record: Option<RecordId>,
    /// By which act.
    pub act: Option<ActId>,
    /// At which office.
    pub office: Option<OfficeCode>,
    /// Which operator.
    pub by: Option<OfficerId>,
    /// Why, in the operator's words.
    pub reason: Line,
}

impl LedgerRow {
    /// An entry that tells no more than what happened.
    pub fn of(event: Event) -> LedgerRow {
        LedgerRow {
            at_s: 0,
            event,
            record: None,
            act: None,
            office: None,
            by: None,
            reason: Line::default(),
        }
    }
}

/// Adds an entry, with the time of the unit of work.
pub fn note(unit: &mut Unit<'_>, pin: &Pin, row: LedgerRow) -> Result<(), UnitError> {
    let place = unit.count("ledger")?;
    let key = tables::key(&[&pin_point(pin), &place.to_be_bytes()]);
    let at_s = unit.at_s();
    unit.put(tables::LEDGER, &key, &LedgerRow { at_s, ..row })
}

/// Whether a number was ever given, cancelled or set aside.
pub fn is_taken(unit: &Unit<'_>, pin: &Pin) -> Result<bool, UnitError> {
    let point = pin_point(pin);
    Ok(unit.bytes(tables::NUMBERS, &point)?.is_some()
        || !unit.keys(tables::LEDGER, &point, 1)?.is_empty())
}

/// All that happened to a number, in order.
pub fn history(store: &dyn Store, pin: &Pin) -> Result<Vec<LedgerRow>, UnitError> {
    let rows = store.scan(
        tables::LEDGER,
        &KeyRange::prefix(&pin_point(pin)),
        SHOWN_MAX,
    )?;
    rows.iter()
        .map(|(_, row)| decode(tables::LEDGER, row))
        .collect()
}
