//! The office's side of a run: the writer in two steps, so that power may go between them, and its
//! dialling. What its session wants done is in `wishes.rs`.

use std::sync::Arc;

use bytes::Bytes;
use commune_node::office::{FeedDone, Office};
use commune_node::tables::Rows;
use commune_node::writer::{Command, Reply, WriteError, stage};
use registry_store::Store;
use sync_proto::{
    Class, Codec, Minors, NO_DICTIONARY, NodeConfig, NodeInput, NodeSession, NodeState,
};
use tokio::sync::oneshot;

use super::device::Awaited;
use super::{Event, Line, World};
use crate::check::{self, Failure};
use crate::plan::Procedure;
use crate::sabotage::Sabotage;

/// Commands that share a sync.
const GROUP_MAX: u64 = 6;
/// Shortest and longest wait before another attempt.
const WAITS_MS: (u64, u64) = (1_000, 60_000);

impl World {
    /// Queues a command for a writer.
    pub(crate) fn order<T>(
        &mut self,
        device: usize,
        command: impl FnOnce(Reply<T>) -> Command,
        awaited: impl FnOnce(oneshot::Receiver<Result<T, WriteError>>) -> Option<Awaited>,
    ) {
        let Some(at) = self.devices.get_mut(device) else {
            return;
        };
        let (reply, answer) = oneshot::channel();
        at.queue.push_back(command(reply));
        at.awaited.extend(awaited(answer));
        let life = at.life;
        if !at.busy {
            at.busy = true;
            self.after(1, Event::Write { device, life });
        }
    }

    /// The writer stages what is queued.
    pub(super) fn write(&mut self, device: usize, life: u64) -> Result<(), Failure> {
        let wall_ms = self.wall_ms();
        let count = self.dice.between(1, GROUP_MAX);
        let hasty = self.sabotage == Some(Sabotage::AcknowledgeBeforeFlush);
        let Some(at) = self.devices.get_mut(device).filter(|at| at.life == life) else {
            return Ok(());
        };
        let Some(office) = at.office.clone() else {
            return Ok(());
        };
        let device_ms = at.shows_ms(wall_ms);
        for _ in 0..count {
            let Some(command) = at.queue.pop_front() else {
                break;
            };
            let before = office.meta();
            let answer = stage(&office, command, device_ms);
            self.ledger.met.note(&office, &before);
            if hasty {
                answer(Ok(()));
            } else {
                at.group.push(answer);
            }
        }
        let ms = at.sync_ms(&mut self.dice);
        if hasty {
            self.take_answers(device)?;
        }
        self.after(ms, Event::Synced { device, life });
        self.cut_this_write(Some(device), ms);
        check::seen_at_office(self, device)
    }

    /// The writer's sync has ended: now, and only now, it answers.
    pub(super) fn synced(&mut self, device: usize, life: u64) -> Result<(), Failure> {
        let Some(at) = self.devices.get_mut(device).filter(|at| at.life == life) else {
            return Ok(());
        };
        let Some(office) = at.office.clone() else {
            return Ok(());
        };
        let synced = office.store().sync();
        let outcome = match &synced {
            Ok(_) => Ok(()),
            Err(error) => Err(error.code()),
        };
        for answer in at.group.drain(..) {
            answer(outcome);
        }
        if synced.is_ok() {
            at.audited = office.audit_end().entries;
            let meta = office.meta();
            at.saved = (meta.incarnation, meta.outbox_last);
        }
        at.busy = !at.queue.is_empty();
        let more = at.busy;
        if more {
            self.after(1, Event::Write { device, life });
        }
        match synced {
            Ok(_) => {
                self.take_answers(device)?;
                self.tell_outbox(device, &office)?;
                check::node(self, device)
            }
            Err(error) if error.code() == "disk_full" => self.take_answers(device),
            Err(_) => {
                self.take_answers(device)?;
                self.node_starts_anew(device)
            }
        }
    }

