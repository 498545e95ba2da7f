//! Reading what a caller sends; what is wrong is told with the path of the item.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use registry::words::Said;
use registry::{OfficeCode, told};
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::limits;

/// A body as it comes: not longer than the route takes, and not slower than anybody has patience.
pub(crate) struct Whole(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let come = Bytes::from_request(request, state);
        match tokio::time::timeout(limits::BODY_TIME_MAX, come).await {
            Ok(Ok(bytes)) => Ok(Whole(bytes)),
            Ok(Err(_)) | Err(_) => Err(ApiError::bad(
                "body_unreadable",
                "the body is too long, was cut off, or did not come in time",
            )),
        }
    }
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Whole(bytes) = Whole::from_request(request, state).await?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        serde_path_to_error::deserialize(&mut reader)
            .map(Body)
            .map_err(|error| {
                let path = error.path().to_string();
                // The reader writes `?` where it cannot tell.
                let known: Vec<&str> = path.split('.').filter(|part| *part != "?").collect();
                let path = told::path(&known.join("."));
                ApiError::bad("body_invalid", wrong_with(&error.into_inner()))
                    .at(path.trim_start_matches('.'))
                    .todo("compare the request with /api/v1/openapi.json")
            })
    }
}

/// What is wrong with a body: what is expected of the item, or where it is no JSON. The reader
/// quotes what it found, which may be a citizen's data: that is left out.
fn wrong_with(error: &serde_json::Error) -> String {
    let at = format!(" at line {} column {}", error.line(), error.column());
    if !error.is_data() {
        return format!("the body is not understood{at}");
    }
    let words = error.to_string();
    let words = told::words(words.strip_suffix(&at).unwrap_or(&words));
    // The items' own readers tell both languages; this interface tells one.
    Said::of_text(&words).map_or(words, |said| said.en)
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

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::{Body as Sent, HttpBody};
    use axum::extract::DefaultBodyLimit;
    use axum::handler::Handler as _;
    use axum::response::IntoResponse as _;
    use serde_json::json;

    use super::*;
    use crate::api::nationality::NationalityBody;

    /// A caller who has sent a part and sends no more.
    struct Silent(Option<Bytes>);

    impl HttpBody for Silent {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            match self.0.take() {
                Some(part) => Poll::Ready(Some(Ok(http_body::Frame::data(part)))),
                None => Poll::Pending,
            }
        }
    }

    async fn told(body: Sent) -> String {
        let taken = async |Whole(bytes): Whole| bytes.len().to_string();
        let handler = taken.layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX));
        let answer = handler.call(Request::new(body), ()).await.into_response();
        let bytes = axum::body::to_bytes(answer.into_body(), 4096).await;
        String::from_utf8(bytes.unwrap().to_vec()).unwrap()
    }

    async fn read(body: serde_json::Value) -> serde_json::Value {
        let taken = async |Body(_): Body<NationalityBody>| "taken";
        let handler = taken.layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX));
        let request = Request::new(Sent::from(body.to_string()));
        let answer = handler.call(request, ()).await.into_response();
        let bytes = axum::body::to_bytes(answer.into_body(), 4096).await;
        serde_json::from_slice(&bytes.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn what_is_wrong_with_an_item_is_told_without_what_was_written() {
        let good = json!({
            "of": "001090123456", "ground": "gained", "now": ["VN"],
            "paper": "12/QĐ-CTN", "date": "2026-11-01",
        });
        for (item, written, field, expected) in [
            ("date", json!("Sùng A Lử"), "date", "write the date as"),
            ("date", json!("31/02/2026"), "date", "no such day"),
            ("ground", json!("Sùng A Lử"), "ground", "must be gained"),
            ("now", json!(["VN", "Sùng A Lử"]), "now[1]", "must be"),
            ("of", json!({"Sùng": "Lử"}), "of", "a string"),
            ("Sùng A Lử", json!(1), "…", "`ground`"),
        ] {
            let mut body = good.clone();
            body[item] = written;
            let answer = read(body).await;
            let error = &answer["error"];
            assert_eq!(error["code"], "body_invalid", "{item}");
            assert_eq!(error["field"], field, "{item}");
            let words = error["words"].as_str().unwrap();
            assert!(words.contains(expected), "{item}: {words}");
            assert!(!words.contains('‖') && !words.contains("column"), "{words}");
            for secret in ["Sùng", "Lử", "31/02"] {
                assert!(!answer.to_string().contains(secret), "{item}: {answer}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_long_or_does_not_come_is_given_up() {
        let longest = vec![b' '; limits::BODY_BYTES_MAX];
        assert_eq!(told(Sent::from(longest.clone())).await, "65536");
        let longer = [longest, vec![b' ']].concat();
        assert!(told(Sent::from(longer)).await.contains("body_unreadable"));
        let begun = tokio::time::Instant::now();
        let silent = Silent(Some(Bytes::from_static(b"{")));
        assert!(told(Sent::new(silent)).await.contains("body_unreadable"));
        assert_eq!(begun.elapsed().as_secs(), limits::BODY_TIME_MAX.as_secs());
    }
}
