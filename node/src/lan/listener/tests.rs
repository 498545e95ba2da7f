//! What a connection may do to the others: nothing.

use axum::routing::get;
use provisioning::{NodeKey, ScreensAuthority, ScreensKey, ScreensName, ScreensRequest, Validity};
use registry::OfficeCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::ClientHello;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::*;

const NAME: &str = "office-00004.office.internal";

#[derive(Debug)]
struct Fixed(Arc<CertifiedKey>);

impl ResolvesServerCert for Fixed {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A port with short limits, and what reaches it.
struct Port {
    address: SocketAddr,
    client: TlsConnector,
    _stop: watch::Sender<bool>,
}

fn certified() -> (Fixed, RootCertStore) {
    let now = crate::clock::device_s();
    let authority = ScreensAuthority::create(now).unwrap();
    let office = OfficeCode::new(4).unwrap();
    let (node, key) = (
        NodeKey::generate().unwrap(),
        ScreensKey::generate().unwrap(),
    );
    let names = [ScreensName::of_office(office)];
    let request = ScreensRequest::new(office, &node, &key, &names).unwrap();
    let validity = Validity::from_now(now, 1).unwrap();
    let made = authority
        .issuer
        .certify(&request, &[office], validity)
        .unwrap();
    let chain = made.chain.into_iter().map(CertificateDer::from).collect();
    let key = PrivateKeyDer::from_pem_slice(key.to_pem().as_bytes()).unwrap();
    let certified = CertifiedKey::from_der(chain, key, &default_provider()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.root.into()).unwrap();
    (Fixed(Arc::new(certified)), roots)
}

async fn port(limits: Limits) -> Port {
    let (certified, roots) = certified();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = acceptor(Arc::new(certified)).unwrap();
    let router = Router::new().route("/", get(|| async { "here" }));
    let (stopping, stop) = watch::channel(false);
    tokio::spawn(serve(
        listener,
        tls,
        router,
        "https://here".into(),
        limits,
        stop,
    ));
    let client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Port {
        address,
        client: TlsConnector::from(Arc::new(client)),
        _stop: stopping,
    }
}

impl Port {
    async fn raw(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// On a busy machine somebody honest may be too slow for a short limit, and tries again.
    async fn is_served(&self) -> bool {
        for _ in 0..10 {
            if self
                .answer()
                .await
                .is_ok_and(|answer| answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"))
            {
                return true;
            }
        }
        false
    }

    /// The same for a connection that is to be slow in what follows.
    async fn connect_at_last(&self) -> TlsStream<TcpStream> {
        for _ in 0..10 {
            let name = ServerName::try_from(NAME).unwrap();
            if let Ok(stream) = self.client.connect(name, self.raw().await).await {
                return stream;
            }
        }
        panic!("nobody was served");
    }

    async fn answer(&self) -> std::io::Result<String> {
        let name = ServerName::try_from(NAME).unwrap();
        let mut stream = self.client.connect(name, self.raw().await).await?;
        let request = format!("GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        Ok(answer)
    }
}

/// Whatever the peer still says, the connection ends.
async fn ends(mut stream: impl tokio::io::AsyncRead + Unpin) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
}

const SHORT: Limits = Limits {
    handshake: Duration::from_millis(300),
    head: Duration::from_millis(300),
};

#[tokio::test]
async fn who_connects_and_says_nothing_is_let_go() {
    let port = port(SHORT).await;
    ends(port.raw().await).await;
    let mut half = port.raw().await;
    half.write_all(&[0x16, 3, 1, 2]).await.unwrap();
    ends(half).await;
    assert!(port.is_served().await);
}

#[tokio::test]
async fn a_head_that_comes_letter_by_letter_is_not_waited_for() {
    let port = port(SHORT).await;
    let mut slow = port.connect_at_last().await;
    slow.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nX: ")
        .await
        .unwrap();
    slow.flush().await.unwrap();
    ends(slow).await;
    assert!(port.is_served().await);
}

#[tokio::test]
async fn what_is_neither_tls_nor_http_ends_itself_alone() {
    let port = port(Limits::default()).await;
    for bytes in [
        &[0; 600][..],
        &[0x16, 3, 1, 0xff, 0xff, 1, 1, 1, 1],
        &[0x16; 5000],
        b"\x80\x2e\x01\x00\x02",
    ] {
        let mut stream = port.raw().await;
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        ends(stream).await;
    }
    assert!(port.is_served().await);
}

#[tokio::test]
async fn plain_http_is_told_where_the_screens_are() {
    let port = port(Limits::default()).await;
    let mut stream = port.raw().await;
    stream
        .write_all(b"GET /find?q=secret HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("Open: https://here\n"), "{answer}");
    assert!(!answer.contains("secret"));
    assert!(port.is_served().await);
}

#[test]
fn one_machine_does_not_take_the_places_of_all() {
    let places = Places::default();
    let machine = |n: u8| IpAddr::from([192, 168, 1, n]);
    let held: Vec<Place> = std::iter::from_fn(|| places.take(machine(1))).collect();
    assert_eq!(held.len(), CONNECTIONS_OF_ONE_MAX);
    let other = places.take(machine(2)).unwrap();
    drop(held);
    assert!(places.take(machine(1)).is_some());
    drop(other);
    let all = (0..=255).flat_map(|n| [n; 8]);
    let all: Vec<Place> = all.filter_map(|n| places.take(machine(n))).collect();
    assert_eq!(all.len(), CONNECTIONS_MAX);
    drop(all);
    assert!(places.0.lock().unwrap().is_empty());
}
