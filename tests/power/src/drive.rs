//! A disk in memory that can lose power. It keeps apart what was synced (files by fsync and
//! fdatasync, names by fsync of their folder) and what was only written; a cut decides by its
//! random source which of the latter is there afterwards, as POSIX allows it. How the kernel
//! reaches it is in `mount`.
//!
//! `sync_file_range` never comes here, so it makes nothing safe. An fsync of a new file does not
//! make its name safe. A folder that is gone takes with it what it held. Sectors are written whole
//! or not at all.

mod folder;
mod off;
mod platter;
mod whim;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use folder::{Folder, Names};
use platter::Platter;
pub use whim::Whim;

/// The folder at the top.
pub const ROOT: u64 = 1;

/// Why the disk does not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no power.
    Off,
    /// There is no such file.
    Absent,
    /// It was opened before the power went.
    Stale,
    /// There is one already.
    Exists,
    /// A folder with something in it.
    NotEmpty,
    /// Files are not moved between folders here.
    OtherFolder,
    /// A folder is no file, and a file is no folder.
    WrongKind,
}

/// What a file or folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its number, which is never given again.
    pub inode: u64,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Its length.
    pub bytes: u64,
}

/// How the disk behaves.
#[derive(Clone, Debug)]
pub struct Manner {
    /// What is written whole or not at all.
    pub sector_bytes: usize,
    /// A folder whose files' fsync is answered and does nothing, as that of all folders within it:
    /// for showing that a run notices.
    pub deaf_in: Option<String>,
    /// Whether the fsync of the folder at the top is answered and does nothing, so that no name in
    /// it is safe: for showing the same.
    pub deaf_top: bool,
}

/// The disk.
#[derive(Clone)]
pub struct Drive(Arc<Mutex<State>>);

struct State {
    inodes: BTreeMap<u64, Inode>,
    next_inode: u64,
    powered: bool,
    /// Operations that are still done; then the power goes.
    left: Option<u64>,
    /// Changes and syncs since power came.
    done: u64,
    manner: Manner,
    rng: ChaCha8Rng,
    last_whim: Option<Whim>,
}

struct Inode {
    body: Body,
    deaf: bool,
}

enum Body {
    File(Platter),
    Folder(Folder),
}

impl Inode {
    fn folder(folder: Folder) -> Self {
        Self {
            body: Body::Folder(folder),
            deaf: false,
        }
    }
}

/// Whether the power goes with an operation that was done: its answer is lost.
type Goes = bool;

