//! The network as a test holds it: hosts are added to it, and a task lets it happen on tokio's
//! clock.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::host::Host;
use crate::nat::Nat;
use crate::pipe::ns;
use crate::profile::Profile;
use crate::trace::{Fate, Packet};
use crate::world::World;

/// Hosts and what is on its way between them. Clones are the same network.
#[derive(Debug, Clone)]
pub struct Network {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    began: Instant,
    world: Mutex<World>,
    /// There may be something to do earlier than was thought.
    changed: Notify,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> u64 {
        ns(self.began.elapsed())
    }

    pub(crate) fn changed(&self) {
        self.changed.notify_one();
    }
}

impl Network {
    /// A network in which chance follows from this seed. It happens in a task of the runtime
    /// within which this is called, whose clock should be paused.
    pub fn new(seed: u64) -> Self {
        let shared = Arc::new(Shared {
            began: Instant::now(),
            world: Mutex::new(World::new(seed)),
            changed: Notify::new(),
        });
        tokio::spawn(happen(Arc::clone(&shared)));
        Self { shared }
    }

    /// A host whose address everybody sees.
    pub fn host(&self, address: IpAddr, profile: Profile) -> Host {
        let id = self.shared.world().add(address, address, None, profile);
        Host::new(self.clone(), id)
    }

    /// A host behind a NAT of its own, which forgets a port after so much silence. `address` is
    /// the NAT's.
    pub fn host_behind_nat(
        &self,
        address: IpAddr,
        forgets_after: Duration,
        profile: Profile,
    ) -> Host {
        let inner = IpAddr::from([192, 168, 1, 2]);
        let nat = Nat::new(ns(forgets_after));
        let id = self.shared.world().add(inner, address, Some(nat), profile);
        Host::new(self.clone(), id)
    }

    /// Puts a packet into the core as if it came from anywhere: what an attacker can do.
    pub fn inject(&self, from: SocketAddr, to: SocketAddr, payload: Bytes) {
        let packet = Packet { from, to, payload };
        self.shared.world().inject(self.shared.now(), &packet);
        self.shared.changed();
    }

    /// A hash over the time, the way, the length and the fate of every packet so far.
    pub fn trace(&self) -> String {
        self.shared.world().trace.hash()
    }

    /// How many packets ended so.
    pub fn count(&self, fate: Fate) -> u64 {
        self.shared.world().trace.count(fate)
    }

    /// Time since the network began.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.shared.now())
    }
}

/// Does what is due, again and again. Tokio's timers keep whole milliseconds, so what happens
/// within one is done at its end, in its order and with its own time.
async fn happen(shared: Arc<Shared>) {
    loop {
        let (wakers, next) = shared.world().run_until(shared.now());
        for waker in wakers {
            waker.wake();
        }
        let changed = shared.changed.notified();
        match next {
            None => changed.await,
            Some(next) => {
                let at = shared.began + Duration::from_nanos(next);
                tokio::select! {
                    biased;
                    () = changed => {}
                    () = tokio::time::sleep_until(at) => {}
                }
            }
        }
    }
}
