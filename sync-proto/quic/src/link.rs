//! A [`Link`]: one open connection as a place to send frames to and take frames from.
//!
//! How it comes to be is in `dialer` and `listener`; writing is in `outbox`, reading in `inbox`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use quinn::{Connection, Endpoint, VarInt, ZeroRttAccepted};
use rustls::pki_types::CertificateDer;
use sync_proto::Class;
use tokio::sync::{Mutex, watch};

use crate::error::{LinkError, close_code};
use crate::framing::FrameLimits;
use crate::identity::Purpose;
use crate::inbox::{self, Inbox};
use crate::outbox::Outbox;

/// One open connection. Every method takes `&self`, and dropping the future of any of them loses
/// nothing, so that a driver may wait for several at once. Dropping the link closes it.
#[derive(Debug)]
pub struct Link {
    shared: Arc<Shared>,
    inbox: Mutex<Inbox>,
    outbox: Outbox,
    resumed: bool,
    /// On the side that dials: the socket, which belongs to this connection alone.
    endpoint: Option<Endpoint>,
}

/// What went over the wire on one link: bytes and datagrams are UDP payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinkStats {
    /// UDP payload sent, bytes.
    pub udp_bytes_sent: u64,
    /// UDP payload received, bytes.
    pub udp_bytes_received: u64,
    /// Datagrams sent.
    pub datagrams_sent: u64,
    /// Datagrams received.
    pub datagrams_received: u64,
    /// Estimate of the time to the peer and back.
    pub rtt: Duration,
    /// Packets that were sent and lost.
    pub packets_lost: u64,
}

/// How far the handshake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshake {
    Pending,
    Complete { early_accepted: bool },
    Failed,
}

/// What the tasks of one link have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) connection: Connection,
    pub(crate) limits: FrameLimits,
    pub(crate) handshake: watch::Receiver<Handshake>,
    violation: OnceLock<LinkError>,
}

impl Shared {
    /// Ends the line because the peer broke a rule; the first breach is the one that counts.
    pub(crate) fn end_with(&self, error: LinkError) {
        let words = error.code();
        if self.connection.close_reason().is_none() && self.violation.set(error).is_ok() {
            self.connection
                .close(VarInt::from_u32(close_code::FRAMING), words.as_bytes());
        }
    }

    /// Why the line has ended; meant for when it has.
    pub(crate) fn ending(&self) -> LinkError {
        if let Some(violation) = self.violation.get() {
            return violation.clone();
        }
        self.connection
            .close_reason()
            .map_or(LinkError::ClosedHere, |reason| {
                LinkError::from_connection(&reason)
            })
    }

    /// Waits until it is known how the handshake went.
    pub(crate) async fn settled(&self) -> Handshake {
        let mut handshake = self.handshake.clone();
        let settled = handshake
            .wait_for(|state| *state != Handshake::Pending)
            .await;
        settled.map_or(Handshake::Failed, |state| *state)
    }

    pub(crate) fn is_pending(&self) -> bool {
        *self.handshake.borrow() == Handshake::Pending
    }
}

impl Link {
    /// A link over a connection whose handshake is complete.
    pub(crate) fn complete(
        connection: Connection,
        purpose: Purpose,
        early_accepted: bool,
        endpoint: Option<Endpoint>,
    ) -> Self {
        let (_, handshake) = watch::channel(Handshake::Complete { early_accepted });
        Self::new(connection, purpose, handshake, early_accepted, endpoint)
    }

    /// A link over a resumed connection whose handshake still goes on.
    pub(crate) fn pending(
        connection: Connection,
        purpose: Purpose,
        complete: ZeroRttAccepted,
        timeout: Duration,
        endpoint: Option<Endpoint>,
    ) -> Self {
        let (settle, handshake) = watch::channel(Handshake::Pending);
        let dials = endpoint.is_some();
        let watched = connection.clone();
        tokio::spawn(async move {
            let Ok(accepted) = tokio::time::timeout(timeout, complete).await else {
                let code = VarInt::from_u32(close_code::HANDSHAKE_TIMEOUT);
                watched.close(code, b"handshake timeout");
                settle.send_replace(Handshake::Failed);
                return;
            };
            settle.send_replace(match watched.close_reason() {
                Some(_) => Handshake::Failed,
                None => Handshake::Complete {
                    early_accepted: accepted && dials,
                },
            });
        });
        Self::new(connection, purpose, handshake, !dials, endpoint)
    }

