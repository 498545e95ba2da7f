//! The line: dial now, cut it for a drill, restore it.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody};
use crate::line::LineState;

/// How the line stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LineView {
    /// `up`, `cut` or `down`.
    line: LineState,
}

/// Dials now, if the line is waiting for its next attempt.
#[utoipa::path(post, path = "/api/v1/sync-now", responses((status = 200, body = LineView)))]
pub(super) async fn sync_now(
    State(api): State<Api>,
    desk: Desk,
) -> Result<Json<LineView>, ApiError> {
    desk.acting()?;
    api.line.sync_now();
    Ok(Json(LineView {
        line: api.line.status().state,
    }))
}

/// What is wanted of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Switch {
    /// No contact until it is restored, even over a restart.
    Cut,
    /// Contact again.
    Restore,
}

/// What is wanted of the line.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Wanted {
    /// `cut` or `restore`.
    state: Switch,
}

/// Cuts or restores the line.
#[utoipa::path(post, path = "/api/v1/line", request_body = Wanted,
    responses((status = 200, body = LineView), (status = 400, body = ErrorBody),
              (status = 403, body = ErrorBody)))]
pub(super) async fn switch(
    State(api): State<Api>,
    desk: Desk,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<LineView>, ApiError> {
    desk.acting()?;
    let Json(wanted) =
        wanted.map_err(|_| ApiError::invalid("state", "must be `cut` or `restore`"))?;
    let cut = wanted.state == Switch::Cut;
    api.writer.switch_line(cut, desk.0.id().clone()).await?;
    api.line.switch(cut);
    let line = if cut { LineState::Cut } else { LineState::Down };
    Ok(Json(LineView { line }))
}
