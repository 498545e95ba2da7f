//! Whether the cache may be trusted. sled does not fsync, so what it wrote is safe from the death
//! of the process, and not from the loss of power: a cache that was open when the machine stopped
//! is built anew, unless it had been closed in order.
//!
//! What was closed in order is held against a fingerprint of its files, because sled does not see
//! every damage: it takes a file that was cut off for an older one, and reads on.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::disk::Disk;

const CLEAN: &str = "closed as ";
const DAMAGED: &str = "damaged";
const OPEN: &str = "open in ";

/// Of a cache's files, this much goes into the fingerprint with its content; of what is larger,
/// names and lengths. Reading more would cost more time than it is worth: building a cache anew
/// only ever costs time, too, and what sled reads carries its own checksums.
const FINGERPRINT_BYTES_MAX: u64 = 512 << 20;

/// How often, and after what time each, it is looked whether anybody still writes.
const LOOKS_MAX: u32 = 1_000;
const LOOK: Duration = Duration::from_millis(1);

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

    /// Whether the cache in this folder may be used as it was left.
    pub(crate) fn trust(&self, cache: &Path) -> Trust {
        let Ok(text) = fs::read_to_string(&self.path) else {
            return Trust::PowerLost;
        };
        if let Some(then) = text.strip_prefix(CLEAN) {
            return match fingerprint(cache) {
                Ok(now) if now == then => Trust::Trusted,
                _ => Trust::Damaged,
            };
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
        wait_for_writers(cache);
        sync_tree(cache)?;
        // The folder above as well: without it, an older life could come back in this one's place.
        if let Some(lives) = cache.parent() {
            self.disk.sync_dir(lives)?;
        }
        self.write(&format!("{CLEAN}{}", fingerprint(cache)?))
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

/// Threads of sled may still write for a moment after its last handle is gone; they hold its file,
/// and with it its lock. Who does not let go of it in a second is not waited for: the cache is then
/// built anew if its files change yet.
fn wait_for_writers(cache: &Path) {
    let Ok(file) = File::open(cache.join("db")) else {
        return;
    };
    for _ in 0..LOOKS_MAX {
        if file.try_lock().is_ok() {
            return;
        }
        thread::sleep(LOOK);
    }
    tracing::warn!("the cache's files are still in use after it was closed");
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

/// Names, lengths and content of the files under a folder.
fn fingerprint(dir: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    list(dir, &mut files)?;
    files.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    let mut left = FINGERPRINT_BYTES_MAX;
    for (path, bytes) in files {
        let name = path.strip_prefix(dir).unwrap_or(&path);
        hasher.update(name.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
        hasher.update(&bytes.to_le_bytes());
        let read = bytes.min(left);
        hasher.update_reader(File::open(&path)?.take(read))?;
        left = left.saturating_sub(read);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn list(dir: &Path, files: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push((entry.path(), entry.metadata()?.len()));
        }
    }
    Ok(())
}
