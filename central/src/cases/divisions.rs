//! Acts that named a commune which a decree had divided when they arrived (row 19). What is asked
//! about is in [`registry::rules::division`].

use registry::dispute::Dispute;
use registry::rules::division;

use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// The disputes about what a record's acts wrote under the codes of divided communes.
pub(super) fn disputes(unit: &Unit<'_>, acts: &[KeptAct]) -> Result<Vec<Dispute>, UnitError> {
    let units = unit.units();
    let mut found = Vec::new();
    if units.edition() == units.base() {
        return Ok(found);
    }
    for row in acts {
        if row.taken_back || row.act.office.is_none() {
            continue;
        }
        // By the commit that took it in; a proposal is taken in when it arrives, not when somebody
        // takes it up.
        let taken = units.edition_at(row.commit);
        let Some(divided) = units.divided_meanwhile(&row.act.body, taken) else {
            continue;
        };
        let records = division::homes_written(&row.act, divided.code);
        let mut shown = Vec::new();
        for id in &records {
            let Some(kept) = unit.kept(id)? else {
                continue;
            };
            let document = kept.record.document().map_err(|_| UnitError::Row {
                table: tables::RECORDS.0,
            })?;
            shown.extend(division::homes_shown(&row.act.id(), *id, &document));
        }
        found.extend(division::divided(&row.act.id(), &divided, &records, &shown));
    }
    Ok(found)
}
