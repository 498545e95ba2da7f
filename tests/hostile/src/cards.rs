//! What a scanner types: the code of a card, and its three lines.

use registry::card::{CARD_BYTES_MAX, CardRead, EXTRA_MAX, Part, Source, read};
use registry::date::Date;

fn today() -> Date {
    Date::from_ymd(2026, 11, 21).unwrap()
}

/// What holds for whatever was read.
fn hold(card: &CardRead) {
    assert!(card.extra.len() <= EXTRA_MAX);
    assert_eq!(card.pin.digits().len(), 12);
    assert!(
        card.pin.birth_year() <= 2026,
        "nobody is born in the future"
    );
    let told = |part: Part, is_there: bool| is_there || card.is_doubtful(part);
    assert!(told(Part::Name, card.name.is_some()), "silently lost");
    assert!(told(Part::BirthDate, card.birth.is_some()), "silently lost");
    if card.source != Source::Mrz {
        assert!(told(Part::Sex, card.sex.is_some()), "silently lost");
        assert!(told(Part::Address, card.address.is_some()), "silently lost");
        assert!(told(Part::Issued, card.issued.is_some()), "silently lost");
    }
    let shown = format!("{card:?}");
    assert!(!shown.contains(&card.pin.digits()), "a number in Debug");
    let _ = card.warnings();
}

/// A card's code, or anything.
pub(crate) fn code(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    match read(text, today()) {
        Ok(card) => hold(&card),
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
    }
    assert!(text.len() <= CARD_BYTES_MAX || read(text, today()).is_err());
}

/// The three lines, or anything behind the letters with which they begin.
pub(crate) fn lines(bytes: &[u8]) {
    code(bytes);
    let text = format!("IDVNM{}", String::from_utf8_lossy(bytes));
    if let Ok(card) = read(&text, today()) {
        hold(&card);
    }
}
