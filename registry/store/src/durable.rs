//! The store on a disk: journal, snapshot and cache put together. How it is opened is in `opening`.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::batch::{self, Batch};
use crate::cache::{self, Cache, CacheFault, Meta, Order, Portion};
use crate::disk::Disk;
use crate::error::{OpenError, StoreError};
use crate::header::{HEADER_BYTES, Header, Identity, SNAPSHOT_MAGIC};
use crate::journal::Journal;
use crate::key::DataKey;
use crate::limits::GROUP_BYTES_MAX;
use crate::opening::{self, Dirs};
use crate::options::{Opened, Options};
use crate::range::KeyRange;
use crate::snapshot::{self, Snapshot};
use crate::store::{Checkpoint, Health, Position, Row, Store, Table};
use crate::truth;

/// What a frame and a new segment may add to a group.
const WRITE_SLACK_BYTES: u64 = (HEADER_BYTES as u64) + (64 << 10);

/// The store on a disk.
pub struct DurableStore {
    /// Held exclusively while a batch goes in, so that a reader never sees a part of one.
    visible: RwLock<Ahead>,
    cache: Cache,
    writer: Mutex<Writer>,
    figures: Mutex<Figures>,
    durable: AtomicU64,
    dirs: Dirs,
    disk: Disk,
    key: DataKey,
    identity: Identity,
    reserve_bytes: u64,
    checkpoint_after_bytes: u64,
    bulk_bytes: usize,
    // Dropped last: until then nobody else may open the directory.
    _lock: File,
}

/// Rows that readers see and the cache does not have yet.
#[derive(Default)]
struct Ahead {
    rows: Portion,
    bytes: usize,
}

struct Writer {
    journal: Journal,
    snapshots: Vec<Snapshot>,
    meta: Meta,
    /// Encoded batches that were staged and not synced.
    waiting: Vec<u8>,
    waiting_batches: u32,
    /// The last position that was staged.
    staged: u64,
    /// Bytes that may be ahead of the cache.
    ahead_bytes_max: usize,
    poisoned: bool,
}

#[derive(Clone, Copy, Default)]
struct Figures {
    journal_bytes: u64,
    snapshot_bytes: u64,
    records: u64,
    last_sync: Duration,
    poisoned: bool,
}

impl DurableStore {
    /// Opens the store in a directory, or makes one there if the directory has none.
    ///
    /// # Errors
    /// [`OpenError`] tells absent, damaged, older and newer apart; nothing is deleted.
    pub fn open(options: &Options) -> Result<(Self, Opened), OpenError> {
        Self::open_on(options, &Disk::default())
    }

    pub(crate) fn open_on(options: &Options, disk: &Disk) -> Result<(Self, Opened), OpenError> {
        let (parts, opened) = opening::open(options, disk)?;
        let store = Self {
            visible: RwLock::default(),
            cache: parts.cache,
            writer: Mutex::new(Writer {
                journal: parts.journal,
                snapshots: parts.snapshots,
                meta: parts.meta,
                waiting: Vec::new(),
                waiting_batches: 0,
                staged: opened.position.0,
                ahead_bytes_max: 0,
                poisoned: false,
            }),
            figures: Mutex::default(),
            durable: AtomicU64::new(opened.position.0),
            dirs: Dirs::new(&options.dir),
            disk: disk.clone(),
            key: options.key.clone(),
            identity: parts.identity,
            reserve_bytes: options.reserve_bytes,
            checkpoint_after_bytes: options.checkpoint_after_bytes,
            bulk_bytes: options.bulk_bytes,
            _lock: parts.lock,
        };
        store.note(&store.writer(), None);
        Ok((store, opened))
    }

