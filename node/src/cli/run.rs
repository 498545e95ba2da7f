//! `run`: serve the office until a signal comes.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use registry_log::Format as LogFormat;
use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, Failure};
use crate::daemon::{Daemon, Listen};
use crate::device::Device;

/// How many heaps glibc keeps for the threads of a process; by default eight for each processor,
/// and what a thread frees stays in its own.
const HEAPS: (&str, &str) = ("MALLOC_ARENA_MAX", "1");

/// Starts this program once more in its own place with one heap: the C library reads the setting
/// at the start alone, and a first fill leaves a sixth more memory behind without it. Whoever has
/// set it otherwise is obeyed; where it cannot be done the daemon runs as it is.
fn with_one_heap() {
    let (name, value) = HEAPS;
    if std::env::var_os(name).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // Only returns if it fails.
        let _ = Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(name, value)
            .exec();
    }
}

pub(super) fn run(data: &Path, listen: Listen, format: LogFormat) -> Result<Exit, Failure> {
    with_one_heap();
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
