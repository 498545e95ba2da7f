//! Bundles on a stick: making one, taking the answer in, and which were made.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::BASE64;
use serde::Serialize;
use sync_proto::bundle::BundleId;
use sync_proto::limits::BUNDLE_BYTES_MAX;
use utoipa::ToSchema;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody};
use crate::bundle::{self, AnswerTaken};
use crate::tables::BundleRow;

/// Largest request, bytes: one more than is taken, so that who sends too much is told how much it
/// may be.
const BODY_BYTES_MAX: usize = BUNDLE_BYTES_MAX + 1;

/// The routes; a bundle is larger than other requests.
pub(super) fn routes() -> Router<Api> {
    Router::new()
        .route("/api/v1/bundles", get(list).post(make))
        .route("/api/v1/bundles/answer", post(answer))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// A bundle that was made for a stick.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BundleView {
    /// Its name, 32 hexadecimal digits.
    bundle: String,
    /// When it was made, seconds since 1970.
    made_s: i64,
    /// After this the centre no longer takes it, seconds since 1970.
    expires_s: i64,
    /// Who made it.
    by: String,
    /// The first act in it.
    first: u64,
    /// The last; the one before the first if there is none.
    last: u64,
    /// Acts in it.
    acts: u64,
    /// Acts that did not fit: they go with the next bundle.
    left: u64,
    /// The entry of the feed behind which the answer goes on.
    feed_applied: u64,
    /// When its answer was taken in, seconds since 1970.
    answered_s: Option<i64>,
}

impl BundleView {
    fn of(id: BundleId, row: &BundleRow) -> BundleView {
        BundleView {
            bundle: id.to_string(),
            made_s: row.made_s,
            expires_s: row.expires_s,
            by: row.officer.to_string(),
            first: row.first.get(),
            last: row.last.get(),
            acts: row.acts(),
            left: row.left,
            feed_applied: row.feed_applied.get(),
            answered_s: row.answered.map(|answered| answered.at_s),
        }
    }
}

/// A bundle with its file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeView {
    #[serde(flatten)]
    bundle: BundleView,
    /// A name for the file.
    name: String,
    /// The file, in base64.
    content: String,
}

/// Makes a bundle of what the centre does not have, sealed to the centre and signed by this device.
/// The acts stay unsent until their receipts come, by stick or by line.
#[utoipa::path(post, path = "/api/v1/bundles",
    responses((status = 201, body = MadeView), (status = 403, body = ErrorBody),
              (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn make(
    State(api): State<Api>,
    desk: Desk,
) -> Result<(StatusCode, Json<MadeView>), ApiError> {
    desk.acting()?;
    let Ok(_place) = api.attaching.try_acquire() else {
        return Err(ApiError::busy());
    };
    let made = bundle::export(&api.office, &api.writer, &api.key, desk.0.id()).await?;
    let view = MadeView {
        bundle: BundleView::of(made.id, &made.row),
        name: made.name(&api.office),
        content: BASE64.encode(&made.file),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// The bundles that were made, the newest first.
#[utoipa::path(get, path = "/api/v1/bundles", responses((status = 200, body = [BundleView])))]
pub(super) async fn list(
    State(api): State<Api>,
    _desk: Desk,
) -> Result<Json<Vec<BundleView>>, ApiError> {
    let bundles = api.office.bundles()?;
    let views = bundles.iter().map(|(id, row)| BundleView::of(*id, row));
    Ok(Json(views.collect()))
}

/// Takes the centre's answer to a bundle in: receipts and feed. Taken in twice, late, or beside a
/// line it does no harm.
#[utoipa::path(post, path = "/api/v1/bundles/answer",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = AnswerTaken), (status = 403, body = ErrorBody),
              (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn answer(
    State(api): State<Api>,
    desk: Desk,
    file: Bytes,
) -> Result<Json<AnswerTaken>, ApiError> {
    desk.acting()?;
    let Ok(_place) = api.attaching.try_acquire() else {
        return Err(ApiError::busy());
    };
    let officer = desk.0.id();
    let taken = bundle::import(&api.office, &api.writer, &api.line, officer, file).await?;
    Ok(Json(taken))
}
