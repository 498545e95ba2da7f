//! The cache: sled, for random access. All of sled is named here.
//!
//! One tree, because each tree of sled has a price in memory. `0x00 name` are the cache's own rows;
//! `0x01 table key` are rows of the store, their values sealed with their key as associated data.
//! Each portion of changes goes in with the position up to which the cache has applied the journal,
//! in one atomic batch of sled.
//!
//! Rows that come by the million stand in sorted files beside sled (see `run`); a row that stands in
//! sled is newer, and an empty value there says that the row is gone.
//!
//! sled panics on some damaged files, so every call is fenced; what fails here costs a rebuild.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use crate::batch::Change;
use crate::key::DataKey;
use crate::limits::PAGE_BYTES;
use crate::range::Bounds;
use crate::run::{Run, RunPlace, RunRows, RunWriter};
use crate::seal::{Nonces, Seal};
use crate::store::Row;
use crate::tally::Tally;
use crate::trust::State;

mod bulk;

const META: &[u8] = b"\0meta";
const SALT: &[u8] = b"\0salt";
const RUNS: &[u8] = b"\0runs";
/// Runs beside one another; past that they are merged, since each is looked into for a row.
const RUNS_MAX: usize = 8;
const ROWS: u8 = 1;
/// So many changes are worth one key that is read in passing to learn what is there.
const CHANGES_PER_HELD: usize = 8;
/// Rows of a usual page of a snapshot.
const LOADED_USUAL: usize = 200;

/// Why the cache failed, without any of its content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheFault {
    #[error("sled: {0}")]
    Sled(#[from] sled::Error),
    #[error("sled panicked")]
    Panicked,
    #[error("a value does not belong to its key")]
    Broken,
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// What the cache knows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) store: [u8; 16],
    /// The last position whose changes it holds.
    pub(crate) applied: u64,
    /// The position at which it was built.
    pub(crate) born: u64,
    pub(crate) tally: Tally,
}

/// The last state of every key that some batches change.
pub(crate) type Portion = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Forwards,
    Backwards,
}

pub(crate) struct Cache {
    // Dropped before the keeper, which has the last handle.
    db: sled::Db,
    keeper: Keeper,
    seal: Seal,
    tally_secret: [u8; 32],
    runs_dir: PathBuf,
    /// Oldest first.
    runs: RwLock<Vec<Arc<Run>>>,
}

/// What a merge of runs left behind: files that nothing names any more.
type Leftovers = Vec<Arc<Run>>;

/// Closes sled, then says that the cache was closed in order.
struct Keeper {
    /// The last handle: sled panics when it is closed on a disk that fails.
    last: Option<sled::Db>,
    dir: PathBuf,
    state: State,
    damaged: AtomicBool,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let last = self.last.take();
        if let Err(fault) = fenced(|| {
            drop(last);
            Ok(())
        }) {
            tracing::warn!(%fault, "the cache could not be closed and will be rebuilt");
            return;
        }
        if self.damaged.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = self.state.close(&self.dir) {
            tracing::warn!(%error, "the cache could not be closed in order and will be rebuilt");
        }
    }
}

impl Cache {
    /// Opens what is there; the meta is missing if it was never filled.
    pub(crate) fn open(
        dir: &Path,
        state: State,
        bytes: u64,
        key: &DataKey,
        store: [u8; 16],
    ) -> Result<(Self, Option<Meta>), CacheFault> {
        let db = fenced(|| {
            sled::Config::new()
                .path(dir)
                .cache_capacity(bytes)
                .mode(sled::Mode::LowSpace)
                .flush_every_ms(None)
                .open()
        })?;
        let keeper = Keeper {
            last: Some(db.clone()),
            dir: dir.to_path_buf(),
            state,
            // Until it is found to be good.
            damaged: AtomicBool::new(true),
        };
        let salt = match fenced(|| db.get(SALT))? {
            Some(salt) => salt.to_vec(),
            None => {
                let mut salt = [0; 32];
                aws_lc_rs::rand::fill(&mut salt).map_err(|_| CacheFault::Broken)?;
                fenced(|| db.insert(SALT, &salt))?;
                salt.to_vec()
            }
        };
        let mut cache = Self {
            seal: Seal::new(&key.derive("vn commune registry store: cache", &[&salt]))?,
            tally_secret: tally_secret(key, store),
            db,
            keeper,
            runs_dir: dir.join("runs"),
            runs: RwLock::default(),
        };
        let runs = cache.open_runs()?;
        cache.runs = RwLock::new(runs);
        let meta = fenced(|| cache.db.get(META))?;
        let meta = meta.map(|sealed| cache.open_meta(&sealed)).transpose()?;
        cache.keeper.damaged.store(false, Ordering::Release);
        Ok((cache, meta))
    }

