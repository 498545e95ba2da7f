//! Accepting an act, durably, against one fsync of the same file system.

use super::{Bench, Figure, disk, traffic};
use crate::bench::spread::Spread;
use crate::demo::office_work::at;
use crate::failure::Failure;

/// Acts that are timed.
const ACTS: u32 = 300;

/// Times filing over the API, so the figure holds HTTP, the plan, the journal and the answer.
/// With the line cut the disk is the node's alone; with the line up the centre's commits and the
/// receipts share it, since both run on this machine.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let folder = at(&bench.fleet.offices, 0)?.data.clone();
    traffic::quiet(bench)?;
    let linked = Spread::of(traffic::file_acts(bench, ACTS)?);
    traffic::quiet(bench)?;
    traffic::cut(bench)?;
    let disk = disk::fsync(&folder)?;
    let alone = Spread::of(traffic::file_acts(bench, ACTS)?);
    at(&bench.fleet.offices, 0)?.desk.line("restore")?;
    traffic::quiet(bench)?;
    let times = |timing: f64| timing / disk.at(500).max(0.001);
    let note = |per_mille| format!("{:.2} ms over HTTP, line cut", alone.at(per_mille));
    Ok(vec![
        Figure::plain("one fsync, median", disk.at(500), "ms")
            .with(format!("p99 {:.2} ms", disk.at(990))),
        Figure::at_most("accept an act, median", times(alone.at(500)), "fsyncs", 2.0)
            .with(note(500)),
        Figure::at_most("accept an act, p99", times(alone.at(990)), "fsyncs", 10.0).with(note(990)),
        Figure::plain(
            "accept an act with the line up, median",
            linked.at(500),
            "ms",
        )
        .with(format!(
            "p99 {:.2} ms; the centre is on the same disk",
            linked.at(990)
        )),
    ])
}
