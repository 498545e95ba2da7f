//! Writing the journal: one frame and one fsync for each group, and a new segment from time to time.
//!
//! A process never appends to a segment that it did not begin: a frame that was torn or cut may have
//! used a nonce of that segment's key. So the first write after opening begins a new segment.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::frame;
use crate::header::{Header, Identity, SEGMENT_MAGIC, Vault};
use crate::key::DataKey;
use crate::pack::Packer;
use crate::segment::{self, Segment};

pub(crate) struct Journal {
    dir: PathBuf,
    disk: Disk,
    key: DataKey,
    identity: Identity,
    segment_bytes: u64,
    /// Closed segments, oldest first.
    closed: Vec<Closed>,
    active: Option<Active>,
    packer: Packer,
    last_number: u64,
}

struct Closed {
    path: PathBuf,
    bytes: u64,
}

struct Active {
    file: File,
    path: PathBuf,
    vault: Vault,
    bytes: u64,
}

impl Journal {
    pub(crate) fn new<'a>(
        dir: &Path,
        disk: Disk,
        key: DataKey,
        identity: Identity,
        segment_bytes: u64,
        found: impl Iterator<Item = &'a Segment> + Clone,
    ) -> Self {
        Self {
            dir: dir.to_path_buf(),
            disk,
            key,
            identity,
            segment_bytes,
            closed: found
                .clone()
                .map(|segment| Closed {
                    path: segment.path.clone(),
                    bytes: segment.bytes,
                })
                .collect(),
            active: None,
            packer: Packer::default(),
            last_number: found.last().map_or(0, |last| last.header.number),
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        let closed = self.closed.iter().map(|segment| segment.bytes);
        let active = self.active.as_ref().map(|active| active.bytes);
        closed.chain(active).fold(0, u64::saturating_add)
    }

    /// Writes a group and makes it durable. After an error nothing more may be written.
    pub(crate) fn append(&mut self, first: u64, batches: u32, group: &[u8]) -> io::Result<()> {
        if self
            .active
            .as_ref()
            .is_none_or(|active| active.bytes >= self.segment_bytes)
        {
            self.begin_segment(first)?;
        }
        let Some(active) = self.active.as_mut() else {
            return Err(io::Error::other("the journal has no segment"));
        };
        let offset = active.bytes;
        let frame = frame::encode(
            &active.vault,
            &mut self.packer,
            offset,
            first,
            batches,
            group,
        )?;
        self.disk.write(&mut active.file, &frame)?;
        self.disk.sync(&active.file)?;
        active.bytes = active.bytes.saturating_add(length(&frame));
        Ok(())
    }

    /// The header is durable before the file has its name, so a segment that has a name and no
    /// header is damaged. After an error nothing more may be written.
    pub(crate) fn begin_segment(&mut self, first: u64) -> io::Result<()> {
        let number = self.last_number.saturating_add(1);
        let path = self.dir.join(segment::name(number));
        let draft = path.with_extension("new");
        let header = Header::new(SEGMENT_MAGIC, self.identity, number, first)?;
        let vault = header.vault(&self.key)?;
        let encoded = header.encode(&self.key);
        let mut file = self.disk.create(&draft)?;
        self.disk.write(&mut file, &encoded)?;
        self.disk.sync(&file)?;
        self.disk.rename(&draft, &path)?;
        self.disk.sync_dir(&self.dir)?;
        self.last_number = number;
        let before = self.active.replace(Active {
            file,
            path,
            vault,
            bytes: length(&encoded),
        });
        self.closed.extend(before.map(|before| Closed {
            path: before.path,
            bytes: before.bytes,
        }));
        Ok(())
    }

    /// Removes every closed segment, the oldest first. A loss of power may bring any of them back;
    /// the snapshot that made them needless makes them harmless.
    pub(crate) fn remove_closed(&mut self) -> io::Result<u64> {
        let mut removed = 0;
        while let Some(oldest) = self.closed.first() {
            let torn = oldest.path.with_extension("torn");
            self.disk.remove(&oldest.path)?;
            self.closed.remove(0);
            removed += 1;
            if torn.exists() {
                self.disk.remove(&torn)?;
            }
        }
        self.disk.sync_dir(&self.dir)?;
        Ok(removed)
    }
}

/// Cuts a torn end off and makes that durable. What is cut is kept in a file of its own: if it was
/// damage after all, somebody can look.
pub(crate) fn cut(disk: &Disk, segment: &Segment, whole_bytes: u64) -> io::Result<()> {
    let tail = segment.read_from(whole_bytes)?;
    let mut keep = disk.create(&segment.path.with_extension("torn"))?;
    disk.write(&mut keep, &tail)?;
    disk.sync(&keep)?;
    let file = OpenOptions::new().write(true).open(&segment.path)?;
    disk.truncate(&file, whole_bytes)?;
    disk.sync(&file)
}

/// Writes the last frame once more, as it is, and syncs it. If the process before died on a failed
/// fsync, the frame may be in the kernel's memory, marked as written, and not on the disk; from now
/// on it is relied upon.
pub(crate) fn rewrite(disk: &Disk, segment: &Segment, frame: u64) -> io::Result<()> {
    let bytes = segment.read_from(frame)?;
    let mut file = OpenOptions::new().write(true).open(&segment.path)?;
    file.seek(SeekFrom::Start(frame))?;
    // Not through the seam's tearing write: the same bytes over themselves cannot tear.
    file.write_all(&bytes)?;
    disk.sync(&file)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
