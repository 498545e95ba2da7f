//! The centre: what it keeps, and how it does what its session wants.

use registry::act::papers::PapersOfRecord;

use super::*;

/// What the centre keeps.
pub struct Centre {
    pub point: ChainPoint,
    pub acts: Vec<Bytes>,
    pub slice: Slice,
    pub feed: Vec<FeedEntry>,
    pub feed_floor: u64,
    pub epoch: u64,
    pub acked: u64,
    pub codec: Arc<Codec>,
    pub rows_per_answer: usize,
    pub told: Vec<CentralOutput>,
    pub papers: Papers,
    /// What it may tell of the papers of a record.
    pub earlier: BTreeMap<RecordId, PapersOfRecord>,
}

impl Centre {
    pub fn set(&mut self, record: RecordId, version: [u8; 32]) {
        self.slice.insert(record, version);
        let payload = rows(&[(record, version)]);
        self.feed.push(FeedEntry {
            kind: CHANGE,
            schema: 1,
            payload,
        });
    }
    /// Takes the acts that are not yet taken, as the centre's one transaction does.
    pub fn commit(&mut self, batch: &VerifiedBatch) -> u64 {
        let end = batch.end();
        if end.incarnation > self.point.incarnation {
            self.point = ChainPoint::genesis(node_id(), end.incarnation);
            self.acts.clear();
        }
        let known = self.point.number.get() + 1 - batch.first().get();
        for act in batch.acts().iter().skip(known as usize) {
            self.point = self.point.after(act);
            self.acts.push(act.clone());
            let number = self.point.number.get().to_le_bytes().to_vec();
            self.feed.push(FeedEntry {
                kind: RECEIPT,
                schema: 1,
                payload: number.into(),
            });
            self.set(record(act[0]), *blake3::hash(act).as_bytes());
        }
        assert!(self.point.number >= end.number, "a hole in the acts taken");
        end.number.get()
    }
    pub fn config(&self) -> CentralConfig {
        CentralConfig {
            office: office(),
            also: Vec::new(),
            node: node_id(),
            key: node_key().verifying_key(),
            minors: Minors::CURRENT,
            schema: 1,
            codec: Arc::clone(&self.codec),
            push_window: 2,
            bundle_key: None,
        }
    }
    pub fn standing(&self) -> NodeStanding {
        NodeStanding {
            taken: self.point,
            epoch: self.epoch,
            feed_head: FeedSeq::new(self.feed.len() as u64),
            feed_floor: FeedSeq::new(self.feed_floor),
            digest: digest_of(&self.slice),
            central_ms: 1_000_500,
        }
    }
}

impl Centre {
    pub fn page(&self, after: Option<RecordId>, feed_start: Option<FeedSeq>) -> CentralInput {
        let mut rest = self
            .slice
            .iter()
            .filter(|(record, _)| after < Some(**record));
        let page: Vec<_> = rest
            .by_ref()
            .take(self.rows_per_answer)
            .map(|(r, v)| (*r, *v))
            .collect();
        CentralInput::PageRead {
            last: page.last().map(|row| row.0),
            done: rest.next().is_none(),
            feed_start: feed_start.unwrap_or(FeedSeq::new(self.feed.len() as u64)),
            digest: None,
            payload: rows(&page),
        }
    }

    pub fn compare(
        &self,
        after: Option<RecordId>,
        until: Option<RecordId>,
        items: &[RepairItem],
    ) -> CentralInput {
        assert!(
            items.iter().all(|item| after < Some(item.record)),
            "a record before the range"
        );
        let inside = |r: &RecordId| after < Some(*r) && until.is_none_or(|until| *r <= until);
        let theirs: BTreeMap<_, _> = items.iter().map(|i| (i.record, i.version)).collect();
        let mut replace = Vec::new();
        let mut covered_to = None;
        for (record, version) in self.slice.iter().filter(|(r, _)| inside(r)) {
            if theirs.get(record) != Some(&short(version)) {
                if replace.len() == self.rows_per_answer {
                    covered_to = replace.last().map(|row: &(RecordId, [u8; 32])| row.0);
                    break;
                }
                replace.push((*record, *version));
            }
        }
        let drop = theirs.keys().copied();
        let drop = drop.filter(|r| !self.slice.contains_key(r));
        let drop = drop
            .filter(|r| covered_to.is_none_or(|to| *r <= to))
            .collect();
        CentralInput::RepairCompared {
            replace: rows(&replace),
            drop,
            covered_to,
        }
    }
}
