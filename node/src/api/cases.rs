//! The cases that the centre told this office of.

use axum::Json;
use axum::extract::State;
use registry::case::{CaseNotice, CaseState};
use registry::dispute::Matter;
use registry::schema::Field;
use serde::Serialize;
use utoipa::ToSchema;

use super::account::Desk;
use super::{Api, ApiError};
use crate::office::Known;

/// A case, and what happens next.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseView {
    /// The case as the centre tells it.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    notice: CaseNotice,
    /// Whether somebody must still decide.
    open: bool,
    /// What is in dispute, in words.
    matter: String,
    /// The people and households, as far as this office holds them.
    about: Vec<Known>,
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
    let view = |notice: CaseNotice| {
        Ok(CaseView {
            open: notice.case.is_open(),
            matter: matter(&notice.case.dispute.matter),
            about: api.office.known_records(&notice.case.dispute.records)?,
            words: words(&notice, office),
            notice,
        })
    };
    api.office
        .cases()?
        .into_iter()
        .map(view)
        .collect::<Result<_, ApiError>>()
        .map(Json)
}

fn matter(matter: &Matter) -> String {
    match matter {
        Matter::Field(field) => {
            format!("two values of: {}", field.rule().label_en.to_lowercase())
        }
        Matter::Residence(Field::Temporary) => "two open temporary residences".to_owned(),
        Matter::Residence(_) => "two open permanent residences".to_owned(),
        Matter::Marriage => "two marriages".to_owned(),
        Matter::Life => "acts dated after a death".to_owned(),
        Matter::SamePerson => "two records of one person?".to_owned(),
        Matter::Parked(_) => "an act on a record that another office holds now".to_owned(),
    }
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
        CaseState::WentUp { to } => {
            format!("two reviewers decided otherwise; case {to} decides it, one level up")
        }
        CaseState::Moot => "closed: a claim was withdrawn".to_owned(),
    }
}

fn day(date: registry::date::Date) -> String {
    let (year, month, day) = date.ymd();
    format!("{day:02}/{month:02}/{year}")
}
