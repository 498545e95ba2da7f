//! What scanners and keyboards do to a text, undone: signs of another width, a text read in the
//! wrong encoding, doubled accents, keys of an input method that was off, capitals.
//!
//! What is undone here without a doubt is undone for certain; the rest is told to the caller.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use crate::search::telex;
use crate::text::fold_base;

/// The characters of Windows-1252 from 0x80 to 0x9F; what has none stands for itself.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text with its bytes read as UTF-8 again if they were once read as something else, and with
/// signs of Chinese and Japanese keyboards in their usual width.
pub(super) fn plain_signs(text: &str) -> String {
    let text = reread(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(narrow).collect()
}

/// UTF-8 that was read as Windows-1252 (`Nguyá»…n`). A text that was not is no UTF-8 when it is
/// turned back, so nothing is mended that was whole.
fn reread(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let byte = |c: char| match u32::from(c) {
        code @ (0..=0x7f | 0xa0..=0xff) => u8::try_from(code).ok(),
        code => WINDOWS
            .iter()
            .zip(0x80..)
            .find(|(letter, _)| **letter == c)
            .map(|(_, byte)| byte)
            .or_else(|| u8::try_from(code).ok()),
    };
    let bytes: Option<Vec<u8>> = text
        .chars()
        .filter(|c| *c != '\u{feff}')
        .map(byte)
        .collect();
    String::from_utf8(bytes?).ok()
}

/// The text without what stands before and after it: spaces, invisible signs, quotes, and the
/// three letters with which a scanner may name the kind of code (`]Q1`).
pub(super) fn bare(text: &str) -> &str {
    let around = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '"' | '\u{feff}' | '\u{200b}'..='\u{200f}')
    };
    let text = text.trim_matches(around);
    match text
        .strip_prefix(']')
        .and_then(|rest| rest.split_at_checked(2))
    {
        Some((_, rest)) => rest.trim_start_matches(around),
        None => text,
    }
}

/// Whether a text has a letter with a mark of Vietnamese, or `đ`.
pub(super) fn has_marks(text: &str) -> bool {
    text.nfd()
        .any(|c| is_combining_mark(c) || matches!(c, 'đ' | 'Đ'))
}

/// The words with each mark once; and whether any stood twice.
///
/// An input method that is on while a scanner types puts marks on letters that have them: as a
/// second combining mark, or as a second letter (`Nguyêễn`).
pub(super) fn single_marks(text: &str) -> (String, bool) {
    let mut doubled = false;
    let mut letters: Vec<String> = Vec::new();
    for c in text.nfd() {
        match letters.last_mut() {
            Some(letter) if canonical_combining_class(c) != 0 => {
                if letter.contains(c) {
                    doubled = true;
                } else {
                    letter.push(c);
                }
            }
            _ => letters.push(c.to_string()),
        }
    }
    let mut result: Vec<String> = Vec::with_capacity(letters.len());
    for letter in letters {
        match result.last_mut() {
            Some(before) if is_doubled(before, &letter) => {
                doubled = true;
                if letter.len() > before.len() {
                    *before = letter;
                }
            }
            _ => result.push(letter),
        }
    }
    (result.concat().nfc().collect(), doubled)
}

/// Whether two letters are one that was written twice. No syllable has a vowel twice, but for
/// `oo` (`coóc`).
fn is_doubled(before: &str, letter: &str) -> bool {
    let base = fold_base(letter);
    let vowel = matches!(base.as_str(), "a" | "e" | "i" | "u" | "y" | "o");
    let marked = |letter: &str| !letter.is_ascii();
    let hat_or_horn = |letter: &str| letter.contains(['\u{302}', '\u{31b}']);
    vowel
        && fold_base(before) == base
        && match base.as_str() {
            "o" => hat_or_horn(before) || hat_or_horn(letter),
            _ => marked(before) || marked(letter),
        }
}

/// The words that the keys of Telex or VNI would have given; `None` if they are no keys. Only of a
/// text in which no letter has a mark.
pub(super) fn keys_undone(text: &str) -> Option<String> {
    if has_marks(text) {
        return None;
    }
    let telex: Vec<String> = text.split_whitespace().map(telex::of_vni).collect();
    telex::decode(&telex.join(" "))
}

/// A name as names are written, if it came in capitals, in small letters, or with both turned
/// round by a capital lock; else as it is.
pub(super) fn name_case(name: &str) -> String {
    // A capital with small letters behind it in one word: whoever wrote it knew how.
    let is_written = |word: &str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    };
    if name.split(' ').any(is_written) {
        return name.to_owned();
    }
    let mut result = String::with_capacity(name.len());
    let mut begins = true;
    for c in name.chars() {
        if begins {
            result.extend(c.to_uppercase());
        } else {
            result.extend(c.to_lowercase());
        }
        begins = !c.is_alphabetic() && !is_combining_mark(c);
    }
    result
}
