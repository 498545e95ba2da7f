//! The one thread that writes. It takes what is queued, stages each command, syncs once, and only
//! then answers all: an answer is a promise that survives a power cut.
//!
//! What a command means is the office's business; here are the queue, the group and the promise.

mod command;

pub use command::{Answer, Command, Reply, stage};

use std::sync::Arc;
use std::time::Instant;

use registry::feed::Officer;
use registry::password::Verifier;
use registry::procedure::Filing;
use registry::reading::ReadReason;
use registry::{ActId, CaseId, OfficerId, RecordId};
use registry_store::StoreError;
use sync_proto::ChainPoint;
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock;
use crate::office::{
    AuditEnd, Credential, Draft, DraftId, FileError, Filed, Office, OfficeError, Try,
};

/// Commands that may wait; those who ask wait for a place.
const QUEUE_MAX: usize = 1024;
/// Commands that share one sync.
const GROUP_MAX: usize = 256;
/// Pages of a first fill that share one sync: fewer than the centre may send ahead, so that it
/// reads the next ones while these are written.
const GROUP_PAGES_MAX: usize = 2;

/// Why a command was not done, or cannot be promised.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The act was not filed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The office could not do it.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// It was done and is not safe on the disk.
    #[error(
        "it was taken, but the disk did not confirm it ({reason}); look at the list of acts before you file it again"
    )]
    NotDurable {
        /// Stable code of the reason.
        reason: &'static str,
    },
    /// The daemon is going down.
    #[error("the daemon is stopping; try again in a moment")]
    Stopped,
}

impl WriteError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            WriteError::File(error) => error.code(),
            WriteError::Office(error) => error.code(),
            WriteError::NotDurable { .. } => "not_durable",
            WriteError::Stopped => "stopping",
        }
    }
}

/// Gives commands to the writer; cheap to clone. When the last one is dropped the writer ends.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Command>,
    outbox: watch::Receiver<ChainPoint>,
    audit: watch::Receiver<AuditEnd>,
    commits: watch::Receiver<u64>,
    failed: watch::Receiver<bool>,
}

impl Writer {
    /// Starts the writer's thread.
    pub fn start(office: Arc<Office>) -> std::io::Result<(Writer, std::thread::JoinHandle<()>)> {
        let (queue, commands) = mpsc::channel(QUEUE_MAX);
        let (outbox_end, outbox) = watch::channel(office.outbox_point());
        let (audit_end, audit) = watch::channel(office.audit_end());
        let (commit, commits) = watch::channel(0);
        let (failure, failed) = watch::channel(false);
        let thread = Thread {
            office,
            commands,
            outbox_end,
            audit_end,
            commit,
            failure,
        };
        let handle = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || thread.run())?;
        Ok((
            Writer {
                queue,
                outbox,
                audit,
                commits,
                failed,
            },
            handle,
        ))
    }

    /// The durable end of the outbox, as it grows.
    pub fn outbox(&self) -> watch::Receiver<ChainPoint> {
        self.outbox.clone()
    }

    /// The durable end of the audit chain.
    pub fn audit(&self) -> AuditEnd {
        *self.audit.borrow()
    }

    /// Counts the commits: whoever shows something looks again when it grows.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Becomes true when the store takes nothing more and the process has to start again.
    pub fn failed(&self) -> watch::Receiver<bool> {
        self.failed.clone()
    }

    /// Queues a command; its answer comes by the receiver.
    pub async fn order<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<oneshot::Receiver<Result<T, WriteError>>, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(command(reply))
            .await
            .map_err(|_| WriteError::Stopped)?;
        Ok(answer)
    }

    /// Queues a command and waits for its answer.
    pub async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, WriteError> {
        self.order(command)
            .await?
            .await
            .map_err(|_| WriteError::Stopped)?
    }

    /// Files an act; when this answers, it is durable.
    pub async fn file(&self, filing: Filing, officer: Officer) -> Result<Filed, WriteError> {
        let filing = Box::new(filing);
        self.ask(|reply| Command::File {
            filing,
            officer,
            reply,
        })
        .await
    }

    /// Files the act of a draft; when this answers, it is durable. However often the form of a
    /// draft comes, it is one act.
    pub async fn file_draft(
        &self,
        filing: Filing,
        officer: Officer,
        id: DraftId,
        form: Draft,
    ) -> Result<ActId, WriteError> {
        let (filing, form) = (Box::new(filing), Box::new(form));
        self.ask(|reply| Command::FileDraft {
            filing,
            officer,
            id,
            form,
            reply,
        })
        .await
    }

    /// An act that came back is not filed again.
    pub async fn put_aside(&self, act: ActId, officer: OfficerId) -> Result<(), WriteError> {
        self.ask(|reply| Command::PutAside {
            act,
            officer,
            reply,
        })
        .await
    }

    /// Writes down that an officer opens a record.
    pub async fn note_reading(
        &self,
        officer: OfficerId,
        record: RecordId,
        reason: ReadReason,
    ) -> Result<(), WriteError> {
        self.ask(|reply| Command::Reading {
            officer,
            record,
            reason,
            reply,
        })
        .await
    }

    /// The centre has the readings up to this entry of the audit chain.
    pub async fn note_readings_sent(&self, up_to: u64) -> Result<(), WriteError> {
        self.ask(|reply| Command::ReadingsSent { up_to, reply })
            .await
    }

    /// Counts a try to sign in before it is looked at.
    pub async fn count_try(&self, name: String) -> Result<Try, WriteError> {
        self.ask(|reply| Command::CountTry { name, reply }).await
    }

    /// A try was right; `entered` if it began a session.
    pub async fn forget_tries(&self, officer: OfficerId, entered: bool) -> Result<(), WriteError> {
        self.ask(|reply| Command::ForgetTries {
            officer,
            entered,
            reply,
        })
        .await
    }

    /// An account may try again at once.
    pub async fn lift_wait(
        &self,
        officer: OfficerId,
        by: Option<OfficerId>,
    ) -> Result<(), WriteError> {
        self.ask(|reply| Command::LiftWait { officer, by, reply })
            .await
    }

    /// Gives an officer another password.
    pub async fn set_password(
        &self,
        officer: OfficerId,
        password: Verifier,
        once: bool,
        by: Option<OfficerId>,
    ) -> Result<(), WriteError> {
        self.ask(|reply| Command::SetPassword {
            officer,
            password,
            once,
            by,
            reply,
        })
        .await
    }

    /// Sets an officer's quick PIN, or takes it away.
    pub async fn set_pin(
        &self,
        officer: OfficerId,
        pin: Option<Verifier>,
    ) -> Result<(), WriteError> {
        self.ask(|reply| Command::SetPin {
            officer,
            pin,
            reply,
        })
        .await
    }

    /// Keeps what an officer has typed; when this answers, it outlives a power cut.
    pub async fn keep_draft(
        &self,
        officer: OfficerId,
        id: DraftId,
        draft: Draft,
    ) -> Result<(), WriteError> {
        let draft = Box::new(draft);
        self.ask(|reply| Command::KeepDraft {
            officer,
            id,
            draft,
            reply,
        })
        .await
    }

    /// Drops a draft.
    pub async fn drop_draft(&self, officer: OfficerId, id: DraftId) -> Result<(), WriteError> {
        self.ask(|reply| Command::DropDraft { officer, id, reply })
            .await
    }

    /// An officer has looked at a case: its decision is no news any more.
    pub async fn note_case_seen(&self, case: CaseId) -> Result<(), WriteError> {
        self.ask(|reply| Command::CaseSeen { case, reply }).await
    }

    /// Cuts or restores the line for good.
    pub async fn switch_line(&self, cut: bool, officer: OfficerId) -> Result<(), WriteError> {
        self.ask(|reply| Command::SwitchLine {
            cut,
            officer,
            reply,
        })
        .await
    }

    /// Gives an officer a token.
    pub async fn give_credential(
        &self,
        officer: OfficerId,
        credential: Credential,
    ) -> Result<(), WriteError> {
        self.ask(|reply| Command::GiveCredential {
            officer,
            credential,
            reply,
        })
        .await
    }
}

