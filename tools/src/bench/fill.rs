//! The first fill of an office.

use std::time::{Duration, Instant};

use registry::OfficeCode;

use super::{Bench, Figure};
use crate::demo::office_work::at;
use crate::failure::Failure;

/// Longest wait.
const LIMIT: Duration = Duration::from_secs(600);

/// Lets the office join and be filled.
pub(crate) fn measure(bench: &mut Bench, office: OfficeCode) -> Result<Vec<Figure>, Failure> {
    bench.fleet.join(office)?;
    // From here on the office runs and dials; joining itself was before.
    let started = Instant::now();
    let status = bench.fleet.wait_for("the first fill", LIMIT, |fleet| {
        let status = at(&fleet.offices, 0).ok()?.desk.status().ok()?;
        status.filled.then_some(status)
    })?;
    let seconds = started.elapsed().as_secs_f64().max(0.001);
    let records = status.records.all().max(1) as f64;
    Ok(vec![
        Figure::at_most(
            "first fill, a record",
            status.bytes_down as f64 / records,
            "B",
            105.0,
        )
        .with("the handshake included"),
        Figure::at_least(
            "first fill, speed",
            records / seconds,
            "records/s",
            30_000.0,
        )
        .with("loopback, from the node being ready, durable at the node"),
    ])
}
