//! Receipts for citizens: what of an act goes into one, signed with the device's key, and shown as a
//! square code. The form of the text is in [`registry::receipt`].

use std::path::PathBuf;

use ed25519_dalek::{Signer, SigningKey};
use provisioning::{ReceiptRefused, Verified, verify_receipt};
use qrcode::render::unicode;
use qrcode::{EcLevel, QrCode};
use registry::ActId;
use registry::receipt::{ReceiptContent, ReceiptMalformed, Standing, Unsigned, tracking_code};

use crate::device::{self, Device, DeviceError};
use crate::office::{ActState, Office, OfficeError};

/// Modules of quiet on each side (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// No such act.
    #[error("this office knows no such act")]
    ActUnknown,
    /// Another device entered it.
    #[error("another device entered this act: it gives the receipt")]
    OfOther,
    /// A power cut might still take it back.
    #[error("the disk has not confirmed this act yet: nothing is promised of it")]
    Unsaved,
    /// The certificate cannot be read.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The act cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// It does not fit.
    #[error(transparent)]
    Form(#[from] ReceiptMalformed),
    /// It does not fit a square code.
    #[error("the text is too long for a square code: print it as letters")]
    TooLarge,
}

impl ReceiptError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ReceiptError::ActUnknown => "act_unknown",
            ReceiptError::OfOther => "receipt_of_other",
            ReceiptError::Unsaved => "act_unsaved",
            ReceiptError::Device(error) => error.code(),
            ReceiptError::Office(error) => error.code(),
            ReceiptError::Form(error) => error.code(),
            ReceiptError::TooLarge => "receipt_too_large",
        }
    }
}

/// Why a receipt could not be believed, or not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The root of this node cannot be read.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// It is not believed.
    #[error(transparent)]
    Refused(#[from] ReceiptRefused),
}

impl VerifyError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            VerifyError::Device(error) => error.code(),
            VerifyError::Refused(error) => error.code(),
        }
    }
}

/// A signed receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What it says.
    pub content: ReceiptContent,
    /// What the citizen says on the telephone.
    pub tracking: String,
    /// The text for the square code.
    pub text: String,
}

/// Signs receipts with the device's key.
#[derive(Debug, Clone)]
pub struct ReceiptDesk {
    dir: PathBuf,
    key: SigningKey,
}

impl ReceiptDesk {
    /// That of a device.
    pub fn of(device: &Device, key: SigningKey) -> ReceiptDesk {
        ReceiptDesk {
            dir: device.dir().to_owned(),
            key,
        }
    }

    /// The root that this node trusts, DER.
    pub fn root(&self) -> Result<Vec<u8>, DeviceError> {
        device::root_certificate(&self.dir.join("root.pem"))
    }

    /// Verifies the text of a receipt of any office, with the root that this node trusts.
    pub fn verify(&self, text: &str, now_s: i64) -> Result<Verified, VerifyError> {
        let root = self.root()?;
        Ok(verify_receipt(text, &root, now_s)?)
    }

    /// The receipt of an act of this device, as the act stands now. Reads the certificate from its
    /// file each time, because the line renews it.
    pub fn receipt(
        &self,
        office: &Office,
        act: &ActId,
        device_s: i64,
    ) -> Result<Receipt, ReceiptError> {
        let content = office.receipt_content(act, device_s)?;
        let chain = device::certificates(&self.dir)?;
        let [device, issuing, ..] = chain.as_slice() else {
            let path = self.dir.join("node.pem");
            return Err(DeviceError::Malformed(path).into());
        };
        let unsigned = Unsigned::new(&content, [device, issuing])?;
        let signature = self.key.sign(&unsigned.signed_bytes()).to_bytes();
        Ok(Receipt {
            tracking: tracking_code(content.office, act),
            text: unsigned.to_text(&signature)?,
            content,
        })
    }
}

impl Office {
    /// What a receipt of an own act says; of an act that is on the disk.
    pub fn receipt_content(
        &self,
        act: &ActId,
        device_s: i64,
    ) -> Result<ReceiptContent, ReceiptError> {
        let view = self.act_view(act)?.ok_or(ReceiptError::ActUnknown)?;
        let (author, body) = self.own_act(act)?.ok_or(ReceiptError::OfOther)?;
        if view.unsaved {
            return Err(ReceiptError::Unsaved);
        }
        let bytes = body.encode().map_err(|_| ReceiptMalformed::TooLong)?;
        Ok(ReceiptContent {
            act: *act,
            kind: body.kind,
            office: view.office.unwrap_or_else(|| self.code()),
            incarnation: author.incarnation,
            number: author.number,
            entered: body.entered,
            act_hash: *blake3::hash(&bytes).as_bytes(),
            standing: standing_of(view.state),
            printed_s: self.meta().corrected_s(device_s),
        })
    }
}

const fn standing_of(state: ActState) -> Standing {
    match state {
        ActState::Provisional | ActState::Waiting => Standing::Provisional,
        ActState::Final => Standing::Final,
        ActState::Disputed => Standing::Disputed,
        ActState::Returned => Standing::Returned,
        ActState::Parked | ActState::Quarantined => Standing::Examined,
        ActState::Withdrawn => Standing::Withdrawn,
        ActState::SetAside => Standing::SetAside,
    }
}

/// The square code as a picture (SVG), black on white, with its quiet zone.
pub fn receipt_svg(text: &str) -> Result<String, ReceiptError> {
    let code = square(text)?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET;
    // A run of dark modules is one stroke: a path for each module weighs ten times as much.
    let mut strokes = String::new();
    for (row, modules) in colors.chunks(width).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            if run.first() == Some(&qrcode::Color::Dark) {
                let (x, y) = (column + QUIET, row + QUIET);
                strokes.push_str(&format!("M{x} {y}.5h{}", run.len()));
            }
            column += run.len();
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path stroke=\"#000\" d=\"{strokes}\"/></svg>"
    ))
}

/// The square code for a terminal, dark on light.
pub fn receipt_blocks(text: &str) -> Result<String, ReceiptError> {
    let code = square(text)?;
    let blocks = code
        .render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build();
    Ok(blocks)
}

fn square(text: &str) -> Result<QrCode, ReceiptError> {
    QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M)
        .map_err(|_| ReceiptError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_code_is_drawn_and_what_does_not_fit_is_refused() {
        let text = format!("VNR1:{}", "A1".repeat(600));
        let picture = receipt_svg(&text).unwrap();
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"));
        // It stands within a page that weighs 150 kB at most.
        assert!(picture.len() < 60_000, "{}", picture.len());
        let blocks = receipt_blocks(&text).unwrap();
        let lines = blocks.lines().count();
        // Version 25 has 117 modules a side, and four of quiet on either.
        assert!((50..=63).contains(&lines), "{lines}");
        let refused = receipt_svg(&"A1".repeat(3000)).unwrap_err();
        assert_eq!(refused.code(), "receipt_too_large");
    }
}
