//! How many people there are, by age and sex; births and deaths by month.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use registry::OfficeCode;
use registry::statistics::{Pyramid, Vital};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::account::Desk;
use super::{Api, ApiError};
use crate::clock;
use crate::office::OfficeSurvey;

/// The people of the office in numbers. Nobody is named.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatisticsView {
    #[schema(value_type = String)]
    office: OfficeCode,
    /// The day for which it holds, `YYYY-MM-DD` in Viet Nam.
    day: String,
    /// The living who are counted here.
    people: u64,
    /// They by age and sex.
    #[schema(value_type = Object)]
    pyramid: Pyramid,
    /// Births and deaths that this office registered: by the month in which they happened, and by
    /// the month in which they were registered.
    #[schema(value_type = Object)]
    vital: Vital,
}

/// Of which year.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Births and deaths of this year alone.
    year: Option<u16>,
}

/// The people of the office in numbers; own unsent work included.
#[utoipa::path(get, path = "/api/v1/statistics", params(Wanted),
    responses((status = 200, body = StatisticsView)))]
pub(super) async fn show(
    State(api): State<Api>,
    _desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Result<Json<StatisticsView>, ApiError> {
    let survey = surveyed(&api).await?;
    let vital = &survey.vital;
    Ok(Json(StatisticsView {
        office: api.office.code(),
        day: registry::date::PartialDate::from(survey.today).to_iso(),
        people: survey.survey.score.people,
        pyramid: survey.survey.pyramid.clone(),
        vital: wanted
            .year
            .map_or_else(|| vital.clone(), |year| vital.of_year(year)),
    }))
}

/// The survey of today, walked beside the other requests.
pub(super) async fn surveyed(api: &Api) -> Result<Arc<OfficeSurvey>, ApiError> {
    let office = api.office.clone();
    let survey = tokio::task::spawn_blocking(move || office.survey(clock::device_s()));
    Ok(survey.await.map_err(|_| ApiError::busy())??)
}
