//! Bundles on a stick: taking one in and giving its answer, what became of those before, and a new
//! key to seal them to.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use sync_proto::bundle::{BundleId, KeyName};

use super::auth::Caller;
use super::body::{Item, Params, Whole};
use super::error::of_bundle;
use super::{Api, ApiError};
use crate::limits;
use crate::operators::OperatorRole;
use crate::registrar::BundleAnswer;
use crate::server::bundle::{BundleDesk, TakeError};
use crate::tables::BundleRow;

/// How a bundle is to be taken.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Only tell what is in it.
    #[serde(default)]
    dry_run: bool,
}

/// A bundle.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BundleView {
    /// Its name, 32 hexadecimal digits.
    bundle: String,
    /// The office that made it.
    office: String,
    /// The device.
    node: String,
    /// The life of the device.
    incarnation: u64,
    /// When it was made, by the device's clock, seconds since 1970.
    made_s: i64,
    /// The first act in it.
    first: u64,
    /// The last; the one before the first if there is none.
    last: u64,
    /// Acts in it.
    acts: u64,
    /// Acts that were not here before.
    acts_new: u64,
    /// When it was taken in, seconds since 1970.
    at_s: i64,
    /// By whom.
    by: String,
    /// Whether nothing of it was taken, and its file is kept for people to look at.
    quarantined: bool,
}

impl BundleView {
    fn of(id: BundleId, row: &BundleRow) -> Self {
        let end = row.last.get().saturating_add(1);
        let acts = if row.first.get() == 0 {
            0
        } else {
            end.saturating_sub(row.first.get())
        };
        Self {
            bundle: id.to_string(),
            office: row.office.to_string(),
            node: row.node.to_string(),
            incarnation: row.incarnation.get(),
            made_s: row.made_s,
            first: row.first.get(),
            last: row.last.get(),
            acts,
            acts_new: row.acts_new,
            at_s: row.at_s,
            by: row.by.to_string(),
            quarantined: row.quarantined,
        }
    }
}

/// The answer to a bundle.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AnswerView {
    /// Entries of the office's feed in it, receipts among them.
    entries: u64,
    /// Entries that did not fit: they come with the next bundle, or by line.
    left: u64,
    /// Whether the office has to fill its slice by line before its feed goes on.
    needs_line: bool,
    /// After this the office no longer takes it, seconds since 1970.
    expires_s: i64,
    /// The file, in base64.
    content: String,
}

impl From<BundleAnswer> for AnswerView {
    fn from(answer: BundleAnswer) -> Self {
        Self {
            entries: answer.entries,
            left: answer.left,
            needs_line: answer.needs_fill,
            expires_s: answer.expires_s,
            content: BASE64.encode(&answer.file),
        }
    }
}

/// What came of a bundle.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TakenView {
    #[serde(flatten)]
    bundle: BundleView,
    /// When the bundle is over, seconds since 1970.
    expires_s: i64,
    /// Whether it was only looked at.
    dry_run: bool,
    /// The answer; none if it was only looked at.
    answer: Option<AnswerView>,
}

/// Takes a bundle in that an office has made, and gives the answer for the same stick. Taken in
/// twice, late, or beside a line it does no harm.
#[utoipa::path(
    post, path = "/api/v1/bundles", params(How), security(("operator" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TakenView), (status = 403, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody), (status = 503, body = super::ErrorBody))
)]
pub(crate) async fn take(
    caller: Caller,
    State(api): State<Api>,
    Params(how): Params<How>,
    Whole(file): Whole,
) -> Result<Json<TakenView>, ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    let desk = BundleDesk {
        desk: &api.desk,
        reader: &api.reader,
        by: by.name.clone(),
        dry_run: how.dry_run,
    };
    let taken = desk.take(file).await.map_err(|error| match error {
        TakeError::Bundle(error) => of_bundle(&error),
        TakeError::Desk(error) => error.into(),
    })?;
    if taken.row.acts_new > 0 && !how.dry_run {
        api.fleet
            .taken(taken.row.node, taken.row.at_s, taken.row.last);
    }
    Ok(Json(TakenView {
        bundle: BundleView::of(taken.id, &taken.row),
        expires_s: taken.expires_s,
        dry_run: how.dry_run,
        answer: taken.answer.map(AnswerView::from),
    }))
}

/// How many rows.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Limit {
    /// At most so many.
    limit: Option<usize>,
}

/// What became of bundles, the newest first.
#[utoipa::path(
    get, path = "/api/v1/bundles", params(Limit), security(("operator" = [])),
    responses((status = 200, body = [BundleView]), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn list(
    _: Caller,
    State(api): State<Api>,
    Params(limit): Params<Limit>,
) -> Result<Json<Vec<BundleView>>, ApiError> {
    let limit = limit.limit.unwrap_or(limits::ROWS_DEFAULT);
    let limit = limit.min(limits::ROWS_MAX);
    let rows = api.reader.read(move |it| it.bundles(limit)).await?;
    let view = |(id, row): (BundleId, BundleRow)| BundleView::of(id, &row);
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// The file of a bundle that is kept for people to look at, as it came.
#[utoipa::path(
    get, path = "/api/v1/bundles/{id}", security(("operator" = [])),
    params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn quarantined(
    caller: Caller,
    State(api): State<Api>,
    Item(id): Item<String>,
) -> Result<Response, ApiError> {
    caller.needs(&[OperatorRole::System])?;
    let unknown = || {
        let words =
            "no bundle of this name is kept; `registryctl bundle list` tells those that are";
        ApiError::not_found("bundle_unknown", words)
    };
    let id = HEXLOWER.decode(id.as_bytes()).map_err(|_| unknown())?;
    let id = BundleId(id.try_into().map_err(|_| unknown())?);
    let file = api.reader.read(move |it| it.quarantined_bundle(id)).await?;
    let file = file.ok_or_else(unknown)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], file).into_response())
}

/// A key for bundles.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct KeyView {
    /// Its name, 16 hexadecimal digits.
    key: String,
}

/// Makes a new key for bundles. Offices hear of it with their next contact; what is sealed to the
/// ones before goes on opening.
#[utoipa::path(
    post, path = "/api/v1/bundles/key", security(("operator" = [])),
    responses((status = 200, body = KeyView), (status = 403, body = super::ErrorBody))
)]
pub(crate) async fn new_key(
    caller: Caller,
    State(api): State<Api>,
) -> Result<Json<KeyView>, ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    let key = HEXLOWER.encode(&KeyName::of(&api.desk.new_bundle_key().await?).0);
    tracing::warn!(%key, by = %by.name, "a new key for bundles was made");
    Ok(Json(KeyView { key }))
}
