//! The folder of attachments: sealed files, each named by what it holds, beside the journal and not
//! in it.
//!
//! A file grows piece by piece under the ending `part`; that it holds what its name says is checked
//! with every piece that is added and again when a part is taken up after a restart, so nothing has
//! to be synced before the end. [`Folder::finish`] syncs it and gives it its name: from then on, and
//! only then, it may be promised.
//!
//! What is here is verified content alone; who may see it is the daemons' business.

mod disk;
mod memory;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use registry::attachment::{Attachment, AttachmentError, AttachmentId, Outline, PIECE_BYTES};

use crate::key::DataKey;
use disk::DiskFolder;
use memory::MemoryFolder;

/// Why the folder does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The content is no attachment.
    #[error(transparent)]
    Content(#[from] AttachmentError),
    /// There is no room.
    #[error(
        "the disk is nearly full, so no attachment is taken: make room; acts go on as long as they can"
    )]
    DiskFull,
    /// A file does not hold what it should.
    #[error("an attachment's file is damaged: attach the paper again, or let it be fetched again")]
    Damaged,
    /// A piece is not the next one, or not of this attachment.
    #[error("a piece of an attachment does not continue what is there")]
    Order,
    /// The operating system refused.
    #[error("could not {doing} {}: check the disk and the permissions", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl FolderError {
    /// A stable name for logs, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Content(error) => error.code(),
            Self::DiskFull => "disk_full",
            Self::Damaged => "attachment_damaged",
            Self::Order => "attachment_order",
            Self::Io { .. } => "attachment_io",
        }
    }

    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// An attachment that is there in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What each piece must be.
    pub outline: Outline,
    /// So many pieces are there, from the first.
    pub pieces: u16,
}

enum Backing {
    Disk(DiskFolder),
    Memory(MemoryFolder),
}

/// The folder. Any number of threads may read; those that write wait for each other.
pub struct Folder {
    backing: Backing,
    writing: Mutex<()>,
}

