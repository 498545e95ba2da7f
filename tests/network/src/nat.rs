//! A NAT before a host: outer ports for inner addresses, forgotten after silence or at will.

use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The first outer port that is given.
const PORT_FIRST: u16 = 20_000;

#[derive(Debug)]
struct Mapping {
    port: u16,
    used_at: u64,
}

/// What a NAT remembers. Only what goes out keeps an entry alive.
#[derive(Debug)]
pub(crate) struct Nat {
    forgets_after: u64,
    by_inner: BTreeMap<SocketAddr, Mapping>,
    next_port: u16,
}

impl Nat {
    pub(crate) fn new(forgets_after: u64) -> Self {
        Self {
            forgets_after,
            by_inner: BTreeMap::new(),
            next_port: PORT_FIRST,
        }
    }

    /// The outer port from which a packet of this inner address goes.
    pub(crate) fn out(&mut self, inner: SocketAddr, now: u64) -> u16 {
        self.forget_old(now);
        if let Some(mapping) = self.by_inner.get_mut(&inner) {
            mapping.used_at = now;
            return mapping.port;
        }
        let port = self.next_port;
        self.next_port = port.checked_add(1).unwrap_or(PORT_FIRST);
        self.by_inner.insert(inner, Mapping { port, used_at: now });
        port
    }

    /// To whom a packet goes that came for this outer port.
    pub(crate) fn inward(&mut self, port: u16, now: u64) -> Option<SocketAddr> {
        self.forget_old(now);
        self.by_inner
            .iter()
            .find(|(_, mapping)| mapping.port == port)
            .map(|(inner, _)| *inner)
    }

    pub(crate) fn forget(&mut self) {
        self.by_inner.clear();
    }

    fn forget_old(&mut self, now: u64) {
        let patience = self.forgets_after;
        self.by_inner
            .retain(|_, mapping| now.saturating_sub(mapping.used_at) <= patience);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_kept_while_it_is_used_and_never_given_to_another_at_once() {
        let inner = |port| SocketAddr::from(([10, 0, 0, 2], port));
        let mut nat = Nat::new(30);
        let first = nat.out(inner(1), 0);
        let other = nat.out(inner(2), 0);
        assert_ne!(first, other);
        assert_eq!(nat.out(inner(1), 30), first);
        assert_eq!(nat.inward(first, 60), Some(inner(1)));
        assert_eq!(nat.inward(other, 60), None);
        assert_eq!(nat.inward(first, 61), None);
        let renewed = nat.out(inner(1), 61);
        assert_ne!(renewed, first);
        nat.forget();
        assert_eq!(nat.inward(renewed, 61), None);
    }
}
