//! The interface for officers and programs of this office: JSON over HTTP on the loopback.
//! A request is read, put to the office or its writer, and the answer is given; no rule lives here.

mod account;
mod acts;
mod attachments;
mod bulk;
mod bundles;
mod card;
mod cases;
mod changes;
mod error;
mod filing;
mod health;
mod line;
mod openapi;
mod papers;
mod people;
mod portraits;
mod quality;
mod readings;
mod receipt;
mod rest;
mod statistics;
mod status;

pub(crate) use account::new_credential;
pub(crate) use attachments::{look_at, take_in};
pub use error::{ApiError, ErrorBody};
pub(crate) use filing::read as read_filing;
pub use openapi::document;
pub(crate) use papers::papers_of;
pub use people::FOUND_HEADER;
pub(crate) use portraits::{Face, face_of, with_thumbnail};
pub use status::{RecordCounts, SignedAttestation, StatusView};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ed25519_dalek::SigningKey;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};

use crate::door::Door;
use crate::lan::{Lan, guard};
use crate::line::LineHandle;
use crate::office::Office;
use crate::receipt::ReceiptDesk;
use crate::screens::always_a_page;
use crate::writer::Writer;

/// Largest request, bytes: an act with all its papers named stays far below.
const BODY_BYTES_MAX: usize = 256 << 10;
/// How long a request may take.
const REQUEST: Duration = Duration::from_secs(30);
/// How long one may take that brings or makes a bundle: weeks of work in one file.
const REQUEST_OF_STICK: Duration = Duration::from_secs(600);
/// Requests that are worked on at once; the others are told to come again.
const REQUESTS_MAX: usize = 256;
/// Most rows of one answer.
const ROWS_MAX: usize = 500;
/// Files that are taken in at once: each is in memory whole.
pub(crate) const ATTACHING_MAX: usize = 8;

/// What the interface needs.
#[derive(Clone)]
pub struct Api {
    /// The office.
    pub office: Arc<Office>,
    /// Its writer.
    pub writer: Writer,
    /// Its line.
    pub line: LineHandle,
    /// How it is reached from other machines of the office, if it is.
    pub lan: Option<Lan>,
    /// Where officers sign in.
    pub door: Door,
    /// Gives citizens their receipts.
    pub receipts: ReceiptDesk,
    /// Signs attestations.
    pub key: SigningKey,
    /// The figures for Prometheus.
    pub figures: PrometheusHandle,
    /// Becomes true when the daemon stops: what is told for long ends then.
    pub stopped: watch::Receiver<bool>,
    /// Bounds the files that are taken in at once.
    pub attaching: Arc<Semaphore>,
    /// Lets one picture after the other be decoded.
    pub picturing: Arc<Semaphore>,
}

impl Api {
    /// The routes.
    pub fn router(self) -> Router {
        let places = Arc::new(Semaphore::new(REQUESTS_MAX));
        Router::new()
            .route("/api/v1/acts", post(acts::file).get(acts::list))
            .route("/api/v1/acts/check", post(acts::check))
            .route("/api/v1/acts/bulk", post(bulk::file))
            .route("/api/v1/acts/{id}", get(acts::show))
            .merge(attachments::routes())
            .merge(bundles::routes())
            .route("/api/v1/acts/{id}/receipt", get(receipt::show))
            .route("/api/v1/acts/{id}/changes", get(changes::show))
            .route("/api/v1/people", get(people::find))
            .route("/api/v1/people/{id}", get(people::show))
            .route("/api/v1/people/{id}/portrait", get(portraits::show))
            .route("/api/v1/people/{id}/papers", get(papers::of_person))
            .route("/api/v1/households/{id}", get(people::household))
            .route("/api/v1/households/{id}/papers", get(papers::of_household))
            .route("/api/v1/card", post(card::read))
            .route("/api/v1/cases", get(cases::list))
            .route("/api/v1/quality", get(quality::show))
            .route("/api/v1/quality/records", get(quality::records))
            .route("/api/v1/statistics", get(statistics::show))
            .route("/api/v1/readings", get(readings::list))
            .route("/api/v1/status", get(status::show))
            .route("/api/v1/attest", get(status::attest))
            .route("/api/v1/sync-now", post(line::sync_now))
            .route("/api/v1/line", post(line::switch))
            .route("/api/v1/officers", get(account::list))
            .route("/api/v1/officers/{id}/token", post(account::give_token))
            .route(
                "/api/v1/officers/{id}/password",
                post(account::give_password),
            )
            .route("/api/v1/officers/{id}/unlock", post(account::unlock))
            .route("/api/v1/openapi.json", get(openapi::show))
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/metrics", get(health::metrics))
            .merge(crate::screens::router().layer(middleware::from_fn(guard::loopback)))
            .fallback(nowhere)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(middleware::from_fn_with_state(places, bounded))
            .layer(middleware::from_fn_with_state(self.clone(), always_a_page))
            .with_state(self)
    }

    /// The screens alone, for other machines of the office. Which pages may ask is the caller's to
    /// look at.
    pub(crate) fn screens(self) -> Router {
        let places = Arc::new(Semaphore::new(REQUESTS_MAX));
        crate::screens::router()
            .fallback(nowhere)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(middleware::from_fn_with_state(places, bounded))
            .layer(middleware::from_fn_with_state(self.clone(), always_a_page))
            .with_state(self)
    }
}

/// Keeps the number and the time of requests within bounds.
async fn bounded(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return ApiError::busy().into_response();
    };
    let path = request.uri().path();
    let of_stick = ["/api/v1/bundles", "/link/answer", "/link/bundle"]
        .iter()
        .any(|begin| path.starts_with(begin));
    let patience = if of_stick { REQUEST_OF_STICK } else { REQUEST };
    let (request, rest) = rest::lent(request);
    let answered = tokio::time::timeout(patience, next.run(request)).await;
    rest.throw_away().await;
    answered.unwrap_or_else(|_| ApiError::busy().into_response())
}

async fn nowhere() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "route_unknown",
        "there is nothing under this path",
        "look at /api/v1/openapi.json",
    )
}
