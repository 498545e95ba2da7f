//! A centre that everybody reaches, an office behind its link, and what they say to each other.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use simulated_network::{Host, Network, Profile};
use sync_proto::Class;
use sync_quic::{Dialer, Link, Listener, Purpose, Trust, Tuning};

use crate::pki::{Pki, SERVER};

pub(crate) const CENTRE: &str = "10.0.0.1:4433";
/// How long a usual NAT of a mobile network keeps a silent port.
const NAT_PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Scene {
    pub(crate) network: Network,
    pub(crate) centre: Host,
    pub(crate) office: Host,
    pub(crate) pki: Pki,
    pub(crate) listener: Listener,
    pub(crate) dialer: Dialer,
}

pub(crate) fn anywhere() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 0))
}

pub(crate) fn centre_address() -> SocketAddr {
    CENTRE.parse().unwrap()
}

impl Scene {
    pub(crate) fn new(seed: u64, profile: Profile) -> Self {
        Self::tuned(seed, profile, &Tuning::default())
    }

    pub(crate) fn tuned(seed: u64, profile: Profile, tuning: &Tuning) -> Self {
        let network = Network::new(seed);
        let centre = network.host(centre_address().ip(), Profile::unshaped());
        let office = network.host_behind_nat(IpAddr::from([203, 0, 113, 7]), NAT_PATIENCE, profile);
        let pki = Pki::new();
        let listener = listen(&centre, &pki, tuning);
        let dialer = dialer(&office, &pki, tuning);
        Self {
            network,
            centre,
            office,
            pki,
            listener,
            dialer,
        }
    }

    /// A line from the office, from both ends.
    pub(crate) async fn connect(&self) -> (Link, Link) {
        connect(&self.dialer, &self.listener).await
    }

    /// A full visit, after which the dialler holds a ticket.
    pub(crate) async fn first_visit(&self) {
        let (near, far) = self.connect().await;
        there_and_back(&near, &far).await;
        near.finish(0, "").await;
        far.ended().await;
    }
}

/// A listener to which nobody comes.
pub(crate) fn listen_elsewhere(host: &Host, pki: &Pki) -> Listener {
    Listener::over(host, anywhere(), &pki.server, &pki.root, Tuning::default()).unwrap()
}

pub(crate) fn listen(host: &Host, pki: &Pki, tuning: &Tuning) -> Listener {
    let address = centre_address();
    Listener::over(host, address, &pki.server, &pki.root, tuning.clone()).unwrap()
}

pub(crate) fn dialer(host: &Host, pki: &Pki, tuning: &Tuning) -> Dialer {
    let trust = Trust::Root(pki.root.clone());
    let sockets = Arc::new(host.clone());
    Dialer::over(sockets, anywhere(), Some(&pki.node), &trust, tuning.clone()).unwrap()
}

pub(crate) async fn connect(dialer: &Dialer, listener: &Listener) -> (Link, Link) {
    let dial = dialer.connect(CENTRE, SERVER, Purpose::Sync);
    let (near, far) = tokio::join!(dial, listener.accept());
    (near.unwrap(), far.unwrap().link)
}

pub(crate) fn small(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

pub(crate) async fn there_and_back(near: &Link, far: &Link) {
    for (from, to) in [(near, far), (far, near)] {
        from.send(Class::Control, small("sixteen bytes..."))
            .await
            .unwrap();
        assert!(to.recv().await.unwrap().is_some());
    }
}

/// A frame whose content follows from its class and number.
fn page(class: Class, number: u32, bytes: usize) -> Bytes {
    let fill = class
        .tag()
        .wrapping_mul(31)
        .wrapping_add(number.to_le_bytes()[0]);
    let mut page = number.to_le_bytes().to_vec();
    page.resize(bytes.max(4), fill);
    page.into()
}

/// Sends so many frames of every class, the classes in turn.
pub(crate) async fn send_pages(link: &Link, count: u32, bytes: usize) {
    for number in 0..count {
        for class in Class::ALL {
            link.send(class, page(class, number, bytes)).await.unwrap();
        }
    }
}

/// Takes them, and sees that they are whole and in the order of their class.
pub(crate) async fn take_pages(link: &Link, count: u32, bytes: usize) {
    let mut next = [0; Class::ALL.len()];
    for _ in 0..usize::try_from(count).unwrap() * Class::ALL.len() {
        let (class, body) = link.recv().await.unwrap().expect("a frame");
        let number = &mut next[usize::from(class.tag()) - 1];
        assert!(body == page(class, *number, bytes), "{class:?} {number}");
        *number += 1;
    }
    assert_eq!(next, [count; Class::ALL.len()]);
}

/// Both at once, both ways.
pub(crate) async fn exchange(near: &Link, far: &Link, count: u32, bytes: usize) {
    tokio::join!(
        send_pages(near, count, bytes),
        send_pages(far, count, bytes),
        take_pages(near, count, bytes),
        take_pages(far, count, bytes),
    );
}
