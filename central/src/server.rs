//! The line to the offices: takes QUIC connections, lets nodes join, and runs a session with each.
//!
//! Tasks: one that accepts, one for each line, and the registrar's thread (`desk`). What may come
//! to a line is one `select!` in `sync`; what may come to the registrar one enum in `desk`. What
//! is shared is in memory only (`hub`, the fleet).

pub mod answers;
pub(crate) mod bundle;
mod desk;
mod ending;
mod hub;
mod join;
mod nightly;
mod surveyor;
mod sync;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use provisioning::files::{self, FileError};
use provisioning::{Issuer, NodeName, ScreensIssuer};
use registry::OfficeCode;
use sync_proto::{Codec, SessionError};
use sync_quic::{BindError, Identity, IdentityError, Incoming, Listener, Purpose, Tuning};
use tokio::sync::{Notify, Semaphore, oneshot, watch};
use tokio::task::JoinSet;

pub(crate) use answers::Reader;
pub use desk::DeskError;
pub(crate) use desk::{Desk, SaidOfPair, Word};
pub(crate) use nightly::Call;

use crate::clock;
use crate::fleet::Fleet;
use crate::limits;
use crate::operators::Operators;
use crate::registrar::{BundleError, Registrar};
use desk::Clerk;
use hub::Hub;

/// Codes with which the centre closes a line.
pub mod codes {
    /// The session was ended by the centre; its goodbye says why.
    pub const SESSION: u32 = 1;
    /// The node may not connect.
    pub const SHUT_OUT: u32 = 2;
    /// Too many lines are open.
    pub const BUSY: u32 = 3;
}

/// How hard payloads are compressed: level 3 costs a tenth of a millisecond for a batch.
const COMPRESSION_LEVEL: i32 = 3;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A file of the authority.
    #[error(transparent)]
    Pki(#[from] FileError),
    /// Our certificate or key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The address.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The key for bundles.
    #[error(transparent)]
    BundleKey(#[from] BundleError),
    /// The compression.
    #[error(transparent)]
    Codec(#[from] SessionError),
    /// The registrar's thread.
    #[error("the registrar's thread could not be started: is the limit of threads reached?")]
    Thread(#[source] std::io::Error),
    /// The address that was bound.
    #[error("the address that was bound cannot be told")]
    Address(#[source] std::io::Error),
}

impl ServerError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pki(error) => error.code(),
            Self::Identity(error) => error.code(),
            Self::Bind(error) => error.code(),
            Self::Codec(error) => error.code(),
            Self::BundleKey(error) => error.code(),
            Self::Thread(_) => "thread_not_started",
            Self::Address(_) => "address_unknown",
        }
    }
}

/// Keys and certificates of the centre.
pub struct Pki {
    /// Certifies nodes.
    pub issuer: Issuer,
    /// Certifies offices' screens, if the authority is new enough to have the keys.
    pub screens: Option<ScreensIssuer>,
    /// Proves that this is the centre.
    pub identity: Identity,
    /// The private key of [`Pki::identity`], PEM: receipts are signed with it.
    pub key_pem: String,
}

impl Pki {
    /// Reads them from the authority's directory.
    pub fn load(directory: &Path) -> Result<Pki, ServerError> {
        let issuer = files::load_issuer(directory)?;
        let screens = files::load_screens_issuer(directory)?;
        let chain = files::read_text(&directory.join(files::CENTRAL_PEM))?;
        let key_pem = files::read_text(&directory.join(files::CENTRAL_KEY))?;
        let identity = Identity::from_pem(chain.as_bytes(), key_pem.as_bytes())?;
        Ok(Pki {
            issuer,
            screens,
            identity,
            key_pem,
        })
    }
}

/// What all lines share.
pub(crate) struct Shared {
    pub(crate) desk: Desk,
    pub(crate) reader: Arc<Reader>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) codec: Arc<Codec>,
    pub(crate) stop: watch::Receiver<bool>,
}

/// A running server.
pub struct Server {
    address: SocketAddr,
    pub(crate) desk: Desk,
    pub(crate) reader: Arc<Reader>,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) operators: Arc<Operators>,
    /// Told when there is a decree to carry out.
    pub(crate) carrying: Arc<Notify>,
    hub: Arc<Hub>,
    pub(crate) pass_call: Arc<Call>,
    pass_hour: watch::Sender<Option<u8>>,
    stop: watch::Sender<bool>,
    nightly: tokio::task::JoinHandle<()>,
    accepting: tokio::task::JoinHandle<()>,
    surveying: tokio::task::JoinHandle<()>,
    desk_end: oneshot::Receiver<()>,
}

