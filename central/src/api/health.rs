//! For those who watch the daemon: alive, ready, figures, and the description of the interface.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::{Api, ApiError, fleet};
use crate::fleet::{LineState, NodeView};

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = String)))]
pub(crate) async fn healthz() -> &'static str {
    "alive\n"
}

/// Whether it serves: the store can be read and takes new work.
#[utoipa::path(
    get, path = "/readyz",
    responses((status = 200, body = String), (status = 503, body = super::ErrorBody))
)]
pub(crate) async fn readyz(State(api): State<Api>) -> Result<&'static str, ApiError> {
    let (health, due) = api
        .reader
        .read(|registrar| Ok((registrar.store().health(), registrar.attachments_due()?)))
        .await?;
    gauge("central_attachments_due", due.count);
    gauge("central_attachment_bytes_due", due.bytes);
    if health.poisoned {
        let words = "a write to the disk has failed; the store takes no more until a restart";
        return Err(
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "store_poisoned", words)
                .todo("check the disk, then restart the daemon; nothing that was promised is lost"),
        );
    }
    if !api.desk.is_open() {
        let words = "the registrar's thread has ended; nothing more is written";
        return Err(
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "registrar_ended", words)
                .todo("restart the daemon; nothing that was promised is lost"),
        );
    }
    Ok("ready\n")
}

/// Figures in the form of Prometheus; `docs/metrics.md` explains each.
#[utoipa::path(
    get, path = "/metrics",
    responses((status = 200, body = String), (status = 503, body = super::ErrorBody))
)]
pub(crate) async fn metrics(State(api): State<Api>) -> Result<impl IntoResponse, ApiError> {
    let Some(exporter) = &api.metrics else {
        return Err(ApiError::not_found(
            "metrics_off",
            "this process keeps no figures",
        ));
    };
    set_fleet(&fleet::rows(&api).await?);
    let counted = api.counting.fresh(&api).await?;
    gauge("central_people", counted.people);
    gauge("central_households", counted.households);
    gauge("central_cases_open", counted.cases.cases_open);
    gauge("central_returned_acts", counted.cases.returned);
    gauge("central_quarantined_acts", counted.cases.quarantined);
    let health = api
        .reader
        .read(|registrar| Ok(registrar.store().health()))
        .await?;
    gauge("central_disk_free_bytes", health.disk_free_bytes);
    gauge("central_journal_bytes", health.journal_bytes);
    gauge("central_operators", api.operators.count() as u64);
    Ok((
        [(CONTENT_TYPE, "text/plain; version=0.0.4")],
        exporter.render(),
    ))
}

fn set_fleet(nodes: &[NodeView]) {
    for (state, name) in [
        (LineState::Connected, "connected"),
        (LineState::Away, "away"),
        (LineState::Never, "never"),
    ] {
        let count = nodes.iter().filter(|node| node.state == state).count();
        metrics::gauge!("central_nodes", "state" => name).set(float(count as u64));
    }
    let worst = |age: fn(&NodeView) -> Option<u64>| nodes.iter().filter_map(age).max();
    gauge(
        "central_unacked_acts",
        nodes.iter().map(|node| node.unsent).sum(),
    );
    gauge(
        "central_oldest_unacked_seconds",
        worst(|node| node.oldest_unsent_s).unwrap_or(0),
    );
    gauge(
        "central_apply_lag_seconds",
        worst(|node| node.oldest_unapplied_s).unwrap_or(0),
    );
    let soonest = nodes.iter().map(|node| node.certificate_days_left).min();
    let seconds = soonest.unwrap_or(0).saturating_mul(86_400);
    #[allow(clippy::cast_precision_loss)] // seconds far below 2^52
    metrics::gauge!("central_cert_expiry_seconds").set(seconds as f64);
}

fn gauge(name: &'static str, value: u64) {
    metrics::gauge!(name).set(float(value));
}

#[allow(clippy::cast_precision_loss)] // a figure for a plot; past 2^52 the last digits do not matter
fn float(value: u64) -> f64 {
    value as f64
}

/// The description of the interface.
pub(crate) async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], super::openapi())
}