    fn open_meta(&self, sealed: &[u8]) -> Result<Meta, CacheFault> {
        let plain = self
            .seal
            .open_random(META, sealed)
            .map_err(|_| CacheFault::Broken)?;
        postcard::from_bytes(&plain).map_err(|_| CacheFault::Broken)
    }

    fn close_meta(&self, meta: &Meta) -> Result<Vec<u8>, CacheFault> {
        let plain = postcard::to_stdvec(meta).map_err(io::Error::other)?;
        Ok(self
            .seal
            .close_random(&mut Nonces::about(1), META, &plain)?)
    }

    /// The next opening builds the cache anew.
    pub(crate) fn condemn(&self) {
        self.keeper.damaged.store(true, Ordering::Release);
        if let Err(error) = self.keeper.state.damage() {
            tracing::error!(%error, "the cache is damaged and could not be marked so");
        }
    }

    /// The value of a key that is led by its table.
    pub(crate) fn get(&self, led: &[u8]) -> Result<Option<Vec<u8>>, CacheFault> {
        self.get_at(&row_key(led))
    }

    fn get_at(&self, place: &[u8]) -> Result<Option<Vec<u8>>, CacheFault> {
        match fenced(|| self.db.get(place))? {
            Some(gone) if gone.is_empty() => Ok(None),
            Some(sealed) => self.unseal(place, &sealed).map(Some),
            None => self.get_in_runs(led_of(place)),
        }
    }

