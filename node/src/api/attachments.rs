//! Attachments: taking files in, looking at them, and how they are on their way.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use registry::OfficerId;
use registry::attachment::{ATTACHMENT_BYTES_MAX, Attachment, AttachmentId};
use registry::words::Tells;
use registry_store::FolderError;
use serde::{Deserialize, Serialize};
use sync_proto::FetchOutcome;
use utoipa::IntoParams;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody, ROWS_MAX};
use crate::line::Fetch;
use crate::office::{AttachmentState, AttachmentView, OfficeError};
use crate::writer::Command;

/// Largest request, bytes: one more than is taken, so that who sends too much is told how much it
/// may be.
const BODY_BYTES_MAX: usize = ATTACHMENT_BYTES_MAX + 1;
/// How long a look waits for an attachment that is fetched.
const FETCH: Duration = Duration::from_secs(20);
/// Rows of an answer that asks for no number of them.
const ROWS: usize = 100;
/// The routes; a file is larger than any other request.
pub(super) fn routes() -> Router<Api> {
    Router::new()
        .route("/api/v1/attachments", post(attach).get(list))
        .route("/api/v1/attachments/{hash}", get(show))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What was taken in: what an act names in `evidence`, `attachments`.
#[derive(Debug, Serialize)]
pub(super) struct Taken(Attachment);

/// Takes a file in: JPEG, PNG or PDF by its content, at most 4 MiB. When the answer comes, it is on
/// the disk; an act names it by what the answer says, within a day.
#[utoipa::path(post, path = "/api/v1/attachments", request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Its hash, size and kind", body = Object),
              (status = 400, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn attach(
    State(api): State<Api>,
    desk: Desk,
    body: Bytes,
) -> Result<(StatusCode, Json<Taken>), ApiError> {
    desk.acting()?;
    let Ok(_place) = api.attaching.try_acquire() else {
        return Err(ApiError::busy());
    };
    let attachment = take_in(&api, desk.0.officer().id.clone(), body).await?;
    Ok((StatusCode::CREATED, Json(Taken(attachment))))
}

/// Takes content in for an officer: it is on the disk, and the office knows of it, when this comes
/// back. Whoever calls holds a place of [`Api::attaching`].
pub(crate) async fn take_in(
    api: &Api,
    officer: OfficerId,
    content: Bytes,
) -> Result<Attachment, ApiError> {
    api.office.may_attach(content.len())?;
    let folder = Arc::clone(api.office.folder());
    let put = tokio::task::spawn_blocking(move || folder.put(&content)).await;
    let attachment = put.map_err(|_| ApiError::busy())?.map_err(refused)?;
    let attached = |reply| Command::Attach {
        attachment,
        officer,
        reply,
    };
    api.writer.ask(attached).await?;
    Ok(attachment)
}

fn refused(error: FolderError) -> ApiError {
    match error {
        FolderError::Content(error) => {
            let advice = "scan or save it anew as the words say";
            let words = error.to_string();
            ApiError::new(StatusCode::BAD_REQUEST, error.code(), &words, advice)
                .vietnamese(error.said().vi)
        }
        error => OfficeError::from(error).into(),
    }
}

/// Which attachments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only those in this state.
    state: Option<AttachmentState>,
    /// At most so many.
    limit: Option<usize>,
}

/// The attachments that this office knows; those that are on their way first, the oldest of them
/// first.
#[utoipa::path(get, path = "/api/v1/attachments", params(Wanted),
    responses((status = 200, body = [AttachmentView])))]
pub(super) async fn list(
    State(api): State<Api>,
    _desk: Desk,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<AttachmentView>>, ApiError> {
    let words = "a state is one of unnamed, on_its_way, at_centre, not_wanted; a limit is a number";
    let Query(wanted) = wanted.map_err(|_| ApiError::invalid("state", words))?;
    let limit = wanted.limit.unwrap_or(ROWS).min(ROWS_MAX);
    Ok(Json(api.office.attachments(wanted.state, limit)?))
}

/// Why somebody looks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Looking {
    /// Why, in a word; kept in the audit chain.
    reason: Option<String>,
}

/// The content of an attachment; who looks is written down. One that is not on this device is
/// fetched from the centre, which takes a line and some time.
#[utoipa::path(get, path = "/api/v1/attachments/{hash}",
    params(("hash" = String, Path, description = "64 hexadecimal digits"), Looking),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn show(
    State(api): State<Api>,
    desk: Desk,
    Path(hash): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Response, ApiError> {
    let hash: AttachmentId = hash
        .parse()
        .map_err(|_| ApiError::invalid("hash", "64 hexadecimal digits"))?;
    let officer = desk.0.officer().id.clone();
    let reason = looking.reason.unwrap_or_else(|| "show".to_owned());
    let (attachment, content) = look_at(&api, officer, hash, reason).await?;
    let kind = attachment.kind();
    let name = format!("inline; filename=\"{hash}.{}\"", kind.key());
    let headers = [
        (header::CONTENT_TYPE, kind.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
        // What an office may see must not be left in a browser.
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, content).into_response())
}

/// The content of an attachment for an officer, written down as read; fetched from the centre if it
/// is not here.
pub(crate) async fn look_at(
    api: &Api,
    officer: OfficerId,
    hash: AttachmentId,
    reason: String,
) -> Result<(Attachment, Vec<u8>), ApiError> {
    let Some(attachment) = api.office.named_attachment(&hash)? else {
        return Err(ApiError::not_found("no such attachment is known here"));
    };
    let read = |reply| Command::ReadAttachment {
        officer,
        hash,
        reason,
        reply,
    };
    api.writer.ask(read).await?;
    if let Some(content) = content_of(api, hash).await? {
        return Ok((attachment, content));
    }
    fetch(api, attachment).await?;
    match content_of(api, hash).await? {
        Some(content) => Ok((attachment, content)),
        None => Err(later("it was cleared away again")),
    }
}

pub(super) async fn content_of(api: &Api, hash: AttachmentId) -> Result<Option<Vec<u8>>, ApiError> {
    let folder = Arc::clone(api.office.folder());
    let read = tokio::task::spawn_blocking(move || match folder.read(&hash) {
        // What the disk has spoilt the centre may have.
        Err(FolderError::Damaged) => folder.remove(&hash).map(|()| None),
        read => read,
    });
    match read.await.map_err(|_| ApiError::busy())? {
        Ok(content) => Ok(content),
        Err(error) => Err(OfficeError::from(error).into()),
    }
}

async fn fetch(api: &Api, attachment: Attachment) -> Result<(), ApiError> {
    match api.line.fetch(attachment, FETCH).await {
        Fetch::Ended(FetchOutcome::Whole) => Ok(()),
        Fetch::Ended(FetchOutcome::Refused(why)) => Err(ApiError::new(
            StatusCode::CONFLICT,
            why.code(),
            &why.to_string(),
            "ask the office that has the paper, or wait until it has sent it",
        )),
        Fetch::Ended(FetchOutcome::Failed) => {
            Err(later("this device cannot keep it at the moment"))
        }
        Fetch::GoesOn => Err(later("it is being fetched")),
        Fetch::NoLine => Err(later(
            "it is not on this device and there is no line to the centre",
        )),
    }
}

fn later(words: &str) -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "attachment_not_yet",
        words,
        "look again in a minute; what was fetched so far is kept",
    )
}