impl Server {
    /// Starts it. Call it within a tokio runtime.
    pub fn start(
        address: SocketAddr,
        pki: Pki,
        registrar: Registrar,
        operators: Operators,
    ) -> Result<Server, ServerError> {
        registrar.ensure_bundle_key(clock::now_s())?;
        let registrar = Arc::new(registrar);
        let (hub, fleet) = (Arc::new(Hub::default()), Arc::new(Fleet::default()));
        let operators = Arc::new(operators);
        let reader = Arc::new(Reader::new(Arc::clone(&registrar)));
        let codec = Codec::new(COMPRESSION_LEVEL, &[]).map_err(SessionError::from)?;
        let tuning = Tuning {
            certificate_grace: limits::CERTIFICATE_GRACE,
            ..Tuning::default()
        };
        let root = pki.issuer.root().clone();
        let listener = Listener::bind(address, &pki.identity, &root, tuning)?;
        let address = listener.local_addr().map_err(ServerError::Address)?;
        let clerk = Clerk {
            registrar,
            operators: Arc::clone(&operators),
            issuer: pki.issuer,
            screens: pki.screens,
            hub: Arc::clone(&hub),
        };
        let (desk, desk_end) = desk::open(clerk).map_err(ServerError::Thread)?;
        let (stop, stopped) = watch::channel(false);
        let (pass_hour, hour) = watch::channel(None);
        let pass_call = Arc::new(Call::default());
        let nightly = nightly::Nightly {
            desk: desk.clone(),
            reader: Arc::clone(&reader),
            call: Arc::clone(&pass_call),
            hour,
            stop: stopped.clone(),
        };
        let nightly = tokio::spawn(nightly.work());
        let shared = Arc::new(Shared {
            desk: desk.clone(),
            reader: Arc::clone(&reader),
            hub: Arc::clone(&hub),
            fleet: Arc::clone(&fleet),
            codec: Arc::new(codec),
            stop: stopped,
        });
        let carrying = Arc::new(Notify::new());
        tokio::spawn(carry_decrees(
            desk.clone(),
            Arc::clone(&carrying),
            shared.stop.clone(),
        ));
        let surveying = tokio::spawn(surveyor::survey(Arc::clone(&reader), shared.stop.clone()));
        let accepting = tokio::spawn(accept(listener, shared));
        Ok(Server {
            address,
            desk,
            reader,
            fleet,
            operators,
            carrying,
            hub,
            pass_call,
            pass_hour,
            stop,
            nightly,
            accepting,
            surveying,
            desk_end,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs the pass for duplicates every day at this local hour; on command alone if there is
    /// none.
    pub fn find_duplicates_at(&self, hour: Option<u8>) {
        self.pass_hour.send_replace(hour);
    }

    /// Nodes that are connected.
    pub fn connected(&self) -> usize {
        self.hub.connected()
    }

    /// Whether anybody listens to a commune's feed.
    pub fn has_listeners(&self, office: OfficeCode) -> bool {
        self.hub.has_listeners(office)
    }

    /// Says goodbye to every node, and returns when all that was promised is durable.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.accepting.await;
        let _ = self.surveying.await;
        let _ = self.nightly.await;
        drop((self.desk, self.reader));
        let _ = self.desk_end.await;
    }
}

/// Carries decrees out, step by step between all else that the desk does: one that a restart
/// interrupted at once, others when it is told of them.
async fn carry_decrees(desk: Desk, told: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    loop {
        let wait = match desk.step_decree().await {
            Ok(Some(_)) if !*stop.borrow() => continue,
            Ok(_) => None,
            Err(error) => {
                tracing::error!(code = error.code(), "a decree is held up: {error}");
                Some(limits::DECREE_RETRY)
            }
        };
        let retry = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = told.notified() => {}
            () = retry => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Takes lines until the stop, then waits for those that are open.
async fn accept(listener: Listener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let joins = Arc::new(Semaphore::new(limits::JOINS_MAX));
    let mut stop = shared.stop.clone();
    let mut lines = JoinSet::new();
    loop {
        let incoming = tokio::select! {
            incoming = listener.accept() => incoming,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some(incoming) = incoming else { break };
        while lines.try_join_next().is_some() {}
        let places = match incoming.purpose {
            Purpose::Sync => &places,
            Purpose::Join => &joins,
        };
        let Ok(place) = Arc::clone(places).try_acquire_owned() else {
            metrics::counter!("central_refused_connections_total", "reason" => "busy").increment(1);
            incoming
                .link
                .close(codes::BUSY, "too many lines are open: try again later");
            continue;
        };
        let shared = Arc::clone(&shared);
        lines.spawn(async move {
            metrics::gauge!("central_lines").increment(1);
            serve(shared, incoming).await;
            metrics::gauge!("central_lines").decrement(1);
            drop(place);
        });
    }
    // Lines end by themselves at the stop; a peer that is gone does not hold it up.
    let all = async { while lines.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(limits::FINISH_TIME_MAX, all).await;
    listener.close(sync_quic::close_code::DONE, "");
    let _ = tokio::time::timeout(limits::API_FINISH_TIME_MAX, listener.idle()).await;
}

async fn serve(shared: Arc<Shared>, incoming: Incoming) {
    let Incoming {
        purpose,
        remote,
        peer,
        link,
    } = incoming;
    match (purpose, peer) {
        (Purpose::Join, _) => {
            let mut stop = shared.stop.clone();
            join::serve(&shared.desk, link, remote, &mut stop).await;
        }
        (Purpose::Sync, Some(certificate)) => match NodeName::from_certificate(&certificate) {
            Ok(name) => Box::pin(sync::serve(shared, link, name, remote)).await,
            Err(error) => {
                tracing::warn!(%remote, code = error.code(), "a line without a node's name");
                metrics::counter!("central_refused_connections_total", "reason" => error.code())
                    .increment(1);
                link.close(codes::SHUT_OUT, error.code());
            }
        },
        (Purpose::Sync, None) => link.close(codes::SHUT_OUT, "certificate missing"),
    }
}
