//! The offline root, and the issuing key that it signs. The root is used twice in twenty years;
//! the issuing key signs certificates and join tokens, and central holds it.

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, SigningKey};
use registry::OfficeCode;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::certificate::{NodeCertificate, Validity, authority_params, node_params, server_params};
use crate::error::AuthorityError;
use crate::fingerprint;
use crate::name::NodeName;
use crate::node_key::{public_key_of, read_key};
use crate::screens::ScreensAuthority;

/// How long the root is valid, days (20 years).
const ROOT_DAYS: u32 = 7305;
/// How long an issuing key is valid, days (5 years).
const ISSUING_DAYS: u32 = 1826;

/// The root: kept offline, needed only to sign an issuing key.
pub struct Root {
    key: KeyPair,
    certificate: CertificateDer<'static>,
}

/// The issuing key, and what it needs to sign with.
pub struct Issuer {
    signer: rcgen::Issuer<'static, KeyPair>,
    public_key: [u8; 32],
    certificate: CertificateDer<'static>,
    root: CertificateDer<'static>,
}

/// Both, as they are when they have just been made.
#[derive(Debug)]
pub struct Authority {
    /// To be carried away.
    pub root: Root,
    /// To be brought to central.
    pub issuer: Issuer,
    /// The authority of the offices' screens.
    pub screens: ScreensAuthority,
}

impl Authority {
    /// A new root and its first issuing key, and the same for screens. `now` is Unix seconds.
    pub fn create(now: i64) -> Result<Self, AuthorityError> {
        let root = Root::create(now)?;
        let issuer = root.new_issuer(now)?;
        let screens = ScreensAuthority::create(now)?;
        Ok(Self {
            root,
            issuer,
            screens,
        })
    }
}

impl Root {
    /// A new root key, certified by itself.
    pub fn create(now: i64) -> Result<Self, AuthorityError> {
        let key = new_key()?;
        let params = root_params(now, &key)?;
        let certificate = params.self_signed(&key).map_err(AuthorityError::Library)?;
        Ok(Self {
            key,
            certificate: certificate.der().clone(),
        })
    }

    /// The root in these PEM texts.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, AuthorityError> {
        let key = read_key(key, "root")?;
        let certificate = read_certificate(certificate, "root")?;
        belongs(&key, &certificate, "root")?;
        Ok(Self { key, certificate })
    }

    /// A new issuing key, certified by this root.
    pub fn new_issuer(&self, now: i64) -> Result<Issuer, AuthorityError> {
        let key = new_key()?;
        let validity = Validity::from_now(now, ISSUING_DAYS)?;
        let public_key = public_key_of(&key, "issuing")?;
        let params = authority_params("NPD issuing", Some(0), validity, &public_key);
        let signer = rcgen::Issuer::from_ca_cert_der(&self.certificate, &self.key)
            .map_err(AuthorityError::Library)?;
        let certificate = params
            .signed_by(&key, &signer)
            .map_err(AuthorityError::Library)?;
        Issuer::new(self.certificate.clone(), certificate.der().clone(), key)
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

impl Issuer {
    /// The issuing key in these PEM texts.
    pub fn from_pem(root: &str, certificate: &str, key: &str) -> Result<Self, AuthorityError> {
        let root = read_certificate(root, "root")?;
        let certificate = read_certificate(certificate, "issuing")?;
        Self::new(root, certificate, read_key(key, "issuing")?)
    }

    fn new(
        root: CertificateDer<'static>,
        certificate: CertificateDer<'static>,
        key: KeyPair,
    ) -> Result<Self, AuthorityError> {
        belongs(&key, &certificate, "issuing")?;
        let public_key = public_key_of(&key, "issuing")?;
        let signer = rcgen::Issuer::from_ca_cert_der(&certificate, key)
            .map_err(|_| AuthorityError::Certificate { what: "issuing" })?;
        Ok(Self {
            signer,
            public_key,
            certificate,
            root,
        })
    }

    /// A certificate of a node of `office`, for the key in its request (PKCS#10, DER).
    pub fn certify_node(
        &self,
        request: &[u8],
        office: OfficeCode,
        validity: Validity,
    ) -> Result<NodeCertificate, AuthorityError> {
        let (params, key, _) = node_params(request, office, validity)?;
        let leaf = params
            .signed_by(&key, &self.signer)
            .map_err(AuthorityError::Library)?;
        let name = NodeName::from_certificate(leaf.der()).map_err(|_| AuthorityError::Request)?;
        Ok(NodeCertificate {
            chain: vec![leaf.der().to_vec(), self.certificate.to_vec()],
            name,
        })
    }

    /// A key and a certificate for central, which is dialled at these DNS names and addresses:
    /// the chain (leaf, issuing) and the key, both PEM.
    pub fn certify_server(
        &self,
        names: &[String],
        validity: Validity,
    ) -> Result<(String, String), AuthorityError> {
        let key = new_key()?;
        let params = server_params(names, validity, &public_key_of(&key, "central")?)?;
        let leaf = params
            .signed_by(&key, &self.signer)
            .map_err(AuthorityError::Library)?;
        let chain = format!("{}{}", pem_of(leaf.der()), pem_of(&self.certificate));
        Ok((chain, key.serialize_pem()))
    }

    /// The public half of the issuing key, with which join tokens are verified.
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    /// The issuing certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The root that signed it.
    pub fn root(&self) -> &CertificateDer<'static> {
        &self.root
    }

    /// BLAKE3 of the root, as join tokens carry it.
    pub fn root_fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.root)
    }

    /// The issuing key as PEM (PKCS#8): a secret.
    pub fn key_pem(&self) -> String {
        self.signer.key().serialize_pem()
    }

    /// Signs bytes that begin with a context of their own, so that they are never a certificate.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<[u8; 64], AuthorityError> {
        let signature = self
            .signer
            .key()
            .sign(message)
            .map_err(AuthorityError::Library)?;
        signature
            .try_into()
            .map_err(|_| AuthorityError::Key { what: "issuing" })
    }
}

impl std::fmt::Debug for Root {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Root").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer").finish_non_exhaustive()
    }
}

/// The certificate as PEM.
pub fn pem_of(certificate: &CertificateDer<'_>) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let base64 = data_encoding::BASE64.encode(certificate);
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = next;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

fn new_key() -> Result<KeyPair, AuthorityError> {
    KeyPair::generate_for(&PKCS_ED25519).map_err(AuthorityError::Library)
}

fn root_params(now: i64, key: &KeyPair) -> Result<CertificateParams, AuthorityError> {
    let validity = Validity::from_now(now, ROOT_DAYS)?;
    Ok(authority_params(
        "NPD root",
        Some(1),
        validity,
        &public_key_of(key, "root")?,
    ))
}

pub(crate) fn read_certificate(
    pem: &str,
    what: &'static str,
) -> Result<CertificateDer<'static>, AuthorityError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| AuthorityError::Certificate { what })
}

/// Refuses a key that is not the one in the certificate.
pub(crate) fn belongs(
    key: &KeyPair,
    certificate: &CertificateDer<'_>,
    what: &'static str,
) -> Result<(), AuthorityError> {
    let (_, parsed) =
        X509Certificate::from_der(certificate).map_err(|_| AuthorityError::Certificate { what })?;
    if parsed.public_key().subject_public_key.data.as_ref() == key.public_key_raw() {
        Ok(())
    } else {
        Err(AuthorityError::Mismatch { what })
    }
}
