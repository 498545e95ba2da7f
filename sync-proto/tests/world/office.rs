//! The office: what it keeps, and how it does what its session wants.

use super::*;

/// What a node keeps on its disk.
pub struct Office {
    pub incarnation: u64,
    pub acts: Vec<Bytes>,
    pub taken: u64,
    pub slice: Slice,
    pub staging: Slice,
    pub feed_base: u64,
    pub feed: Vec<FeedEntry>,
    pub fill: Option<FillState>,
    pub epoch: u64,
    pub codec: Arc<Codec>,
    pub held: Option<u64>,
    /// What the sessions told.
    pub told: Vec<NodeOutput>,
    pub papers: Papers,
}

impl Office {
    pub fn point(&self, number: usize) -> ChainPoint {
        let start = ChainPoint::genesis(node_id(), Incarnation::new(self.incarnation));
        self.acts[..number]
            .iter()
            .fold(start, |point, act| point.after(act))
    }
    pub fn applied(&self) -> u64 {
        self.feed_base + self.feed.len() as u64
    }
    pub fn state(&self) -> NodeState {
        NodeState {
            outbox_last: self.point(self.acts.len()),
            kept_from: ActNumber::new(1),
            taken: ActNumber::new(self.taken),
            feed_applied: FeedSeq::new(self.applied()),
            digest: digest_of(&self.slice),
            fill: self.fill,
            epoch: self.epoch,
            wall_ms: 1_000_000,
        }
    }
    pub fn config(&self) -> NodeConfig {
        NodeConfig {
            office: office(),
            node: node_id(),
            key: node_key(),
            minors: Minors::CURRENT,
            schema: 1,
            codec: Arc::clone(&self.codec),
            dictionary: if self.codec.knows(1) { 1 } else { 0 },
            software: "test 1".to_owned(),
            check_interval_ms: 600_000,
            check_settle_ms: 2_000,
        }
    }
}

impl Office {
    /// Does a task durably and gives what the session is to be told.
    pub fn perform(&mut self, task: NodeOutput) -> Vec<NodeInput> {
        let input = match task {
            NodeOutput::ReadOutbox {
                from, max_count, ..
            } => {
                let at = from.get() as usize - 1;
                let acts = self
                    .acts
                    .iter()
                    .skip(at)
                    .take(max_count.min(5))
                    .cloned()
                    .collect();
                let before = self.point(at).chain;
                NodeInput::OutboxRead {
                    first: from,
                    before,
                    acts,
                }
            }
            NodeOutput::ApplyFeed { first, entries } => return self.apply(first, entries),
            NodeOutput::ApplyPage {
                after,
                last,
                done,
                feed_start,
                payload,
            } => {
                if after.is_none() {
                    self.staging.clear();
                }
                self.staging.extend(from_rows(&payload));
                self.fill = Some(FillState {
                    after: last.or(after),
                    feed_start: Some(feed_start),
                });
                if done {
                    self.slice = std::mem::take(&mut self.staging);
                    self.fill = None;
                    self.feed_base = feed_start.get();
                    self.feed.clear();
                }
                let digest = digest_of(if done { &self.slice } else { &self.staging });
                NodeInput::PageDurable { last, digest }
            }
            NodeOutput::NeedRepairList { after, max_count } => {
                let count = max_count.min(4);
                let mut rest = self
                    .slice
                    .iter()
                    .filter(|(record, _)| after < Some(**record));
                let item = |(record, version): (&RecordId, &[u8; 32])| RepairItem {
                    record: *record,
                    version: short(version),
                };
                let items = rest.by_ref().take(count).map(item).collect();
                NodeInput::RepairListing {
                    items,
                    done: rest.next().is_none(),
                }
            }
            NodeOutput::ApplyRepair { replace, drop } => {
                self.slice.extend(from_rows(&replace));
                for record in drop {
                    self.slice.remove(&record);
                }
                NodeInput::RepairDurable {
                    digest: digest_of(&self.slice),
                }
            }
            NodeOutput::EpochBehind { above } => {
                self.epoch = self.epoch.max(above);
                return Vec::new();
            }
            NodeOutput::Attachment(task) => {
                let input = self.papers.at_office(task);
                return input.map(NodeInput::Attachment).into_iter().collect();
            }
            other => panic!("no task: {other:?}"),
        };
        vec![input]
    }

    fn apply(&mut self, first: FeedSeq, entries: Vec<FeedEntry>) -> Vec<NodeInput> {
        if self.held.is_some() {
            return Vec::new();
        }
        assert_eq!(first.get(), self.applied() + 1, "feed entries not in order");
        let before = self.applied();
        let mut inputs = Vec::new();
        for entry in entries {
            if entry.kind == STRANGE {
                let at = self.applied() + 1;
                self.held = Some(at);
                inputs.push(NodeInput::NeedsUpgrade {
                    at: FeedSeq::new(at),
                });
                break;
            }
            if entry.kind == CHANGE {
                self.slice.extend(from_rows(&entry.payload));
            }
            self.feed.push(entry);
        }
        if self.applied() > before {
            let applied = FeedSeq::new(self.applied());
            let digest = digest_of(&self.slice);
            inputs.insert(0, NodeInput::FeedDurable { applied, digest });
        }
        inputs
    }
}
