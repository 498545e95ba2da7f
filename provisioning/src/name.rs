//! Who a node's certificate says it is: `npd://commune/00004/node/<32 hex>`.

use registry::{NodeId, OfficeCode};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::error::NameError;

/// The object identifier of Ed25519 (RFC 8410).
pub(crate) const ED25519: &str = "1.3.101.112";
const PREFIX: &str = "npd://commune/";
const MIDDLE: &str = "/node/";

/// A node is named by its key: the first 16 bytes of BLAKE3 of the 32 raw bytes of its Ed25519
/// public key. So a name cannot be given to another device, and needs no list to be unique.
pub fn node_id_of(public_key: &[u8; 32]) -> NodeId {
    let mut bytes = [0; 16];
    blake3::Hasher::new()
        .update(public_key)
        .finalize_xof()
        .fill(&mut bytes);
    NodeId::new(bytes)
}

/// What a node's certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeName {
    /// The commune that it serves.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// When the certificate begins to be valid, Unix seconds.
    pub not_before: i64,
    /// When the certificate ends to be valid, Unix seconds.
    pub not_after: i64,
}

impl NodeName {
    /// Reads it from a certificate. The signature is not looked at: TLS has verified it.
    pub fn from_certificate(der: &[u8]) -> Result<Self, NameError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| NameError::Unreadable)?;
        let key = &certificate.tbs_certificate.subject_pki;
        if key.algorithm.algorithm.to_id_string() != ED25519 {
            return Err(NameError::KeyKind);
        }
        let public_key: [u8; 32] = key
            .subject_public_key
            .data
            .as_ref()
            .try_into()
            .map_err(|_| NameError::KeyKind)?;
        let names = certificate
            .subject_alternative_name()
            .map_err(|_| NameError::Unreadable)?
            .ok_or(NameError::NotANode)?;
        let [GeneralName::URI(uri)] = names.value.general_names.as_slice() else {
            return Err(NameError::NotANode);
        };
        let (office, node) = parse(uri).ok_or(NameError::NotANode)?;
        if node != node_id_of(&public_key) {
            return Err(NameError::NotItsKey);
        }
        let validity = certificate.validity();
        let (not_before, not_after) = (
            validity.not_before.timestamp(),
            validity.not_after.timestamp(),
        );
        Ok(Self {
            office,
            node,
            public_key,
            not_before,
            not_after,
        })
    }

    /// The name as it stands in the certificate.
    pub fn uri(&self) -> String {
        uri(self.office, self.node)
    }

    /// When to ask for the next certificate: at half of this one's life, Unix seconds.
    pub fn renew_at(&self) -> i64 {
        self.not_before.midpoint(self.not_after)
    }
}

pub(crate) fn uri(office: OfficeCode, node: NodeId) -> String {
    format!("{PREFIX}{office}{MIDDLE}{node}")
}

fn parse(uri: &str) -> Option<(OfficeCode, NodeId)> {
    let (office, node) = uri.strip_prefix(PREFIX)?.split_once(MIDDLE)?;
    let parsed = (office.parse().ok()?, node.parse().ok()?);
    // One spelling only: what is read must be what is written.
    (self::uri(parsed.0, parsed.1) == uri).then_some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling() {
        let node = node_id_of(&[7; 32]);
        let good = uri(OfficeCode::new(4).unwrap(), node);
        assert_eq!(parse(&good), Some((OfficeCode::new(4).unwrap(), node)));
        let upper = good.replace(&node.to_string(), &node.to_string().to_uppercase());
        for bad in [
            upper.as_str(),
            &good.replace("00004", "4"),
            &good.replace("00004", " 00004"),
            &good.replace("npd:", "http:"),
            &format!("{good}/"),
            "",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
