//! The node itself: memory, time until it serves, time to rebuild its cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Bench, Figure, process, traffic};
use crate::demo::fleet::Fleet;
use crate::failure::Failure;

/// Goals for this many people and for fewer; and for more.
const PEOPLE_SMALL: u32 = 40_000;

/// Most resident memory, MB, of an office with so many people.
pub(super) fn resident_goal(people: u64) -> f64 {
    if people <= u64::from(PEOPLE_SMALL) {
        64.0
    } else {
        160.0
    }
}

/// Measures.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let status = traffic::quiet(bench)?;
    let is_small = status.records.people <= u64::from(PEOPLE_SMALL);
    let pick = |small: f64, large: f64| if is_small { small } else { large };
    let ready = restarted(&mut bench.fleet, false)?;
    traffic::quiet(bench)?;
    let office = bench.fleet.offices.first();
    let resident = office
        .and_then(|office| process::resident_bytes(office.daemon.id()))
        .unwrap_or(status.resident_bytes);
    let rebuilt = restarted(&mut bench.fleet, true)?;
    Ok(vec![
        Figure::at_most(
            "resident memory",
            resident as f64 / 1e6,
            "MB",
            resident_goal(status.records.people),
        )
        .with("after a restart, quiet"),
        Figure::at_most("ready after", ready, "s", pick(1.0, 2.0)),
        Figure::at_most(
            "ready after with the cache rebuilt",
            rebuilt,
            "s",
            pick(2.0, 10.0),
        )
        .with("the cache was deleted while stopped"),
    ])
}

/// Stops and starts the office; the seconds until it was ready.
fn restarted(fleet: &mut Fleet, without_cache: bool) -> Result<f64, Failure> {
    let (code, data) = match fleet.offices.first_mut() {
        Some(office) => {
            office.daemon.stop();
            (office.code, office.data.clone())
        }
        None => return Err(Failure::Failed("no office runs".into())),
    };
    if without_cache {
        let cache = cache_of(&data)
            .ok_or_else(|| Failure::file(&data, "no folder named cache is in it"))?;
        fs::remove_dir_all(&cache).map_err(|error| Failure::file(&cache, &error))?;
    }
    let started = Instant::now();
    let (daemon, desk) = fleet.start_office(code, &data)?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(office) = fleet.offices.first_mut() {
        office.daemon = daemon;
        office.desk = desk;
    }
    Ok(seconds)
}

/// The folder of the cache, wherever the node keeps it.
fn cache_of(folder: &Path) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if entry.file_name() == "cache" {
                return Some(path);
            }
            if let Some(found) = cache_of(&path) {
                return Some(found);
            }
        }
    }
    None
}
