//! The office at its end of the line: an honest owner of its session.

use super::*;

/// What the office keeps.
pub(crate) struct Office {
    /// The outbox: the chain after each act, the genesis first.
    pub(super) points: Vec<ChainPoint>,
    pub(super) acts: Vec<Bytes>,
    pub(crate) slice: Slice,
    pub(super) staging: Slice,
    pub(super) applied: u64,
    pub(crate) fill: Option<FillState>,
    pub(super) held: bool,
    pub(super) epoch: u64,
    pub(super) papers: Papers,
}

impl Office {
    pub(super) fn new() -> Self {
        Self {
            points: vec![ChainPoint::genesis(node_id(), Incarnation::new(1))],
            acts: Vec::new(),
            slice: Slice::new(),
            staging: Slice::new(),
            applied: 0,
            fill: None,
            held: false,
            epoch: 0,
            papers: Papers::new(true),
        }
    }

    pub(super) fn last(&self) -> ChainPoint {
        *self.points.last().expect("a genesis")
    }

    pub(super) fn session(&mut self, now_ms: u64) -> NodeSession {
        self.epoch += 1;
        let state = NodeState {
            outbox_last: self.last(),
            kept_from: ActNumber::new(1),
            taken: ActNumber::new(0),
            feed_applied: FeedSeq::new(self.applied),
            digest: digest_of(&self.slice),
            fill: self.fill,
            epoch: self.epoch,
            wall_ms: 1_000_000,
        };
        let config = NodeConfig {
            office: office_code(),
            node: node_id(),
            key: key().clone(),
            minors: Minors::CURRENT,
            schema: 1,
            codec: codec(),
            dictionary: 1,
            software: "hostile 1".to_owned(),
            check_interval_ms: 600_000,
            check_settle_ms: 2_000,
        };
        NodeSession::new(config, &state, now_ms).expect("a session")
    }

    /// Does what the session wants; `None` if it is nothing to be answered.
    pub(super) fn perform(&mut self, task: NodeOutput) -> Option<NodeInput> {
        Some(match task {
            NodeOutput::ReadOutbox {
                from, max_count, ..
            } => {
                let at = usize::try_from(from.get().checked_sub(1)?).ok()?;
                let acts = self.acts.get(at..)?.iter().take(max_count.min(5));
                NodeInput::OutboxRead {
                    first: from,
                    before: self.points.get(at)?.chain,
                    acts: acts.cloned().collect(),
                }
            }
            NodeOutput::ApplyFeed { first, entries } => return self.apply(first, &entries),
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
                    self.applied = feed_start.get();
                }
                let digest = digest_of(if done { &self.slice } else { &self.staging });
                NodeInput::PageDurable { last, digest }
            }
            NodeOutput::NeedRepairList { after, max_count } => {
                let mut rest = self.slice.iter().filter(|(id, _)| after < Some(**id));
                let item = |(record, version): (&RecordId, &[u8; 32])| RepairItem {
                    record: *record,
                    version: short(version),
                };
                let items = rest.by_ref().take(max_count.min(4)).map(item).collect();
                let done = rest.next().is_none();
                NodeInput::RepairListing { items, done }
            }
            NodeOutput::ApplyRepair { replace, drop } => {
                self.slice.extend(from_rows(&replace));
                drop.iter().for_each(|id| {
                    self.slice.remove(id);
                });
                let digest = digest_of(&self.slice);
                NodeInput::RepairDurable { digest }
            }
            NodeOutput::Attachment(task) => NodeInput::Attachment(self.papers.at_office(task)?),
            other => panic!("no task: {other:?}"),
        })
    }

    pub(super) fn apply(&mut self, first: FeedSeq, entries: &[FeedEntry]) -> Option<NodeInput> {
        if self.held {
            return None;
        }
        assert_eq!(first.get(), self.applied + 1, "an entry out of order");
        assert!(!entries.is_empty(), "no entry at all");
        for entry in entries {
            if entry.kind == STRANGE {
                self.held = true;
                break;
            }
            self.slice.extend(from_rows(&entry.payload));
            self.applied += 1;
        }
        if self.applied < first.get() {
            return Some(NodeInput::NeedsUpgrade { at: first });
        }
        Some(NodeInput::FeedDurable {
            applied: FeedSeq::new(self.applied),
            digest: digest_of(&self.slice),
        })
    }
}
