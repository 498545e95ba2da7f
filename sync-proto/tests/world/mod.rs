//! A tiny office and a tiny centre around the two sessions.
//!
//! Frames wait in queues of their class until a schedule delivers them; what a session wants done
//! waits in a list until a schedule does it. A cut loses whatever waits. Acts are a record's number
//! and some bytes; committing one sets the record's version and puts a receipt and the change into
//! the feed.
#![allow(dead_code, unreachable_pub)]

mod centre;
mod office;
mod papers;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use sync_proto::*;

pub use centre::Centre;
pub use office::Office;
#[allow(unused_imports)] // Not every test has papers.
pub use papers::{Papers, scan};

pub const CLASSES: usize = Class::ALL.len();
pub const RECEIPT: u8 = 1;
pub const CHANGE: u8 = 2;
pub const STRANGE: u8 = 9;
pub const SAMPLE: &[u8] = b"the clerk of the commune registers a residence for a person";

pub type Slice = BTreeMap<RecordId, [u8; 32]>;

pub fn office() -> OfficeCode {
    OfficeCode::new(4).unwrap()
}
pub fn node_id() -> NodeId {
    NodeId::new([7; 16])
}
pub fn node_key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}
pub fn codec(dictionary: bool) -> Arc<Codec> {
    let with: &[(u32, &[u8])] = &[(1, SAMPLE)];
    Arc::new(Codec::new(3, if dictionary { with } else { &[] }).unwrap())
}
pub fn record(n: u8) -> RecordId {
    RecordId::new([n; 16])
}
pub fn digest_of(slice: &Slice) -> Digest {
    let key = DigestKey::of(office());
    let mut digest = Digest::EMPTY;
    for (record, version) in slice {
        digest.add(&key, record, version);
    }
    digest
}
pub fn short(version: &[u8; 32]) -> [u8; 8] {
    *version.first_chunk().unwrap()
}
pub fn rows(slice: &[(RecordId, [u8; 32])]) -> Bytes {
    slice
        .iter()
        .flat_map(|(r, v)| [r.as_bytes().as_slice(), v].concat())
        .collect::<Vec<_>>()
        .into()
}
pub fn from_rows(rows: &[u8]) -> Vec<(RecordId, [u8; 32])> {
    rows.chunks_exact(48)
        .map(|row| {
            (
                RecordId::from_slice(&row[..16]).unwrap(),
                row[16..].try_into().unwrap(),
            )
        })
        .collect()
}

/// One connection, from both ends.
pub struct Line {
    pub node: Option<NodeSession>,
    pub central: CentralSession,
    pub to_central: [VecDeque<Bytes>; CLASSES],
    pub to_node: [VecDeque<Bytes>; CLASSES],
    pub node_tasks: VecDeque<NodeOutput>,
    pub central_tasks: VecDeque<CentralOutput>,
    pub node_ended: Option<Ending>,
    pub central_ended: Option<Ending>,
}

pub struct World {
    pub now_ms: u64,
    pub office: Office,
    pub centre: Centre,
    /// The last is the node's own; those before it live at the centre only.
    pub lines: Vec<Line>,
}

fn class_at(index: usize) -> Class {
    Class::ALL[index]
}

/// Both sides have something that the other lacks.
pub fn busy_world() -> World {
    let mut world = World::new();
    for n in 0..23 {
        world.act(n, "moved here");
    }
    for n in 40..60 {
        world.change(n, 1);
    }
    world
}

/// The code with which a session has ended.
pub fn code(ending: &Option<Ending>) -> &str {
    ending
        .as_ref()
        .map_or("none", |ending| ending.code.as_str())
}

impl World {
    pub fn new() -> Self {
        let office = Office {
            incarnation: 1,
            acts: Vec::new(),
            taken: 0,
            slice: Slice::new(),
            staging: Slice::new(),
            feed_base: 0,
            feed: Vec::new(),
            fill: None,
            epoch: 0,
            codec: codec(true),
            held: None,
            told: Vec::new(),
            papers: Papers::default(),
        };
        let centre = Centre {
            point: ChainPoint::genesis(node_id(), Incarnation::new(0)),
            acts: Vec::new(),
            slice: Slice::new(),
            feed: Vec::new(),
            feed_floor: 0,
            epoch: 0,
            acked: 0,
            codec: codec(true),
            rows_per_answer: 3,
            told: Vec::new(),
            papers: Papers::default(),
            earlier: BTreeMap::new(),
        };
        Self {
            now_ms: 0,
            office,
            centre,
            lines: Vec::new(),
        }
    }

    /// A new connection; an older one stays alive at the centre, with what it was sent.
    pub fn connect(&mut self) {
        if let Some(old) = self.lines.last_mut() {
            old.node = None;
            old.node_tasks.clear();
        }
        self.office.epoch += 1;
        let state = self.office.state();
        let node = NodeSession::new(self.office.config(), &state, self.now_ms).unwrap();
        self.lines.push(Line {
            node: Some(node),
            central: CentralSession::new(self.centre.config(), self.now_ms),
            to_central: Default::default(),
            to_node: Default::default(),
            node_tasks: VecDeque::new(),
            central_tasks: VecDeque::new(),
            node_ended: None,
            central_ended: None,
        });
        self.drain();
    }

