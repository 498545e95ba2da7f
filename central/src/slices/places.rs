//! Whose a record is: its places, each read in the edition in which it was written, and followed
//! from there through the decrees since.

use std::collections::BTreeSet;

use registry::act::Target;
use registry::dispute::Standing;
use registry::person::{self, Home, homes};
use registry::schema::RecordKind;
use registry::unit::{Decree, Edition};
use registry::{ActId, NodeId, OfficeCode, RecordId};

use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// The communes whose offices hold a record today.
pub(crate) fn entitled(
    unit: &Unit<'_>,
    id: &RecordId,
    kind: RecordKind,
    standing: &Standing,
) -> Result<BTreeSet<OfficeCode>, UnitError> {
    let units = unit.units();
    if units.edition() == units.base() {
        return Ok(person::entitled(kind, standing));
    }
    let homes = homes(kind, standing);
    homes.iter().map(|home| holder(unit, id, home)).collect()
}

/// The communes to which a record of a commune goes that a decree would divide, and whether its
/// addresses tell so (without that the default part gets it).
pub(crate) fn parts(
    unit: &Unit<'_>,
    decree: &Decree,
    office: OfficeCode,
    (id, kind, standing): (&RecordId, RecordKind, &Standing),
) -> Result<(BTreeSet<OfficeCode>, bool), UnitError> {
    let mut parts = BTreeSet::new();
    let mut told = true;
    for home in homes(kind, standing) {
        if holder(unit, id, &home)? == office {
            let address = home.address.as_str();
            parts.insert(decree.successor(office, address));
            told &= decree.tells_part(office, address);
        }
    }
    Ok((parts, told))
}

fn holder(unit: &Unit<'_>, id: &RecordId, home: &Home) -> Result<OfficeCode, UnitError> {
    let (units, address) = (unit.units(), home.address.as_str());
    // Most codes lead to one commune whenever they were written; then nothing is looked up.
    if let Some(holder) = units.fixed_holder(home.unit, address) {
        return Ok(holder);
    }
    let written = written(unit, id, home.by.as_ref())?;
    Ok(units.holder(home.unit, written, address))
}

/// The edition in which a place of a record was written: that which the office of the act knew;
/// what the record had from its making was written by the act that made it, or imported.
fn written(unit: &Unit<'_>, record: &RecordId, by: Option<&ActId>) -> Result<Edition, UnitError> {
    let units = unit.units();
    if let Some(by) = by {
        let act: Option<KeptAct> = unit.get(tables::ACTS, by.as_bytes())?;
        return Ok(act.map_or(units.base(), |kept| units.edition_at(kept.act.body.horizon)));
    }
    if let Some(decided) = unit.get(tables::FORMER, &tables::address_mark(record))? {
        return Ok(decided);
    }
    for key in unit.keys(tables::ACTS_OF, record.as_bytes(), 1)? {
        let Some(act) = key.get(24..).and_then(ActId::from_slice) else {
            continue;
        };
        let Some(kept) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? else {
            continue;
        };
        let made = kept.act.records().any(|(index, id)| {
            let change = kept.act.body.changes.get(index);
            id == *record
                && change.is_some_and(|change| matches!(change.target, Target::New { .. }))
        });
        if made {
            return Ok(units.edition_at(kept.act.body.horizon));
        }
    }
    let imported: Option<Edition> = unit.get(tables::FORMER, &tables::record_mark(record))?;
    Ok(imported.unwrap_or(units.base()))
}

/// Whether an act was made by an office that held the record when it was made, by the units that
/// it knew then: a decree has given the record to another meanwhile.
pub(crate) fn was_held(
    unit: &Unit<'_>,
    node: &NodeId,
    office: OfficeCode,
    made_in: Edition,
    record: &RecordId,
) -> Result<bool, UnitError> {
    let units = unit.units();
    if made_in >= units.edition() {
        return Ok(false);
    }
    let Some(kept) = unit.kept(record)? else {
        return Ok(false);
    };
    let mut offices = BTreeSet::from([office]);
    if let Some(former) = unit.former(node)? {
        offices.extend(former.offices.iter().map(|(office, _)| *office));
    }
    let standing = Standing::of(&kept.record).map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })?;
    for home in homes(kept.record.kind, &standing) {
        let written = written(unit, record, home.by.as_ref())?;
        let address = home.address.as_str();
        // Who has moved since was written of in a later edition, and is no longer held.
        if written <= made_in
            && offices.contains(&units.holder_in(home.unit, written, address, made_in))
        {
            return Ok(true);
        }
    }
    Ok(false)
}
