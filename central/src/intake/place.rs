//! Whose record an act means that tells of somebody by the card, and what its office could have
//! known of them.

use std::collections::BTreeSet;

use registry::act::{Act, ActError, Author, Base, Claimed, Target};
use registry::date::BirthDate;
use registry::document::Document;
use registry::name::PersonName;
use registry::person::Person;
use registry::pin::Pin;
use registry::returned::Because;
use registry::rules::pin_point;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::{CommitSeq, RecordId};

use super::{Refused, Stop, entry};
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Finds the people of other communes. Returns whether there were any.
///
/// A node is not believed to have heard of more than its office was `told`: else an act could pass
/// for later than everything, and clash with nothing.
pub(crate) fn place_absent(unit: &Unit<'_>, act: &mut Act, told: CommitSeq) -> Result<bool, Stop> {
    let (author, horizon) = (act.author, act.body.horizon.min(told));
    let mut first = None;
    for change in &mut act.body.changes {
        let Target::Absent(claimed) = &change.target else {
            continue;
        };
        let id = find(unit, claimed)?;
        let base = known_at(unit, &id, author, horizon)?;
        first.get_or_insert(id);
        change.target = Target::Placed { id, base };
    }
    let Some(head) = first else { return Ok(false) };
    for change in &mut act.body.changes {
        if let Target::New {
            kind: RecordKind::Household,
            fields,
        } = &mut change.target
            && fields.single(Field::HouseholdHead).is_none()
        {
            fields.set(Field::HouseholdHead, Some(Value::Head(head)));
        }
    }
    Ok(true)
}

/// The person behind a card: by the number alone, then held against name and birth date, so that
/// a mistyped digit never lands on somebody else.
pub(super) fn find(unit: &Unit<'_>, claimed: &Claimed) -> Result<RecordId, Stop> {
    find_by(unit, &claimed.pin, &claimed.name, Some(&claimed.birth))
}

/// The same by number and name, and the birth date where it is told.
pub(super) fn find_by(
    unit: &Unit<'_>,
    pin: &Pin,
    name: &PersonName,
    birth: Option<&BirthDate>,
) -> Result<RecordId, Stop> {
    let id = holder(unit, pin)?.ok_or_else(|| Refused::because(Because::PersonNotFound))?;
    let kept = unit.kept(&id)?.ok_or(ActError::UnknownRecord)?;
    let reading = kept.record.read().map_err(ActError::from)?;
    let person = Person(&reading.fields);
    let name_fits = person.name().is_some_and(|ours| ours.same_as(name));
    let born = |birth: &BirthDate| birth.date();
    let birth_fits = match (person.birth().and_then(born), birth.and_then(born)) {
        (Some(ours), Some(theirs)) => {
            ours == theirs || ours.refines(&theirs) || theirs.refines(&ours)
        }
        _ => true,
    };
    if (name_fits || entry::had_name(unit, &kept.record, name)?) && birth_fits {
        Ok(id)
    } else {
        Err(Refused::because(Because::PersonMismatch).into())
    }
}

/// Who has a number, or had it.
pub(super) fn holder(unit: &Unit<'_>, pin: &Pin) -> Result<Option<RecordId>, UnitError> {
    unit.get(tables::NUMBERS, &pin_point(pin))
}

/// The state of a record that an office could have known which had heard of the centre's commits
/// up to the horizon: later ones are concurrent with its act, in whatever order they arrive.
/// Its own acts before this one its node knew, whatever the centre had answered by then.
fn known_at(
    unit: &Unit<'_>,
    id: &RecordId,
    author: Author,
    horizon: CommitSeq,
) -> Result<Base, Stop> {
    known_by(unit, id, |row| {
        let other = row.act.author;
        let same_life = (other.node, other.incarnation) == (author.node, author.incarnation);
        row.commit <= horizon || (same_life && other.number < author.number)
    })
}

/// The state of a record that holds just the acts which somebody knew.
pub(crate) fn known_by(
    unit: &Unit<'_>,
    id: &RecordId,
    knew: impl Fn(&KeptAct) -> bool,
) -> Result<Base, Stop> {
    let kept = unit.kept(id)?.ok_or(ActError::UnknownRecord)?;
    let document = kept.record.document().map_err(ActError::from)?;
    let mut known = BTreeSet::new();
    for act in document.acts() {
        let row: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        if row.is_none_or(|row| knew(&row)) {
            known.insert(act);
        }
    }
    let heads = document.heads_of(|act| known.contains(act));
    Ok(base_of(&document, &heads))
}

fn base_of(document: &Document, heads: &[registry::document::Head]) -> Base {
    if heads == document.genesis_heads().as_slice() {
        return Base::Genesis;
    }
    Base::Heads(
        heads
            .iter()
            .filter_map(|head| head.0.first_chunk::<8>().copied())
            .collect(),
    )
}
