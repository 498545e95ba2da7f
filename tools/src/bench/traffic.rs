//! Bytes on the wire while connected: acts, nothing new, and a cold reconnect. They are what the
//! node's UDP socket sent and received.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Bench, Figure};
use crate::demo::api::Status;
use crate::demo::fleet::Fleet;
use crate::demo::office_work::{at, contact, held};
use crate::failure::Failure;

/// Longest wait.
const LIMIT: Duration = Duration::from_secs(60);
/// Without a byte for so long, the line is quiet.
const QUIET: Duration = Duration::from_millis(1_500);
/// Acts that are sent.
const ACTS: u32 = 100;
/// How long an idle line is watched.
const IDLE: Duration = Duration::from_secs(60);

/// The office as it stands.
pub(crate) fn status(fleet: &Fleet) -> Result<Status, Failure> {
    at(&fleet.offices, 0)?.desk.status()
}

/// Waits until the office is connected, has nothing unsent, and its line has fallen silent.
pub(crate) fn quiet(bench: &mut Bench) -> Result<Status, Failure> {
    let mut last = (0, 0, Instant::now());
    bench.fleet.wait_for("a quiet line", LIMIT, |fleet| {
        let now = status(fleet).ok()?;
        if (now.bytes_up, now.bytes_down) != (last.0, last.1) {
            last = (now.bytes_up, now.bytes_down, Instant::now());
        }
        let settled = now.linked && now.unsent == 0 && now.feed_applied == now.feed_head;
        (settled && last.2.elapsed() > QUIET).then_some(now)
    })
}

/// Two-field acts on people of the slice, a hundred of them.
pub(crate) fn file_acts(bench: &mut Bench, count: u32) -> Result<Vec<Duration>, Failure> {
    let mut records = Vec::new();
    let office = at(&bench.fleet.offices, 0)?;
    while records.len() < ACTS.min(count) as usize {
        let player = bench.cast.adult()?;
        records.push(held(office, &player)?);
    }
    let mut timings = Vec::new();
    for record in records.iter().cycle().take(count as usize) {
        bench.serial += 1;
        let filing = contact(record, bench.serial);
        let started = Instant::now();
        office.desk.file(&filing)?;
        timings.push(started.elapsed());
    }
    Ok(timings)
}

/// A hundred acts, filed one after the other while connected, and filed while cut off.
pub(crate) fn acts(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let before = quiet(bench)?;
    file_acts(bench, ACTS)?;
    let after = quiet(bench)?;
    let empty = reconnected(bench, 0)?;
    let full = reconnected(bench, ACTS)?;
    let one_by_one = "one by one, each sent as soon as it is durable";
    let at_once = "filed while cut off; a cold reconnect without acts is taken away";
    Ok(vec![
        Figure::plain(
            "100 acts one by one, up",
            (after.bytes_up - before.bytes_up) as f64,
            "B",
        )
        .with(one_by_one),
        Figure::plain(
            "100 acts one by one, down",
            (after.bytes_down - before.bytes_down) as f64,
            "B",
        )
        .with(one_by_one),
        Figure::at_most("100 acts at once, up", full.up - empty.up, "B", 6_000.0).with(at_once),
        Figure::at_most(
            "100 acts at once, down",
            full.down - empty.down,
            "B",
            6_000.0,
        )
        .with(at_once),
    ])
}

/// Bytes of a reconnect.
struct Reconnect {
    up: f64,
    down: f64,
    seconds: f64,
}

/// Cuts the line.
pub(crate) fn cut(bench: &mut Bench) -> Result<(), Failure> {
    at(&bench.fleet.offices, 0)?.desk.line("cut")?;
    bench.fleet.wait_for("the line to be cut", LIMIT, |fleet| {
        status(fleet)
            .ok()
            .filter(|status| !status.linked)
            .map(|_| ())
    })
}

/// Cuts the line, files acts, restores it, and waits until all is quiet.
fn reconnected(bench: &mut Bench, acts: u32) -> Result<Reconnect, Failure> {
    quiet(bench)?;
    cut(bench)?;
    if acts > 0 {
        file_acts(bench, acts)?;
    }
    // What the socket of the old connection still sends is over with it.
    let before = status(&bench.fleet)?;
    at(&bench.fleet.offices, 0)?.desk.line("restore")?;
    let started = Instant::now();
    bench
        .fleet
        .wait_for("the line to be back", LIMIT, |fleet| {
            status(fleet)
                .ok()
                .filter(|status| status.linked && status.unsent == 0)
                .map(|_| ())
        })?;
    let seconds = started.elapsed().as_secs_f64();
    let after = quiet(bench)?;
    Ok(Reconnect {
        up: after.bytes_up.saturating_sub(before.bytes_up) as f64,
        down: after.bytes_down.saturating_sub(before.bytes_down) as f64,
        seconds,
    })
}

/// A connected office where nothing happens: keep-alives, and the comparison of digests.
pub(crate) fn idle(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let before = quiet(bench)?;
    // The interrupt is looked at while waiting.
    let started = Instant::now();
    bench.fleet.wait_for("an idle minute", IDLE * 2, |_| {
        (started.elapsed() >= IDLE).then_some(())
    })?;
    let after = status(&bench.fleet)?;
    let up = after.bytes_up.saturating_sub(before.bytes_up) as f64;
    let down = after.bytes_down.saturating_sub(before.bytes_down) as f64;
    let note = "keep-alives, what is compared, and QUIC's acknowledgements";
    Ok(vec![
        Figure::plain("an idle minute, up", up, "B").with(note),
        Figure::plain("an idle minute, down", down, "B").with(note),
    ])
}

/// A cold reconnect when there is nothing new.
pub(crate) fn reconnect(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let cold = reconnected(bench, 0)?;
    Ok(vec![
        Figure::at_most(
            "cold reconnect, both ways",
            cold.up + cold.down,
            "B",
            7_000.0,
        )
        .with(json!({"up": cold.up, "down": cold.down}).to_string()),
        Figure::plain("cold reconnect, time", cold.seconds * 1e3, "ms"),
    ])
}
