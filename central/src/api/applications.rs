//! Applications for a card, a child's number or an e-ID account, for reviewers: those that wait, one
//! of them, and the answer.

use axum::Json;
use axum::extract::State;
use registry::date::Date;
use registry::dossier::DossierState;
use registry::value::Line;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json_;

use super::auth::Caller;
use super::body::{Body, Item, Params, asked_office};
use super::{Api, ApiError};
use crate::clock;
use crate::limits;
use crate::operators::OperatorRole;
use crate::registrar::{ApplicationOf, ApplicationStands, ApplicationWord, CardIssued};
use crate::server::DeskError;

/// An application in a list; nothing of a citizen.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ApplicationRow {
    /// The act by which the office prepared it; record and entry if it came with a register.
    id: String,
    record: String,
    /// `card_issue`, `card_exchange`, `card_reissue`, `child_pin`, `eid_level_1` or `eid_level_2`.
    request: &'static str,
    /// `received`, `supplement_asked` or `accepted`.
    state: &'static str,
    /// Since when its term runs, seconds since 1970.
    since_s: i64,
    /// By which day the result is due; none while something is missing, and where no rule says.
    due: Option<String>,
    /// The commune whose office prepared it.
    office: String,
}

/// Which applications.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `received`, `supplement_asked` or `accepted`; all if left out.
    state: Option<String>,
    /// Of one commune, 5 digits.
    office: Option<String>,
    /// Only those whose result is overdue.
    #[serde(default)]
    late: bool,
    /// At most so many.
    limit: Option<usize>,
}

/// The applications without a result that the caller may answer, the longest waiting first.
#[utoipa::path(
    get, path = "/api/v1/applications", params(Wanted), security(("operator" = [])),
    responses((status = 200, body = [ApplicationRow]), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody))
)]
pub(crate) async fn list(
    caller: Caller,
    State(api): State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Vec<ApplicationRow>>, ApiError> {
    let by = caller.needs(&[OperatorRole::Reviewer])?.jurisdiction;
    let state = wanted.state.as_deref().map(open_state).transpose()?;
    let office = wanted.office.as_deref().map(asked_office).transpose()?;
    let today = Date::in_viet_nam(clock::now_s());
    let limit = wanted.limit.unwrap_or(limits::ROWS_DEFAULT);
    let found = api.reader.read(move |registrar| {
        registrar.applications(limit.min(limits::ROWS_MAX), |open, of| {
            by.covers(of)
                && state.is_none_or(|state| open.state == state)
                && office.is_none_or(|office| open.office == office)
                && (!wanted.late || open.due().is_some_and(|due| due < today))
        })
    });
    let rows = found
        .await?
        .into_iter()
        .map(|(record, open)| ApplicationRow {
            id: ApplicationOf::of(record, open.entry).to_string(),
            record: record.to_string(),
            request: open.request.as_str(),
            state: open.state.key(),
            since_s: open.since_s,
            due: open.due().map(iso),
            office: open.office.to_string(),
        });
    Ok(Json(rows.collect()))
}

fn open_state(text: &str) -> Result<DossierState, ApiError> {
    use DossierState::{Accepted, Received, SupplementAsked};
    let mut open = [Received, SupplementAsked, Accepted].into_iter();
    open.find(|state| state.key() == text).ok_or_else(|| {
        let words = "state is received, supplement_asked or accepted";
        ApiError::bad("query_invalid", words).at("state")
    })
}

fn iso(day: Date) -> String {
    registry::date::PartialDate::from(day).to_iso()
}

/// An application, whole.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ApplicationView {
    id: String,
    record: String,
    office: String,
    /// `received`, `supplement_asked`, `accepted`, `refused` or `decided`.
    state: &'static str,
    due: Option<String>,
    /// What is missing, or why it was refused.
    words: Option<String>,
    /// The fields of the record that say something else now than the application rests on.
    outdated: Vec<&'static str>,
    /// What was prepared, by the names of its items.
    #[schema(value_type = Object)]
    application: Json_,
    /// The card that was, or would be, issued.
    #[schema(value_type = Option<Object>)]
    card: Option<Json_>,
    /// The act that answered it; none if it was only looked at.
    act: Option<String>,
}

