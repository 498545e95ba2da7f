//! What is true, as the disk has it: journal and snapshot, read and judged as a whole. The cache is
//! brought into line with it in `opening`.

use crate::batch;
use crate::cache::{Cache, Meta, Portion};
use crate::disk::Disk;
use crate::error::OpenError;
use crate::header::Identity;
use crate::journal;
use crate::key::DataKey;
use crate::limits::{BULK_CHANGES_MIN, REPLAY_PORTION_BYTES};
use crate::opening::{Dirs, refused};
use crate::options::TornTail;
use crate::segment::{self, Group, Segment, Walked};
use crate::snapshot::Snapshot;
use crate::store::Position;

/// What is true, as the disk has it.
pub(crate) struct Truth {
    /// Segments that the snapshot stands for: a checkpoint was removing them when the power went.
    /// Which of them came back is the file system's affair, so nothing is read from them.
    leftovers: Vec<Segment>,
    /// The segments that count, the first of which goes on from the snapshot.
    pub(crate) segments: Vec<Segment>,
    /// Oldest first; only the last one counts.
    pub(crate) snapshots: Vec<Snapshot>,
    /// The last whole position.
    pub(crate) last: u64,
    end: Option<Walked>,
}

/// Reads and checks the whole journal, and the header of the snapshot. Changes nothing.
pub(crate) fn read(dirs: &Dirs, key: &DataKey, format_max: u32) -> Result<Truth, OpenError> {
    let mut leftovers = segment::list(&dirs.journal, key, format_max)?;
    let mut snapshots = Vec::new();
    let found = segment::numbered(&dirs.snapshot, "snap");
    for (position, path) in found.map_err(OpenError::io("list", &dirs.snapshot))? {
        let snapshot = Snapshot::read(path, key, format_max)?;
        if snapshot.header.position != position {
            return Err(snapshot.corrupt("it has the name of another position"));
        }
        snapshots.push(snapshot);
    }
    let covered = snapshots.last().map_or(0, |found| found.header.position);
    let needed = leftovers
        .iter()
        .rposition(|segment| segment.header.position <= covered.saturating_add(1))
        .filter(|_| !snapshots.is_empty());
    let segments = leftovers.split_off(needed.unwrap_or(0));
    let mut truth = Truth {
        leftovers,
        segments,
        snapshots,
        last: 0,
        end: None,
    };
    truth.check_sequence(dirs, covered)?;
    truth.walk(key, covered)?;
    Ok(truth)
}

impl Truth {
    /// Every segment that is there, oldest first.
    pub(crate) fn all_segments(&self) -> impl Iterator<Item = &Segment> + Clone {
        self.leftovers.iter().chain(&self.segments)
    }

    /// Of the file that the newest program wrote; nothing in an empty directory.
    pub(crate) fn newest_identity(&self) -> Option<Identity> {
        let segments = self.segments.iter().map(|segment| &segment.header);
        let snapshots = self.snapshots.iter().map(|snapshot| &snapshot.header);
        let headers = segments.chain(snapshots);
        headers
            .map(|header| header.identity)
            .max_by_key(|identity| identity.format)
    }

    fn check_sequence(&self, dirs: &Dirs, covered: u64) -> Result<(), OpenError> {
        let missing = |position: u64, what| OpenError::Corrupt {
            file: "journal".to_owned(),
            position: Position(position),
            what,
        };
        let Some(first) = self.segments.first() else {
            if !self.snapshots.is_empty() || dirs.cache.exists() {
                return Err(missing(
                    covered,
                    "it has no segment, and the store is not new",
                ));
            }
            return Ok(());
        };
        // A new store begins with segment 1, and only a checkpoint removes it.
        let unexplained = self.snapshots.is_empty() && first.header.number != 1;
        if unexplained || first.header.position > covered.saturating_add(1) {
            return Err(missing(covered, "its first segments are missing"));
        }
        let store = first.header.identity.store;
        let foreign = |found: &&Segment| found.header.identity.store != store;
        if let Some(found) = self.leftovers.iter().find(foreign) {
            return Err(found.corrupt(0, "it belongs to another store"));
        }
        for (before, after) in self.segments.iter().zip(self.segments.iter().skip(1)) {
            if after.header.number != before.header.number.saturating_add(1) {
                let position = after.header.position.saturating_sub(1);
                return Err(missing(position, "a segment is missing"));
            }
            if after.header.identity.store != store {
                return Err(after.corrupt(0, "it belongs to another store"));
            }
        }
        let foreign = |found: &&Snapshot| found.header.identity.store != store;
        match self.snapshots.iter().find(foreign) {
            Some(found) => Err(found.corrupt("it belongs to another store")),
            None => Ok(()),
        }
    }

