//! Finding and opening records. Each opening is written down with its reason before the record is
//! shown.

use axum::Json;
use axum::extract::{Path, Query, State};
use registry::RecordId;
use registry::reading::ReadReason;
use serde::Deserialize;
use utoipa::IntoParams;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody};
use crate::clock;
use crate::office::{HouseholdView, PersonHit, PersonView};

/// People of an answer that asks for no number of them.
const PEOPLE: usize = 20;
/// Most people of one answer: who wants more has to say more.
const PEOPLE_MAX: usize = 100;

/// What a clerk types.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Name, number, year, household file, hamlet, in any order.
    #[serde(default)]
    q: String,
    /// At most so many.
    limit: Option<usize>,
}

/// How many people fit what was typed, also those that are not in the answer; no more than 1000
/// are counted.
pub const FOUND_HEADER: &str = "x-found";

/// The people who fit, the best first; the header `x-found` tells how many there are in all.
#[utoipa::path(get, path = "/api/v1/people", params(Wanted),
    responses((status = 200, body = [PersonHit], headers(("x-found" = u64)))))]
pub(super) async fn find(
    State(api): State<Api>,
    _desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Result<([(&'static str, String); 1], Json<Vec<PersonHit>>), ApiError> {
    let limit = wanted.limit.unwrap_or(PEOPLE).min(PEOPLE_MAX);
    let (people, found) = api.office.find_people_counted(&wanted.q, limit)?;
    Ok(([(FOUND_HEADER, found.to_string())], Json(people)))
}

/// Why a record is opened.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Why {
    /// The reason: `counter`, `act_in_hand`, `case_work`, `verification`, `quality` or `audit`. If none
    /// is given, it is `counter` for a record and `act_in_hand` for what an act changed.
    #[serde(default)]
    reason: String,
}

impl Why {
    /// The reason; this one, if none is given.
    pub(super) fn reason_or(&self, other: ReadReason) -> Result<ReadReason, ApiError> {
        if self.reason.is_empty() {
            return Ok(other);
        }
        let reason = self.reason.parse::<ReadReason>();
        reason.map_err(|error| ApiError::invalid("reason", &error.to_string()))
    }
}

/// A person.
#[utoipa::path(get, path = "/api/v1/people/{id}",
    params(("id" = String, Path, description = "The record"), Why),
    responses((status = 200, body = PersonView), (status = 404, body = ErrorBody)))]
pub(super) async fn show(
    State(api): State<Api>,
    desk: Desk,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Json<PersonView>, ApiError> {
    let (id, reason) = (record_id(&id)?, why.reason_or(ReadReason::Counter)?);
    let view = api.office.person_view(&id, clock::device_s())?;
    let view = view.ok_or_else(|| ApiError::not_found("this office holds no such person"))?;
    note_reading(&api, &desk, id, reason).await;
    Ok(Json(view))
}

/// A household.
#[utoipa::path(get, path = "/api/v1/households/{id}",
    params(("id" = String, Path, description = "The record"), Why),
    responses((status = 200, body = HouseholdView), (status = 404, body = ErrorBody)))]
pub(super) async fn household(
    State(api): State<Api>,
    desk: Desk,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Json<HouseholdView>, ApiError> {
    let (id, reason) = (record_id(&id)?, why.reason_or(ReadReason::Counter)?);
    let view = api.office.household_view(&id)?;
    let view = view.ok_or_else(|| ApiError::not_found("this office holds no such household"))?;
    note_reading(&api, &desk, id, reason).await;
    Ok(Json(view))
}

/// A full or failing disk does not close the counter: the record is shown, and the log says that
/// a reading is missing from the audit chain.
pub(super) async fn note_reading(api: &Api, desk: &Desk, id: RecordId, reason: ReadReason) {
    if let Err(error) = api
        .writer
        .note_reading(desk.0.id().clone(), id, reason)
        .await
    {
        tracing::error!(
            code = error.code(),
            "a reading could not be written down: {error}"
        );
    }
}

pub(super) fn record_id(text: &str) -> Result<RecordId, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid("id", "a record is named by 32 hexadecimal digits"))
}
