//! The line to the centre: dials, carries one session at a time, and begins again for ever. An
//! officer may cut it for a drill; a cut survives a restart.
//!
//! What is said on it is the session's business (`sync-proto`), what it does to the office the
//! writer's; here they meet.

mod pump;
mod status;

pub use status::{LineState, LineStatus, Trouble};

use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use rand::random;
use registry::{NodeId, OfficeCode};
use sync_proto::{Codec, Minors, NO_DICTIONARY, NodeConfig};
use sync_quic::{Backoff, Dialer, Link, Purpose};
use tokio::sync::{Notify, watch};

use crate::office::{Office, SCHEMA};
use crate::writer::Writer;
use pump::Ended;

/// Compression of what is sent: acts are small, and the line is the bottleneck.
const COMPRESSION_LEVEL: i32 = 9;

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
        }
    }
}

/// The line.
pub struct Line {
    office: Arc<Office>,
    writer: Writer,
    dialer: Dialer,
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
        self.cut
            .send_if_modified(|now| std::mem::replace(now, cut) != cut);
    }
    /// Dials now, if it is waiting.
    pub fn sync_now(&self) {
        self.hurry.notify_one();
    }
}

impl Line {
    /// A line that nobody has dialled yet.
    pub fn new(
        office: Arc<Office>,
        writer: Writer,
        dialer: Dialer,
        key: SigningKey,
        config: LineConfig,
    ) -> Result<Line, sync_proto::Misuse> {
        let meta = office.meta();
        let session = session_config(meta.office, meta.node, key, &config)?;
        let handle = LineHandle {
            status: watch::Sender::new(LineStatus::default()),
            cut: watch::Sender::new(meta.line_cut),
            hurry: Arc::new(Notify::new()),
        };
        Ok(Line {
            office,
            writer,
            dialer,
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
        let mut cut = self.handle.cut.subscribe();
        let mut attempts = 0_usize;
        while !*stop.borrow_and_update() {
            if *cut.borrow_and_update() {
                self.show(LineState::Cut, Some(Trouble::cut()));
                tokio::select! {
                    _ = cut.changed() => {}
                    _ = stop.changed() => {}
                }
                continue;
            }
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
            let wait = match ended.retry_after {
                Some(asked) => backoff.next_wait_after(asked, random()),
                None => backoff.next_wait(random()),
            };
            tracing::info!(code = %ended.trouble.code, wait_ms = wait.as_millis(), "line down: {}", ended.trouble.words);
            self.show(LineState::Down, Some(ended.trouble));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.handle.hurry.notified() => {}
                _ = cut.changed() => {}
                _ = stop.changed() => {}
            }
        }
        self.show(LineState::Down, None);
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
        self.dialer.expect_bulk(self.office.meta().fill.is_some());
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
            match self
                .dialer
                .connect_early(address, name, Purpose::Sync)
                .await
            {
                Ok(link) => return Ok(link),
                Err(error) => trouble = Trouble::new(error.code(), &error.to_string()),
            }
        }
        Err(trouble)
    }

    fn show(&self, state: LineState, trouble: Option<Trouble>) {
        self.handle.status.send_modify(|status| {
            status.state = state;
            status.trouble = trouble;
            status.in_step &= state == LineState::Up;
        });
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
