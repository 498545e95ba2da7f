//! A node's own key: made on the device, never exported; what leaves is a certificate request.

use rcgen::{
    CertificateParams, DistinguishedName, KeyPair, PKCS_ED25519, PublicKeyData, SigningKey,
};
use registry::NodeId;

use crate::error::AuthorityError;
use crate::name::node_id_of;

/// The Ed25519 key of a node.
pub struct NodeKey {
    pair: KeyPair,
    public_key: [u8; 32],
}

impl NodeKey {
    /// A new key.
    pub fn generate() -> Result<Self, AuthorityError> {
        Self::new(KeyPair::generate_for(&PKCS_ED25519).map_err(AuthorityError::Library)?)
    }

    /// The key in this PEM text (PKCS#8).
    pub fn from_pem(pem: &str) -> Result<Self, AuthorityError> {
        Self::new(read_key(pem, "node")?)
    }

    fn new(pair: KeyPair) -> Result<Self, AuthorityError> {
        let public_key = public_key_of(&pair, "node")?;
        Ok(Self { pair, public_key })
    }

    /// The key as PEM (PKCS#8), to be sealed on the device's disk.
    pub fn to_pem(&self) -> String {
        self.pair.serialize_pem()
    }

    /// Its public half.
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    /// The node that it makes this device.
    pub fn node_id(&self) -> NodeId {
        node_id_of(&self.public_key)
    }

    /// A certificate request (PKCS#10, DER): the public key, and the proof of owning it. It names
    /// nothing: what the certificate says is the authority's to decide.
    pub fn request(&self) -> Result<Vec<u8>, AuthorityError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        let request = params
            .serialize_request(&self.pair)
            .map_err(AuthorityError::Library)?;
        Ok(request.der().to_vec())
    }

    /// Signs bytes that begin with a context of their own, so that they are never anything else.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthorityError> {
        self.pair.sign(message).map_err(AuthorityError::Library)
    }
}

impl std::fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NodeKey").field(&self.node_id()).finish()
    }
}

/// Reads a key and refuses all kinds but Ed25519.
pub(crate) fn read_key(pem: &str, what: &'static str) -> Result<KeyPair, AuthorityError> {
    let pair = KeyPair::from_pem(pem).map_err(|_| AuthorityError::Key { what })?;
    if pair.algorithm() != &PKCS_ED25519 {
        return Err(AuthorityError::Key { what });
    }
    Ok(pair)
}

/// The raw public key of an Ed25519 key.
pub(crate) fn public_key_of(
    key: &impl PublicKeyData,
    what: &'static str,
) -> Result<[u8; 32], AuthorityError> {
    key.der_bytes()
        .try_into()
        .map_err(|_| AuthorityError::Key { what })
}
