//! The daemon: store, office, writer, line and interface put together, and one way to stop.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::api::{ATTACHING_MAX, Api, new_credential};
use crate::device::{self, Device, DeviceError};
use crate::door::Door;
use crate::lan::{LanDoor, LanError, LanWish};
use crate::line::{Credentials, Line, LineConfig};
use crate::office::{Office, OfficeError};
use crate::receipt::ReceiptDesk;
use crate::writer::{Command, Writer};

/// How often attachments are cleared away.
const TIDY_INTERVAL: Duration = Duration::from_secs(3600);
/// How long open requests may take when the daemon stops.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// Bounds of the buckets for the time of a commit, seconds.
const COMMIT_BUCKETS_S: [f64; 10] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0];

/// Why the daemon does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The directory is no node, or its store cannot be opened.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The office cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The interface is for this machine only.
    #[error(
        "--api {0} is not on the loopback, and nothing on it is encrypted: give 127.0.0.1:PORT. Other machines of the office reach the screens over HTTPS with --lan ADDRESS:PORT"
    )]
    NotLoopback(SocketAddr),
    /// The address is taken.
    #[error("cannot listen on {address}: is another daemon running, or the port taken?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The screens cannot be served to other machines.
    #[error(transparent)]
    Lan(#[from] LanError),
    /// The system gives no threads, or no random numbers.
    #[error("the system refuses a thread or random numbers; restart the machine")]
    System,
    /// The store failed while it was in use.
    #[error(
        "the store failed and takes nothing more; start again, and what was promised is read back"
    )]
    StoreFailed,
}

impl DaemonError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DaemonError::Device(error) => error.code(),
            DaemonError::Office(error) => error.code(),
            DaemonError::NotLoopback(_) => "api_not_loopback",
            DaemonError::Listen { .. } => "address_unusable",
            DaemonError::Lan(error) => error.code(),
            DaemonError::System => "system_refused",
            DaemonError::StoreFailed => "store_failed",
        }
    }
}

/// What a command line needs to reach the daemon; written to `api.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiFile {
    /// Where it listens.
    pub address: SocketAddr,
    /// A token of the officer who set the node up, good until the daemon stops.
    pub token: String,
}

/// Where a daemon listens.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The interface for officers and programs of this machine, on the loopback.
    pub api: SocketAddr,
    /// The screens for other machines of the office.
    pub lan: Option<LanWish>,
}

impl From<SocketAddr> for Listen {
    fn from(api: SocketAddr) -> Listen {
        Listen { api, lan: None }
    }
}

/// A daemon that serves its office.
pub struct Daemon {
    api: Api,
    line: Line,
    listener: TcpListener,
    lan: Option<LanDoor>,
    address: SocketAddr,
    writing: std::thread::JoinHandle<()>,
    device: Device,
    stopping: watch::Sender<bool>,
}