    /// Reads the snapshot and the journal from end to end, as a rebuild would, to find damage
    /// before they are needed. The writer waits meanwhile. Returns the number of rows in the
    /// snapshot.
    ///
    /// # Errors
    /// What is damaged.
    pub fn verify(&self) -> Result<u64, OpenError> {
        let _writer = self.writer();
        let truth = truth::read(&self.dirs, &self.key, self.identity.format)?;
        let Some(snapshot) = truth.snapshots.last() else {
            return Ok(0);
        };
        let secret = cache::tally_secret(&self.key, self.identity.store);
        let tally = snapshot.pages(&self.key, &secret, &mut |_| Ok(()))?;
        Ok(tally.rows)
    }

    /// From now on changes reach the cache in portions of [`Options::bulk_bytes`], which are held in
    /// memory until then: for rows that come by the million. What [`Store::sync`] promises stays as
    /// it is; after an end in the midst, opening brings the cache up to date from the journal.
    pub fn begin_bulk(&self) {
        self.writer().ahead_bytes_max = self.bulk_bytes;
    }

    /// Brings the cache up to date; changes reach it at once again.
    ///
    /// # Errors
    /// When the cache fails; a restart rebuilds it.
    pub fn end_bulk(&self) -> Result<(), StoreError> {
        let mut writer = self.accepting()?;
        writer.ahead_bytes_max = 0;
        self.catch_up(&mut writer)
    }

    /// The process is gone: nothing is done any more when the store is dropped.
    #[cfg(test)]
    pub(crate) fn die(&self) {
        self.writer().poisoned = true;
    }

    /// Gives the cache what it lacks.
    fn catch_up(&self, writer: &mut Writer) -> Result<(), StoreError> {
        let mut ahead = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        let Ahead { rows, .. } = std::mem::take(&mut *ahead);
        if rows.is_empty() {
            return Ok(());
        }
        let applied = self.cache.apply_run(rows, writer.staged, &mut writer.meta);
        drop(ahead);
        if let Err(fault) = applied {
            let error = self.condemned(&fault);
            return Err(self.poison(writer, error));
        }
        self.note(writer, None);
        Ok(())
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accepting(&self) -> Result<MutexGuard<'_, Writer>, StoreError> {
        let writer = self.writer();
        if writer.poisoned {
            Err(StoreError::Poisoned)
        } else {
            Ok(writer)
        }
    }

    fn note(&self, writer: &Writer, sync: Option<Duration>) {
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        *figures = Figures {
            journal_bytes: writer.journal.bytes(),
            snapshot_bytes: writer.snapshots.last().map_or(0, |newest| newest.bytes),
            records: writer.meta.tally.rows,
            last_sync: sync.unwrap_or(figures.last_sync),
            poisoned: writer.poisoned,
        };
    }

    /// What readers see is no longer what the disk will say after a restart.
    fn poison(&self, writer: &mut Writer, error: StoreError) -> StoreError {
        writer.poisoned = true;
        self.note(writer, None);
        tracing::error!(code = error.code(), %error, "the store refuses all further writing");
        error
    }

    fn require_room(&self, needed_bytes: u64) -> Result<(), StoreError> {
        let free_bytes = self
            .disk
            .free_bytes(&self.dirs.store)
            .map_err(StoreError::io("read the free space of the disk"))?;
        if free_bytes < needed_bytes {
            return Err(StoreError::DiskFull {
                free_bytes,
                needed_bytes,
            });
        }
        Ok(())
    }

    fn condemned(&self, fault: &CacheFault) -> StoreError {
        tracing::error!(%fault, "the cache failed and will be rebuilt at the next start");
        self.cache.condemn();
        StoreError::Cache {
            what: fault.to_string(),
        }
    }

    fn read_rows(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let Some(bounds) = range.under(&[table.0]) else {
            return Ok(Vec::new());
        };
        let mut whole = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        if whole.rows.range(bounds.clone()).next().is_some() {
            drop(whole);
            self.catch_up(&mut *self.accepting()?)?;
            whole = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        }
        let mut rows = self
            .cache
            .scan(&bounds, order, limit)
            .map_err(|fault| self.condemned(&fault))?;
        for (key, _) in &mut rows {
            key.drain(..1);
        }
        drop(whole);
        Ok(rows)
    }

