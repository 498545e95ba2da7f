//! A person's name: letters of any language of Viet Nam, in the order surname … given name.
//!
//! How a name is searched is in [`crate::search`]; the folds are in [`crate::text`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

use crate::text::{TextError, bounded, clean, is_latin_letter, mend_twins, same_text};
use crate::words::{Said, Tells, told_in_english, words};

/// Characters that a name may have.
pub const NAME_CHARS_MAX: usize = 120;

/// A text that cannot be a person's name (Civil Code 2015, Article 26: no digits, no signs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// Empty, or too long.
    Text(TextError),
    /// A digit.
    Digit,
    /// A sign other than an apostrophe or a hyphen.
    Sign,
    /// Signs alone.
    NoLetter,
}

impl Tells for NameError {
    fn said(&self) -> Said {
        match self {
            Self::Text(wrong) => {
                let wrong = wrong.said();
                Said {
                    vi: format!("họ tên có từ 1 đến {NAME_CHARS_MAX} ký tự: {}", wrong.vi),
                    en: format!(
                        "a name must be 1 to {NAME_CHARS_MAX} characters: {}",
                        wrong.en
                    ),
                }
            }
            Self::Digit => words(
                "họ tên không có chữ số; viết số bằng chữ, ghi chú khác thì để ở mục khác",
                "a name has no digits: write numbers in words, other notes in another field",
            )
            .into(),
            Self::Sign => words(
                "họ tên không có dấu nào ngoài dấu lược và gạch nối; bỏ dấu đó",
                "a name has no signs except apostrophe and hyphen: remove the sign",
            )
            .into(),
            Self::NoLetter => words(
                "họ tên phải có ít nhất một chữ cái; ghi họ tên",
                "a name needs at least one letter: write the name",
            )
            .into(),
        }
    }
}
told_in_english!(NameError);

impl NameError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(error) => error.code(),
            Self::Digit => "name_digit",
            Self::Sign => "name_sign",
            Self::NoLetter => "name_no_letter",
        }
    }
}

/// A person's full name in NFC with single spaces.
///
/// `Debug` is redacted and there is no `Display`, so that a name reaches a screen only on purpose.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Cleans `text` and takes it if it can be a name. Letters that only look like `Đ` (ETH and
    /// the African D of old files) become `Đ`: no language of the country has them. Letters of
    /// another alphabet among Latin ones become the Latin ones that they look like.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let cleaned = bounded(text, NAME_CHARS_MAX).map_err(NameError::Text)?;
        let mut has_letter = false;
        for c in cleaned.chars() {
            if c.is_ascii_alphabetic() || is_latin_letter(c) {
                has_letter = true;
                continue;
            }
            if c.is_numeric() {
                return Err(NameError::Digit);
            }
            let letter = c.is_alphabetic();
            has_letter |= letter;
            if !letter && !is_combining_mark(c) && !matches!(c, ' ' | '\'' | '’' | '-') {
                return Err(NameError::Sign);
            }
        }
        if !has_letter {
            return Err(NameError::NoLetter);
        }
        let repaired = if cleaned.contains(['Ð', 'ð', 'Ɖ', 'ɖ']) {
            cleaned.replace(['Ð', 'Ɖ'], "Đ").replace(['ð', 'ɖ'], "đ")
        } else {
            cleaned.into_owned()
        };
        // A Latin letter may compose with the mark that its twin stood beside.
        Ok(Self(match mend_twins(&repaired) {
            Some(mended) => clean(&mended).into_owned(),
            None => repaired,
        }))
    }
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Its words, surname first.
    pub fn words(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split(' ')
    }
    /// The last word, by which lists of persons are sorted.
    pub fn given(&self) -> &str {
        self.words().next_back().unwrap_or_default()
    }
    /// The first word.
    pub fn surname(&self) -> &str {
        self.words().next().unwrap_or_default()
    }
    /// Whether two names differ in nothing but form; see [`same_text`].
    pub fn same_as(&self, other: &Self) -> bool {
        same_text(&self.0, &other.0)
    }
}

impl FromStr for PersonName {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}
impl TryFrom<String> for PersonName {
    type Error = Said;
    fn try_from(text: String) -> Result<Self, Said> {
        Self::parse(&text).map_err(|wrong| wrong.said())
    }
}
impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_peoples_are_taken() {
        for (given, stored) in [
            ("Nguyễn Văn Đức", "Nguyễn Văn Đức"),
            (" nguyễn  văn đức ", "nguyễn văn đức"),
            ("H'Hen Niê", "H'Hen Niê"),
            ("H’Čĕ Ñŏ", "H’Čĕ Ñŏ"),
            ("Y Moan Ênuôl", "Y Moan Ênuôl"),
            ("Bru-Vân", "Bru-Vân"),
            ("Ðặng", "Đặng"),
            ("Тrần Ðức", "Trần Đức"),
            ("Иван", "Иван"),
            // The mark stands beside a Cyrillic letter that has no form with it.
            ("Trа\u{309}n", "Trản"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("Ơ", "Ơ"),
        ] {
            assert_eq!(PersonName::parse(given).unwrap().as_str(), stored);
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        for (given, code) in [
            ("", "text_empty"),
            ("Nguyễn Văn 2", "name_digit"),
            ("Nguyễn (Đức)", "name_sign"),
            ("Nguyễn. Đức", "name_sign"),
            ("Nguyễn/Đức", "name_sign"),
            ("' -", "name_no_letter"),
            ("a\u{7}b", "text_control_character"),
        ] {
            assert_eq!(
                PersonName::parse(given).unwrap_err().code(),
                code,
                "{given}"
            );
        }
        assert!(PersonName::parse(&"a".repeat(120)).is_ok());
        assert_eq!(
            PersonName::parse(&"a".repeat(121)).unwrap_err().code(),
            "text_too_long"
        );
    }

    #[test]
    fn surname_is_first_and_given_name_last() {
        let name = PersonName::parse("Trần Thị Thu Hà").unwrap();
        assert_eq!((name.surname(), name.given()), ("Trần", "Hà"));
        let single = PersonName::parse("Lù").unwrap();
        assert_eq!((single.surname(), single.given()), ("Lù", "Lù"));
        assert!(name.same_as(&PersonName::parse("TRẦN THỊ THU HÀ").unwrap()));
        assert!(!name.same_as(&PersonName::parse("Trần Thị Thu Hạ").unwrap()));
    }

    #[test]
    fn a_name_is_not_shown_by_debug_and_is_parsed_when_read() {
        let name = PersonName::parse("Trần Thị Hà").unwrap();
        assert_eq!(format!("{name:?}"), "PersonName(…)");
        let bytes = postcard::to_stdvec(&name).unwrap();
        assert_eq!(postcard::from_bytes::<PersonName>(&bytes).unwrap(), name);
        assert!(serde_json::from_str::<PersonName>("\"Trần 2\"").is_err());
    }
}
