//! The line to the centre: dials, carries one session at a time, and begins again for ever. An
//! officer may cut it for a drill; a cut survives a restart.
//!
//! What is said on it is the session's business (`sync-proto`), what it does to the office the
//! writer's; here they meet.

mod ask;
mod attachments;
mod history;
mod papers;
mod pump;
mod renewal;
mod status;

pub use ask::Asked;
pub use attachments::Fetch;
pub use history::{History, Slot};
pub use papers::PapersAsked;
pub use renewal::Credentials;
pub(crate) use renewal::ask_nameless;
pub use status::{LineState, LineStatus, Trouble};

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use rand::random;
use registry::attachment::{Attachment, AttachmentId};
use registry::{NodeId, OfficeCode, RecordId};
use sync_proto::{Codec, FetchOutcome, Minors, NO_DICTIONARY, NodeConfig};
use sync_quic::{Backoff, Link, Purpose};
use tokio::sync::{Notify, broadcast, watch};

use crate::clock;
use crate::office::{Office, SCHEMA};
use crate::writer::Writer;
use pump::Ended;

/// Compression of what is sent: acts are small, and the line is the bottleneck.
const COMPRESSION_LEVEL: i32 = 9;

/// Wishes to see attachments and lists of papers, and words on what came of them, that may wait to be
/// heard.
const WISHES_MAX: usize = 64;

/// Where the centre is, and how often it is asked.
#[derive(Debug, Clone)]
pub struct LineConfig {
    /// Where it is dialled, `host:port`, the best first.
    pub addresses: Vec<String>,
    /// The name in its certificate.
    pub server_name: String,
    /// Shortest and longest wait between attempts.
    pub waits: (Duration, Duration),
    /// How often digests are compared while nothing happens.
    pub check_interval: Duration,
    /// How long after the last activity digests are compared.
    pub check_settle: Duration,
    /// After so much silence while an answer is owed the centre is taken for gone.
    pub silence: Duration,
    /// The same while none is owed: keep-alives are acknowledged more often than this.
    pub idle_silence: Duration,
    /// How long to wait at first, and at most, when another machine uses this identity: two that
    /// displace each other at once would both do nothing else.
    pub twin_waits: (Duration, Duration),
}

impl LineConfig {
    /// The defaults of a commune's daemon.
    pub fn new(addresses: Vec<String>, server_name: String) -> LineConfig {
        LineConfig {
            addresses,
            server_name,
            waits: (Duration::from_secs(1), Duration::from_secs(120)),
            check_interval: Duration::from_secs(600),
            check_settle: Duration::from_secs(2),
            silence: Duration::from_secs(10),
            idle_silence: Duration::from_secs(35),
            twin_waits: (Duration::from_secs(300), Duration::from_secs(3600)),
        }
    }
}

/// The line.
pub struct Line {
    office: Arc<Office>,
    writer: Writer,
    credentials: Mutex<Credentials>,
    config: LineConfig,
    session: NodeConfig,
    handle: LineHandle,
}

/// What others may know of the line and want from it.
#[derive(Debug, Clone)]
pub struct LineHandle {
    status: watch::Sender<LineStatus>,
    cut: watch::Sender<bool>,
    hurry: Arc<Notify>,
    /// Counts the questions whether the centre answers.
    questions: watch::Sender<u64>,
    /// Attachments that somebody wants to see.
    wishes: broadcast::Sender<Attachment>,
    /// Counts how often a stick brought more of the feed.
    overtaken: watch::Sender<u64>,
    /// How fetches ended.
    fetched: broadcast::Sender<(AttachmentId, FetchOutcome)>,
    /// Records of which somebody wants to know the papers.
    papers_wanted: broadcast::Sender<RecordId>,
    /// What the centre told of them, or why it was not asked.
    papers_told: broadcast::Sender<papers::Told>,
}

impl LineHandle {
    /// How it stands.
    pub fn status(&self) -> LineStatus {
        self.status.borrow().clone()
    }
    /// How it stands, as it changes.
    pub fn watch(&self) -> watch::Receiver<LineStatus> {
        self.status.subscribe()
    }
    /// Cuts or restores it, from now on; that it stays so after a restart is the writer's part.
    pub fn switch(&self, cut: bool) {
        let switched = self
            .cut
            .send_if_modified(|now| std::mem::replace(now, cut) != cut);
        match (switched, cut) {
            (true, true) => self.show(LineState::Cut, Some(Trouble::cut())),
            (true, false) => self.show(LineState::Down, Some(Trouble::dialling())),
            (false, _) => {}
        }
    }