/// What the writer's thread owns.
struct Thread {
    office: Arc<Office>,
    commands: mpsc::Receiver<Command>,
    outbox_end: watch::Sender<ChainPoint>,
    audit_end: watch::Sender<AuditEnd>,
    commit: watch::Sender<u64>,
    failure: watch::Sender<bool>,
}

impl Thread {
    fn run(mut self) {
        while let Some(first) = self.commands.blocking_recv() {
            let mut answers = Vec::new();
            let mut pages = 0;
            let mut next = Some(first);
            while let Some(command) = next {
                pages += usize::from(matches!(command, Command::Page { .. }));
                answers.push(stage(&self.office, command, clock::device_ms()));
                let more = answers.len() < GROUP_MAX && pages < GROUP_PAGES_MAX;
                next = more.then(|| self.commands.try_recv().ok()).flatten();
            }
            let synced = self.sync();
            for answer in answers {
                answer(synced);
            }
            self.checkpoint_if_due();
        }
        // Nothing is promised any more; what was staged for the journal's sake goes with it.
        let _ = self.sync();
    }

    /// Makes what was staged durable and tells those who wait for it.
    fn sync(&self) -> Result<(), &'static str> {
        let begun = Instant::now();
        let synced = self.office.store().sync();
        metrics::histogram!("node_commit_seconds").record(begun.elapsed().as_secs_f64());
        match synced {
            Ok(_) => {
                let end = self.office.outbox_point();
                self.outbox_end.send_if_modified(|known| {
                    let grew = *known != end;
                    *known = end;
                    grew
                });
                self.audit_end.send_replace(self.office.audit_end());
                self.commit
                    .send_modify(|count| *count = count.saturating_add(1));
                Ok(())
            }
            Err(error) => {
                tracing::error!(code = error.code(), "the journal was not synced: {error}");
                if !matches!(error, StoreError::DiskFull { .. }) {
                    self.failure.send_replace(true);
                }
                Err(error.code())
            }
        }
    }

    fn checkpoint_if_due(&self) {
        let store = self.office.store();
        if !store.health().checkpoint_due {
            return;
        }
        match store.checkpoint() {
            Ok(done) => tracing::info!(
                position = done.position.get(),
                bytes = done.snapshot_bytes,
                "a new snapshot is written"
            ),
            Err(error) => tracing::warn!(code = error.code(), "no snapshot: {error}"),
        }
    }
}