    fn sync_waiting(&self, writer: &mut Writer) -> Result<Position, StoreError> {
        if writer.waiting_batches == 0 {
            return Ok(self.durable());
        }
        self.require_room(size(&writer.waiting).saturating_add(WRITE_SLACK_BYTES))?;
        let started = Instant::now();
        let first = self.durable().0.saturating_add(1);
        let written = writer
            .journal
            .append(first, writer.waiting_batches, &writer.waiting);
        if let Err(source) = written {
            let error = StoreError::Io {
                doing: "write the journal",
                source,
            };
            return Err(self.poison(writer, error));
        }
        let durable = self.durable().0 + u64::from(writer.waiting_batches);
        self.durable.store(durable, Ordering::Release);
        writer.waiting = Vec::new();
        writer.waiting_batches = 0;
        self.note(writer, Some(started.elapsed()));
        Ok(Position(durable))
    }

    fn write_snapshot(&self, writer: &Writer) -> Result<Snapshot, StoreError> {
        let position = self.durable().0;
        let header = Header::new(SNAPSHOT_MAGIC, self.identity, 0, position)
            .map_err(StoreError::io("write the snapshot"))?;
        let place = snapshot::Place {
            dir: &self.dirs.snapshot,
            disk: &self.disk,
            key: &self.key,
            tally_secret: &cache::tally_secret(&self.key, self.identity.store),
        };
        let mut last: Option<Vec<u8>> = None;
        snapshot::write(&place, &header, writer.meta.tally, &mut || {
            let page = self
                .cache
                .page_after(last.as_deref())
                .map_err(|fault| self.condemned(&fault))?;
            last = page.last().map(|row| row.key.clone());
            Ok(page)
        })
    }
}

