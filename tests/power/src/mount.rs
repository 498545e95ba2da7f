//! The disk as a file system of the kernel (FUSE), so that a store writes on it as on any other.
//! Nothing is cached by the kernel: every read and write comes here at once.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate,
    ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request,
    TimeOrNow, WriteFlags,
};
use tempfile::TempDir;

use crate::drive::{Drive, Facts, Refusal};

const NOT_KEPT: Duration = Duration::ZERO;
const BLOCK_BYTES: u32 = 4096;
/// Free space that the disk says it has: 4 GiB.
const FREE_BLOCKS: u64 = 1 << 20;

/// Why the disk cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MountError {
    /// The kernel's part is missing.
    #[error(
        "this machine has no /dev/fuse, which power cuts are tested with: run `modprobe fuse` as root"
    )]
    NoFuse,
    /// The mount was refused.
    #[error(
        "a FUSE file system could not be mounted ({0}): run `tools/setup`, which installs fuse3, or test as root with the right to mount"
    )]
    Refused(#[source] io::Error),
    /// There is no place to mount it on.
    #[error("no folder could be made to mount on: {0}")]
    NoPlace(#[source] io::Error),
}

/// The disk, mounted; unmounted when dropped.
pub struct Mounted {
    // Dropped in this order.
    _session: BackgroundSession,
    place: TempDir,
}

impl Mounted {
    /// Mounts a disk on a new folder.
    pub fn mount(drive: &Drive) -> Result<Mounted, MountError> {
        if !Path::new("/dev/fuse").exists() {
            return Err(MountError::NoFuse);
        }
        let place = tempfile::Builder::new()
            .prefix("power-cuts-")
            .tempdir()
            .map_err(MountError::NoPlace)?;
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("power-cuts".to_owned())];
        let session = fuser::spawn_mount(Kernel(drive.clone()), place.path(), &config)
            .map_err(MountError::Refused)?;
        Ok(Mounted {
            _session: session,
            place,
        })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.place.path()
    }
}

struct Kernel(Drive);

fn errno(refusal: Refusal) -> Errno {
    match refusal {
        Refusal::Off | Refusal::Stale => Errno::EIO,
        Refusal::Absent => Errno::ENOENT,
        Refusal::Exists => Errno::EEXIST,
        Refusal::NotEmpty => Errno::ENOTEMPTY,
        Refusal::OtherFolder => Errno::EXDEV,
        Refusal::WrongKind => Errno::EINVAL,
    }
}

fn attributes(facts: Facts) -> FileAttr {
    FileAttr {
        ino: INodeNo(facts.inode),
        size: facts.bytes,
        blocks: facts.bytes.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind: kind(facts),
        perm: if facts.is_folder { 0o700 } else { 0o600 },
        nlink: 1,
        uid: rustix::process::getuid().as_raw(),
        gid: rustix::process::getgid().as_raw(),
        rdev: 0,
        blksize: BLOCK_BYTES,
        flags: 0,
    }
}

fn kind(facts: Facts) -> FileType {
    if facts.is_folder {
        FileType::Directory
    } else {
        FileType::RegularFile
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn entry(reply: ReplyEntry, found: Result<Facts, Refusal>) {
    match found {
        Ok(facts) => reply.entry(&NOT_KEPT, &attributes(facts), Generation(0)),
        Err(refusal) => reply.error(errno(refusal)),
    }
}

fn attr(reply: ReplyAttr, found: Result<Facts, Refusal>) {
    match found {
        Ok(facts) => reply.attr(&NOT_KEPT, &attributes(facts)),
        Err(refusal) => reply.error(errno(refusal)),
    }
}

fn empty(reply: ReplyEmpty, done: Result<(), Refusal>) {
    match done {
        Ok(()) => reply.ok(),
        Err(refusal) => reply.error(errno(refusal)),
    }
}

impl Filesystem for Kernel {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        entry(reply, self.0.look_up(parent.0, name));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        attr(reply, self.0.facts(ino.0));
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _fh: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let done = match size {
            Some(size) => self.0.set_length(ino.0, place(size)),
            None => self.0.facts(ino.0),
        };
        attr(reply, done);
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        entry(reply, self.0.make(parent.0, name, true));
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        match self.0.make(parent.0, name, false) {
            Ok(facts) => reply.created(
                &NOT_KEPT,
                &attributes(facts),
                Generation(0),
                FileHandle(0),
                FopenFlags::FOPEN_DIRECT_IO,
            ),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn link(
        &self,
        _: &Request,
        ino: INodeNo,
        newparent: INodeNo,
        newname: &OsStr,
        reply: ReplyEntry,
    ) {
        entry(reply, self.0.link(ino.0, newparent.0, newname));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        empty(reply, self.0.remove(parent.0, name, false));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        empty(reply, self.0.remove(parent.0, name, true));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        _flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let done = if parent == newparent {
            self.0.rename(parent.0, name, newname)
        } else {
            Err(Refusal::OtherFolder)
        };
        empty(reply, done);
    }

    fn open(&self, _: &Request, ino: INodeNo, _flags: OpenFlags, reply: ReplyOpen) {
        match self.0.facts(ino.0) {
            Ok(_) => reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.0.read(ino.0, place(offset), place(u64::from(size))) {
            Ok(bytes) => reply.data(&bytes),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.0.write(ino.0, place(offset), data) {
            Ok(()) => reply.written(u32::try_from(data.len()).unwrap_or(u32::MAX)),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        empty(reply, self.0.sync(ino.0));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        empty(reply, self.0.sync(ino.0));
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let names = match self.0.names(ino.0) {
            Ok(names) => names,
            Err(refusal) => return reply.error(errno(refusal)),
        };
        for ((name, facts), next) in names.into_iter().zip(1..).skip(place(offset)) {
            if reply.add(INodeNo(facts.inode), next, kind(facts), name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        if self.0.is_off() {
            return reply.error(Errno::EIO);
        }
        let files = 1 << 20;
        reply.statfs(
            FREE_BLOCKS,
            FREE_BLOCKS,
            FREE_BLOCKS,
            files,
            files,
            BLOCK_BYTES,
            255,
            BLOCK_BYTES,
        );
    }
}
