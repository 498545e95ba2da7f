//! What is kept of what happened: counts for each host, the trace of a run, recorded packets.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

/// A datagram on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Where it comes from, as the core sees it.
    pub from: SocketAddr,
    /// Where it goes.
    pub to: SocketAddr,
    /// The UDP payload.
    pub payload: Bytes,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was handed to a socket.
    Delivered,
    /// The link lost it.
    Noise,
    /// The link's queue was full.
    QueueFull,
    /// It was longer than the link takes.
    TooLong,
    /// The link was cut.
    Cut,
    /// Nobody is at that address.
    NoRoute,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Self; 6] = [
        Self::Delivered,
        Self::Noise,
        Self::QueueFull,
        Self::TooLong,
        Self::Cut,
        Self::NoRoute,
    ];

    const fn number(self) -> u8 {
        match self {
            Self::Delivered => 0,
            Self::Noise => 1,
            Self::QueueFull => 2,
            Self::TooLong => 3,
            Self::Cut => 4,
            Self::NoRoute => 5,
        }
    }
}

/// What one host has sent and received; bytes are UDP payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets that its sockets sent.
    pub sent: u64,
    /// Bytes of them.
    pub sent_bytes: u64,
    /// Packets that its sockets received.
    pub received: u64,
    /// Bytes of them.
    pub received_bytes: u64,
    /// Packets from it or to it that went lost, whyever.
    pub lost: u64,
}

/// A hash over all that happened, and how much it was.
#[derive(Debug)]
pub(crate) struct Trace {
    hasher: blake3::Hasher,
    fates: [u64; Fate::ALL.len()],
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self {
            hasher: blake3::Hasher::new(),
            fates: [0; Fate::ALL.len()],
        }
    }

    pub(crate) fn note(&mut self, at: u64, packet: &Packet, fate: Fate) {
        let words = format!(
            "{at} {} {} {} {}\n",
            packet.from,
            packet.to,
            packet.payload.len(),
            fate.number()
        );
        self.hasher.update(words.as_bytes());
        if let Some(count) = self.fates.get_mut(usize::from(fate.number())) {
            *count += 1;
        }
    }

    pub(crate) fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    pub(crate) fn count(&self, fate: Fate) -> u64 {
        self.fates
            .get(usize::from(fate.number()))
            .copied()
            .unwrap_or(0)
    }
}

/// Copies of the packets that a host sends, whatever becomes of them, with the time since the
/// network began.
#[derive(Debug, Clone, Default)]
pub struct Recording(Arc<Mutex<Vec<(Duration, Packet)>>>);

impl Recording {
    pub(crate) fn add(&self, at: u64, packet: Packet) {
        let mut packets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        packets.push((Duration::from_nanos(at), packet));
    }

    /// What was recorded so far; the recording begins anew.
    pub fn take(&self) -> Vec<(Duration, Packet)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
