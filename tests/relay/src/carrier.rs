//! The one task of a relay: packets come in, wait for their time, go out. Everything that waits is
//! bounded.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use simulated_network::{Fate, Passage};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::relay::{Direction, Shared};

/// The largest UDP payload.
const PACKET_BYTES_MAX: usize = 65_535;
/// Headers of IPv4 and UDP.
const HEADER_BYTES: u64 = 28;
/// Packets under way; beyond that the queue is full, however fast the line.
const WAITING_MAX: usize = 16_384;
/// Packets from the centre that were read and not yet put on the line.
const READ_MAX: usize = 1_024;
/// Sockets of the office that are remembered: each connection has one.
const CLIENTS_MAX: usize = 64;

/// A packet on its way.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    at: u64,
    number: u64,
    way: Direction,
    client: SocketAddr,
    bytes: Vec<u8>,
}

/// A packet from the centre: for whom, through which port, what.
type FromCentre = (SocketAddr, u64, Vec<u8>);

/// A socket of the office and its port on the other side of the NAT.
struct Client {
    port: Arc<UdpSocket>,
    /// Counts the ports of this relay, so that what comes to a forgotten one is known.
    number: u64,
    used: Instant,
    reading: JoinHandle<()>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

struct Carrier {
    socket: UdpSocket,
    upstream: SocketAddr,
    shared: Arc<Shared>,
    clients: BTreeMap<SocketAddr, Client>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    read: mpsc::Sender<FromCentre>,
    numbers: u64,
    rebinds: u64,
    rebound_at: Duration,
}

/// Carries until the relay is dropped.
pub(crate) async fn carry(socket: UdpSocket, upstream: SocketAddr, shared: Arc<Shared>) {
    let (read, mut from_centre) = mpsc::channel(READ_MAX);
    let mut carrier = Carrier {
        socket,
        upstream,
        shared,
        clients: BTreeMap::new(),
        waiting: BinaryHeap::new(),
        read,
        numbers: 0,
        rebinds: 0,
        rebound_at: Duration::ZERO,
    };
    let mut buffer = vec![0; PACKET_BYTES_MAX];
    loop {
        let due = carrier.next_due();
        tokio::select! {
            biased;
            () = sleep_until(due) => carrier.deliver().await,
            Ok((length, client)) = carrier.socket.recv_from(&mut buffer) => {
                carrier.take(client, buffer[..length].to_vec()).await;
            }
            Some((client, number, bytes)) = from_centre.recv() => {
                let current = carrier.clients.get(&client);
                if current.is_some_and(|known| known.number == number) {
                    carrier.enter(Direction::Down, client, bytes);
                }
            }
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

impl Carrier {
    fn now(&self) -> Duration {
        self.shared.begun.elapsed()
    }

    fn next_due(&self) -> Option<Instant> {
        let first = &self.waiting.peek()?.0;
        Some(Instant::from_std(
            self.shared.begun + Duration::from_nanos(first.at),
        ))
    }

    async fn take(&mut self, client: SocketAddr, bytes: Vec<u8>) {
        self.forget_if_due(client);
        let now = Instant::now();
        match self.clients.get_mut(&client) {
            Some(known) => known.used = now,
            None => {
                let Ok(port) = UdpSocket::bind("127.0.0.1:0").await else {
                    return;
                };
                self.remember(client, Arc::new(port), now);
            }
        }
        self.enter(Direction::Up, client, bytes);
    }

    fn remember(&mut self, client: SocketAddr, port: Arc<UdpSocket>, used: Instant) {
        self.numbers += 1;
        let (number, read) = (self.numbers, self.read.clone());
        let listening = Arc::clone(&port);
        let reading = tokio::spawn(async move {
            let mut buffer = vec![0; PACKET_BYTES_MAX];
            loop {
                // A port that nobody listens on is told by an error; the next packet may find one.
                let Ok(length) = listening.recv(&mut buffer).await else {
                    continue;
                };
                if read
                    .send((client, number, buffer[..length].to_vec()))
                    .await
                    .is_err()
                {
                    return;
                }
            }
        });
        if self.clients.len() >= CLIENTS_MAX {
            let oldest = self.clients.iter().min_by_key(|(_, client)| client.used);
            if let Some(address) = oldest.map(|(address, _)| *address) {
                self.clients.remove(&address);
            }
        }
        let client_row = Client {
            port,
            number,
            used,
            reading,
        };
        self.clients.insert(client, client_row);
    }

    /// Forgets all ports when told to, or when the line's NAT does so by itself. What comes now is
    /// from this client.
    fn forget_if_due(&mut self, client: SocketAddr) {
        let now = self.now();
        let (told, every) = {
            let state = self.shared.lock();
            (state.rebinds, state.quality.rebinds)
        };
        let by_itself = every.is_some_and(|every| now.saturating_sub(self.rebound_at) >= every);
        if told != self.rebinds || by_itself {
            self.rebinds = told;
            self.rebound_at = now;
            if self.clients.contains_key(&client) {
                self.shared.lock().counts.rebinds += 1;
            }
            self.clients.clear();
        }
    }

    /// Puts a packet on the line.
    fn enter(&mut self, way: Direction, client: SocketAddr, bytes: Vec<u8>) {
        let now = self.now();
        let length = bytes.len() as u64 + HEADER_BYTES;
        let mut state = self.shared.lock();
        state.traffic(way).enter(length);
        let nanoseconds = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let passage = if !state.quality.udp || !state.is_up(now) {
            Passage::Lost(Fate::Cut)
        } else if self.waiting.len() >= WAITING_MAX {
            Passage::Lost(Fate::QueueFull)
        } else {
            state.pipe(way).pass(nanoseconds, length)
        };
        match passage {
            Passage::Lost(fate) => state.traffic(way).lose(fate),
            Passage::Arrives { at, again } => {
                drop(state);
                if let Some(at) = again {
                    self.wait(at, way, client, bytes.clone());
                }
                self.wait(at, way, client, bytes);
            }
        }
    }

    fn wait(&mut self, at: u64, way: Direction, client: SocketAddr, bytes: Vec<u8>) {
        self.numbers += 1;
        self.waiting.push(Reverse(Waiting {
            at,
            number: self.numbers,
            way,
            client,
            bytes,
        }));
    }

    /// Hands over what is due.
    async fn deliver(&mut self) {
        let now = u64::try_from(self.now().as_nanos()).unwrap_or(u64::MAX);
        while self.waiting.peek().is_some_and(|first| first.0.at <= now) {
            let Some(Reverse(packet)) = self.waiting.pop() else {
                return;
            };
            let sent = match packet.way {
                Direction::Down => self.socket.send_to(&packet.bytes, packet.client).await,
                Direction::Up => match self.clients.get(&packet.client) {
                    Some(client) => client.port.send_to(&packet.bytes, self.upstream).await,
                    // Its port was forgotten while the packet was under way.
                    None => continue,
                },
            };
            if sent.is_ok() {
                self.shared.lock().arrived(packet.way);
            }
        }
    }
}
