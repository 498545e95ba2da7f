//! What became of a number: who has it or had it, the chain of that person's numbers, and the
//! ledger of each.

use registry::act::ActKind;
use registry::fields::EntryId;
use registry::person::Person;
use registry::pin::Pin;
use registry::schema::Field;
use registry::value::Value;

use super::*;
use crate::ledger::{self, LedgerRow};

/// A cancelled number.
#[derive(Clone)]
pub struct Cancelled {
    /// It.
    pub pin: Pin,
    /// By which procedure; none if it came cancelled with the register.
    pub kind: Option<ActKind>,
    /// When, seconds since 1970; 0 if it came so with the register.
    pub at_s: i64,
    /// Why, in the words of the act.
    pub reason: Line,
}

/// What became of a number.
#[derive(Clone)]
pub struct NumberStory {
    /// The person that it leads to.
    pub kept: Option<tables::Kept>,
    /// The number that the person has now.
    pub current: Option<Pin>,
    /// The cancelled ones, the first cancelled first.
    pub cancelled: Vec<Cancelled>,
    /// The ledger of each number of the chain, and of the one asked for.
    pub ledger: Vec<(Pin, LedgerRow)>,
}

impl Registrar {
    /// What became of a number, or of a person's numbers. `None` if there never was such a one.
    pub fn number_story(&self, of: NumberOf) -> Result<Option<NumberStory>, UnitError> {
        let (asked, id) = match of {
            NumberOf::Record(id) => (None, Some(id)),
            NumberOf::Pin(pin) => (Some(pin), self.by_pin(&pin)?),
        };
        let kept = id.map(|id| self.kept(&id)).transpose()?.flatten();
        let (mut current, mut cancelled) = (None, Vec::new());
        if let Some(kept) = &kept {
            let reading = kept.record.read().map_err(|_| UnitError::Row {
                table: tables::RECORDS.0,
            })?;
            current = Person(&reading.fields).pin().copied();
            for (entry, value) in reading.fields.entries(Field::PinAliases) {
                if let Value::Pin(pin) = value {
                    cancelled.push(self.cancelled(*pin, entry)?);
                }
            }
            cancelled.sort_by_key(|number| number.at_s);
        }
        let mut pins: Vec<Pin> = cancelled.iter().map(|number| number.pin).collect();
        pins.extend(current);
        pins.extend(asked.filter(|asked| !pins.contains(asked)));
        let mut rows = Vec::new();
        for pin in pins {
            let history = ledger::history(self.store.as_ref(), &pin)?;
            rows.extend(history.into_iter().map(|row| (pin, row)));
        }
        if kept.is_none() && rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(NumberStory {
            kept,
            current,
            cancelled,
            ledger: rows,
        }))
    }

    fn cancelled(&self, pin: Pin, entry: EntryId) -> Result<Cancelled, UnitError> {
        let act = match entry {
            EntryId::Act(act) => self.act(&act)?,
            EntryId::Genesis(_) => None,
        };
        Ok(Cancelled {
            pin,
            kind: act.as_ref().map(|row| row.act.body.kind),
            at_s: act.as_ref().map_or(0, |row| row.at_s),
            reason: act.map(|row| row.act.body.note).unwrap_or_default(),
        })
    }
}
