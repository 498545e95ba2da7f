//! Acts that took effect and are said to be wrong: a reviewer opens the case, or looks what its
//! decision would change.

use axum::Json;
use axum::extract::State;
use registry::ActId;
use registry::value::Line;
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Item};
use super::cases::{Asked, asked};
use super::{Api, ApiError};
use crate::operators::OperatorRole;
use crate::registrar::Contest;

/// Why an act is wrong.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContestBody {
    /// The paper by which it is wrong, with its number; compulsory but for a look.
    #[serde(default)]
    #[schema(value_type = String)]
    paper: Line,
    /// Why, in words; compulsory but for a look.
    #[serde(default)]
    #[schema(value_type = String)]
    reason: Line,
    /// Only look what the decision would change.
    #[serde(default)]
    dry_run: bool,
}

/// A case that was opened about an act, or would be.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ContestView {
    /// The number of the case; none if it was only looked at.
    case: Option<u64>,
    /// What taking the act back would change, record by record, as things stand now.
    changes: Vec<Asked>,
}

/// Opens the case about an act that took effect and is wrong by a paper. Two reviewers decide it;
/// until then the act stands, disputed.
#[utoipa::path(
    post, path = "/api/v1/acts/{id}/contest", params(("id" = String, Path)),
    request_body = ContestBody, security(("operator" = [])),
    responses((status = 200, body = ContestView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn contest(
    caller: Caller,
    State(api): State<Api>,
    Item(act): Item<ActId>,
    Body(body): Body<ContestBody>,
) -> Result<Json<ContestView>, ApiError> {
    let operator = caller.needs(&[OperatorRole::Reviewer])?;
    let contest = Contest {
        act,
        reviewer: operator.reviewer(),
        paper: body.paper,
        reason: body.reason,
        dry_run: body.dry_run,
    };
    let contested = api.desk.contest(contest).await?;
    if let Some(case) = contested.case {
        tracing::info!(case, reviewer = %operator.name, "an act was contested");
    }
    Ok(Json(ContestView {
        case: contested.case,
        changes: asked(contested.changes),
    }))
}
