//! The text of a receipt, as a phone scans it from paper.

use provisioning::{ReceiptRefused, verify_receipt};
use registry::act::{ActKind, Entered};
use registry::receipt::{PREFIX, ReceiptContent, Signed, Standing, TEXT_CHARS_MAX, Unsigned};
use registry::{ActId, ActNumber, Incarnation, OfficeCode};

use crate::joining::authority;

/// A moment of the tests, seconds since 1970.
const NOW_S: i64 = 1_795_230_000;

/// A receipt, or anything behind the letters with which one begins.
pub(crate) fn text(bytes: &[u8]) {
    let given = &*String::from_utf8_lossy(bytes);
    verified(given);
    if !given.trim_start().starts_with(PREFIX) {
        verified(&format!("{PREFIX}{given}"));
    }
}

fn verified(text: &str) {
    match Signed::parse(text) {
        Ok(receipt) => {
            assert!(text.trim().len() <= TEXT_CHARS_MAX);
            // There is one spelling, so what was read is written the same.
            let [device, issuing] = &receipt.chain;
            let again = Unsigned::new(&receipt.content, [device, issuing]).expect("it fitted");
            let again = again.to_text(&receipt.signature).expect("it fitted");
            assert_eq!(again, text.trim());
        }
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
    }
    let root = authority().root.certificate();
    if let Err(error) = verify_receipt(text, root, NOW_S) {
        assert!(!error.code().is_empty() && !error.to_string().is_empty());
        let unreadable = matches!(error, ReceiptRefused::Malformed(_));
        assert_eq!(unreadable, Signed::parse(text).is_err());
    }
}

/// Receipts with certificates that lead to the root and a signature that does not fit, and with what
/// is no certificate.
pub(crate) fn good(certificates: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let content = |standing, error_s| ReceiptContent {
        act: ActId::new([7; 16]),
        kind: ActKind::Birth,
        office: OfficeCode::new(4).expect("a code"),
        incarnation: Incarnation::new(1),
        number: ActNumber::new(321),
        entered: Entered {
            at_s: NOW_S,
            error_s,
        },
        act_hash: [9; 32],
        standing,
        printed_s: NOW_S,
    };
    let short = vec![1, 2, 3];
    let device = certificates.first().unwrap_or(&short);
    let issuing = certificates.get(1).unwrap_or(&short);
    let chains = [[device, issuing], [&short, &short], [issuing, device]];
    let texts = chains
        .into_iter()
        .zip(Standing::ALL)
        .map(|(chain, standing)| {
            let [device, issuing] = chain;
            let content = content(standing, u32::MAX);
            let unsigned = Unsigned::new(&content, [device, issuing]).expect("it fits");
            unsigned.to_text(&[3; 64]).expect("it fits").into_bytes()
        });
    texts.collect()
}
