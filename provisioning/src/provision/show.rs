//! What a certificate or a token says, for people and for programs; nothing secret.

use std::fmt::Write;

use anyhow::bail;
use provisioning::{JoinToken, NodeName, fingerprint};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::Serialize;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// What was found in a file.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Shown {
    JoinToken {
        id: String,
        commune: String,
        expires: String,
        addresses: Vec<String>,
        server_name: String,
        root_fingerprint: String,
        officer: String,
        officer_name: String,
        roles: Vec<String>,
    },
    Certificates {
        certificates: Vec<ShownCertificate>,
    },
}

#[derive(Debug, Serialize)]
pub(crate) struct ShownCertificate {
    role: &'static str,
    subject: String,
    issuer: String,
    names: Vec<String>,
    commune: Option<String>,
    node: Option<String>,
    not_before: String,
    not_after: String,
    fingerprint: String,
    bytes: usize,
}

/// Finds out what a text is.
pub(crate) fn read(text: &str) -> anyhow::Result<Shown> {
    if text.contains("PRIVATE KEY") {
        bail!("this file holds a private key, which is never shown; show its certificate instead");
    }
    if !text.contains("-----BEGIN") {
        return Ok(of_token(&JoinToken::parse(text)?));
    }
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let Ok(certificate) = certificate else {
            bail!("the PEM text is damaged")
        };
        certificates.push(of_certificate(&certificate)?);
    }
    if certificates.is_empty() {
        bail!("there is no certificate in this file");
    }
    Ok(Shown::Certificates { certificates })
}

pub(crate) fn of_token(token: &JoinToken) -> Shown {
    Shown::JoinToken {
        id: token.id().to_string(),
        commune: token.office().to_string(),
        expires: time(token.expires_at()),
        addresses: token.addresses().to_vec(),
        server_name: token.server_name().to_owned(),
        root_fingerprint: data_encoding::HEXLOWER.encode(token.root_fingerprint()),
        officer: token.officer().id.to_string(),
        officer_name: token.officer().display_name.clone(),
        roles: token.officer().roles.clone(),
    }
}

fn of_certificate(der: &CertificateDer<'_>) -> anyhow::Result<ShownCertificate> {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        bail!("this is not a certificate");
    };
    let node = NodeName::from_certificate(der).ok();
    let role = match &node {
        Some(_) => "node",
        None if !certificate.is_ca() => "server",
        None if certificate.subject() == certificate.issuer() => "root",
        None => "issuing",
    };
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().map(name).collect());
    let validity = certificate.validity();
    Ok(ShownCertificate {
        role,
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names: names.unwrap_or_default(),
        commune: node.map(|node| node.office.to_string()),
        node: node.map(|node| node.node.to_string()),
        not_before: time(validity.not_before.timestamp()),
        not_after: time(validity.not_after.timestamp()),
        fingerprint: data_encoding::HEXLOWER.encode(&fingerprint(der)),
        bytes: der.len(),
    })
}

fn name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => {
            match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
                (Ok(v4), _) => std::net::Ipv4Addr::from(v4).to_string(),
                (_, Ok(v6)) => std::net::Ipv6Addr::from(v6).to_string(),
                _ => "an address that cannot be read".to_owned(),
            }
        }
        _ => "a name of another kind".to_owned(),
    }
}

fn time(unix: i64) -> String {
    jiff::Timestamp::from_second(unix).map_or_else(|_| unix.to_string(), |time| time.to_string())
}

impl Shown {
    /// Two columns: what, and what it is.
    pub(crate) fn to_table(&self) -> String {
        let mut table = String::new();
        let mut row = |what: &str, is: &str| {
            let _ = writeln!(table, "{what:<18}{is}");
        };
        match self {
            Self::JoinToken {
                id,
                commune,
                expires,
                addresses,
                server_name,
                root_fingerprint,
                officer,
                officer_name,
                roles,
            } => {
                row("join token", id);
                row("commune", commune);
                row("expires", expires);
                row("central", &addresses.join(", "));
                row("server name", server_name);
                row("root fingerprint", root_fingerprint);
                row("first officer", &format!("{officer} ({officer_name})"));
                row("roles", &roles.join(", "));
            }
            Self::Certificates { certificates } => {
                for (place, certificate) in certificates.iter().enumerate() {
                    if place > 0 {
                        row("", "");
                    }
                    row("certificate", certificate.role);
                    row("subject", &certificate.subject);
                    row("issuer", &certificate.issuer);
                    row("names", &certificate.names.join(", "));
                    row("valid from", &certificate.not_before);
                    row("valid until", &certificate.not_after);
                    row("fingerprint", &certificate.fingerprint);
                    row("size", &format!("{} bytes", certificate.bytes));
                }
            }
        }
        table
    }
}