    fn tell_outbox(&mut self, device: usize, office: &Office) -> Result<(), Failure> {
        let end = office.outbox_point();
        let Some(at) = self.devices.get_mut(device) else {
            return Ok(());
        };
        if at.outbox == Some(end) {
            return Ok(());
        }
        at.outbox = Some(end);
        let Some(line) = at.line else { return Ok(()) };
        let input = NodeInput::OutboxGrew {
            last: end.number,
            chain: end.chain,
        };
        self.node_give(line, input)
    }

    /// Answers of the writer, in the order of the questions.
    fn take_answers(&mut self, device: usize) -> Result<(), Failure> {
        loop {
            let Some(at) = self.devices.get_mut(device) else {
                return Ok(());
            };
            let Some(awaited) = at.awaited.pop_front() else {
                return Ok(());
            };
            match awaited {
                Awaited::Connect(mut reply) => match reply.try_recv() {
                    Ok(state) => self.connect(device, state.ok())?,
                    Err(_) => return self.put_back(device, Awaited::Connect(reply)),
                },
                Awaited::Feed(line, mut reply) => match reply.try_recv() {
                    Ok(Ok(done)) => self.fed(device, line, done)?,
                    Ok(Err(error)) => self.node_fails(line, error.code())?,
                    Err(_) => return self.put_back(device, Awaited::Feed(line, reply)),
                },
                Awaited::Page(line, last, goes_on, mut reply) => match reply.try_recv() {
                    Ok(Ok(digest)) => {
                        if at.line == Some(line) {
                            at.fed = goes_on.unwrap_or(at.fed);
                        }
                        self.node_give(line, NodeInput::PageDurable { last, digest })?;
                    }
                    Ok(Err(error)) => self.node_fails(line, error.code())?,
                    Err(_) => {
                        return self.put_back(device, Awaited::Page(line, last, goes_on, reply));
                    }
                },
                Awaited::Patch(line, mut reply) => match reply.try_recv() {
                    Ok(Ok(digest)) => self.node_give(line, NodeInput::RepairDurable { digest })?,
                    Ok(Err(error)) => self.node_fails(line, error.code())?,
                    Err(_) => return self.put_back(device, Awaited::Patch(line, reply)),
                },
                Awaited::AttachmentNoted(line, mut reply) => match reply.try_recv() {
                    Ok(Ok(())) => self.attachment_noted(line)?,
                    Ok(Err(error)) => self.node_fails(line, error.code())?,
                    Err(_) => return self.put_back(device, Awaited::AttachmentNoted(line, reply)),
                },
                Awaited::Fetched(line, attachment, index, mut reply) => match reply.try_recv() {
                    Ok(Ok(())) => self.piece_taken(line, attachment, index)?,
                    Ok(Err(error)) => self.node_fails(line, error.code())?,
                    Err(_) => {
                        return self
                            .put_back(device, Awaited::Fetched(line, attachment, index, reply));
                    }
                },
                Awaited::Reading(record, mut reply) => match reply.try_recv() {
                    Ok(Ok(())) => self.has_read(device, record)?,
                    Ok(Err(_)) => self.tally.refused += 1,
                    Err(_) => return self.put_back(device, Awaited::Reading(record, reply)),
                },
                Awaited::ReadingsNoted(line, mut reply) => match reply.try_recv() {
                    Ok(Ok(())) => {
                        self.node_give(line, NodeInput::ReadingsGrew { at_once: true })?;
                    }
                    Ok(Err(error)) => self.node_fails(line, error.code())?,
                    Err(_) => return self.put_back(device, Awaited::ReadingsNoted(line, reply)),
                },
                Awaited::NewLife(mut reply) => match reply.try_recv() {
                    Ok(begun) => self.tally.lives += u64::from(begun.is_ok()),
                    Err(_) => return self.put_back(device, Awaited::NewLife(reply)),
                },
                Awaited::Stick(written) => {
                    if let Some(written) = self.stick_written(written) {
                        return self.put_back(device, Awaited::Stick(written));
                    }
                }
                Awaited::Filing(procedure, mut reply) => match reply.try_recv() {
                    Ok(answer) => self.filed(device, procedure, answer)?,
                    Err(_) => return self.put_back(device, Awaited::Filing(procedure, reply)),
                },
            }
        }
    }

