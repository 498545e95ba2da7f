//! The certificates with which offices serve their screens to the other machines of their network,
//! and the authority that signs them.
//!
//! It is an authority of its own, for two reasons. Browsers take no Ed25519 in a chain, so its keys
//! are P-256. And its root is installed on the clerks' machines, so it must be good for nothing
//! else: root and issuing certificate are constrained to names of offices and private addresses.

mod name;
mod request;

pub use name::{NAMES_MAX, SUFFIX, ScreensName};
pub use request::{ScreensKey, ScreensRequest};

use std::net::IpAddr;

use rcgen::{
    CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, KeyPair, KeyUsagePurpose,
    NameConstraints, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType,
};
use registry::OfficeCode;
use rustls_pki_types::CertificateDer;

use crate::authority::{belongs, read_certificate};
use crate::certificate::{Validity, authority_params, empty_params};
use crate::error::{AuthorityError, ScreensRefused};

/// How long a certificate of an office's screens is valid, days: an office that was dark for half
/// of this still serves the other machines of its network.
pub const CERTIFICATE_DAYS_SCREENS: u32 = 397;
/// How long the root is valid, days (20 years).
const ROOT_DAYS: u32 = 7305;
/// How long an issuing key is valid, days (10 years).
const ISSUING_DAYS: u32 = 3652;
/// Private addresses, as networks with the lengths of their prefixes.
pub(crate) const PRIVATE: [(IpAddr, u8); 5] = [
    (v4(10, 0, 0, 0), 8),
    (v4(172, 16, 0, 0), 12),
    (v4(192, 168, 0, 0), 16),
    (v4(169, 254, 0, 0), 16),
    (
        IpAddr::V6(std::net::Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)),
        7,
    ),
];

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::new(a, b, c, d))
}

/// The root of the screens: installed on clerks' machines, its key kept offline.
pub struct ScreensRoot {
    key: KeyPair,
    certificate: CertificateDer<'static>,
}

/// What signs certificates of screens; the centre holds it.
pub struct ScreensIssuer {
    signer: rcgen::Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    root: CertificateDer<'static>,
}

/// Both, as they are when they have just been made.
#[derive(Debug)]
pub struct ScreensAuthority {
    /// To be carried away.
    pub root: ScreensRoot,
    /// To be brought to the centre.
    pub issuer: ScreensIssuer,
}

/// A certificate of an office's screens, with what goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreensCertificate {
    /// The leaf, then the issuing certificate; DER.
    pub chain: Vec<Vec<u8>>,
    /// The root that clerks' machines have to trust; DER.
    pub root: Vec<u8>,
    /// What the leaf is good for.
    pub names: Vec<ScreensName>,
}

impl ScreensAuthority {
    /// A new root and its first issuing key. `now` is Unix seconds.
    pub fn create(now: i64) -> Result<Self, AuthorityError> {
        let root = ScreensRoot::create(now)?;
        let issuer = root.new_issuer(now)?;
        Ok(Self { root, issuer })
    }
}

impl ScreensRoot {
    fn create(now: i64) -> Result<Self, AuthorityError> {
        let key = new_key()?;
        let validity = Validity::from_now(now, ROOT_DAYS)?;
        let name = "NPD office screens root";
        let mut params = authority_params(name, Some(1), validity, key.der_bytes());
        params.name_constraints = Some(constraints());
        let certificate = params.self_signed(&key).map_err(AuthorityError::Library)?;
        let certificate = certificate.der().clone();
        Ok(Self { key, certificate })
    }

    fn new_issuer(&self, now: i64) -> Result<ScreensIssuer, AuthorityError> {
        let key = new_key()?;
        let validity = Validity::from_now(now, ISSUING_DAYS)?;
        let name = "NPD office screens issuing";
        let mut params = authority_params(name, Some(0), validity, key.der_bytes());
        params.name_constraints = Some(constraints());
        let signer = rcgen::Issuer::from_ca_cert_der(&self.certificate, &self.key)
            .map_err(AuthorityError::Library)?;
        let certificate = params
            .signed_by(&key, &signer)
            .map_err(AuthorityError::Library)?;
        ScreensIssuer::new(self.certificate.clone(), certificate.der().clone(), key)
    }

