//! The cases that the centre told this office of.

use axum::Json;
use axum::extract::State;
use registry::case::CaseNotice;
use registry::clash::Words;
use registry::unit::Units;
use registry::words::Said;
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
    /// What the clerk should know and do, in words, by the clash table.
    #[schema(value_type = Object)]
    words: Option<Words>,
    /// What is known of the clock of each party's device, in words, in the order of `parties`;
    /// `null` where no device entered the claim.
    #[schema(value_type = Vec<Object>)]
    clocks: Vec<Option<Said>>,
    /// By which rule it is due on its day, in words; `null` where today's rules for its harm give
    /// another day.
    #[schema(value_type = Object)]
    due_rule: Option<Said>,
    /// What happens next, in words.
    #[schema(value_type = Object)]
    next: Said,
    /// What the decision leaves this office to do, in words, if it is about an act of it.
    #[schema(value_type = Object)]
    task: Option<Said>,
    /// Whether nobody here has opened the case since it was decided.
    unseen: bool,
}

/// The cases, the open ones first.
#[utoipa::path(get, path = "/api/v1/cases", responses((status = 200, body = [CaseView])))]
pub(super) async fn list(
    State(api): State<Api>,
    _desk: Desk,
) -> Result<Json<Vec<CaseView>>, ApiError> {
    let (office, units) = (api.office.code(), api.office.units());
    let view = |notice: CaseNotice| {
        Ok(CaseView {
            open: notice.case.is_open(),
            matter: notice.case.dispute.matter.words().en,
            about: api.office.known_records(&notice.case.dispute.records)?,
            words: notice.case.clash().map(|line| line.clerk),
            clocks: notice.clocks(),
            due_rule: notice.case.due_rule(),
            next: next(&notice, office, &units),
            task: api.office.task(&notice),
            unseen: api.office.is_news(&notice.case.id)?,
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

/// What happens next: an office that is asked answers first.
fn next(notice: &CaseNotice, office: registry::OfficeCode, units: &Units) -> Said {
    let case = &notice.case;
    match case.open_question(office) {
        Some(question) if case.is_open() => Said {
            vi: format!(
                "cơ quan được hỏi: {} (trả lời bằng thủ tục `answer_case`)",
                question.as_str()
            ),
            en: format!(
                "your office is asked: {} (answer with the act `answer_case`)",
                question.as_str()
            ),
        },
        _ => case.next_step(units),
    }
}
