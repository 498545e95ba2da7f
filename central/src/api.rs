//! The interface for operators: HTTP with JSON, on the loopback address alone. It asks the
//! registrar and the fleet, and holds no rules but who may call what.
//!
//! Every answer that is no success has the form of [`error::ErrorBody`].

mod applications;
mod attachments;
mod auth;
mod body;
mod bundles;
mod cases;
mod contests;
mod duplicates;
mod error;
mod fleet;
mod health;
mod lists;
mod nationality;
mod numbers;
mod officers;
mod operators;
mod people;
mod readings;
mod summary;
mod surveys;
mod units;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Notify, watch};
use utoipa::OpenApi;

pub use error::{ApiError, ErrorBody};

use crate::fleet::Fleet;
use crate::limits;
use crate::operators::Operators;
use crate::server::{Call, Desk, Reader, Server};
use summary::Counting;

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct Api(Arc<Parts>);

pub(crate) struct Parts {
    desk: Desk,
    reader: Arc<Reader>,
    fleet: Arc<Fleet>,
    operators: Arc<Operators>,
    carrying: Arc<Notify>,
    counting: Counting,
    pass_call: Arc<Call>,
    metrics: Option<PrometheusHandle>,
}

impl std::ops::Deref for Api {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The description of the interface, as `/api/v1/openapi.json` gives it.
#[derive(OpenApi)]
#[openapi(
    info(title = "central-registry", description = "The central registry, for its operators"),
    paths(
        fleet::nodes,
        fleet::lag,
        fleet::office,
        fleet::shut_out,
        fleet::let_in,
        attachments::act,
        contests::contest,
        attachments::show,
        bundles::take,
        bundles::list,
        bundles::quarantined,
        bundles::new_key,
        cases::list,
        cases::one,
        cases::decide,
        duplicates::list,
        duplicates::one,
        duplicates::dismiss,
        duplicates::open_case,
        duplicates::pass,
        duplicates::run,
        lists::returned,
        lists::quarantine,
        summary::summary,
        surveys::quality,
        surveys::statistics,
        people::by_pin,
        people::one,
        nationality::change,
        applications::list,
        applications::one,
        applications::answer,
        numbers::story,
        numbers::change,
        numbers::blocks,
        operators::add,
        officers::list,
        officers::open,
        officers::roles,
        officers::close,
        officers::password,
        readings::list,
        units::list,
        units::names,
        units::one,
        units::apply,
        health::healthz,
        health::readyz,
        health::metrics
    ),
    components(schemas(ErrorBody)),
    modifiers(&Bearer)
)]
struct Description;

/// Tokens go in the header `Authorization`.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
        let components = openapi.components.get_or_insert_default();
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("operator", scheme);
    }
}

/// The description as JSON.
pub fn openapi() -> String {
    Description::openapi().to_json().unwrap_or_default()
}

