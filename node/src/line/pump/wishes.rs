//! What the session wants done, and what is done about it.

use std::sync::Arc;

use registry::FeedSeq;
use registry::reading::encode_readings;
use sync_proto::{NodeInput, NodeOutput, OfficeAttachmentInput};

use super::Pump;
use super::answers::{Answered, Awaited};
use crate::office::{FeedDone, FillPage};
use crate::writer::{Command, WriteError};

impl Pump<'_> {
    /// Does what the session wants, until it wants nothing more.
    pub(super) async fn obey(&mut self) {
        while let Some(output) = self.session.poll() {
            if let Err(error) = self.obey_one(output).await {
                self.fail(error.code(), &error.to_string());
            }
        }
    }

    async fn obey_one(&mut self, output: NodeOutput) -> Result<(), WriteError> {
        let writer = &self.line.writer;
        match output {
            NodeOutput::Send(class, frame) => {
                if self.frames.try_send((class, frame)).is_err() {
                    self.fail("line_lost", "the line no longer takes anything");
                }
            }
            NodeOutput::Linked {
                central_ms,
                clock_offset_ms,
                feed_head,
                ..
            } => {
                self.linked = true;
                tracing::info!(clock_offset_ms, feed_head = feed_head.get(), "linked");
                self.line.linked();
                self.give(NodeInput::ReadingsGrew { at_once: true });
                let contact = |reply| Command::Contact {
                    central_ms,
                    clock_offset_ms,
                    feed_head,
                    reply,
                };
                drop(writer.order(contact).await?);
            }
            NodeOutput::ReadOutbox {
                from,
                max_count,
                max_bytes,
            } => {
                let durable = writer.outbox().borrow().number;
                let read = self
                    .line
                    .office
                    .read_outbox(from, max_count, max_bytes, durable)?;
                let (first, before, acts) = (read.first, read.before, read.acts);
                self.give(NodeInput::OutboxRead {
                    first,
                    before,
                    acts,
                });
            }
            NodeOutput::Taken { up_to } => {
                drop(
                    writer
                        .order(|reply| Command::Taken { up_to, reply })
                        .await?,
                );
            }
            NodeOutput::ApplyFeed { first, entries } => {
                let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
                let last = FeedSeq::new(first.get().saturating_add(count).saturating_sub(1));
                let answer = writer
                    .order(|reply| Command::Feed {
                        first,
                        entries,
                        reply,
                    })
                    .await?;
                self.awaited.push_back(Awaited::Feed(last, answer));
            }
            NodeOutput::NeedFill { reason } => tracing::info!(?reason, "the slice is filled anew"),
            NodeOutput::ApplyPage {
                after,
                last,
                done,
                feed_start,
                payload,
            } => {
                let page = FillPage::read(after, last, done, feed_start, &payload)?;
                let answer = writer.order(|reply| Command::Page { page, reply }).await?;
                self.awaited
                    .push_back(Awaited::Page(last, done.then_some(feed_start), answer));
            }
            NodeOutput::NeedRepairList { after, max_count } => {
                let (items, done) = self.line.office.repair_list(after, max_count)?;
                self.give(NodeInput::RepairListing { items, done });
            }
            NodeOutput::ApplyRepair { replace, drop } => {
                let answer = writer
                    .order(|reply| Command::Repair {
                        replace,
                        drop,
                        reply,
                    })
                    .await?;
                self.awaited.push_back(Awaited::Patch(answer));
            }
            NodeOutput::Attachment(wish) => self.obey_attachment(wish).await?,
            NodeOutput::Papers { record, found } => {
                if let Ok(found) = &found {
                    self.line.office.learn_papers(&record, found);
                }
                // Nobody may be waiting any more; whoever asks again asks anew.
                let told = (record, found.map(Arc::new));
                let _ = self.line.handle.papers_told.send(told);
            }
            NodeOutput::ReadReadings => self.read_readings().await?,
            NodeOutput::ReadingsTaken { up_to } => self.readings_sent(up_to).await?,
            NodeOutput::BundleKey { key } => {
                if self.line.office.bundle_key()? != Some(key) {
                    let learn = |reply| Command::LearnBundleKey { key, reply };
                    drop(writer.order(learn).await?);
                    tracing::info!("the centre has told its key for bundles on a stick");
                }
            }
            NodeOutput::InStep => {
                self.line
                    .handle
                    .status
                    .send_modify(|status| status.in_step = true);
                drop(writer.order(|reply| Command::Heard { reply }).await?);
                self.fetch_thumbnail();
            }
            NodeOutput::NeedsUpgrade { at } => {
                tracing::error!(
                    at = at.get(),
                    "the feed waits for a newer release of this program"
                );
            }
            NodeOutput::NeedNewIncarnation {
                above,
                reason,
                taken,
            } => {
                let begun = writer
                    .ask(|reply| Command::NewLife {
                        above,
                        taken,
                        reply,
                    })
                    .await?;
                tracing::warn!(
                    ?reason,
                    incarnation = begun.incarnation.get(),
                    refiled = begun.refiled,
                    unfiled = begun.unfiled,
                    "a new life of this node begins"
                );
            }
            NodeOutput::EpochBehind { above } => {
                writer
                    .ask(|reply| Command::RaiseEpoch { above, reply })
                    .await?;
            }
            NodeOutput::Close(ending) => self.ending = Some(ending),
        }
        Ok(())
    }

    /// Gives the session the next batch of readings, or nothing if the centre has all.
    async fn read_readings(&mut self) -> Result<(), WriteError> {
        let (mut up_to, mut payload) = (0, bytes::Bytes::new());
        let durable = self.line.writer.audit().entries;
        if let Some(unsent) = self.line.office.unsent_readings(durable)? {
            up_to = unsent.up_to;
            if unsent.readings.is_empty() {
                // Other entries of the chain only: there is nothing to tell of them.
                self.readings_sent(up_to).await?;
            } else {
                payload = encode_readings(&unsent.readings).unwrap_or_default().into();
            }
        }
        self.give(NodeInput::ReadingsRead { up_to, payload });
        Ok(())
    }

    /// Writes down how far the centre has the readings; the next batch is read behind that.
    async fn readings_sent(&mut self, up_to: u64) -> Result<(), WriteError> {
        let sent = |reply| Command::ReadingsSent { up_to, reply };
        let answer = self.line.writer.order(sent).await?;
        self.awaited.push_back(Awaited::Readings(answer));
        Ok(())
    }

    /// Tells the session what is durable.
    pub(super) fn answer(&mut self, answered: Answered) {
        match answered {
            Answered::Feed(last, Ok(done)) => self.fed_up_to(last, done),
            Answered::Page(last, goes_on, Ok(digest)) => {
                self.fed = goes_on.unwrap_or(self.fed);
                self.give(NodeInput::PageDurable { last, digest });
            }
            Answered::Readings(Ok(())) => self.give(NodeInput::ReadingsGrew { at_once: true }),
            Answered::Patch(Ok(digest)) => self.give(NodeInput::RepairDurable { digest }),
            Answered::AttachmentNoted(Ok(())) => {
                self.give_attachment(OfficeAttachmentInput::Noted);
            }
            Answered::Fetched((attachment, index), Ok(())) => {
                self.give_attachment(OfficeAttachmentInput::PieceTaken { attachment, index });
            }
            Answered::Feed(_, Err(error))
            | Answered::Page(_, _, Err(error))
            | Answered::Patch(Err(error))
            | Answered::AttachmentNoted(Err(error))
            | Answered::Readings(Err(error))
            | Answered::Fetched(_, Err(error)) => self.fail(error.code(), &error.to_string()),
        }
    }

    fn fed_up_to(&mut self, last: FeedSeq, done: FeedDone) {
        self.line
            .handle
            .status
            .send_modify(|status| status.in_step = false);
        if done.office_changed {
            self.dials_again = true;
            let code = self.line.office.code();
            tracing::info!(office = %code, "a decree changed the office; its slice is filled anew");
            return self.fail(
                "office_changed",
                "a decree changed the office; it dials again",
            );
        }
        if done.applied > last {
            return self.overtaken();
        }
        if done.applied > self.fed {
            self.fed = done.applied;
            self.give(NodeInput::FeedDurable {
                applied: done.applied,
                digest: done.digest,
            });
        }
        if let Some(at) = done.held {
            self.give(NodeInput::NeedsUpgrade { at });
        }
        if let Some(error) = done.trouble {
            tracing::error!(code = error.code(), "the feed cannot go on: {error}");
            self.fail(error.code(), &error.to_string());
        }
    }

    /// The answer on a stick brought more of the feed than this connection knows of: it speaks of
    /// what is past, so another one is begun.
    pub(super) fn overtaken(&mut self) {
        self.dials_again = true;
        self.fail(
            "bundle_taken",
            "the answer on a stick was taken in; the centre is dialled again",
        );
    }
}
