//! One renaming for everybody of a street or hamlet: looked at first, then filed step by step.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use registry::ActId;
use registry::procedure::{ActInput, Filing};
use serde::Serialize;
use utoipa::ToSchema;

use super::account::Desk;
use super::filing::Bulk;
use super::{Api, ApiError, ErrorBody, ROWS_MAX, filing};
use crate::office::{BulkChange, BulkPlan, BulkSkip, FileError};
use crate::writer::Command;

/// Acts that one request files; they share a sync of the disk, and the request stays short.
const ACTS_AT_ONCE: usize = 32;

/// What a renaming comes to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BulkView {
    /// Whether nothing was filed.
    dry_run: bool,
    /// Records that lie there, before this request.
    records: usize,
    /// Acts that they are.
    acts: usize,
    /// The acts that this request filed.
    #[schema(value_type = Vec<String>)]
    filed: Vec<ActId>,
    /// Records that are still to be changed: repeat the request.
    remaining: usize,
    /// What changes, or what this request changed; the first of them.
    changes: Vec<BulkChange>,
    /// What is left as it is, and why; the first of them.
    skipped: Vec<BulkSkip>,
}

/// Renames a part of the addresses of everybody who lives there: `{"from", "to", "ground",
/// "dry_run"}`, and what every act may carry. Repeat it until nothing remains; what is done is no
/// longer found.
#[utoipa::path(post, path = "/api/v1/acts/bulk", request_body = Object,
    responses((status = 200, body = BulkView), (status = 400, body = ErrorBody),
              (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn file(
    State(api): State<Api>,
    desk: Desk,
    body: Bytes,
) -> Result<Json<BulkView>, ApiError> {
    let bulk = filing::read_bulk(&body)?;
    let officer = desk.0.officer().clone();
    let (office, renaming, who) = (api.office.clone(), bulk.renaming.clone(), officer.clone());
    // The whole slice is walked.
    let walk = tokio::task::spawn_blocking(move || office.plan_renaming(&renaming, &who));
    let plan: BulkPlan = walk
        .await
        .map_err(|_| ApiError::busy())?
        .map_err(|error: FileError| ApiError::from(error))?;
    let records = plan.renamed.len();
    let acts = bulk.renaming.acts(plan.renamed);
    let mut view = BulkView {
        dry_run: bulk.dry_run,
        records,
        acts: acts.len(),
        filed: Vec::new(),
        remaining: records,
        changes: plan.changes,
        skipped: plan.skipped,
    };
    if !bulk.dry_run {
        let mut waiting = Vec::new();
        let mut done = 0;
        for act in acts.into_iter().take(ACTS_AT_ONCE) {
            done += act.people.len() + act.households.len();
            let filing = Box::new(filing_of(&bulk, act));
            let officer = officer.clone();
            let order = api.writer.order(|reply| Command::File {
                filing,
                officer,
                reply,
            });
            waiting.push(order.await?);
        }
        for answer in waiting {
            // What was filed before a refusal stays filed, and is not found again.
            let filed = answer.await.map_err(|_| ApiError::busy())??;
            view.filed.push(filed.act);
        }
        view.remaining = records.saturating_sub(done);
    }
    view.changes.truncate(ROWS_MAX);
    view.skipped.truncate(ROWS_MAX);
    Ok(Json(view))
}

fn filing_of(bulk: &Bulk, act: registry::procedure::AdjustmentInput) -> Filing {
    Filing {
        input: ActInput::ResidenceAdjustment(act),
        effective: bulk.effective,
        evidence: bulk.evidence.clone(),
        note: bulk.note.clone(),
    }
}