impl Daemon {
    /// Opens everything: when this returns the office can be served.
    pub async fn open(
        device: Device,
        listen: impl Into<Listen>,
        tune: impl FnOnce(&mut LineConfig),
    ) -> Result<Daemon, DaemonError> {
        let Listen { api, lan } = listen.into();
        if !api.ip().is_loopback() {
            return Err(DaemonError::NotLoopback(api));
        }
        let lan = match lan {
            Some(wish) => Some(LanDoor::open(&device, wish).await?),
            None => None,
        };
        let begun = Instant::now();
        let figures = figures();
        let (store, opened) = device.open_store()?;
        if let Some(torn) = &opened.torn {
            tracing::warn!(
                bytes = torn.bytes,
                "the end of the journal was torn by a power cut; nothing that was promised is lost"
            );
        }
        let joined = device.joined.clone();
        let office = Office::open(store, joined.office, joined.node)?;
        let office = Arc::new(office.keeping(device.open_folder()?));
        match office.sweep_attachments() {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "attachments that nobody counts on were removed"),
            Err(error) => tracing::warn!(code = error.code(), "attachments: {error}"),
        }
        let key = device.signing_key()?;
        let (writer, writing) =
            Writer::start(Arc::clone(&office)).map_err(|_| DaemonError::System)?;
        let mut config = LineConfig::new(joined.addresses, joined.server_name);
        tune(&mut config);
        let credentials = Credentials::of(Device::load(device.dir())?)?;
        let line = Line::new(
            Arc::clone(&office),
            writer.clone(),
            credentials,
            key.clone(),
            config,
        )
        .map_err(|_| DaemonError::System)?;
        let listen = |source| DaemonError::Listen {
            address: api,
            source,
        };
        let listener = TcpListener::bind(api).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        // A store that was lost knows nobody, and nobody could ask for anything. The directory says
        // who set the node up; the centre's list of officers replaces this as soon as it comes.
        if office.officers().is_empty() {
            office.enrol_first(&joined.officer)?;
        }
        let credential = new_credential().ok_or(DaemonError::System)?;
        office.lend_credential(&joined.officer.id, &credential);
        let file = ApiFile {
            address,
            token: credential.reveal().to_owned(),
        };
        let text = serde_json::to_string(&file).unwrap_or_default();
        device::write(&device.dir().join("api.json"), &text, true)?;
        tracing::info!(
            office = %office.code(),
            people = office.findable(),
            replayed = opened.replayed,
            rebuilt = opened.rebuilt.map(|why| why.code()),
            ready_ms = begun.elapsed().as_millis(),
            "ready"
        );
        let (stopping, stopped) = watch::channel(false);
        let api = Api {
            receipts: ReceiptDesk::of(&device, key.clone()),
            door: Door::new(Arc::clone(&office), writer.clone()),
            office,
            writer,
            line: line.handle(),
            lan: lan.as_ref().map(LanDoor::handle),
            key,
            figures,
            stopped,
            attaching: Arc::new(Semaphore::new(ATTACHING_MAX)),
            picturing: Arc::new(Semaphore::new(1)),
        };
        Ok(Daemon {
            api,
            line,
            listener,
            lan,
            address,
            writing,
            device,
            stopping,
        })
    }

    /// Where the interface listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the interface serves.
    pub const fn api(&self) -> &Api {
        &self.api
    }

    /// Tells whoever started it where it listens.
    pub fn announce(&self) {
        let lan = self.api.lan.as_ref().map(|lan| lan.address());
        let lan = lan.map_or_else(String::new, |lan| format!(" lan={lan}"));
        let line = format!(
            "commune-node: office={} api={}{lan}\n",
            self.api.office.code(),
            self.address
        );
        // A closed standard output is no reason not to serve.
        let _ = std::io::stdout().write_all(line.as_bytes());
        let _ = std::io::stdout().flush();
    }

    /// Serves until `stop` is done, or the store fails.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<(), DaemonError> {
        let Daemon {
            api,
            line,
            listener,
            lan,
            writing,
            device,
            stopping,
            ..
        } = self;
        let stopped = stopping.subscribe();
        let mut failed = api.writer.failed();
        let screens = lan.map(|lan| {
            let (office, line) = (Arc::clone(&api.office), line.handle());
            let screens = api.clone().screens();
            tokio::spawn(lan.serve(screens, office, line, stopped.clone()))
        });
        let line = tokio::spawn(line.run(stopped.clone()));
        let mut until = stopped.clone();
        warm(&api.office);
        let tidying = tokio::spawn(tidy(api.writer.clone(), stopped.clone()));
        let router = api.router();
        let http = tokio::spawn(async move {
            let until = async move {
                let _ = until.wait_for(|stop| *stop).await;
            };
            axum::serve(listener, router)
                .with_graceful_shutdown(until)
                .await
        });
        let result = tokio::select! {
            () = stop => Ok(()),
            _ = failed.wait_for(|failed| *failed) => Err(DaemonError::StoreFailed),
        };
        tracing::info!("stopping");
        stopping.send_replace(true);
        let _ = tokio::time::timeout(LAST_REQUESTS, http).await;
        let _ = tokio::time::timeout(LAST_REQUESTS, line).await;
        if let Some(screens) = screens {
            let _ = tokio::time::timeout(LAST_REQUESTS, screens).await;
        }
        let _ = tidying.await;
        drop((failed, stopped));
        let _ = std::fs::remove_file(device.dir().join("api.json"));
        // Every holder of the writer is gone, so it ends after its last sync.
        let _ = tokio::task::spawn_blocking(move || writing.join()).await;
        tracing::info!("stopped");
        result
    }
}

/// The figures of this process; there is one set, whoever asks first makes it.
fn figures() -> PrometheusHandle {
    static FIGURES: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    FIGURES
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder.set_buckets(&COMMIT_BUCKETS_S).unwrap_or_default();
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Another recorder of this process is kept; then there are no figures here.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}

/// Clears attachments away now and then.
async fn tidy(writer: Writer, mut stop: watch::Receiver<bool>) {
    loop {
        match writer.ask(|reply| Command::TidyAttachments { reply }).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "attachments were cleared away"),
            Err(error) => tracing::warn!(code = error.code(), "attachments: {error}"),
        }
        tokio::select! {
            () = tokio::time::sleep(TIDY_INTERVAL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Reads everybody once in the background, so that the first act filed does not wait for it.
fn warm(office: &Arc<Office>) {
    if office.meta().people == 0 {
        return;
    }
    let office = Arc::clone(office);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = office.prepare_duplicates() {
            tracing::warn!(
                code = error.code(),
                "duplicates cannot be looked for yet: {error}"
            );
        }
    });
}