    fn put_back(&mut self, device: usize, awaited: Awaited) -> Result<(), Failure> {
        if let Some(at) = self.devices.get_mut(device) {
            at.awaited.push_front(awaited);
        }
        Ok(())
    }

    fn filed(
        &mut self,
        device: usize,
        procedure: Procedure,
        answer: Result<commune_node::office::Filed, WriteError>,
    ) -> Result<(), Failure> {
        match answer {
            Ok(filed) => {
                self.tally.acts += 1;
                self.count_procedure(procedure);
                self.trace
                    .note(|| format!("acknowledged {procedure:?} as act {}", filed.act));
                if let Some(at) = self.devices.get_mut(device) {
                    at.made.extend(&filed.made);
                    at.own_acts.push(filed.act.to_string());
                    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
                    let row = rows.act(&filed.act).ok().flatten();
                    let Some(row) = row else {
                        let words = format!("act {} was acknowledged and is not there", filed.act);
                        return Err(Failure::new("1 nothing is lost", words));
                    };
                    // Another life may have begun since it was filed.
                    let life = row.act.author.incarnation;
                    self.ledger.acknowledged(device, &filed, life);
                }
            }
            Err(error) => {
                self.tally.refused += 1;
                let code = error.code();
                self.trace.note(|| format!("refused {procedure:?}: {code}"));
                if ["document_internal", "row_damaged", "outbox_hole"].contains(&code) {
                    let words = format!("a clerk was refused with {code}");
                    return Err(Failure::new("1 nothing is lost", words));
                }
            }
        }
        Ok(())
    }

    fn fed(&mut self, device: usize, line: u64, done: FeedDone) -> Result<(), Failure> {
        let Some(at) = self
            .devices
            .get_mut(device)
            .filter(|at| at.line == Some(line))
        else {
            return Ok(());
        };
        at.in_step = false;
        if done.office_changed {
            return self.office_changed(device, line);
        }
        let grew = done.applied > at.fed;
        at.fed = at.fed.max(done.applied);
        if grew {
            let (applied, digest) = (done.applied, done.digest);
            self.node_give(line, NodeInput::FeedDurable { applied, digest })?;
        }
        if let Some(at) = done.held {
            self.node_give(line, NodeInput::NeedsUpgrade { at })?;
        }
        match done.trouble {
            Some(error) => {
                self.trace
                    .note(|| format!("the feed cannot go on: {} ({error})", error.code()));
                self.node_fails(line, error.code())
            }
            None => Ok(()),
        }
    }

    /// Time to dial.
    pub(super) fn dial(&mut self, device: usize, life: u64) -> Result<(), Failure> {
        let Some(at) = self.devices.get_mut(device).filter(|at| at.life == life) else {
            return Ok(());
        };
        if at.office.is_none() || at.line.is_some() {
            return Ok(());
        }
        let open = !at.path.is_blocked(true) && !at.path.is_blocked(false);
        if !open || !self.centre.is_up() {
            self.dial_later(device);
            return Ok(());
        }
        self.order(
            device,
            |reply| Command::Connect { reply },
            |answer| Some(Awaited::Connect(answer)),
        );
        Ok(())
    }

    fn dial_later(&mut self, device: usize) {
        let wait = match self.devices.get_mut(device) {
            Some(at) => {
                at.failures = at.failures.saturating_add(1);
                let longest = (WAITS_MS.0 << at.failures.min(6)).min(WAITS_MS.1);
                self.dice.between(WAITS_MS.0, longest)
            }
            None => return,
        };
        let life = self.devices.get(device).map_or(0, |at| at.life);
        self.after(wait, Event::Dial { device, life });
    }

