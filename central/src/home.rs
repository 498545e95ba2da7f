//! The data directory: the store with its key, and the registry's own identity.
//!
//! ```text
//! DIR/store.key        data key, 0600; or the systemd credential `central-data-key`
//! DIR/store/           the store
//! DIR/attachments/     photographs and scanned papers, sealed
//! DIR/operator.token   the first operator's token, 0600, written at the first start
//! DIR/api.json         where the interface listens and with which token, 0600
//! ```

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use registry_store::StoreError;
use registry_store::{
    Batch, DataKey, DurableStore, Folder, FolderError, KeyError, OpenError, Opened, Options, Store,
    make_folder,
};

use crate::import::RegistryKey;
use crate::tables;

/// Version of the tables.
pub const FORMAT: u32 = 4;
/// Name of the systemd credential with the data key.
const CREDENTIAL: &str = "central-data-key";
/// Where the registry's identity stands among the counters.
const IDENTITY: &[u8] = b"registry id";
/// No attachment is taken when less is free on the disk: acts go on much longer.
const FOLDER_RESERVE_BYTES: u64 = 1 << 30;
/// Memory for the cache of records.
const CACHE_BYTES: u64 = 128 << 20;
const SEGMENT_BYTES: u64 = 64 << 20;
const CHECKPOINT_AFTER_BYTES: u64 = 512 << 20;
/// Memory for what an import, or a cache that is built anew, has not yet written to the cache.
const BULK_BYTES: usize = 128 << 20;

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The directory or a file in it.
    #[error("cannot use {}: check the path and its permissions", path.display())]
    Path {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key of the store.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is a store and no key.
    #[error("{} is missing and the store was sealed with it: restore the key", .0.display())]
    KeyMissing(PathBuf),
    /// The folder of attachments does not open.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The store does not take the registry's identity, or has one that cannot be read.
    #[error(transparent)]
    Identity(#[from] StoreError),
    /// The identity is there and not readable.
    #[error("the registry's identity in the store is damaged: restore the last backup")]
    IdentityDamaged,
    /// No randomness.
    #[error("the system's random source failed: restart the machine")]
    Random,
}

impl HomeError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path { .. } => "data_directory",
            Self::Key(error) => error.code(),
            Self::KeyMissing(_) => "data_key_missing",
            Self::Store(error) => error.code(),
            Self::Folder(error) => error.code(),
            Self::Identity(error) => error.code(),
            Self::IdentityDamaged => "registry_identity_damaged",
            Self::Random => "random_failed",
        }
    }
}

/// An open data directory.
pub struct Home {
    /// Its path.
    pub dir: PathBuf,
    /// The store.
    pub store: Arc<DurableStore>,
    /// Attachments.
    pub folder: Arc<Folder>,
    /// The registry's own identity: random, made once.
    pub id: [u8; 16],
    /// What opening found.
    pub opened: Opened,
}

impl Home {
    /// Opens the directory, or makes it.
    pub fn open(dir: &Path) -> Result<Home, HomeError> {
        let key = prepare(dir)?;
        let folder = Folder::open(dir.join("attachments"), &key, FOLDER_RESERVE_BYTES)?;
        let mut options = Options::new(dir.join("store"), key, FORMAT);
        options.cache_bytes = CACHE_BYTES;
        options.segment_bytes = SEGMENT_BYTES;
        options.checkpoint_after_bytes = CHECKPOINT_AFTER_BYTES;
        options.bulk_bytes = BULK_BYTES;
        let (store, opened) = DurableStore::open(&options)?;
        let id = identity(&store)?;
        Ok(Home {
            dir: dir.to_owned(),
            store: Arc::new(store),
            folder: Arc::new(folder),
            id,
            opened,
        })
    }

    /// Makes the ids of imported records.
    pub const fn registry_key(&self) -> RegistryKey {
        RegistryKey(self.id)
    }

    /// Writes a small file that its owner alone can read, whole or not at all.
    pub fn write_secret(&self, name: &str, text: &str) -> Result<PathBuf, HomeError> {
        let path = self.dir.join(name);
        let draft = self.dir.join(format!(".{name}.new"));
        let failed = |source| HomeError::Path {
            path: path.clone(),
            source,
        };
        // A draft that a power cut left behind may have other permissions.
        let _ = std::fs::remove_file(&draft);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)
            .map_err(failed)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| std::fs::rename(&draft, &path))
            // Its name too: what the store says of a token is of no use without the token.
            .and_then(|()| File::open(&self.dir)?.sync_all())
            .map_err(failed)?;
        Ok(path)
    }
}

/// Makes the directory so that a power cut does not take it, and gives the key that seals what it
/// holds.
pub fn prepare(dir: &Path) -> Result<DataKey, HomeError> {
    make_folder(dir).map_err(|source| HomeError::Path {
        path: dir.to_owned(),
        source,
    })?;
    let path = dir.join("store.key");
    if let Some(key) = DataKey::from_credential(CREDENTIAL)? {
        return Ok(key);
    }
    // A new key for an old store would only hide that the old one is gone.
    if dir.join("store").exists() {
        return DataKey::load(&path)?.ok_or(HomeError::KeyMissing(path));
    }
    Ok(DataKey::load_or_create(&path)?)
}

/// The registry's identity in a store; made if the store has none.
pub fn identity(store: &dyn Store) -> Result<[u8; 16], HomeError> {
    if let Some(bytes) = store.get(tables::META, IDENTITY)? {
        return bytes.try_into().map_err(|_| HomeError::IdentityDamaged);
    }
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| HomeError::Random)?;
    let mut batch = Batch::new();
    batch.put(tables::META, IDENTITY, id);
    store.commit(batch)?;
    Ok(id)
}
