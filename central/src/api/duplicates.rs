//! Possible duplicates: the list, one pair, a reviewer's word on it, and the pass that finds them.

use axum::Json;
use axum::extract::State;
use registry::duplicate::{Explanation, FindingView, Hint};
use registry::unit::ProvinceCode;
use registry::value::Line;
use registry::{OfficeCode, OfficerId};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Item, Params};
use super::{Api, ApiError};
use crate::duplicates::{PairRow, PairState, PassRow};
use crate::limits;
use crate::operators::OperatorRole;
use crate::registrar::PairWord;
use crate::server::SaidOfPair;

/// A pair in a list; nothing of a citizen.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PairView {
    number: u64,
    /// The records.
    records: [String; 2],
    /// `look` or `strong`.
    #[schema(value_type = String)]
    hint: Hint,
    /// 0 is as probable as not; ten points double the odds.
    score: i32,
    /// Communes that held the records when the pair was found.
    offices: Vec<String>,
    /// When it was found, seconds since 1970.
    found_s: i64,
    /// `open`, `dismissed` or `case`.
    state: &'static str,
    /// The case, if one was opened.
    case: Option<u64>,
    /// Who dismissed it or opened the case.
    by: Option<String>,
    /// Why.
    reason: Option<String>,
    /// What agrees and what differs, what says most first; no values.
    #[schema(value_type = Vec<Object>)]
    explanation: Vec<FindingView>,
}

impl PairView {
    fn of(row: &PairRow, explanation: &Explanation) -> PairView {
        let (state, case, said) = match &row.state {
            PairState::Open => ("open", None, None),
            PairState::Dismissed { by, reason, .. } => ("dismissed", None, Some((by, reason))),
            PairState::Case { number, by, reason } => ("case", Some(*number), Some((by, reason))),
        };
        PairView {
            number: row.number,
            records: [row.records.0.to_string(), row.records.1.to_string()],
            hint: explanation.hint,
            score: explanation.score,
            offices: row.offices.iter().map(ToString::to_string).collect(),
            found_s: row.found_s,
            state,
            case,
            by: said.map(|(by, _): (&OfficerId, &Line)| by.to_string()),
            reason: said.map(|(_, reason)| reason.as_str().to_owned()),
            explanation: explanation.views(),
        }
    }
}

/// Pairs, and how many there are in all.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Pairs {
    /// Open pairs that fit, those that are not in the answer included.
    found: usize,
    pairs: Vec<PairView>,
}

/// Which pairs.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those of which a record is, or was, in this commune.
    #[param(value_type = Option<String>)]
    office: Option<OfficeCode>,
    /// Only those of which a record is, or was, in this province.
    #[param(value_type = Option<String>)]
    province: Option<ProvinceCode>,
    /// `strong`, or `look` for all (if nothing is said).
    hint: Option<String>,
    /// At most so many.
    limit: Option<usize>,
}

/// Open pairs, those with most points first.
#[utoipa::path(
    get, path = "/api/v1/duplicates", params(Wanted), security(("operator" = [])),
    responses((status = 200, body = Pairs), (status = 400, body = super::ErrorBody))
)]
pub(crate) async fn list(
    _: Caller,
    State(api): State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Pairs>, ApiError> {
    let from = match wanted.hint.as_deref() {
        None | Some("look") => Hint::Look,
        Some("strong") => Hint::Strong,
        Some(_) => return Err(ApiError::bad("query_invalid", "hint is look or strong").at("hint")),
    };
    let limit = wanted
        .limit
        .unwrap_or(limits::ROWS_DEFAULT)
        .min(limits::ROWS_MAX);
    let read = api.reader.read(move |registrar| {
        let units = registrar.units()?;
        let fits = |row: &PairRow| {
            let office = wanted
                .office
                .is_none_or(|office| row.offices.contains(&office));
            let of = |code: &OfficeCode| units.ever(*code).map(|unit| unit.province);
            let in_province = |province| row.offices.iter().any(|code| of(code) == Some(province));
            office && wanted.province.is_none_or(in_province)
        };
        registrar.duplicates(from, fits, limit)
    });
    let (rows, found) = read.await?;
    let pairs = rows
        .iter()
        .map(|row| PairView::of(row, &row.explanation))
        .collect();
    Ok(Json(Pairs { found, pairs }))
}

/// A pair, compared as the records stand now.
#[utoipa::path(
    get, path = "/api/v1/duplicates/{number}", params(("number" = u64, Path)),
    security(("operator" = [])),
    responses((status = 200, body = PairView), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn one(
    _: Caller,
    State(api): State<Api>,
    Item(number): Item<u64>,
) -> Result<Json<PairView>, ApiError> {
    let read = api
        .reader
        .read(move |registrar| registrar.duplicate(number));
    let unknown = || ApiError::not_found("duplicate_unknown", "there is no pair with this number");
    let (row, now) = read.await?.ok_or_else(unknown)?;
    let explanation = now.as_ref().unwrap_or(&row.explanation);
    Ok(Json(PairView::of(&row, explanation)))
}

/// Why.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Why {
    /// The reason; compulsory.
    #[schema(value_type = String)]
    reason: Line,
}

/// What a word on a pair led to.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Said {
    /// The case that was opened.
    case: Option<u64>,
}

