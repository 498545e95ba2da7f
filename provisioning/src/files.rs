//! The authority's directory: the only place of this crate that touches files.
//!
//! | file | what | who needs it |
//! |---|---|---|
//! | `root.pem`, `root.key` | the root | `root.pem` everybody; `root.key` goes offline |
//! | `issuing.pem`, `issuing.key` | the issuing key | central, and whoever issues tokens |
//! | `central.pem`, `central.key` | central's chain and key | central |
//! | `screens-root.pem`, `screens-root.key` | the root of the offices' screens | `screens-root.key` goes offline |
//! | `screens-issuing.pem`, `screens-issuing.key` | what certifies screens | central |

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::authority::{Authority, Issuer, Root, pem_of};
use crate::error::AuthorityError;
use crate::screens::{ScreensAuthority, ScreensIssuer};

/// The root's certificate.
pub const ROOT_PEM: &str = "root.pem";
/// The root's key.
pub const ROOT_KEY: &str = "root.key";
/// The issuing certificate.
pub const ISSUING_PEM: &str = "issuing.pem";
/// The issuing key.
pub const ISSUING_KEY: &str = "issuing.key";
/// Central's chain: its certificate, then the issuing certificate.
pub const CENTRAL_PEM: &str = "central.pem";
/// Central's key.
pub const CENTRAL_KEY: &str = "central.key";

/// The certificate of the root of screens.
pub const SCREENS_ROOT_PEM: &str = "screens-root.pem";
/// Its key.
pub const SCREENS_ROOT_KEY: &str = "screens-root.key";
/// The issuing certificate of screens.
pub const SCREENS_ISSUING_PEM: &str = "screens-issuing.pem";
/// Its key.
pub const SCREENS_ISSUING_KEY: &str = "screens-issuing.key";

/// Largest file that is read, bytes: no certificate or key comes near.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// Only the owner reads a key.
const MODE_SECRET: u32 = 0o600;
const MODE_PUBLIC: u32 = 0o644;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is there already.
    #[error("{} is there already; a key is never overwritten. Choose another place", .0.display())]
    Exists(PathBuf),
    /// It is not there.
    #[error("{} is not there: check the path. `provision init` makes an authority, `provision token --out FILE` a token", .0.display())]
    Missing(PathBuf),
    /// It is too large to be what it should be, or not text.
    #[error("{} is not a certificate, key or token", .0.display())]
    NotText(PathBuf),
    /// The system refused.
    #[error("cannot use {}", path.display())]
    System {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was read, but cannot be used.
    #[error(transparent)]
    Content(#[from] AuthorityError),
}

impl FileError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exists(_) => "file_exists",
            Self::Missing(_) => "file_missing",
            Self::NotText(_) => "file_not_text",
            Self::System { .. } => "file_unusable",
            Self::Content(error) => error.code(),
        }
    }
}

/// Writes a new authority into `directory`, which is made if it is not there.
pub fn store_authority(directory: &Path, authority: &Authority) -> Result<(), FileError> {
    std::fs::create_dir_all(directory).map_err(|source| FileError::System {
        path: directory.to_owned(),
        source,
    })?;
    let (root, issuer) = (&authority.root, &authority.issuer);
    refuse_existing(directory, &[ROOT_KEY, ROOT_PEM, ISSUING_KEY, ISSUING_PEM])?;
    store_screens(directory, &authority.screens)?;
    write_secret(&directory.join(ROOT_KEY), &root.key_pem())?;
    write_public(&directory.join(ROOT_PEM), &pem_of(root.certificate()))?;
    write_secret(&directory.join(ISSUING_KEY), &issuer.key_pem())?;
    write_public(&directory.join(ISSUING_PEM), &pem_of(issuer.certificate()))?;
    sync_names(directory)
}

/// Makes the names of the files, and that of their folder, as safe as the files: nobody can make
/// the same key again.
fn sync_names(directory: &Path) -> Result<(), FileError> {
    let above = directory.parent().filter(|above| *above != Path::new(""));
    for folder in [directory, above.unwrap_or(Path::new("."))] {
        let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|source| FileError::System {
            path: folder.to_owned(),
            source,
        })?;
    }
    Ok(())
}