    /// A stick brought entries of the feed: a connection that was begun before is begun again.
    pub fn overtaken(&self) {
        self.overtaken
            .send_modify(|times| *times = times.wrapping_add(1));
    }

    fn show(&self, state: LineState, trouble: Option<Trouble>) {
        self.status.send_modify(|status| {
            if status.state != state || status.since_s == 0 {
                status.since_s = clock::device_s();
            }
            status.state = state;
            status.trouble = trouble;
            status.in_step &= state == LineState::Up;
        });
    }
}

impl Line {
    /// A line that nobody has dialled yet.
    pub fn new(
        office: Arc<Office>,
        writer: Writer,
        credentials: Credentials,
        key: SigningKey,
        config: LineConfig,
    ) -> Result<Line, sync_proto::Misuse> {
        let meta = office.meta();
        let session = session_config(meta.office, meta.node, key, &config)?;
        let handle = LineHandle {
            status: watch::Sender::new(LineStatus {
                certificate_ends_s: Some(credentials.ends_s()),
                ..LineStatus::default()
            }),
            cut: watch::Sender::new(meta.line_cut),
            hurry: Arc::new(Notify::new()),
            questions: watch::Sender::new(0),
            wishes: broadcast::Sender::new(WISHES_MAX),
            overtaken: watch::Sender::new(0),
            fetched: broadcast::Sender::new(WISHES_MAX),
            papers_wanted: broadcast::Sender::new(WISHES_MAX),
            papers_told: broadcast::Sender::new(WISHES_MAX),
        };
        Ok(Line {
            office,
            writer,
            credentials: Mutex::new(credentials),
            config,
            session,
            handle,
        })
    }

    /// What others hold of it.
    pub fn handle(&self) -> LineHandle {
        self.handle.clone()
    }

    /// Keeps the line until told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let (shortest, longest) = self.config.waits;
        let mut backoff = Backoff::new(shortest, longest);
        let mut twins = Twins::new(self.config.twin_waits);
        let mut cut = self.handle.cut.subscribe();
        let mut attempts = 0_usize;
        while !*stop.borrow_and_update() {
            if *cut.borrow_and_update() {
                self.handle.show(LineState::Cut, Some(Trouble::cut()));
                tokio::select! {
                    _ = cut.changed() => {}
                    _ = stop.changed() => {}
                }
                continue;
            }
            self.show_dialling();
            let ended = tokio::select! {
                link = self.dial(attempts) => self.carry(link, &mut cut, &mut stop).await,
                _ = cut.changed() => continue,
                _ = stop.changed() => continue,
            };
            if ended.linked {
                backoff.reset();
            } else {
                attempts = attempts.wrapping_add(1);
            }
            if ended.at_once {
                continue;
            }
            let (trouble, asked) = match twins.heed(&ended) {
                Some(wait) => (ended.trouble.of_a_twin(wait), Some(wait)),
                None => (ended.trouble, ended.retry_after),
            };
            let wait = match asked {
                Some(asked) => backoff.next_wait_after(asked, random()),
                None => backoff.next_wait(random()),
            };
            let (code, wait_ms) = (trouble.code.as_str(), wait.as_millis());
            if trouble.is_of_a_twin() {
                tracing::warn!(code, wait_ms, "line down: {}", trouble.words);
            } else {
                tracing::info!(code, wait_ms, "line down: {}", trouble.words);
            }
            self.credentials().heed(&trouble);
            self.failed(trouble);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.handle.hurry.notified() => {}
                _ = cut.changed() => {}
                _ = stop.changed() => {}
            }
        }
        self.handle.show(LineState::Down, None);
    }

    async fn carry(
        &self,
        link: Result<Link, Trouble>,
        cut: &mut watch::Receiver<bool>,
        stop: &mut watch::Receiver<bool>,
    ) -> Ended {
        match link {
            Ok(link) => self.pump(link, cut, stop).await,
            Err(trouble) => Ended::failed(trouble),
        }
    }

    /// Dials the addresses in turn. An early link may turn out to lead nowhere, so each attempt
    /// begins with another address until one has answered.
    async fn dial(&self, attempts: usize) -> Result<Link, Trouble> {
        self.renew_if_due().await?;
        let dialer = self.credentials().dialer();
        dialer.expect_bulk(self.office.meta().fill.is_some());
        let mut trouble = Trouble::new(
            "no_address",
            "no address of the centre is known; join again",
        );
        let addresses = &self.config.addresses;
        let in_turn = addresses
            .iter()
            .cycle()
            .skip(attempts % addresses.len().max(1));
        for address in in_turn.take(addresses.len()) {
            let name = &self.config.server_name;
            match dialer.connect_early(address, name, Purpose::Sync).await {
                Ok(link) => return Ok(link),
                Err(error) => trouble = Trouble::new(error.code(), &error.to_string()),
            }
        }
        Err(trouble)
    }

    /// What was wrong last is shown until the next attempt has ended; a cut is over.
    fn show_dialling(&self) {
        let status = self.handle.status();
        if status.state == LineState::Cut || status.trouble.is_none() {
            self.handle.show(LineState::Down, Some(Trouble::dialling()));
        }
    }

    fn failed(&self, trouble: Trouble) {
        self.handle.show(LineState::Down, Some(trouble));
        self.handle
            .status
            .send_modify(|status| status.failures = status.failures.saturating_add(1));
    }

    /// The centre answered.
    fn linked(&self) {
        self.handle.show(LineState::Up, None);
        let question = *self.handle.questions.borrow();
        self.handle
            .status
            .send_modify(|status| status.answered = question);
    }
}

