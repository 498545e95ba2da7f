//! Who calls: the operator behind a token, and whether they may.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::{Api, ApiError};
use crate::operators::{Operator, OperatorRole};

/// The operator who calls.
pub(crate) struct Caller(pub(crate) Arc<Operator>);

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let header = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let operator = token.and_then(|token| api.operators.by_token(token.trim()));
        operator.map(Caller).ok_or_else(|| {
            let words = "an operator's token is needed in the header Authorization: Bearer";
            ApiError::new(StatusCode::UNAUTHORIZED, "token_missing_or_wrong", words)
                .todo("the first operator's is in operator.token in the data directory")
        })
    }
}

impl Caller {
    /// Refuses one who has none of these roles.
    pub(crate) fn needs(&self, roles: &[OperatorRole]) -> Result<&Operator, ApiError> {
        if roles.iter().any(|role| self.0.has(*role)) {
            return Ok(&self.0);
        }
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let words = format!("this needs the role {}", names.join(" or "));
        Err(ApiError::new(StatusCode::FORBIDDEN, "role_missing", words))
    }
}
