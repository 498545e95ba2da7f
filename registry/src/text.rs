//! Vietnamese text: one clean form to store, one test of sameness, and folds for searching.
//!
//! What a name may contain is in [`crate::name`]; searching itself is in [`crate::search`].

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text that cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left once the spaces are gone.
    #[error("the text is empty: write something or leave the field out")]
    Empty,
    /// More characters than the field holds.
    #[error("the text has {length} characters, the field holds {max}: shorten it")]
    TooLong {
        /// Characters given.
        length: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A control character, which no keyboard of an office types.
    #[error("the text holds a control character: type it again instead of pasting it")]
    Control,
}

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

/// One line of clean text of at most `MAX` characters; may be empty.
///
/// `Debug` is redacted and there is no `Display`: addresses and remarks tell about citizens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Cleans `text` and takes it if it fits.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        match bounded(text, MAX) {
            Err(TextError::Empty) => Ok(Self::default()),
            other => other.map(|text| Self(text.into_owned())),
        }
    }
    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Line<MAX> {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        Self::parse(&text)
    }
}
impl<const MAX: usize> std::str::FromStr for Line<MAX> {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::parse(text)
    }
}
impl<const MAX: usize> From<Line<MAX>> for String {
    fn from(line: Line<MAX>) -> Self {
        line.0
    }
}
impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
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

/// Whether two texts differ in nothing but normal form, spaces, letter case and the place of the
/// tone: no dispute then.
pub fn same_text(a: &str, b: &str) -> bool {
    a == b || sameness_key(a) == sameness_key(b)
}

fn sameness_key(text: &str) -> String {
    fold_tones(&clean(text).to_lowercase()).into_owned()
}

/// Moves the tone of open `oa`, `oe`, `uy` to its older place: `hoà` → `hòa`, `thuỷ` → `thủy`.
///
/// Closed syllables (`hoàn`, `thuyền`) and `quý` stay as they are. Expects NFC.
pub fn fold_tones(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| tone_of(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut changed = false;
    let (mut before, mut glide) = (None, None);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends = !rest.peek().is_some_and(|next| next.is_alphabetic());
        let moved = glide
            .filter(|_| ends)
            .and_then(|first| move_tone(before, first, c));
        if let Some((first, last)) = moved {
            result.pop();
            result.push(first);
            result.push(last);
            changed = true;
        } else {
            result.push(c);
        }
        before = glide;
        glide = Some(c);
    }
    if changed {
        Cow::Owned(result)
    } else {
        Cow::Borrowed(text)
    }
}

/// The two letters with the tone on the first; `None` when this is no such pair.
fn move_tone(before: Option<char>, first: char, last: char) -> Option<(char, char)> {
    let (vowel, tone) = tone_of(last)?;
    let lower = first.to_ascii_lowercase();
    let fits = match vowel.to_ascii_lowercase() {
        'a' | 'e' => lower == 'o',
        'y' => lower == 'u' && !before.is_some_and(|c| c.eq_ignore_ascii_case(&'q')),
        _ => false,
    };
    let marked = with_tone(first, tone)?;
    fits.then_some((marked, vowel))
}

const TONED: [(char, [char; 5]); 10] = [
    ('a', ['à', 'á', 'ả', 'ã', 'ạ']),
    ('e', ['è', 'é', 'ẻ', 'ẽ', 'ẹ']),
    ('y', ['ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ']),
    ('o', ['ò', 'ó', 'ỏ', 'õ', 'ọ']),
    ('u', ['ù', 'ú', 'ủ', 'ũ', 'ụ']),
    ('A', ['À', 'Á', 'Ả', 'Ã', 'Ạ']),
    ('E', ['È', 'É', 'Ẻ', 'Ẽ', 'Ẹ']),
    ('Y', ['Ỳ', 'Ý', 'Ỷ', 'Ỹ', 'Ỵ']),
    ('O', ['Ò', 'Ó', 'Ỏ', 'Õ', 'Ọ']),
    ('U', ['Ù', 'Ú', 'Ủ', 'Ũ', 'Ụ']),
];

