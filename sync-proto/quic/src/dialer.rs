//! The side that dials.
//!
//! Each connection has a socket of its own. So the peer need not name the connection in its
//! packets (8 bytes less in each), and a NAT that has forgotten the old port does no harm.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{
    ClientConfig, Connecting, ConnectionId, ConnectionIdGenerator, Endpoint, EndpointConfig,
    TokioRuntime,
};

use crate::error::{DialError, IdentityError};
use crate::identity::{Identity, Purpose, Trust};
use crate::link::Link;
use crate::socket::{Sockets, SystemSockets};
use crate::tls;
use crate::tuning::{Tuning, UDP_PAYLOAD_BYTES_MIN};

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

/// Dials, and keeps the tickets with which a second connection is quicker than the first.
pub struct Dialer {
    sockets: Arc<dyn Sockets>,
    bind: SocketAddr,
    sync: Arc<QuicClientConfig>,
    join: Arc<QuicClientConfig>,
    tuning: Tuning,
    bulk_expected: AtomicBool,
    /// Where the last connection succeeded: an early one cannot find out which address answers.
    last_good: Mutex<Option<SocketAddr>>,
}

impl Dialer {
    /// Dials from `bind` (port 0, and the unspecified address for whichever family the peer has).
    /// A node that has not joined has no identity.
    pub fn new(
        bind: SocketAddr,
        identity: Option<&Identity>,
        trust: &Trust,
        tuning: Tuning,
    ) -> Result<Self, IdentityError> {
        Self::over(Arc::new(SystemSockets), bind, identity, trust, tuning)
    }

    /// Like [`Dialer::new`], over sockets that need not be the system's.
    pub fn over(
        sockets: Arc<dyn Sockets>,
        bind: SocketAddr,
        identity: Option<&Identity>,
        trust: &Trust,
        tuning: Tuning,
    ) -> Result<Self, IdentityError> {
        let crypto = |purpose| {
            tls::client_rustls(identity, trust, purpose, &tuning).and_then(tls::client_quic)
        };
        let (sync, join) = (crypto(Purpose::Sync)?, crypto(Purpose::Join)?);
        Ok(Self {
            sockets,
            bind,
            sync,
            join,
            tuning,
            bulk_expected: AtomicBool::new(false),
            last_good: Mutex::new(None),
        })
    }

    /// Whether the next connections will carry much, such as a first fill: then both sides look
    /// for the largest packet that the path takes, which costs one probe of 1.4 kB each way and
    /// saves a hundredth of the rest. Otherwise that probe would be a fifth of a short visit.
    pub fn expect_bulk(&self, expected: bool) {
        self.bulk_expected.store(expected, Ordering::Relaxed);
    }

    /// Connects to `address` (`host:port`) and waits until the handshake is complete on this side.
    /// `server_name` is the name in the peer's certificate.
    ///
    /// TLS 1.3 lets the dialling side finish first: that the peer refuses our certificate may come
    /// only as [`crate::LinkError::CertificateRefused`] from the link; the code is the same.
    pub async fn connect(
        &self,
        address: &str,
        server_name: &str,
        purpose: Purpose,
    ) -> Result<Link, DialError> {
        let mut failure = DialError::Unresolved {
            address: address.to_owned(),
        };
        for remote in resolve(address).await? {
            match self.connect_to(remote, server_name, purpose).await {
                Ok(link) => return Ok(link),
                Err(error) => failure = error,
            }
            if !matches!(
                failure,
                DialError::Unreachable | DialError::Busy | DialError::Socket(_)
            ) {
                break;
            }
        }
        Err(failure)
    }

