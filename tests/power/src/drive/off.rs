//! The disk without power: the cut itself, what is there afterwards, and what else may happen to
//! files while the machine is off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Body, Drive, Folder, Inode, Names, Platter, ROOT, State, Whim};

impl Drive {
    /// The power goes after this many more changes and syncs.
    pub fn cut_after(&self, operations: u64) {
        self.state().left = Some(operations);
    }

    /// The power goes now, if it has not gone.
    pub fn cut(&self) {
        self.state().powered = false;
    }

    /// Whether there is no power.
    #[must_use]
    pub fn is_off(&self) -> bool {
        !self.state().powered
    }

    /// Changes and syncs since power came.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().done
    }

    /// How the last cut treated what was not synced.
    #[must_use]
    pub fn last_whim(&self) -> Option<Whim> {
        self.state().last_whim
    }

    /// Decides what the cut has left. The power is still off; whoever held a file open holds
    /// nothing any more.
    pub fn settle(&self) {
        let mut state = self.state();
        let state = &mut *state;
        state.powered = false;
        state.left = None;
        let whim = Whim::draw(&mut state.rng, state.done);
        state.last_whim = Some(whim);
        let mut left = BTreeMap::new();
        let names = state.survive(ROOT, whim, &mut left);
        left.insert(ROOT, Inode::folder(Folder::holding(names)));
        state.inodes = left;
        state.done = 0;
    }

    /// Power comes back, after [`Drive::settle`].
    pub fn power_on(&self) {
        self.state().powered = true;
    }

    /// Empties the disk, while the power is off.
    pub fn wipe(&self, sector_bytes: usize) {
        let mut state = self.state();
        state.inodes = BTreeMap::from([(ROOT, Inode::folder(Folder::default()))]);
        state.manner.sector_bytes = sector_bytes;
    }

    /// Every file under a folder, by its path, while the power is off.
    #[must_use]
    pub fn files(&self, under: &Path) -> Vec<PathBuf> {
        let state = self.state();
        let mut found = Vec::new();
        if let Some((inode, _)) = state.walk(under) {
            state.list(inode, under, &mut found);
        }
        found
    }

    /// What a file holds.
    #[must_use]
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let mut state = self.state();
        let (inode, _) = state.walk(path)?;
        Some(state.file(inode).ok()?.bytes().to_vec())
    }

    /// Replaces what a file holds, or removes it.
    pub fn replace(&self, path: &Path, content: Option<Vec<u8>>) {
        let mut state = self.state();
        let Some((inode, folder)) = state.walk(path) else {
            return;
        };
        match content {
            Some(content) => {
                if let Ok(file) = state.file(inode) {
                    *file = Platter::holding(content);
                }
            }
            None => {
                if let (Ok(folder), Some(name)) = (state.folder_mut(folder), path.file_name()) {
                    folder.unname(0, name);
                    folder.sync();
                }
            }
        }
    }
}

impl State {
    /// Takes over what survives of a folder and all under it, under new inodes.
    fn survive(&mut self, folder: u64, whim: Whim, left: &mut BTreeMap<u64, Inode>) -> Names {
        let Some(Inode {
            body: Body::Folder(held),
            ..
        }) = self.inodes.get(&folder)
        else {
            return Names::new();
        };
        let old_names = held.survivor(whim, &mut self.rng);
        let mut names = Names::new();
        for (name, old) in old_names {
            let inode = self.take_inode();
            let Some(found) = self.inodes.get(&old) else {
                continue;
            };
            let deaf = found.deaf;
            let body = match &found.body {
                Body::File(platter) => {
                    let sector = self.manner.sector_bytes;
                    let bytes = platter.survivor(whim, sector, &mut self.rng);
                    Body::File(Platter::holding(bytes))
                }
                Body::Folder(_) => Body::Folder(Folder::holding(self.survive(old, whim, left))),
            };
            left.insert(inode, Inode { body, deaf });
            names.insert(name, inode);
        }
        names
    }

    /// The inode of a path, and that of its folder.
    fn walk(&self, path: &Path) -> Option<(u64, u64)> {
        let mut at = (ROOT, ROOT);
        for name in path {
            at = (self.folder(at.0).ok()?.get(name)?, at.0);
        }
        Some(at)
    }

    fn list(&self, inode: u64, path: &Path, found: &mut Vec<PathBuf>) {
        match self.inodes.get(&inode).map(|inode| &inode.body) {
            Some(Body::File(_)) => found.push(path.to_path_buf()),
            Some(Body::Folder(folder)) => {
                for (name, inode) in folder.names() {
                    self.list(*inode, &path.join(name), found);
                }
            }
            None => {}
        }
    }
}
