//! Giving personal identification numbers (Law on Identification 26/2023, Art. 12): at random
//! within province, sex and year, never one that was ever given, cancelled ones included.

use registry::act::{Act, ActBody, ActError, ActKind, Author, Base, Entered, RecordChange, Target};
use registry::code::Sex;
use registry::date::Date;
use registry::edit::Edit;
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::sabotage::{Fault, planted};
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActNumber, Incarnation, NodeId, OfficeCode, RecordId};

use crate::cases;
use crate::file_numbers;
use crate::intake::{self, ActFailure, Centre};
use crate::ledger::{self, Event, LedgerRow};
use crate::tables;
use crate::unit::{Unit, UnitError};

/// Draws before giving up; a block of a million that is nine tenths full still succeeds.
const DRAWS_MAX: usize = 2_000;

/// A random number below 1,000,000, from the machine's random source.
pub type Draw = dyn FnMut() -> u32 + Send;

/// A number that nobody has had, if the person's sex and birth year are known.
pub fn draw(
    unit: &Unit<'_>,
    fields: &Fields,
    office: OfficeCode,
    draw: &mut Draw,
) -> Result<Option<Pin>, UnitError> {
    let person = Person(fields);
    let registered = person.birth_registration().and_then(|place| place.unit);
    let prefix = match (registered, person.pin()) {
        (Some(registered), _) => pin_prefix(unit, registered),
        // Where the registration is not known, the number that is changed tells its province.
        (None, Some(pin)) => Some(pin.province_prefix()),
        (None, None) => pin_prefix(unit, office),
    };
    let (Some(prefix), Some(sex), Some(year)) = (
        prefix,
        person.sex().filter(|sex| **sex != Sex::Unknown),
        person.birth().and_then(|birth| birth.year()),
    ) else {
        return Ok(None);
    };
    for _ in 0..DRAWS_MAX {
        let Some(pin) = Pin::compose(prefix, *sex, year, draw() % 1_000_000) else {
            return Ok(None);
        };
        let taken = ledger::is_taken(unit, &pin)?;
        if !taken || planted(Fault::PinTwice) {
            return Ok(Some(pin));
        }
    }
    Ok(None)
}

/// The prefix of births registered in a commune; of one that is no more, that of its province then.
fn pin_prefix(unit: &Unit<'_>, registered: OfficeCode) -> Option<u16> {
    let commune = unit.units().ever(registered)?;
    Some(commune.province.pin_prefix())
}

/// The centre's act on records as they stand here.
pub fn central_act(
    unit: &mut Unit<'_>,
    centre: NodeId,
    kind: ActKind,
    note: Line,
    changes: Vec<(RecordId, Vec<Edit>)>,
) -> Result<Act, UnitError> {
    let number = ActNumber::new(unit.count("central act")?);
    let mut list = Vec::with_capacity(changes.len());
    for (id, edits) in changes {
        let base = match unit.kept(&id)? {
            Some(kept) => kept
                .record
                .document()
                .map_or(Base::Genesis, |doc| Base::of(&doc)),
            None => Base::Genesis,
        };
        list.push(RecordChange {
            target: Target::Held { id, base },
            edits,
        });
    }
    let at_s = unit.at_s();
    let body = ActBody {
        kind,
        officer: CENTRE.parse().map_err(|_| UnitError::Unwritable {
            table: tables::ACTS.0,
        })?,
        effective: Date::in_viet_nam(at_s).into(),
        entered: Entered { at_s, error_s: 0 },
        horizon: unit.commit_seq(),
        evidence: Vec::new(),
        note,
        refers: None,
        changes: list,
    };
    let author = Author {
        node: centre,
        incarnation: Incarnation::new(1),
        number,
    };
    Ok(Act {
        author,
        office: None,
        body,
    })
}

/// The officer named on the centre's own acts.
const CENTRE: &str = "central-registry";

/// Gives the numbers that are due in this unit of work: to the people of its acts, and to those
/// about whom a case has just been closed, whichever record brought that about.
pub(crate) fn give_waiting(unit: &mut Unit<'_>, centre: &mut Centre<'_>) -> Result<(), UnitError> {
    while let Some(id) = unit.take_settled() {
        match give(unit, centre, &id) {
            // A record that cannot take a number now (its history is full) holds up nobody else.
            Ok(()) | Err(ActFailure::Act(_)) => {}
            Err(ActFailure::Store(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Gives the numbers that are due by one record: a household that of its file; a person their own,
/// and the household that they belong to its.
fn give(unit: &mut Unit<'_>, centre: &mut Centre<'_>, id: &RecordId) -> Result<(), ActFailure> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(());
    };
    if kept.record.kind == RecordKind::Household {
        return file_numbers::give(unit, centre.node, id);
    }
    let reading = kept.record.read().map_err(ActError::from)?;
    if let Some(office) = kept.offices.first() {
        give_pin(unit, centre, id, *office, &reading.fields)?;
    }
    match Person(&reading.fields).membership() {
        Some(member) => file_numbers::give(unit, centre.node, &member.household),
        None => Ok(()),
    }
}

/// Gives a number to one person, if they have none, no case asks who they are, and the
/// registration stands. Who may be in the register already waits until that is settled.
fn give_pin(
    unit: &mut Unit<'_>,
    centre: &mut Centre<'_>,
    id: &RecordId,
    office: OfficeCode,
    fields: &Fields,
) -> Result<(), ActFailure> {
    let person = Person(fields);
    if person.pin().is_some() || person.is_revoked() || cases::identity_in_doubt(unit, id)? {
        return Ok(());
    }
    let Some(pin) = draw(unit, fields, office, centre.draw)? else {
        return Ok(());
    };
    let giving = Edit::Put(Field::Pin, Value::Pin(pin));
    let changes = vec![(*id, vec![giving])];
    let kind = ActKind::NumberGiven;
    let act = central_act(unit, centre.node, kind, Line::default(), changes)?;
    intake::enact(unit, &act, None, false)?;
    let row = LedgerRow {
        record: Some(*id),
        act: Some(act.id()),
        office: Some(office),
        ..LedgerRow::of(Event::Given)
    };
    Ok(ledger::note(unit, &pin, row)?)
}