    fn new(
        connection: Connection,
        purpose: Purpose,
        handshake: watch::Receiver<Handshake>,
        resumed: bool,
        endpoint: Option<Endpoint>,
    ) -> Self {
        let limits = FrameLimits::of(purpose);
        let violation = OnceLock::new();
        let shared = Arc::new(Shared {
            connection,
            limits,
            handshake,
            violation,
        });
        let inbox = inbox::open(&shared);
        let outbox = Outbox::new(Arc::clone(&shared), endpoint.is_some());
        Self {
            shared,
            inbox: Mutex::new(inbox),
            outbox,
            resumed,
            endpoint,
        }
    }

    /// Queues a frame; waits while the queue of its class is full, and so slows the sender down to
    /// what the line and the peer can take.
    ///
    /// On an early link only [`Class::Control`] frames go before the handshake is complete (the
    /// others wait for it), and **the caller must send only the session's hello** before
    /// [`Link::confirmed`]: early data has no forward secrecy. If the peer does not accept early
    /// data, what was sent goes again by itself.
    pub async fn send(&self, class: Class, frame: Bytes) -> Result<(), LinkError> {
        self.outbox.send(class, frame).await
    }

    /// The next frame: those of a more urgent class first, those of one class in order, and
    /// nothing before the first [`Class::Control`] frame. `None` when the line was closed with
    /// nothing wrong (code 0, or on this side).
    pub async fn recv(&self) -> Result<Option<(Class, Bytes)>, LinkError> {
        if let Some(frame) = self.inbox.lock().await.next().await {
            return Ok(Some(frame));
        }
        self.shared.connection.closed().await;
        match self.shared.ending() {
            LinkError::ClosedHere
            | LinkError::ClosedByPeer {
                code: close_code::DONE,
                ..
            } => Ok(None),
            error => Err(error),
        }
    }

    /// Waits until the handshake is complete, and tells whether early data was accepted.
    ///
    /// On the listening side an early hello may be one that somebody recorded and plays again: it
    /// may be answered at once (only the holder of the session can read the answer), but nothing
    /// that has an effect may be done because of it before this returns.
    pub async fn confirmed(&self) -> Result<bool, LinkError> {
        match self.shared.settled().await {
            Handshake::Complete { early_accepted } => Ok(early_accepted),
            Handshake::Pending | Handshake::Failed => Err(self.shared.ending()),
        }
    }

    /// Whether early data was accepted; false while that is not known, and on the listening side.
    pub fn early_accepted(&self) -> bool {
        *self.shared.handshake.borrow()
            == Handshake::Complete {
                early_accepted: true,
            }
    }

    /// Whether the peer's proof of identity was carried over from an earlier connection. On the
    /// side that dials it is known only of lines whose early data was accepted, which the listener
    /// of this crate does whenever it resumes.
    pub fn resumed(&self) -> bool {
        self.resumed || self.early_accepted()
    }

    /// The certificate of the peer's key, proved now or by the connection that is resumed.
    pub fn peer_certificate(&self) -> Option<CertificateDer<'static>> {
        peer_certificate(&self.shared.connection)
    }

    /// Sends what is queued, waits until the peer has it (or the line is lost), then closes.
    pub async fn finish(&self, code: u32, words: &str) {
        self.outbox.drain().await;
        self.close(code, words);
    }

    /// Closes at once; what is queued is not sent. The peer reads the code and the words.
    pub fn close(&self, code: u32, words: &str) {
        let connection = &self.shared.connection;
        if connection.close_reason().is_none() {
            connection.close(VarInt::from_u32(code), words.as_bytes());
        }
    }

    /// Waits until the line has ended, and says why.
    pub async fn ended(&self) -> LinkError {
        self.shared.connection.closed().await;
        self.shared.ending()
    }

    /// On the side that dials: goes on from another socket, when this device's address has
    /// changed. The connection migrates; nothing is lost.
    pub fn rebind(&self, socket: std::net::UdpSocket) -> std::io::Result<()> {
        match &self.endpoint {
            Some(endpoint) => endpoint.rebind(socket),
            None => Err(std::io::ErrorKind::Unsupported.into()),
        }
    }

    /// What went over the wire so far.
    pub fn stats(&self) -> LinkStats {
        let stats = self.shared.connection.stats();
        LinkStats {
            udp_bytes_sent: stats.udp_tx.bytes,
            udp_bytes_received: stats.udp_rx.bytes,
            datagrams_sent: stats.udp_tx.datagrams,
            datagrams_received: stats.udp_rx.datagrams,
            rtt: stats.path.rtt,
            packets_lost: stats.path.lost_packets,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close(close_code::DONE, "");
    }
}

/// The first certificate of the chain that the peer proved to own.
pub(crate) fn peer_certificate(connection: &Connection) -> Option<CertificateDer<'static>> {
    let chain = connection
        .peer_identity()?
        .downcast::<Vec<CertificateDer<'static>>>()
        .ok()?;
    chain.into_iter().next()
}
