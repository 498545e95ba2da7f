//! The names in one folder: those that are safe, and the changes that were only made. A rename is
//! one change: it has happened or it has not.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use rand_chacha::ChaCha8Rng;

use super::whim::Whim;

/// Names and the inodes that they stand for.
pub(super) type Names = BTreeMap<OsString, u64>;

struct Change {
    at: u64,
    what: What,
}

enum What {
    Name(OsString, u64),
    Unname(OsString),
    Rename(OsString, OsString, u64),
}

/// A folder.
#[derive(Default)]
pub(super) struct Folder {
    now: Names,
    safe: Names,
    changes: Vec<Change>,
}

impl Folder {
    pub(super) fn holding(safe: Names) -> Self {
        Self {
            now: safe.clone(),
            safe,
            changes: Vec::new(),
        }
    }

    pub(super) fn names(&self) -> &Names {
        &self.now
    }

    pub(super) fn get(&self, name: &OsStr) -> Option<u64> {
        self.now.get(name).copied()
    }

    pub(super) fn name(&mut self, at: u64, name: &OsStr, inode: u64) {
        self.change(at, What::Name(name.to_owned(), inode));
    }

    pub(super) fn unname(&mut self, at: u64, name: &OsStr) {
        self.change(at, What::Unname(name.to_owned()));
    }

    pub(super) fn rename(&mut self, at: u64, from: &OsStr, to: &OsStr, inode: u64) {
        self.change(at, What::Rename(from.to_owned(), to.to_owned(), inode));
    }

    fn change(&mut self, at: u64, what: What) {
        what.happen(&mut self.now);
        self.changes.push(Change { at, what });
    }

    /// From now on all names are safe; what the files hold is not thereby.
    pub(super) fn sync(&mut self) {
        self.changes.clear();
        self.safe.clone_from(&self.now);
    }

    /// The names after a cut: any of the changes may be missing.
    pub(super) fn survivor(&self, whim: Whim, rng: &mut ChaCha8Rng) -> Names {
        let mut names = self.safe.clone();
        for change in &self.changes {
            if whim.spares(change.at, rng) {
                change.what.happen(&mut names);
            }
        }
        names
    }
}

impl What {
    fn happen(&self, names: &mut Names) {
        match self {
            What::Name(name, inode) => {
                names.insert(name.clone(), *inode);
            }
            What::Unname(name) => {
                names.remove(name);
            }
            What::Rename(from, to, inode) => {
                if names.get(from) == Some(inode) {
                    names.remove(from);
                }
                names.insert(to.clone(), *inode);
            }
        }
    }
}
