//! Opening a store: what the disk has is read and judged first, and changed only afterwards.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::cache::{self, Cache, CacheFault, Meta};
use crate::disk::Disk;
use crate::error::OpenError;
use crate::header::Identity;
use crate::journal::Journal;
use crate::limits::CACHE_LIFE_POSITIONS;
use crate::options::{Opened, Options, RebuildReason};
use crate::place::above;
use crate::segment;
use crate::snapshot::Snapshot;
use crate::store::Position;
use crate::tally::Tally;
use crate::trust::{State, Trust};
use crate::truth::{self, Truth};

/// The parts of an open store.
pub(crate) struct Parts {
    pub(crate) lock: File,
    pub(crate) journal: Journal,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) cache: Cache,
    pub(crate) meta: Meta,
    pub(crate) identity: Identity,
}

/// The directories of a store.
pub(crate) struct Dirs {
    pub(crate) store: PathBuf,
    pub(crate) journal: PathBuf,
    pub(crate) snapshot: PathBuf,
    pub(crate) cache: PathBuf,
}

impl Dirs {
    pub(crate) fn new(store: &Path) -> Self {
        Self {
            store: store.to_path_buf(),
            journal: store.join("journal"),
            snapshot: store.join("snapshot"),
            cache: store.join("cache"),
        }
    }
}

pub(crate) fn open(options: &Options, disk: &Disk) -> Result<(Parts, Opened), OpenError> {
    let dirs = Dirs::new(&options.dir);
    disk.create_dir(&dirs.store)
        .map_err(OpenError::io("create", &dirs.store))?;
    let lock = lock(&dirs.store)?;
    remove_drafts(disk, &dirs)?;
    let mut truth = truth::read(&dirs, &options.key, options.format)?;
    let newest = truth.newest_identity();
    if let Some(found) = newest.filter(|found| found.format < options.oldest_format) {
        return Err(OpenError::Older {
            found: found.format,
            oldest: options.oldest_format,
        });
    }
    let identity = Identity {
        store: newest.map_or_else(new_store, |found| Ok(found.store))?,
        format: options.format,
    };
    let torn = truth.settle(disk)?;
    let mut journal = Journal::new(
        &dirs.journal,
        disk.clone(),
        options.key.clone(),
        identity,
        options.segment_bytes,
        truth.all_segments(),
    );
    if newest.is_none() {
        create(&dirs, disk, &mut journal, options.reserve_bytes)?;
    }
    let (cache, mut meta, rebuilt) = open_cache(options, disk, &dirs, identity, &truth)?;
    let replayed = truth.replay(&options.key, &cache, &mut meta, options.bulk_bytes)?;
    let opened = Opened {
        created: newest.is_none(),
        position: Position(truth.last),
        format: newest.map_or(options.format, |found| found.format),
        torn,
        rebuilt,
        replayed,
        records: meta.tally.rows,
    };
    let parts = Parts {
        lock,
        journal,
        snapshots: truth.snapshots,
        cache,
        meta,
        identity,
    };
    Ok((parts, opened))
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(OpenError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            dir: dir.to_path_buf(),
        }),
        Err(TryLockError::Error(error)) => Err(OpenError::io("lock", &path)(error)),
    }
}

/// A draft never got its name, so nothing was promised on it.
fn remove_drafts(disk: &Disk, dirs: &Dirs) -> Result<(), OpenError> {
    for dir in [&dirs.journal, &dirs.snapshot] {
        for (_, path) in segment::numbered(dir, "new").map_err(OpenError::io("list", dir))? {
            disk.remove(&path).map_err(OpenError::io("remove", &path))?;
        }
    }
    Ok(())
}

fn new_store() -> Result<[u8; 16], OpenError> {
    let mut store = [0; 16];
    aws_lc_rs::rand::fill(&mut store).map_err(|_| OpenError::Cache {
        what: "the system's random source failed".to_owned(),
    })?;
    Ok(store)
}

/// A new store has its first segment before anything else, so whatever lacks one is not new.
fn create(
    dirs: &Dirs,
    disk: &Disk,
    journal: &mut Journal,
    reserve_bytes: u64,
) -> Result<(), OpenError> {
    let failed = || OpenError::io("create", &dirs.store);
    require_room(disk, &dirs.store, reserve_bytes)?;
    disk.create_dir(&dirs.journal).map_err(failed())?;
    disk.create_dir(&dirs.snapshot).map_err(failed())?;
    disk.sync_dir(&dirs.store).map_err(failed())?;
    if let Some(parent) = above(&dirs.store) {
        disk.sync_dir(parent).map_err(failed())?;
    }
    journal.begin_segment(1).map_err(failed())
}

