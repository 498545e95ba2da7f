//! Portraits: the thumbnail that an act needs is made here, one at a time and apart from everything
//! else; and the thumbnail of somebody of the slice is given out.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use registry::attachment::Attachment;
use registry::portrait::{Portrait, is_picture};
use registry::procedure::{ActInput, Filing};
use registry::{OfficerId, RecordId};

use super::account::Desk;
use super::attachments::content_of;
use super::people::record_id;
use super::{Api, ApiError, ErrorBody, take_in};
use crate::office::FileError;
use crate::thumbnail::{self, ThumbnailError};
use crate::writer::Command;

/// Makes the thumbnail that an act needs, if it needs one, and names it in the act. `keeps` takes it
/// in for this officer: for an act that is filed at once. What is no act of a portrait goes through
/// untouched; what is wrong with its inputs the procedure says.
pub(crate) async fn with_thumbnail(
    api: &Api,
    mut filing: Filing,
    keeps: Option<&OfficerId>,
) -> Result<Filing, ApiError> {
    let ActInput::Portrait(input) = &mut filing.input else {
        return Ok(filing);
    };
    let Some(photo) = input.photo.filter(is_picture) else {
        return Ok(filing);
    };
    let Some(content) = content_of(api, photo.hash()).await? else {
        return Err(ApiError::from(FileError::AttachmentUnknown).about("photo"));
    };
    let thumbnail = make(api, content).await?;
    input.thumbnail = Some(match keeps {
        Some(officer) => take_in(api, officer.clone(), thumbnail.into()).await?,
        None => Attachment::of(&thumbnail).map_err(|_| refused(ThumbnailError::Broken))?,
    });
    Ok(filing)
}

/// One picture is decoded at a time: each may take a hundred megabytes.
async fn make(api: &Api, photo: Vec<u8>) -> Result<Vec<u8>, ApiError> {
    let turns = Arc::clone(&api.picturing);
    let turn = turns.acquire_owned().await.map_err(|_| ApiError::busy())?;
    let made = tokio::task::spawn_blocking(move || {
        // Held by the work and not by who asked: a request that is given up ends no decoding.
        let _turn = turn;
        thumbnail::of(&photo)
    });
    // A picture at which a decoder fails as no decoder should is a broken one.
    made.await
        .unwrap_or(Err(ThumbnailError::Broken))
        .map_err(refused)
}

fn refused(error: ThumbnailError) -> ApiError {
    let words = error.to_string();
    let advice = "take the photograph anew as the words say";
    ApiError::new(StatusCode::CONFLICT, error.code(), &words, advice).about("photo")
}

/// What there is to show of somebody's face.
pub(crate) enum Face {
    /// No portrait was taken.
    None,
    /// The thumbnail is not on this device yet.
    Missing(Portrait),
    /// The thumbnail.
    Here(Portrait, Vec<u8>),
}

/// The face of somebody; `None` if this office holds nobody of this id. Whoever shows it has had
/// the opening of the record written down.
pub(crate) async fn face_of(api: &Api, id: &RecordId) -> Result<Option<Face>, ApiError> {
    let portrait = match api.office.portrait(id)? {
        None => return Ok(None),
        Some(None) => return Ok(Some(Face::None)),
        Some(Some(portrait)) => portrait,
    };
    let hash = portrait.thumbnail().hash();
    if let Some(content) = content_of(api, hash).await? {
        return Ok(Some(Face::Here(portrait, content)));
    }
    // A spoilt file is fetched again; nobody waits for that to be written down.
    let gone = |reply| Command::AttachmentGone { hash, reply };
    drop(api.writer.order(gone).await);
    Ok(Some(Face::Missing(portrait)))
}

/// The thumbnail of a person's portrait: JPEG, at most 240 × 320 pixels and 12 KiB. The record is
/// opened first, which is written down with its reason; this belongs to that.
#[utoipa::path(get, path = "/api/v1/people/{id}/portrait",
    params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The thumbnail", body = Vec<u8>, content_type = "image/jpeg"),
              (status = 404, body = ErrorBody)))]
pub(super) async fn show(
    State(api): State<Api>,
    _desk: Desk,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let content = match face_of(&api, &record_id(&id)?).await? {
        Some(Face::Here(_, content)) => content,
        Some(Face::Missing(_)) => {
            return Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "portrait_not_here",
                "the thumbnail of this person's portrait is not on this device yet",
                "wait for a line: it is fetched by itself",
            ));
        }
        Some(Face::None) => {
            return Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "portrait_none",
                "no portrait of this person was taken",
                "file the act `portrait` when the person is there",
            ));
        }
        None => return Err(ApiError::not_found("this office holds no such person")),
    };
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, content).into_response())
}