    /// The connection is counted, durably: the session begins.
    fn connect(&mut self, device: usize, state: Option<NodeState>) -> Result<(), Failure> {
        let Some(state) = state else {
            self.dial_later(device);
            return Ok(());
        };
        let Some(at) = self.devices.get_mut(device) else {
            return Ok(());
        };
        at.fed = state.feed_applied;
        let config = config_of(at.speaks_as(), at.node, at.key.clone())?;
        let session = NodeSession::new(config, &state, 0)
            .map_err(|error| Failure::new("session", error.to_string()))?;
        let id = self.next_line;
        self.next_line += 1;
        at.line = Some(id);
        let rtt = at.path.profile.rtt_ms;
        let line = Line::new(device, self.now_ms, Some(session));
        self.lines.insert(id, line);
        self.acts_sent(id, state.taken.get());
        self.after(
            rtt,
            Event::Confirmed {
                line: id,
                up: false,
            },
        );
        self.after(rtt + rtt / 2 + 1, Event::Confirmed { line: id, up: true });
        self.after(super::lines::IDLE_MS, Event::Silent { line: id });
        self.obey(id)
    }

    pub(super) fn node_confirmed(&mut self, id: u64) -> Result<(), Failure> {
        let Some(device) = self.lines.get(&id).map(|line| line.device) else {
            return Ok(());
        };
        let key = self.centre.public_key();
        let known = self
            .devices
            .get(device)
            .and_then(|at| at.office.as_ref())
            .map(|office| office.meta().central_keys.last() == Some(&key));
        if known == Some(false) {
            self.order(device, |reply| Command::Trust { key, reply }, |_| None);
        }
        self.node_give(id, NodeInput::Confirmed)
    }

    pub(super) fn node_gets(&mut self, id: u64, class: Class, frame: Bytes) -> Result<(), Failure> {
        self.node_give(id, NodeInput::Frame(class, frame))
    }

    pub(super) fn node_tick(&mut self, id: u64) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        if let Some(line) = self.lines.get_mut(&id) {
            let age = line.age(now_ms);
            if let Some(session) = &mut line.node
                && session.tick(age).is_err()
            {
                self.tally.broken_sessions += 1;
            }
        }
        self.obey(id)
    }

    /// Gives the session of a line something, and does what it wants.
    pub(crate) fn node_give(&mut self, id: u64, input: NodeInput) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        if let Some(line) = self.lines.get_mut(&id) {
            let age = line.age(now_ms);
            if let Some(session) = &mut line.node
                && let Err(error) = session.handle(input, age)
            {
                self.tally.broken_sessions += 1;
                self.trace
                    .note(|| format!("the office's session ends: {}", error.code()));
                check::blame(&error)?;
            }
        }
        self.obey(id)
    }

    pub(super) fn node_fails(&mut self, id: u64, code: &'static str) -> Result<(), Failure> {
        self.trace
            .note(|| format!("the office gives line {id} up: {code}"));
        self.node_ends(id)
    }

    pub(super) fn node_ends(&mut self, id: u64) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        if line.node.take().is_none() {
            return Ok(());
        }
        let device = line.device;
        self.close(id, true);
        self.node_left(device, id);
        Ok(())
    }

    /// A device is without a line again.
    pub(crate) fn node_left(&mut self, device: usize, id: u64) {
        if let Some(at) = self.devices.get_mut(device)
            && at.line == Some(id)
        {
            at.line = None;
            at.in_step = false;
            self.dial_later(device);
        }
    }
}

/// The configuration of a node's session.
pub(crate) fn config_of(
    office: registry::OfficeCode,
    node: registry::NodeId,
    key: ed25519_dalek::SigningKey,
) -> Result<NodeConfig, Failure> {
    let codec = Codec::new(3, &[]).map_err(|error| Failure::new("codec", error.to_string()))?;
    Ok(NodeConfig {
        office,
        node,
        key,
        minors: Minors::CURRENT,
        schema: commune_node::office::SCHEMA,
        codec: Arc::new(codec),
        dictionary: NO_DICTIONARY,
        software: "simulated node".to_owned(),
        check_interval_ms: 60_000,
        check_settle_ms: 2_000,
    })
}
