//! Reading a scanned card. What was scanned is read and forgotten: it goes to no log.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use registry::card::CardError;
use registry::words::Tells;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody};
use crate::clock;
use crate::office::CardView;

/// Reads what a scanner gave, as it stands: a card's square code, or its three lines.
#[utoipa::path(post, path = "/api/v1/card",
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = CardView), (status = 400, body = ErrorBody)))]
pub(super) async fn read(
    State(api): State<Api>,
    _desk: Desk,
    scanned: Bytes,
) -> Result<Json<CardView>, ApiError> {
    let text = String::from_utf8_lossy(&scanned);
    let view = api.office.card_view(&text, clock::device_s())?;
    view.map(Json).map_err(refused)
}

fn refused(error: CardError) -> ApiError {
    let advice = "scan again, with Telex and VNI off; or type what the card shows";
    ApiError::new(
        StatusCode::BAD_REQUEST,
        error.code(),
        &error.to_string(),
        advice,
    )
    .about("card")
    .by(error.source())
    .vietnamese(error.said().vi)
}
