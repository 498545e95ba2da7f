//! Filing acts, and looking at those of this office.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use registry::ActId;
use registry::procedure::kind_of;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody, ROWS_MAX, filing, with_thumbnail};
use crate::clock;
use crate::office::{ActState, ActView, Checked, Filed, PossibleDuplicate};

/// Rows of an answer that asks for no number of them.
const ROWS: usize = 100;

/// A filed act, with the people who may be the ones that it made.
#[derive(Debug, Serialize)]
pub(super) struct FiledView {
    #[serde(flatten)]
    filed: Filed,
    /// Whom the office holds already and who may be one of those made.
    duplicates: Vec<PossibleDuplicate>,
}

/// Files an act. When the answer comes, the act is on the disk. `duplicates` are hints and stop
/// nothing.
#[utoipa::path(post, path = "/api/v1/acts", request_body = Object,
    responses((status = 201, description = "Filed: provisional until the centre's receipt", body = Object),
              (status = 400, body = ErrorBody), (status = 409, body = ErrorBody),
              (status = 503, body = ErrorBody)))]
pub(super) async fn file(
    State(api): State<Api>,
    desk: Desk,
    body: Bytes,
) -> Result<(StatusCode, Json<FiledView>), ApiError> {
    let officer = desk.0.officer();
    let filing = with_thumbnail(&api, filing::read(&body)?, Some(&officer.id)).await?;
    let kind = kind_of(&filing.input);
    let filed = api.writer.file(filing, officer.clone()).await;
    let filed = filed.map_err(|error| ApiError::of_filing(error, kind))?;
    // The act is filed, whatever becomes of the hints.
    let duplicates = api
        .office
        .duplicates_of(&filed.made)
        .unwrap_or_else(|error| {
            tracing::warn!(
                code = error.code(),
                "possible duplicates were not looked for: {error}"
            );
            Vec::new()
        });
    Ok((StatusCode::CREATED, Json(FiledView { filed, duplicates })))
}

/// Says what filing an act would do: refusal or notices, and who may be registered already.
/// Nothing is filed.
#[utoipa::path(post, path = "/api/v1/acts/check", request_body = Object,
    responses((status = 200, description = "What it would do; nothing was done", body = Object),
              (status = 400, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn check(
    State(api): State<Api>,
    desk: Desk,
    body: Bytes,
) -> Result<Json<Checked>, ApiError> {
    let filing = with_thumbnail(&api, filing::read(&body)?, None).await?;
    let officer = desk.0.officer();
    let checked = api.office.check_act(&filing, officer, clock::device_s());
    let kind = kind_of(&filing.input);
    Ok(Json(checked.map_err(|error| {
        ApiError::of_filing(error.into(), kind)
    })?))
}

/// Which acts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only those in this state.
    state: Option<ActState>,
    /// Only applications that took effect and have no result yet: first those for which something is
    /// missing, then by when the result is due.
    under_way: Option<bool>,
    /// At most so many.
    limit: Option<usize>,
}

/// The acts of this office, the newest first unless asked otherwise.
#[utoipa::path(get, path = "/api/v1/acts", params(Wanted),
    responses((status = 200, body = [ActView])))]
pub(super) async fn list(
    State(api): State<Api>,
    _desk: Desk,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<ActView>>, ApiError> {
    let words = "a state is one of provisional, waiting, final, disputed, returned, parked, quarantined, withdrawn, set_aside; under_way is true or false and stands without a state; a limit is a number";
    let wrong = || ApiError::invalid("state", words);
    let Query(wanted) = wanted.map_err(|_| wrong())?;
    let limit = wanted.limit.unwrap_or(ROWS).min(ROWS_MAX);
    let acts = match (wanted.under_way, wanted.state) {
        (Some(true), None) => api.office.open_applications(None, limit)?,
        (Some(true), Some(_)) => return Err(wrong()),
        (_, state) => api.office.own_acts(state, limit)?,
    };
    Ok(Json(acts))
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
