//! The second connection: resumed, with the hello in the first packet.

use bytes::Bytes;
use sync_proto::Class;
use sync_quic::{Purpose, Trust};

use crate::pki::{Pki, SERVER, address, connect};

const HELLO: Bytes = Bytes::from_static(b"hello");
const ANSWER: Bytes = Bytes::from_static(b"answer");

#[tokio::test]
async fn an_early_hello_is_answered_and_the_peer_is_known() {
    let pki = Pki::new();
    let (listener, dialer) = (pki.listen(), pki.dialer());
    let (first, far) = connect(&dialer, &listener).await;
    assert!(!first.early_accepted());
    first.send(Class::Control, HELLO).await.unwrap();
    far.link.recv().await.unwrap();
    far.link.send(Class::Control, ANSWER).await.unwrap();
    first.recv().await.unwrap();
    drop((first, far));

    let early = dialer
        .connect_early(&address(&listener), SERVER, Purpose::Sync)
        .await
        .unwrap();
    early.send(Class::Control, HELLO).await.unwrap();
    let far = listener.accept().await.unwrap();
    assert_eq!(far.peer.as_ref(), pki.node.leaf());
    assert_eq!(
        far.link.recv().await.unwrap(),
        Some((Class::Control, HELLO))
    );
    far.link.send(Class::Control, ANSWER).await.unwrap();
    assert_eq!(early.recv().await.unwrap(), Some((Class::Control, ANSWER)));
    assert_eq!(early.confirmed().await, Ok(true));
    assert!(early.early_accepted() && early.resumed());
    assert_eq!(early.peer_certificate().as_ref(), pki.server.leaf());
    assert!(far.link.confirmed().await.is_ok());
    // From now on everything may go.
    early.send(Class::Push, HELLO).await.unwrap();
    assert_eq!(far.link.recv().await.unwrap(), Some((Class::Push, HELLO)));
}

#[tokio::test]
async fn a_hello_that_was_not_taken_early_goes_again_by_itself() {
    let pki = Pki::new();
    let dialer = pki.dialer();
    let first_listener = pki.listen();
    let socket = first_listener.local_addr().unwrap();
    let (first, far) = connect(&dialer, &first_listener).await;
    first.send(Class::Control, HELLO).await.unwrap();
    far.link.recv().await.unwrap();
    far.link.send(Class::Control, ANSWER).await.unwrap();
    first.recv().await.unwrap();
    // The listener starts anew at the same place and has forgotten its sessions.
    first_listener.close(0, "restart");
    first_listener.idle().await;
    drop((first, far, first_listener));
    let listener = loop {
        let tuning = sync_quic::Tuning::default();
        match sync_quic::Listener::bind(socket, &pki.server, &pki.root, tuning) {
            Ok(listener) => break listener,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let early = dialer
        .connect_early(&socket.to_string(), SERVER, Purpose::Sync)
        .await
        .unwrap();
    early.send(Class::Control, HELLO).await.unwrap();
    early.send(Class::Control, ANSWER).await.unwrap();
    let far = listener.accept().await.unwrap();
    assert_eq!(
        far.link.recv().await.unwrap(),
        Some((Class::Control, HELLO))
    );
    assert_eq!(
        far.link.recv().await.unwrap(),
        Some((Class::Control, ANSWER))
    );
    assert_eq!(early.confirmed().await, Ok(false));
    assert!(!early.resumed());
}

#[tokio::test]
async fn acts_wait_for_the_handshake_even_when_the_hello_does_not() {
    let pki = Pki::new();
    let (listener, dialer) = (pki.listen(), pki.dialer());
    let (first, far) = connect(&dialer, &listener).await;
    far.link.send(Class::Control, ANSWER).await.unwrap();
    first.recv().await.unwrap();
    drop((first, far));
    let early = dialer
        .connect_early(&address(&listener), SERVER, Purpose::Sync)
        .await
        .unwrap();
    early.send(Class::Control, HELLO).await.unwrap();
    let before = early.confirmed();
    let push = early.send(Class::Push, HELLO);
    let (confirmed, push, far) = tokio::join!(before, push, listener.accept());
    assert_eq!((confirmed, push), (Ok(true), Ok(())));
    let far = far.unwrap();
    assert_eq!(
        far.link.recv().await.unwrap(),
        Some((Class::Control, HELLO))
    );
    assert_eq!(far.link.recv().await.unwrap(), Some((Class::Push, HELLO)));
}

#[tokio::test]
async fn a_session_without_a_certificate_does_not_become_one_with() {
    let pki = Pki::new();
    let listener = pki.listen();
    let stranger = pki.dialer_as(None, &Trust::Root(pki.root.clone()));
    for _ in 0..2 {
        let link = stranger
            .connect(&address(&listener), SERVER, Purpose::Sync)
            .await
            .unwrap();
        assert_eq!(link.recv().await.unwrap_err().code(), "certificate_missing");
    }
}
