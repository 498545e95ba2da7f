//! The centre's sessions: what comes from a line goes in, what a session wants done is asked of the
//! desk (`centre.rs`) or read at once, and answers go back in the order of the questions.

use std::sync::Arc;

use bytes::Bytes;
use central_registry::intake::BatchFrom;
use central_registry::registrar::{Contact, NodeState};
use central_registry::server::answers;
use registry::{NodeId, OfficeCode};
use sync_proto::limits::PUSH_WINDOW_MAX;
use sync_proto::{
    CentralConfig, CentralInput, CentralOutput, CentralSession, Class, Codec, Minors,
};

use super::centre::{Ask, Slot};
use super::lines::CentralEnd;
use super::{Line, World};
use crate::check::{self, Failure};

impl World {
    pub(super) fn office_of(&self, line: u64) -> Option<(OfficeCode, NodeId)> {
        let line = self.lines.get(&line)?;
        let device = self.devices.get(line.device)?;
        let greeted = line.central.hello.as_ref().map(|hello| hello.office);
        Some((greeted.unwrap_or(device.code), device.node))
    }

    pub(super) fn fill_slot(&mut self, id: u64, slot: Slot) -> Result<(), Failure> {
        if let Some(line) = self.lines.get_mut(&id)
            && let Some(waiting) = line
                .central
                .answers
                .iter_mut()
                .find(|slot| matches!(slot, Slot::Waits))
        {
            *waiting = slot;
        }
        self.take_slots(id)
    }

    pub(super) fn take_slots(&mut self, id: u64) -> Result<(), Failure> {
        loop {
            let Some(line) = self.lines.get_mut(&id) else {
                return Ok(());
            };
            if matches!(line.central.answers.front(), None | Some(Slot::Waits)) {
                return Ok(());
            }
            let Some(slot) = line.central.answers.pop_front() else {
                return Ok(());
            };
            match slot {
                Slot::Waits => return Ok(()),
                Slot::Input(input) => {
                    let input = self.lied(id, input);
                    self.centre_give(id, input)?;
                }
                Slot::Standing(state) => self.stands(id, state)?,
                Slot::Taken(up_to) => {
                    line.central.outbox_last = line.central.outbox_last.max(up_to);
                    self.centre_give(id, CentralInput::BatchCommitted { up_to })?;
                }
                Slot::Refused => return self.centre_ends(id),
            }
        }
    }

    fn stands(&mut self, id: u64, state: Option<Box<NodeState>>) -> Result<(), Failure> {
        let wall_ms = self.wall_ms();
        let Some((_, node)) = self.office_of(id) else {
            return Ok(());
        };
        let ignored = self.sabotage == Some(crate::Sabotage::IgnoreRevocation);
        let Some(state) = state.filter(|state| state.row.shut_out.is_none() || ignored) else {
            self.trace.note(|| format!("line {id} is shut out"));
            return self.centre_ends(id);
        };
        let standing = answers::standing(node, &state, wall_ms);
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        let told = standing.feed_head;
        line.central.told = Some(told);
        line.central.feed_start = standing.feed_floor.max(line.central.applied);
        self.centre_give(id, CentralInput::Standing(standing))?;
        // What grew meanwhile is looked at again.
        let tip = self
            .office_of(id)
            .and_then(|(office, _)| self.centre.tips.get(&office).copied());
        match tip {
            Some((head, digest)) => self.feed_grew(id, head, digest),
            None => Ok(()),
        }
    }

