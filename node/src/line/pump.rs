//! Carries one session over one link: frames in, frames out, and the session's wishes to the
//! writer. Answers go back in the order in which they were asked for.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use registry::{FeedSeq, RecordId};
use sync_proto::{Class, Digest, Ending, NodeInput, NodeOutput, NodeSession, SessionError};
use sync_quic::{Link, LinkStats};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::{Line, LineState, Trouble};
use crate::office::{FeedDone, FillPage};
use crate::writer::{Command, WriteError};

/// Frames that may wait for the line. The session keeps to windows far below it.
const FRAMES_MAX: usize = 512;
/// How long the last frames may take when the line is closed in order.
const GOODBYE: Duration = Duration::from_secs(2);

/// How a connection ended.
pub(super) struct Ended {
    /// Why.
    pub(super) trouble: Trouble,
    /// Whether the centre had answered.
    pub(super) linked: bool,
    /// How long the centre asks us to wait.
    pub(super) retry_after: Option<Duration>,
    /// Dial again without waiting: we ended it ourselves.
    pub(super) at_once: bool,
}

impl Ended {
    pub(super) const fn failed(trouble: Trouble) -> Ended {
        Ended {
            trouble,
            linked: false,
            retry_after: None,
            at_once: false,
        }
    }
}

/// An answer of the writer that the session waits for.
enum Awaited {
    Feed(oneshot::Receiver<Result<FeedDone, WriteError>>),
    Page(
        Option<RecordId>,
        Option<FeedSeq>,
        oneshot::Receiver<Result<Digest, WriteError>>,
    ),
    Patch(oneshot::Receiver<Result<Digest, WriteError>>),
}

/// An answer that came.
enum Answered {
    Feed(Result<FeedDone, WriteError>),
    Page(
        Option<RecordId>,
        Option<FeedSeq>,
        Result<Digest, WriteError>,
    ),
    Patch(Result<Digest, WriteError>),
}

/// What happened.
enum Event {
    Confirmed(Result<bool, sync_quic::LinkError>),
    Frame(Result<Option<(Class, Bytes)>, sync_quic::LinkError>),
    Answer(Answered),
    OutboxGrew,
    Woke,
    Leave,
}

/// One connection.
struct Pump<'a> {
    line: &'a Line,
    session: NodeSession,
    frames: mpsc::Sender<(Class, Bytes)>,
    awaited: VecDeque<Awaited>,
    begun: Instant,
    /// The last entry that the session was told to be durable.
    fed: FeedSeq,
    linked: bool,
    ending: Option<Ending>,
    trouble: Option<Trouble>,
}

impl Line {
    /// Carries a session until either side ends it.
    pub(super) async fn pump(
        &self,
        link: Link,
        cut: &mut watch::Receiver<bool>,
        stop: &mut watch::Receiver<bool>,
    ) -> Ended {
        let state = match self.writer.ask(|reply| Command::Connect { reply }).await {
            Ok(state) => state,
            Err(error) => return Ended::failed(Trouble::new(error.code(), &error.to_string())),
        };
        let session = match NodeSession::new(self.session.clone(), &state, 0) {
            Ok(session) => session,
            Err(error) => return Ended::failed(Trouble::new(error.code(), &error.to_string())),
        };
        let link = Arc::new(link);
        let (frames, queue) = mpsc::channel(FRAMES_MAX);
        let sender = tokio::spawn(send_all(Arc::clone(&link), queue));
        let mut pump = Pump {
            line: self,
            session,
            frames,
            awaited: VecDeque::new(),
            begun: Instant::now(),
            fed: state.feed_applied,
            linked: false,
            ending: None,
            trouble: None,
        };
        let before = self.handle.status();
        pump.carry(&link, &before, cut, stop).await;
        let Pump {
            frames,
            linked,
            ending,
            trouble,
            ..
        } = pump;
        drop(frames);
        let _ = tokio::time::timeout(GOODBYE, async {
            let _ = sender.await;
            link.finish(0, "").await;
        })
        .await;
        count_bytes(self, &before, link.stats());
        let left = *cut.borrow() || *stop.borrow();
        let retry_after = ending.as_ref().and_then(|ending| ending.retry_after_ms);
        let said = ending.map(|ending| Trouble::new(&ending.code, &ending.words));
        let trouble = trouble
            .or(said)
            .unwrap_or_else(|| Trouble::new("line_lost", "the line was lost"));
        let retry_after = retry_after.map(Duration::from_millis);
        Ended {
            trouble,
            linked,
            retry_after,
            at_once: left,
        }
    }
}