    /// Everything on the way is lost.
    pub fn cut(&mut self) {
        self.lines.clear();
    }

    pub fn line(&mut self) -> &mut Line {
        self.lines.last_mut().unwrap()
    }

    /// A clerk's act, durable in the outbox.
    pub fn act(&mut self, about: u8, text: &str) {
        let act = [&[about], text.as_bytes()].concat();
        self.office.acts.push(act.into());
        let point = self.office.point(self.office.acts.len());
        self.node_input(NodeInput::OutboxGrew {
            last: point.number,
            chain: point.chain,
        });
    }

    /// A change from elsewhere.
    pub fn change(&mut self, about: u8, version: u8) {
        self.centre.set(record(about), [version; 32]);
        self.grew();
    }

    /// Everything that waits moves on by one.
    pub fn round(&mut self) {
        let last = self.lines.len() - 1;
        let _ = self.central_task(last);
        for class in 0..CLASSES {
            let _ = self.deliver_to_central(last, class);
            let _ = self.deliver_to_node(class);
        }
        let _ = self.node_task();
    }

    pub fn grew(&mut self) {
        let head = FeedSeq::new(self.centre.feed.len() as u64);
        let digest = digest_of(&self.centre.slice);
        for index in 0..self.lines.len() {
            self.central_input(index, CentralInput::FeedGrew { head, digest });
        }
    }

    pub fn node_input(&mut self, input: NodeInput) {
        let now_ms = self.now_ms;
        if let Some(node) = self.lines.last_mut().and_then(|line| line.node.as_mut()) {
            let _ = node.handle(input, now_ms);
        }
        self.drain();
    }

    pub fn central_input(&mut self, index: usize, input: CentralInput) {
        let now_ms = self.now_ms;
        let _ = self.lines[index].central.handle(input, now_ms);
        self.drain();
    }

    /// Sorts what the sessions want into queues and lists.
    pub fn drain(&mut self) {
        for line in &mut self.lines {
            while let Some(output) = line.node.as_mut().and_then(NodeSession::poll) {
                match output {
                    NodeOutput::Send(class, frame) => {
                        line.to_central[usize::from(class.tag()) - 1].push_back(frame);
                    }
                    NodeOutput::Close(ending) => {
                        assert!(line.node_ended.replace(ending).is_none(), "closed twice");
                    }
                    NodeOutput::Taken { up_to } => {
                        let committed = self.centre.point.number;
                        assert!(
                            up_to <= committed,
                            "acts acknowledged before they are durable"
                        );
                        self.office.taken = self.office.taken.max(up_to.get());
                    }
                    told @ (NodeOutput::Linked { .. }
                    | NodeOutput::InStep
                    | NodeOutput::NeedFill { .. }
                    | NodeOutput::NeedsUpgrade { .. }
                    | NodeOutput::EpochBehind { .. }
                    | NodeOutput::BundleKey { .. }
                    | NodeOutput::Papers { .. }
                    | NodeOutput::NeedNewIncarnation { .. }) => self.office.told.push(told),
                    // A look into memory.
                    NodeOutput::Attachment(task @ OfficeAttachmentOutput::Next { .. }) => {
                        let found = self.office.papers.at_office(task);
                        if let (Some(node), Some(found)) = (line.node.as_mut(), found) {
                            let _ = node.handle(NodeInput::Attachment(found), self.now_ms);
                        }
                    }
                    task => line.node_tasks.push_back(task),
                }
            }
            while let Some(output) = line.central.poll() {
                match output {
                    CentralOutput::Send(class, frame) => {
                        line.to_node[usize::from(class.tag()) - 1].push_back(frame);
                    }
                    CentralOutput::Close(ending) => {
                        assert!(line.central_ended.replace(ending).is_none(), "closed twice");
                    }
                    CentralOutput::Acked { applied } => {
                        let durable = self.office.applied();
                        assert!(
                            applied.get() <= durable,
                            "feed acknowledged before it is durable"
                        );
                        self.centre.acked = self.centre.acked.max(applied.get());
                    }
                    told @ (CentralOutput::InStep | CentralOutput::Held { .. }) => {
                        self.centre.told.push(told);
                    }
                    task => line.central_tasks.push_back(task),
                }
            }
        }
    }

    pub fn deliver_to_central(&mut self, index: usize, class: usize) -> bool {
        let Some(frame) = self.lines[index].to_central[class].pop_front() else {
            return false;
        };
        self.central_input(index, CentralInput::Frame(class_at(class), frame));
        true
    }

    pub fn deliver_to_node(&mut self, class: usize) -> bool {
        let Some(frame) = self
            .lines
            .last_mut()
            .and_then(|l| l.to_node[class].pop_front())
        else {
            return false;
        };
        self.node_input(NodeInput::Frame(class_at(class), frame));
        true
    }

