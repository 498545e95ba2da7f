//! Cut after cut: power on, open, compare, work, cut. Says what was found.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use registry_store::{DataKey, DurableStore, Folder, OpenError, Opened, Options, RebuildReason};

use crate::directory::{Directory, DirectoryError};
use crate::drive::{Drive, Manner, Whim};
use crate::mount::{MountError, Mounted};
use crate::pair::{Life, Pair, Side, Trouble};
use crate::twin::{Broken, Shadow, Twin, Unlike};

/// Things that are done between two cuts at most.
const WORK_MAX: u32 = 40;
/// A run ends after so many times as many cuts as are wanted of a writing process.
const CUTS_FACTOR_MAX: u32 = 3;
/// The daemon's directory, under the mount.
const DATA: &str = "data";
/// Where both daemons have their store, under the mount.
const STORE: &str = "data/store";
/// Where both have the attachments.
const ATTACHMENTS: &str = "data/attachments";

/// Files whose fsync is left out, to see that the loss is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deaf {
    /// Those of the journal.
    Journal,
    /// Those of attachments.
    Attachments,
    /// The folder in which the name of the daemon's directory stands.
    Directory,
}

/// What a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which daemon is on the disk.
    pub side: Side,
    /// Cuts of the power that fall on a process that is writing; there are three times as many at
    /// most, with those after it was closed.
    pub cuts: u32,
    /// The seed.
    pub seed: u64,
    /// Whose fsync does nothing, if any's: the run must then find a loss.
    pub without_fsync: Option<Deaf>,
}

/// What a run has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cuts of the power.
    pub cuts: u32,
    /// Stores that were begun.
    pub lives: u32,
    /// Times that the store was opened.
    pub opened: u32,
    /// Cuts while the store was being opened.
    pub cut_while_opening: u32,
    /// Cuts after the store had been closed in order.
    pub cut_when_closed: u32,
    /// Torn ends of the journal.
    pub torn: u32,
    /// Caches that were built anew.
    pub rebuilt: u32,
    /// Caches that were used as they were left.
    pub trusted: u32,
    /// Caches whose files were damaged while the power was off.
    pub spoilt: u32,
    /// Acts that were acknowledged to clerks.
    pub acts: u64,
    /// Acts whose taking in was acknowledged.
    pub taken: u64,
    /// Feed entries that were acknowledged.
    pub entries: u64,
    /// Attachments that were acknowledged.
    pub attachments: u64,
    /// Changes and syncs that reached the disk.
    pub operations: u64,
}

impl Tally {
    /// Cuts that fell on a process that was writing, be it at work or while it opened the store.
    pub const fn cut_while_writing(&self) -> u32 {
        self.cuts.saturating_sub(self.cut_when_closed)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cuts, {} of a writing process ({} of them while opening; {} after closing), {} stores, opened {} times: {} torn ends, \
             {} caches built anew, {} trusted, {} spoilt on purpose; acknowledged: {} acts, {} taken in, \
             {} feed entries, {} attachments; {} disk operations",
            self.cuts,
            self.cut_while_writing(),
            self.cut_while_opening,
            self.cut_when_closed,
            self.lives,
            self.opened,
            self.torn,
            self.rebuilt,
            self.trusted,
            self.spoilt,
            self.acts,
            self.taken,
            self.entries,
            self.attachments,
            self.operations,
        )
    }
}

/// Why a run ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no disk to cut.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// A promise was broken, or a store that should open does not.
    #[error("{found}; cut {cut} of seed {seed}, the disk's whim was {whim:?}")]
    Found {
        /// After which cut.
        cut: u32,
        /// The seed.
        seed: u64,
        /// How the cut treated what was not synced.
        whim: Option<Whim>,
        /// What was found.
        found: Finding,
    },
    /// The run does not show what it is for.
    #[error("of {cuts} cuts {writing} were of a writing process, and {wanted} are wanted")]
    TooFew {
        /// All of them.
        cuts: u32,
        /// Those of a writing process.
        writing: u32,
        /// As many as that should be.
        wanted: u32,
    },
}

