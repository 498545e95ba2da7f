//! Cancelling a wrong number and giving another one: for those whose sex or birth year was put
//! right, whose registration had the wrong place, or whose number came of forged papers (Decree
//! 70/2024, Art. 11). The centre alone does it.

use registry::ActId;
use registry::OfficerId;
use registry::act::{ActError, ActKind};
use registry::edit::Edit;
use registry::person::Person;
use registry::pin::Pin;
use registry::rules::pin_point;
use registry::schema::{Field, RecordKind};
use registry::value::Value;

use super::*;
use crate::ledger::{self, Event, LedgerRow};
use crate::numbers;

/// Whose number.
#[derive(Clone, Copy)]
pub enum NumberOf {
    /// Who has this number, or had it.
    Pin(Pin),
    /// This record.
    Record(RecordId),
}

impl NumberOf {
    /// The record, if anybody has or had the number.
    pub(super) fn record(self, unit: &Unit<'_>) -> Result<Option<RecordId>, UnitError> {
        match self {
            NumberOf::Record(id) => Ok(Some(id)),
            NumberOf::Pin(pin) => unit.get(tables::NUMBERS, &pin_point(&pin)),
        }
    }
}

/// A number that was changed.
#[derive(Clone)]
pub struct NumberChanged {
    /// Whose.
    pub record: RecordId,
    /// The cancelled one.
    pub old: Pin,
    /// The one that holds.
    pub new: Pin,
    /// The act that did it.
    pub act: ActId,
    /// The feeds that grew.
    pub grew: Grew,
}

/// Why a number is not changed.
#[derive(Debug, thiserror::Error)]
pub enum NumberError {
    /// Nobody has it.
    #[error("no person has this number or record id; look whether all digits are right")]
    Unknown,
    /// No number yet.
    #[error("this person has no number yet; it comes when the registration stands undisputed")]
    NoNumber,
    /// Revoked.
    #[error("this registration was revoked; name the record that stands instead")]
    Revoked,
    /// A case asks who it is.
    #[error("a case asks who this person is; decide that one first")]
    InDoubt,
    /// No number can be made.
    #[error(
        "sex, birth year or place of birth registration is not known, so no number can be made; correct the record first"
    )]
    Incomplete,
    /// No reason.
    #[error("a change of a number needs its reason; say why in a sentence")]
    NoReason,
    /// The record does not take it.
    #[error("the number cannot be changed: {0}")]
    Act(#[from] ActError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl NumberError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            NumberError::Unknown => "number_unknown",
            NumberError::NoNumber => "number_not_given",
            NumberError::Revoked => "registration_revoked",
            NumberError::InDoubt => "number_in_doubt",
            NumberError::Incomplete => "number_incomplete",
            NumberError::NoReason => "number_without_reason",
            NumberError::Act(error) => error.code(),
            NumberError::Store(error) => error.code(),
        }
    }
}

impl From<ActFailure> for NumberError {
    fn from(failure: ActFailure) -> Self {
        match failure {
            ActFailure::Act(error) => NumberError::Act(error),
            ActFailure::Store(error) => NumberError::Store(error),
        }
    }
}

impl Registrar {
    /// Cancels a person's number and gives another; durable when it returns.
    pub fn change_number(
        &self,
        at_s: i64,
        of: NumberOf,
        by: &OfficerId,
        reason: &Line,
    ) -> Result<NumberChanged, NumberError> {
        let changed = self.stage_number_change(at_s, of, by, reason)?;
        self.sync()?;
        Ok(changed)
    }

    /// The same without waiting for the disk: nobody may be told before [`Registrar::sync`] has
    /// returned.
    pub fn stage_number_change(
        &self,
        at_s: i64,
        of: NumberOf,
        by: &OfficerId,
        reason: &Line,
    ) -> Result<NumberChanged, NumberError> {
        if reason.is_empty() {
            return Err(NumberError::NoReason);
        }
        let mut draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let id = of.record(&unit)?.ok_or(NumberError::Unknown)?;
        let (old, new) = next_number(&unit, &id, draw.as_mut())?;
        let edits = vec![
            Edit::Put(Field::Pin, Value::Pin(new)),
            Edit::Add(Field::PinAliases, Value::Pin(old)),
        ];
        let kind = ActKind::NumberChanged;
        let changes = vec![(id, edits)];
        let act = numbers::central_act(&mut unit, self.node, kind, reason.clone(), changes)?;
        intake::enact(&mut unit, &act, None, false)?;
        let row = |event| LedgerRow {
            record: Some(id),
            act: Some(act.id()),
            by: Some(by.clone()),
            reason: reason.clone(),
            ..LedgerRow::of(event)
        };
        ledger::note(&mut unit, &old, row(Event::Cancelled))?;
        ledger::note(&mut unit, &new, row(Event::Given))?;
        audit(&mut unit, "number changed", None, None, (0, 0))?;
        let grew = self.hand_over(unit)?;
        Ok(NumberChanged {
            record: id,
            old,
            new,
            act: act.id(),
            grew,
        })
    }
}

/// The number that a person has, and the one that they are to have.
fn next_number(unit: &Unit<'_>, id: &RecordId, draw: &mut Draw) -> Result<(Pin, Pin), NumberError> {
    let kept = unit.kept(id)?.ok_or(NumberError::Unknown)?;
    if kept.record.kind != RecordKind::Person {
        return Err(NumberError::Unknown);
    }
    let reading = kept.record.read().map_err(ActError::from)?;
    let person = Person(&reading.fields);
    if person.is_revoked() {
        return Err(NumberError::Revoked);
    }
    let old = *person.pin().ok_or(NumberError::NoNumber)?;
    if cases::identity_in_doubt(unit, id)? {
        return Err(NumberError::InDoubt);
    }
    let office = *kept.offices.first().ok_or(NumberError::Incomplete)?;
    let new = numbers::draw(unit, &reading.fields, office, draw)?.ok_or(NumberError::Incomplete)?;
    Ok((old, new))
}
