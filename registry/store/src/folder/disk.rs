//! The folder on a disk.
//!
//! ```text
//! dir/ab/cdef….sealed   an attachment; dir/ab/cdef….part   one that is not whole
//!
//!   0   8  magic
//!   8   4  layout, u32 little endian, as all numbers
//!  12  32  salt: random, so that no key is ever used for two files
//!  44   4  bytes of the head, sealed
//!  48      the head: the attachment and its outline, sealed
//!          the pieces, each sealed by itself under its number
//! ```
//!
//! A file's name is made from the attachment's under the data key, so that whoever sees the disk
//! cannot tell whether a certain paper is in it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use registry::attachment::{Attachment, AttachmentId, Outline, PIECE_BYTES, PIECES_MAX};

use super::{FolderError, Part};
use crate::disk::Disk;
use crate::key::DataKey;
use crate::place::above;
use crate::seal::Seal;

const MAGIC: [u8; 8] = *b"vnregatt";
const LAYOUT: u32 = 1;
const PREFIX_BYTES: usize = 48;
/// Longest sealed head: the list of pieces and the attachment.
const HEAD_BYTES_MAX: usize = PIECES_MAX * 32 + 128;
const TAG_BYTES: usize = 16;
/// The number under which the head is sealed: above those of pieces.
const HEAD: u64 = 1 << 32;

pub(super) struct DiskFolder {
    dir: PathBuf,
    key: DataKey,
    name_key: [u8; 32],
    reserve_bytes: u64,
    disk: Disk,
}

/// A file that is open, and what seals it.
struct Sealed {
    file: File,
    seal: Seal,
    outline: Outline,
    /// Where the pieces begin.
    begin: u64,
}

impl DiskFolder {
    pub(super) fn open(
        dir: PathBuf,
        key: &DataKey,
        reserve_bytes: u64,
    ) -> Result<Self, FolderError> {
        let disk = Disk::default();
        disk.create_dir(&dir)
            .map_err(FolderError::io("create", &dir))?;
        // What is promised lies in it: its name has to be as safe as the names within, also where
        // an earlier start made them and did not come to this.
        let parent = above(&dir).unwrap_or(&dir);
        disk.sync_dir(parent)
            .map_err(FolderError::io("sync", parent))?;
        disk.sync_dir(&dir).map_err(FolderError::io("sync", &dir))?;
        Ok(Self {
            dir,
            key: key.clone(),
            name_key: key.derive("vn commune registry attachments: file names", &[]),
            reserve_bytes,
            disk,
        })
    }

    fn path(&self, hash: &AttachmentId, ending: &str) -> PathBuf {
        let name = blake3::keyed_hash(&self.name_key, hash.as_bytes());
        let name = name.to_hex();
        let (shelf, rest) = name.split_at_checked(2).unwrap_or(("00", &name));
        let rest = rest.get(..30).unwrap_or(rest);
        self.dir.join(shelf).join(format!("{rest}.{ending}"))
    }

    fn whole(&self, hash: &AttachmentId) -> PathBuf {
        self.path(hash, "sealed")
    }

    fn draft(&self, hash: &AttachmentId) -> PathBuf {
        self.path(hash, "part")
    }

    pub(super) fn holds(&self, hash: &AttachmentId) -> bool {
        self.whole(hash).exists()
    }

    pub(super) fn outline(&self, hash: &AttachmentId) -> Result<Option<Outline>, FolderError> {
        let opened = self.read_open(&self.whole(hash), hash)?;
        Ok(opened.map(|sealed| sealed.outline))
    }