    /// Its certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Its key as PEM (PKCS#8): a secret.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}

impl ScreensIssuer {
    /// The issuing key in these PEM texts.
    pub fn from_pem(root: &str, certificate: &str, key: &str) -> Result<Self, AuthorityError> {
        let root = read_certificate(root, "screens root")?;
        let certificate = read_certificate(certificate, "screens issuing")?;
        Self::new(root, certificate, read_key(key, "screens issuing")?)
    }

    fn new(
        root: CertificateDer<'static>,
        certificate: CertificateDer<'static>,
        key: KeyPair,
    ) -> Result<Self, AuthorityError> {
        let what = "screens issuing";
        belongs(&key, &certificate, what)?;
        let signer = rcgen::Issuer::from_ca_cert_der(&certificate, key)
            .map_err(|_| AuthorityError::Certificate { what })?;
        Ok(Self {
            signer,
            certificate,
            root,
        })
    }

    /// A certificate for the screens of a node of these offices: the one that it is at, and the one
    /// that it was at before a decree. Whether the node is known is the caller's to look up.
    pub fn certify(
        &self,
        request: &ScreensRequest,
        offices: &[OfficeCode],
        validity: Validity,
    ) -> Result<ScreensCertificate, ScreensRefused> {
        let (key, names) = request.verified()?;
        if let Some(name) = names.iter().find(|name| !name.is_of(offices)) {
            return Err(ScreensRefused::OtherOffice { name: name.clone() });
        }
        let mut params = empty_params(validity, key.der_bytes());
        let san = |name: &ScreensName| {
            Ok(match name {
                ScreensName::Address(address) => SanType::IpAddress(*address),
                ScreensName::Dns(name) => SanType::DnsName(name.as_str().try_into()?),
            })
        };
        let sans: Result<Vec<SanType>, rcgen::Error> = names.iter().map(san).collect();
        params.subject_alt_names = sans.map_err(AuthorityError::Library)?;
        let common: String = names.iter().take(1).map(ScreensName::to_string).collect();
        params.distinguished_name.push(DnType::CommonName, common);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params
            .signed_by(&key, &self.signer)
            .map_err(AuthorityError::Library)?;
        Ok(ScreensCertificate {
            chain: vec![leaf.der().to_vec(), self.certificate.to_vec()],
            root: self.root.to_vec(),
            names,
        })
    }

    /// The issuing certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The issuing key as PEM (PKCS#8): a secret.
    pub fn key_pem(&self) -> String {
        self.signer.key().serialize_pem()
    }
}

impl std::fmt::Debug for ScreensRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScreensRoot").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ScreensIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScreensIssuer").finish_non_exhaustive()
    }
}

/// All that a certificate under this root may be for.
fn constraints() -> NameConstraints {
    let networks = PRIVATE.iter().map(|(network, bits)| {
        let subnet = CidrSubnet::from_addr_prefix(*network, *bits);
        GeneralSubtree::IpAddress(subnet)
    });
    NameConstraints {
        permitted_subtrees: std::iter::once(GeneralSubtree::DnsName(SUFFIX.to_owned()))
            .chain(networks)
            .collect(),
        excluded_subtrees: Vec::new(),
    }
}

fn new_key() -> Result<KeyPair, AuthorityError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Library)
}

/// Reads a key and refuses all kinds but P-256.
fn read_key(pem: &str, what: &'static str) -> Result<KeyPair, AuthorityError> {
    let pair = KeyPair::from_pem(pem).map_err(|_| AuthorityError::ScreensKey { what })?;
    if pair.algorithm() == &PKCS_ECDSA_P256_SHA256 {
        Ok(pair)
    } else {
        Err(AuthorityError::ScreensKey { what })
    }
}
