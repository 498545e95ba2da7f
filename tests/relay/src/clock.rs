//! A clock that a test sets, for a daemon that believes it: Debian's `faketime`, which reads a file.
//! What the daemon measures (waits, timeouts) goes on in real time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where Debian keeps the library, by architecture.
const FOLDERS: [&str; 2] = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];

/// The true time, seconds since 1970.
///
/// # Panics
///
/// When this machine's clock is before 1970.
pub fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.expect("a clock after 1970").as_secs()).expect("a small number")
}

/// A clock that goes wrong by as much as the test says.
pub struct FakeClock {
    file: PathBuf,
    library: PathBuf,
}

impl FakeClock {
    /// A clock that is off by these seconds, kept in a file of this folder.
    ///
    /// # Panics
    ///
    /// When the library is not there: `tools/setup` installs it.
    pub fn new(folder: &Path, name: &str, offset_s: i64) -> FakeClock {
        let library = FOLDERS
            .iter()
            .map(|folder| Path::new(folder).join("faketime/libfaketime.so.1"))
            .find(|library| library.exists())
            .expect("the library faketime; tools/setup installs it");
        let clock = FakeClock {
            file: folder.join(format!("{name}.clock")),
            library,
        };
        clock.set(offset_s);
        clock
    }

    /// Sets by how many seconds it is off.
    pub fn set(&self, offset_s: i64) {
        // Whole at every moment: the daemon may be reading.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{offset_s:+}\n")).expect("a clock's file");
        fs::rename(&new, &self.file).expect("a clock's file");
    }

    /// What a daemon needs in its environment to believe it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_str().expect("a path of UTF-8").to_owned();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}
