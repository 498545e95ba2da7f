//! A listener that dies without a word and comes back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sync_proto::Class;
use sync_quic::{Dialer, LinkError, Listener, Purpose, Trust, Tuning};
use tokio::net::UdpSocket;
use tokio::sync::watch;

use crate::pki::{Pki, SERVER, local};

/// Hands packets on between one dialler and whoever listens now. It stands for a network in which
/// the machine at one address is replaced by another process.
async fn relay(near: Arc<UdpSocket>, mut to: watch::Receiver<SocketAddr>) {
    let far = UdpSocket::bind(local()).await.unwrap();
    let (mut up, mut down) = (vec![0; 2048], vec![0; 2048]);
    let mut dialler = None;
    loop {
        tokio::select! {
            packet = near.recv_from(&mut up) => {
                let (length, from) = packet.unwrap();
                dialler = Some(from);
                let listener = *to.borrow_and_update();
                far.send_to(&up[..length], listener).await.unwrap();
            }
            packet = far.recv_from(&mut down) => {
                let (length, from) = packet.unwrap();
                // What the dead process still says does not arrive.
                if let Some(dialler) = dialler.filter(|_| from == *to.borrow()) {
                    near.send_to(&down[..length], dialler).await.unwrap();
                }
            }
        }
    }
}

/// Silence alone ends no line here, so that it can only be the reset.
fn patient() -> Tuning {
    Tuning {
        idle_timeout: Duration::from_secs(86_400),
        ..Tuning::default()
    }
}

struct Scene {
    pki: Pki,
    first: Listener,
    address: String,
    to: watch::Sender<SocketAddr>,
}

async fn scene() -> Scene {
    let pki = Pki::new();
    let first = pki.listen_with(patient());
    let near = Arc::new(UdpSocket::bind(local()).await.unwrap());
    let address = near.local_addr().unwrap().to_string();
    let (to, target) = watch::channel(first.local_addr().unwrap());
    tokio::spawn(relay(near, target));
    Scene {
        pki,
        first,
        address,
        to,
    }
}

#[tokio::test]
async fn a_listener_that_comes_back_ends_the_lines_that_it_no_longer_knows() {
    let Scene {
        pki,
        first,
        address,
        to,
    } = scene().await;
    let trust = Trust::Root(pki.root.clone());
    let dialer = Dialer::new(local(), Some(&pki.node), &trust, patient()).unwrap();
    let dial = dialer.connect(&address, SERVER, Purpose::Sync);
    let (link, incoming) = tokio::join!(dial, first.accept());
    let (link, far) = (link.unwrap(), incoming.unwrap().link);
    link.send(Class::Control, Bytes::from_static(b"one"))
        .await
        .unwrap();
    assert!(far.recv().await.unwrap().is_some());

    let second = pki.listen_with(patient());
    to.send(second.local_addr().unwrap()).unwrap();
    link.send(Class::Control, Bytes::from_static(b"two"))
        .await
        .unwrap();
    let ended = link.recv().await;
    assert!(matches!(ended, Err(LinkError::Lost)), "{ended:?}");
    assert!(matches!(link.ended().await, LinkError::Lost));
}
