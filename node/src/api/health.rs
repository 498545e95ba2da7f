//! For machines: alive, ready, figures. No token is needed, and nothing about a person is told.

use axum::extract::State;
use axum::http::StatusCode;

use super::Api;
use super::status::record_figures;

/// The process runs.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "Alive")))]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The office is served: records can be read and acts be filed.
#[utoipa::path(get, path = "/readyz",
    responses((status = 200, description = "Ready"), (status = 503, description = "Takes no acts")))]
pub(super) async fn ready(State(api): State<Api>) -> (StatusCode, &'static str) {
    if *api.writer.failed().borrow() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the store takes nothing more; restart\n",
        );
    }
    (StatusCode::OK, "ready\n")
}

/// Figures for Prometheus; `docs/metrics.md` explains each.
#[utoipa::path(get, path = "/metrics", responses((status = 200, description = "Prometheus text")))]
pub(super) async fn metrics(State(api): State<Api>) -> String {
    record_figures(&api);
    api.figures.run_upkeep();
    api.figures.render()
}
