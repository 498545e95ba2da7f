//! What makes a directory a node: its key, its certificate, the root that it trusts, where the
//! centre is, and who set it up. And how its store is opened.
//!
//! ```text
//! DIR/join.json          written last by `join`: the office, the centre, the first officer
//! DIR/node.key           the node's Ed25519 key; never leaves the device
//! DIR/node.pem           its certificate and the issuing one
//! DIR/root.pem           the root
//! DIR/officer-NAME.token the first officer's token for the interface
//! DIR/data.key           seals the store, unless systemd provides the key
//! DIR/store/             journal, snapshot, cache
//! DIR/attachments/       photographs and scanned papers, sealed
//! DIR/screens.*         key and certificate for other machines of the office, their root (`lan`)
//! DIR/api.json           while it runs: where it listens, and a token for this command line
//! ```

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use provisioning::{
    AuthorityError, FirstOfficer, NodeKey, NodeName, ScreensKey, ScreensName, ScreensRequest,
};
use registry::code::Role;
use registry::feed::Officer;
use registry::value::Line;
use registry::{NodeId, OfficeCode, OfficerId};
use registry_store::{
    DataKey, DurableStore, Folder, FolderError, KeyError, OpenError, Opened, Options, Store,
    make_folder,
};
use serde::{Deserialize, Serialize};
use sync_quic::{Dialer, Identity, IdentityError, Trust, Tuning};

use crate::tables::FORMAT;

/// Name of the systemd credential that holds the data key.
pub const DATA_KEY_CREDENTIAL: &str = "npd-data-key";
/// No attachment is taken when less is free on the disk: acts go on much longer.
const FOLDER_RESERVE_BYTES: u64 = 256 << 20;
/// Largest file of these that is read, bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// How long after its end a certificate of the centre is still let through: a node whose clock is
/// wrong must reach it to learn the time.
const CERTIFICATE_GRACE_S: u64 = 90 * 86_400;

/// Why a directory is no node that can run.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// Nobody has joined here.
    #[error("{} holds no node yet; run `commune-node join --data {} --token FILE` with the token from the provisioning authority", .0.display(), .0.display())]
    NotJoined(PathBuf),
    /// Somebody has.
    #[error("{} is a node already; a key is never overwritten. Choose another directory", .0.display())]
    Joined(PathBuf),
    /// A file is not what it should be.
    #[error("{} cannot be used: it is not what `join` wrote. Restore it, or join anew in another directory", .0.display())]
    Malformed(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {}: check the path and its permissions", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificate or the key cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// There is no data key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The folder of attachments cannot be opened.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
}

impl DeviceError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DeviceError::NotJoined(_) => "not_joined",
            DeviceError::Joined(_) => "joined_already",
            DeviceError::Malformed(_) => "device_file_malformed",
            DeviceError::File { .. } => "device_file",
            DeviceError::Identity(error) => error.code(),
            DeviceError::Key(error) => error.code(),
            DeviceError::Folder(error) => error.code(),
            DeviceError::Store(error) => error.code(),
        }
    }

    /// Whether it is the store, or its key, that cannot be opened.
    pub const fn is_store(&self) -> bool {
        matches!(self, DeviceError::Key(_) | DeviceError::Store(_))
    }
}

/// What `join` learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Where the centre is dialled.
    pub addresses: Vec<String>,
    /// The name in its certificate.
    pub server_name: String,
    /// Who set the node up.
    pub officer: Officer,
}

/// A directory that is a node.
#[derive(Debug)]
pub struct Device {
    dir: PathBuf,
    /// What `join` learned.
    pub joined: Joined,
    key_pem: String,
    chain_pem: String,
    root_pem: String,
}

