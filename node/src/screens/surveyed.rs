//! The survey of today for a page: walked beside the other requests, kept until something changes.

use std::sync::Arc;

use axum::response::Response;

use super::fault::Fault;
use super::seat::Seated;
use crate::api::Api;
use crate::clock;
use crate::office::{Office, OfficeError, OfficeSurvey};

/// Asks the office something that walks its records; the page that says so if it cannot.
pub(super) async fn walked<T: Send + 'static>(
    api: &Api,
    seated: &Seated,
    ask: impl FnOnce(&Office) -> Result<T, OfficeError> + Send + 'static,
) -> Result<T, Response> {
    let office = api.office.clone();
    match tokio::task::spawn_blocking(move || ask(&office)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(Fault::Office(error.code()).page(api, seated)),
        Err(_) => Err(Fault::Office("busy").page(api, seated)),
    }
}

/// The survey of today.
pub(super) async fn surveyed(api: &Api, seated: &Seated) -> Result<Arc<OfficeSurvey>, Response> {
    walked(api, seated, |office| office.survey(clock::device_s())).await
}
