//! The state of the network and what happens in it, moment by moment. Nobody waits here: the
//! caller says what time it is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::task::Waker;

use bytes::Bytes;

use crate::chance::Chance;
use crate::nat::Nat;
use crate::pipe::{Passage, Pipe};
use crate::profile::Profile;
use crate::trace::{Counts, Fate, Packet, Recording, Trace};

/// The first port that is given to a socket which asks for any.
const PORT_FIRST: u16 = 49_152;

pub(crate) type HostId = usize;
/// Names one socket in all the network's life.
pub(crate) type SocketId = u64;

/// A socket as the network knows it.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pub(crate) packets: VecDeque<Packet>,
    pub(crate) reader: Option<Waker>,
}

#[derive(Debug)]
pub(crate) struct HostState {
    /// The address of the machine itself.
    pub(crate) inner: IpAddr,
    /// The address by which the core knows it; the same without a NAT.
    pub(crate) outer: IpAddr,
    pub(crate) nat: Option<Nat>,
    pub(crate) up: Pipe,
    pub(crate) down: Pipe,
    pub(crate) counts: Counts,
    pub(crate) recordings: Vec<Recording>,
    bound: BTreeMap<u16, SocketId>,
    next_port: u16,
}

/// A packet at a place on its way.
#[derive(Debug)]
struct Step {
    packet: Packet,
    /// Behind which host's down link it is; in the core if none.
    behind: Option<HostId>,
    /// Whose up link it came through; none if it was put into the core.
    source: Option<HostId>,
}

#[derive(Debug)]
pub(crate) struct World {
    seed: u64,
    chance: Chance,
    pub(crate) hosts: Vec<HostState>,
    inboxes: BTreeMap<SocketId, Inbox>,
    next_socket: SocketId,
    /// What happens next: the moment and the number of each step.
    agenda: BinaryHeap<Reverse<(u64, u64)>>,
    steps: BTreeMap<u64, Step>,
    next_step: u64,
    pub(crate) trace: Trace,
}

