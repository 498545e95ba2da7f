//! What a clerk typed, taken apart into words and numbers.

use super::digits::Part;
use crate::contact::Phone;
use crate::date::PartialDate;
use crate::text::{clean, fold_base};

/// Characters of a query that are looked at.
const CHARS_MAX: usize = 200;
/// Terms of a query that are looked at.
const TERMS_MAX: usize = 8;
/// Parts of a word between apostrophes and hyphens; with more it is no name.
const PARTS_MAX: usize = 4;
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

/// The parts of a word of base letters with apostrophes or hyphens between them: `h'hen`,
/// `bru-van`. A word with a digit has none: it is a date, a number or a file.
pub(super) fn parts(base: &str) -> Option<Vec<&str>> {
    let between = |c: char| matches!(c, '\'' | '`' | '-' | '‐' | '‑' | '–');
    if !base.contains(between) {
        return None;
    }
    let parts: Vec<&str> = base
        .split(between)
        .filter(|part| !part.is_empty())
        .take(PARTS_MAX + 1)
        .collect();
    let several = (2..=PARTS_MAX).contains(&parts.len());
    let letters = |part: &&str| part.chars().all(char::is_alphabetic);
    (several && parts.iter().all(letters)).then_some(parts)
}

/// A query with such words taken apart, as whoever wrote the name may have had it: `h'hen` for
/// `H Hen`. `None` if there is none.
pub(super) fn apart(text: &str) -> Option<String> {
    with_parts(text, " ")
}

/// The same with their parts written as one: `h'hen` for `Hhen`.
pub(super) fn joined(text: &str) -> Option<String> {
    with_parts(text, "")
}

fn with_parts(text: &str, between: &str) -> Option<String> {
    let mut other = false;
    let words: Vec<String> = split(text)
        .map(|word| match parts(&fold_base(word)) {
            Some(parts) => {
                other = true;
                parts.join(between)
            }
            None => word.to_owned(),
        })
        .collect();
    other.then(|| words.join(" "))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_letters_have_parts() {
        for (base, expected) in [
            ("h'hen", Some(vec!["h", "hen"])),
            ("bru-van", Some(vec!["bru", "van"])),
            ("h`bia-mlo", Some(vec!["h", "bia", "mlo"])),
            ("hen", None),
            ("h'", None),
            ("'-'", None),
            ("hk-000101", None),
            ("ho-tam-00004-ab12", None),
            ("1987-03", None),
            ("a-b-c-d-e", None),
        ] {
            assert_eq!(parts(base), expected, "{base}");
        }
    }

    #[test]
    fn words_with_parts_are_written_otherwise_and_others_as_they_are() {
        assert_eq!(apart("H’Hen Niê 1992").as_deref(), Some("h hen Niê 1992"));
        assert_eq!(joined("H’Hen Niê 1992").as_deref(), Some("hhen Niê 1992"));
        assert_eq!(apart("Nguyễn Văn An HK-000101"), None);
        assert_eq!(joined(""), None);
    }
}
