//! Who is connected, and who waits for which feed: in memory only, rebuilt by reconnecting nodes.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use registry::{FeedSeq, NodeId, OfficeCode};
use sync_proto::Digest;
use tokio::sync::{oneshot, watch};

/// The end of a commune's feed, and the digest of its slice there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip {
    pub(crate) head: FeedSeq,
    pub(crate) digest: Digest,
}

/// A newer connection of the node is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stale;

/// Sent to a connection whose node was shut out; one that is displaced only loses the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShutOut;

struct Present {
    epoch: u64,
    /// Dropped or sent: either way the connection that holds the other end has to leave.
    leave: oneshot::Sender<ShutOut>,
}

#[derive(Default)]
struct Inner {
    feeds: HashMap<OfficeCode, watch::Sender<Option<Tip>>>,
    present: HashMap<NodeId, Present>,
    /// Shut out since the start: a connection that was greeted before must not enter after.
    excluded: HashSet<NodeId>,
}

/// Connections and feeds.
#[derive(Default)]
pub(crate) struct Hub(Mutex<Inner>);

impl Hub {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears of the growth of a feed from now on.
    pub(crate) fn listen(&self, office: OfficeCode) -> watch::Receiver<Option<Tip>> {
        let mut inner = self.inner();
        let sender = inner
            .feeds
            .entry(office)
            .or_insert_with(|| watch::channel(None).0);
        sender.subscribe()
    }

    /// Whether anybody listens; if not, its place is freed.
    pub(crate) fn has_listeners(&self, office: OfficeCode) -> bool {
        let mut inner = self.inner();
        let listens = inner
            .feeds
            .get(&office)
            .is_some_and(|feed| feed.receiver_count() > 0);
        if !listens {
            inner.feeds.remove(&office);
        }
        listens
    }

    /// A feed has grown, durably.
    pub(crate) fn grew(&self, office: OfficeCode, tip: Tip) {
        if let Some(feed) = self.inner().feeds.get(&office) {
            feed.send_if_modified(|known| {
                let forward = known.is_none_or(|known| known.head < tip.head);
                if forward {
                    *known = Some(tip);
                }
                forward
            });
        }
    }

    /// A connection is the node's one from now on; the older one is told to leave by the end of
    /// its receiver.
    pub(crate) fn enter(
        &self,
        node: NodeId,
        epoch: u64,
    ) -> Result<oneshot::Receiver<ShutOut>, Stale> {
        let mut inner = self.inner();
        if inner
            .present
            .get(&node)
            .is_some_and(|present| present.epoch >= epoch)
        {
            return Err(Stale);
        }
        let (leave, left) = oneshot::channel();
        if inner.excluded.contains(&node) {
            let _ = leave.send(ShutOut);
            return Ok(left);
        }
        inner.present.insert(node, Present { epoch, leave });
        Ok(left)
    }

    /// Ends the connection of a node that may not have one any more. Tells whether there was one.
    pub(crate) fn shut_out(&self, node: NodeId) -> bool {
        let mut inner = self.inner();
        inner.excluded.insert(node);
        match inner.present.remove(&node) {
            Some(present) => present.leave.send(ShutOut).is_ok(),
            None => false,
        }
    }

    /// It may have one again.
    pub(crate) fn let_in(&self, node: NodeId) {
        self.inner().excluded.remove(&node);
    }

    /// A connection has ended; a newer one of the node stays. Tells whether it was the latest.
    pub(crate) fn leave(&self, node: NodeId, epoch: u64) -> bool {
        let mut inner = self.inner();
        let latest = inner
            .present
            .get(&node)
            .is_some_and(|present| present.epoch == epoch);
        if latest {
            inner.present.remove(&node);
        }
        latest
    }

    /// Nodes that are connected.
    pub(crate) fn connected(&self) -> usize {
        self.inner().present.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tip(head: u64) -> Tip {
        Tip {
            head: FeedSeq::new(head),
            digest: Digest::EMPTY,
        }
    }

    #[test]
    fn a_newer_connection_displaces_the_older_and_never_the_other_way_round() {
        let hub = Hub::default();
        let node = NodeId::new([1; 16]);
        let mut first = hub.enter(node, 5).unwrap();
        assert_eq!(hub.enter(node, 5).unwrap_err(), Stale);
        assert_eq!(hub.enter(node, 4).unwrap_err(), Stale);
        assert!(matches!(
            first.try_recv(),
            Err(oneshot::error::TryRecvError::Empty)
        ));
        let mut second = hub.enter(node, 6).unwrap();
        assert!(matches!(
            first.try_recv(),
            Err(oneshot::error::TryRecvError::Closed)
        ));
        assert!(!hub.leave(node, 5));
        assert_eq!(hub.connected(), 1);
        assert!(matches!(
            second.try_recv(),
            Err(oneshot::error::TryRecvError::Empty)
        ));
        assert!(hub.leave(node, 6));
        assert_eq!(hub.connected(), 0);
    }

    #[test]
    fn a_connection_of_a_node_that_is_shut_out_is_told_so() {
        let hub = Hub::default();
        let node = NodeId::new([1; 16]);
        let mut leave = hub.enter(node, 5).unwrap();
        assert!(hub.shut_out(node));
        assert_eq!(leave.try_recv(), Ok(ShutOut));
        // One that was greeted just before is told when it enters.
        assert_eq!(hub.enter(node, 6).unwrap().try_recv(), Ok(ShutOut));
        assert_eq!(hub.connected(), 0);
        assert!(!hub.shut_out(node));
        hub.let_in(node);
        assert!(hub.enter(node, 6).unwrap().try_recv().is_err());
        assert_eq!(hub.connected(), 1);
    }

    #[test]
    fn growth_reaches_those_who_listen_and_never_goes_back() {
        let hub = Hub::default();
        let office = OfficeCode::new(4).unwrap();
        assert!(!hub.has_listeners(office));
        let mut feed = hub.listen(office);
        assert!(hub.has_listeners(office));
        hub.grew(office, tip(3));
        assert!(feed.has_changed().unwrap());
        assert_eq!(*feed.borrow_and_update(), Some(tip(3)));
        hub.grew(office, tip(2));
        assert!(!feed.has_changed().unwrap());
        drop(feed);
        assert!(!hub.has_listeners(office));
    }
}
