//! What a change of a record means for the communes that hold it: their slices, their digests and
//! their feeds. All of it in the unit of work of the act that caused it.

use std::collections::BTreeSet;

use registry::act::Act;
use registry::dispute::Standing;
use registry::feed::{FeedItem, SliceReason};
use registry::person::Person;
use registry::record::Record;
use registry::rules::pin_point;
use registry::sabotage::{Fault, planted};
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::{OfficeCode, RecordId};
use sync_proto::DigestKey;

use crate::tables::{self, Kept, KeptEntry, slice_key};
use crate::unit::{Unit, UnitError};

pub(crate) mod places;

/// How a record changed hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The record as it is kept now.
    pub kept: Kept,
    /// How it stands.
    pub standing: Standing,
    /// The communes that held it before.
    pub before: BTreeSet<OfficeCode>,
    /// The communes that hold it now.
    pub after: BTreeSet<OfficeCode>,
}

/// Keeps a record's new state and sets slices and digests right. Feeds are told separately, as
/// what is told depends on who caused the change.
pub fn keep(unit: &mut Unit<'_>, record: Record) -> Result<Moved, UnitError> {
    let old = unit.kept(&record.id)?;
    keep_over(unit, old.as_ref(), record)
}

/// The same where the caller knows what was kept before.
pub fn keep_over(
    unit: &mut Unit<'_>,
    old: Option<&Kept>,
    record: Record,
) -> Result<Moved, UnitError> {
    let moved = place(unit, old, record)?;
    if moved.kept.record.kind == RecordKind::Person {
        index_numbers(unit, moved.kept.record.id, &moved.standing)?;
    }
    Ok(moved)
}

/// The same for a record that is not here yet; numbers are the caller's.
pub fn place_new(unit: &mut Unit<'_>, record: Record) -> Result<Moved, UnitError> {
    place(unit, None, record)
}

fn place(unit: &mut Unit<'_>, old: Option<&Kept>, record: Record) -> Result<Moved, UnitError> {
    let unreadable = |_| UnitError::Row {
        table: tables::RECORDS.0,
    };
    let id = record.id;
    let standing = Standing::of(&record).map_err(unreadable)?;
    let after = places::entitled(unit, &id, record.kind, &standing)?;
    if let Some(member) = Person(&standing.fields).membership() {
        let key = tables::key(&[member.household.as_bytes(), id.as_bytes()]);
        unit.put(tables::MEMBERS_OF, &key, &())?;
    }
    let version = record.version().map_err(unreadable)?;
    let kept = Kept {
        record,
        version,
        offices: after.iter().copied().collect(),
    };
    let before = settle(unit, old, &kept)?;
    Ok(Moved {
        kept,
        standing,
        before,
        after,
    })
}

/// Puts a record into the slices that it belongs to, with their digests; gives those in which it
/// was.
pub(crate) fn settle(
    unit: &mut Unit<'_>,
    old: Option<&Kept>,
    kept: &Kept,
) -> Result<BTreeSet<OfficeCode>, UnitError> {
    let (id, version) = (kept.record.id, kept.version);
    let offices = |kept: &Kept| kept.offices.iter().copied().collect::<BTreeSet<_>>();
    let before = old.map(offices).unwrap_or_default();
    let after = offices(kept);
    for office in before.union(&after) {
        let row = unit.office(*office)?;
        let key = DigestKey::of(*office);
        if let Some(old) = old.filter(|_| before.contains(office)) {
            row.digest.remove(&key, &id, &old.version);
        }
        if after.contains(office) {
            row.digest.add(&key, &id, &version);
            unit.put(tables::SLICES, &slice_key(*office, &id), &version)?;
        } else {
            unit.delete(tables::SLICES, &slice_key(*office, &id));
        }
    }
    unit.put(tables::RECORDS, id.as_bytes(), kept)?;
    Ok(before)
}

