//! A line between an office and the centre that somebody else holds: the two real sessions, honest
//! owners behind them, and frames that wait until they are delivered, repeated, turned or lost.
//!
//! What holds whatever is done to the frames is asserted wherever it can be seen: nothing is
//! applied out of order, nothing is taken that was not sent, and what waits is under its window.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use crate::attachments::Papers;
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use sync_proto::{
    Blame, CentralConfig, CentralInput, CentralOutput, CentralSession, ChainPoint, Class, Codec,
    Digest, DigestKey, Ending, FeedEntry, FillState, Minors, NodeConfig, NodeInput, NodeOutput,
    NodeSession, NodeStanding, NodeState, RepairItem, SessionError, limits,
};

/// The kind of an entry that no release of this office can read.
pub(crate) const STRANGE: u8 = 9;
/// Rows in one answer of the centre.
const ROWS_MAX: usize = 3;
/// Frames that may come out of one event: everything a window allows, and a goodbye.
const FRAMES_AT_ONCE_MAX: usize = 64;

type Slice = BTreeMap<RecordId, [u8; 32]>;

/// Which end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Node,
    Central,
}

/// The line, with all that both owners keep.
pub(crate) struct Line {
    pub(crate) now_ms: u64,
    node: NodeSession,
    central: CentralSession,
    /// Frames on their way to each side, by class.
    to_node: [VecDeque<Bytes>; Class::ALL.len()],
    to_central: [VecDeque<Bytes>; Class::ALL.len()],
    node_tasks: VecDeque<NodeOutput>,
    central_tasks: VecDeque<CentralOutput>,
    node_ended: Option<Ending>,
    central_ended: Option<Ending>,
    pub(crate) office: Office,
    pub(crate) centre: Centre,
}

/// What the office keeps.
pub(crate) struct Office {
    /// The outbox: the chain after each act, the genesis first.
    points: Vec<ChainPoint>,
    acts: Vec<Bytes>,
    pub(crate) slice: Slice,
    staging: Slice,
    applied: u64,
    pub(crate) fill: Option<FillState>,
    held: bool,
    epoch: u64,
    papers: Papers,
}

/// What the centre keeps.
pub(crate) struct Centre {
    point: ChainPoint,
    slice: Slice,
    feed: Vec<FeedEntry>,
    papers: Papers,
}

fn office_code() -> OfficeCode {
    OfficeCode::new(4).expect("a commune")
}

fn node_id() -> NodeId {
    NodeId::new([7; 16])
}

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::from_bytes(&[5; 32]))
}

pub(crate) fn codec() -> Arc<Codec> {
    static CODEC: OnceLock<Arc<Codec>> = OnceLock::new();
    let make =
        || Arc::new(Codec::new(3, &[(1, b"a clerk registers a residence")]).expect("a codec"));
    Arc::clone(CODEC.get_or_init(make))
}

fn digest_of(slice: &Slice) -> Digest {
    let key = DigestKey::of(office_code());
    let mut digest = Digest::EMPTY;
    for (record, version) in slice {
        digest.add(&key, record, version);
    }
    digest
}

fn rows(slice: &[(RecordId, [u8; 32])]) -> Bytes {
    let rows = slice
        .iter()
        .flat_map(|(id, version)| [id.as_bytes().as_slice(), version].concat());
    rows.collect::<Vec<u8>>().into()
}

fn from_rows(rows: &[u8]) -> impl Iterator<Item = (RecordId, [u8; 32])> + '_ {
    rows.chunks_exact(48).filter_map(|row| {
        let (id, version) = row.split_at_checked(16)?;
        Some((RecordId::from_slice(id)?, version.try_into().ok()?))
    })
}

fn short(version: &[u8; 32]) -> [u8; 8] {
    *version.first_chunk().expect("eight bytes")
}

