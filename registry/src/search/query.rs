//! What a clerk typed, taken apart into words and numbers.

use super::digits::Part;
use crate::contact::Phone;
use crate::text::{clean, fold_base};

/// Characters of a query that are looked at.
const CHARS_MAX: usize = 200;
/// Terms of a query that are looked at.
const TERMS_MAX: usize = 8;
/// From this many digits on a number is a part of a PIN or phone, or a year.
const NUMBER_DIGITS_MIN: usize = 4;

/// A query, taken apart.
pub(super) struct Query {
    pub(super) terms: Vec<Term>,
}

/// One thing that must fit.
pub(super) enum Term {
    /// A word of a name or of a place, or a household file.
    Word(Word),
    /// Four digits or more.
    Number(Number),
}

/// A word in its three forms.
pub(super) struct Word {
    pub(super) exact: String,
    pub(super) tones: String,
    pub(super) base: String,
    /// Whether it may be the beginning of a word: the last one, while it is being typed.
    pub(super) unfinished: bool,
}

/// A year, or a part of a number.
pub(super) struct Number {
    pub(super) text: String,
    pub(super) part: Part,
    pub(super) year: Option<u16>,
}

impl Query {
    pub(super) fn read(text: &str) -> Self {
        let text: String = text.chars().take(CHARS_MAX).collect();
        if let Some(number) = one_number(&text) {
            return Self {
                terms: vec![Term::Number(number)],
            };
        }
        let text = lower(&text);
        let words: Vec<&str> = split(&text).take(TERMS_MAX).collect();
        let last = words.len().saturating_sub(1);
        // A single letter begins half of all names; it is looked for as a word of its own.
        let whole = |place: usize, word: &str| place < last || (last == 0 && is_one_letter(word));
        let terms = words.iter().enumerate().map(|(place, word)| {
            number(word).map_or_else(
                || {
                    Term::Word(Word {
                        exact: (*word).to_owned(),
                        tones: super::fold_tones(word).into_owned(),
                        base: fold_base(word),
                        unfinished: !whole(place, word),
                    })
                },
                Term::Number,
            )
        });
        Self {
            terms: terms.collect(),
        }
    }
}

/// Clean lower-case text, the form in which words are interned.
pub(super) fn lower(text: &str) -> String {
    clean(text).to_lowercase()
}

/// The words of a text.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', ';']).filter(|word| !word.is_empty())
}

fn is_one_letter(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

fn number(word: &str) -> Option<Number> {
    let digits = word.len() >= NUMBER_DIGITS_MIN && word.bytes().all(|byte| byte.is_ascii_digit());
    let part = if digits {
        Part::read(word)?
    } else {
        return None;
    };
    let year = if word.len() == 4 {
        word.parse().ok()
    } else {
        None
    };
    let year = year.filter(|year| (1900..2100).contains(year));
    Some(Number {
        text: word.to_owned(),
        part,
        year,
    })
}

/// A PIN or phone number typed in groups: `001 0 87 000231`, `+84 912 345 678`.
fn one_number(text: &str) -> Option<Number> {
    let text = text.trim();
    if !text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '+' | '(' | ')'))
    {
        return None;
    }
    if let Ok(phone) = Phone::parse(text) {
        return number(phone.as_str());
    }
    // Groups that are all long are several numbers, such as a year and a part of a PIN.
    let mut groups = text
        .split([' ', '.', '-', '+', '(', ')'])
        .filter(|group| !group.is_empty());
    if groups.clone().count() < 2 || groups.all(|group| group.len() >= NUMBER_DIGITS_MIN) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    number(&digits)
}
