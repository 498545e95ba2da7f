//! The key of an office's screens, and how a node asks for a certificate for it: with a request that
//! names what it is for, signed once more by the node's own key.

use ed25519_dalek::{Signature, VerifyingKey};
use rcgen::{
    CertificateParams, CertificateSigningRequestParams, DistinguishedName, KeyPair,
    PKCS_ECDSA_P256_SHA256, PublicKey, PublicKeyData, SanType,
};
use registry::OfficeCode;
use rustls_pki_types::CertificateSigningRequestDer;
use serde::{Deserialize, Serialize};

use super::{NAMES_MAX, ScreensName, new_key, read_key};
use crate::error::{AuthorityError, ScreensRefused};
use crate::node_key::NodeKey;

/// What a node signs begins so, and is therefore nothing else that it signs.
const CONTEXT: &[u8] = b"npd 2026 request for a certificate of an office's screens\0";

/// The key of an office's screens: P-256, made on the device and never sent.
pub struct ScreensKey(KeyPair);

impl ScreensKey {
    /// A new key.
    pub fn generate() -> Result<Self, AuthorityError> {
        new_key().map(Self)
    }

    /// The key in this PEM text (PKCS#8).
    pub fn from_pem(pem: &str) -> Result<Self, AuthorityError> {
        read_key(pem, "screens").map(Self)
    }

    /// The key as PEM (PKCS#8): a secret.
    pub fn to_pem(&self) -> String {
        self.0.serialize_pem()
    }
}

impl std::fmt::Debug for ScreensKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScreensKey(…)")
    }
}

/// How a node asks. Whoever repeats it gets a certificate that only the owner of the key can use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreensRequest {
    /// The commune of the node.
    pub office: OfficeCode,
    /// The node's public key.
    pub public_key: [u8; 32],
    /// The certificate request (PKCS#10, DER): the key of the screens, and the names.
    request: Vec<u8>,
    /// The node's signature.
    signature: Vec<u8>,
}

impl ScreensRequest {
    /// Asks for a certificate for `key` with these names.
    pub fn new(
        office: OfficeCode,
        node: &NodeKey,
        key: &ScreensKey,
        names: &[ScreensName],
    ) -> Result<Self, AuthorityError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        for name in names {
            params.subject_alt_names.push(match name {
                ScreensName::Address(address) => SanType::IpAddress(*address),
                ScreensName::Dns(name) => {
                    let name = name.as_str().try_into().map_err(AuthorityError::Library)?;
                    SanType::DnsName(name)
                }
            });
        }
        let request = params
            .serialize_request(&key.0)
            .map_err(AuthorityError::Library)?;
        let request = request.der().to_vec();
        let signature = node.sign(&signed(office, &request))?;
        Ok(Self {
            office,
            public_key: *node.public_key(),
            request,
            signature,
        })
    }

    /// What is asked for, if the node that is named has asked for it.
    pub(super) fn verified(&self) -> Result<(PublicKey, Vec<ScreensName>), ScreensRefused> {
        let unusable = |_| ScreensRefused::Request;
        let node = VerifyingKey::from_bytes(&self.public_key).map_err(unusable)?;
        let signature = Signature::from_slice(&self.signature).map_err(unusable)?;
        node.verify_strict(&signed(self.office, &self.request), &signature)
            .map_err(unusable)?;
        let request = CertificateSigningRequestDer::from(self.request.as_slice());
        let asked = CertificateSigningRequestParams::from_der(&request)
            .map_err(|_| ScreensRefused::Request)?;
        if PublicKeyData::algorithm(&asked.public_key) != &PKCS_ECDSA_P256_SHA256 {
            return Err(ScreensRefused::Request);
        }
        let asked_names = &asked.params.subject_alt_names;
        if !(1..=NAMES_MAX).contains(&asked_names.len()) {
            return Err(ScreensRefused::Names);
        }
        let names: Result<Vec<ScreensName>, ScreensRefused> =
            asked_names.iter().map(name_of).collect();
        Ok((asked.public_key, names?))
    }
}

fn name_of(asked: &SanType) -> Result<ScreensName, ScreensRefused> {
    match asked {
        SanType::DnsName(name) => name.as_str().parse(),
        SanType::IpAddress(address) => address.to_string().parse(),
        _ => Err(ScreensRefused::Request),
    }
}

fn signed(office: OfficeCode, request: &[u8]) -> Vec<u8> {
    let mut message = CONTEXT.to_vec();
    message.extend_from_slice(office.to_string().as_bytes());
    message.extend_from_slice(request);
    message
}
