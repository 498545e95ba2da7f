//! The centre at its end of the line: an honest owner of its session.

use registry::act::papers::PapersOfRecord;

use super::*;

/// What the centre keeps.
pub(crate) struct Centre {
    pub(super) point: ChainPoint,
    pub(super) slice: Slice,
    pub(super) feed: Vec<FeedEntry>,
    pub(super) papers: Papers,
}

impl Centre {
    pub(super) fn new() -> Self {
        Self {
            point: ChainPoint::genesis(node_id(), Incarnation::new(0)),
            slice: Slice::new(),
            feed: Vec::new(),
            papers: Papers::new(false),
        }
    }

    pub(super) fn session(now_ms: u64) -> CentralSession {
        let config = CentralConfig {
            office: office_code(),
            also: Vec::new(),
            node: node_id(),
            key: key().verifying_key(),
            minors: Minors::CURRENT,
            schema: 1,
            codec: codec(),
            push_window: 2,
            bundle_key: None,
        };
        CentralSession::new(config, now_ms)
    }

    pub(super) fn head(&self) -> FeedSeq {
        FeedSeq::new(u64::try_from(self.feed.len()).expect("a short feed"))
    }

    pub(super) fn grew(&self) -> CentralInput {
        CentralInput::FeedGrew {
            head: self.head(),
            digest: digest_of(&self.slice),
        }
    }

    pub(super) fn change(&mut self, kind: u8, id: RecordId, version: [u8; 32]) {
        if kind != STRANGE {
            self.slice.insert(id, version);
        }
        self.feed.push(FeedEntry {
            kind,
            schema: 1,
            payload: rows(&[(id, version)]),
        });
    }

    pub(super) fn perform(&mut self, task: CentralOutput) -> Option<CentralInput> {
        Some(match task {
            CentralOutput::LookUp(hello) => {
                assert_eq!(hello.node, node_id(), "another node than the certificate's");
                CentralInput::Standing(NodeStanding {
                    taken: self.point,
                    epoch: 0,
                    feed_head: self.head(),
                    feed_floor: FeedSeq::new(0),
                    digest: digest_of(&self.slice),
                    central_ms: 1_000_500,
                })
            }
            CentralOutput::TakeBatch(batch) => {
                let end = batch.end();
                if end.incarnation > self.point.incarnation {
                    self.point = ChainPoint::genesis(node_id(), end.incarnation);
                }
                let known = self.point.number.get() + 1 - batch.first().get();
                let new = batch
                    .acts()
                    .iter()
                    .skip(usize::try_from(known).expect("few"));
                for act in new {
                    self.point = self.point.after(act);
                    let about = act.first().copied().unwrap_or(0);
                    let version = [u8::try_from(act.len() % 251).expect("small"); 32];
                    self.change(2, RecordId::new([about; 16]), version);
                }
                assert!(self.point.number >= end.number, "a hole in the acts taken");
                CentralInput::BatchCommitted { up_to: end.number }
            }
            CentralOutput::ReadFeed {
                after, max_count, ..
            } => {
                let at = usize::try_from(after.get()).ok()?;
                let entries = self
                    .feed
                    .get(at..)?
                    .iter()
                    .take(max_count)
                    .cloned()
                    .collect();
                CentralInput::FeedRead {
                    first: after.next(),
                    entries,
                }
            }
            CentralOutput::ReadPage { after, feed_start } => {
                let mut rest = self.slice.iter().filter(|(id, _)| after < Some(**id));
                let page = rest.by_ref().take(ROWS_MAX);
                let page: Vec<_> = page.map(|(id, version)| (*id, *version)).collect();
                CentralInput::PageRead {
                    last: page.last().map(|row| row.0),
                    done: rest.next().is_none(),
                    feed_start: feed_start.unwrap_or(self.head()),
                    digest: None,
                    payload: rows(&page),
                }
            }
            CentralOutput::CompareSlice {
                after,
                until,
                items,
            } => self.compare(after, until, &items),
            CentralOutput::Attachment(task) => {
                CentralInput::Attachment(self.papers.at_centre(task))
            }
            CentralOutput::FindPapers { record } => CentralInput::PapersFound {
                record,
                found: PapersOfRecord::default(),
            },
            other => panic!("no task: {other:?}"),
        })
    }

    pub(super) fn compare(
        &self,
        after: Option<RecordId>,
        until: Option<RecordId>,
        items: &[RepairItem],
    ) -> CentralInput {
        let inside = |id: &RecordId| after < Some(*id) && until.is_none_or(|until| *id <= until);
        assert!(
            items.iter().all(|item| inside(&item.record)),
            "a record outside the range"
        );
        let theirs: BTreeMap<_, _> = items
            .iter()
            .map(|item| (item.record, item.version))
            .collect();
        let differs = |(id, version): &(&RecordId, &[u8; 32])| {
            inside(id) && theirs.get(*id) != Some(&short(version))
        };
        let replace: Vec<_> = self
            .slice
            .iter()
            .filter(differs)
            .map(|(id, v)| (*id, *v))
            .collect();
        let gone = theirs.keys().filter(|id| !self.slice.contains_key(id));
        CentralInput::RepairCompared {
            replace: rows(&replace),
            drop: gone.copied().collect(),
            covered_to: None,
        }
    }
}
