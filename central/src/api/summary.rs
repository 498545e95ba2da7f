//! How much there is. Counting goes through all records, so it is done seldom and kept.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use registry_store::KeyRange;
use serde::Serialize;
use tokio::sync::Mutex;

use super::auth::Caller;
use super::{Api, ApiError};
use crate::limits;
use crate::registrar::Registrar;
use crate::tables;
use crate::unit::UnitError;

/// Communes that the list of units can ever have.
const OFFICES_MAX: usize = 100_000;

/// How much there was when it was last counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) people: u64,
    pub(super) households: u64,
    acts: u64,
    offices: u64,
    pub(super) cases: crate::registrar::Counts,
}

/// The last counting.
#[derive(Default)]
pub(super) struct Counting(Mutex<Option<(Instant, Duration, Counted)>>);

impl Counting {
    /// Counts, or gives the last counting while it is fresh: a counting that takes long is kept
    /// twenty times as long.
    pub(super) async fn fresh(&self, api: &Api) -> Result<Counted, ApiError> {
        let mut last = self.0.lock().await;
        if let Some((at, took, counted)) = *last
            && at.elapsed() < limits::COUNT_INTERVAL.max(took.saturating_mul(20))
        {
            return Ok(counted);
        }
        let begun = Instant::now();
        let counted = api.reader.read(count).await?;
        *last = Some((Instant::now(), begun.elapsed(), counted));
        Ok(counted)
    }
}

fn count(registrar: &Registrar) -> Result<Counted, UnitError> {
    let (people, households) = registrar.count_records()?;
    let offices = registrar
        .store()
        .scan(tables::OFFICES, &KeyRange::all(), OFFICES_MAX)?;
    Ok(Counted {
        people,
        households,
        acts: registrar.count_acts()?,
        offices: offices.len() as u64,
        cases: registrar.counts()?,
    })
}

/// The registry in numbers.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Summary {
    records: u64,
    people: u64,
    households: u64,
    acts: u64,
    cases_open: u64,
    cases_decided: u64,
    returned: u64,
    quarantined: u64,
    commits: u64,
    /// Communes that have a slice or a feed.
    offices: u64,
    nodes_connected: usize,
    /// Bytes from the offices since the start.
    bytes_up: u64,
    /// Bytes to the offices since the start.
    bytes_down: u64,
}

/// The registry in numbers; records, acts and cases are counted every ten seconds at most.
#[utoipa::path(
    get, path = "/api/v1/summary", security(("operator" = [])),
    responses((status = 200, body = Summary), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn summary(_: Caller, State(api): State<Api>) -> Result<Json<Summary>, ApiError> {
    let counted = api.counting.fresh(&api).await?;
    let (bytes_up, bytes_down) = api.fleet.total_bytes();
    Ok(Json(Summary {
        records: counted.people.saturating_add(counted.households),
        people: counted.people,
        households: counted.households,
        acts: counted.acts,
        cases_open: counted.cases.cases_open,
        cases_decided: counted.cases.cases_decided,
        returned: counted.cases.returned,
        quarantined: counted.cases.quarantined,
        commits: counted.cases.commits,
        offices: counted.offices,
        nodes_connected: api.fleet.connected(),
        bytes_up,
        bytes_down,
    }))
}