/// The interface of a running server.
pub fn router(server: &Server, metrics: Option<PrometheusHandle>) -> Router {
    let api = Api(Arc::new(Parts {
        desk: server.desk.clone(),
        reader: Arc::clone(&server.reader),
        fleet: Arc::clone(&server.fleet),
        operators: Arc::clone(&server.operators),
        carrying: Arc::clone(&server.carrying),
        counting: Counting::default(),
        pass_call: Arc::clone(&server.pass_call),
        metrics,
    }));
    // How the centre fares can be asked with a disk that fails; what it holds cannot.
    let held = Router::new()
        .route("/api/v1/acts/{id}", get(attachments::act))
        .route("/api/v1/acts/{id}/contest", post(contests::contest))
        .route("/api/v1/attachments/{hash}", get(attachments::show))
        .route(
            "/api/v1/bundles",
            get(bundles::list)
                .post(bundles::take)
                .layer(DefaultBodyLimit::max(limits::BUNDLE_BODY_BYTES_MAX)),
        )
        .route("/api/v1/bundles/{id}", get(bundles::quarantined))
        .route("/api/v1/bundles/key", post(bundles::new_key))
        .route("/api/v1/cases", get(cases::list))
        .route("/api/v1/cases/{number}", get(cases::one))
        .route("/api/v1/cases/{number}/decide", post(cases::decide))
        .route("/api/v1/duplicates", get(duplicates::list))
        .route(
            "/api/v1/duplicates/pass",
            get(duplicates::pass).post(duplicates::run),
        )
        .route("/api/v1/duplicates/{number}", get(duplicates::one))
        .route(
            "/api/v1/duplicates/{number}/dismiss",
            post(duplicates::dismiss),
        )
        .route(
            "/api/v1/duplicates/{number}/open-case",
            post(duplicates::open_case),
        )
        .route("/api/v1/returned", get(lists::returned))
        .route("/api/v1/quarantine", get(lists::quarantine))
        .route("/api/v1/people", get(people::by_pin))
        .route("/api/v1/people/{id}", get(people::one))
        .route("/api/v1/nationality/change", post(nationality::change))
        .route("/api/v1/applications", get(applications::list))
        .route("/api/v1/applications/{id}", get(applications::one))
        .route(
            "/api/v1/applications/{id}/answer",
            post(applications::answer),
        )
        .route("/api/v1/numbers", get(numbers::story))
        .route("/api/v1/numbers/blocks", get(numbers::blocks))
        .route("/api/v1/numbers/change", post(numbers::change))
        .route("/api/v1/readings", get(readings::list))
        .route_layer(middleware::from_fn_with_state(api.clone(), told_when_kept));
    Router::new()
        .route("/api/v1/nodes", get(fleet::nodes))
        .route("/api/v1/nodes/{node}/shut-out", post(fleet::shut_out))
        .route("/api/v1/nodes/{node}/let-in", post(fleet::let_in))
        .route("/api/v1/lag", get(fleet::lag))
        .route("/api/v1/offices/{code}", get(fleet::office))
        .route("/api/v1/summary", get(summary::summary))
        .route("/api/v1/quality", get(surveys::quality))
        .route("/api/v1/statistics", get(surveys::statistics))
        .route("/api/v1/operators", post(operators::add))
        .route(
            "/api/v1/offices/{code}/officers",
            get(officers::list).post(officers::open),
        )
        .route(
            "/api/v1/offices/{code}/officers/{officer}/roles",
            post(officers::roles),
        )
        .route(
            "/api/v1/offices/{code}/officers/{officer}/close",
            post(officers::close),
        )
        .route(
            "/api/v1/offices/{code}/officers/{officer}/password",
            post(officers::password),
        )
        .route(
            "/api/v1/units",
            get(units::list)
                .post(units::apply)
                .layer(DefaultBodyLimit::max(limits::DECREE_BYTES_MAX)),
        )
        .route("/api/v1/units/names", get(units::names))
        .route("/api/v1/units/{code}", get(units::one))
        .route("/api/v1/openapi.json", get(health::openapi))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(held)
        .fallback(async || ApiError::not_found("route_unknown", "there is no such route"))
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
        .with_state(api)
}

/// What a handler read may be staged alone, and a power cut would take it back: a number that a
/// reviewer passes on by telephone would then be given to somebody else. So nothing is told before
/// the disk has all that was there to be read. Commands wait for it themselves.
async fn told_when_kept(State(api): State<Api>, request: Request, next: Next) -> Response {
    let asks = request.method() == Method::GET;
    let answer = next.run(request).await;
    if asks
        && answer.status().is_success()
        && let Err(error) = api.desk.settled().await
    {
        return ApiError::from(error).into_response();
    }
    answer
}

/// Why the interface cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not this machine's own address.
    #[error("{0} is not a loopback address: the interface is for this machine alone")]
    NotLoopback(SocketAddr),
    /// The address is taken.
    #[error("cannot listen on TCP {address}: is the port taken, or below 1024?")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl OpenError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotLoopback(_) => "api_not_loopback",
            Self::Address { .. } => "api_address",
        }
    }
}

/// A listener for the interface.
pub async fn bind(address: SocketAddr) -> Result<(tokio::net::TcpListener, SocketAddr), OpenError> {
    if !address.ip().is_loopback() {
        return Err(OpenError::NotLoopback(address));
    }
    let failed = |source| OpenError::Address { address, source };
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Serves until the stop.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            let _ = stop.wait_for(|stop| *stop).await;
        })
        .await
}