    fn walk(&mut self, key: &DataKey, covered: u64) -> Result<(), OpenError> {
        let count = self.segments.len();
        let mut next = None;
        for (index, segment) in self.segments.iter().enumerate() {
            if next.is_some_and(|next| next != segment.header.position) {
                let what = "it does not go on where the segment before it ended";
                return Err(segment.corrupt(next.unwrap_or(0), what));
            }
            let walked = segment.walk(key, index + 1 == count, &mut |_| Ok(()))?;
            next = Some(walked.next);
            self.end = Some(walked);
        }
        self.last = next.unwrap_or(1).saturating_sub(1);
        match self.segments.last() {
            Some(last) if self.last < covered => {
                Err(last.corrupt(self.last + 1, "it ends before the snapshot does"))
            }
            _ => Ok(()),
        }
    }

    /// Cuts a torn end, and makes sure that the last frame is on the disk.
    pub(crate) fn settle(&mut self, disk: &Disk) -> Result<Option<TornTail>, OpenError> {
        let (Some(last), Some(end)) = (self.segments.last_mut(), &self.end) else {
            return Ok(None);
        };
        let torn = last.bytes.saturating_sub(end.whole_bytes);
        if torn > 0 {
            journal::cut(disk, last, end.whole_bytes).map_err(OpenError::io("cut", &last.path))?;
            last.bytes = end.whole_bytes;
        }
        if let Some(frame) = end.last_frame {
            journal::rewrite(disk, last, frame).map_err(OpenError::io("sync", &last.path))?;
        }
        Ok((torn > 0).then(|| TornTail {
            file: last.name.clone(),
            bytes: torn,
            after: Position(self.last),
        }))
    }

    /// Up to where the snapshot goes.
    pub(crate) fn covered(&self) -> u64 {
        let newest = self.snapshots.last();
        newest.map_or(0, |snapshot| snapshot.header.position)
    }

    /// Gives the cache what it lacks. Returns the number of batches.
    pub(crate) fn replay(
        &self,
        key: &DataKey,
        cache: &Cache,
        meta: &mut Meta,
        bulk_bytes: usize,
    ) -> Result<u64, OpenError> {
        let portion_bytes = REPLAY_PORTION_BYTES.max(bulk_bytes);
        let from = meta.applied;
        let mut portion = Portion::new();
        let mut waiting_bytes = 0_usize;
        let mut applied = from;
        for segment in &self.segments {
            segment.walk(key, true, &mut |group: Group| {
                let mut rest = group.bytes.as_slice();
                for position in (group.first..).take(usize::try_from(group.batches).unwrap_or(0)) {
                    let (changes, after) = batch::decode(rest)
                        .map_err(|_| segment.corrupt(position, "a batch cannot be read"))?;
                    rest = after;
                    if position <= from {
                        continue;
                    }
                    for change in changes {
                        let value = change.value.map(<[u8]>::to_vec);
                        waiting_bytes += change.key.len() + value.as_ref().map_or(0, Vec::len);
                        portion.insert(change.key.to_vec(), value);
                    }
                    applied = position;
                    if waiting_bytes >= portion_bytes {
                        let whole = std::mem::take(&mut portion);
                        give(cache, whole, applied, meta)?;
                        waiting_bytes = 0;
                    }
                }
                Ok(())
            })?;
        }
        if applied > meta.applied {
            give(cache, portion, applied, meta)?;
        }
        Ok(applied.saturating_sub(from))
    }
}

/// Gives the cache a portion, in the way that suits its size.
fn give(cache: &Cache, portion: Portion, applied: u64, meta: &mut Meta) -> Result<(), OpenError> {
    let given = if portion.len() >= BULK_CHANGES_MIN {
        cache.apply_run(portion, applied, meta)
    } else {
        cache.apply(&portion, applied, meta)
    };
    given.map_err(refused)
}