impl Office {
    fn new() -> Self {
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

    fn last(&self) -> ChainPoint {
        *self.points.last().expect("a genesis")
    }

    fn session(&mut self, now_ms: u64) -> NodeSession {
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
    fn perform(&mut self, task: NodeOutput) -> Option<NodeInput> {
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

    fn apply(&mut self, first: FeedSeq, entries: &[FeedEntry]) -> Option<NodeInput> {
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

impl Centre {
    fn new() -> Self {
        Self {
            point: ChainPoint::genesis(node_id(), Incarnation::new(0)),
            slice: Slice::new(),
            feed: Vec::new(),
            papers: Papers::new(false),
        }
    }

    fn session(now_ms: u64) -> CentralSession {
        let config = CentralConfig {
            office: office_code(),
            also: Vec::new(),
            node: node_id(),
            key: key().verifying_key(),
            minors: Minors::CURRENT,
            schema: 1,
            codec: codec(),
            push_window: 2,
        };
        CentralSession::new(config, now_ms)
    }

    fn head(&self) -> FeedSeq {
        FeedSeq::new(u64::try_from(self.feed.len()).expect("a short feed"))
    }

    fn grew(&self) -> CentralInput {
        CentralInput::FeedGrew {
            head: self.head(),
            digest: digest_of(&self.slice),
        }
    }

    fn change(&mut self, kind: u8, id: RecordId, version: [u8; 32]) {
        if kind != STRANGE {
            self.slice.insert(id, version);
        }
        self.feed.push(FeedEntry {
            kind,
            schema: 1,
            payload: rows(&[(id, version)]),
        });
    }

    fn perform(&mut self, task: CentralOutput) -> Option<CentralInput> {
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
            other => panic!("no task: {other:?}"),
        })
    }

    fn compare(
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

impl Line {
    /// A new office with some acts and a centre with some records, connected; nothing was
    /// delivered yet.
    pub(crate) fn new(acts: u8, changes: u8) -> Self {
        let (mut office, mut centre) = (Office::new(), Centre::new());
        for number in 0..acts {
            let act = Bytes::from(vec![number; 40]);
            office.points.push(office.last().after(&act));
            office.acts.push(act);
        }
        for number in 0..changes {
            centre.change(2, RecordId::new([100 + number; 16]), [number; 32]);
        }
        let mut line = Self {
            now_ms: 0,
            node: office.session(0),
            central: Centre::session(0),
            to_node: Default::default(),
            to_central: Default::default(),
            node_tasks: VecDeque::new(),
            central_tasks: VecDeque::new(),
            node_ended: None,
            central_ended: None,
            office,
            centre,
        };
        line.drain();
        line
    }

    /// Somebody at the office wants to see the scan.
    pub(crate) fn want(&mut self) {
        let want = self.office.papers.want();
        self.tell_node(NodeInput::Attachment(want));
    }

    /// Whatever is on the way is lost, and both sides begin anew.
    pub(crate) fn reconnect(&mut self) {
        self.node = self.office.session(self.now_ms);
        self.central = Centre::session(self.now_ms);
        self.to_node = Default::default();
        self.to_central = Default::default();
        self.node_tasks.clear();
        self.central_tasks.clear();
        self.office.held = false;
        (self.node_ended, self.central_ended) = (None, None);
        self.drain();
    }

    /// The frames on their way to a side.
    pub(crate) fn queue(&mut self, to: Side, class: usize) -> &mut VecDeque<Bytes> {
        let class = class % Class::ALL.len();
        match to {
            Side::Node => &mut self.to_node[class],
            Side::Central => &mut self.to_central[class],
        }
    }

    /// A frame comes at a side.
    pub(crate) fn give(&mut self, to: Side, class: Class, frame: Bytes) {
        match to {
            Side::Node => self.tell_node(NodeInput::Frame(class, frame)),
            Side::Central => self.tell_central(CentralInput::Frame(class, frame)),
        }
    }

    /// The first frame of a class arrives, if there is one.
    pub(crate) fn deliver(&mut self, to: Side, class: usize) -> bool {
        let class = class % Class::ALL.len();
        let Some(frame) = self.queue(to, class).pop_front() else {
            return false;
        };
        self.give(to, Class::ALL[class], frame);
        true
    }

    /// The owner of a side does the first thing that its session wants, if there is one.
    pub(crate) fn work(&mut self, side: Side) -> bool {
        match side {
            Side::Node => {
                let Some(task) = self.node_tasks.pop_front() else {
                    return false;
                };
                if let Some(input) = self.office.perform(task) {
                    self.tell_node(input);
                }
            }
            Side::Central => {
                let Some(task) = self.central_tasks.pop_front() else {
                    return false;
                };
                let commits = matches!(task, CentralOutput::TakeBatch(_));
                if let Some(input) = self.centre.perform(task) {
                    self.tell_central(input);
                }
                if commits {
                    self.tell_central(self.centre.grew());
                }
            }
        }
        true
    }

    /// Everything that waits moves on by one; tells whether anything did.
    pub(crate) fn round(&mut self) -> bool {
        let mut busy = self.work(Side::Central);
        for class in 0..Class::ALL.len() {
            busy |= self.deliver(Side::Central, class);
            busy |= self.deliver(Side::Node, class);
        }
        self.work(Side::Node) || busy
    }

    /// The handshake is complete for both.
    pub(crate) fn confirm(&mut self) {
        self.tell_node(NodeInput::Confirmed);
        self.tell_central(CentralInput::Confirmed);
    }

    /// A clerk's act.
    pub(crate) fn act(&mut self, act: Bytes) {
        let point = self.office.last().after(&act);
        self.office.points.push(point);
        self.office.acts.push(act);
        self.tell_node(NodeInput::OutboxGrew {
            last: point.number,
            chain: point.chain,
        });
    }

    /// A change from elsewhere.
    pub(crate) fn change(&mut self, kind: u8, about: u8, version: u8) {
        self.centre
            .change(kind, RecordId::new([about; 16]), [version; 32]);
        self.tell_central(self.centre.grew());
    }

    /// Time passes for both.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.now_ms = self.now_ms.saturating_add(ms);
        let told = self.node.tick(self.now_ms);
        self.judge(Side::Node, &told);
        let told = self.central.tick(self.now_ms);
        self.judge(Side::Central, &told);
    }

    pub(crate) fn tell_node(&mut self, input: NodeInput) {
        let told = self.node.handle(input, self.now_ms);
        self.judge(Side::Node, &told);
    }

    pub(crate) fn tell_central(&mut self, input: CentralInput) {
        let told = self.central.handle(input, self.now_ms);
        self.judge(Side::Central, &told);
    }

    /// A session goes on, or it ended with the code of the error that it gave.
    fn judge(&mut self, side: Side, told: &Result<(), SessionError>) {
        self.drain();
        let (ending, over) = match side {
            Side::Node => (&self.node_ended, self.node.is_ended()),
            Side::Central => (&self.central_ended, self.central.is_ended()),
        };
        assert_eq!(
            ending.is_some(),
            over,
            "an end is told once, when it is one"
        );
        if let Err(error) = told {
            assert!(
                error.blame() != Blame::Caller,
                "the owner is blamed: {error}"
            );
            assert_eq!(ending.as_ref().expect("an end").code, error.code());
        }
    }

    /// Sorts what the sessions want into frames and tasks, under their windows.
    fn drain(&mut self) {
        let mut frames = 0;
        while let Some(output) = self.node.poll() {
            match output {
                NodeOutput::Send(class, frame) => {
                    assert!(frame.len() <= limits::FRAME_BYTES_MAX);
                    frames += 1;
                    self.to_central[usize::from(class.tag()) - 1].push_back(frame);
                }
                NodeOutput::Close(ending) => {
                    assert!(self.node_ended.replace(ending).is_none(), "closed twice");
                }
                NodeOutput::Taken { up_to } => {
                    assert!(up_to <= self.office.last().number, "taken and never made");
                }
                NodeOutput::NeedFill { .. } => self.office.staging.clear(),
                NodeOutput::Linked { .. }
                | NodeOutput::InStep
                | NodeOutput::NeedsUpgrade { .. }
                | NodeOutput::ReadReadings
                | NodeOutput::ReadingsTaken { .. }
                | NodeOutput::EpochBehind { .. }
                | NodeOutput::NeedNewIncarnation { .. } => {}
                task => self.node_tasks.push_back(task),
            }
        }
        while let Some(output) = self.central.poll() {
            match output {
                CentralOutput::Send(class, frame) => {
                    assert!(frame.len() <= limits::FRAME_BYTES_MAX);
                    frames += 1;
                    self.to_node[usize::from(class.tag()) - 1].push_back(frame);
                }
                CentralOutput::Close(ending) => {
                    assert!(self.central_ended.replace(ending).is_none(), "closed twice");
                }
                CentralOutput::Acked { applied } => {
                    assert!(applied <= self.centre.head(), "acknowledged and never made");
                }
                CentralOutput::InStep
                | CentralOutput::Held { .. }
                | CentralOutput::KeepReadings { .. }
                | CentralOutput::Linked { .. } => {}
                task => self.central_tasks.push_back(task),
            }
        }
        assert!(
            frames <= FRAMES_AT_ONCE_MAX,
            "{frames} frames out of one event"
        );
        self.assert_windows();
    }

    /// What the owners were asked to do and did not do yet is all that a session makes them hold.
    fn assert_windows(&self) {
        let of_node = |kind: fn(&NodeOutput) -> bool| {
            self.node_tasks.iter().filter(|task| kind(task)).count()
        };
        let of_central = |kind: fn(&CentralOutput) -> bool| {
            self.central_tasks.iter().filter(|task| kind(task)).count()
        };
        let pages = of_node(|task| matches!(task, NodeOutput::ApplyPage { .. }));
        let patches = of_node(|task| matches!(task, NodeOutput::ApplyRepair { .. }));
        let entries = of_node(|task| matches!(task, NodeOutput::ApplyFeed { .. }));
        let batches = of_central(|task| matches!(task, CentralOutput::TakeBatch(_)));
        let compared = of_central(|task| matches!(task, CentralOutput::CompareSlice { .. }));
        assert!(entries <= limits::FEED_WINDOW, "{entries} feed frames wait");
        assert!(pages <= limits::FILL_WINDOW, "{pages} pages wait");
        assert!(patches <= limits::REPAIR_WINDOW, "{patches} patches wait");
        assert!(batches <= limits::PUSH_WINDOW_MAX, "{batches} batches wait");
        assert!(compared <= limits::REPAIR_WINDOW, "{compared} lists wait");
        let rest = self.node_tasks.len() - pages - patches - entries + self.central_tasks.len()
            - batches
            - compared;
        let window = 2 * usize::from(limits::ATTACHMENT_WINDOW_MAX);
        assert!(rest <= 16 + window, "{rest} questions wait");
    }

    /// The chain at the centre: what a batch has to follow.
    pub(crate) fn taken(&self) -> ChainPoint {
        self.centre.point
    }

    /// The last entry that the office applied.
    pub(crate) fn applied(&self) -> u64 {
        self.office.applied
    }
}
