//! The cases that the centre told this office of.

use axum::Json;
use axum::extract::State;
use registry::case::{CaseNotice, CaseState};
use serde::Serialize;
use utoipa::ToSchema;

use super::account::Desk;
use super::{Api, ApiError};

/// A case, and what happens next.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseView {
    /// The case as the centre tells it.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    notice: CaseNotice,
    /// Whether somebody must still decide.
    open: bool,
    /// What happens next, in words.
    words: String,
}

/// The cases, the open ones first.
#[utoipa::path(get, path = "/api/v1/cases", responses((status = 200, body = [CaseView])))]
pub(super) async fn list(
    State(api): State<Api>,
    _desk: Desk,
) -> Result<Json<Vec<CaseView>>, ApiError> {
    let office = api.office.code();
    let view = |notice: CaseNotice| CaseView {
        open: notice.case.is_open(),
        words: words(&notice, office),
        notice,
    };
    Ok(Json(api.office.cases()?.into_iter().map(view).collect()))
}

fn words(notice: &CaseNotice, office: registry::OfficeCode) -> String {
    let case = &notice.case;
    if let Some((_, question)) = case
        .questions
        .iter()
        .rev()
        .find(|(asked, _)| *asked == office)
        && case.is_open()
    {
        return format!("your office is asked: {}", question.as_str());
    }
    match &case.state {
        CaseState::Open => format!("a reviewer decides by {}", day(case.due)),
        CaseState::Proposed(_) => {
            format!(
                "one reviewer has decided; a second one must agree by {}",
                day(case.due)
            )
        }
        CaseState::Decided { decision, .. } => format!("decided: {}", decision.reason.as_str()),
        CaseState::Moot => "closed: a claim was withdrawn".to_owned(),
    }
}

fn day(date: registry::date::Date) -> String {
    let (year, month, day) = date.ymd();
    format!("{day:02}/{month:02}/{year}")
}
