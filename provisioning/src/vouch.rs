//! Whether a device vouches for a receipt: its certificate leads to the root, and its key signed.
//! Needs no line and no list, only the authority's root.
//!
//! What a certificate cannot tell is not told: a device whose key was stolen signs as well as it ever
//! did, and that it was shut out is known at the centre alone.

use ed25519_dalek::{Signature, VerifyingKey};
use registry::receipt::{ReceiptContent, ReceiptMalformed, Signed};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::NodeName;

/// A receipt that is not printed by the clock that reads it may lie so far ahead, seconds.
const CLOCKS_APART_S: i64 = 86_400;

/// A receipt that a device of the authority has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub content: ReceiptContent,
    /// The device, as its certificate says.
    pub device: NodeName,
    /// What is odd about it, and no reason to refuse it.
    pub doubts: Vec<Doubt>,
}

/// What is odd about a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The device's certificate was over, or not yet valid, by the device's own clock: an office that
    /// is dark for long works on.
    CertificateTime,
    /// It is from the future, by the clock of whoever reads it: one of the two clocks is wrong.
    Ahead,
    /// The office in the receipt is not that of the certificate: a decree made one of the other.
    OtherOffice,
    /// The device's clock was never compared with the centre's.
    ClockUnknown,
}

impl Doubt {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Doubt::CertificateTime => "the device's certificate was not valid at that time",
            Doubt::Ahead => "it is dated in the future: one of the clocks is wrong",
            Doubt::OtherOffice => "the device's certificate names another office",
            Doubt::ClockUnknown => "the device's clock was never compared with the centre's",
        }
    }
}

/// Why a receipt is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefused {
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] ReceiptMalformed),
    /// A certificate in it cannot be read, or is of no device.
    #[error("the certificate in the receipt is none of a device of an office")]
    Certificate,
    /// Its certificates do not lead to the root.
    #[error(
        "the receipt is of another authority, or forged: its certificates do not lead to the root"
    )]
    Untrusted,
    /// The signature is wrong.
    #[error("the receipt is forged or damaged: its signature does not fit")]
    Signature,
    /// The root that was given is none.
    #[error("the root certificate cannot be used: give the authority's root.pem")]
    Root,
}

impl ReceiptRefused {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            ReceiptRefused::Malformed(error) => error.code(),
            ReceiptRefused::Certificate => "receipt_certificate",
            ReceiptRefused::Untrusted => "receipt_untrusted",
            ReceiptRefused::Signature => "receipt_signature_wrong",
            ReceiptRefused::Root => "receipt_root",
        }
    }
}

/// Verifies the text of a receipt with the root's certificate (DER). `now_s` is the time of whoever
/// reads it, seconds since 1970.
pub fn verify_receipt(text: &str, root: &[u8], now_s: i64) -> Result<Verified, ReceiptRefused> {
    let receipt = Signed::parse(text)?;
    let root = certificate(root).ok_or(ReceiptRefused::Root)?;
    let root_key = key_of(&root).ok_or(ReceiptRefused::Root)?;
    let [device_der, issuing_der] = &receipt.chain;
    let issuing = certificate(issuing_der).ok_or(ReceiptRefused::Certificate)?;
    let leaf = certificate(device_der).ok_or(ReceiptRefused::Certificate)?;
    let device = NodeName::from_certificate(device_der).map_err(|_| ReceiptRefused::Certificate)?;
    // Without this a device could issue certificates for others.
    let may_issue = issuing.is_ca() && !leaf.is_ca();
    let issuing_key = key_of(&issuing).ok_or(ReceiptRefused::Certificate)?;
    let led = may_issue && signed_by(&issuing, &root_key) && signed_by(&leaf, &issuing_key);
    if !led {
        return Err(ReceiptRefused::Untrusted);
    }
    let key = VerifyingKey::from_bytes(&device.public_key);
    let key = key.map_err(|_| ReceiptRefused::Certificate)?;
    let signature = Signature::from_bytes(&receipt.signature);
    key.verify_strict(&receipt.signed_bytes(), &signature)
        .map_err(|_| ReceiptRefused::Signature)?;
    let doubts = doubts(&receipt.content, &device, now_s);
    Ok(Verified {
        content: receipt.content,
        device,
        doubts,
    })
}

fn doubts(content: &ReceiptContent, device: &NodeName, now_s: i64) -> Vec<Doubt> {
    let (at_s, printed_s) = (content.entered.at_s, content.printed_s);
    let valid = device.not_before..=device.not_after;
    let latest_s = now_s.saturating_add(CLOCKS_APART_S);
    let all = [
        (Doubt::CertificateTime, !valid.contains(&printed_s)),
        (Doubt::Ahead, at_s.max(printed_s) > latest_s),
        (Doubt::OtherOffice, content.office != device.office),
        (Doubt::ClockUnknown, content.entered.error_s == u32::MAX),
    ];
    let found = all.into_iter().filter(|(_, is_so)| *is_so);
    found.map(|(doubt, _)| doubt).collect()
}

fn certificate(der: &[u8]) -> Option<X509Certificate<'_>> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Some(certificate),
        _ => None,
    }
}

fn key_of(certificate: &X509Certificate<'_>) -> Option<VerifyingKey> {
    let key = certificate.public_key();
    let is_ed25519 = key.algorithm.algorithm.to_id_string() == crate::name::ED25519;
    let bytes: &[u8; 32] = key.subject_public_key.data.as_ref().try_into().ok()?;
    VerifyingKey::from_bytes(bytes).ok().filter(|_| is_ed25519)
}

fn signed_by(certificate: &X509Certificate<'_>, key: &VerifyingKey) -> bool {
    let signature = Signature::from_slice(&certificate.signature_value.data);
    let signed = certificate.tbs_certificate.as_ref();
    signature.is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok())
}

#[cfg(test)]
mod tests;
