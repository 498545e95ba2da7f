//! The papers of a record, asked of the centre: those of acts that other offices made before the record
//! came here. Whoever asks is written down as a reader of the record.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use registry::RecordId;
use registry::procedure::Slice;
use registry::reading::ReadReason;
use registry::schema::RecordKind;
use sync_proto::PapersRefusal;

use super::account::Desk;
use super::people::{Why, note_reading, record_id};
use super::{Api, ApiError, ErrorBody};
use crate::line::PapersAsked;
use crate::office::RecordPapersView;

/// How long a question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The papers of a person's acts that are at the centre, the newest act first, also of acts that were
/// made before the person came to this office. It takes a line. What is listed can then be looked at
/// under `/api/v1/attachments/{hash}`.
#[utoipa::path(get, path = "/api/v1/people/{id}/papers",
    params(("id" = String, Path, description = "The record"), Why),
    responses((status = 200, body = RecordPapersView), (status = 404, body = ErrorBody),
              (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn of_person(
    State(api): State<Api>,
    desk: Desk,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Json<RecordPapersView>, ApiError> {
    let words = "this office holds no such person";
    list(&api, &desk, (&id, RecordKind::Person, words), &why).await
}

/// The same of a household.
#[utoipa::path(get, path = "/api/v1/households/{id}/papers",
    params(("id" = String, Path, description = "The record"), Why),
    responses((status = 200, body = RecordPapersView), (status = 404, body = ErrorBody),
              (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn of_household(
    State(api): State<Api>,
    desk: Desk,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Json<RecordPapersView>, ApiError> {
    let words = "this office holds no such household";
    list(&api, &desk, (&id, RecordKind::Household, words), &why).await
}

async fn list(
    api: &Api,
    desk: &Desk,
    (id, kind, unknown): (&str, RecordKind, &str),
    why: &Why,
) -> Result<Json<RecordPapersView>, ApiError> {
    let (id, reason) = (record_id(id)?, why.reason_or(ReadReason::Counter)?);
    let held = api.office.record(&id).map(|held| held.record.kind);
    if held != Some(kind) {
        return Err(ApiError::not_found(unknown));
    }
    note_reading(api, desk, id, reason).await;
    Ok(Json(papers_of(api, &id).await?))
}

/// What the centre tells of the papers of a record. Whoever calls has noted the reading.
pub(crate) async fn papers_of(api: &Api, id: &RecordId) -> Result<RecordPapersView, ApiError> {
    match api.line.papers_of(*id, PATIENCE).await {
        PapersAsked::Told(told) => Ok(api.office.record_papers(&told)?),
        PapersAsked::Refused(why) => Err(refused(why)),
        PapersAsked::GoesOn => Err(not_yet(
            "the centre has not answered yet",
            "trung tâm chưa trả lời",
        )),
        PapersAsked::NoLine => Err(not_yet(
            "the papers are asked of the centre and there is no line to it",
            "phải hỏi trung tâm về giấy tờ mà chưa có đường truyền",
        )),
    }
}

fn not_yet(words: &str, words_vi: &str) -> ApiError {
    let advice = "ask again in a minute";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    ApiError::new(status, "attachment_not_yet", words, advice).vietnamese(words_vi.to_owned())
}

fn refused(why: PapersRefusal) -> ApiError {
    let (status, words_vi, advice) = match why {
        PapersRefusal::CentreOlder => (
            StatusCode::CONFLICT,
            "phần mềm của trung tâm là bản cũ, chưa liệt kê được giấy tờ của một bản ghi; trung tâm phải nâng cấp",
            "ask the office that has the paper, or call the centre's operator",
        ),
        PapersRefusal::TooMany => (
            StatusCode::SERVICE_UNAVAILABLE,
            "đang có quá nhiều người hỏi giấy tờ cùng lúc; hãy hỏi lại sau giây lát",
            "ask again in a moment",
        ),
    };
    ApiError::new(status, why.code(), &why.to_string(), advice).vietnamese(words_vi.to_owned())
}
