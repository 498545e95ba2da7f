//! A device joins over a real line and then syncs: the certificates made here are those that TLS
//! accepts there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::net::SocketAddr;

use bytes::Bytes;
use provisioning::{
    Accepted, Authority, FirstOfficer, JoinRequest, JoinResponse, JoinToken, NewToken, NodeKey,
    NodeName, TokenId, Validity, answer,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sync_proto::Class;
use sync_quic::{Dialer, Identity, Listener, Purpose, Trust, Tuning};

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn token(authority: &Authority, address: String) -> JoinToken {
    let officer = FirstOfficer {
        id: "lan".parse().unwrap(),
        display_name: "Lan".to_owned(),
        roles: vec!["residence".to_owned()],
    };
    let new = NewToken {
        id: TokenId::new([1; 16]),
        office: "00004".parse().unwrap(),
        expires_at: now() + 3600,
        addresses: vec![address],
        server_name: "central.npd".to_owned(),
        officer,
    };
    JoinToken::issue(&authority.issuer, new).unwrap()
}

/// The device's part, and beside it central's.
async fn join(authority: &Authority, listener: &Listener, key: &NodeKey) -> Accepted {
    let token = token(authority, listener.local_addr().unwrap().to_string());
    let trust = Trust::Fingerprint(*token.root_fingerprint());
    let dialer = Dialer::new(local(), None, &trust, Tuning::default()).unwrap();
    let dial = dialer.connect(&token.addresses()[0], token.server_name(), Purpose::Join);
    let (link, incoming) = tokio::join!(dial, listener.accept());
    let (link, incoming) = (link.unwrap(), incoming.unwrap());
    let request = JoinRequest::V1 {
        token: token.to_text(),
        request: key.request().unwrap(),
    };
    link.send(Class::Control, request.encode().into())
        .await
        .unwrap();
    let (_, request) = incoming.link.recv().await.unwrap().unwrap();
    let (response, _used) = answer(&authority.issuer, &request, now(), 90, |_| None).unwrap();
    incoming
        .link
        .send(Class::Control, response.encode().into())
        .await
        .unwrap();
    let (_, response) = link.recv().await.unwrap().unwrap();
    match JoinResponse::decode(&response).unwrap() {
        JoinResponse::Accepted(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_device_joins_with_a_token_and_syncs_with_what_it_was_given() {
    let authority = Authority::create(now()).unwrap();
    let validity = Validity::from_now(now(), 365).unwrap();
    let names = ["central.npd".to_owned()];
    let (chain, central_key) = authority.issuer.certify_server(&names, validity).unwrap();
    let central = Identity::from_pem(chain.as_bytes(), central_key.as_bytes()).unwrap();
    let root = authority.root.certificate();
    let listener = Listener::bind(local(), &central, root, Tuning::default()).unwrap();
    let key = NodeKey::generate().unwrap();
    let accepted = join(&authority, &listener, &key).await;

    let chain = accepted
        .chain
        .into_iter()
        .map(CertificateDer::from)
        .collect();
    let secret = PrivateKeyDer::from_pem_slice(key.to_pem().as_bytes()).unwrap();
    let identity = Identity::new(chain, secret).unwrap();
    let trust = Trust::Root(accepted.root.into());
    let dialer = Dialer::new(local(), Some(&identity), &trust, Tuning::default()).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let dial = dialer.connect(&address, "central.npd", Purpose::Sync);
    let (link, incoming) = tokio::join!(dial, listener.accept());
    let (link, incoming) = (link.unwrap(), incoming.unwrap());
    let name = NodeName::from_certificate(&incoming.peer.unwrap()).unwrap();
    assert_eq!((name.node, name.office), (key.node_id(), accepted.office));
    link.send(Class::Control, Bytes::from_static(b"hello"))
        .await
        .unwrap();
    assert!(incoming.link.recv().await.unwrap().is_some());
    incoming
        .link
        .send(Class::Control, Bytes::from_static(b"answer"))
        .await
        .unwrap();
    assert!(link.recv().await.unwrap().is_some());
    let bytes = link.stats().udp_bytes_sent + incoming.link.stats().udp_bytes_sent;
    println!("full handshake with these certificates, a frame each way: {bytes} bytes");
}