/// Every number that the person has or had leads to the record; none is ever given again.
fn index_numbers(unit: &mut Unit<'_>, id: RecordId, standing: &Standing) -> Result<(), UnitError> {
    let person = Person(&standing.fields);
    let own = person.pin().copied();
    if let Some(pin) = own {
        let point = pin_point(&pin);
        if unit.bytes(tables::NUMBERS, &point)?.is_none() {
            unit.put(tables::NUMBERS, &point, &id)?;
        }
    }
    if person.is_revoked() {
        // What this registration had taken over leads further, with its own number.
        return Ok(());
    }
    // A cancelled number leads to the record that took it over, wherever it led before.
    for (_, value) in standing.fields.entries(Field::PinAliases) {
        if let Value::Pin(pin) = value {
            unit.put(tables::NUMBERS, &pin_point(pin), &id)?;
        }
    }
    Ok(())
}

/// A registration that stands again has its own number again, wherever it led meanwhile.
pub fn reclaim_number(unit: &mut Unit<'_>, id: &RecordId) -> Result<(), UnitError> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(());
    };
    let reading = kept.record.read().map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })?;
    let person = Person(&reading.fields);
    match person.pin() {
        Some(pin) if !person.is_revoked() => unit.put(tables::NUMBERS, &pin_point(pin), id),
        _ => Ok(()),
    }
}

/// Adds an entry to a commune's feed, or to that of the commune whose office it has become: a
/// feed that a decree ended never grows again.
pub fn tell(unit: &mut Unit<'_>, office: OfficeCode, item: &FeedItem) -> Result<(), UnitError> {
    tell_feed(unit, unit.office_now(office), item)
}

/// Adds an entry to just this feed.
pub(crate) fn tell_feed(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    item: &FeedItem,
) -> Result<(), UnitError> {
    let unwritable = UnitError::Unwritable {
        table: tables::FEEDS.0,
    };
    let (kind, payload) = item.encode().map_err(|_| unwritable)?;
    let at_s = unit.at_s();
    let row = unit.office(office)?;
    row.head = row.head.next();
    let head = row.head;
    unit.put(
        tables::FEEDS,
        &tables::feed_key(office, head),
        &KeptEntry {
            kind,
            at_s,
            payload,
        },
    )?;
    unit.grew(office, head);
    Ok(())
}

/// Who caused a change, and so knows of it already.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// The act.
    pub act: &'a Act,
    /// The office whose own act it is, if its node made the same change by itself.
    pub own: Option<OfficeCode>,
    /// The office that needs the records whole, because its node could not make the change.
    pub whole: Option<OfficeCode>,
    /// Whether that office has other nodes, which have to hear of it.
    pub shared: bool,
}

/// Tells the communes concerned what an act did.
pub fn tell_all(
    unit: &mut Unit<'_>,
    cause: Cause<'_>,
    moved: &[Moved],
    made: &BTreeSet<RecordId>,
) -> Result<(), UnitError> {
    let mut hear_act: BTreeSet<OfficeCode> = BTreeSet::new();
    let mut items: Vec<(OfficeCode, FeedItem)> = Vec::new();
    for moved in moved {
        let id = moved.kept.record.id;
        let is_new = made.contains(&id);
        let mut before = moved.before.clone();
        if let (true, Some(own)) = (is_new, cause.own) {
            // The node that made the record holds it, wherever it belongs.
            before.insert(own);
        }
        for office in moved.after.union(&before) {
            let (held, holds) = (before.contains(office), moved.after.contains(office));
            if held && !holds && planted(Fault::LeaveInSlice) {
                continue;
            } else if held && !holds {
                let to = moved.after.iter().copied().collect();
                items.push((
                    *office,
                    FeedItem::Leaves {
                        id,
                        to,
                        reason: SliceReason::Moved,
                    },
                ));
            } else if !held
                || cause.whole == Some(*office)
                || (cause.own == Some(*office)
                    && (unit.was_sent_whole(*office, &id) || (cause.shared && is_new)))
            {
                // A node that got a record whole in this commit does not apply its own later
                // acts on it to what it had before; it gets the record again, with them.
                unit.sent_whole(*office, id);
                let reason = if is_new {
                    SliceReason::New
                } else {
                    SliceReason::Moved
                };
                let record = moved.kept.record.clone();
                items.push((*office, FeedItem::Enters { record, reason }));
            } else if cause.own != Some(*office) || cause.shared {
                hear_act.insert(*office);
            }
        }
    }
    for office in hear_act {
        tell(unit, office, &FeedItem::Act(cause.act.clone()))?;
    }
    for (office, item) in items {
        tell(unit, office, &item)?;
    }
    Ok(())
}