/// The plain vowel and the tone (0 to 4) of a letter of [`TONED`].
fn tone_of(c: char) -> Option<(char, usize)> {
    if c.is_ascii() {
        return None;
    }
    TONED.iter().find_map(|(vowel, toned)| {
        toned
            .iter()
            .position(|candidate| *candidate == c)
            .map(|tone| (*vowel, tone))
    })
}

fn with_tone(vowel: char, tone: usize) -> Option<char> {
    let (_, toned) = TONED.iter().find(|(plain, _)| *plain == vowel)?;
    toned.get(tone).copied()
}

/// Lower case without diacritics, `đ` as `d`: for searching only, never for storing.
pub fn fold_base(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    fold_base_into(text, &mut result);
    result
}

/// Appends the base letters of `text` to `result`; see [`fold_base`].
pub fn fold_base_into(text: &str, result: &mut String) {
    for c in text.chars() {
        if c.is_ascii() {
            result.push(c.to_ascii_lowercase());
        } else if matches!(c, 'đ' | 'Đ' | 'ð' | 'Ð' | 'Ɖ' | 'ɖ') {
            // ETH and the African D look like Đ and stand in old data.
            result.push('d');
        } else if !is_combining_mark(c) && !is_invisible(c) {
            let mut base = None;
            decompose_canonical(c, |part| base = base.or(Some(part)));
            result.extend(base.unwrap_or(c).to_lowercase());
        }
    }
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
fn is_invisible(c: char) -> bool {
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
    fn tones_move_in_open_syllables_only() {
        for (given, expected) in [
            ("hoà", "hòa"),
            ("Hoà Bình", "Hòa Bình"),
            ("HOÀ", "HÒA"),
            ("khoẻ", "khỏe"),
            ("thuỷ", "thủy"),
            ("Thuý-Vy", "Thúy-Vy"),
            ("thúy", "thúy"),
            ("quý", "quý"),
            ("Quỳ", "Quỳ"),
            ("hoàn", "hoàn"),
            ("thuyền", "thuyền"),
            ("loài", "loài"),
            ("Hoá Thuỵ", "Hóa Thụy"),
            ("lý", "lý"),
            ("già", "già"),
        ] {
            assert_eq!(fold_tones(given), expected);
            assert_eq!(fold_tones(expected), expected);
        }
    }

    #[test]
    fn base_letters_of_every_language_of_the_country() {
        for (given, expected) in [
            ("Nguyễn Văn Đức", "nguyen van duc"),
            ("Ðức", "duc"),
            ("Ɖức", "duc"),
            ("Ðu\u{31B}\u{301}c", "duc"),
            ("ƯỠNG ơ ă â ê ô", "uong o a a e o"),
            ("H'Čĕ Ñŏ Ŭ ĭ", "h'ce no u i"),
        ] {
            assert_eq!(fold_base(given), expected);
        }
    }

    #[test]
    fn same_text_forgives_form_and_nothing_else() {
        for (a, b, same) in [
            ("Nguyễn Hoà", "NGUYỄN  HÒA", true),
            ("Đặng Thuỷ", "đặng thu\u{309}y", true),
            ("Lý", "Lí", false),
            ("Thị", "Thì", false),
            ("Hoàn", "Hòan", false),
            ("Đức", "Dức", false),
        ] {
            assert_eq!(same_text(a, b), same, "{a} / {b}");
        }
    }

    #[test]
    fn a_line_is_bounded_and_tells_nothing_in_debug() {
        assert_eq!(Line::<5>::parse(" ab ").unwrap().as_str(), "ab");
        assert!(
            Line::<5>::parse("  ").unwrap().is_empty(),
            "nothing written is no error"
        );
        assert_eq!(
            Line::<5>::parse("abcdef").unwrap_err(),
            TextError::TooLong { length: 6, max: 5 }
        );
        assert_eq!(Line::<5>::parse("a\u{1}b").unwrap_err(), TextError::Control);
        assert_eq!(
            format!("{:?}", Line::<9>::parse("secret").unwrap()),
            "Line(…)"
        );
        assert!(serde_json::from_str::<Line<2>>("\"abc\"").is_err());
        assert_eq!(
            serde_json::from_str::<Line<3>>("\" abc\"")
                .unwrap()
                .as_str(),
            "abc"
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
