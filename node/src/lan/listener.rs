//! Takes connections from the office's network: so many at once, so many of one machine, each with a
//! limit for its handshake and for every head of a request. Whatever a connection does, it ends
//! itself and nothing else.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::server::ResolvesServerCert;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{Error, ServerConfig};

use super::plain;

/// Connections at once.
const CONNECTIONS_MAX: usize = 256;
/// Connections of one machine at once: a browser opens six, and one more to follow the office.
const CONNECTIONS_OF_ONE_MAX: usize = 32;
/// Largest head of a request, bytes.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// How long open requests may take when the daemon stops.
const LAST_REQUESTS: Duration = Duration::from_secs(3);
/// How long nobody is taken when the system refuses.
const BREATH: Duration = Duration::from_millis(200);

/// How long a connection may take for what it owes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For the handshake.
    handshake: Duration,
    /// For the head of a request, and until the next one begins.
    head: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(15),
        }
    }
}

/// TLS 1.3 with whatever certificate is good just now.
pub(super) fn acceptor(
    credential: Arc<impl ResolvesServerCert + 'static>,
) -> Result<TlsAcceptor, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(credential);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Who is connected, and how often.
#[derive(Clone, Default)]
struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection's place.
struct Place(Places, IpAddr);

impl Places {
    fn take(&self, of: IpAddr) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.values().sum::<usize>() >= CONNECTIONS_MAX {
            return None;
        }
        let own = taken.entry(of).or_default();
        if *own >= CONNECTIONS_OF_ONE_MAX {
            return None;
        }
        *own += 1;
        Some(Place(self.clone(), of))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.1) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                taken.remove(&self.1);
            }
        }
    }
}

/// Serves until told to stop. `url` is where plain HTTP is sent to.
pub(super) async fn serve(
    listener: TcpListener,
    tls: TlsAcceptor,
    router: Router,
    url: Arc<str>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let places = Places::default();
    let stopping = stop.clone();
    loop {
        let stopped = async {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        let (stream, peer): (TcpStream, SocketAddr) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!("no connection was taken: {error}");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
            () = stopped => return,
        };
        let Some(place) = places.take(peer.ip().to_canonical()) else {
            metrics::counter!("node_lan_refused_total").increment(1);
            continue;
        };
        let one = One {
            tls: tls.clone(),
            router: router.clone(),
            url: Arc::clone(&url),
            limits,
            stop: stopping.clone(),
        };
        tokio::spawn(async move {
            one.serve(stream).await;
            drop(place);
        });
    }
}

/// What one connection needs.
struct One {
    tls: TlsAcceptor,
    router: Router,
    url: Arc<str>,
    limits: Limits,
    stop: watch::Receiver<bool>,
}

impl One {
    async fn serve(mut self, stream: TcpStream) {
        let begun = tokio::time::timeout(self.limits.handshake, async {
            if plain::is_http(&stream).await {
                plain::tell(stream, &self.url).await;
                return None;
            }
            self.tls.accept(stream).await.ok()
        });
        let Ok(Some(stream)) = begun.await else {
            return;
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_buf_size(HEAD_BYTES_MAX);
        let service = TowerToHyperService::new(self.router);
        let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
        let stopped = async {
            let _ = self.stop.wait_for(|stop| *stop).await;
        };
        tokio::select! {
            // What goes wrong on it is the peer's affair.
            _ = connection.as_mut() => {}
            () = stopped => {
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(LAST_REQUESTS, connection).await;
            }
        }
    }
}

#[cfg(test)]
mod tests;
