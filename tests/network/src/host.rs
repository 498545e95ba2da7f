//! A host: what a test does to it and its link, and the sockets on it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use sync_quic::{AsyncUdpSocket, Sockets};

use crate::network::Network;
use crate::profile::Profile;
use crate::socket::Socket;
use crate::trace::{Counts, Recording};
use crate::world::{HostId, HostState};

/// A direction of a host's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the host.
    Up,
    /// To the host.
    Down,
    /// Both.
    Both,
}

/// A host on the network; gives sockets to listeners and diallers. Clones are the same host.
#[derive(Debug, Clone)]
pub struct Host {
    network: Network,
    id: HostId,
}

impl Host {
    pub(crate) fn new(network: Network, id: HostId) -> Self {
        Self { network, id }
    }

    fn with<T>(&self, change: impl FnOnce(&mut HostState) -> T) -> Option<T> {
        self.network
            .shared
            .world()
            .hosts
            .get_mut(self.id)
            .map(change)
    }

    /// Nothing passes in this direction any more; what is under way still arrives.
    pub fn cut(&self, way: Way) {
        self.open(way, false);
    }

    /// Packets pass again in this direction.
    pub fn mend(&self, way: Way) {
        self.open(way, true);
    }

    fn open(&self, way: Way, open: bool) {
        self.with(|host| {
            if way != Way::Down {
                host.up.open = open;
            }
            if way != Way::Up {
                host.down.open = open;
            }
        });
    }

    /// The link is another one from now on.
    pub fn reshape(&self, profile: Profile) {
        self.with(|host| {
            host.up.reshape(profile.up_kbps, profile);
            host.down.reshape(profile.down_kbps, profile);
        });
    }

    /// The NAT before this host forgets all: the next packet goes from another port, and what is
    /// sent to the old one arrives nowhere.
    pub fn forget_ports(&self) {
        self.with(|host| host.nat.as_mut().map(|nat| nat.forget()));
    }

    /// The NAT before this host gets another address, and forgets all.
    pub fn readdress(&self, address: IpAddr) {
        self.with(|host| {
            host.outer = address;
            host.nat.as_mut().map(|nat| nat.forget())
        });
    }

    /// As if the machine's power had failed: the sockets that are open now give and get nothing
    /// any more. Those opened later work.
    pub fn unplug(&self) {
        self.network.shared.world().unplug(self.id);
    }

    /// What it has sent and received so far.
    pub fn counts(&self) -> Counts {
        self.with(|host| host.counts).unwrap_or_default()
    }

    /// Keeps copies of what it sends from now on.
    pub fn record(&self) -> Recording {
        let recording = Recording::default();
        self.with(|host| host.recordings.push(recording.clone()));
        recording
    }
}

impl Sockets for Host {
    fn open(&self, address: SocketAddr) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let bound = self.network.shared.world().bind(self.id, address.port());
        let (socket, local) = bound.ok_or(io::ErrorKind::AddrInUse)?;
        let shared = Arc::clone(&self.network.shared);
        Ok(Arc::new(Socket::new(shared, self.id, socket, local)))
    }

    fn seed(&self) -> Option<[u8; 32]> {
        Some(self.network.shared.world().seed_for_endpoint())
    }
}
