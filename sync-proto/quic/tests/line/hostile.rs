//! Peers that break the rules: each ends the line, under a name of its own, and nothing else.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{Connection, Endpoint, VarInt};
use rustls::RootCertStore;
use sync_proto::{Class, limits};
use sync_quic::{Link, LinkError, Purpose, close_code};

use crate::pki::{Pki, SERVER, local};

/// A client that speaks QUIC and TLS as it should, and nothing more.
async fn raw(pki: &Pki, to: SocketAddr, alpn: &[u8]) -> Result<Connection, quinn::ConnectionError> {
    let mut roots = RootCertStore::empty();
    roots.add(pki.root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let (chain, key) = pki.node_parts();
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    tls.alpn_protocols = vec![alpn.to_vec()];
    let quic = QuicClientConfig::try_from(tls).unwrap();
    let endpoint = Endpoint::client(local()).unwrap();
    endpoint
        .connect_with(quinn::ClientConfig::new(Arc::new(quic)), to, SERVER)
        .unwrap()
        .await
}

async fn attacked(purpose: Purpose) -> (sync_quic::Listener, Connection, Link) {
    let pki = Pki::new();
    let listener = pki.listen();
    let to = listener.local_addr().unwrap();
    let (connection, incoming) = tokio::join!(raw(&pki, to, purpose.alpn()), listener.accept());
    (listener, connection.unwrap(), incoming.unwrap().link)
}

async fn write(connection: &Connection, bytes: &[u8]) -> quinn::SendStream {
    let mut stream = connection.open_uni().await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

async fn code_seen_by(connection: &Connection) -> VarInt {
    match connection.closed().await {
        quinn::ConnectionError::ApplicationClosed(close) => close.error_code,
        other => panic!("{other}"),
    }
}

const FRAMING: VarInt = VarInt::from_u32(close_code::FRAMING);

#[tokio::test]
async fn a_well_behaved_stranger_is_understood() {
    let (_listener, connection, link) = attacked(Purpose::Sync).await;
    let _stream = write(&connection, &[Class::Control.tag(), 2, b'h', b'i']).await;
    let hi = Bytes::from_static(b"hi");
    assert_eq!(link.recv().await.unwrap(), Some((Class::Control, hi)));
}

#[tokio::test]
async fn a_frame_that_announces_too_much_ends_the_line() {
    let (_listener, connection, link) = attacked(Purpose::Sync).await;
    // 2^21 - 1 bytes.
    let _stream = write(&connection, &[Class::Control.tag(), 0xff, 0xff, 0x7f]).await;
    let error = link.recv().await.unwrap_err();
    let bytes_max = limits::FRAME_BYTES_MAX;
    assert_eq!(
        error,
        LinkError::FrameTooLong {
            class: Class::Control,
            bytes_max
        }
    );
    assert_eq!(code_seen_by(&connection).await, FRAMING);
}

#[tokio::test]
async fn a_second_stream_of_a_class_ends_the_line() {
    let (_listener, connection, link) = attacked(Purpose::Sync).await;
    let _first = write(&connection, &[Class::Feed.tag(), 0]).await;
    let _second = write(&connection, &[Class::Feed.tag(), 0]).await;
    let error = link.recv().await.unwrap_err();
    assert_eq!(error, LinkError::SecondStream { class: Class::Feed });
    assert_eq!(code_seen_by(&connection).await, FRAMING);
}

#[tokio::test]
async fn an_unknown_class_ends_the_line() {
    let (_listener, connection, link) = attacked(Purpose::Sync).await;
    let _stream = write(&connection, &[99, 0]).await;
    assert_eq!(
        link.recv().await.unwrap_err(),
        LinkError::UnknownClass { tag: 99 }
    );
}

#[tokio::test]
async fn a_class_that_a_joining_node_has_no_use_for_ends_the_line() {
    let (_listener, connection, link) = attacked(Purpose::Join).await;
    let _stream = write(&connection, &[Class::Push.tag(), 0]).await;
    assert_eq!(link.recv().await.unwrap_err().code(), "class_not_allowed");
}

#[tokio::test]
async fn a_stream_broken_off_within_a_frame_ends_the_line() {
    for reset in [false, true] {
        let (_listener, connection, link) = attacked(Purpose::Sync).await;
        let mut stream = write(&connection, &[Class::Control.tag(), 5, b'h']).await;
        if reset {
            stream.reset(VarInt::from_u32(1)).unwrap();
        } else {
            stream.finish().unwrap();
        }
        assert_eq!(link.recv().await.unwrap_err(), LinkError::TornFrame);
    }
}

#[tokio::test]
async fn two_way_streams_and_datagrams_are_not_offered() {
    let (_listener, connection, link) = attacked(Purpose::Sync).await;
    assert_eq!(connection.max_datagram_size(), None);
    let open = tokio::select! {
        biased;
        opened = connection.open_bi() => opened.is_ok(),
        () = std::future::ready(()) => false,
    };
    assert!(!open);
    // Nothing is wrong with the line itself.
    let _stream = write(&connection, &[Class::Control.tag(), 0]).await;
    assert!(link.recv().await.unwrap().is_some());
}

#[tokio::test]
async fn another_protocol_is_refused_in_the_handshake() {
    let pki = Pki::new();
    let listener = pki.listen();
    let to = listener.local_addr().unwrap();
    assert!(raw(&pki, to, b"npd/2").await.is_err());
    assert!(raw(&pki, to, Purpose::Sync.alpn()).await.is_ok());
}
