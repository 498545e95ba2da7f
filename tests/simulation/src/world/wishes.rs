//! What the session of an office wants done: frames to be sent, acts and pages to be read, feed and
//! records to be written.

use commune_node::office::FillPage;
use commune_node::writer::Command;
use registry::{ActNumber, Incarnation};
use sync_proto::{NodeInput, NodeOutput};

use super::World;
use super::device::Awaited;
use crate::check::{self, Failure};

impl World {
    pub(super) fn obey(&mut self, id: u64) -> Result<(), Failure> {
        loop {
            let Some(line) = self.lines.get_mut(&id) else {
                return Ok(());
            };
            let device = line.device;
            let Some(session) = &mut line.node else {
                return Ok(());
            };
            let Some(output) = session.poll() else {
                let wake = session.next_wake_ms();
                self.wake_at(id, false, wake);
                return Ok(());
            };
            self.obey_one(id, device, output)?;
        }
    }

    fn obey_one(&mut self, id: u64, device: usize, output: NodeOutput) -> Result<(), Failure> {
        let Some(office) = self.devices.get(device).and_then(|at| at.office.clone()) else {
            return Ok(());
        };
        match output {
            NodeOutput::Send(class, frame) => self.send(id, true, class, frame),
            NodeOutput::Linked {
                central_ms,
                clock_offset_ms,
                feed_head,
                ..
            } => {
                if let Some(at) = self.devices.get_mut(device) {
                    at.failures = 0;
                }
                self.renew_certificate(device);
                if self.ledger.opens_records() {
                    self.node_give(id, NodeInput::ReadingsGrew { at_once: true })?;
                }
                let contact = |reply| Command::Contact {
                    central_ms,
                    clock_offset_ms,
                    feed_head,
                    reply,
                };
                self.order(device, contact, |_| None);
            }
            NodeOutput::ReadOutbox {
                from,
                max_count,
                max_bytes,
            } => {
                let durable = self
                    .devices
                    .get(device)
                    .and_then(|at| at.outbox)
                    .map(|end| end.number)
                    .unwrap_or_default();
                match office.read_outbox(from, max_count, max_bytes, durable) {
                    Ok(read) => {
                        let (first, before, acts) = (read.first, read.before, read.acts);
                        let count = u64::try_from(acts.len()).unwrap_or(u64::MAX);
                        self.acts_sent(id, first.get().saturating_add(count).saturating_sub(1));
                        let input = NodeInput::OutboxRead {
                            first,
                            before,
                            acts,
                        };
                        self.node_give(id, input)?;
                    }
                    Err(error) => self.node_fails(id, error.code())?,
                }
            }
            NodeOutput::Taken { up_to } => {
                self.acts_sent(id, up_to.get());
                self.order(device, |reply| Command::Taken { up_to, reply }, |_| None);
            }
            NodeOutput::ApplyFeed { first, entries } => self.order(
                device,
                |reply| Command::Feed {
                    first,
                    entries,
                    reply,
                },
                |answer| Some(Awaited::Feed(id, answer)),
            ),
            NodeOutput::NeedFill { reason } => {
                self.trace.note(|| format!("filled anew: {reason:?}"));
            }
            NodeOutput::ApplyPage {
                after,
                last,
                done,
                feed_start,
                payload,
            } => {
                self.runs_ahead(device);
                match FillPage::read(after, last, done, feed_start, &payload) {
                    Ok(page) => {
                        self.page_is_believed(id, device);
                        let goes_on = done.then_some(feed_start);
                        self.order(
                            device,
                            |reply| Command::Page { page, reply },
                            |answer| Some(Awaited::Page(id, last, goes_on, answer)),
                        );
                    }
                    Err(error) => self.node_fails(id, error.code())?,
                }
            }
            NodeOutput::NeedRepairList { after, max_count } => {
                self.trace.note(|| "a repair begins".to_owned());
                match office.repair_list(after, max_count) {
                    Ok((items, done)) => {
                        self.node_give(id, NodeInput::RepairListing { items, done })?;
                    }
                    Err(error) => self.node_fails(id, error.code())?,
                }
            }
            NodeOutput::ApplyRepair { replace, drop } => {
                self.runs_ahead(device);
                self.ledger.repaired(device);
                self.order(
                    device,
                    |reply| Command::Repair {
                        replace,
                        drop,
                        reply,
                    },
                    |answer| Some(Awaited::Patch(id, answer)),
                );
            }
            NodeOutput::Attachment(wish) => self.obey_attachment(id, device, &wish)?,
            NodeOutput::InStep => {
                if let Some(at) = self.devices.get_mut(device) {
                    at.in_step = true;
                    at.unsure = false;
                }
                self.order(device, |reply| Command::Heard { reply }, |_| None);
                self.fetch_thumbnail(id, device)?;
            }
            NodeOutput::Papers { record, found } => {
                self.papers_told(id, device, record, found)?;
            }
            NodeOutput::ReadReadings => self.read_readings(id, device)?,
            NodeOutput::ReadingsTaken { up_to } => self.readings_sent(id, device, up_to),
            NodeOutput::BundleKey { key } => {
                self.order(
                    device,
                    |reply| Command::LearnBundleKey { key, reply },
                    |_| None,
                );
            }
            NodeOutput::NeedsUpgrade { .. } => {
                return Err(Failure::new("feed", "an entry cannot be read"));
            }
            NodeOutput::NeedNewIncarnation {
                above,
                reason,
                taken,
            } => {
                self.trace.note(|| format!("a new life: {reason:?}"));
                self.begin_life(device, above, taken)?;
            }
            NodeOutput::EpochBehind { above } => {
                self.order(
                    device,
                    |reply| Command::RaiseEpoch { above, reply },
                    |_| None,
                );
            }
            NodeOutput::Close(ending) => {
                self.trace
                    .note(|| format!("the office closes line {id}: {}", ending.code));
                self.node_ends(id)?;
            }
        }
        Ok(())
    }

    /// A life of a device is over, which has to have a cause.
    pub(super) fn begin_life(
        &mut self,
        device: usize,
        above: Incarnation,
        taken: Option<ActNumber>,
    ) -> Result<(), Failure> {
        check::a_new_life_has_a_cause(&mut self.ledger, device)?;
        let life = |reply| Command::NewLife {
            above,
            taken,
            reply,
        };
        self.order(device, life, |answer| Some(Awaited::NewLife(answer)));
        Ok(())
    }

    /// What a page or a patch holds may be newer than the cursor of the feed.
    fn runs_ahead(&mut self, device: usize) {
        let Some(code) = self.devices.get(device).map(super::Device::speaks_as) else {
            return;
        };
        // The centre may have no power by now.
        let first = (code, registry::FeedSeq::new(0));
        let last = (code, registry::FeedSeq::new(u64::MAX));
        let head = self.ledger.digests.range(first..=last).next_back();
        let head = head.map(|((_, head), _)| *head).unwrap_or_default();
        if let Some(at) = self.devices.get_mut(device) {
            at.ahead_until = at.ahead_until.max(head);
        }
    }
}
