//! How good the office's data are by the four words, and what is to be mended.

use axum::Json;
use axum::extract::{Query, State};
use registry::OfficeCode;
use registry::quality::{Problem, Score, Shares, Word};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::account::Desk;
use super::statistics::surveyed;
use super::{Api, ApiError};
use crate::clock;
use crate::office::MendPage;

/// People of an answer that asks for no number of them.
const PEOPLE: usize = 50;
/// Most people of one answer.
const PEOPLE_MAX: usize = 500;

/// The quality of the office's data. Numbers alone: nobody is named.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QualityView {
    #[schema(value_type = String)]
    office: OfficeCode,
    /// The day for which it holds, `YYYY-MM-DD` in Viet Nam.
    day: String,
    /// Seconds since the last contact with the centre; absent if there was none.
    last_sync_age_s: Option<i64>,
    /// Numbers of people.
    #[schema(value_type = Object)]
    score: Score,
    /// Percent of the people who have each of the four words.
    #[schema(value_type = Object)]
    percent: Shares,
    /// What there is to mend, the most frequent first.
    problems: Vec<ProblemView>,
    /// The same for each hamlet that addresses name; the last may have no name.
    hamlets: Vec<HamletView>,
}

/// Something to mend.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemView {
    /// Its name, for `/api/v1/quality/records`.
    #[schema(value_type = String)]
    problem: Problem,
    /// `accurate`, `complete`, `clean` or `live`.
    #[schema(value_type = String)]
    word: Word,
    /// What the clerk reads.
    label_vi: &'static str,
    /// What is to be done.
    mend: &'static str,
    /// Of how many people.
    people: u64,
}

/// A hamlet.
#[derive(Debug, Serialize, ToSchema)]
struct HamletView {
    name: String,
    #[schema(value_type = Object)]
    score: Score,
    #[schema(value_type = Object)]
    percent: Shares,
}

/// The quality of the office's data, for the office and each hamlet; own unsent work included.
#[utoipa::path(get, path = "/api/v1/quality", responses((status = 200, body = QualityView)))]
pub(super) async fn show(
    State(api): State<Api>,
    _desk: Desk,
) -> Result<Json<QualityView>, ApiError> {
    let survey = surveyed(&api).await?;
    let score = survey.survey.score.clone();
    let meta = api.office.meta();
    let now_s = clock::device_s();
    let mut problems: Vec<ProblemView> = score.problems.iter().map(problem_view).collect();
    problems.sort_by_key(|view| std::cmp::Reverse(view.people));
    let hamlets = survey.survey.hamlets().into_iter();
    Ok(Json(QualityView {
        office: meta.office,
        day: registry::date::PartialDate::from(survey.today).to_iso(),
        last_sync_age_s: meta
            .last_contact_s
            .map(|contact_s| now_s.saturating_sub(contact_s).max(0)),
        percent: score.percent(),
        score,
        problems,
        hamlets: hamlets
            .map(|hamlet| HamletView {
                name: hamlet.name.clone(),
                percent: hamlet.score.percent(),
                score: hamlet.score.clone(),
            })
            .collect(),
    }))
}

fn problem_view((problem, people): (&Problem, &u64)) -> ProblemView {
    let rule = problem.rule();
    ProblemView {
        problem: *problem,
        word: rule.word,
        label_vi: rule.label_vi,
        mend: rule.mend_en,
        people: *people,
    }
}

/// Whose records are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The problem, as `/api/v1/quality` names it.
    problem: String,
    /// Of this hamlet alone; empty for those whose address names none.
    hamlet: Option<String>,
    /// Behind this record: `next` of the answer before.
    after: Option<String>,
    /// At most so many.
    limit: Option<usize>,
}

/// The people of whom something is to be mended, page by page.
#[utoipa::path(get, path = "/api/v1/quality/records", params(Wanted),
    responses((status = 200, body = MendPage), (status = 400, body = super::ErrorBody)))]
pub(super) async fn records(
    State(api): State<Api>,
    _desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Result<Json<MendPage>, ApiError> {
    let problem = Problem::from_key(&wanted.problem).ok_or_else(|| {
        let known: Vec<&str> = Problem::TABLE.iter().map(|rule| rule.key).collect();
        ApiError::invalid("problem", &format!("it is one of {}", known.join(", ")))
    })?;
    let after = wanted.after.map(|id| id.parse()).transpose();
    let after =
        after.map_err(|_| ApiError::invalid("after", "give `next` of the answer before"))?;
    let limit = wanted.limit.unwrap_or(PEOPLE).clamp(1, PEOPLE_MAX);
    let office = api.office.clone();
    let page = tokio::task::spawn_blocking(move || {
        let hamlet = wanted.hamlet.as_deref();
        office.to_mend(problem, hamlet, after, limit, clock::device_s())
    });
    Ok(Json(page.await.map_err(|_| ApiError::busy())??))
}
