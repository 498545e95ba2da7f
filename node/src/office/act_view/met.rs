//! Acts on one record that met: neither author knew of the other, and both stand by a rule (rows
//! 16, 20 and 24 of the clash table). Nobody decides; whoever filed one of them is told.

use registry::act::ActKind;
use registry::date::PartialDate;
use registry::document::Reading;
use registry::edit::Edit;
use registry::fields::Slot;
use registry::record::Content;
use registry::rules::{self, Did};
use registry::words::Words;
use registry::{ActId, OfficeCode, RecordId};
use serde::Serialize;

use super::{ActState, ActView};
use crate::office::{Office, OfficeError};
use crate::tables::ActRow;

/// Acts of a record that are looked at, the latest.
const LOOKED_AT_MAX: usize = 64;

/// An act that met another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Meeting {
    /// On which record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// The act.
    #[schema(value_type = String)]
    pub act: ActId,
    /// The one that it met.
    pub other: MetAct,
    /// The line of the clash table.
    pub row: u8,
    /// Whether the act's own value is the one that is shown, where only one of the two is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands: Option<bool>,
    /// What comes of it, in words.
    #[schema(value_type = Object)]
    pub words: Words,
}

/// An act that is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MetAct {
    /// Which.
    #[schema(value_type = String)]
    pub act: ActId,
    /// The procedure.
    #[schema(value_type = String)]
    pub kind: ActKind,
    /// The office; none for the centre.
    #[schema(value_type = Option<String>)]
    pub office: Option<OfficeCode>,
    /// From when it counts.
    #[schema(value_type = String)]
    pub effective: PartialDate,
    /// When it was entered, seconds since 1970, by that office's clock.
    pub entered_s: i64,
}

impl Office {
    /// The acts that this one met.
    pub fn meetings(&self, act: &ActView) -> Result<Vec<Meeting>, OfficeError> {
        let mut found = Vec::new();
        for record in &act.records {
            let met = self.meetings_on(record)?.into_iter();
            found.extend(met.filter(|met| met.act == act.act));
        }
        Ok(found)
    }

    /// Where acts of this office met others on a record.
    pub(in crate::office) fn meetings_of_ours(
        &self,
        record: &RecordId,
    ) -> Result<Vec<Meeting>, OfficeError> {
        let mut ours = Vec::new();
        for met in self.meetings_on(record)? {
            let row = self.rows.act(&met.act)?;
            let office = row.and_then(|row| row.act.office);
            if office.is_some_and(|office| self.live().is_our_commune(office)) {
                ours.push(met);
            }
        }
        Ok(ours)
    }

    /// The acts that met on a record, each side for itself.
    fn meetings_on(&self, record: &RecordId) -> Result<Vec<Meeting>, OfficeError> {
        let kept = self.rows.official(record)?;
        let Some(kept) = kept.filter(|kept| matches!(kept.record.content, Content::Document(_)))
        else {
            return Ok(Vec::new());
        };
        let Ok(document) = kept.record.document() else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for id in document.acts().iter().rev().take(LOOKED_AT_MAX) {
            rows.extend(self.rows.act(id)?);
        }
        let reading = document.read();
        let did: Vec<Did<'_>> = rows.iter().map(|row| self.did(row, record)).collect();
        let mut found = Vec::new();
        for (place, (one, did_one)) in rows.iter().zip(&did).enumerate() {
            for (other, did_other) in rows.iter().zip(&did).skip(place.saturating_add(1)) {
                let Some(met) = rules::met(*did_one, *did_other) else {
                    continue;
                };
                let ids = (one.act.id(), other.act.id());
                if document.knew(&ids.0, &ids.1) || document.knew(&ids.1, &ids.0) {
                    continue;
                }
                let Some(stand) = shown_of(&reading, met, ids) else {
                    continue;
                };
                if !self.still_counts(one)? || !self.still_counts(other)? {
                    continue;
                }
                for (act, other, stands) in [(one, other, stand.0), (other, one, stand.1)] {
                    found.extend(met.words(stands).map(|words| Meeting {
                        record: *record,
                        act: act.act.id(),
                        other: met_act(other),
                        row: met.row,
                        stands,
                        words,
                    }));
                }
            }
        }
        Ok(found)
    }

    /// What an act did to a record.
    fn did<'r>(&self, row: &'r ActRow, record: &RecordId) -> Did<'r> {
        let mut changes = row.act.body.changes.iter().enumerate();
        let change =
            changes.find(|(index, change)| self.record_of(row, *index, change) == Some(*record));
        let edits: &[Edit] = change.map_or(&[], |(_, change)| change.edits.as_slice());
        Did {
            kind: row.act.body.kind,
            edits,
        }
    }

    /// Whether an act took effect and nobody took it back.
    fn still_counts(&self, row: &ActRow) -> Result<bool, OfficeError> {
        let state = self.view_of(row.clone())?.state;
        Ok(matches!(state, ActState::Final | ActState::Disputed))
    }
}

/// Whether each of two acts wrote the value that is shown; nothing where another one did.
fn shown_of(
    reading: &Reading,
    met: rules::Met,
    (one, other): (ActId, ActId),
) -> Option<(Option<bool>, Option<bool>)> {
    let Some(field) = met.field else {
        return Some((None, None));
    };
    let by = reading.written_by.get(&Slot::single(field))?;
    let either = *by == one || *by == other;
    either.then_some((Some(*by == one), Some(*by == other)))
}

fn met_act(row: &ActRow) -> MetAct {
    MetAct {
        act: row.act.id(),
        kind: row.act.body.kind,
        office: row.act.office,
        effective: row.act.body.effective,
        entered_s: row.act.body.entered.at_s,
    }
}