    pub fn node_task(&mut self) -> bool {
        let Some(task) = self
            .lines
            .last_mut()
            .and_then(|line| line.node_tasks.pop_front())
        else {
            return false;
        };
        for input in self.office.perform(task) {
            self.node_input(input);
        }
        true
    }

    pub fn central_task(&mut self, index: usize) -> bool {
        let Some(task) = self.lines[index].central_tasks.pop_front() else {
            return false;
        };
        match task {
            CentralOutput::LookUp(hello) => {
                assert_eq!(hello.node, node_id());
                let standing = self.centre.standing();
                self.central_input(index, CentralInput::Standing(standing));
            }
            CentralOutput::Linked { epoch, .. } => {
                self.centre.epoch = self.centre.epoch.max(epoch);
                for older in 0..index {
                    self.central_input(older, CentralInput::Displaced);
                }
            }
            CentralOutput::TakeBatch(batch) => {
                let up_to = ActNumber::new(self.centre.commit(&batch));
                self.central_input(index, CentralInput::BatchCommitted { up_to });
                self.grew();
            }
            CentralOutput::ReadFeed {
                after, max_count, ..
            } => {
                let entries = self
                    .centre
                    .feed
                    .iter()
                    .skip(after.get() as usize)
                    .take(max_count);
                let entries = entries.cloned().collect();
                self.central_input(
                    index,
                    CentralInput::FeedRead {
                        first: after.next(),
                        entries,
                    },
                );
            }
            CentralOutput::ReadPage { after, feed_start } => {
                let input = self.centre.page(after, feed_start);
                self.central_input(index, input);
            }
            CentralOutput::CompareSlice {
                after,
                until,
                items,
            } => {
                let input = self.centre.compare(after, until, &items);
                self.central_input(index, input);
            }
            CentralOutput::Attachment(task) => {
                let input = self.centre.papers.at_centre(task, &self.centre.acts);
                self.central_input(index, CentralInput::Attachment(input));
            }
            CentralOutput::FindPapers { record } => {
                let found = self.centre.earlier.get(&record).cloned();
                let found = found.unwrap_or_default();
                self.central_input(index, CentralInput::PapersFound { record, found });
            }
            other => panic!("no task: {other:?}"),
        }
        true
    }

    pub fn confirm(&mut self) {
        let index = self.lines.len() - 1;
        self.node_input(NodeInput::Confirmed);
        self.central_input(index, CentralInput::Confirmed);
    }

    /// Does everything that waits, until nothing does; tells whether that happened in time.
    pub fn settle(&mut self) -> bool {
        for _ in 0..2_000 {
            let mut busy = false;
            for index in 0..self.lines.len() {
                busy |= self.central_task(index);
                for class in 0..CLASSES {
                    busy |= self.deliver_to_central(index, class);
                }
            }
            for class in 0..CLASSES {
                busy |= self.deliver_to_node(class);
            }
            busy |= self.node_task();
            if !busy {
                return true;
            }
        }
        false
    }

    /// Does the centre's work alone.
    pub fn settle_centre(&mut self) -> bool {
        let last = self.lines.len() - 1;
        (0..200).any(|_| !self.central_task(last))
    }

    /// An acknowledgement of the feed (tag 5) that the node never sent.
    pub fn pretend_acknowledged(&mut self, applied: FeedSeq) {
        let frame = Bytes::from(vec![5, u8::try_from(applied.get()).unwrap()]);
        let now_ms = self.now_ms;
        let central = &mut self.lines.last_mut().unwrap().central;
        central
            .handle(CentralInput::Frame(Class::Control, frame), now_ms)
            .unwrap();
        while let Some(output) = central.poll() {
            match output {
                CentralOutput::Send(class, frame) => {
                    let index = usize::from(class.tag()) - 1;
                    self.lines.last_mut().unwrap().to_node[index].push_back(frame);
                    return;
                }
                CentralOutput::Acked { .. } => {}
                other => panic!("unexpected: {other:?}"),
            }
        }
    }

    pub fn link(&mut self) {
        self.connect();
        self.confirm();
        assert!(self.settle());
    }

    /// Lets time pass until the node's session wants it.
    pub fn wait(&mut self) {
        if let Some(wake) = self
            .line()
            .node
            .as_ref()
            .and_then(NodeSession::next_wake_ms)
        {
            self.now_ms = self.now_ms.max(wake);
        }
        let now_ms = self.now_ms;
        if let Some(node) = self.line().node.as_mut() {
            let _ = node.tick(now_ms);
        }
        self.drain();
    }

    pub fn in_step(&self) -> bool {
        self.office.told.contains(&NodeOutput::InStep)
    }

    /// Whatever happened: everything made is at both sides, once and in order.
    pub fn assert_equal(&self) {
        assert_eq!(self.office.acts, self.centre.acts, "acts");
        let from = usize::try_from(self.office.feed_base).unwrap();
        assert_eq!(self.office.feed, self.centre.feed[from..], "feed");
        assert_eq!(self.office.slice, self.centre.slice, "slice");
    }
}
