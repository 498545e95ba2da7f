//! An office and the centre speak until both are known to hold the same: two real sessions, frame
//! by frame, and between them nothing that fails. Where a decree has changed the office it dials
//! again, as its line does.

use std::sync::Arc;

use central_registry::intake::BatchFrom;
use central_registry::server::answers;
use commune_node::office::{FillPage, SCHEMA};
use registry::{FeedSeq, OfficeCode};
use sync_proto::limits::PUSH_WINDOW_MAX;
use sync_proto::{
    CentralConfig, CentralInput, CentralOutput, CentralSession, Class, Minors, NO_DICTIONARY,
    NodeConfig, NodeInput, NodeOutput, NodeSession, OfficeAttachmentInput, OfficeAttachmentOutput,
};

use super::{Device, Nation, in_words};
use crate::check::Failure;

/// Connections that one talk may take: a decree costs one, an end of a repair another.
const CONNECTIONS_MAX: usize = 6;
/// Moments for which one connection waits.
const WAITS_MAX: u32 = 20;
/// Steps of one connection.
const STEPS_MAX: usize = 200_000;

/// How a connection ended.
enum Ended {
    InStep,
    OfficeChanged,
}

/// One connection.
struct Talk<'a> {
    nation: &'a Nation,
    device: &'a mut Device,
    at_s: i64,
    node: NodeSession,
    centre: CentralSession,
    /// As whose office the node greeted.
    office: OfficeCode,
    feed_start: FeedSeq,
    applied: FeedSeq,
    told: FeedSeq,
    asked: bool,
    now_ms: u64,
    waits: u32,
    ended: Option<Ended>,
}

impl Nation {
    /// Speaks until both hold the same.
    pub(super) fn talk(&self, device: &mut Device, at_s: i64) -> Result<(), Failure> {
        for _ in 0..CONNECTIONS_MAX {
            match self.connect(device, at_s)? {
                Ended::InStep => return Ok(()),
                Ended::OfficeChanged => {}
            }
        }
        let words = format!("office {} never comes into step", device.code);
        Err(Failure::new("10 agreement", words))
    }

    fn connect(&self, device: &mut Device, at_s: i64) -> Result<Ended, Failure> {
        let wall_ms = u64::try_from(at_s).unwrap_or(0) * 1000;
        let said = in_words("session");
        let state = device.office.begin_connection(wall_ms).map_err(said)?;
        let office = device.office.code();
        let node = NodeSession::new(
            NodeConfig {
                office,
                node: device.node,
                key: device.key.clone(),
                minors: Minors::CURRENT,
                schema: SCHEMA,
                codec: Arc::clone(&self.codec),
                dictionary: NO_DICTIONARY,
                software: "node of the nation".to_owned(),
                check_interval_ms: 600_000,
                check_settle_ms: 2_000,
            },
            &state,
            0,
        )
        .map_err(in_words("session"))?;
        let also = self
            .registrar
            .offices_of(device.code, &device.node)
            .map_err(in_words("session"))?;
        let centre = CentralSession::new(
            CentralConfig {
                office: device.code,
                also,
                node: device.node,
                key: device.key.verifying_key(),
                minors: Minors::CURRENT,
                schema: answers::SCHEMA,
                codec: Arc::clone(&self.codec),
                push_window: u8::try_from(PUSH_WINDOW_MAX).unwrap_or(1),
                bundle_key: None,
            },
            0,
        );
        let mut talk = Talk {
            nation: self,
            device,
            at_s,
            node,
            centre,
            office,
            feed_start: FeedSeq::default(),
            applied: state.feed_applied,
            told: FeedSeq::default(),
            asked: false,
            now_ms: 1,
            waits: 0,
            ended: None,
        };
        talk.tell_node(NodeInput::Confirmed)?;
        talk.tell_centre(CentralInput::Confirmed)?;
        talk.run()
    }
}

