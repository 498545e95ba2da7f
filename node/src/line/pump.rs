//! Carries one session over one link: frames in, frames out, and the session's wishes to the
//! writer. Answers go back in the order in which they were asked for.

mod answers;
mod attachments;
mod thumbnails;
mod wishes;

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use registry::attachment::Attachment;
use registry::{FeedSeq, RecordId};
use sync_proto::{Class, Ending, NodeConfig, NodeInput, NodeSession, SessionError};
use sync_quic::{Link, LinkStats};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::{Line, Trouble};
use crate::clock;
use crate::writer::Command;
use answers::{Answered, Awaited, next_answer};
use thumbnails::Thumbnails;

/// Frames that may wait for the line. The session keeps to windows far below it.
const FRAMES_MAX: usize = 512;
/// How long the last frames may take when the line is closed in order.
const GOODBYE: Duration = Duration::from_secs(2);
/// How often the bytes of a silent line are counted, and whether anything came.
const COUNT_INTERVAL: Duration = Duration::from_secs(5);
/// So many times the silence that is borne pass when packets come and an answer does not: a slow
/// line brings something long before.
const ANSWER_PATIENCE: u32 = 6;

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

/// What happened.
enum Event {
    Confirmed(Result<bool, sync_quic::LinkError>),
    Frame(Result<Option<(Class, Bytes)>, sync_quic::LinkError>),
    Answer(Answered),
    OutboxGrew,
    Committed,
    Woke,
    Asked,
    Wished(Attachment),
    PapersWanted(RecordId),
    Counted,
    Overtaken,
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
    /// The question that the next frame answers.
    asked: Option<u64>,
    ear: Ear,
    ending: Option<Ending>,
    trouble: Option<Trouble>,
    /// When attachments were looked for the last time.
    stirred: Instant,
    /// Thumbnails of the slice that are fetched.
    thumbnails: Thumbnails,
    /// A decree changed the office, or a stick brought more of the feed: what this connection speaks
    /// of is past.
    dials_again: bool,
    /// Readings that the session was told of.
    readings_made: u64,
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
        // A decree may have made it the office of another commune since the last connection.
        let config = NodeConfig {
            office: self.office.code(),
            ..self.session.clone()
        };
        let session = match NodeSession::new(config, &state, 0) {
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
            asked: None,
            ear: Ear::new(),
            ending: None,
            trouble: None,
            stirred: Instant::now(),
            thumbnails: Thumbnails::default(),
            dials_again: false,
            readings_made: self.writer.audit().readings,
        };
        let before = self.handle.status();
        pump.carry(&link, &before, cut, stop).await;
        let Pump {
            frames,
            linked,
            ending,
            trouble,
            dials_again,
            ..
        } = pump;
        drop(frames);
        if linked {
            // Nobody waits for it: the time of the last contact is a courtesy.
            drop(self.writer.order(|reply| Command::Heard { reply }).await);
        }
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
            at_once: left || dials_again,
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
        let up = before.bytes_up.saturating_add(stats.udp_bytes_sent);
        let down = before.bytes_down.saturating_add(stats.udp_bytes_received);
        let (new_up, new_down) = (
            up.saturating_sub(status.bytes_up),
            down.saturating_sub(status.bytes_down),
        );
        status.history.add(clock::device_s(), new_up, new_down);
        status.bytes_up = up;
        status.bytes_down = down;
    });
}

/// When the centre was last heard, and since when it owes an answer.
struct Ear {
    datagrams: u64,
    heard: Instant,
    owed_since: Option<Instant>,
}

