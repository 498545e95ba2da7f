//! A photograph or scan, looked at: whoever looks is written down.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use registry::attachment::{AttachmentId, AttachmentKind};
use serde::Deserialize;

use super::fault::{Fault, told};
use super::seat::Seated;
use crate::api::{Api, look_at};

/// What the page may do that a browser makes of a picture: show it in the browser's own style.
const POLICY: &str =
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Why somebody looks.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Looking {
    reason: Option<String>,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Path(hash): Path<String>,
    Query(looking): Query<Looking>,
) -> Response {
    let Ok(hash) = hash.parse::<AttachmentId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let officer = seated.seat.account.id().clone();
    let reason = looking.reason.unwrap_or_else(|| "act_in_hand".to_owned());
    let (attachment, content) = match look_at(&api, officer, hash, reason).await {
        Ok(found) => found,
        Err(error) => return told(&api, &seated, &error),
    };
    let kind = attachment.kind();
    // A document of pages may hold programs: it is saved, and opened by what the clerk trusts.
    let how = match kind {
        AttachmentKind::Pdf => "attachment",
        AttachmentKind::Jpeg | AttachmentKind::Png => "inline",
    };
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(kind.media_type()),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("{how}; filename=\"{hash}.{}\"", kind.key()))
    {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
