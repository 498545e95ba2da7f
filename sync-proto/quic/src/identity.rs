//! Who we are on a line, whom we trust, and what the line is for.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::IdentityError;

/// What a connection is for; it is negotiated by ALPN, so that neither side can mistake it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A sync session between two sides that both prove who they are.
    Sync,
    /// A new node asks for its certificate; it has none yet.
    Join,
}

impl Purpose {
    /// The protocol's name in the handshake.
    pub const fn alpn(self) -> &'static [u8] {
        match self {
            Purpose::Sync => b"npd/1",
            Purpose::Join => b"npd-join/1",
        }
    }

    /// The purpose with this name.
    pub(crate) fn from_alpn(name: &[u8]) -> Option<Self> {
        [Purpose::Sync, Purpose::Join]
            .into_iter()
            .find(|purpose| purpose.alpn() == name)
    }
}

/// Our certificate (the leaf first, then those up to but without the root) and its key.
pub struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Identity {
    /// From parts in memory.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, IdentityError> {
        if chain.is_empty() {
            return Err(IdentityError::NoCertificate);
        }
        Ok(Self { chain, key })
    }

    /// From the PEM text of the chain and of the key (PKCS#8).
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| IdentityError::NoCertificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| IdentityError::NoKey)?;
        Self::new(chain, key)
    }

    /// The certificate of our own key.
    pub fn leaf(&self) -> Option<&CertificateDer<'static>> {
        self.chain.first()
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            key: self.key.clone_key(),
        }
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("certificates", &self.chain.len())
            .finish_non_exhaustive()
    }
}

/// How the side that dials knows that it has reached the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The chain must end in this root, which we hold.
    Root(CertificateDer<'static>),
    /// The peer must present a root with this BLAKE3 fingerprint (of its DER) in its chain, and
    /// the chain must end in it: all that a node knows before it has joined.
    Fingerprint([u8; 32]),
}

impl Trust {
    /// The root in this PEM text.
    pub fn root_from_pem(pem: &[u8]) -> Result<Self, IdentityError> {
        CertificateDer::from_pem_slice(pem)
            .map(Trust::Root)
            .map_err(|_| IdentityError::NoCertificate)
    }
}