/// Sends frames in their order; a full line holds them here.
async fn send_all(link: Arc<Link>, mut queue: mpsc::Receiver<(Class, Bytes)>) {
    while let Some((class, frame)) = queue.recv().await {
        if link.send(class, frame).await.is_err() {
            return;
        }
    }
}

fn count_bytes(line: &Line, before: &super::LineStatus, stats: LinkStats) {
    line.handle.status.send_modify(|status| {
        status.bytes_up = before.bytes_up.saturating_add(stats.udp_bytes_sent);
        status.bytes_down = before.bytes_down.saturating_add(stats.udp_bytes_received);
    });
}

impl Pump<'_> {
    async fn carry(
        &mut self,
        link: &Link,
        before: &super::LineStatus,
        cut: &mut watch::Receiver<bool>,
        stop: &mut watch::Receiver<bool>,
    ) {
        let mut outbox = self.line.writer.outbox();
        let mut confirmed = false;
        loop {
            self.obey().await;
            count_bytes(self.line, before, link.stats());
            if self.ending.is_some() || self.trouble.is_some() {
                return;
            }
            let wake = self
                .session
                .next_wake_ms()
                .map(|ms| self.begun + Duration::from_millis(ms));
            let event = tokio::select! {
                // Early data has no forward secrecy, so nothing but the hello goes before this.
                result = link.confirmed(), if !confirmed => Event::Confirmed(result),
                result = link.recv(), if confirmed => Event::Frame(result),
                answer = next_answer(&mut self.awaited) => Event::Answer(answer),
                Ok(()) = outbox.changed() => Event::OutboxGrew,
                () = sleep_until(wake) => Event::Woke,
                _ = cut.changed() => Event::Leave,
                _ = stop.changed() => Event::Leave,
            };
            match event {
                Event::Confirmed(Ok(_)) => {
                    confirmed = true;
                    self.trust(link).await;
                    self.give(NodeInput::Confirmed);
                }
                Event::Frame(Ok(Some((class, frame)))) => self.give(NodeInput::Frame(class, frame)),
                Event::Frame(Ok(None)) => {
                    self.fail("closed_by_peer", "the centre closed the line");
                }
                Event::Confirmed(Err(error)) | Event::Frame(Err(error)) => {
                    self.fail(error.code(), &error.to_string());
                }
                Event::Answer(answer) => self.answer(answer),
                Event::OutboxGrew => {
                    let end = *outbox.borrow_and_update();
                    self.give(NodeInput::OutboxGrew {
                        last: end.number,
                        chain: end.chain,
                    });
                }
                Event::Woke => {
                    let now_ms = self.now_ms();
                    let done = self.session.tick(now_ms);
                    self.note(done);
                }
                Event::Leave => self.give(NodeInput::Stop),
            }
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn give(&mut self, input: NodeInput) {
        let now_ms = self.now_ms();
        let done = self.session.handle(input, now_ms);
        self.note(done);
    }

    /// The session says itself how it ends; here it is only written down.
    fn note(&self, done: Result<(), SessionError>) {
        if let Err(error) = done {
            tracing::warn!(code = error.code(), blame = ?error.blame(), "the session ends: {error}");
        }
    }

    fn fail(&mut self, code: &str, words: &str) {
        self.trouble
            .get_or_insert_with(|| Trouble::new(code, words));
    }

    /// Remembers the key with which the centre proved who it is; its receipts are signed with it.
    async fn trust(&mut self, link: &Link) {
        let key = link
            .peer_certificate()
            .and_then(|certificate| ed25519_key(&certificate));
        let Some(key) = key else {
            return self.fail("central_key", "the centre's certificate has no Ed25519 key");
        };
        if self.line.office.meta().central_keys.last() != Some(&key)
            && let Err(error) = self
                .line
                .writer
                .ask(|reply| Command::Trust { key, reply })
                .await
        {
            self.fail(error.code(), &error.to_string());
        }
    }

    /// Does what the session wants, until it wants nothing more.
    async fn obey(&mut self) {
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
                self.line.show(LineState::Up, None);
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
                let answer = writer
                    .order(|reply| Command::Feed {
                        first,
                        entries,
                        reply,
                    })
                    .await?;
                self.awaited.push_back(Awaited::Feed(answer));
            }
            NodeOutput::NeedFill { reason } => tracing::info!(?reason, "the slice is filled anew"),
            NodeOutput::ApplyPage {
                after,
                last,
                done,
                feed_start,
                payload,
            } => {
                let page = FillPage {
                    after,
                    last,
                    done,
                    feed_start,
                    payload,
                };
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
            NodeOutput::InStep => {
                self.line
                    .handle
                    .status
                    .send_modify(|status| status.in_step = true);
            }
            NodeOutput::NeedsUpgrade { at } => {
                tracing::error!(
                    at = at.get(),
                    "the feed waits for a newer release of this program"
                );
            }
            NodeOutput::NeedNewIncarnation { above, reason } => {
                let begun = writer
                    .ask(|reply| Command::NewLife { above, reply })
                    .await?;
                tracing::warn!(
                    ?reason,
                    incarnation = begun.incarnation.get(),
                    refiled = begun.refiled,
                    unfiled = begun.unfiled,
                    "a new life of this node begins"
                );
            }
            NodeOutput::Close(ending) => self.ending = Some(ending),
        }
        Ok(())
    }

    /// Tells the session what is durable.
    fn answer(&mut self, answered: Answered) {
        match answered {
            Answered::Feed(Ok(done)) => self.fed_up_to(done),
            Answered::Page(last, goes_on, Ok(digest)) => {
                self.fed = goes_on.unwrap_or(self.fed);
                self.give(NodeInput::PageDurable { last, digest });
            }
            Answered::Patch(Ok(digest)) => self.give(NodeInput::RepairDurable { digest }),
            Answered::Feed(Err(error))
            | Answered::Page(_, _, Err(error))
            | Answered::Patch(Err(error)) => self.fail(error.code(), &error.to_string()),
        }
    }

    fn fed_up_to(&mut self, done: FeedDone) {
        self.line
            .handle
            .status
            .send_modify(|status| status.in_step = false);
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
}

/// The answer that was asked for first. Dropping this future loses nothing.
async fn next_answer(awaited: &mut VecDeque<Awaited>) -> Answered {
    fn flat<T>(
        answer: Result<Result<T, WriteError>, oneshot::error::RecvError>,
    ) -> Result<T, WriteError> {
        answer.unwrap_or(Err(WriteError::Stopped))
    }
    let answered = match awaited.front_mut() {
        None => pending().await,
        Some(Awaited::Feed(answer)) => Answered::Feed(flat(answer.await)),
        Some(Awaited::Page(last, goes_on, answer)) => {
            Answered::Page(*last, *goes_on, flat(answer.await))
        }
        Some(Awaited::Patch(answer)) => Answered::Patch(flat(answer.await)),
    };
    awaited.pop_front();
    answered
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at).await,
        None => pending().await,
    }
}

/// The Ed25519 key in a certificate that TLS has verified.
fn ed25519_key(certificate: &[u8]) -> Option<[u8; 32]> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let key = &certificate.tbs_certificate.subject_pki;
    let is_ed25519 = key.algorithm.algorithm.to_id_string() == "1.3.101.112";
    key.subject_public_key
        .data
        .as_ref()
        .try_into()
        .ok()
        .filter(|_| is_ed25519)
}