impl Device {
    /// Reads the files of a node.
    pub fn load(dir: &Path) -> Result<Device, DeviceError> {
        let path = dir.join("join.json");
        let text = match read(&path) {
            Err(DeviceError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Err(DeviceError::NotJoined(dir.to_owned()));
            }
            text => text?,
        };
        let joined: Joined =
            serde_json::from_str(&text).map_err(|_| DeviceError::Malformed(path))?;
        Ok(Device {
            dir: dir.to_owned(),
            joined,
            key_pem: read(&dir.join("node.key"))?,
            chain_pem: read(&dir.join("node.pem"))?,
            root_pem: read(&dir.join("root.pem"))?,
        })
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The key with which it signs.
    pub fn signing_key(&self) -> Result<SigningKey, DeviceError> {
        SigningKey::from_pkcs8_pem(&self.key_pem)
            .map_err(|_| DeviceError::Malformed(self.dir.join("node.key")))
    }

    /// What its certificate says.
    pub fn certificate(&self) -> Result<NodeName, DeviceError> {
        let malformed = || DeviceError::Malformed(self.dir.join("node.pem"));
        let (_, pem) =
            x509_parser::pem::parse_x509_pem(self.chain_pem.as_bytes()).map_err(|_| malformed())?;
        NodeName::from_certificate(&pem.contents).map_err(|_| malformed())
    }

    /// Asks for the next certificate: the request for its key.
    pub fn certificate_request(&self) -> Result<Vec<u8>, DeviceError> {
        NodeKey::from_pem(&self.key_pem)
            .and_then(|key| key.request())
            .map_err(|_| DeviceError::Malformed(self.dir.join("node.key")))
    }

    /// Asks for a certificate of the screens: signed with its key.
    pub fn screens_request(
        &self,
        key: &ScreensKey,
        names: &[ScreensName],
    ) -> Result<ScreensRequest, DeviceError> {
        let office = self.certificate()?.office;
        let malformed = |_: AuthorityError| DeviceError::Malformed(self.dir.join("node.key"));
        let node = NodeKey::from_pem(&self.key_pem).map_err(malformed)?;
        ScreensRequest::new(office, &node, key, names).map_err(malformed)
    }

    /// Uses this certificate from now on, also after the next start.
    pub fn renew(&mut self, chain_pem: String) -> Result<(), DeviceError> {
        Identity::from_pem(chain_pem.as_bytes(), self.key_pem.as_bytes())?;
        write(&self.dir.join("node.pem"), &chain_pem, false)?;
        self.chain_pem = chain_pem;
        Ok(())
    }

    /// What dials the centre.
    pub fn dialer(&self) -> Result<Dialer, DeviceError> {
        let identity = Identity::from_pem(self.chain_pem.as_bytes(), self.key_pem.as_bytes())?;
        self.dial_as(Some(&identity))
    }

    /// The same without showing who dials: a certificate that is over would be refused, and asking
    /// for the next one needs none.
    pub fn nameless_dialer(&self) -> Result<Dialer, DeviceError> {
        self.dial_as(None)
    }

    fn dial_as(&self, identity: Option<&Identity>) -> Result<Dialer, DeviceError> {
        let trust = Trust::root_from_pem(self.root_pem.as_bytes())?;
        let tuning = Tuning {
            certificate_grace: std::time::Duration::from_secs(CERTIFICATE_GRACE_S),
            ..Tuning::default()
        };
        Ok(Dialer::new(
            ([0, 0, 0, 0], 0).into(),
            identity,
            &trust,
            tuning,
        )?)
    }

    /// Opens its folder of attachments.
    pub fn open_folder(&self) -> Result<Arc<Folder>, DeviceError> {
        let key = data_key(&self.dir)?;
        let dir = self.dir.join("attachments");
        Ok(Arc::new(Folder::open(dir, &key, FOLDER_RESERVE_BYTES)?))
    }

    /// Opens its store.
    pub fn open_store(&self) -> Result<(Arc<dyn Store>, Opened), DeviceError> {
        open_store(&self.dir)
    }
}

/// The certificates of a node's directory, DER: its own first, then the issuing one.
pub fn certificates(dir: &Path) -> Result<Vec<Vec<u8>>, DeviceError> {
    certificates_in(&dir.join("node.pem"))
}

/// The certificates of a file, DER.
pub(crate) fn certificates_in(path: &Path) -> Result<Vec<Vec<u8>>, DeviceError> {
    let text = read(path)?;
    let all: Result<Vec<Vec<u8>>, _> = x509_parser::pem::Pem::iter_from_buffer(text.as_bytes())
        .map(|pem| pem.map(|pem| pem.contents))
        .collect();
    all.map_err(|_| DeviceError::Malformed(path.to_owned()))
}

/// Where the root stands that other machines of the office have to trust.
pub fn screens_root(dir: &Path) -> PathBuf {
    dir.join("screens-root.pem")
}

/// The root that a node's directory trusts, or another file of it, DER.
pub fn root_certificate(path: &Path) -> Result<Vec<u8>, DeviceError> {
    let text = read(path)?;
    x509_parser::pem::parse_x509_pem(text.as_bytes())
        .map(|(_, pem)| pem.contents)
        .map_err(|_| DeviceError::Malformed(path.to_owned()))
}

/// The key that seals what the directory holds.
fn data_key(dir: &Path) -> Result<DataKey, DeviceError> {
    Ok(match DataKey::from_credential(DATA_KEY_CREDENTIAL)? {
        Some(key) => key,
        None => DataKey::load_or_create(&dir.join("data.key"))?,
    })
}

/// Makes a node's directory so that a power cut does not take it, and gives the key that seals
/// what it holds.
pub fn prepare(dir: &Path) -> Result<DataKey, DeviceError> {
    make_folder(dir).map_err(|source| DeviceError::File {
        path: dir.to_owned(),
        source,
    })?;
    data_key(dir)
}

/// Opens the store of a node's directory, or makes it.
pub fn open_store(dir: &Path) -> Result<(Arc<dyn Store>, Opened), DeviceError> {
    let key = prepare(dir)?;
    let options = Options::new(dir.join("store"), key, FORMAT);
    let (store, opened) = DurableStore::open(&options)?;
    Ok((Arc::new(store), opened))
}

/// The key of a directory that is about to join: the one that an earlier attempt left, so that a
/// lost answer can be asked for again, else a new one.
pub fn key_to_join_with(dir: &Path) -> Result<NodeKey, DeviceError> {
    let path = dir.join("node.key");
    if dir.join("join.json").exists() {
        return Err(DeviceError::Joined(dir.to_owned()));
    }
    if path.exists() {
        return NodeKey::from_pem(&read(&path)?).map_err(|_| DeviceError::Malformed(path));
    }
    let file = |source| DeviceError::File {
        path: path.clone(),
        source,
    };
    let key = NodeKey::generate().map_err(|_| file(io::Error::other("no key could be made")))?;
    make_folder(dir).map_err(file)?;
    write(&path, &key.to_pem(), true)?;
    Ok(key)
}

/// Writes what a node has after it has joined; `join.json` last, so that it stands for the rest.
pub fn keep_joined(
    dir: &Path,
    joined: &Joined,
    chain_pem: &str,
    root_pem: &str,
    token: &str,
) -> Result<(), DeviceError> {
    write(&dir.join("node.pem"), chain_pem, false)?;
    write(&dir.join("root.pem"), root_pem, false)?;
    write(&token_path(dir, &joined.officer.id), token, true)?;
    let text = serde_json::to_string_pretty(joined).unwrap_or_default();
    write(&dir.join("join.json"), &text, false)
}

/// Where the token of the first officer stands.
pub fn token_path(dir: &Path, officer: &OfficerId) -> PathBuf {
    dir.join(format!("officer-{officer}.token"))
}

/// The officer of a token; roles that this release does not know are left out.
pub fn officer_of(first: &FirstOfficer) -> Officer {
    Officer {
        id: first.id.clone(),
        name: Line::parse(&first.display_name).unwrap_or_default(),
        roles: first
            .roles
            .iter()
            .filter_map(|role| role.parse::<Role>().ok())
            .collect(),
        active: true,
    }
}

/// Reads a small text file.
pub fn read(path: &Path) -> Result<String, DeviceError> {
    let file = |source| DeviceError::File {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(file)?.len() > FILE_BYTES_MAX {
        return Err(DeviceError::Malformed(path.to_owned()));
    }
    fs::read_to_string(path).map_err(file)
}

/// Writes a file under another name first, so that a power cut leaves the old one or the new one.
pub fn write(path: &Path, text: &str, secret: bool) -> Result<(), DeviceError> {
    let file = |source| DeviceError::File {
        path: path.to_owned(),
        source,
    };
    let draft = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mode = if secret { 0o600 } else { 0o644 };
    let mut out = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&draft)
        .map_err(file)?;
    out.write_all(text.as_bytes())
        .and_then(|()| out.sync_all())
        .map_err(file)?;
    fs::rename(&draft, path).map_err(file)?;
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(file)
}
