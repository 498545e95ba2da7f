//! The certificates that the issuing key signs: small, because an office pays for them in bytes at
//! every full handshake. Names and extensions are the fewest with which X.509 verification works.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, PKCS_ED25519, PublicKeyData, SanType,
    SerialNumber,
};
use registry::OfficeCode;
use rustls_pki_types::CertificateSigningRequestDer;
use time::OffsetDateTime;

use crate::error::AuthorityError;
use crate::name::{NodeName, node_id_of, uri};
use crate::node_key::public_key_of;

/// How long a node's certificate is valid unless said otherwise, days.
pub const CERTIFICATE_DAYS_NODE: u32 = 90;
/// How long central's certificate is valid unless said otherwise, days.
pub const CERTIFICATE_DAYS_CENTRAL: u32 = 365;

const DAY_S: i64 = 86_400;
/// A certificate begins this much before it is made, for peers whose clock is behind, seconds.
const BACKDATED_S: i64 = 3600;

/// From when to when a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
}

impl Validity {
    /// From `now` (Unix seconds; an hour earlier, for clocks that are behind) for `days`.
    pub fn from_now(now: i64, days: u32) -> Result<Self, AuthorityError> {
        let end = now.checked_add(i64::from(days).saturating_mul(DAY_S));
        let start = now.checked_sub(BACKDATED_S);
        let (Some(start), Some(end), 1..) = (start, end, days) else {
            return Err(AuthorityError::Validity);
        };
        let time =
            |unix| OffsetDateTime::from_unix_timestamp(unix).map_err(|_| AuthorityError::Validity);
        Ok(Self {
            not_before: time(start)?,
            not_after: time(end)?,
        })
    }

    /// When it ends, Unix seconds.
    pub fn ends_s(&self) -> i64 {
        self.not_after.unix_timestamp()
    }
}

/// A certificate of a node, with what goes with it in a handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCertificate {
    /// The leaf, then the issuing certificate; DER.
    pub chain: Vec<Vec<u8>>,
    /// What the leaf says.
    pub name: NodeName,
}

/// An authority's own certificate: it may sign certificates, `below` of them in a row.
pub(crate) fn authority_params(
    name: &str,
    below: Option<u8>,
    validity: Validity,
    public_key: &[u8],
) -> CertificateParams {
    let mut params = empty_params(validity, public_key);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(below.map_or(
        BasicConstraints::Unconstrained,
        BasicConstraints::Constrained,
    ));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

/// Central's certificate: names and addresses at which it is dialled.
pub(crate) fn server_params(
    names: &[String],
    validity: Validity,
    public_key: &[u8; 32],
) -> Result<CertificateParams, AuthorityError> {
    let Some(first) = names.first() else {
        return Err(AuthorityError::ServerName {
            name: String::new(),
        });
    };
    let mut params = empty_params(validity, public_key);
    for name in names {
        let unusable = || AuthorityError::ServerName { name: name.clone() };
        params.subject_alt_names.push(match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) if !is_dns_name(name) => return Err(unusable()),
            Err(_) => SanType::DnsName(name.as_str().try_into().map_err(|_| unusable())?),
        });
    }
    params
        .distinguished_name
        .push(DnType::CommonName, first.as_str());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

/// A node's certificate for the key in its request. Of the request only the key counts, and the
/// signature that proves that the node owns it.
pub(crate) fn node_params(
    request: &[u8],
    office: OfficeCode,
    validity: Validity,
) -> Result<(CertificateParams, impl PublicKeyData, [u8; 32]), AuthorityError> {
    let request = CertificateSigningRequestDer::from(request);
    let request =
        CertificateSigningRequestParams::from_der(&request).map_err(|_| AuthorityError::Request)?;
    let key = request.public_key;
    if PublicKeyData::algorithm(&key) != &PKCS_ED25519 {
        return Err(AuthorityError::Request);
    }
    let public_key = public_key_of(&key, "node").map_err(|_| AuthorityError::Request)?;
    let mut params = empty_params(validity, &public_key);
    let name = uri(office, node_id_of(&public_key));
    let name = name.as_str().try_into().map_err(AuthorityError::Library)?;
    params.subject_alt_names = vec![SanType::URI(name)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Ok((params, key, public_key))
}

pub(crate) fn empty_params(validity: Validity, public_key: &[u8]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.distinguished_name = DistinguishedName::new();
    params.serial_number = Some(serial(validity, public_key));
    params
}

/// Eight bytes that differ for each key and each second in which it is certified; positive, and
/// never starting with a zero byte.
fn serial(validity: Validity, public_key: &[u8]) -> SerialNumber {
    let mut hasher = blake3::Hasher::new_derive_key("npd certificate serial 1");
    hasher.update(public_key);
    hasher.update(&validity.not_before.unix_timestamp().to_le_bytes());
    hasher.update(&validity.not_after.unix_timestamp().to_le_bytes());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    let number = (u64::from_be_bytes(bytes) & (u64::MAX >> 1)) | (1 << 62);
    SerialNumber::from_slice(&number.to_be_bytes())
}

fn is_dns_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}