impl Folder {
    /// The folder in this directory, made if it is not there. Nothing is taken when less than
    /// `reserve_bytes` are free on its disk.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub fn open(
        dir: impl Into<PathBuf>,
        key: &DataKey,
        reserve_bytes: u64,
    ) -> Result<Self, FolderError> {
        let disk = DiskFolder::open(dir.into(), key, reserve_bytes)?;
        Ok(Self::on(Backing::Disk(disk)))
    }

    /// A folder without a disk, for simulation and tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::on(Backing::Memory(MemoryFolder::default()))
    }

    fn on(backing: Backing) -> Self {
        let writing = Mutex::new(());
        Self { backing, writing }
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes content in; durable when it returns.
    ///
    /// # Errors
    /// When it is no attachment, or the disk refuses.
    pub fn put(&self, content: &[u8]) -> Result<Attachment, FolderError> {
        let attachment = Attachment::of(content)?;
        if self.holds(&attachment.hash()) && self.read(&attachment.hash()).is_ok() {
            return Ok(attachment);
        }
        let outline = Outline::of(attachment, content).ok_or(FolderError::Damaged)?;
        let _writing = self.writing();
        // A part that a line has begun is made whole from what is at hand.
        self.begin_anew(&outline)?;
        for (piece, index) in content.chunks(PIECE_BYTES).zip(0u16..) {
            self.append(&outline, index, piece)?;
        }
        self.close(&attachment.hash())?;
        Ok(attachment)
    }

    /// What is there of an attachment that is not whole. Each of its pieces was checked.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn part(&self, hash: &AttachmentId) -> Result<Option<Part>, FolderError> {
        let _writing = self.writing();
        match &self.backing {
            Backing::Disk(disk) => disk.part(hash),
            Backing::Memory(memory) => Ok(memory.part(hash)),
        }
    }

    /// Adds a piece; the first begins the part. One that is there already changes nothing. What is
    /// added is not durable before [`Folder::finish`].
    ///
    /// # Errors
    /// When it is not the next piece of what the outline says, or the disk refuses.
    pub fn add(&self, outline: &Outline, index: u16, piece: &[u8]) -> Result<(), FolderError> {
        if !outline.proves(index, piece) {
            return Err(FolderError::Order);
        }
        let _writing = self.writing();
        let hash = outline.attachment().hash();
        if self.holds(&hash) {
            return Ok(());
        }
        if index == 0 && self.pieces_of(&hash)?.is_none() {
            self.begin_anew(outline)?;
        }
        match self.pieces_of(&hash)? {
            Some(there) if index < there => Ok(()),
            Some(there) if index == there => self.append(outline, index, piece),
            _ => Err(FolderError::Order),
        }
    }

    /// Makes a part that has all its pieces whole and durable.
    ///
    /// # Errors
    /// When pieces are missing, or the disk refuses.
    pub fn finish(&self, attachment: &Attachment) -> Result<(), FolderError> {
        let _writing = self.writing();
        let hash = attachment.hash();
        if self.holds(&hash) {
            return Ok(());
        }
        if self.pieces_of(&hash)? != Some(attachment.pieces()) {
            return Err(FolderError::Order);
        }
        self.close(&hash)
    }

    /// Whether an attachment is there, whole and durable.
    pub fn holds(&self, hash: &AttachmentId) -> bool {
        match &self.backing {
            Backing::Disk(disk) => disk.holds(hash),
            Backing::Memory(memory) => memory.holds(hash),
        }
    }

    /// What the pieces of a whole attachment are; `None` if it is not there.
    ///
    /// # Errors
    /// When its file is damaged, or the disk refuses.
    pub fn outline(&self, hash: &AttachmentId) -> Result<Option<Outline>, FolderError> {
        match &self.backing {
            Backing::Disk(disk) => disk.outline(hash),
            Backing::Memory(memory) => Ok(memory.outline(hash)),
        }
    }

    /// A piece of a whole attachment, checked; `None` if it is not there.
    ///
    /// # Errors
    /// When its file is damaged, or the disk refuses.
    pub fn piece(&self, hash: &AttachmentId, index: u16) -> Result<Option<Vec<u8>>, FolderError> {
        match &self.backing {
            Backing::Disk(disk) => disk.piece(hash, index),
            Backing::Memory(memory) => Ok(memory.piece(hash, index)),
        }
    }

    /// The content of a whole attachment, checked; `None` if it is not there.
    ///
    /// # Errors
    /// When its file is damaged, or the disk refuses.
    pub fn read(&self, hash: &AttachmentId) -> Result<Option<Vec<u8>>, FolderError> {
        let Some(outline) = self.outline(hash)? else {
            return Ok(None);
        };
        let mut content = Vec::new();
        for index in 0..outline.attachment().pieces() {
            let piece = self.piece(hash, index)?;
            content.extend(piece.ok_or(FolderError::Damaged)?);
        }
        if AttachmentId::of(&content) != *hash {
            return Err(FolderError::Damaged);
        }
        Ok(Some(content))
    }

    /// Removes an attachment, whole or in part.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove(&self, hash: &AttachmentId) -> Result<(), FolderError> {
        let _writing = self.writing();
        match &self.backing {
            Backing::Disk(disk) => disk.remove(hash),
            Backing::Memory(memory) => {
                memory.remove(hash);
                Ok(())
            }
        }
    }

    /// Removes every file of which nobody knows; tells how many. For the start: what is taken in
    /// meanwhile would be lost.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sweep(&self, known: &BTreeSet<AttachmentId>) -> Result<u64, FolderError> {
        let _writing = self.writing();
        match &self.backing {
            Backing::Disk(disk) => disk.sweep(known),
            Backing::Memory(memory) => Ok(memory.sweep(known)),
        }
    }

    /// What power does when it goes: in memory, parts are lost as on a disk that never synced them.
    pub fn lose_unsynced(&self) {
        if let Backing::Memory(memory) = &self.backing {
            memory.lose_parts();
        }
    }

    fn pieces_of(&self, hash: &AttachmentId) -> Result<Option<u16>, FolderError> {
        match &self.backing {
            Backing::Disk(disk) => disk.pieces_of(hash),
            Backing::Memory(memory) => Ok(memory.part(hash).map(|part| part.pieces)),
        }
    }

    fn begin_anew(&self, outline: &Outline) -> Result<(), FolderError> {
        match &self.backing {
            Backing::Disk(disk) => disk.begin(outline),
            Backing::Memory(memory) => {
                memory.begin(outline);
                Ok(())
            }
        }
    }

    fn append(&self, outline: &Outline, index: u16, piece: &[u8]) -> Result<(), FolderError> {
        match &self.backing {
            Backing::Disk(disk) => disk.append(outline, index, piece),
            Backing::Memory(memory) => {
                memory.append(&outline.attachment().hash(), piece);
                Ok(())
            }
        }
    }

    fn close(&self, hash: &AttachmentId) -> Result<(), FolderError> {
        match &self.backing {
            Backing::Disk(disk) => disk.close(hash),
            Backing::Memory(memory) => {
                memory.close(hash);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
