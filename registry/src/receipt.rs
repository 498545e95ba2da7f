//! The receipt that a citizen takes home: what an office took in, signed by its device, as a text
//! that fits a square code. Any node or phone can verify it with the authority's root alone.
//!
//! ```text
//! text      := "VNR1:" base45( COSE_Sign1 )                      RFC 9285, RFC 9052 (tag 18)
//! protected := { 1: -8 (EdDSA), 33: [device's certificate, issuing one] }          RFC 9360, DER
//! payload   := { 1: act, 2: procedure, 3: office, 4: [life, number], 5: when entered, 6: error,
//!                7: BLAKE3 of the act, 8: standing, 9: when printed }
//! ```
//!
//! **It names nobody.** Whose act it is stands on the paper beside it; whoever photographs the code
//! learns where and when something of a kind was done (`docs/adr`). Signing and verifying are not
//! here: keys and certificates are the shell's ([`Unsigned::signed_bytes`], [`Signed::signed_bytes`]).

mod base45;
mod content;

pub use content::{ReceiptContent, Standing};

use coset::cbor::Value;
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, Label, ProtectedHeader,
    TaggedCborSerializable, iana,
};

use crate::{ActId, OfficeCode};

/// What begins the text.
pub const PREFIX: &str = "VNR1:";
/// Longest text: far above a square code of version 25, level M (1,451 characters).
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Longest certificate in one, bytes.
const CERTIFICATE_BYTES_MAX: usize = 900;
/// COSE header of the chain of certificates.
const X5CHAIN: i64 = 33;
/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// Why a text is no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptMalformed {
    /// It begins otherwise.
    #[error("this is no receipt of an office: its text begins with {PREFIX}")]
    Prefix,
    /// Too long.
    #[error("this is too long for a receipt")]
    TooLong,
    /// Its letters are not those of a receipt: a letter was typed or read wrongly.
    #[error("the text of the receipt is damaged: scan it once more")]
    Damaged,
    /// It is of a later release.
    #[error("the receipt is of a newer form: upgrade this program")]
    Newer,
}

impl ReceiptMalformed {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            ReceiptMalformed::Prefix => "receipt_prefix",
            ReceiptMalformed::TooLong => "receipt_too_long",
            ReceiptMalformed::Damaged => "receipt_damaged",
            ReceiptMalformed::Newer => "receipt_newer",
        }
    }
}

/// A receipt to be signed.
#[derive(Debug, Clone)]
pub struct Unsigned(CoseSign1);

/// A receipt with its signature, which nobody has looked at yet.
#[derive(Debug, Clone)]
pub struct Signed {
    /// What it says.
    pub content: ReceiptContent,
    /// The device's certificate and the issuing one, DER.
    pub chain: [Vec<u8>; 2],
    /// Ed25519 signature of [`Signed::signed_bytes`] by the device's key.
    pub signature: [u8; SIGNATURE_BYTES],
    message: CoseSign1,
}

impl Unsigned {
    /// A receipt of a device with these certificates.
    pub fn new(content: &ReceiptContent, chain: [&[u8]; 2]) -> Result<Unsigned, ReceiptMalformed> {
        if chain.iter().any(|it| it.len() > CERTIFICATE_BYTES_MAX) {
            return Err(ReceiptMalformed::TooLong);
        }
        let chain = chain.map(|it| Value::Bytes(it.to_vec())).to_vec();
        let header = HeaderBuilder::new()
            .algorithm(iana::Algorithm::EdDSA)
            .value(X5CHAIN, Value::Array(chain))
            .build();
        let payload = content.to_cbor().to_vec();
        let payload = payload.map_err(|_| ReceiptMalformed::Damaged)?;
        let message = CoseSign1Builder::new().protected(header).payload(payload);
        Ok(Unsigned(message.build()))
    }

    /// What the device's key signs.
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.0.tbs_data(&[])
    }

    /// The text with the signature.
    pub fn to_text(
        mut self,
        signature: &[u8; SIGNATURE_BYTES],
    ) -> Result<String, ReceiptMalformed> {
        self.0.signature = signature.to_vec();
        text_of(self.0)
    }
}

impl Signed {
    /// Reads a text. There is one spelling of each receipt; any other is damaged.
    pub fn parse(text: &str) -> Result<Signed, ReceiptMalformed> {
        let text = text.trim();
        if text.len() > TEXT_CHARS_MAX {
            return Err(ReceiptMalformed::TooLong);
        }
        let body = text.strip_prefix(PREFIX).ok_or(ReceiptMalformed::Prefix)?;
        let bytes = base45::decode(body).ok_or(ReceiptMalformed::Damaged)?;
        let damaged = |_| ReceiptMalformed::Damaged;
        let message = CoseSign1::from_tagged_slice(&bytes).map_err(damaged)?;
        let payload = message.payload.as_deref().unwrap_or_default();
        let payload = Value::from_slice(payload).map_err(damaged)?;
        let content = ReceiptContent::from_cbor(payload)?;
        let chain = chain_of(&message.protected).ok_or(ReceiptMalformed::Damaged)?;
        let signature = message.signature.as_slice().try_into();
        let signature = signature.map_err(|_| ReceiptMalformed::Damaged)?;
        let [device, issuing] = &chain;
        let again = Unsigned::new(&content, [device, issuing])?.to_text(&signature)?;
        if again != text {
            return Err(ReceiptMalformed::Damaged);
        }
        Ok(Signed {
            content,
            chain,
            signature,
            message,
        })
    }

    /// What the device's key signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.message.tbs_data(&[])
    }
}

fn text_of(message: CoseSign1) -> Result<String, ReceiptMalformed> {
    let bytes = message.to_tagged_vec();
    let bytes = bytes.map_err(|_| ReceiptMalformed::Damaged)?;
    let text = format!("{PREFIX}{}", base45::encode(&bytes));
    if text.len() > TEXT_CHARS_MAX {
        return Err(ReceiptMalformed::TooLong);
    }
    Ok(text)
}

fn chain_of(protected: &ProtectedHeader) -> Option<[Vec<u8>; 2]> {
    let [(Label::Int(X5CHAIN), Value::Array(chain))] = protected.header.rest.as_slice() else {
        return None;
    };
    let [Value::Bytes(device), Value::Bytes(issuing)] = chain.as_slice() else {
        return None;
    };
    Some([device.clone(), issuing.clone()])
}

/// What the citizen says on the telephone: the office and eight letters of the act.
pub fn tracking_code(office: OfficeCode, act: &ActId) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let five = act
        .as_bytes()
        .first_chunk::<5>()
        .copied()
        .unwrap_or_default();
    let number = five
        .iter()
        .fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
    let letter = |place: u32| {
        let index = usize::try_from((number >> (5 * place)) & 31).unwrap_or(0);
        char::from(LETTERS.get(index).copied().unwrap_or(b'a'))
    };
    let letters: String = (0..8).rev().map(letter).collect();
    let (high, low) = letters.split_at_checked(4).unwrap_or((&letters, ""));
    format!("{office}-{high}-{low}")
}

#[cfg(test)]
mod tests;
