//! What an act changed, read again. It is the content of records: each is noted as read, with the
//! reason, before it is told.

use axum::Json;
use axum::extract::{Path, Query, State};
use registry::ActId;
use registry::reading::ReadReason;
use serde::Serialize;
use utoipa::ToSchema;

use super::account::Desk;
use super::people::{Why, note_reading};
use super::{Api, ApiError, ErrorBody};
use crate::office::{ActChanges, ChangedRecord};
use crate::screens::{ChangesTold, Lang, told_changes};

/// An act with what it changes.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangesView {
    #[serde(flatten)]
    changes: ActChanges,
    /// The changes as a clerk reads them.
    in_words: InWords,
}

/// In both languages.
#[derive(Serialize, ToSchema)]
struct InWords {
    /// Vietnamese.
    vi: ChangesTold,
    /// English.
    en: ChangesTold,
}

/// An act with what it changes: record by record and item by item, before and after. The reason is
/// `act_in_hand` if none is given. What stood before and is not known here is told as that.
#[utoipa::path(get, path = "/api/v1/acts/{id}/changes",
    params(("id" = String, Path, description = "The act"), Why),
    responses((status = 200, body = ChangesView), (status = 400, body = ErrorBody),
              (status = 404, body = ErrorBody)))]
pub(super) async fn show(
    State(api): State<Api>,
    desk: Desk,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Json<ChangesView>, ApiError> {
    let act: ActId = id
        .parse()
        .map_err(|_| ApiError::invalid("id", "an act is named by 32 hexadecimal digits"))?;
    let reason = why.reason_or(ReadReason::ActInHand)?;
    let changes = api.office.act_changes(&act)?;
    let changes = changes.ok_or_else(|| ApiError::not_found("no such act is known here"))?;
    for record in changes.changes.iter().filter_map(ChangedRecord::read) {
        note_reading(&api, &desk, record, reason).await;
    }
    let told = |lang| told_changes(&api.office, &changes.changes, lang);
    let in_words = InWords {
        vi: told(Lang::Vi),
        en: told(Lang::En),
    };
    Ok(Json(ChangesView { changes, in_words }))
}