/// They are two people: the pair is never shown again.
#[utoipa::path(
    post, path = "/api/v1/duplicates/{number}/dismiss", params(("number" = u64, Path)),
    request_body = Why, security(("operator" = [])),
    responses((status = 200, body = Said), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody), (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn dismiss(
    caller: Caller,
    State(api): State<Api>,
    Item(number): Item<u64>,
    Body(why): Body<Why>,
) -> Result<Json<Said>, ApiError> {
    said(&caller, &api, number, PairWord::Dismiss, why).await
}

/// It shall be decided whether they are one: opens a case, which reviewers decide as any other.
#[utoipa::path(
    post, path = "/api/v1/duplicates/{number}/open-case", params(("number" = u64, Path)),
    request_body = Why, security(("operator" = [])),
    responses((status = 200, body = Said), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody), (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn open_case(
    caller: Caller,
    State(api): State<Api>,
    Item(number): Item<u64>,
    Body(why): Body<Why>,
) -> Result<Json<Said>, ApiError> {
    said(&caller, &api, number, PairWord::OpenCase, why).await
}

async fn said(
    caller: &Caller,
    api: &Api,
    number: u64,
    word: PairWord,
    why: Why,
) -> Result<Json<Said>, ApiError> {
    let operator = caller.needs(&[OperatorRole::Reviewer])?;
    let said = SaidOfPair {
        number,
        reviewer: operator.reviewer(),
        word,
        reason: why.reason,
    };
    let case = api.desk.say_of_pair(said).await?;
    tracing::info!(duplicate = number, reviewer = %operator.name, ?word, case, "a word on a possible duplicate");
    Ok(Json(Said { case }))
}

/// The pass for duplicates.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PassView {
    #[serde(flatten)]
    pass: PassRow,
    /// How far it is.
    thousandths: u64,
}

impl From<PassRow> for PassView {
    fn from(pass: PassRow) -> PassView {
        PassView {
            thousandths: pass.thousandths(),
            pass,
        }
    }
}

/// Where the pass stands, or what the last one came to.
#[utoipa::path(
    get, path = "/api/v1/duplicates/pass", security(("operator" = [])),
    responses((status = 200, body = PassView))
)]
pub(crate) async fn pass(_: Caller, State(api): State<Api>) -> Result<Json<PassView>, ApiError> {
    let pass = api
        .reader
        .read(|registrar| registrar.duplicate_pass())
        .await?;
    Ok(Json(pass.into()))
}

/// Begins a pass, if none is under way, and lets it go on without rests.
#[utoipa::path(
    post, path = "/api/v1/duplicates/pass", security(("operator" = [])),
    responses((status = 200, body = PassView), (status = 403, body = super::ErrorBody))
)]
pub(crate) async fn run(
    caller: Caller,
    State(api): State<Api>,
) -> Result<Json<PassView>, ApiError> {
    caller.needs(&[OperatorRole::Reviewer, OperatorRole::System])?;
    let pass = api.desk.begin_pass().await?;
    api.pass_call.now();
    Ok(Json(pass.into()))
}