impl Talk<'_> {
    fn run(&mut self) -> Result<Ended, Failure> {
        for _ in 0..STEPS_MAX {
            if let Some(ended) = self.ended.take() {
                return Ok(ended);
            }
            if let Some(output) = self.node.poll() {
                self.node_wants(output)?;
            } else if let Some(output) = self.centre.poll() {
                self.centre_wants(output)?;
            } else if !std::mem::replace(&mut self.asked, true) {
                self.tell_node(NodeInput::CheckNow)?;
            } else {
                self.wait()?;
            }
        }
        Err(Failure::new("session", "a connection does not end"))
    }

    /// Lets time pass to the moment for which the node waits.
    fn wait(&mut self) -> Result<(), Failure> {
        self.waits += 1;
        match self.node.next_wake_ms() {
            Some(wake) if self.waits <= WAITS_MAX => {
                self.now_ms = self.now_ms.max(wake);
                self.node.tick(self.now_ms).map_err(in_words("session"))
            }
            _ => {
                let words = format!("office {} and the centre wait for each other", self.office);
                Err(Failure::new("session", words))
            }
        }
    }

    fn tell_node(&mut self, input: NodeInput) -> Result<(), Failure> {
        self.node
            .handle(input, self.now_ms)
            .map_err(in_words("session"))
    }

    fn tell_centre(&mut self, input: CentralInput) -> Result<(), Failure> {
        self.centre
            .handle(input, self.now_ms)
            .map_err(in_words("session"))
    }

    fn node_wants(&mut self, output: NodeOutput) -> Result<(), Failure> {
        let office = &self.device.office;
        match output {
            NodeOutput::Send(class, frame) => self.frame_to_centre(class, frame)?,
            NodeOutput::ReadOutbox {
                from,
                max_count,
                max_bytes,
            } => {
                let durable = office.meta().outbox_last;
                let read = office.read_outbox(from, max_count, max_bytes, durable);
                let read = read.map_err(in_words("outbox"))?;
                self.tell_node(NodeInput::OutboxRead {
                    first: read.first,
                    before: read.before,
                    acts: read.acts,
                })?;
            }
            NodeOutput::Taken { up_to } => {
                office.note_taken(up_to).map_err(in_words("taken"))?;
            }
            NodeOutput::ApplyFeed { first, entries } => {
                let done = office.apply_feed(first, &entries, self.at_s);
                if let Some(trouble) = done.trouble {
                    return Err(Failure::new("feed", trouble.to_string()));
                }
                if done.held.is_some() {
                    return Err(Failure::new("feed", "an entry cannot be read"));
                }
                if done.office_changed {
                    self.ended = Some(Ended::OfficeChanged);
                    return Ok(());
                }
                self.tell_node(NodeInput::FeedDurable {
                    applied: done.applied,
                    digest: done.digest,
                })?;
            }
            NodeOutput::ApplyPage {
                after,
                last,
                done,
                feed_start,
                payload,
            } => {
                let page = FillPage::read(after, last, done, feed_start, &payload)
                    .map_err(in_words("page"))?;
                let digest = office.apply_page(page).map_err(in_words("page"))?;
                self.tell_node(NodeInput::PageDurable { last, digest })?;
            }
            NodeOutput::NeedRepairList { after, max_count } => {
                let (items, done) = office
                    .repair_list(after, max_count)
                    .map_err(in_words("repair"))?;
                self.tell_node(NodeInput::RepairListing { items, done })?;
            }
            NodeOutput::ApplyRepair { .. } => {
                let words = format!("office {} has to be repaired", self.device.code);
                return Err(Failure::new("2 same documents", words));
            }
            NodeOutput::Attachment(OfficeAttachmentOutput::Next { .. }) => {
                let none = OfficeAttachmentInput::Waits(None);
                self.tell_node(NodeInput::Attachment(none))?;
            }
            NodeOutput::Attachment(_) => {
                return Err(Failure::new("session", "nobody has attached anything"));
            }
            NodeOutput::InStep => self.ended = Some(Ended::InStep),
            NodeOutput::Close(ending) => {
                let words = format!("{}: {}: {}", self.device.code, ending.code, ending.words);
                return Err(Failure::new("session", words));
            }
            NodeOutput::NeedNewIncarnation { .. }
            | NodeOutput::EpochBehind { .. }
            | NodeOutput::ReadReadings
            | NodeOutput::ReadingsTaken { .. }
            | NodeOutput::BundleKey { .. }
            | NodeOutput::Papers { .. }
            | NodeOutput::NeedsUpgrade { .. } => {
                return Err(Failure::new("session", "the centre refuses the node"));
            }
            NodeOutput::Linked { .. } | NodeOutput::NeedFill { .. } => {}
        }
        Ok(())
    }

    fn frame_to_centre(&mut self, class: Class, frame: bytes::Bytes) -> Result<(), Failure> {
        self.tell_centre(CentralInput::Frame(class, frame))
    }

    fn centre_wants(&mut self, output: CentralOutput) -> Result<(), Failure> {
        let registrar = Arc::clone(&self.nation.registrar);
        let (office, node) = (self.office, self.device.node);
        match output {
            CentralOutput::Send(class, frame) => self.tell_node(NodeInput::Frame(class, frame))?,
            CentralOutput::LookUp(hello) => {
                let state = registrar
                    .node_state(hello.office, &node)
                    .map_err(in_words("standing"))?
                    .ok_or_else(|| Failure::new("standing", "the node is not known"))?;
                let wall_ms = u64::try_from(self.at_s).unwrap_or(0) * 1000;
                // Epochs are those of the device's own row; contacts are not noted here.
                let standing = answers::standing(node, &state, wall_ms);
                self.told = standing.feed_head;
                self.feed_start = standing.feed_floor.max(self.applied);
                self.tell_centre(CentralInput::Standing(standing))?;
            }
            CentralOutput::TakeBatch(batch) => {
                let end = batch.end();
                let from = BatchFrom {
                    office,
                    node,
                    incarnation: end.incarnation,
                    first: batch.first(),
                    chain: *end.chain.as_bytes(),
                };
                let acts: Vec<Vec<u8>> = batch.acts().iter().map(|act| act.to_vec()).collect();
                let taken = registrar
                    .take_batch(self.at_s, &from, &acts)
                    .map_err(in_words("batch"))?;
                self.tell_centre(CentralInput::BatchCommitted { up_to: taken.up_to })?;
                self.tell_growth()?;
            }
            CentralOutput::ReadFeed {
                after,
                max_count,
                max_bytes,
            } => {
                let max = (max_count, max_bytes);
                let to = (node, registry::Incarnation::new(1));
                let input = answers::feed(&registrar, to, office, after, self.told, max)
                    .map_err(in_words("feed"))?;
                self.tell_centre(input)?;
            }
            CentralOutput::ReadPage { after, feed_start } => {
                let start = feed_start.unwrap_or(self.feed_start);
                let input =
                    answers::page(&registrar, office, after, start).map_err(in_words("page"))?;
                self.tell_centre(input)?;
            }
            CentralOutput::CompareSlice {
                after,
                until,
                items,
            } => {
                let input = answers::compare(&registrar, office, after, until, &items)
                    .map_err(in_words("compare"))?;
                self.tell_centre(input)?;
            }
            CentralOutput::Attachment(_) | CentralOutput::FindPapers { .. } => {
                return Err(Failure::new("session", "nobody has attached anything"));
            }
            CentralOutput::Held { .. } | CentralOutput::KeepReadings { .. } => {
                return Err(Failure::new("feed", "a node cannot read an entry"));
            }
            CentralOutput::Close(ending) => {
                let words = format!("{}: {}: {}", self.device.code, ending.code, ending.words);
                return Err(Failure::new("session", words));
            }
            CentralOutput::Linked { .. } | CentralOutput::Acked { .. } | CentralOutput::InStep => {}
        }
        Ok(())
    }

    fn tell_growth(&mut self) -> Result<(), Failure> {
        let row = self.nation.registrar.office(self.office);
        let row = row.map_err(in_words("feed"))?;
        if row.head > self.told {
            self.told = row.head;
            self.tell_centre(CentralInput::FeedGrew {
                head: row.head,
                digest: row.digest,
            })?;
        }
        Ok(())
    }
}
