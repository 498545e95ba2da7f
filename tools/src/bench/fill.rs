//! The first fill of an office: bytes, speed, what both processes computed for it, and what the
//! office holds in memory right after it.

use std::time::{Duration, Instant};

use registry::OfficeCode;

use super::node::resident_goal;
use super::{Bench, Figure, process};
use crate::demo::office_work::at;
use crate::failure::Failure;

/// Longest wait.
const LIMIT: Duration = Duration::from_secs(600);

/// Lets the office join and be filled.
pub(crate) fn measure(bench: &mut Bench, office: OfficeCode) -> Result<Vec<Figure>, Failure> {
    let central = bench.fleet.central_daemon.id();
    let central_before = process::cpu_seconds(central).unwrap_or(0.0);
    bench.fleet.join(office)?;
    // From here on the office runs and dials; joining itself was before.
    let started = Instant::now();
    let status = bench.fleet.wait_for("the first fill", LIMIT, |fleet| {
        let status = at(&fleet.offices, 0).ok()?.desk.status().ok()?;
        status.filled.then_some(status)
    })?;
    let seconds = started.elapsed().as_secs_f64().max(0.001);
    let records = status.records.all().max(1) as f64;
    let node = at(&bench.fleet.offices, 0)?.daemon.id();
    let spent = process::cpu_seconds(central).unwrap_or(0.0) - central_before
        + process::cpu_seconds(node).unwrap_or(0.0);
    let resident = process::resident_bytes(node).unwrap_or(status.resident_bytes);
    let most = process::resident_bytes_most(node).unwrap_or(resident);
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
        Figure::plain("first fill, computing", spent, "s")
            .with("both processes, all threads, their kernel time, start and join included"),
        Figure::at_most(
            "first fill, resident memory after it",
            resident as f64 / 1e6,
            "MB",
            resident_goal(status.records.people),
        )
        .with(format!(
            "the office, no restart; {:.1} at most",
            most as f64 / 1e6
        )),
    ])
}
