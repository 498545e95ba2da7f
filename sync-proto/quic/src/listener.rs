//! The side that listens: handshakes run beside one another, bounded in number and time.

use std::net::SocketAddr;
use std::sync::Arc;

use quinn::crypto::rustls::HandshakeData;
use quinn::{Endpoint, ServerConfig, TokioRuntime, VarInt};
use rustls::pki_types::CertificateDer;
use tokio::sync::{Mutex, Semaphore, mpsc};

use crate::error::{BindError, close_code};
use crate::identity::{Identity, Purpose};
use crate::link::{Link, peer_certificate};
use crate::reset;
use crate::socket::{Sockets, SystemSockets};
use crate::tls;
use crate::tuning::Tuning;

/// Open links that wait to be taken by [`Listener::accept`].
const ACCEPTED_MAX: usize = 64;
/// What is buffered of one connection that waits for its handshake, bytes: its first flight, and
/// some early data.
const WAITING_BYTES_MAX: u64 = 16 << 10;
/// What is buffered of all that wait, bytes.
const WAITING_BYTES_TOTAL_MAX: u64 = 8 << 20;

/// Takes connections. Dropping it closes them all.
#[derive(Debug)]
pub struct Listener {
    endpoint: Endpoint,
    accepted: Mutex<mpsc::Receiver<Incoming>>,
}

/// A line that was opened by a peer.
#[derive(Debug)]
pub struct Incoming {
    /// What the peer wants.
    pub purpose: Purpose,
    /// Where it comes from.
    pub remote: SocketAddr,
    /// The certificate that it has proved to own; always there for [`Purpose::Sync`]. Whether it
    /// is revoked, or within its grace, is for the caller to decide.
    pub peer: Option<CertificateDer<'static>>,
    /// The line.
    pub link: Link,
}

impl Listener {
    /// Listens on a UDP address. `root` is what the certificates of peers must end in; it is also
    /// presented to those that join. Call it within a tokio runtime.
    pub fn bind(
        address: SocketAddr,
        identity: &Identity,
        root: &CertificateDer<'static>,
        tuning: Tuning,
    ) -> Result<Self, BindError> {
        Self::over(&SystemSockets, address, identity, root, tuning)
    }

    /// Like [`Listener::bind`], over a socket that need not be the system's.
    pub fn over(
        sockets: &dyn Sockets,
        address: SocketAddr,
        identity: &Identity,
        root: &CertificateDer<'static>,
        tuning: Tuning,
    ) -> Result<Self, BindError> {
        let crypto = tls::server_quic(tls::server_rustls(identity, root, &tuning)?)?;
        let mut config = ServerConfig::with_crypto(crypto);
        config
            .transport_config(tuning.listening())
            .max_incoming(tuning.waiting_max)
            .incoming_buffer_size(WAITING_BYTES_MAX)
            .incoming_buffer_size_total(WAITING_BYTES_TOTAL_MAX);
        let unusable = |source| BindError::Address { address, source };
        let socket = sockets.open(address).map_err(unusable)?;
        let mut here = reset::endpoint_config(identity)?;
        here.rng_seed(sockets.seed());
        let runtime = Arc::new(TokioRuntime);
        let endpoint = Endpoint::new_with_abstract_socket(here, Some(config), socket, runtime)
            .map_err(unusable)?;
        let (sender, accepted) = mpsc::channel(ACCEPTED_MAX);
        tokio::spawn(greet_all(endpoint.clone(), tuning, sender));
        Ok(Self {
            endpoint,
            accepted: Mutex::new(accepted),
        })
    }

    /// The next line whose peer is known; `None` once the listener is closed.
    pub async fn accept(&self) -> Option<Incoming> {
        self.accepted.lock().await.recv().await
    }

    /// The address on which it listens.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// Connections that are open, those in their handshake among them.
    pub fn open_connections(&self) -> usize {
        self.endpoint.open_connections()
    }

    /// Closes every line with this code, and takes no more.
    pub fn close(&self, code: u32, words: &str) {
        self.endpoint
            .close(VarInt::from_u32(code), words.as_bytes());
    }

    /// Waits until the peers have been told of the closing, as far as they can be reached.
    pub async fn idle(&self) {
        self.endpoint.wait_idle().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.close(close_code::DONE, "");
    }
}

/// Starts a handshake for each connection, as many at once as allowed; quinn holds the next ones
/// and refuses those beyond.
async fn greet_all(endpoint: Endpoint, tuning: Tuning, accepted: mpsc::Sender<Incoming>) {
    let places = Arc::new(Semaphore::new(tuning.handshakes_max));
    while let Some(incoming) = endpoint.accept().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let crowded = places.available_permits() < tuning.handshakes_max / 2;
        if crowded && incoming.may_retry() && !incoming.remote_address_validated() {
            // Under load an address must first show that it is its own: one more turn for it,
            // no work for us.
            let _ = incoming.retry();
            continue;
        }
        let (accepted, tuning) = (accepted.clone(), tuning.clone());
        tokio::spawn(async move {
            let remote = incoming.remote_address();
            let limit = tuning.handshake_timeout;
            match tokio::time::timeout(limit, greet(incoming, &tuning)).await {
                Ok(Ok(incoming)) => {
                    let _ = accepted.send(incoming).await;
                }
                Ok(Err(reason)) => tracing::debug!(%remote, reason, "handshake failed"),
                Err(_) => tracing::debug!(%remote, reason = "timeout", "handshake failed"),
            }
            drop(place);
        });
    }
}

/// One handshake. A resumed connection whose peer is known is handed on before the handshake is
/// complete, so that the answer to an early hello goes at once.
async fn greet(incoming: quinn::Incoming, tuning: &Tuning) -> Result<Incoming, &'static str> {
    let remote = incoming.remote_address();
    let mut connecting = incoming.accept().map_err(|_| "not accepted")?;
    let data = connecting.handshake_data().await.map_err(|_| "no hello")?;
    let purpose = data
        .downcast::<HandshakeData>()
        .ok()
        .and_then(|data| Purpose::from_alpn(data.protocol.as_deref()?));
    let (connection, mut complete) = connecting.into_0rtt().map_err(|_| "no early keys")?;
    let Some(purpose) = purpose else {
        connection.close(VarInt::from_u32(close_code::PURPOSE), b"no purpose");
        return Err("no purpose");
    };
    let known = peer_certificate(&connection);
    let is_complete = tokio::select! {
        biased;
        _ = &mut complete => true,
        () = std::future::ready(()) => false,
    };
    if let (Some(peer), Purpose::Sync, false) = (known, purpose, is_complete) {
        let limit = tuning.handshake_timeout;
        let link = Link::pending(connection, purpose, complete, limit, None);
        return Ok(Incoming {
            purpose,
            remote,
            peer: Some(peer),
            link,
        });
    }
    if !is_complete {
        complete.await;
    }
    if connection.close_reason().is_some() {
        return Err("ended by either side");
    }
    let peer = peer_certificate(&connection);
    if purpose == Purpose::Sync && peer.is_none() {
        let code = VarInt::from_u32(close_code::CERTIFICATE_MISSING);
        connection.close(code, b"certificate missing");
        return Err("certificate missing");
    }
    let link = Link::complete(connection, purpose, false, None);
    Ok(Incoming {
        purpose,
        remote,
        peer,
        link,
    })
}
