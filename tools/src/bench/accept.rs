//! Accepting an act, durably, against one fsync of the same file system.

use super::{Bench, Figure, disk, traffic};
use crate::bench::spread::Spread;
use crate::demo::office_work::at;
use crate::failure::Failure;

/// Acts that are timed.
const ACTS: u32 = 300;

/// Times filing over the API, so the figure holds HTTP, the plan, the journal and the answer.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let folder = at(&bench.fleet.offices, 0)?.data.clone();
    let disk = disk::fsync(&folder)?;
    traffic::quiet(bench)?;
    let acts = Spread::of(traffic::file_acts(bench, ACTS)?);
    let times = |timing: f64, sync: f64| timing / sync.max(0.001);
    let note = format!("{:.2} ms over HTTP", acts.at(500));
    let end = format!(
        "{:.2} ms over HTTP; fsync p99 {:.2} ms",
        acts.at(990),
        disk.at(990)
    );
    Ok(vec![
        Figure::plain("one fsync, median", disk.at(500), "ms"),
        Figure::at_most(
            "accept an act, median",
            times(acts.at(500), disk.at(500)),
            "fsyncs",
            2.0,
        )
        .with(note),
        Figure::at_most(
            "accept an act, p99",
            times(acts.at(990), disk.at(500)),
            "fsyncs",
            10.0,
        )
        .with(end),
    ])
}