impl Drive {
    /// An empty disk, with power.
    #[must_use]
    pub fn new(seed: u64, manner: Manner) -> Self {
        Self(Arc::new(Mutex::new(State {
            inodes: BTreeMap::from([(ROOT, Inode::folder(Folder::default()))]),
            next_inode: ROOT + 1,
            powered: true,
            left: None,
            done: 0,
            manner,
            rng: ChaCha8Rng::seed_from_u64(seed),
            last_whim: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a name in a folder stands for.
    pub fn look_up(&self, folder: u64, name: &OsStr) -> Result<Facts, Refusal> {
        let state = self.state();
        state.on()?;
        let inode = state.folder(folder)?.get(name).ok_or(Refusal::Absent)?;
        state.facts(inode)
    }

    /// What a file or folder is.
    pub fn facts(&self, inode: u64) -> Result<Facts, Refusal> {
        let state = self.state();
        state.on()?;
        state.facts(inode)
    }

    /// The names in a folder.
    pub fn names(&self, folder: u64) -> Result<Vec<(std::ffi::OsString, Facts)>, Refusal> {
        let state = self.state();
        state.on()?;
        let names = state.folder(folder)?.names();
        names
            .iter()
            .map(|(name, inode)| Ok((name.clone(), state.facts(*inode)?)))
            .collect()
    }

    /// Bytes of a file.
    pub fn read(&self, inode: u64, offset: usize, bytes: usize) -> Result<Vec<u8>, Refusal> {
        let mut state = self.state();
        state.on()?;
        let held = state.file(inode)?.bytes();
        let end = offset.saturating_add(bytes).min(held.len());
        Ok(held.get(offset..end).unwrap_or_default().to_vec())
    }

    /// A new file or folder.
    pub fn make(&self, folder: u64, name: &OsStr, is_folder: bool) -> Result<Facts, Refusal> {
        self.operate(|state, at| {
            if state.folder(folder)?.get(name).is_some() {
                return Err(Refusal::Exists);
            }
            let deaf = state.is_deaf(folder, name);
            let body = if is_folder {
                Body::Folder(Folder::default())
            } else {
                Body::File(Platter::default())
            };
            let inode = state.take_inode();
            state.inodes.insert(inode, Inode { body, deaf });
            state.folder_mut(folder)?.name(at, name, inode);
            state.facts(inode)
        })
    }

    /// Gives a file one more name. After a cut each name has a file of its own, with what was safe
    /// in the one: nothing here writes into a file that has two.
    pub fn link(&self, inode: u64, folder: u64, name: &OsStr) -> Result<Facts, Refusal> {
        self.operate(|state, at| {
            if state.folder(folder)?.get(name).is_some() {
                return Err(Refusal::Exists);
            }
            state.file(inode)?;
            state.folder_mut(folder)?.name(at, name, inode);
            state.facts(inode)
        })
    }

    /// Removes a name.
    pub fn remove(&self, folder: u64, name: &OsStr, is_folder: bool) -> Result<(), Refusal> {
        self.operate(|state, at| {
            let inode = state.folder(folder)?.get(name).ok_or(Refusal::Absent)?;
            match state.inodes.get(&inode).map(|inode| &inode.body) {
                Some(Body::Folder(held)) if is_folder && !held.names().is_empty() => {
                    return Err(Refusal::NotEmpty);
                }
                Some(Body::Folder(_)) if is_folder => {}
                Some(Body::File(_)) if !is_folder => {}
                _ => return Err(Refusal::WrongKind),
            }
            state.folder_mut(folder)?.unname(at, name);
            Ok(())
        })
    }

    /// Renames within a folder; what had the new name is gone.
    pub fn rename(&self, folder: u64, from: &OsStr, to: &OsStr) -> Result<(), Refusal> {
        self.operate(|state, at| {
            let inode = state.folder(folder)?.get(from).ok_or(Refusal::Absent)?;
            state.folder_mut(folder)?.rename(at, from, to, inode);
            Ok(())
        })
    }

    /// Writes into a file.
    pub fn write(&self, inode: u64, offset: usize, bytes: &[u8]) -> Result<(), Refusal> {
        self.operate(|state, at| {
            state.file(inode)?.write(at, offset, bytes);
            Ok(())
        })
    }

    /// Cuts a file off, or makes it longer.
    pub fn set_length(&self, inode: u64, length: usize) -> Result<Facts, Refusal> {
        self.operate(|state, at| {
            state.file(inode)?.set_length(at, length);
            state.facts(inode)
        })
    }

    /// Makes a file's content, or a folder's names, safe.
    pub fn sync(&self, inode: u64) -> Result<(), Refusal> {
        self.operate(|state, _| {
            let deaf_top = inode == ROOT && state.manner.deaf_top;
            let found = state.inodes.get_mut(&inode).ok_or(Refusal::Stale)?;
            match &mut found.body {
                Body::File(_) if found.deaf => {}
                Body::File(platter) => platter.sync(),
                Body::Folder(_) if deaf_top => {}
                Body::Folder(folder) => folder.sync(),
            }
            Ok(())
        })
    }

    /// Does a change or a sync, unless the power goes before; when it goes with it, the answer is
    /// lost though the work is done.
    fn operate<T>(
        &self,
        work: impl FnOnce(&mut State, u64) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut state = self.state();
        let goes = state.count()?;
        let at = state.done;
        let result = work(&mut state, at);
        if goes {
            state.powered = false;
            return Err(Refusal::Off);
        }
        result
    }
}

impl State {
    fn on(&self) -> Result<(), Refusal> {
        if self.powered {
            Ok(())
        } else {
            Err(Refusal::Off)
        }
    }

    fn count(&mut self) -> Result<Goes, Refusal> {
        self.on()?;
        self.done += 1;
        match self.left {
            Some(0) => {
                // Before the operation, or after it and before its answer.
                self.powered = false;
                if self.rng.random() {
                    self.powered = true;
                    return Ok(true);
                }
                Err(Refusal::Off)
            }
            Some(left) => {
                self.left = Some(left - 1);
                Ok(false)
            }
            None => Ok(false),
        }
    }

    fn take_inode(&mut self) -> u64 {
        let inode = self.next_inode;
        self.next_inode += 1;
        inode
    }

    fn folder(&self, inode: u64) -> Result<&Folder, Refusal> {
        match self.inodes.get(&inode).map(|inode| &inode.body) {
            Some(Body::Folder(folder)) => Ok(folder),
            Some(Body::File(_)) => Err(Refusal::WrongKind),
            None => Err(Refusal::Stale),
        }
    }

    fn folder_mut(&mut self, inode: u64) -> Result<&mut Folder, Refusal> {
        match self.inodes.get_mut(&inode).map(|inode| &mut inode.body) {
            Some(Body::Folder(folder)) => Ok(folder),
            Some(Body::File(_)) => Err(Refusal::WrongKind),
            None => Err(Refusal::Stale),
        }
    }

    fn file(&mut self, inode: u64) -> Result<&mut Platter, Refusal> {
        match self.inodes.get_mut(&inode).map(|inode| &mut inode.body) {
            Some(Body::File(platter)) => Ok(platter),
            Some(Body::Folder(_)) => Err(Refusal::WrongKind),
            None => Err(Refusal::Stale),
        }
    }

    fn facts(&self, inode: u64) -> Result<Facts, Refusal> {
        let found = self.inodes.get(&inode).ok_or(Refusal::Stale)?;
        let (is_folder, bytes) = match &found.body {
            Body::File(platter) => (false, platter.bytes().len()),
            Body::Folder(_) => (true, 0),
        };
        Ok(Facts {
            inode,
            is_folder,
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        })
    }

    /// Whether what gets this name in this folder is not synced.
    fn is_deaf(&self, folder: u64, name: &OsStr) -> bool {
        let within = self.inodes.get(&folder).is_some_and(|inode| inode.deaf);
        within || self.manner.deaf_in.as_deref().map(OsStr::new) == Some(name)
    }
}
