//! The one clean form in which text is stored: NFC, single plain spaces, nothing invisible.

use std::borrow::Cow;

use crate::words::{Said, Tells, told_in_english, words};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text that cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// Nothing is left once the spaces are gone.
    Empty,
    /// More characters than the field holds.
    TooLong {
        /// Characters given.
        length: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A control character, which no keyboard of an office types.
    Control,
}

impl Tells for TextError {
    fn said(&self) -> Said {
        match self {
            Self::Empty => words(
                "chưa có nội dung; ghi nội dung hoặc bỏ mục này",
                "the text is empty: write something or leave the field out",
            )
            .into(),
            Self::TooLong { length, max } => Said {
                vi: format!("có {length} ký tự, mục này chỉ chứa {max}; viết ngắn lại"),
                en: format!("the text has {length} characters, the field holds {max}: shorten it"),
            },
            Self::Control => words(
                "có ký tự điều khiển không nhìn thấy; gõ lại, không dán",
                "the text holds a control character: type it again instead of pasting it",
            )
            .into(),
        }
    }
}
told_in_english!(TextError);

impl TextError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "text_empty",
            Self::TooLong { .. } => "text_too_long",
            Self::Control => "text_control_character",
        }
    }
}

/// [`clean`] text of 1 to `max` characters, without control characters.
pub fn bounded(text: &str, max: usize) -> Result<Cow<'_, str>, TextError> {
    // Refused before the work of cleaning: 16 bytes are enough for any letter with its marks.
    if text.len() > max.saturating_mul(16) {
        return Err(TextError::TooLong {
            length: text.chars().count(),
            max,
        });
    }
    let cleaned = clean(text);
    let length = cleaned.chars().count();
    if length == 0 {
        Err(TextError::Empty)
    } else if length > max {
        Err(TextError::TooLong { length, max })
    } else if cleaned.chars().any(char::is_control) {
        Err(TextError::Control)
    } else {
        Ok(cleaned)
    }
}

/// NFC, without invisible characters, with single plain spaces and none at the ends.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Nearly all that is ever read was clean when it was written, and every record that comes over
    // the line or from the disk is read through here.
    if is_plainly_clean(text) {
        return Cow::Borrowed(text);
    }
    let trimmed = text.trim_matches(|c: char| is_blank(c) || is_invisible(c));
    let spaced = if has_stray_space(trimmed) {
        let mut result = String::with_capacity(trimmed.len());
        for c in trimmed.chars().filter(|c| !is_invisible(*c)) {
            if !is_blank(c) {
                result.push(c);
            } else if !result.ends_with(' ') {
                result.push(' ');
            }
        }
        Cow::Owned(result)
    } else {
        Cow::Borrowed(trimmed)
    };
    match is_nfc_quick(spaced.chars()) {
        IsNormalized::Yes => spaced,
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(spaced.nfc().collect()),
    }
}

/// Whether a text is clean for a reason that is quickly seen: visible ASCII and precomposed Latin
/// letters, all of which are their own NFC, with single spaces between them.
fn is_plainly_clean(text: &str) -> bool {
    let mut after_space = true;
    for c in text.chars() {
        let space = c == ' ';
        if (space && after_space) || !(space || c.is_ascii_graphic() || is_latin_letter(c)) {
            return false;
        }
        after_space = space;
    }
    !after_space || text.is_empty()
}

/// A precomposed letter of the Latin blocks, which hold all of Vietnamese.
pub(crate) const fn is_latin_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

fn has_stray_space(text: &str) -> bool {
    let mut after_space = false;
    text.chars().any(|c| {
        let space = c == ' ';
        let stray = (space && after_space) || (is_blank(c) && !space) || is_invisible(c);
        after_space = space;
        stray
    })
}

/// Every kind of space, the no-break space of spreadsheets and web pages among them.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
}

/// Zero-width characters, soft hyphen, direction marks, byte-order mark.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_gives_one_form() {
        for (dirty, expected) in [
            ("Nguyễn Văn Đức", "Nguyễn Văn Đức"),
            ("  Nguyễn   Văn\u{A0}Đức\u{200B}\n", "Nguyễn Văn Đức"),
            ("\u{FEFF}Ho\u{300}a", "Hòa"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("H\u{AD}Mông", "HMông"),
            (" \u{200B} ", ""),
            ("a \u{200B} b", "a b"),
        ] {
            assert_eq!(clean(dirty), expected);
            assert_eq!(clean(expected), expected, "cleaning twice changes nothing");
        }
        assert!(
            matches!(clean("Trần Thị Bé"), Cow::Borrowed(_)),
            "clean text is not copied"
        );
    }

    #[test]
    fn every_letter_of_the_quick_way_is_its_own_nfc_and_a_letter() {
        for c in ('\u{c0}'..='\u{24f}').chain('\u{1e00}'..='\u{1eff}') {
            if is_latin_letter(c) {
                let text = c.to_string();
                assert_eq!(text.nfc().collect::<String>(), text, "{c}");
                assert!(c.is_alphabetic(), "{c}");
            }
        }
        for text in [
            "",
            "a",
            "Nguyễn Văn Đức",
            "H'Ngơ",
            " a",
            "a ",
            "a  b",
            "a\u{a0}b",
            "e\u{301}",
        ] {
            let slow = text.nfc().collect::<String>();
            let slow = slow.split([' ', '\u{a0}']).filter(|word| !word.is_empty());
            assert_eq!(clean(text), slow.collect::<Vec<_>>().join(" "), "{text:?}");
        }
    }
}