    /// Like [`Dialer::connect`], but if there is a ticket from an earlier connection, the link is
    /// there at once and the first control frames go with the first packet (0-RTT). **Send only
    /// the session's hello before [`Link::confirmed`]**: early data has no forward secrecy. That
    /// the peer cannot be reached comes out there too.
    pub async fn connect_early(
        &self,
        address: &str,
        server_name: &str,
        purpose: Purpose,
    ) -> Result<Link, DialError> {
        let last_good = *self
            .last_good
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(remote) = last_good else {
            return self.connect(address, server_name, purpose).await;
        };
        if !resolve(address).await?.contains(&remote) {
            return self.connect(address, server_name, purpose).await;
        }
        let (endpoint, connecting) = self.start(remote, server_name, purpose)?;
        match connecting.into_0rtt() {
            Ok((connection, complete)) => Ok(Link::pending(
                connection,
                purpose,
                complete,
                self.tuning.handshake_timeout,
                Some(endpoint),
            )),
            Err(connecting) => {
                drop((connecting, endpoint));
                self.connect(address, server_name, purpose).await
            }
        }
    }

    async fn connect_to(
        &self,
        remote: SocketAddr,
        server_name: &str,
        purpose: Purpose,
    ) -> Result<Link, DialError> {
        let (endpoint, connecting) = self.start(remote, server_name, purpose)?;
        let open = async {
            match connecting.into_0rtt() {
                Ok((connection, complete)) => {
                    let accepted = complete.await;
                    match connection.close_reason() {
                        Some(error) => Err(error),
                        None => Ok((connection, accepted)),
                    }
                }
                Err(connecting) => connecting.await.map(|connection| (connection, false)),
            }
        };
        let (connection, early_accepted) =
            tokio::time::timeout(self.tuning.handshake_timeout, open)
                .await
                .map_err(|_| DialError::Unreachable)?
                .map_err(|error| DialError::from_connection(&error))?;
        *self
            .last_good
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(remote);
        Ok(Link::complete(
            connection,
            purpose,
            early_accepted,
            Some(endpoint),
        ))
    }

    fn start(
        &self,
        remote: SocketAddr,
        server_name: &str,
        purpose: Purpose,
    ) -> Result<(Endpoint, Connecting), DialError> {
        let bulk = self.bulk_expected.load(Ordering::Relaxed);
        let crypto = match purpose {
            Purpose::Sync => &self.sync,
            Purpose::Join => &self.join,
        };
        let mut config = ClientConfig::new(Arc::<QuicClientConfig>::clone(crypto));
        config.transport_config(self.tuning.dialing(bulk));
        let mut here = EndpointConfig::default();
        here.cid_generator(|| Box::new(Unnamed));
        if !bulk {
            // The peer sends no probe larger than what we say we take.
            let _ = here.max_udp_payload_size(UDP_PAYLOAD_BYTES_MIN);
        }
        here.rng_seed(self.sockets.seed());
        let socket = self.sockets.open(local_for(self.bind, remote));
        let socket = socket.map_err(DialError::Socket)?;
        let runtime = Arc::new(TokioRuntime);
        let endpoint = Endpoint::new_with_abstract_socket(here, None, socket, runtime)
            .map_err(DialError::Socket)?;
        let connecting = endpoint
            .connect_with(config, remote, server_name)
            .map_err(DialError::from_connect)?;
        Ok((endpoint, connecting))
    }
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer")
            .field("bind", &self.bind)
            .field("tuning", &self.tuning)
            .finish_non_exhaustive()
    }
}

async fn resolve(address: &str) -> Result<Vec<SocketAddr>, DialError> {
    match tokio::net::lookup_host(address).await {
        Ok(found) => Ok(found.take(ADDRESSES_MAX).collect()),
        Err(_) => Err(DialError::Unresolved {
            address: address.to_owned(),
        }),
    }
}

/// The local address to dial `remote` from.
fn local_for(bind: SocketAddr, remote: SocketAddr) -> SocketAddr {
    match (bind.ip().is_unspecified(), remote) {
        (false, _) => bind,
        (true, SocketAddr::V4(_)) => {
            SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), bind.port())
        }
        (true, SocketAddr::V6(_)) => {
            SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), bind.port())
        }
    }
}

/// Gives connections no name of their own: the socket has only one.
struct Unnamed;

impl ConnectionIdGenerator for Unnamed {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId::new(&[])
    }
    fn cid_len(&self) -> usize {
        0
    }
    fn cid_lifetime(&self) -> Option<std::time::Duration> {
        None
    }
}
