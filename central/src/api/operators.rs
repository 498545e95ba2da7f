//! Adding operators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::OfficerId;
use registry::case::Jurisdiction;
use registry::unit::ProvinceCode;
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::Body;
use super::{Api, ApiError};
use crate::operators::{Operator, OperatorRole};
use crate::server::DeskError;

/// A new operator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOperator {
    /// Account name: a-z, 0-9, dot, dash, underscore.
    #[schema(value_type = String)]
    name: OfficerId,
    /// What they may do.
    roles: Vec<OperatorRole>,
    /// Whose cases they decide; the nation's if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    province: Option<ProvinceCode>,
}

/// The token, shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TokenView {
    token: String,
}

/// Adds an operator and gives their token.
#[utoipa::path(
    post, path = "/api/v1/operators", request_body = NewOperator, security(("operator" = [])),
    responses((status = 201, body = TokenView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn add(
    caller: Caller,
    State(api): State<Api>,
    Body(new): Body<NewOperator>,
) -> Result<(StatusCode, Json<TokenView>), ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    let jurisdiction = new
        .province
        .map_or(Jurisdiction::National, Jurisdiction::Province);
    let (operator, token) =
        Operator::new(new.name, new.roles, jurisdiction).map_err(DeskError::from)?;
    let name = operator.name.clone();
    api.desk.add_operator(operator).await?;
    tracing::info!(operator = %name, by = %by.name, "an operator was added");
    let token = token.text().to_owned();
    Ok((StatusCode::CREATED, Json(TokenView { token })))
}
