//! Receipts as texts; certificates are bytes here.

use super::*;
use crate::act::{ActKind, Entered};
use crate::{ActNumber, Incarnation};

fn content() -> ReceiptContent {
    ReceiptContent {
        act: ActId::new([7; 16]),
        kind: ActKind::Birth,
        office: OfficeCode::new(4).unwrap(),
        incarnation: Incarnation::new(1),
        number: ActNumber::new(321),
        entered: Entered {
            at_s: 1_795_230_000,
            error_s: 12,
        },
        act_hash: [9; 32],
        standing: Standing::Provisional,
        printed_s: 1_795_230_060,
    }
}

fn text_of_content(content: &ReceiptContent) -> String {
    let unsigned = Unsigned::new(content, [&[1; 300], &[2; 300]]).unwrap();
    unsigned.to_text(&[3; 64]).unwrap()
}

#[test]
fn a_receipt_is_read_back_whatever_it_says() {
    for standing in Standing::ALL {
        for (at_s, error_s) in [(0, 0), (-1, u32::MAX), (i64::MAX, 1), (i64::MIN, 7)] {
            let content = ReceiptContent {
                standing,
                entered: Entered { at_s, error_s },
                printed_s: at_s,
                number: ActNumber::new(u64::MAX),
                ..content()
            };
            let text = text_of_content(&content);
            let signed = Signed::parse(&format!(" {text}\n")).unwrap();
            assert_eq!(signed.content, content);
            assert_eq!(signed.chain, [vec![1; 300], vec![2; 300]]);
            let unsigned = Unsigned::new(&content, [&[1; 300], &[2; 300]]).unwrap();
            assert_eq!(signed.signed_bytes(), unsigned.signed_bytes());
        }
    }
}

/// The text of a receipt whose members were changed.
fn changed(change: impl Fn(&mut Vec<(Value, Value)>)) -> String {
    let Value::Map(mut pairs) = content().to_cbor() else {
        panic!("a map");
    };
    change(&mut pairs);
    let unsigned = Unsigned::new(&content(), [&[1; 9], &[2; 9]]);
    let mut message = unsigned.unwrap().0;
    message.payload = Some(Value::Map(pairs).to_vec().unwrap());
    message.signature = vec![3; 64];
    text_of(message).unwrap()
}

#[test]
fn what_is_no_receipt_or_spelled_otherwise_is_refused() {
    let good = text_of_content(&content());
    assert!(Signed::parse(&good).is_ok());
    let code = |text: &str| Signed::parse(text).unwrap_err().code();
    assert_eq!(code(""), "receipt_prefix");
    assert_eq!(code("HC1:ABC"), "receipt_prefix");
    assert_eq!(code(&good.to_lowercase()), "receipt_prefix");
    assert_eq!(code(PREFIX), "receipt_damaged");
    assert_eq!(
        code(&format!("{PREFIX}{}", "0".repeat(TEXT_CHARS_MAX))),
        "receipt_too_long"
    );
    for end in (PREFIX.len()..good.len()).step_by(7) {
        assert_eq!(code(good.get(..end).unwrap()), "receipt_damaged", "{end}");
    }
    // The same message with a member more, or with a number written longer than it has to be.
    assert!(Signed::parse(&changed(|_| {})).is_ok());
    assert_eq!(code(&changed(|pairs| pairs.reverse())), "receipt_damaged");
    assert_eq!(code(&changed(|pairs| drop(pairs.pop()))), "receipt_damaged");
    let more = changed(|pairs| pairs.push((Value::Integer(10.into()), Value::Null)));
    assert_eq!(code(&more), "receipt_newer");
    let unknown_kind = changed(|pairs| pairs[1].1 = Value::Integer(250.into()));
    assert_eq!(code(&unknown_kind), "receipt_newer");
    let other_type = changed(|pairs| pairs[2].1 = Value::Text("00004".to_owned()));
    assert_eq!(code(&other_type), "receipt_damaged");
}

#[test]
fn a_tracking_code_has_letters_that_are_not_mistaken() {
    let office = OfficeCode::new(4).unwrap();
    assert_eq!(
        tracking_code(office, &ActId::new([0; 16])),
        "00004-aaaa-aaaa"
    );
    assert_eq!(
        tracking_code(office, &ActId::new([255; 16])),
        "00004-9999-9999"
    );
    let codes: std::collections::BTreeSet<String> = (0..=255)
        .map(|n| tracking_code(office, &ActId::derive("test", &[&[n]])))
        .collect();
    assert_eq!(codes.len(), 256);
}