impl ApplicationView {
    fn of(stands: ApplicationStands) -> ApplicationView {
        let json = |value| serde_json::to_value(value).unwrap_or_default();
        ApplicationView {
            id: stands.of.to_string(),
            record: stands.record.to_string(),
            office: stands.office.to_string(),
            state: stands.dossier.state.key(),
            due: stands.dossier.due().map(iso),
            words: stands.words.map(|words| words.as_str().to_owned()),
            outdated: stands.outdated.iter().map(|field| field.key()).collect(),
            application: json(&stands.application),
            card: stands
                .card
                .map(|card| serde_json::to_value(card).unwrap_or_default()),
            act: stands.act.map(|act| act.to_string()),
        }
    }
}

/// One application, open or closed.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}",
    params(("id" = String, Path, description = "the act that prepared it, or record:entry")),
    security(("operator" = [])),
    responses((status = 200, body = ApplicationView), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn one(
    caller: Caller,
    State(api): State<Api>,
    Item(id): Item<String>,
) -> Result<Json<ApplicationView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    let (of, by) = (application_of(&id)?, reviewer.jurisdiction);
    let looked = api
        .reader
        .read(move |registrar| Ok(registrar.application(of, by)))
        .await?;
    let stands = looked.map_err(DeskError::from)?;
    tracing::info!(reviewer = %reviewer.name, record = %stands.record, "an application was opened");
    Ok(Json(ApplicationView::of(stands)))
}

/// An answer.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerBody {
    /// `ask` for what is missing, `handed_in` if it came another way than by papers of the office,
    /// `accept`, `refuse` or `decide`.
    step: String,
    /// What is missing, or why it is refused; compulsory for these two.
    #[serde(default)]
    #[schema(value_type = String)]
    words: Line,
    /// Of a card: the day of issue; today if left out.
    #[schema(value_type = Option<String>)]
    issued: Option<Date>,
    /// Of a card: who issued it; the Ministry of Public Security if left out.
    #[schema(value_type = Option<String>)]
    place: Option<Line>,
    /// Of a card: the last day; by the person's age if left out.
    #[schema(value_type = Option<String>)]
    expires: Option<Date>,
    /// Only look what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// Answers an application, by a reviewer of its province or of the nation. The office learns it with
/// its next contact.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/answer", request_body = AnswerBody,
    params(("id" = String, Path, description = "the act that prepared it, or record:entry")),
    security(("operator" = [])),
    responses((status = 200, body = ApplicationView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn answer(
    caller: Caller,
    State(api): State<Api>,
    Item(id): Item<String>,
    Body(body): Body<AnswerBody>,
) -> Result<Json<ApplicationView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    let (of, by) = (application_of(&id)?, reviewer.jurisdiction);
    let dry_run = body.dry_run;
    let word = word_of(body)?;
    if dry_run {
        let at_s = clock::now_s();
        let look = move |registrar: &crate::registrar::Registrar| {
            Ok(registrar.look_at_answer(at_s, of, by, &word))
        };
        let looked = api.reader.read(look).await?.map_err(DeskError::from)?;
        return Ok(Json(ApplicationView::of(looked)));
    }
    let name = reviewer.name.clone();
    let answered = api.desk.answer_application(of, (name, by), word).await?;
    tracing::info!(reviewer = %reviewer.name, record = %answered.record, "an application was answered");
    Ok(Json(ApplicationView::of(answered)))
}

fn word_of(body: AnswerBody) -> Result<ApplicationWord, ApiError> {
    let card = CardIssued {
        issued: body.issued,
        place: body.place,
        expires: body.expires,
    };
    Ok(match body.step.as_str() {
        "ask" => ApplicationWord::Ask(body.words),
        "handed_in" => ApplicationWord::HandedIn,
        "accept" => ApplicationWord::Accept,
        "refuse" => ApplicationWord::Refuse(body.words),
        "decide" => ApplicationWord::Decide(card),
        _ => {
            let words = "step is ask, handed_in, accept, refuse or decide";
            return Err(ApiError::bad("body_invalid", words).at("step"));
        }
    })
}

fn application_of(id: &str) -> Result<ApplicationOf, ApiError> {
    id.parse().map_err(|_| {
        let words = "an application is named by the act that prepared it, or as RECORD:ENTRY";
        ApiError::bad("application_id_invalid", words).at("id")
    })
}