impl Store for DurableStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let led = [&[table.0], key].concat();
        let whole = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = whole.rows.get(&led) {
            return Ok(value.clone());
        }
        self.cache.get(&led).map_err(|fault| self.condemned(&fault))
    }

    fn get_many(&self, table: Table, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let whole = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        let mut values = vec![None; keys.len()];
        let mut rest = Vec::with_capacity(keys.len());
        for (place, (key, value)) in keys.iter().zip(&mut values).enumerate() {
            let led = [&[table.0], *key].concat();
            match whole.rows.get(&led) {
                Some(held) => value.clone_from(held),
                None => rest.push((place, led)),
            }
        }
        self.cache
            .get_many(&rest, &mut values)
            .map_err(|fault| self.condemned(&fault))?;
        Ok(values)
    }

    fn scan(&self, table: Table, range: &KeyRange, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.read_rows(table, range, Order::Forwards, limit)
    }

    fn scan_back(
        &self,
        table: Table,
        range: &KeyRange,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.read_rows(table, range, Order::Backwards, limit)
    }

    fn stage(&self, batch: Batch) -> Result<Position, StoreError> {
        let mut writer = self.accepting()?;
        let writer = &mut *writer;
        let reserve = if batch.may_use_reserve() {
            self.reserve_bytes / 4
        } else {
            self.reserve_bytes
        };
        let size_max = batch.bytes();
        let changes = batch.accepted()?;
        if changes.is_empty() {
            return Ok(Position(writer.staged));
        }
        let waiting = size(&writer.waiting).saturating_add(u64::try_from(size_max).unwrap_or(0));
        self.require_room(reserve.saturating_add(waiting))?;
        if writer.waiting.len().saturating_add(size_max) > GROUP_BYTES_MAX {
            self.sync_waiting(writer)?;
        }
        let encoded = batch::encode(&changes, Vec::with_capacity(size_max))
            .map_err(|error| StoreError::io("encode a batch")(io::Error::other(error)))?;
        let position = writer.staged.saturating_add(1);
        let changes = changes.into_iter().map(|change| (change.key, change.value));
        if writer.ahead_bytes_max > 0 {
            let mut ahead = self.visible.write().unwrap_or_else(PoisonError::into_inner);
            ahead.bytes = ahead.bytes.saturating_add(size_max);
            ahead.rows.extend(changes);
        } else {
            let portion: Portion = changes.collect();
            let applied = {
                let _alone = self.visible.write().unwrap_or_else(PoisonError::into_inner);
                self.cache.apply(&portion, position, &mut writer.meta)
            };
            if let Err(fault) = applied {
                let error = self.condemned(&fault);
                return Err(self.poison(writer, error));
            }
        }
        writer.staged = position;
        if writer.waiting.is_empty() {
            writer.waiting = encoded;
        } else {
            writer.waiting.extend_from_slice(&encoded);
        }
        writer.waiting_batches = writer.waiting_batches.saturating_add(1);
        let ahead_bytes = {
            let ahead = self.visible.read().unwrap_or_else(PoisonError::into_inner);
            ahead.bytes
        };
        if ahead_bytes > 0 && ahead_bytes >= writer.ahead_bytes_max {
            self.catch_up(writer)?;
        }
        self.note(writer, None);
        Ok(Position(position))
    }

    fn sync(&self) -> Result<Position, StoreError> {
        self.sync_waiting(&mut *self.accepting()?)
    }

    fn durable(&self) -> Position {
        Position(self.durable.load(Ordering::Acquire))
    }

    fn health(&self) -> Health {
        let figures = *self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        Health {
            journal_bytes: figures.journal_bytes,
            snapshot_bytes: figures.snapshot_bytes,
            disk_free_bytes: self.disk.free_bytes(&self.dirs.store).unwrap_or(0),
            last_sync: figures.last_sync,
            records: figures.records,
            sealed: true,
            poisoned: figures.poisoned,
            checkpoint_due: figures.journal_bytes >= self.checkpoint_after_bytes,
        }
    }

    fn checkpoint(&self) -> Result<Checkpoint, StoreError> {
        let mut writer = self.accepting()?;
        let writer = &mut *writer;
        self.catch_up(writer)?;
        let position = self.sync_waiting(writer)?;
        let newest = writer.snapshots.last();
        if newest.is_none_or(|newest| newest.header.position < position.0) {
            self.require_room(writer.meta.tally.bytes.saturating_add(WRITE_SLACK_BYTES))?;
            let snapshot = match self.write_snapshot(writer) {
                Ok(snapshot) => snapshot,
                Err(error @ StoreError::Cache { .. }) => {
                    self.cache.condemn();
                    return Err(self.poison(writer, error));
                }
                Err(error) => return Err(error),
            };
            writer.snapshots.push(snapshot);
        }
        // The segment to come must exist before those that it follows go.
        if let Err(source) = writer.journal.begin_segment(position.0.saturating_add(1)) {
            let error = StoreError::Io {
                doing: "begin a segment",
                source,
            };
            return Err(self.poison(writer, error));
        }
        let segments_removed = writer
            .journal
            .remove_closed()
            .map_err(StoreError::io("remove old segments"))?;
        while writer.snapshots.len() > 1 {
            if let Some(old) = writer.snapshots.first() {
                self.disk
                    .remove(&old.path)
                    .map_err(StoreError::io("remove the old snapshot"))?;
            }
            writer.snapshots.remove(0);
        }
        self.note(writer, None);
        Ok(Checkpoint {
            position,
            snapshot_bytes: writer.snapshots.last().map_or(0, |newest| newest.bytes),
            segments_removed,
        })
    }
}

impl Drop for DurableStore {
    fn drop(&mut self) {
        // What is lost here is only work: the journal has it.
        if let Ok(mut writer) = self.accepting() {
            let _ = self.catch_up(&mut writer);
        }
    }
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
