//! What one fsync costs on the file system that is measured.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::spread::Spread;
use crate::failure::Failure;

/// Syncs that are timed.
const ROUNDS: usize = 300;
/// Bytes appended before each: about an act with its seal.
const BYTES: usize = 512;

/// Timings of appending and syncing in a folder.
pub(crate) fn fsync(folder: &Path) -> Result<Spread, Failure> {
    let path = folder.join("fsync.probe");
    let failed = |error: std::io::Error| Failure::file(&path, &error);
    let mut file = File::create(&path).map_err(failed)?;
    let mut timings = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        file.write_all(&[7; BYTES]).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        timings.push(started.elapsed());
    }
    let _ = std::fs::remove_file(&path);
    Ok(Spread::of(timings))
}
