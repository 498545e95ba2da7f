//! Filing acts, and looking at those of this office.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use registry::ActId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody, ROWS_MAX, filing};
use crate::office::{ActState, ActView, Filed};

/// Rows of an answer that asks for no number of them.
const ROWS: usize = 100;

/// Files an act. When the answer comes, the act is on the disk.
#[utoipa::path(post, path = "/api/v1/acts", request_body = Object,
    responses((status = 201, description = "Filed: provisional until the centre's receipt", body = Object),
              (status = 400, body = ErrorBody), (status = 409, body = ErrorBody),
              (status = 503, body = ErrorBody)))]
pub(super) async fn file(
    State(api): State<Api>,
    desk: Desk,
    body: Bytes,
) -> Result<(StatusCode, Json<Filed>), ApiError> {
    let filing = filing::read(&body)?;
    let filed = api.writer.file(filing, desk.0.officer().clone()).await?;
    Ok((StatusCode::CREATED, Json(filed)))
}

/// Which acts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only those in this state.
    state: Option<ActState>,
    /// At most so many.
    limit: Option<usize>,
}

/// The acts of this office, the newest first.
#[utoipa::path(get, path = "/api/v1/acts", params(Wanted),
    responses((status = 200, body = [ActView])))]
pub(super) async fn list(
    State(api): State<Api>,
    _desk: Desk,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<ActView>>, ApiError> {
    let words = "a state is one of provisional, waiting, final, disputed, returned, parked, quarantined, withdrawn; a limit is a number";
    let Query(wanted) = wanted.map_err(|_| ApiError::invalid("state", words))?;
    let limit = wanted.limit.unwrap_or(ROWS).min(ROWS_MAX);
    Ok(Json(api.office.own_acts(wanted.state, limit)?))
}

/// One act.
#[utoipa::path(get, path = "/api/v1/acts/{id}",
    params(("id" = String, Path, description = "The act")),
    responses((status = 200, body = ActView), (status = 404, body = ErrorBody)))]
pub(super) async fn show(
    State(api): State<Api>,
    _desk: Desk,
    Path(id): Path<String>,
) -> Result<Json<ActView>, ApiError> {
    let id: ActId = id
        .parse()
        .map_err(|_| ApiError::invalid("id", "32 hexadecimal digits"))?;
    let view = api.office.act_view(&id)?;
    view.map(Json)
        .ok_or_else(|| ApiError::not_found("no such act is known here"))
}
