//! A line between an office and the centre that somebody else holds: the two real sessions, honest
//! owners behind them, and frames that wait until they are delivered, repeated, turned or lost.
//!
//! What holds whatever is done to the frames is asserted wherever it can be seen: nothing is
//! applied out of order, nothing is taken that was not sent, and what waits is under its window.

mod centre;
mod office;

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

use centre::Centre;
use office::Office;

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

    /// Somebody at the office wants to know the papers of a record, held there or not.
    pub(crate) fn ask(&mut self, about: u8) {
        let record = RecordId::new([about; 16]);
        self.tell_node(NodeInput::WantPapers { record });
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
                | NodeOutput::BundleKey { .. }
                | NodeOutput::Papers { .. }
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
