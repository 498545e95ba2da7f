//! `run`: serve the office until a signal comes.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use registry_log::Format as LogFormat;
use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, Failure};
use crate::daemon::{Daemon, Listen};
use crate::device::Device;

/// What the C library is told of its heap. How many it keeps for the threads of a process: by
/// default eight for each processor, and what a thread frees stays in its own. And from which size
/// on a piece of memory is had from the system and given back to it: by default glibc raises that
/// to the largest piece that was ever freed, so that after the pages of a first fill, which are
/// megabytes, every growing list leaves holes in the heap.
const HEAP: [(&str, &str); 2] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
];

/// Starts this program once more in its own place with these settings: the C library reads them
/// at the start alone, and a first fill leaves a quarter more memory behind without them. Whoever
/// has set one otherwise is obeyed; where it cannot be done the daemon runs as it is.
fn with_lean_heap() {
    let unset = |(name, _): &&(&str, &str)| std::env::var_os(name).is_none();
    let missing: Vec<_> = HEAP.iter().filter(unset).copied().collect();
    if missing.is_empty() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // Only returns if it fails.
        let _ = Command::new(program)
            .args(std::env::args_os().skip(1))
            .envs(missing)
            .exec();
    }
}

pub(super) fn run(data: &Path, listen: Listen, format: LogFormat) -> Result<Exit, Failure> {
    with_lean_heap();
    registry_log::start("commune-node", format)
        .map_err(|error| Failure::new(Exit::Failed, error.code(), &error.to_string()))?;
    let device = Device::load(data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::system("start the daemon's threads", &error))?;
    runtime.block_on(async {
        let daemon = Daemon::open(device, listen, |_| {}).await?;
        let stop = stop_signal()?;
        daemon.announce();
        daemon.serve(stop).await?;
        Ok(Exit::Done)
    })
}

/// Done when the process is asked to end.
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::system("listen for the signal to stop", &error))
    };
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