fn length_with_headers(packet: &Packet) -> u64 {
    let headers = if packet.to.is_ipv4() { 28 } else { 48 };
    u64::try_from(packet.payload.len()).unwrap_or(u64::MAX) + headers
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            chance: Chance::new(seed, 0),
            hosts: Vec::new(),
            inboxes: BTreeMap::new(),
            next_socket: 0,
            agenda: BinaryHeap::new(),
            steps: BTreeMap::new(),
            next_step: 0,
            trace: Trace::new(),
        }
    }

    pub(crate) fn seed_for_endpoint(&mut self) -> [u8; 32] {
        self.chance.bytes()
    }

    pub(crate) fn add(
        &mut self,
        inner: IpAddr,
        outer: IpAddr,
        nat: Option<Nat>,
        profile: Profile,
    ) -> HostId {
        let id = self.hosts.len();
        let stream = u64::try_from(id).unwrap_or(u64::MAX / 2) * 2 + 1;
        let chance = |stream| Chance::new(self.seed, stream);
        let up = Pipe::new(profile.up_kbps, profile, chance(stream));
        let down = Pipe::new(profile.down_kbps, profile, chance(stream + 1));
        self.hosts.push(HostState {
            inner,
            outer,
            nat,
            up,
            down,
            counts: Counts::default(),
            recordings: Vec::new(),
            bound: BTreeMap::new(),
            next_port: PORT_FIRST,
        });
        id
    }

    /// Opens a socket; none if the port is taken or there is no such host.
    pub(crate) fn bind(&mut self, host: HostId, port: u16) -> Option<(SocketId, SocketAddr)> {
        let state = self.hosts.get_mut(host)?;
        let port = if port == 0 {
            let port = state.next_port;
            state.next_port = port.checked_add(1).unwrap_or(PORT_FIRST);
            port
        } else {
            port
        };
        if state.bound.contains_key(&port) {
            return None;
        }
        self.next_socket += 1;
        state.bound.insert(port, self.next_socket);
        self.inboxes.insert(self.next_socket, Inbox::default());
        Some((self.next_socket, SocketAddr::new(state.inner, port)))
    }

    pub(crate) fn unbind(&mut self, host: HostId, socket: SocketId) {
        self.inboxes.remove(&socket);
        if let Some(state) = self.hosts.get_mut(host) {
            state.bound.retain(|_, bound| *bound != socket);
        }
    }

    /// The sockets of a host that are open now get nothing and give nothing any more.
    pub(crate) fn unplug(&mut self, host: HostId) {
        if let Some(state) = self.hosts.get_mut(host) {
            state.bound.clear();
        }
    }

    pub(crate) fn inbox(&mut self, socket: SocketId) -> Option<&mut Inbox> {
        self.inboxes.get_mut(&socket)
    }

    /// A socket sends.
    pub(crate) fn send(
        &mut self,
        now: u64,
        host: HostId,
        socket: SocketId,
        from: SocketAddr,
        to: SocketAddr,
        payload: Bytes,
    ) {
        let Some(state) = self.hosts.get_mut(host) else {
            return;
        };
        if state.bound.get(&from.port()) != Some(&socket) {
            // Unplugged: it does not even reach the NAT.
            return;
        }
        let port = match &mut state.nat {
            Some(nat) => nat.out(from, now),
            None => from.port(),
        };
        let packet = Packet {
            from: SocketAddr::new(state.outer, port),
            to,
            payload,
        };
        state.counts.sent += 1;
        state.counts.sent_bytes += u64::try_from(packet.payload.len()).unwrap_or(u64::MAX);
        for recording in &state.recordings {
            recording.add(now, packet.clone());
        }
        let passage = state.up.pass(now, length_with_headers(&packet));
        self.follow(now, &packet, passage, None, Some(host));
    }

    /// Somebody puts a packet into the core, with whatever sender's address.
    pub(crate) fn inject(&mut self, now: u64, packet: &Packet) {
        let arrives = Passage::Arrives {
            at: now,
            again: None,
        };
        self.follow(now, packet, arrives, None, None);
    }

    fn follow(
        &mut self,
        now: u64,
        packet: &Packet,
        passage: Passage,
        behind: Option<HostId>,
        source: Option<HostId>,
    ) {
        match passage {
            Passage::Lost(fate) => {
                for host in [behind, source].into_iter().flatten() {
                    if let Some(state) = self.hosts.get_mut(host) {
                        state.counts.lost += 1;
                    }
                }
                self.trace.note(now, packet, fate);
            }
            Passage::Arrives { at, again } => {
                for at in [Some(at), again].into_iter().flatten() {
                    let packet = packet.clone();
                    self.next_step += 1;
                    self.agenda.push(Reverse((at, self.next_step)));
                    let step = Step {
                        packet,
                        behind,
                        source,
                    };
                    self.steps.insert(self.next_step, step);
                }
            }
        }
    }

    /// Does all that is due, gives the wakers of those who have got something, and tells when the
    /// next thing happens.
    pub(crate) fn run_until(&mut self, now: u64) -> (Vec<Waker>, Option<u64>) {
        let mut wakers = Vec::new();
        while let Some(Reverse((at, number))) = self.agenda.peek().copied() {
            if at > now {
                return (wakers, Some(at));
            }
            self.agenda.pop();
            if let Some(step) = self.steps.remove(&number) {
                wakers.extend(self.step(at, step));
            }
        }
        (wakers, None)
    }

    fn step(&mut self, at: u64, step: Step) -> Option<Waker> {
        let Step {
            packet,
            behind,
            source,
        } = step;
        if let Some(host) = behind {
            return self.deliver(at, packet, host, source);
        }
        let address = packet.to.ip();
        let found = self.hosts.iter().position(|host| host.outer == address);
        let state = found.and_then(|host| self.hosts.get_mut(host));
        let passage = match state {
            Some(state) => state.down.pass(at, length_with_headers(&packet)),
            None => Passage::Lost(Fate::NoRoute),
        };
        self.follow(at, &packet, passage, found, source);
        None
    }

    fn deliver(
        &mut self,
        at: u64,
        packet: Packet,
        host: HostId,
        source: Option<HostId>,
    ) -> Option<Waker> {
        let found = self.hosts.get_mut(host).and_then(|state| {
            let port = packet.to.port();
            let port = match &mut state.nat {
                Some(nat) => nat.inward(port, at)?.port(),
                None => port,
            };
            let here = state.outer == packet.to.ip();
            state.bound.get(&port).copied().filter(|_| here)
        });
        let Some(inbox) = found.and_then(|socket| self.inboxes.get_mut(&socket)) else {
            let lost = Passage::Lost(Fate::NoRoute);
            self.follow(at, &packet, lost, Some(host), source);
            return None;
        };
        self.trace.note(at, &packet, Fate::Delivered);
        if let Some(state) = self.hosts.get_mut(host) {
            state.counts.received += 1;
            state.counts.received_bytes += u64::try_from(packet.payload.len()).unwrap_or(u64::MAX);
        }
        inbox.packets.push_back(packet);
        inbox.reader.take()
    }
}