    pub(super) fn centre_gets(
        &mut self,
        id: u64,
        class: Class,
        frame: Bytes,
    ) -> Result<(), Failure> {
        if !self.centre.is_up() {
            return Ok(());
        }
        let life = self.centre.life;
        let now_ms = self.now_ms;
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        if line.central.session.is_none() {
            if line.first.as_ref() != Some(&frame) || line.central.hello.is_some() {
                // The centre has left this line, or was started anew since it began.
                return Ok(());
            }
            let Some(device) = self.devices.get(line.device) else {
                return Ok(());
            };
            let codec =
                Codec::new(3, &[]).map_err(|error| Failure::new("codec", error.to_string()))?;
            let registrar = self.centre.registrar.as_ref();
            let also = registrar.and_then(|it| it.offices_of(device.code, &device.node).ok());
            let config = CentralConfig {
                office: device.code,
                also: also.unwrap_or_default(),
                node: device.node,
                key: device.key.verifying_key(),
                minors: Minors::CURRENT,
                schema: answers::SCHEMA,
                codec: Arc::new(codec),
                push_window: u8::try_from(PUSH_WINDOW_MAX).unwrap_or(1),
                bundle_key: None,
            };
            line.central = CentralEnd {
                session: Some(CentralSession::new(config, line.age(now_ms))),
                life,
                ..CentralEnd::default()
            };
        }
        self.centre_give(id, CentralInput::Frame(class, frame))
    }

    pub(super) fn centre_confirmed(&mut self, id: u64) -> Result<(), Failure> {
        self.centre_give(id, CentralInput::Confirmed)
    }

