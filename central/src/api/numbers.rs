//! Numbers, for reviewers: what became of one, and cancelling a wrong one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::OfficeCode;
use registry::case::Jurisdiction;
use registry::pin::Pin;
use registry::schema::Field;
use registry::value::Line;
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Params};
use super::people::{may_see, not_yours};
use super::{Api, ApiError};
use crate::ledger::LedgerRow;
use crate::limits;
use crate::operators::OperatorRole;
use crate::registrar::{BlockView, NumberOf, NumberStory, Registrar};

/// Whose number.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// A number of 12 digits, cancelled ones included, or a record.
    of: String,
}

/// What became of a number.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StoryView {
    /// The person that it leads to; nobody if it was only ever set aside.
    record: Option<String>,
    /// The number that holds.
    current: Option<String>,
    /// The cancelled ones, the first cancelled first.
    cancelled: Vec<CancelledView>,
    /// All that happened to them, in order.
    ledger: Vec<EventView>,
}

/// A cancelled number.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CancelledView {
    pin: String,
    /// By which procedure; none if it came cancelled with the register.
    by: Option<&'static str>,
    /// When, seconds since 1970.
    at_s: i64,
    reason: String,
}

/// An entry of the ledger of numbers.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct EventView {
    pin: String,
    /// `given`, `cancelled`, `followed`, `reserved`, `used`, `returned` or `void`.
    event: &'static str,
    /// When, seconds since 1970.
    at_s: i64,
    office: Option<String>,
    act: Option<String>,
    /// The operator.
    by: Option<String>,
    reason: String,
}

impl EventView {
    fn of((pin, row): &(Pin, LedgerRow)) -> EventView {
        EventView {
            pin: pin.digits(),
            event: row.event.name(),
            at_s: row.at_s,
            office: row.office.map(|office| office.to_string()),
            act: row.act.map(|act| act.to_string()),
            by: row.by.as_ref().map(ToString::to_string),
            reason: row.reason.as_str().to_owned(),
        }
    }
}

impl From<&NumberStory> for StoryView {
    fn from(story: &NumberStory) -> StoryView {
        let cancelled = story.cancelled.iter().map(|number| CancelledView {
            pin: number.pin.digits(),
            by: number.kind.map(registry::act::ActKind::key),
            at_s: number.at_s,
            reason: number.reason.as_str().to_owned(),
        });
        StoryView {
            record: story.kept.as_ref().map(|kept| kept.record.id.to_string()),
            current: story.current.map(Pin::digits),
            cancelled: cancelled.collect(),
            ledger: story.ledger.iter().map(EventView::of).collect(),
        }
    }
}

pub(super) fn number_of(text: &str) -> Result<NumberOf, ApiError> {
    if let Ok(id) = text.trim().parse() {
        return Ok(NumberOf::Record(id));
    }
    let pin: Result<Pin, _> = text.parse();
    pin.map(NumberOf::Pin).map_err(|error| {
        ApiError::bad(error.code(), error.to_string())
            .at("of")
            .by_rule_of(Field::Pin)
    })
}

fn unknown() -> ApiError {
    let words = "no person has this number or record id; look whether all digits are right";
    ApiError::not_found("number_unknown", words)
        .at("of")
        .by_rule_of(Field::Pin)
}

/// What became of a number: whose it is, the chain of that person's numbers, the ledger.
#[utoipa::path(
    get, path = "/api/v1/numbers", params(Asked), security(("operator" = [])),
    responses((status = 200, body = StoryView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn story(
    caller: Caller,
    State(api): State<Api>,
    Params(asked): Params<Asked>,
) -> Result<Json<StoryView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    let of = number_of(&asked.of)?;
    let story = api.reader.read(move |registrar| registrar.number_story(of));
    let story = story.await?.ok_or_else(unknown)?;
    if let Some(kept) = &story.kept {
        let units = api.reader.read(Registrar::units).await?;
        if !may_see(reviewer, kept, &units) {
            return Err(not_yours());
        }
        let record = kept.record.id;
        tracing::info!(reviewer = %reviewer.name, %record, "numbers of a record were read");
    }
    Ok(Json(StoryView::from(&story)))
}

/// Which blocks.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this office alone.
    #[param(value_type = Option<String>)]
    office: Option<String>,
}

/// Blocks of numbers that are set aside for offices, with what became of their numbers.
#[utoipa::path(
    get, path = "/api/v1/numbers/blocks", params(Wanted), security(("operator" = [])),
    responses((status = 200, body = [BlockView]), (status = 400, body = super::ErrorBody))
)]
pub(crate) async fn blocks(
    _: Caller,
    State(api): State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Vec<BlockView>>, ApiError> {
    let office: Option<OfficeCode> =
        wanted
            .office
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| {
                ApiError::bad("query_invalid", "an office is named by five digits").at("office")
            })?;
    let read = api
        .reader
        .read(move |registrar| registrar.number_blocks(office, limits::ROWS_MAX));
    Ok(Json(read.await?))
}

/// What is to be changed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The number, or the record.
    of: String,
    /// Why; compulsory. The offices that hold the record read it.
    #[schema(value_type = String)]
    reason: Line,
}

/// A number that was changed.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ChangedView {
    record: String,
    /// Cancelled for ever; it goes on leading to the record.
    cancelled: String,
    /// The number that holds.
    number: String,
    /// The act that did it.
    act: String,
}

/// Cancels a wrong number and gives another. Only a reviewer of the nation does it (Decree
/// 70/2024, Art. 11).
#[utoipa::path(
    post, path = "/api/v1/numbers/change", request_body = Change, security(("operator" = [])),
    responses((status = 200, body = ChangedView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn change(
    caller: Caller,
    State(api): State<Api>,
    Body(change): Body<Change>,
) -> Result<Json<ChangedView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    if reviewer.jurisdiction != Jurisdiction::National {
        let words = "numbers are cancelled by reviewers of the nation: ask one of them";
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "number_not_yours",
            words,
        ));
    }
    let of = number_of(&change.of)?;
    let by = reviewer.name.clone();
    let done = api.desk.change_number(of, by, change.reason).await?;
    tracing::info!(reviewer = %reviewer.name, record = %done.record, "a number was changed");
    Ok(Json(ChangedView {
        record: done.record.to_string(),
        cancelled: done.old.digits(),
        number: done.new.digits(),
        act: done.act.to_string(),
    }))
}
