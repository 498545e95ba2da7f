//! `run`: serve the office until a signal comes.

use std::net::SocketAddr;
use std::path::Path;

use registry_log::Format as LogFormat;
use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, Failure};
use crate::daemon::Daemon;
use crate::device::Device;

pub(super) fn run(data: &Path, api: SocketAddr, format: LogFormat) -> Result<Exit, Failure> {
    registry_log::start("commune-node", format)
        .map_err(|error| Failure::new(Exit::Failed, error.code(), &error.to_string()))?;
    let device = Device::load(data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::system("start the daemon's threads", &error))?;
    runtime.block_on(async {
        let daemon = Daemon::open(device, api, |_| {}).await?;
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