    pub(super) fn centre_tick(&mut self, id: u64) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        if let Some(line) = self.lines.get_mut(&id) {
            let age = line.age(now_ms);
            if let Some(session) = &mut line.central.session
                && session.tick(age).is_err()
            {
                self.tally.broken_sessions += 1;
            }
        }
        self.serve(id)
    }

    pub(crate) fn centre_give(&mut self, id: u64, input: CentralInput) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        let life = self.centre.life;
        if let Some(line) = self.lines.get_mut(&id) {
            if line.central.life != life {
                return Ok(());
            }
            let age = line.age(now_ms);
            if let Some(session) = &mut line.central.session
                && let Err(error) = session.handle(input, age)
            {
                self.tally.broken_sessions += 1;
                self.trace
                    .note(|| format!("the centre's session ends: {}", error.code()));
                check::blame(&error)?;
            }
        }
        self.serve(id)
    }

    fn serve(&mut self, id: u64) -> Result<(), Failure> {
        loop {
            let Some(line) = self.lines.get_mut(&id) else {
                return Ok(());
            };
            let Some(session) = &mut line.central.session else {
                return Ok(());
            };
            let Some(output) = session.poll() else {
                let wake = session.next_wake_ms();
                self.wake_at(id, true, wake);
                return Ok(());
            };
            self.serve_one(id, output)?;
        }
    }

    fn serve_one(&mut self, id: u64, output: CentralOutput) -> Result<(), Failure> {
        let Some((office, node)) = self.office_of(id) else {
            return Ok(());
        };
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        if self.replays.contains(&id) && has_effect(&output) {
            let words = "a hello that was sent again did more than greet";
            return Err(Failure::new("9 hostile peers", words));
        }
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        let end = &mut line.central;
        let told = end.told.unwrap_or_default();
        match output {
            CentralOutput::Send(class, frame) => self.send(id, false, class, frame),
            CentralOutput::LookUp(hello) => {
                end.applied = hello.feed_applied;
                end.outbox_last = hello.outbox_last;
                end.incarnation = hello.incarnation;
                end.hello = Some(hello);
                end.answers.push_back(Slot::Waits);
                self.ask(Ask::Standing(id));
            }
            CentralOutput::Linked { epoch, incarnation } => {
                end.epoch = Some(epoch);
                end.incarnation = incarnation;
                self.enter_hub(id, node, epoch)?;
                self.note_contact(id, office, node);
            }
            CentralOutput::TakeBatch(batch) => {
                let ending = batch.end();
                let from = BatchFrom {
                    office,
                    node,
                    incarnation: ending.incarnation,
                    first: batch.first(),
                    chain: *ending.chain.as_bytes(),
                };
                let acts = batch.acts().iter().map(|act| act.to_vec()).collect();
                end.answers.push_back(Slot::Waits);
                self.ask(Ask::Batch(id, from, acts));
            }
            CentralOutput::Acked { applied } => {
                end.applied = applied;
                self.note_contact(id, office, node);
            }
            CentralOutput::KeepReadings { up_to, readings } => {
                self.keep_readings(id, up_to, readings);
            }
            CentralOutput::Held { .. } => {
                return Err(Failure::new("feed", "a node cannot read an entry"));
            }
            CentralOutput::InStep => {}
            CentralOutput::ReadFeed {
                after,
                max_count,
                max_bytes,
            } => {
                let to = (node, end.incarnation);
                let read =
                    answers::feed(&registrar, to, office, after, told, (max_count, max_bytes));
                end.answers.push_back(match read {
                    Ok(input) => Slot::Input(input),
                    Err(_) => Slot::Refused,
                });
                self.take_slots(id)?;
            }
            CentralOutput::ReadPage { after, feed_start } => {
                let start = feed_start.unwrap_or(end.feed_start);
                let read = answers::page(&registrar, office, after, start);
                end.answers.push_back(Slot::Waits);
                self.read(id, read);
            }
            CentralOutput::CompareSlice {
                after,
                until,
                items,
            } => {
                let read = answers::compare(&registrar, office, after, until, &items);
                end.answers.push_back(Slot::Waits);
                self.read(id, read);
            }
            CentralOutput::FindPapers { record } => {
                return self.find_papers(id, &registrar, (office, node), record);
            }
            CentralOutput::Attachment(question) => {
                return self.serve_attachment(id, &registrar, office, node, question);
            }
            CentralOutput::Close(ending) => {
                self.trace
                    .note(|| format!("the centre closes line {id}: {}", ending.code));
                self.centre_ends(id)?;
            }
        }
        Ok(())
    }

    pub(super) fn read<E>(&mut self, id: u64, read: Result<CentralInput, E>) {
        if let Ok(input) = read {
            self.ask(Ask::Read(id, Box::new(input)));
        }
    }

    fn note_contact(&mut self, id: u64, office: OfficeCode, node: NodeId) {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let Some(line) = self.lines.get(&id) else {
            return;
        };
        let Some(epoch) = line.central.epoch else {
            return;
        };
        let contact = Contact {
            at_s,
            software: "simulated node".to_owned(),
            clock_offset_ms: 0,
            outbox_last: line.central.outbox_last,
            applied: line.central.applied,
            epoch,
            incarnation: line.central.incarnation,
        };
        self.ask(Ask::Contact(office, node, Box::new(contact)));
    }

    /// A line is the node's one from now on, unless a newer one is there.
    fn enter_hub(&mut self, id: u64, node: NodeId, epoch: u64) -> Result<(), Failure> {
        match self.centre.present.get(&node).copied() {
            Some((known, _)) if known >= epoch => {
                self.trace.note(|| format!("line {id} is stale"));
                self.centre_give(id, CentralInput::Displaced)
            }
            older => {
                self.centre.present.insert(node, (epoch, id));
                match older {
                    Some((_, older)) => self.centre_give(older, CentralInput::Displaced),
                    None => Ok(()),
                }
            }
        }
    }

    pub(crate) fn leave_hub(&mut self, line: &Line, id: u64) {
        if let Some(device) = self.devices.get(line.device)
            && self
                .centre
                .present
                .get(&device.node)
                .is_some_and(|(_, present)| *present == id)
        {
            self.centre.present.remove(&device.node);
        }
    }

    pub(crate) fn centre_ends(&mut self, id: u64) -> Result<(), Failure> {
        let Some(mut line) = self.lines.remove(&id) else {
            return Ok(());
        };
        let was = line.central.session.take().is_some();
        line.central.answers.clear();
        self.leave_hub(&line, id);
        self.lines.insert(id, line);
        if was {
            self.close(id, false);
        }
        Ok(())
    }
}

/// What only whoever has completed the handshake may bring about: a line becomes the one on which a
/// node is present, acts or readings of it are taken.
fn has_effect(output: &CentralOutput) -> bool {
    matches!(
        output,
        CentralOutput::Linked { .. }
            | CentralOutput::TakeBatch(_)
            | CentralOutput::KeepReadings { .. }
    )
}