/// How often in a row another machine with this identity came in between.
struct Twins {
    met: u32,
    waits: (Duration, Duration),
}

impl Twins {
    const fn new(waits: (Duration, Duration)) -> Twins {
        Twins { met: 0, waits }
    }

    /// How long to leave the line to the other machine, if there is one.
    fn heed(&mut self, ended: &Ended) -> Option<Duration> {
        if !ended.trouble.is_of_a_twin() {
            // A line that only was lost tells nothing; one that held does.
            self.met = if ended.linked { 0 } else { self.met };
            return None;
        }
        let (shortest, longest) = self.waits;
        let before = self.met;
        self.met = self.met.saturating_add(1);
        let factor = 2_u32.saturating_pow(before);
        Some(shortest.saturating_mul(factor).min(longest))
    }
}

fn session_config(
    office: OfficeCode,
    node: NodeId,
    key: SigningKey,
    config: &LineConfig,
) -> Result<NodeConfig, sync_proto::Misuse> {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Ok(NodeConfig {
        office,
        node,
        key,
        minors: Minors::CURRENT,
        schema: SCHEMA,
        codec: Arc::new(Codec::new(COMPRESSION_LEVEL, &[])?),
        dictionary: NO_DICTIONARY,
        software: concat!("commune-node ", env!("CARGO_PKG_VERSION")).to_owned(),
        check_interval_ms: ms(config.check_interval),
        check_settle_ms: ms(config.check_settle),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_left_longer_to_a_machine_that_comes_back_again_and_again() {
        let second = Duration::from_secs(1);
        let mut twins = Twins::new((second, second * 5));
        let ended = |code: &str, linked| Ended {
            linked,
            ..Ended::failed(Trouble::new(code, ""))
        };
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second));
        assert_eq!(twins.heed(&ended("unreachable", false)), None);
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second * 2));
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second * 4));
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second * 5));
        assert_eq!(twins.heed(&ended("line_lost", true)), None);
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second));
    }

    #[test]
    fn a_count_that_is_behind_is_no_twin_for_the_centre_has_told_the_count() {
        let second = Duration::from_secs(1);
        let mut twins = Twins::new((second, second * 5));
        let ended = |code: &str, linked| Ended {
            linked,
            ..Ended::failed(Trouble::new(code, ""))
        };
        assert_eq!(twins.heed(&ended("stale_epoch", false)), None);
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second));
        // The other machine came in between: the next attempt is at once, and passes.
        assert_eq!(twins.heed(&ended("stale_epoch", false)), None);
        assert_eq!(twins.heed(&ended("displaced", true)), Some(second * 2));
    }
}