impl Ear {
    fn new() -> Ear {
        Ear {
            datagrams: 0,
            heard: Instant::now(),
            owed_since: None,
        }
    }
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
        let mut commits = self.line.writer.commits();
        let mut questions = self.line.handle.questions.subscribe();
        let mut wishes = self.line.handle.wishes.subscribe();
        let mut papers_wanted = self.line.handle.papers_wanted.subscribe();
        let mut overtaken = self.line.handle.overtaken.subscribe();
        let mut confirmed = false;
        loop {
            self.obey().await;
            count_bytes(self.line, before, link.stats());
            self.listen(link.stats());
            if self.ending.is_some() || self.trouble.is_some() {
                return;
            }
            let wake = self
                .session
                .next_wake_ms()
                .map(|ms| self.begun + Duration::from_millis(ms));
            let linked = self.linked;
            let count_interval = self.count_interval();
            let event = tokio::select! {
                // Early data has no forward secrecy, so nothing but the hello goes before this.
                result = link.confirmed(), if !confirmed => Event::Confirmed(result),
                result = link.recv(), if confirmed => Event::Frame(result),
                answer = next_answer(&mut self.awaited) => Event::Answer(answer),
                Ok(()) = outbox.changed() => Event::OutboxGrew,
                Ok(()) = commits.changed(), if linked => Event::Committed,
                () = sleep_until(wake) => Event::Woke,
                // Keep-alives are bytes too, and nothing else tells of them.
                () = tokio::time::sleep(count_interval) => Event::Counted,
                Ok(()) = questions.changed(), if linked => Event::Asked,
                wish = wishes.recv(), if linked => match wish {
                    Ok(attachment) => Event::Wished(attachment),
                    // Too many at once: who waits in vain asks again.
                    Err(_) => continue,
                },
                wanted = papers_wanted.recv(), if linked => match wanted {
                    Ok(record) => Event::PapersWanted(record),
                    Err(_) => continue,
                },
                Ok(()) = overtaken.changed() => Event::Overtaken,
                _ = cut.changed() => Event::Leave,
                _ = stop.changed() => Event::Leave,
            };
            match event {
                Event::Confirmed(Ok(_)) => {
                    confirmed = true;
                    self.trust(link).await;
                    self.give(NodeInput::Confirmed);
                }
                Event::Frame(Ok(Some((class, frame)))) => {
                    self.answered();
                    self.give(NodeInput::Frame(class, frame));
                }
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
                Event::Committed => {
                    commits.mark_unchanged();
                    self.look_for_readings();
                }
                Event::Woke => {
                    let now_ms = self.now_ms();
                    let done = self.session.tick(now_ms);
                    self.note(done);
                }
                Event::Asked => {
                    self.asked = Some(*questions.borrow_and_update());
                    self.give(NodeInput::CheckNow);
                }
                Event::Wished(attachment) => self.want(attachment),
                Event::PapersWanted(record) => self.give(NodeInput::WantPapers { record }),
                Event::Counted => self.stir(),
                Event::Overtaken => self.overtaken(),
                Event::Leave => self.give(NodeInput::Stop),
            }
        }
    }

    /// Tells the session if a record was opened since the last look, and its entry is durable.
    fn look_for_readings(&mut self) {
        let made = self.line.writer.audit().readings;
        if made > self.readings_made {
            self.readings_made = made;
            self.give(NodeInput::ReadingsGrew { at_once: false });
        }
    }

    /// A frame came: the centre answers.
    fn answered(&mut self) {
        self.ear.owed_since = None;
        if let Some(question) = self.asked.take() {
            self.line
                .handle
                .status
                .send_modify(|status| status.answered = question);
        }
    }

    /// Looks whether anything came since the last time, and ends the line after too long a silence.
    fn listen(&mut self, stats: LinkStats) {
        let now = Instant::now();
        if stats.datagrams_received > self.ear.datagrams {
            self.ear.datagrams = stats.datagrams_received;
            self.ear.heard = now;
            let heard_s = Some(clock::device_s());
            self.line.handle.status.send_if_modified(|status| {
                let later = status.heard_s != heard_s;
                status.heard_s = heard_s;
                later
            });
        }
        if !self.linked {
            return;
        }
        match (self.session.awaits_answer(), self.ear.owed_since) {
            (false, _) => self.ear.owed_since = None,
            (true, None) => self.ear.owed_since = Some(now),
            (true, Some(_)) => {}
        }
        let (silence, idle) = (self.line.config.silence, self.line.config.idle_silence);
        let silent = now.saturating_duration_since(self.ear.heard);
        let owed = self
            .ear
            .owed_since
            .map(|since| now.saturating_duration_since(since));
        let gone = match owed {
            Some(owed) => owed.min(silent) >= silence || owed >= silence * ANSWER_PATIENCE,
            None => silent >= idle,
        };
        if gone && self.trouble.is_none() {
            self.trouble = Some(Trouble::not_answering(owed.unwrap_or(silent)));
        }
    }

    fn count_interval(&self) -> Duration {
        match self.ear.owed_since {
            Some(_) => COUNT_INTERVAL.min(self.line.config.silence / 4),
            None => COUNT_INTERVAL.min(self.line.config.idle_silence / 4),
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
