//! The receipt of an act, for the citizen.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use registry::ActId;
use serde::Serialize;
use utoipa::ToSchema;

use super::account::Desk;
use super::{Api, ApiError, ErrorBody};
use crate::clock;
use crate::receipt::ReceiptError;

/// A signed receipt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceiptView {
    /// The act.
    #[schema(value_type = String)]
    act: ActId,
    /// What the citizen says on the telephone.
    tracking: String,
    /// How the act stands: `provisional` until the central receipt.
    standing: &'static str,
    /// The text for the square code.
    text: String,
}

/// The receipt of an act that this device entered, as the act stands now.
#[utoipa::path(get, path = "/api/v1/acts/{id}/receipt",
    params(("id" = String, Path, description = "The act")),
    responses((status = 200, body = ReceiptView), (status = 404, body = ErrorBody),
              (status = 503, body = ErrorBody)))]
pub(super) async fn show(
    State(api): State<Api>,
    desk: Desk,
    Path(id): Path<String>,
) -> Result<Json<ReceiptView>, ApiError> {
    desk.acting()?;
    let act = id
        .parse::<ActId>()
        .map_err(|_| ApiError::invalid("id", "an act is named by 32 hexadecimal digits"))?;
    let receipt = api.receipts.receipt(&api.office, &act, clock::device_s());
    let receipt = receipt.map_err(|error| refused(&error))?;
    Ok(Json(ReceiptView {
        act,
        tracking: receipt.tracking,
        standing: receipt.content.standing.key(),
        text: receipt.text,
    }))
}

fn refused(error: &ReceiptError) -> ApiError {
    let (status, advice) = match error {
        ReceiptError::ActUnknown => (StatusCode::NOT_FOUND, "look at the list of acts"),
        ReceiptError::OfOther => (StatusCode::NOT_FOUND, "ask at the device that entered it"),
        ReceiptError::Unsaved => (
            StatusCode::SERVICE_UNAVAILABLE,
            "ask again in a moment; if it stays so, run `commune-node status`",
        ),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "run `commune-node status`, and call your administrator",
        ),
    };
    ApiError::new(status, error.code(), &error.to_string(), advice)
}
