//! Receipts of devices that an authority has certified.

use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signer, SigningKey};
use registry::act::{ActKind, Entered};
use registry::receipt::{Standing, Unsigned};
use registry::{ActId, ActNumber, Incarnation, OfficeCode};

use super::*;
use crate::{Authority, NodeKey, Validity};

const NOW_S: i64 = 1_795_230_000;
const DAY_S: i64 = 86_400;

struct Office {
    authority: Authority,
    key: SigningKey,
    chain: Vec<Vec<u8>>,
}

fn office_code() -> OfficeCode {
    OfficeCode::new(4).unwrap()
}

fn office() -> Office {
    office_of(Authority::create(NOW_S).unwrap())
}

fn office_of(authority: Authority) -> Office {
    let node = NodeKey::generate().unwrap();
    let validity = Validity::from_now(NOW_S, 90).unwrap();
    let request = node.request().unwrap();
    let made = authority
        .issuer
        .certify_node(&request, office_code(), validity);
    Office {
        key: SigningKey::from_pkcs8_pem(&node.to_pem()).unwrap(),
        chain: made.unwrap().chain,
        authority,
    }
}

fn content() -> ReceiptContent {
    ReceiptContent {
        act: ActId::new([7; 16]),
        kind: ActKind::PermanentRegistration,
        office: office_code(),
        incarnation: Incarnation::new(1),
        number: ActNumber::new(12_345),
        entered: Entered {
            at_s: NOW_S,
            error_s: 3,
        },
        act_hash: [9; 32],
        standing: Standing::Provisional,
        printed_s: NOW_S + 60,
    }
}

impl Office {
    fn receipt(&self, content: &ReceiptContent) -> String {
        self.receipt_with(content, [&self.chain[0], &self.chain[1]])
    }

    fn receipt_with(&self, content: &ReceiptContent, chain: [&[u8]; 2]) -> String {
        let unsigned = Unsigned::new(content, chain).unwrap();
        let signature = self.key.sign(&unsigned.signed_bytes()).to_bytes();
        unsigned.to_text(&signature).unwrap()
    }

    fn verify(&self, text: &str) -> Result<Verified, ReceiptRefused> {
        verify_receipt(text, self.authority.root.certificate(), NOW_S + DAY_S)
    }
}

#[test]
fn a_receipt_is_verified_with_the_root_alone_and_fits_a_square_code() {
    let office = office();
    let text = office.receipt(&content());
    let verified = office.verify(&text).unwrap();
    assert_eq!(verified.content, content());
    assert_eq!(verified.device.office, office_code());
    assert_eq!(verified.doubts, []);
    // Version 25 at level M holds 1,451 letters of this alphabet.
    assert!(text.len() <= 1_451, "{}", text.len());
}

#[test]
fn what_is_changed_or_of_another_authority_is_refused() {
    let (office, other) = (office(), self::office());
    let text = office.receipt(&content());
    assert!(office.verify(&text).is_ok());
    assert_eq!(other.verify(&text), Err(ReceiptRefused::Untrusted));
    // Another content under the same signature.
    let signed = Signed::parse(&text).unwrap();
    let forged = ReceiptContent {
        standing: Standing::Final,
        ..content()
    };
    let unsigned = Unsigned::new(&forged, [&office.chain[0], &office.chain[1]]).unwrap();
    let forged = unsigned.to_text(&signed.signature).unwrap();
    assert_eq!(office.verify(&forged), Err(ReceiptRefused::Signature));
    // Another device's key behind this device's certificate.
    let stranger = office.receipt_with(&content(), [&other.chain[0], &other.chain[1]]);
    assert_eq!(other.verify(&stranger), Err(ReceiptRefused::Signature));
    // Certificates in the wrong places, and the root's own in between.
    let swapped = office.receipt_with(&content(), [&office.chain[1], &office.chain[0]]);
    assert_eq!(office.verify(&swapped), Err(ReceiptRefused::Certificate));
    let mixed = office.receipt_with(&content(), [&office.chain[0], &other.chain[1]]);
    assert_eq!(office.verify(&mixed), Err(ReceiptRefused::Untrusted));
    let root = verify_receipt(&text, b"no root", NOW_S);
    assert_eq!(root, Err(ReceiptRefused::Root));
}

#[test]
fn a_device_issues_no_certificates() {
    // Two devices of one authority: the one stands in the place of the issuing key.
    let office = office();
    let text = office.receipt_with(&content(), [&office.chain[0], &office.chain[0]]);
    assert_eq!(office.verify(&text), Err(ReceiptRefused::Untrusted));
}

#[test]
fn each_letter_counts() {
    let office = office();
    let text = office.receipt(&content());
    for place in (0..text.len()).step_by(31) {
        let mut letters = text.clone().into_bytes();
        letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(letters).unwrap();
        assert!(office.verify(&changed).is_err(), "{place}");
    }
}

#[test]
fn what_is_odd_is_told_and_not_refused() {
    let office = office();
    let doubts = |content: ReceiptContent| office.verify(&office.receipt(&content)).unwrap().doubts;
    let base = content();
    let late = ReceiptContent {
        printed_s: NOW_S - 400 * DAY_S,
        ..base
    };
    assert_eq!(doubts(late), [Doubt::CertificateTime]);
    let ahead = ReceiptContent {
        printed_s: NOW_S + 10 * DAY_S,
        ..base
    };
    assert_eq!(doubts(ahead), [Doubt::Ahead]);
    let moved = ReceiptContent {
        office: OfficeCode::new(8).unwrap(),
        ..base
    };
    assert_eq!(doubts(moved), [Doubt::OtherOffice]);
    let unknown = ReceiptContent {
        entered: Entered {
            error_s: u32::MAX,
            ..base.entered
        },
        ..base
    };
    assert_eq!(doubts(unknown), [Doubt::ClockUnknown]);
}
