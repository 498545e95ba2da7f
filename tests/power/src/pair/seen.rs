//! What was acknowledged to somebody outside of the disk, and whether it still is so.

use std::collections::BTreeMap;

use registry::attachment::AttachmentId;
use registry::{ActId, ActNumber, FeedSeq};
use registry_store::{Batch, KeyRange, Row};
use sync_proto::FeedEntry;

use central_registry::tables::{self, AuditRow};

use super::{Acknowledged, Pair, Side, Trouble};
use crate::world;

/// What was acknowledged.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) counts: Acknowledged,
    /// Acts of which a clerk was told that they are filed.
    pub(super) acts: Vec<(ActId, ActNumber)>,
    /// The last act that the node was told to be taken in.
    pub(super) taken: ActNumber,
    /// Attachments that were acknowledged, with what they hold.
    pub(super) papers: BTreeMap<AttachmentId, Vec<u8>>,
    /// Entries that the centre has shown to the node.
    pub(super) feed: BTreeMap<FeedSeq, FeedEntry>,
    /// The last entry that the node has acknowledged.
    pub(super) applied: FeedSeq,
    /// Entries of the audit chains, and their last links.
    pub(super) node_audit: (u64, [u8; 32]),
    pub(super) centre_audit: Option<Row>,
}

fn broken<T>(what: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Broken(what.into()))
}

impl Pair<'_> {
    /// Checks that everything acknowledged is there, on the side that lost power.
    pub(super) fn check_promises(&self) -> Result<(), Trouble> {
        self.check_papers()?;
        match self.life.side {
            Side::Node => self.check_node(),
            Side::Centre => self.check_centre(),
        }
    }

    fn check_node(&self) -> Result<(), Trouble> {
        let seen = &self.life.seen;
        let meta = self.office.meta();
        if let Some(at) = self.office.verify_audit()? {
            return broken(format!("the node's audit chain is broken at {at}"));
        }
        if meta.audit_entries < seen.node_audit.0 {
            return broken("the node's audit chain is shorter than it was");
        }
        if meta.audit_entries == seen.node_audit.0
            && seen.node_audit.0 > 0
            && meta.audit_link != seen.node_audit.1
        {
            return broken("the node's audit chain ends otherwise");
        }
        if meta.feed_applied < seen.applied {
            return broken(format!(
                "feed entry {} was acknowledged, and the node stands at {}",
                seen.applied.get(),
                meta.feed_applied.get()
            ));
        }
        for (act, number) in &seen.acts {
            match self.office.act_view(act)? {
                Some(view) if view.number == *number => {}
                _ => return broken(format!("act {} was acknowledged and is lost", number.get())),
            }
        }
        // What the centre has taken, the outbox has, with the same chain.
        let Some(state) = self
            .registrar
            .node_state(world::office()?, &world::node())?
        else {
            return Ok(());
        };
        if state.row.taken > meta.outbox_last {
            return broken("the centre has acts that the node does not know");
        }
        if state.row.taken == ActNumber::new(0) {
            return Ok(());
        }
        let next = state.row.taken.next();
        let read = self.office.read_outbox(next, 1, 1, meta.outbox_last)?;
        if *read.before.as_bytes() != state.row.chain {
            return broken(format!(
                "the outbox at act {} of {} is not what the centre has taken",
                state.row.taken.get(),
                meta.outbox_last.get()
            ));
        }
        Ok(())
    }

    fn check_centre(&self) -> Result<(), Trouble> {
        let seen = &self.life.seen;
        let audit = self.centre_audit()?;
        if let Some(last) = &seen.centre_audit
            && !audit.contains(last)
        {
            return broken("the centre's audit chain lacks a link that it had");
        }
        let state = self
            .registrar
            .node_state(world::office()?, &world::node())?;
        let taken = state.map_or(ActNumber::new(0), |state| state.row.taken);
        if taken < seen.taken {
            return broken(format!(
                "act {} was taken in, and the centre stands at {}",
                seen.taken.get(),
                taken.get()
            ));
        }
        let feed = self.feed_after(FeedSeq::new(0))?;
        let feed: BTreeMap<FeedSeq, FeedEntry> = (1..).map(FeedSeq::new).zip(feed).collect();
        for (place, shown) in &seen.feed {
            if feed.get(place) != Some(shown) {
                let place = place.get();
                return broken(format!("feed entry {place} is not what the node was shown"));
            }
        }
        for (act, number) in &seen.acts {
            let known = self.registrar.act(act)?.is_some();
            if known != (*number <= taken) {
                return broken(format!("act {} is not in one place", number.get()));
            }
        }
        Ok(())
    }

    /// The centre's audit chain, each link checked.
    fn centre_audit(&self) -> Result<Vec<Row>, Trouble> {
        let store = self.registrar.store();
        let rows = store.scan(tables::AUDIT, &KeyRange::all(), usize::MAX)?;
        let mut before = [0; 32];
        for (_, bytes) in &rows {
            let Ok(mut row) = postcard::from_bytes::<AuditRow>(bytes) else {
                return broken("a row of the centre's audit chain cannot be read");
            };
            let link = std::mem::take(&mut row.link);
            let bytes = postcard::to_stdvec(&row).unwrap_or_default();
            if *blake3::keyed_hash(&before, &bytes).as_bytes() != link {
                return broken("the centre's audit chain is broken");
            }
            before = link;
        }
        Ok(rows)
    }

    /// The feed after a place, as the line would bring it.
    pub(super) fn feed_after(&self, after: FeedSeq) -> Result<Vec<FeedEntry>, Trouble> {
        let entries = self
            .registrar
            .feed(world::office()?, after, usize::MAX, usize::MAX)?;
        Ok(entries
            .into_iter()
            .map(|(_, kept)| FeedEntry {
                kind: kept.kind,
                schema: 1,
                payload: kept.payload.into(),
            })
            .collect())
    }

    /// Notes where both stand, if all of it is durable.
    pub(super) fn note_standing(&mut self) -> Result<(), Trouble> {
        let store = match self.life.side {
            Side::Node => self.office.store(),
            Side::Centre => self.registrar.store(),
        };
        // Staging nothing tells how far staging has come.
        if store.stage(Batch::new())? != store.durable() {
            return Ok(());
        }
        let meta = self.office.meta();
        self.life.seen.node_audit = (meta.audit_entries, meta.audit_link);
        self.life.seen.applied = meta.feed_applied;
        if self.life.side == Side::Centre {
            let rows = store.scan_back(tables::AUDIT, &KeyRange::all(), 1)?;
            self.life.seen.centre_audit = rows.into_iter().next();
        }
        Ok(())
    }
}
