//! What a clerk typed, taken apart into words and numbers.

use super::digits::Part;
use crate::contact::Phone;
use crate::date::PartialDate;
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
    /// Four digits or more, or a date.
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

/// A date of birth, as far as it was typed, or a part of a number; a year may be either.
pub(super) struct Number {
    pub(super) text: String,
    pub(super) part: Option<Part>,
    pub(super) born: Option<PartialDate>,
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

/// Clean lower-case text, the form in which words are interned. What looks like `đ` is one.
pub(super) fn lower(text: &str) -> String {
    let lower = clean(text).to_lowercase();
    if lower.contains(['ð', 'ɖ']) {
        lower.replace(['ð', 'ɖ'], "đ")
    } else {
        lower
    }
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
    let part = digits.then(|| Part::read(word)).flatten();
    // Four digits are a year; with a stroke, dot or dash between them they are a date.
    let dated = word.len() == 4 || (!digits && word.starts_with(|c: char| c.is_ascii_digit()));
    let born = if digits && word.len() == 8 {
        eight_digits(word)
    } else {
        dated.then(|| word.parse().ok()).flatten()
    };
    let born = born.filter(|date: &PartialDate| (1900..2100).contains(&date.year()));
    if part.is_none() && born.is_none() {
        return None;
    }
    Some(Number {
        text: word.to_owned(),
        part,
        born,
    })
}

/// A date without strokes, as a hurried hand types it: `10051991`. It may be a part of a number too.
fn eight_digits(word: &str) -> Option<PartialDate> {
    let (day, rest) = word.split_at_checked(2)?;
    let (month, year) = rest.split_at_checked(2)?;
    format!("{day}/{month}/{year}").parse().ok()
}

/// A PIN or phone number typed in groups: `001 0 87 000231`, `+84 912 345 678`.
fn one_number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Some(date) = number(text).filter(|number| number.part.is_none()) {
        return Some(date);
    }
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