/// Writes the authority of screens beside the other one: also for an authority that was made before
/// there were screens.
pub fn store_screens(directory: &Path, screens: &ScreensAuthority) -> Result<(), FileError> {
    let (root, issuer) = (&screens.root, &screens.issuer);
    refuse_existing(
        directory,
        &[
            SCREENS_ROOT_KEY,
            SCREENS_ROOT_PEM,
            SCREENS_ISSUING_KEY,
            SCREENS_ISSUING_PEM,
        ],
    )?;
    write_secret(&directory.join(SCREENS_ROOT_KEY), &root.key_pem())?;
    write_public(
        &directory.join(SCREENS_ROOT_PEM),
        &pem_of(root.certificate()),
    )?;
    write_secret(&directory.join(SCREENS_ISSUING_KEY), &issuer.key_pem())?;
    write_public(
        &directory.join(SCREENS_ISSUING_PEM),
        &pem_of(issuer.certificate()),
    )?;
    sync_names(directory)
}

/// Reads the issuing key of screens; none if the authority was made before there were screens.
pub fn load_screens_issuer(directory: &Path) -> Result<Option<ScreensIssuer>, FileError> {
    if !directory.join(SCREENS_ISSUING_PEM).exists() {
        return Ok(None);
    }
    let root = read_text(&directory.join(SCREENS_ROOT_PEM))?;
    let certificate = read_text(&directory.join(SCREENS_ISSUING_PEM))?;
    let key = read_text(&directory.join(SCREENS_ISSUING_KEY))?;
    Ok(Some(ScreensIssuer::from_pem(&root, &certificate, &key)?))
}

/// Reads the root, with its key.
pub fn load_root(directory: &Path) -> Result<Root, FileError> {
    let certificate = read_text(&directory.join(ROOT_PEM))?;
    Ok(Root::from_pem(
        &certificate,
        &read_text(&directory.join(ROOT_KEY))?,
    )?)
}

/// Reads the issuing key; the root's key is not needed, and should not be there.
pub fn load_issuer(directory: &Path) -> Result<Issuer, FileError> {
    let root = read_text(&directory.join(ROOT_PEM))?;
    let certificate = read_text(&directory.join(ISSUING_PEM))?;
    Ok(Issuer::from_pem(
        &root,
        &certificate,
        &read_text(&directory.join(ISSUING_KEY))?,
    )?)
}

/// Writes central's chain and key.
pub fn store_central(directory: &Path, chain: &str, key: &str) -> Result<(), FileError> {
    refuse_existing(directory, &[CENTRAL_KEY, CENTRAL_PEM])?;
    write_secret(&directory.join(CENTRAL_KEY), key)?;
    write_public(&directory.join(CENTRAL_PEM), chain)
}

/// Writes a file that only its owner may read; refuses to overwrite.
pub fn write_secret(path: &Path, text: &str) -> Result<(), FileError> {
    write_new(path, text, MODE_SECRET)
}

/// Reads a small text file.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FileError::Missing(path.to_owned()),
        io::ErrorKind::InvalidData => FileError::NotText(path.to_owned()),
        _ => FileError::System {
            path: path.to_owned(),
            source,
        },
    };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    file.take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(FileError::NotText(path.to_owned()));
    }
    Ok(text)
}

fn write_public(path: &Path, text: &str) -> Result<(), FileError> {
    write_new(path, text, MODE_PUBLIC)
}

/// Before anything is written, so that a directory never holds half of two authorities.
fn refuse_existing(directory: &Path, names: &[&str]) -> Result<(), FileError> {
    match names
        .iter()
        .map(|name| directory.join(name))
        .find(|path| path.exists())
    {
        Some(path) => Err(FileError::Exists(path)),
        None => Ok(()),
    }
}

fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), FileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => FileError::Exists(path.to_owned()),
        _ => FileError::System {
            path: path.to_owned(),
            source,
        },
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(failed)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)
}