    pub(super) fn piece(
        &self,
        hash: &AttachmentId,
        index: u16,
    ) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.whole(hash);
        let Some(mut sealed) = self.read_open(&path, hash)? else {
            return Ok(None);
        };
        let piece = sealed
            .piece(index)
            .map_err(FolderError::io("read", &path))?;
        piece.ok_or(FolderError::Damaged).map(Some)
    }

    /// How many whole pieces the part's length has room for; they were checked when they came.
    pub(super) fn pieces_of(&self, hash: &AttachmentId) -> Result<Option<u16>, FolderError> {
        let path = self.draft(hash);
        match self.read_open(&path, hash) {
            Ok(opened) => opened
                .map(|sealed| sealed.pieces())
                .transpose()
                .map_err(FolderError::io("read", &path)),
            Err(FolderError::Damaged) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks at every piece of a part; what follows a torn one is cut off.
    pub(super) fn part(&self, hash: &AttachmentId) -> Result<Option<Part>, FolderError> {
        let path = self.draft(hash);
        let mut sealed = match self.read_open(&path, hash) {
            Ok(Some(sealed)) => sealed,
            Ok(None) => return Ok(None),
            // Its first bytes never reached the disk: it is begun anew.
            Err(FolderError::Damaged) => {
                self.remove_file(&path)?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let io = FolderError::io;
        let mut pieces = 0;
        while let Some(piece) = sealed.piece(pieces).map_err(io("read", &path))? {
            if !sealed.outline.proves(pieces, &piece) {
                break;
            }
            pieces = pieces.saturating_add(1);
        }
        let end = sealed.place(pieces);
        let length = sealed.file.metadata().map_err(io("read", &path))?.len();
        if length > end {
            let file = OpenOptions::new().write(true).open(&path);
            let file = file.map_err(io("open", &path))?;
            self.disk.truncate(&file, end).map_err(io("cut", &path))?;
        }
        Ok(Some(Part {
            outline: sealed.outline,
            pieces,
        }))
    }

    pub(super) fn begin(&self, outline: &Outline) -> Result<(), FolderError> {
        self.look_for_room()?;
        let hash = outline.attachment().hash();
        let path = self.draft(&hash);
        let shelf = path.parent().unwrap_or(&self.dir);
        if !shelf.is_dir() {
            self.disk
                .create_dir(shelf)
                .and_then(|()| self.disk.sync_dir(&self.dir))
                .inspect_err(|_| {
                    // Its name may be unsafe: the next attempt has to make it again.
                    let _ = std::fs::remove_dir(shelf);
                })
                .map_err(FolderError::io("create", shelf))?;
        }
        let mut salt = [0; 32];
        aws_lc_rs::rand::fill(&mut salt)
            .map_err(|_| io::Error::other("the random source failed"))
            .map_err(FolderError::io("seal", &path))?;
        let seal = self
            .seal(&hash, &salt)
            .map_err(FolderError::io("seal", &path))?;
        let mut head = postcard::to_stdvec(&(outline.attachment(), outline.values()))
            .map_err(|_| FolderError::Order)?;
        seal.close(HEAD, b"head", &mut head)
            .map_err(FolderError::io("seal", &path))?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&LAYOUT.to_le_bytes());
        bytes.extend_from_slice(&salt);
        let length = u32::try_from(head.len()).map_err(|_| FolderError::Order)?;
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&head);
        self.disk
            .create(&path)
            .and_then(|mut file| self.disk.write(&mut file, &bytes))
            .map_err(FolderError::io("write", &path))
    }

    pub(super) fn append(
        &self,
        outline: &Outline,
        index: u16,
        piece: &[u8],
    ) -> Result<(), FolderError> {
        self.look_for_room()?;
        let hash = outline.attachment().hash();
        let path = self.draft(&hash);
        let sealed = self.read_open(&path, &hash)?.ok_or(FolderError::Order)?;
        let mut bytes = piece.to_vec();
        sealed
            .seal
            .close(u64::from(index), b"piece", &mut bytes)
            .map_err(FolderError::io("seal", &path))?;
        let written = OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|mut file| {
                file.seek(SeekFrom::Start(sealed.place(index)))?;
                self.disk.write(&mut file, &bytes)
            });
        written.map_err(FolderError::io("write", &path))
    }

    pub(super) fn close(&self, hash: &AttachmentId) -> Result<(), FolderError> {
        let (draft, whole) = (self.draft(hash), self.whole(hash));
        let shelf = whole.parent().unwrap_or(&self.dir);
        let file = File::open(&draft).map_err(FolderError::io("open", &draft))?;
        self.disk
            .sync(&file)
            .and_then(|()| self.disk.rename(&draft, &whole))
            .and_then(|()| self.disk.sync_dir(shelf))
            .map_err(FolderError::io("sync", &whole))
    }

    pub(super) fn remove(&self, hash: &AttachmentId) -> Result<(), FolderError> {
        self.remove_file(&self.whole(hash))?;
        self.remove_file(&self.draft(hash))
    }

    pub(super) fn sweep(&self, known: &BTreeSet<AttachmentId>) -> Result<u64, FolderError> {
        let ours: BTreeSet<PathBuf> = known
            .iter()
            .flat_map(|hash| [self.whole(hash), self.draft(hash)])
            .collect();
        let mut removed = 0;
        for shelf in list(&self.dir)? {
            if !shelf.is_dir() {
                continue;
            }
            for path in list(&shelf)? {
                let ending = path.extension().and_then(|ending| ending.to_str());
                if matches!(ending, Some("sealed" | "part")) && !ours.contains(&path) {
                    self.remove_file(&path)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn remove_file(&self, path: &Path) -> Result<(), FolderError> {
        match self.disk.remove(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(FolderError::io("remove", path)),
        }
    }

    fn look_for_room(&self) -> Result<(), FolderError> {
        let free = self.disk.free_bytes(&self.dir);
        let free = free.map_err(FolderError::io("look at", &self.dir))?;
        if free < self.reserve_bytes {
            return Err(FolderError::DiskFull);
        }
        Ok(())
    }

    fn seal(&self, hash: &AttachmentId, salt: &[u8; 32]) -> io::Result<Seal> {
        let place: [&[u8]; 2] = [hash.as_bytes(), salt];
        Seal::new(
            &self
                .key
                .derive("vn commune registry attachments: content", &place),
        )
    }

    /// Opens a file and its head; `None` if it is not there.
    fn read_open(&self, path: &Path, hash: &AttachmentId) -> Result<Option<Sealed>, FolderError> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(FolderError::io("open", path))?,
        };
        self.read_head(file, hash)
            .map_err(FolderError::io("read", path))?
            .ok_or(FolderError::Damaged)
            .map(Some)
    }

    /// Nothing if it is not what it should be.
    fn read_head(&self, mut file: File, hash: &AttachmentId) -> io::Result<Option<Sealed>> {
        let mut prefix = [0; PREFIX_BYTES];
        if read_up_to(&mut file, &mut prefix)? < PREFIX_BYTES {
            return Ok(None);
        }
        let Some((salt, length)) = prefix_of(&prefix) else {
            return Ok(None);
        };
        let mut head = vec![0; length];
        if read_up_to(&mut file, &mut head)? < length {
            return Ok(None);
        }
        let seal = self.seal(hash, &salt)?;
        if seal.open(HEAD, b"head", &mut head).is_err() {
            return Ok(None);
        }
        let told: Result<(Attachment, Vec<[u8; 32]>), _> = postcard::from_bytes(&head);
        let outline = told
            .ok()
            .filter(|(attachment, _)| attachment.hash() == *hash)
            .and_then(|(attachment, values)| Outline::read(attachment, values).ok());
        Ok(outline.map(|outline| Sealed {
            file,
            seal,
            outline,
            begin: (PREFIX_BYTES + length) as u64,
        }))
    }
}

impl Sealed {
    /// Where a piece begins.
    fn place(&self, index: u16) -> u64 {
        let attachment = self.outline.attachment();
        let stride = (PIECE_BYTES + TAG_BYTES) as u64;
        if index < attachment.pieces() {
            return self.begin + u64::from(index) * stride;
        }
        let last = attachment.pieces().saturating_sub(1);
        let bytes = attachment.piece_bytes(last) + TAG_BYTES;
        self.begin + u64::from(last) * stride + bytes as u64
    }

    /// How many pieces the file is long enough for.
    fn pieces(&self) -> io::Result<u16> {
        let length = self.file.metadata()?.len();
        let pieces = self.outline.attachment().pieces();
        let mut there = 0;
        while there < pieces && self.place(there + 1) <= length {
            there += 1;
        }
        Ok(there)
    }

    /// A piece; nothing if it is torn, damaged or not there.
    fn piece(&mut self, index: u16) -> io::Result<Option<Vec<u8>>> {
        let bytes = self.outline.attachment().piece_bytes(index);
        if bytes == 0 {
            return Ok(None);
        }
        self.file.seek(SeekFrom::Start(self.place(index)))?;
        let mut piece = vec![0; bytes + TAG_BYTES];
        if read_up_to(&mut self.file, &mut piece)? < piece.len() {
            return Ok(None);
        }
        let opened = self.seal.open(u64::from(index), b"piece", &mut piece);
        Ok(opened.is_ok().then_some(piece))
    }
}

/// Salt and length of the head.
fn prefix_of(prefix: &[u8; PREFIX_BYTES]) -> Option<([u8; 32], usize)> {
    let (magic, rest) = prefix.split_first_chunk::<8>()?;
    let (layout, rest) = rest.split_first_chunk::<4>()?;
    let (salt, rest) = rest.split_first_chunk::<32>()?;
    let (length, _) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let fits = *magic == MAGIC
        && u32::from_le_bytes(*layout) == LAYOUT
        && (TAG_BYTES..=HEAD_BYTES_MAX).contains(&length);
    fits.then_some((*salt, length))
}

/// Reads until the buffer is full or the file ends; how much it was.
fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut there = 0;
    while let Some(rest) = buffer.get_mut(there..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(bytes) => there += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there)
}

fn list(dir: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let entries = fs::read_dir(dir).map_err(FolderError::io("list", dir))?;
    let paths: io::Result<Vec<PathBuf>> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    paths.map_err(FolderError::io("list", dir))
}
