//! Whether the cache may be trusted. sled does not fsync, so what it wrote is safe from the death
//! of the process, and not from the loss of power: a cache that was open when the machine stopped
//! is built anew, unless it had been closed in order.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::Disk;

const CLEAN: &str = "closed";
const DAMAGED: &str = "damaged";
const OPEN: &str = "open in ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Trusted,
    PowerLost,
    Damaged,
}

/// The file that says how the cache was left.
#[derive(Clone)]
pub(crate) struct State {
    path: PathBuf,
    disk: Disk,
}

impl State {
    pub(crate) fn new(store: &Path, disk: Disk) -> Self {
        Self {
            path: store.join("cache.state"),
            disk,
        }
    }

    pub(crate) fn trust(&self) -> Trust {
        let Ok(text) = fs::read_to_string(&self.path) else {
            return Trust::PowerLost;
        };
        if text == CLEAN {
            return Trust::Trusted;
        }
        match (text.strip_prefix(OPEN), self.disk.boot()) {
            (Some(then), Some(now)) if then == now => Trust::Trusted,
            (Some(_), _) => Trust::PowerLost,
            (None, _) => Trust::Damaged,
        }
    }

    /// Before the cache is used: from now on it is trusted only while the machine runs.
    pub(crate) fn open(&self) -> io::Result<()> {
        let boot = self.disk.boot().unwrap_or_default();
        self.write(&format!("{OPEN}{boot}"))
    }

    /// After sled has been closed: its files reach the disk, then the word that they did.
    pub(crate) fn close(&self, cache: &Path) -> io::Result<()> {
        sync_tree(cache)?;
        self.write(CLEAN)
    }

    pub(crate) fn damage(&self) -> io::Result<()> {
        self.write(DAMAGED)
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let draft = self.path.with_extension("state.new");
        let mut file = self.disk.create(&draft)?;
        self.disk.write(&mut file, text.as_bytes())?;
        self.disk.sync(&file)?;
        self.disk.rename(&draft, &self.path)?;
        self.disk
            .sync_dir(self.path.parent().unwrap_or(Path::new(".")))
    }
}

fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(dir)?.sync_all()
}
