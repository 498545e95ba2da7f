//! The data key: where it comes from. What it seals is in `seal`; wrapping it for a backup or for
//! another machine is the operator's part.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::place::{above, make_folder};

const KEY_BYTES: usize = 32;

/// The key from which everything at rest is sealed. It is never printed, and is wiped when dropped.
#[derive(Clone)]
pub struct DataKey([u8; KEY_BYTES]);

/// Why there is no data key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is not a key.
    #[error("{} is not a data key of {KEY_BYTES} bytes: restore the key, do not make a new one", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// Others can read the file.
    #[error("{} can be read by others: set its mode to 0600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// A credential's name is not a plain file name.
    #[error("the name of a credential is a plain file name, without a path")]
    Name,
    /// The random source failed.
    #[error("the system's random source failed: restart the machine")]
    Random,
    /// The operating system refused.
    #[error("could not {doing} {}: check the path and its permissions", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl KeyError {
    /// A stable name for logs, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "data_key_malformed",
            Self::Exposed { .. } => "data_key_exposed",
            Self::Name => "data_key_name",
            Self::Random => "random_failed",
            Self::Io { .. } => "data_key_io",
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

impl DataKey {
    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key of a systemd credential (`$CREDENTIALS_DIRECTORY/name`), if the service has it.
    ///
    /// # Errors
    /// When the credential is there and is not a key.
    pub fn from_credential(name: &str) -> Result<Option<Self>, KeyError> {
        std::env::var_os("CREDENTIALS_DIRECTORY")
            .map_or(Ok(None), |dir| Self::from_directory(Path::new(&dir), name))
    }

    pub(crate) fn from_directory(dir: &Path, name: &str) -> Result<Option<Self>, KeyError> {
        if Path::new(name).file_name() != Some(OsStr::new(name)) {
            return Err(KeyError::Name);
        }
        // systemd owns the directory's access rules: it may be readable by the service's group.
        read(&dir.join(name), false)
    }

    /// The key in a file that its owner alone can read, if the file is there.
    ///
    /// # Errors
    /// When the file is there and is not a key, or others can read it.
    pub fn load(path: &Path) -> Result<Option<Self>, KeyError> {
        read(path, true)
    }

    /// The key in a file; a new random key, made durable with mode 0600, when there is none.
    ///
    /// # Errors
    /// As [`DataKey::load`], and when the file cannot be written.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::load(path)? {
            return Ok(key);
        }
        let mut key = Self([0; KEY_BYTES]);
        aws_lc_rs::rand::fill(&mut key.0).map_err(|_| KeyError::Random)?;
        key.write(path)?;
        // Whoever was first to name the file has the key that counts.
        Self::load(path)?.ok_or_else(|| KeyError::Malformed {
            path: path.to_path_buf(),
        })
    }

    /// Writes under another name first, so that a power cut cannot leave half a key.
    fn write(&self, path: &Path) -> Result<(), KeyError> {
        let dir = above(path).unwrap_or(path);
        make_folder(dir).map_err(KeyError::io("create", dir))?;
        let mut name = path.as_os_str().to_os_string();
        name.push(format!(".{}.new", std::process::id()));
        let draft = PathBuf::from(name);
        let written = self.draft(&draft).map_err(KeyError::io("write", &draft));
        let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other.map_err(KeyError::io("create", path)),
        });
        let removed = fs::remove_file(&draft).map_err(KeyError::io("remove", &draft));
        linked.and(removed)?;
        File::open(dir)
            .and_then(|dir| dir.sync_all())
            .map_err(KeyError::io("sync", dir))
    }

    fn draft(&self, path: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(&self.0)?;
        file.sync_all()
    }

    /// A key for one purpose. The context is a constant of the program; the salt names the place.
    pub(crate) fn derive(&self, context: &'static str, salt: &[&[u8]]) -> [u8; KEY_BYTES] {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(&self.0);
        for part in salt {
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

fn read(path: &Path, private: bool) -> Result<Option<DataKey>, KeyError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(KeyError::io("open", path))?,
    };
    let metadata = file.metadata().map_err(KeyError::io("read", path))?;
    if private && metadata.mode() & 0o077 != 0 {
        return Err(KeyError::Exposed {
            path: path.to_path_buf(),
        });
    }
    let mut bytes = Vec::with_capacity(KEY_BYTES + 1);
    file.take(KEY_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(KeyError::io("read", path))?;
    let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map(DataKey);
    bytes.fill(0);
    std::hint::black_box(&bytes);
    key.map(Some).map_err(|_| KeyError::Malformed {
        path: path.to_path_buf(),
    })
}

impl Drop for DataKey {
    fn drop(&mut self) {
        self.0.fill(0);
        // Keeps the compiler from leaving out a write that nobody reads.
        std::hint::black_box(&self.0);
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}