fn require_room(disk: &Disk, dir: &Path, needed_bytes: u64) -> Result<(), OpenError> {
    let free_bytes = disk
        .free_bytes(dir)
        .map_err(OpenError::io("read the free space of", dir))?;
    if free_bytes < needed_bytes {
        return Err(OpenError::DiskFull {
            free_bytes,
            needed_bytes,
        });
    }
    Ok(())
}

/// The cache, up to date with the snapshot at least: as it was left, or built anew.
fn open_cache(
    options: &Options,
    disk: &Disk,
    dirs: &Dirs,
    identity: Identity,
    truth: &Truth,
) -> Result<(Cache, Meta, Option<RebuildReason>), OpenError> {
    let state = State::new(&dirs.store, disk.clone());
    let failed = || OpenError::io("prepare", &dirs.cache);
    let lives = cache::lives(&dirs.cache).map_err(failed())?;
    let open = |dir: &Path| {
        Cache::open(
            dir,
            state.clone(),
            options.cache_bytes,
            &options.key,
            identity.store,
        )
    };
    let newest = lives.last().map(|(_, dir)| (dir, state.trust(dir)));
    let reason = match newest {
        None => RebuildReason::Absent,
        Some((_, Trust::PowerLost)) => RebuildReason::PowerLoss,
        Some((_, Trust::Damaged)) => RebuildReason::Damaged,
        Some((dir, Trust::Trusted)) => {
            state.open().map_err(failed())?;
            match open(dir).map(|(cache, meta)| (cache, judge(meta, identity, truth))) {
                Ok((cache, Ok(meta))) => return Ok((cache, meta, None)),
                Ok((_, Err(reason))) => reason,
                Err(CacheFault::Broken) => RebuildReason::Foreign,
                Err(_) => RebuildReason::Damaged,
            }
        }
    };
    tracing::info!(reason = reason.code(), "building the cache anew");
    let snapshot_bytes = truth.snapshots.last().map_or(0, |snapshot| snapshot.bytes);
    let journal = truth.all_segments().map(|segment| segment.bytes);
    require_room(
        disk,
        &dirs.store,
        journal.fold(snapshot_bytes, u64::saturating_add),
    )?;
    for (_, life) in &lives {
        fs::remove_dir_all(life).map_err(OpenError::io("remove", life))?;
    }
    let life = lives.last().map_or(1, |(life, _)| life.saturating_add(1));
    let dir = dirs.cache.join(format!("{life:08}"));
    disk.create_dir(&dir).map_err(failed())?;
    state.open().map_err(failed())?;
    let (cache, _) = open(&dir).map_err(refused)?;
    let meta = load(options, identity, truth, &cache)?;
    Ok((cache, meta, Some(reason)))
}

/// Whether the cache that was left can be used.
fn judge(meta: Option<Meta>, identity: Identity, truth: &Truth) -> Result<Meta, RebuildReason> {
    // Without a meta, building it was interrupted.
    let meta = meta.ok_or(RebuildReason::Absent)?;
    if meta.store != identity.store {
        Err(RebuildReason::Foreign)
    } else if meta.applied > truth.last {
        Err(RebuildReason::Ahead)
    } else if meta.applied < truth.covered() {
        Err(RebuildReason::Behind)
    } else if meta.applied.saturating_sub(meta.born) > CACHE_LIFE_POSITIONS {
        Err(RebuildReason::WornOut)
    } else {
        Ok(meta)
    }
}

fn load(
    options: &Options,
    identity: Identity,
    truth: &Truth,
    cache: &Cache,
) -> Result<Meta, OpenError> {
    let secret = cache::tally_secret(&options.key, identity.store);
    let tally = match truth.snapshots.last() {
        None => Tally::default(),
        Some(snapshot) if options.bulk_bytes > 0 => {
            let mut rows = cache.begin_load(snapshot.bytes).map_err(refused)?;
            let tally = snapshot.pages(&options.key, &secret, &mut |page| {
                for row in page.iter().filter_map(|row| Some((row.key, row.value?))) {
                    rows.push(row.0.to_vec(), row.1.to_vec()).map_err(refused)?;
                }
                Ok(())
            })?;
            cache.finish_load(rows).map_err(refused)?;
            tally
        }
        Some(snapshot) => snapshot.pages(&options.key, &secret, &mut |rows| {
            let rows = rows.iter().filter_map(|row| Some((row.key, row.value?)));
            cache.load(rows).map_err(refused)
        })?,
    };
    let meta = Meta {
        store: identity.store,
        applied: truth.covered(),
        born: truth.last,
        tally,
    };
    cache.set_meta(&meta).map_err(refused)?;
    Ok(meta)
}

// By value, to be given to `map_err`.
#[allow(clippy::needless_pass_by_value)]
pub(crate) fn refused(fault: CacheFault) -> OpenError {
    OpenError::Cache {
        what: fault.to_string(),
    }
}
