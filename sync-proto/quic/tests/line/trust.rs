//! Who is let in, who is trusted, and what each refusal is called.

use std::time::Duration;

use bytes::Bytes;
use sync_proto::Class;
use sync_quic::{Dialer, Purpose, Trust, Tuning};

use crate::pki::{Pki, SERVER, address, connect, local};

#[tokio::test]
async fn both_sides_see_the_other_s_certificate() {
    let pki = Pki::new();
    let listener = pki.listen();
    let (link, incoming) = connect(&pki.dialer(), &listener).await;
    assert_eq!(incoming.purpose, Purpose::Sync);
    assert_eq!(incoming.peer.as_ref(), pki.node.leaf());
    assert_eq!(incoming.link.peer_certificate().as_ref(), pki.node.leaf());
    assert_eq!(link.peer_certificate().as_ref(), pki.server.leaf());
    assert_eq!(link.confirmed().await, Ok(false));
}

#[tokio::test]
async fn a_sync_line_without_a_certificate_is_refused_by_name() {
    let pki = Pki::new();
    let listener = pki.listen();
    let dialer = pki.dialer_as(None, &Trust::Root(pki.root.clone()));
    let link = dialer
        .connect(&address(&listener), SERVER, Purpose::Sync)
        .await
        .unwrap();
    assert_eq!(link.recv().await.unwrap_err().code(), "certificate_missing");
    // The listener has handed nothing on: the next it hands on is the good one.
    let (_near, far) = connect(&pki.dialer(), &listener).await;
    assert!(far.peer.is_some());
}

#[tokio::test]
async fn a_node_of_another_root_is_refused() {
    let (pki, other) = (Pki::new(), Pki::new());
    let listener = pki.listen();
    let dialer = pki.dialer_as(Some(&other.node), &Trust::Root(pki.root.clone()));
    let link = dialer
        .connect(&address(&listener), SERVER, Purpose::Sync)
        .await
        .unwrap();
    assert_eq!(link.recv().await.unwrap_err().code(), "certificate_refused");
}

#[tokio::test]
async fn a_server_of_another_root_or_of_another_name_is_not_trusted() {
    let (pki, other) = (Pki::new(), Pki::new());
    let listener = pki.listen();
    let foreign = pki.dialer_as(Some(&pki.node), &Trust::Root(other.root.clone()));
    let error = foreign
        .connect(&address(&listener), SERVER, Purpose::Sync)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "wrong_server", "{error}");
    let dialer = pki.dialer();
    let error = dialer
        .connect(&address(&listener), "other.npd", Purpose::Sync)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "wrong_server", "{error}");
    assert!(
        dialer
            .connect(&address(&listener), SERVER, Purpose::Sync)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn joining_needs_no_certificate_but_the_root_s_fingerprint() {
    let pki = Pki::new();
    let listener = pki.listen();
    let fingerprint = *blake3::hash(&pki.root).as_bytes();
    let dialer = pki.dialer_as(None, &Trust::Fingerprint(fingerprint));
    let address = address(&listener);
    let dial = dialer.connect(&address, SERVER, Purpose::Join);
    let (link, incoming) = tokio::join!(dial, listener.accept());
    let (link, incoming) = (link.unwrap(), incoming.unwrap());
    assert_eq!(
        (incoming.purpose, incoming.peer.is_none()),
        (Purpose::Join, true)
    );
    link.send(Class::Control, Bytes::from_static(b"request"))
        .await
        .unwrap();
    assert!(incoming.link.recv().await.unwrap().is_some());
    incoming
        .link
        .send(Class::Control, Bytes::from_static(b"answer"))
        .await
        .unwrap();
    assert!(link.recv().await.unwrap().is_some());
    // A stranger may say little: no other class, and no long frame.
    let error = link.send(Class::Fill, Bytes::new()).await.unwrap_err();
    assert_eq!(error.code(), "class_not_allowed");
    let error = link
        .send(Class::Control, vec![0; 17_000].into())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "frame_too_long");
}

#[tokio::test]
async fn a_wrong_fingerprint_or_a_leaf_of_another_root_is_not_trusted() {
    let (pki, other) = (Pki::new(), Pki::new());
    let listener = pki.listen();
    let wrong = pki.dialer_as(None, &Trust::Fingerprint([7; 32]));
    let error = wrong
        .connect(&address(&listener), SERVER, Purpose::Join)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "wrong_server", "{error}");
    // A stranger shows the right root beside a chain that does not end in it.
    let impostor =
        sync_quic::Listener::bind(local(), &other.server, &pki.root, Tuning::default()).unwrap();
    let fingerprint = *blake3::hash(&pki.root).as_bytes();
    let dialer = pki.dialer_as(None, &Trust::Fingerprint(fingerprint));
    let error = dialer
        .connect(&address(&impostor), SERVER, Purpose::Join)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "wrong_server", "{error}");
    let error = dialer
        .connect(&address(&listener), "x.npd", Purpose::Join)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "wrong_server", "{error}");
    assert!(
        dialer
            .connect(&address(&listener), SERVER, Purpose::Join)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_clock_that_is_behind_still_finds_the_server_and_one_ahead_says_so() {
    let pki = Pki::new();
    let dial = async |server| {
        let listener =
            sync_quic::Listener::bind(local(), server, &pki.root, Tuning::default()).unwrap();
        let dialer = pki.dialer();
        let address = address(&listener);
        let dialled = dialer.connect(&address, SERVER, Purpose::Sync);
        dialled.await.map(drop).map_err(|error| error.code())
    };
    // A certificate from the future: this machine's clock is a lifetime behind.
    assert_eq!(dial(&pki.future_server).await, Ok(()));
    assert_eq!(dial(&pki.expired_server).await, Err("certificate_time"));
    assert_eq!(dial(&pki.server).await, Ok(()));
}

#[tokio::test]
async fn an_expired_node_is_let_in_only_within_the_grace() {
    let pki = Pki::new();
    let strict = pki.listen();
    let dialer = pki.dialer_as(Some(&pki.expired_node), &Trust::Root(pki.root.clone()));
    let link = dialer
        .connect(&address(&strict), SERVER, Purpose::Sync)
        .await
        .unwrap();
    assert_eq!(link.recv().await.unwrap_err().code(), "certificate_refused");
    let century = Duration::from_secs(100 * 365 * 86_400);
    let lenient = pki.listen_with(Tuning {
        certificate_grace: century,
        ..Tuning::default()
    });
    let (_link, incoming) = connect(&dialer, &lenient).await;
    assert_eq!(incoming.peer.as_ref(), pki.expired_node.leaf());
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_apart() {
    let pki = Pki::new();
    let quick = Tuning {
        handshake_timeout: Duration::from_millis(50),
        ..Tuning::default()
    };
    let trust = Trust::Root(pki.root.clone());
    let dialer = Dialer::new(local(), Some(&pki.node), &trust, quick).unwrap();
    // Bound, so nobody else has the port, and silent.
    let silent = std::net::UdpSocket::bind(local()).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let error = dialer
        .connect(&address, SERVER, Purpose::Sync)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unreachable");
    let error = dialer
        .connect("no port", SERVER, Purpose::Sync)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unresolved");
    let listener = pki.listen();
    let error = dialer
        .connect(&crate::pki::address(&listener), "", Purpose::Sync)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "server_name");
}
