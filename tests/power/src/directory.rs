//! The daemon's directory, as the daemon itself makes it: with its key, and a node's with all that
//! joining writes. What was told to be there is there after a cut.

use std::path::Path;

use central_registry::home::{self, HomeError};
use commune_node::device::{self, Device, DeviceError, Joined};
use registry_store::DataKey;

use crate::pair::Side;
use crate::world::{self, BadWorld};

/// Why the directory is not what it has to be.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// A node's cannot be made, or is no node's.
    #[error("{code}: {0}", code = .0.code())]
    Node(#[from] DeviceError),
    /// The centre's cannot be made, or lacks its key.
    #[error("{code}: {0}", code = .0.code())]
    Centre(#[from] HomeError),
    /// The node has another key than the one with which it joined.
    #[error("the node has another key than the one with which it joined")]
    OtherKey,
    /// A mistake of this crate.
    #[error("{0}")]
    World(String),
}

impl From<BadWorld> for DirectoryError {
    fn from(error: BadWorld) -> Self {
        DirectoryError::World(error.to_string())
    }
}

/// A directory, and what was told of it.
pub(crate) struct Directory {
    side: Side,
    /// The public key with which a node was told that it has joined.
    joined: Option<[u8; 32]>,
}

impl Directory {
    /// One that is still to be made.
    pub(crate) fn new(side: Side) -> Self {
        Self { side, joined: None }
    }

    /// Makes it, or finds it as it was; gives the key that seals what it holds.
    pub(crate) fn open(&mut self, dir: &Path) -> Result<DataKey, DirectoryError> {
        match self.side {
            Side::Node => self.open_node(dir),
            Side::Centre => Ok(home::prepare(dir)?),
        }
    }

    fn open_node(&mut self, dir: &Path) -> Result<DataKey, DirectoryError> {
        if self.joined.is_none() {
            join(dir)?;
        }
        let device = Device::load(dir)?;
        let key = device.signing_key()?.verifying_key().to_bytes();
        if *self.joined.get_or_insert(key) != key {
            return Err(DirectoryError::OtherKey);
        }
        Ok(device::prepare(dir)?)
    }
}

/// What the command `join` does, with the answer of a centre that is not there.
fn join(dir: &Path) -> Result<(), DirectoryError> {
    if let Err(error) = device::key_to_join_with(dir) {
        return match error {
            // The power went when all was written and nobody had been told.
            DeviceError::Joined(_) => Ok(()),
            other => Err(other.into()),
        };
    }
    let joined = Joined {
        office: world::office()?,
        node: world::node(),
        addresses: vec!["127.0.0.1:7443".to_owned()],
        server_name: "central.npd".to_owned(),
        officer: world::clerk()?,
    };
    device::keep_joined(dir, &joined, "a certificate", "a root", "a token")?;
    Ok(())
}
