//! The relay as a test holds it: started, switched, counted, gone when dropped.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use simulated_network::{Chance, Pipe};
use tokio::net::UdpSocket;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::carrier::carry;
use crate::count::{Counts, Traffic};
use crate::quality::Quality;

/// One way through the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the office to the centre.
    Up,
    /// From the centre to the office.
    Down,
}

/// What the one who switches and the one who carries have in common.
pub(crate) struct State {
    pub(crate) quality: Quality,
    /// By how much the line is further in its round of outages than its age says.
    ahead: Duration,
    up: Pipe,
    down: Pipe,
    pub(crate) counts: Counts,
    /// How often the NAT was told to forget.
    pub(crate) rebinds: u64,
    last: Option<Direction>,
}

impl State {
    pub(crate) fn pipe(&mut self, way: Direction) -> &mut Pipe {
        match way {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }

    /// Whether the line is there at this age.
    pub(crate) fn is_up(&self, age: Duration) -> bool {
        self.quality.is_up(age + self.ahead)
    }

    pub(crate) fn traffic(&mut self, way: Direction) -> &mut Traffic {
        match way {
            Direction::Up => &mut self.counts.up,
            Direction::Down => &mut self.counts.down,
        }
    }

    pub(crate) fn arrived(&mut self, way: Direction) {
        if self.last.replace(way).is_some_and(|last| last != way) {
            self.counts.turns += 1;
        }
    }
}

pub(crate) struct Shared {
    pub(crate) begun: Instant,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line between an office and the centre.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    carrying: JoinHandle<()>,
}

/// All relays of a process are carried by one thread.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("relay")
            .enable_all()
            .build()
            .expect("a thread for the relays")
    })
}

impl Relay {
    /// A line to `upstream` on a port of the loopback; what its packets meet comes from the seed.
    pub fn start(upstream: SocketAddr, quality: Quality, seed: u64) -> Relay {
        let pipe = |kbps, stream| Pipe::new(kbps, quality.profile, Chance::new(seed, stream));
        let state = State {
            quality,
            ahead: Duration::ZERO,
            up: pipe(quality.profile.up_kbps, 0),
            down: pipe(quality.profile.down_kbps, 1),
            counts: Counts::default(),
            rebinds: 0,
            last: None,
        };
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            state: Mutex::new(state),
        });
        let socket = runtime()
            .block_on(UdpSocket::bind("127.0.0.1:0"))
            .expect("a UDP port of the loopback");
        let address = socket.local_addr().expect("a bound socket");
        let carrying = runtime().spawn(carry(socket, upstream, Arc::clone(&shared)));
        Relay {
            address,
            shared,
            carrying,
        }
    }

    /// Where the office dials.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts both ways.
    pub fn cut(&self) {
        self.open(false, false);
    }

    /// Cuts one way; the other is open.
    pub fn cut_one_way(&self, way: Direction) {
        self.open(way != Direction::Up, way != Direction::Down);
    }

    /// Opens both ways.
    pub fn restore(&self) {
        self.open(true, true);
    }

    fn open(&self, up: bool, down: bool) {
        let mut state = self.shared.lock();
        state.up.open = up;
        state.down.open = down;
    }

    /// Goes on with other qualities; what is under way stays.
    pub fn reshape(&self, quality: Quality) {
        let mut state = self.shared.lock();
        state.quality = quality;
        state.ahead = Duration::ZERO;
        let profile = quality.profile;
        state.up.reshape(profile.up_kbps, profile);
        state.down.reshape(profile.down_kbps, profile);
    }

    /// Goes on to where the line's next outage begins; its rounds go on from there. Of a line that
    /// is always there nothing changes.
    pub fn darken(&self) {
        let mut state = self.shared.lock();
        state.ahead = state.quality.ahead_to_dark(self.age());
    }

    /// The NAT forgets: what the office sends comes from other ports, and what is sent to the old
    /// ones reaches nobody.
    pub fn rebind(&self) {
        self.shared.lock().rebinds += 1;
    }

    /// What has passed.
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts
    }

    /// How long it has run.
    pub fn age(&self) -> Duration {
        self.shared.begun.elapsed()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}
