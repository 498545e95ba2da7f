//! One renaming for everybody of a street or hamlet: what it would change, and the acts that it is.
//! Each act is filed like any other, so an interrupted run is simply repeated: what is done is no
//! longer found.

use std::collections::BTreeSet;

use registry::RecordId;
use registry::act::ActKind;
use registry::feed::Officer;
use registry::procedure::{Refusal, Renamed, Renaming};
use registry::schema::RecordKind;
use registry::value::Line;
use serde::Serialize;
use utoipa::ToSchema;

use super::known::known_as;
use super::{FileError, Known, Office, OfficeError};
use crate::tables::{Kept, TableError};

/// A record that a renaming changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkChange {
    /// The record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Person or household.
    #[schema(value_type = String)]
    pub kind: RecordKind,
    /// By what people know it.
    pub about: Option<Known>,
    /// How its address is written.
    #[schema(value_type = String)]
    pub old: Line,
    /// How it will be.
    #[schema(value_type = String)]
    pub new: Line,
}

/// A record that lies there and is left as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkSkip {
    /// The record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Why: stable code.
    pub code: &'static str,
    /// Why, in words.
    pub words: String,
}

/// What a renaming comes to.
#[derive(Debug, Clone, Default)]
pub struct BulkPlan {
    /// What changes.
    pub changes: Vec<BulkChange>,
    /// What is left.
    pub skipped: Vec<BulkSkip>,
    /// The same, for the acts.
    pub renamed: Vec<Renamed>,
}

impl Office {
    /// What a renaming would change, for an officer who may file it. It walks the whole slice.
    pub fn plan_renaming(
        &self,
        renaming: &Renaming,
        officer: &Officer,
    ) -> Result<BulkPlan, FileError> {
        let kind = ActKind::ResidenceAdjustment;
        if !kind.allowed_to(&officer.roles) {
            return Err(Refusal::NotYourAct { kind }.into());
        }
        renaming.check(&self.units(), self.code())?;
        let mut plan = BulkPlan::default();
        let mut own = BTreeSet::new();
        let mut looked = |id: RecordId, row: &[u8]| -> Result<bool, TableError> {
            let kept = Kept::decode(id, row).ok_or(TableError::Damaged { table: "records" })?;
            self.look_at(renaming, &kept, &mut plan);
            Ok(true)
        };
        self.rows
            .walk_provisional(&mut |id, row| {
                own.insert(id);
                looked(id, row)
            })
            .map_err(OfficeError::from)?;
        self.rows
            .walk_official(None, &mut |id, row| {
                if own.contains(&id) {
                    return Ok(true);
                }
                looked(id, row)
            })
            .map_err(OfficeError::from)?;
        Ok(plan)
    }

    fn look_at(&self, renaming: &Renaming, kept: &Kept, plan: &mut BulkPlan) {
        let (units, office) = (self.units(), self.code());
        let (id, kind) = (kept.record.id, kept.record.kind);
        let Some(renamed) = renaming.of_record(id, kind, kept.fields(), (&units, office)) else {
            return;
        };
        if let Some(refusal) = self.refused(kept, &renamed) {
            plan.skipped.push(BulkSkip {
                record: id,
                code: refusal.code(),
                words: refusal.to_string(),
            });
            return;
        }
        let about = known_as(kept.fields());
        for (_, old, new) in &renamed.texts {
            plan.changes.push(BulkChange {
                record: id,
                kind,
                about: about.clone(),
                old: old.clone(),
                new: new.clone(),
            });
        }
        plan.renamed.push(renamed);
    }

    /// Why an act on this record would be refused: it is left out, so that the others go on.
    fn refused(&self, kept: &Kept, renamed: &Renamed) -> Option<Refusal> {
        if let Some(case) = self.live().frozen(&kept.record.id) {
            return Some(Refusal::Frozen {
                field: "people",
                case,
            });
        }
        let mut slots = kept.disputes().iter().flat_map(|dispute| &dispute.slots);
        let disputed = slots.find_map(|slot| {
            let mut fields = renamed.texts.iter().map(|(field, _, _)| *field);
            fields.find(|field| *field == slot.field)
        });
        disputed.map(|field| Refusal::InDispute { field: field.key() })
    }
}
