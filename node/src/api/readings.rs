//! Who read what, when and why: for the administrator of the office.

use axum::Json;
use axum::extract::{Query, State};
use registry::OfficerId;
use registry::date::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody, ROWS_MAX};
use crate::office::{ReadingsPage, ReadingsWanted};

/// Rows of an answer that asks for no number of them.
const ROWS: usize = 50;

/// Which readings are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// By this officer alone.
    #[serde(default)]
    officer: String,
    /// On this day alone: `2026-11-21`.
    #[serde(default)]
    day: String,
    /// Before this place, as `next` of the answer before told.
    before: Option<u64>,
    /// At most so many.
    limit: Option<usize>,
}

/// The records that were opened, the latest first. For administrators of the office.
#[utoipa::path(get, path = "/api/v1/readings", params(Wanted),
    responses((status = 200, body = ReadingsPage), (status = 403, body = ErrorBody)))]
pub(super) async fn list(
    State(api): State<Api>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Result<Json<ReadingsPage>, ApiError> {
    desk.administering()?;
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let officer = given(&wanted.officer).map(|name| name.parse::<OfficerId>());
    let officer = officer.transpose();
    let day = given(&wanted.day)
        .map(|day| day.parse::<Date>())
        .transpose();
    let wanted = ReadingsWanted {
        officer: officer.map_err(|_| ApiError::invalid("officer", "not an account name"))?,
        day: day.map_err(|_| ApiError::invalid("day", "write the day as 2026-11-21"))?,
        before: wanted.before,
        limit: wanted.limit.unwrap_or(ROWS).min(ROWS_MAX),
    };
    Ok(Json(api.office.readings(&wanted)?))
}
