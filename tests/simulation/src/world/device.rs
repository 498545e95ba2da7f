//! A device in an office: its disk, its clock, its path to the centre, and the daemon's state that
//! is gone with the power.

use std::collections::VecDeque;
use std::sync::Arc;

use commune_node::office::{FeedDone, Filed, LifeBegun, Office};
use commune_node::writer::{Answer, Command, WriteError};
use ed25519_dalek::SigningKey;
use registry::attachment::Attachment;
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use registry_store::{Folder, MemoryStore};
use sync_proto::{ChainPoint, Digest, NodeState};
use tokio::sync::oneshot;

use super::WALL_MS;
use super::sticks::Written;
use crate::check::Failure;
use crate::dice::Dice;
use crate::people::Commune;
use crate::plan::{Procedure, Setting, Way};
use crate::profile::{Profile, profile, profiles};

/// The path of a device to the centre.
pub(crate) struct Path {
    pub(crate) profile: Profile,
    pub(crate) blocked: Option<(Way, u64)>,
    pub(crate) blocked_until: u64,
    free: [u64; 2],
}

impl Path {
    pub(crate) fn is_blocked(&self, up: bool) -> bool {
        match self.blocked {
            None => false,
            Some((Way::Both, _)) => true,
            Some((Way::Up, _)) => up,
            Some((Way::Down, _)) => !up,
        }
    }
    pub(crate) fn free_ms(&self, up: bool) -> u64 {
        self.free.get(usize::from(up)).copied().unwrap_or(0)
    }
    pub(crate) fn set_free(&mut self, up: bool, at_ms: u64) {
        if let Some(free) = self.free.get_mut(usize::from(up)) {
            *free = at_ms;
        }
    }
}

type Reply<T> = oneshot::Receiver<Result<T, WriteError>>;

/// An answer of the writer that somebody waits for.
pub(crate) enum Awaited {
    Connect(Reply<NodeState>),
    Feed(u64, Reply<FeedDone>),
    Page(u64, Option<RecordId>, Option<FeedSeq>, Reply<Digest>),
    Patch(u64, Reply<Digest>),
    AttachmentNoted(u64, Reply<()>),
    Fetched(u64, Attachment, u16, Reply<()>),
    Reading(RecordId, Reply<()>),
    ReadingsNoted(u64, Reply<()>),
    NewLife(Reply<LifeBegun>),
    Filing(Procedure, Reply<Filed>),
    Stick(Written),
}

/// A copy of a disk.
pub(crate) struct Backup {
    pub(crate) disk: MemoryStore,
    /// Acts acknowledged before it was made.
    pub(crate) acts: usize,
    /// Readings that were written down before.
    pub(crate) readings: usize,
}

/// A device.
pub(crate) struct Device {
    /// The commune in its certificate.
    pub(crate) code: OfficeCode,
    /// The commune with which the run began.
    pub(crate) home: OfficeCode,
    pub(crate) node: NodeId,
    pub(crate) key: SigningKey,
    pub(crate) path: Path,
    pub(crate) disk: Arc<MemoryStore>,
    /// Its attachments, beside the store; an old disk that is put in has the files of today.
    pub(crate) folder: Arc<Folder>,
    pub(crate) backup: Option<Backup>,
    /// By how much its clock is off, milliseconds.
    pub(crate) clock_ms: i64,
    /// By how much it goes fast, or slow, in parts of a million.
    drift_ppm: i64,
    pub(crate) slow: bool,
    /// Grows with every start of the daemon, so that what was meant for an earlier one is dropped.
    pub(crate) life: u64,
    /// The daemon; none without power.
    pub(crate) office: Option<Arc<Office>>,
    pub(crate) queue: VecDeque<Command>,
    pub(crate) group: Vec<Answer>,
    pub(crate) busy: bool,
    pub(crate) awaited: VecDeque<Awaited>,
    pub(crate) outbox: Option<ChainPoint>,
    /// The audit chain is durable up to this entry.
    pub(crate) audited: u64,
    /// The outbox is durable up to this act of this life.
    pub(crate) saved: (Incarnation, ActNumber),
    pub(crate) line: Option<u64>,
    pub(crate) dialling: bool,
    pub(crate) fed: FeedSeq,
    pub(crate) in_step: bool,
    pub(crate) failures: u32,
    /// Until the feed has passed this, pages and patches may be ahead of the cursor.
    pub(crate) ahead_until: FeedSeq,
    /// Its disk was replaced by an older one: until it is in step once, its records lack what it
    /// did since.
    pub(crate) unsure: bool,
    /// People and households made here, and own acts, for the clerks to come back to.
    pub(crate) made: Vec<RecordId>,
    pub(crate) own_acts: Vec<String>,
}

