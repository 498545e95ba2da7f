//! Reading what a caller sends; what is wrong is told with the path of the item.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use registry::{OfficeCode, told};
use serde::de::DeserializeOwned;

use super::ApiError;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| ApiError::bad("body_unreadable", "the body is too long or was cut off"))?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        serde_path_to_error::deserialize(&mut reader)
            .map(Body)
            .map_err(|error| {
                let path = error.path().to_string();
                // The reader writes `?` where it cannot tell.
                let known: Vec<&str> = path.split('.').filter(|part| *part != "?").collect();
                let path = told::path(&known.join("."));
                let inner = error.into_inner();
                // The reader of JSON quotes what it found, which may be a citizen's data.
                let words = format!(
                    "the body is not understood at line {} column {}",
                    inner.line(),
                    inner.column()
                );
                ApiError::bad("body_invalid", words)
                    .at(path.trim_start_matches('.'))
                    .todo("compare the request with /api/v1/openapi.json")
            })
    }
}

/// The commune of a query.
pub(crate) fn asked_office(text: &str) -> Result<OfficeCode, ApiError> {
    text.parse()
        .map_err(|_| ApiError::bad("query_invalid", "a commune has five digits").at("office"))
}

/// Parameters of a query.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(params)| Params(params)).map_err(|_| {
            ApiError::bad(
                "query_invalid",
                "the parameters of the query are not understood",
            )
            .todo("compare the request with /api/v1/openapi.json")
        })
    }
}

/// An item of the path.
pub(crate) struct Item<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Item<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(item)| Item(item))
            .map_err(|_| ApiError::bad("path_invalid", "the address names nothing of this kind"))
    }
}
