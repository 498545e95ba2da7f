//! A line with a real node's key, on which anything can be said.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{Connection, ConnectionError, Endpoint};
use registry_tests::daemons::Office;
use registry_tests::world::CENTRAL_NAME;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sync_proto::Class;
use sync_quic::Purpose;

/// A client with a real node's key that speaks QUIC and TLS as it should, and then anything.
pub(super) async fn raw(office: &Office, root: &Path, to: SocketAddr) -> Connection {
    let pem = |path: &Path| fs::read(path).unwrap();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&pem(root)).unwrap())
        .unwrap();
    let chain = CertificateDer::pem_slice_iter(&pem(&office.data.join("node.pem")))
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(&pem(&office.data.join("node.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    tls.alpn_protocols = vec![Purpose::Sync.alpn().to_vec()];
    let config = quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
    let endpoint = Endpoint::client(([127, 0, 0, 1], 0).into()).unwrap();
    endpoint
        .connect_with(config, to, CENTRAL_NAME)
        .unwrap()
        .await
        .unwrap()
}

/// Sends bytes on the stream for control; the code with which the centre closes.
pub(super) async fn closed_with(connection: &Connection, bytes: &[u8]) -> u64 {
    let mut stream = connection.open_uni().await.unwrap();
    stream.write_all(&[Class::Control.tag()]).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    match connection.closed().await {
        ConnectionError::ApplicationClosed(close) => close.error_code.into_inner(),
        other => panic!("{other}"),
    }
}