impl Device {
    pub(crate) fn new(
        commune: &Commune,
        setting: &Setting,
        dice: &mut Dice,
    ) -> Result<Device, Failure> {
        let all = profiles();
        let drawn = dice.index(all.len());
        let profile = match &setting.profile {
            Some(name) => profile(name),
            None => all.into_iter().nth(drawn),
        };
        let profile =
            profile.ok_or_else(|| Failure::new("setting", "there is no such profile of a line"))?;
        let mut device = Device {
            code: commune.code,
            home: commune.code,
            node: commune.node,
            key: commune.key.clone(),
            path: Path {
                profile,
                blocked: None,
                blocked_until: 0,
                free: [0; 2],
            },
            disk: Arc::new(MemoryStore::new()),
            folder: Arc::new(Folder::in_memory()),
            backup: None,
            clock_ms: i64::try_from(dice.below(4_000)).unwrap_or(0) - 2_000,
            drift_ppm: drift(setting, commune.code),
            slow: false,
            life: 0,
            office: None,
            queue: VecDeque::new(),
            group: Vec::new(),
            busy: false,
            awaited: VecDeque::new(),
            outbox: None,
            audited: 0,
            saved: (Incarnation::new(1), ActNumber::new(0)),
            line: None,
            dialling: true,
            fed: FeedSeq::new(0),
            in_step: false,
            failures: 0,
            ahead_until: FeedSeq::new(0),
            unsure: false,
            made: Vec::new(),
            own_acts: Vec::new(),
        };
        device.open()?;
        Ok(device)
    }

    /// Starts the daemon on what the disk holds.
    pub(crate) fn open(&mut self) -> Result<(), Failure> {
        let opened = Office::open(self.disk.clone(), self.code, self.node);
        let office = opened.map_err(|error| {
            Failure::new("store", format!("a node does not open: {}", error.code()))
        })?;
        let office = office.keeping(Arc::clone(&self.folder));
        let swept = office.sweep_attachments();
        swept.map_err(|error| Failure::new("store", error.to_string()))?;
        self.outbox = Some(office.outbox_point());
        self.audited = office.audit_end().entries;
        let meta = office.meta();
        self.saved = (meta.incarnation, meta.outbox_last);
        self.office = Some(Arc::new(office));
        Ok(())
    }

    /// The commune as whose office it knows itself: a decree may have made it another's since its
    /// certificate was written, and it may not have heard of one yet.
    pub(crate) fn speaks_as(&self) -> OfficeCode {
        self.office.as_ref().map_or(self.code, |it| it.code())
    }

    /// What its clock shows when the centre's shows this.
    pub(crate) fn shows_ms(&self, wall_ms: u64) -> u64 {
        let run_ms = i64::try_from(wall_ms.saturating_sub(WALL_MS)).unwrap_or(0);
        let drifted = run_ms.saturating_mul(self.drift_ppm) / 1_000_000;
        wall_ms.saturating_add_signed(self.clock_ms.saturating_add(drifted))
    }

    /// The power is gone, and with it all that was not on the disk.
    pub(crate) fn power_off(&mut self) {
        self.life += 1;
        self.office = None;
        self.folder.lose_unsynced();
        self.queue.clear();
        self.group.clear();
        self.awaited.clear();
        self.busy = false;
        self.outbox = None;
        self.line = None;
        self.dialling = false;
        self.in_step = false;
        self.failures = 0;
    }

    /// How long a sync takes.
    pub(crate) fn sync_ms(&self, dice: &mut Dice) -> u64 {
        let ms = dice.between(1, 12);
        if self.slow { ms * 100 } else { ms }
    }
}

/// How the clock of an office goes. Drawn apart, so that a run is otherwise what it is without.
fn drift(setting: &Setting, code: OfficeCode) -> i64 {
    let most = i64::from(setting.drift_ppm);
    let mut dice = Dice::new(setting.seed, "drift", code.get().into());
    let drawn = dice.between(0, 2 * u64::from(setting.drift_ppm));
    i64::try_from(drawn).unwrap_or(most) - most
}