/// What must never be.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// The store does not hold what it promised.
    #[error("the store broke its promise: {0}")]
    Broken(#[from] Broken),
    /// The daemon's directory is not what it was, or could not be made though there was power.
    #[error("the daemon's directory, in which {acts} acts were acknowledged: {source}")]
    Directory {
        /// Acts that were acknowledged in it.
        acts: u64,
        /// What is wrong with it.
        source: DirectoryError,
    },
    /// Nothing but a cut has happened, and the store says that it is damaged.
    #[error("the store does not open ({code}): {0}", code = .0.code())]
    Refused(#[from] OpenError),
    /// The daemon does not hold what it promised, or failed though there was power.
    #[error("the daemon failed: {0}")]
    Daemon(#[from] Trouble),
    /// The store failed though there was power.
    #[error("the store failed ({code}): {0}", code = .0.code())]
    Store(#[from] registry_store::StoreError),
}

impl From<Unlike> for Finding {
    fn from(unlike: Unlike) -> Self {
        match unlike {
            Unlike::Broken(broken) => broken.into(),
            Unlike::Store(error) => error.into(),
        }
    }
}

/// Why a session with power ended.
enum End {
    /// The power went while the store was being opened.
    WhileOpening,
    /// The power went while it was open.
    AtWork,
    /// The store was closed in order, then the power went.
    Closed,
}

/// A run in progress.
struct Run {
    plan: Plan,
    drive: Drive,
    mounted: Mounted,
    rng: ChaCha8Rng,
    life: Life,
    directory: Directory,
    shadow: Arc<Shadow>,
    /// Cuts that this life still sees.
    cuts_left: u32,
    segment_bytes: u64,
    tally: Tally,
}

/// Cuts the power as often as planned. `progress` hears of every cut.
pub fn run(plan: &Plan, progress: &mut dyn FnMut(&Tally)) -> Result<Tally, RunError> {
    let manner = Manner {
        sector_bytes: 512,
        deaf_in: match plan.without_fsync {
            Some(Deaf::Journal) => Some("journal".to_owned()),
            Some(Deaf::Attachments) => Some("attachments".to_owned()),
            Some(Deaf::Directory) | None => None,
        },
        deaf_top: plan.without_fsync == Some(Deaf::Directory),
    };
    let drive = Drive::new(plan.seed, manner);
    let mounted = Mounted::mount(&drive)?;
    let mut run = Run {
        rng: ChaCha8Rng::seed_from_u64(plan.seed ^ 0x9E37_79B9_7F4A_7C15),
        life: Life::new(plan.side),
        directory: Directory::new(plan.side),
        shadow: Arc::default(),
        cuts_left: 0,
        segment_bytes: 0,
        tally: Tally::default(),
        plan: plan.clone(),
        drive,
        mounted,
    };
    let cuts_max = plan.cuts.saturating_mul(CUTS_FACTOR_MAX);
    while run.tally.cut_while_writing() < plan.cuts {
        if run.tally.cuts >= cuts_max {
            return Err(RunError::TooFew {
                cuts: run.tally.cuts,
                writing: run.tally.cut_while_writing(),
                wanted: plan.cuts,
            });
        }
        run.one().map_err(|found| RunError::Found {
            cut: run.tally.cuts,
            seed: plan.seed,
            whim: run.drive.last_whim(),
            found,
        })?;
        progress(&run.tally);
    }
    run.end_life();
    Ok(run.tally)
}

impl Run {
    /// From power-on to the next cut.
    fn one(&mut self) -> Result<(), Finding> {
        self.drive.settle();
        if self.cuts_left == 0 {
            self.begin_life();
        }
        self.cuts_left -= 1;
        self.forget_boot();
        if self.rng.random_ratio(1, 4) {
            self.spoil_cache();
        }
        self.drive.power_on();
        let operations = match self.rng.random_range(0..3) {
            0 => self.rng.random_range(0..60),
            _ => self.rng.random_range(0..250),
        };
        self.drive.cut_after(operations);
        let end = self.session();
        self.tally.operations += self.drive.operations();
        self.drive.cut();
        self.tally.cuts += 1;
        match end? {
            End::WhileOpening => self.tally.cut_while_opening += 1,
            End::Closed => self.tally.cut_when_closed += 1,
            End::AtWork => {}
        }
        Ok(())
    }

    /// A new store on an empty disk.
    fn begin_life(&mut self) {
        self.end_life();
        self.tally.lives += 1;
        let sector = if self.rng.random() { 512 } else { 4096 };
        self.drive.wipe(sector);
        self.life = Life::new(self.plan.side);
        self.directory = Directory::new(self.plan.side);
        self.shadow = Arc::default();
        self.cuts_left = self.rng.random_range(5..40);
        self.segment_bytes = match self.rng.random_range(0..3) {
            0 => 1 << 10,
            1 => 16 << 10,
            _ => 8 << 20,
        };
    }

    fn end_life(&mut self) {
        let acknowledged = self.life.acknowledged();
        self.tally.acts += acknowledged.acts;
        self.tally.taken += acknowledged.taken;
        self.tally.entries += acknowledged.entries;
        self.tally.attachments += acknowledged.attachments;
    }

    /// The machine has started anew; see the crate's words.
    fn forget_boot(&self) {
        let path = Path::new(STORE).join("cache.state");
        let text = self.drive.content(&path).unwrap_or_default();
        if text.starts_with(b"open in ") {
            self.drive.replace(&path, Some(b"open in another".to_vec()));
        }
    }

    /// Damages some of sled's files while the power is off.
    fn spoil_cache(&mut self) {
        let files = self.drive.files(&Path::new(STORE).join("cache"));
        let Some(first) = files.get(self.rng.random_range(0..files.len().max(1))) else {
            return;
        };
        self.tally.spoilt += 1;
        let others = files.iter().filter(|path| *path != first);
        let mut chosen = vec![first.clone()];
        chosen.extend(others.filter(|_| self.rng.random_ratio(1, 4)).cloned());
        for path in chosen {
            let mut content = self.drive.content(&path).unwrap_or_default();
            let at = self.rng.random_range(0..content.len().max(1));
            let spoilt = match self.rng.random_range(0..5) {
                0 => None,
                1 => Some(Vec::new()),
                2 => {
                    content.truncate(at);
                    Some(content)
                }
                kind => {
                    let end = (at + 512).min(content.len());
                    if let Some(part) = content.get_mut(at..end) {
                        part.fill(0);
                        if kind == 3 {
                            self.rng.fill(part);
                        }
                    }
                    Some(content)
                }
            };
            self.drive.replace(&path, spoilt);
        }
    }

    /// Opens the directory and the store in it, as a daemon does that starts.
    fn open(&mut self) -> Result<(DurableStore, Opened, DataKey), Finding> {
        let key = self
            .directory
            .open(&self.mounted.path().join(DATA))
            .map_err(|source| {
                let acknowledged = self.life.acknowledged();
                let acts = match self.plan.side {
                    Side::Node => acknowledged.acts,
                    Side::Centre => acknowledged.taken,
                };
                Finding::Directory { acts, source }
            })?;
        let mut options = Options::new(self.mounted.path().join(STORE), key.clone(), 1);
        options.segment_bytes = self.segment_bytes;
        options.cache_bytes = 1 << 20;
        options.reserve_bytes = 1 << 20;
        let (store, opened) = DurableStore::open(&options)?;
        Ok((store, opened, key))
    }

    /// Opens, compares and works, until the power goes or the day is over.
    fn session(&mut self) -> Result<End, Finding> {
        let drive = self.drive.clone();
        loop {
            let (store, opened, key) = match self.open() {
                Ok(opened) => opened,
                Err(_) if drive.is_off() => return Ok(End::WhileOpening),
                Err(found) => return Err(found),
            };
            self.tally.opened += 1;
            self.tally.torn += u32::from(opened.torn.is_some());
            match opened.rebuilt {
                None => self.tally.trusted += 1,
                Some(RebuildReason::Absent) if opened.created => {}
                Some(_) => self.tally.rebuilt += 1,
            }
            let powerless = |error: Finding| {
                // A broken promise is one whether or not there still is power.
                if drive.is_off() && !is_broken(&error) {
                    Ok(End::AtWork)
                } else {
                    Err(error)
                }
            };
            if let Err(unlike) = self.shadow.compare(&opened, &store) {
                return powerless(unlike.into());
            }
            let twin = Arc::new(Twin::new(store, Arc::clone(&self.shadow)));
            let dir = self.mounted.path().join(ATTACHMENTS);
            let folder = match Folder::open(dir, &key, 0) {
                Ok(folder) => Arc::new(folder),
                Err(error) => return powerless(Trouble::from(error).into()),
            };
            let mut pair = match Pair::start(&mut self.life, twin, folder, &mut self.rng) {
                Ok(pair) => pair,
                Err(trouble) => return powerless(trouble.into()),
            };
            for _ in 0..WORK_MAX {
                if let Err(trouble) = pair.work() {
                    return powerless(trouble.into());
                }
                if pair.is_day_over() {
                    break;
                }
            }
            if let Err(trouble) = pair.agree() {
                return powerless(trouble.into());
            }
            drop(pair);
            if drive.is_off() {
                return Ok(End::AtWork);
            }
            // Closed in order: the power goes now, or the process starts again.
            if self.rng.random() {
                return Ok(End::Closed);
            }
        }
    }
}

fn is_broken(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::Broken(_) | Finding::Daemon(Trouble::Broken(_))
    )
}

/// Keeps the panics that sled has on damaged files, which the store fences, out of the output.
pub fn quiet_sled() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let of_sled = panic
                .location()
                .is_some_and(|place| place.file().contains("/sled-"));
            if !of_sled {
                before(panic);
            }
        }));
    });
}