    fn unseal(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CacheFault> {
        self.seal
            .open_random(place, sealed)
            .map_err(|_| CacheFault::Broken)
    }

    /// Rows between two led keys, at most `limit`.
    pub(crate) fn scan(
        &self,
        bounds: &Bounds,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, CacheFault> {
        if !self.runs().is_empty() {
            let mut rows = Vec::new();
            self.merged(bounds, order, limit, &mut |led, value| {
                rows.push((led, value));
            })?;
            return Ok(rows);
        }
        let start = bounds.0.as_ref().map(|led| row_key(led));
        let end = match &bounds.1 {
            Bound::Unbounded => Bound::Excluded(vec![ROWS + 1]),
            other => other.as_ref().map(|led| row_key(led)),
        };
        let sealed: Vec<(sled::IVec, sled::IVec)> = fenced(|| {
            // What a bulk load has deleted stands there empty until it is swept: it is no row, and
            // counts for none, or who reads page by page would take a short page for the end.
            let is_row = |row: &sled::Result<(sled::IVec, sled::IVec)>| {
                row.as_ref().map_or(true, |(_, sealed)| !sealed.is_empty())
            };
            let rows = self.db.range((start, end)).filter(is_row);
            match order {
                Order::Forwards => rows.take(limit).collect(),
                Order::Backwards => rows.rev().take(limit).collect(),
            }
        })?;
        let open = |(place, sealed): (sled::IVec, sled::IVec)| {
            let value = self.unseal(&place, &sealed)?;
            Ok((led_of(&place).to_vec(), value))
        };
        sealed.into_iter().map(open).collect()
    }

    /// Rows after a led key, about as many as fill a page.
    pub(crate) fn page_after(&self, last: Option<&[u8]>) -> Result<Vec<Change>, CacheFault> {
        let start = last.map_or(Bound::Unbounded, |led| Bound::Excluded(led.to_vec()));
        let mut page = Vec::new();
        let mut bytes = 0_usize;
        self.merge(
            &(start, Bound::Unbounded),
            Order::Forwards,
            &mut |led, value| {
                bytes = bytes.saturating_add(led.len()).saturating_add(value.len());
                page.push(Change {
                    key: led,
                    value: Some(value),
                });
                bytes < PAGE_BYTES
            },
        )?;
        Ok(page)
    }

    /// Applies the changes of all batches up to `applied`, whole or not at all.
    pub(crate) fn apply(
        &self,
        portion: &Portion,
        applied: u64,
        meta: &mut Meta,
    ) -> Result<(), CacheFault> {
        let mut next = Meta { applied, ..*meta };
        let mut batch = sled::Batch::default();
        let mut nonces = Nonces::about(portion.len());
        let runs = !self.runs().is_empty();
        let changes: Vec<_> = portion.iter().collect();
        for changes in changes.chunk_by(|(one, _), (next, _)| one.first() == next.first()) {
            // What runs hold is not seen by looking at sled's keys.
            let held = if runs { None } else { self.few_held(changes)? };
            for (led, value) in changes {
                let place = row_key(led);
                let may_be_held = held
                    .as_ref()
                    .is_none_or(|held| held.contains(place.as_slice()));
                if may_be_held && let Some(old) = self.get_at(&place)? {
                    next.tally.remove(&self.tally_secret, led, &old);
                }
                if let Some(value) = value {
                    next.tally.add(&self.tally_secret, led, value);
                    let sealed = self.seal.close_random(&mut nonces, &place, value)?;
                    batch.insert(place, sealed);
                } else if runs {
                    batch.insert(place, Vec::new());
                } else {
                    batch.remove(place);
                }
            }
        }
        batch.insert(META, self.close_meta(&next)?);
        fenced(|| self.db.apply_batch(batch))?;
        *meta = next;
        Ok(())
    }

    /// The keys that are held between the first and the last of these changes of one table, if they
    /// are few: then most changes need no look at what was there. So it is for the pages of a
    /// first fill, which come in the order of keys into an empty range.
    fn few_held(
        &self,
        changes: &[(&Vec<u8>, &Option<Vec<u8>>)],
    ) -> Result<Option<HashSet<sled::IVec>>, CacheFault> {
        let few = changes.len() / CHANGES_PER_HELD;
        let (Some((first, _)), Some((last, _))) = (changes.first(), changes.last()) else {
            return Ok(None);
        };
        if few == 0 {
            return Ok(None);
        }
        let range = row_key(first)..=row_key(last);
        let held: HashSet<sled::IVec> = fenced(|| {
            let keys = self.db.range(range).keys();
            keys.take(few.saturating_add(1)).collect()
        })?;
        Ok((held.len() <= few).then_some(held))
    }

    /// Puts rows of a snapshot into an empty cache, which stays without a meta.
    pub(crate) fn load<'a>(
        &self,
        rows: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<(), CacheFault> {
        let mut batch = sled::Batch::default();
        let mut nonces = Nonces::about(LOADED_USUAL);
        for (led, value) in rows {
            let place = row_key(led);
            let sealed = self.seal.close_random(&mut nonces, &place, value)?;
            batch.insert(place, sealed);
        }
        fenced(|| self.db.apply_batch(batch))
    }

    pub(crate) fn set_meta(&self, meta: &Meta) -> Result<(), CacheFault> {
        let sealed = self.close_meta(meta)?;
        fenced(|| self.db.insert(META, sealed))?;
        Ok(())
    }
}

pub(crate) fn tally_secret(key: &DataKey, store: [u8; 16]) -> [u8; 32] {
    key.derive("vn commune registry store: tally", &[&store])
}

/// Each life of the cache has a directory of its own, so that a sled which is still closing never
/// writes into its successor's.
pub(crate) fn lives(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut lives = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(Ok(life)) = name.map(str::parse) {
            lives.push((life, path));
        }
    }
    lives.sort_unstable();
    Ok(lives)
}

/// The led key of a place in sled.
fn led_of(place: &[u8]) -> &[u8] {
    place.split_first().map_or(&[][..], |(_, led)| led)
}

fn row_key(led: &[u8]) -> Vec<u8> {
    let mut place = Vec::with_capacity(led.len().saturating_add(1));
    place.push(ROWS);
    place.extend_from_slice(led);
    place
}

fn fenced<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, CacheFault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => Ok(result?),
        Err(_) => Err(CacheFault::Panicked),
    }
}
