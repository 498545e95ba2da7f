//! Acts that took no effect: returned to their office, or kept because they cannot be read.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::Params;
use super::{Api, ApiError};
use crate::limits;

/// How many rows.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Limit {
    /// At most so many.
    limit: Option<usize>,
}

impl Limit {
    fn rows(&self) -> usize {
        self.limit
            .unwrap_or(limits::ROWS_DEFAULT)
            .min(limits::ROWS_MAX)
    }
}

/// A returned act.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReturnedView {
    office: String,
    /// Its place in the office's outbox.
    number: u64,
    /// The procedure.
    kind: String,
    /// Stable name of the reason.
    code: String,
    /// The reason in words.
    words: String,
    /// When, seconds since 1970.
    at_s: i64,
}

/// Returned acts, the newest first.
#[utoipa::path(
    get, path = "/api/v1/returned", params(Limit), security(("operator" = [])),
    responses((status = 200, body = [ReturnedView]), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn returned(
    _: Caller,
    State(api): State<Api>,
    Params(limit): Params<Limit>,
) -> Result<Json<Vec<ReturnedView>>, ApiError> {
    let rows = api
        .reader
        .read(move |registrar| registrar.returned(limit.rows()))
        .await?;
    let view = |row: crate::tables::ReturnedRow| ReturnedView {
        office: row.office.to_string(),
        number: row.number.get(),
        kind: row.kind,
        code: row.code,
        words: row.words,
        at_s: row.at_s,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// An act that cannot be read.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct QuarantinedView {
    office: String,
    node: String,
    incarnation: u64,
    number: u64,
    act: String,
}

/// Acts that cannot be read and wait for people to look at them.
#[utoipa::path(
    get, path = "/api/v1/quarantine", params(Limit), security(("operator" = [])),
    responses((status = 200, body = [QuarantinedView]), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn quarantine(
    _: Caller,
    State(api): State<Api>,
    Params(limit): Params<Limit>,
) -> Result<Json<Vec<QuarantinedView>>, ApiError> {
    let rows = api
        .reader
        .read(move |registrar| registrar.quarantined(limit.rows()))
        .await?;
    let view = |(office, author): (registry::OfficeCode, registry::act::Author)| QuarantinedView {
        office: office.to_string(),
        node: author.node.to_string(),
        incarnation: author.incarnation.get(),
        number: author.number.get(),
        act: author.act_id().to_string(),
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}
