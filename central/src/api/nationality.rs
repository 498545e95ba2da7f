//! Nationality, for reviewers of the nation: recording what the President decided.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::case::Jurisdiction;
use registry::code::{Country, NationalityGround};
use registry::date::PartialDate;
use registry::value::Line;
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::Body;
use super::numbers::number_of;
use super::{Api, ApiError};
use crate::clock;
use crate::operators::OperatorRole;
use crate::registrar::{NationalityChanged, NationalityWord};

/// A decision on somebody's nationality.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NationalityBody {
    /// The number of 12 digits, or the record.
    of: String,
    /// `gained`, `regained`, `renounced`, `deprived`, `annulled` or `foreign`.
    #[schema(value_type = String)]
    ground: NationalityGround,
    /// All nationalities from then on, two letters each; none of somebody who is stateless.
    #[schema(value_type = Vec<String>)]
    now: Vec<Country>,
    /// The number of the decision; compulsory.
    #[schema(value_type = String)]
    paper: Line,
    /// The date of the decision, from which the change counts.
    #[schema(value_type = String)]
    date: PartialDate,
    /// Only look what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// A nationality that was changed, or would be.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct NationalityView {
    record: String,
    /// The nationalities before; none told if the record told none.
    #[schema(value_type = Option<Vec<String>>)]
    before: Option<Vec<Country>>,
    /// The nationalities from then on.
    #[schema(value_type = Vec<String>)]
    now: Vec<Country>,
    /// The rule that the ground rests on.
    rule: &'static str,
    /// The act that did it; none if it was only looked at.
    act: Option<String>,
}

impl NationalityView {
    fn of(changed: NationalityChanged, ground: NationalityGround) -> NationalityView {
        NationalityView {
            record: changed.record.to_string(),
            before: changed.before,
            now: changed.now,
            rule: ground.rule().law,
            act: changed.act.map(|act| act.to_string()),
        }
    }
}

/// Records a change of nationality, by a reviewer of the nation. The offices that hold the record
/// learn it with their next contact.
#[utoipa::path(
    post, path = "/api/v1/nationality/change", request_body = NationalityBody,
    security(("operator" = [])),
    responses((status = 200, body = NationalityView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn change(
    caller: Caller,
    State(api): State<Api>,
    Body(body): Body<NationalityBody>,
) -> Result<Json<NationalityView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    if reviewer.jurisdiction != Jurisdiction::National {
        let words = "nationality is recorded by reviewers of the nation: ask one of them";
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "nationality_not_yours",
            words,
        ));
    }
    let of = number_of(&body.of)?;
    let ground = body.ground;
    let word = NationalityWord {
        ground,
        now: body.now,
        paper: body.paper,
        date: body.date,
    };
    if body.dry_run {
        let at_s = clock::now_s();
        let look = move |registrar: &crate::registrar::Registrar| {
            Ok(registrar.look_at_nationality(at_s, of, &word))
        };
        let looked = api.reader.read(look).await?;
        let looked = looked.map_err(crate::server::DeskError::from)?;
        return Ok(Json(NationalityView::of(looked, ground)));
    }
    let by = reviewer.name.clone();
    let changed = api.desk.change_nationality(of, by, word).await?;
    tracing::info!(reviewer = %reviewer.name, record = %changed.record, "a nationality was changed");
    Ok(Json(NationalityView::of(changed, ground)))
}
