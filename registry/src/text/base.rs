//! Base letters, for searching and never for storing; and letters of other alphabets that cannot
//! be told from Latin ones by looking.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::form::is_invisible;

/// Lower case without diacritics, `đ` as `d`, `ƀ` as `b`: for searching only, never for storing.
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
        } else if is_like_d(c) {
            result.push('d');
        } else if is_barred_b(c) {
            result.push('b');
        } else if is_apostrophe(c) {
            result.push('\'');
        } else if !is_combining_mark(c) && !is_invisible(c) {
            let mut base = None;
            decompose_canonical(c, |part| base = base.or(Some(part)));
            let base = base.unwrap_or(c);
            match twin_in_any_case(base) {
                Some(latin) => result.push(latin.to_ascii_lowercase()),
                None => {
                    let lower = base.to_lowercase();
                    result.extend(lower.map(|c| twin_in_any_case(c).unwrap_or(c)));
                }
            }
        }
    }
}

/// `Đ`, and what looks like it and stands in old data: ETH and the African D.
const fn is_like_d(c: char) -> bool {
    matches!(c, 'đ' | 'Đ' | 'ð' | 'Ð' | 'Ɖ' | 'ɖ')
}

/// The letter of names of the Central Highlands, `Y Ƀham`; the bar is no mark that can be taken off.
const fn is_barred_b(c: char) -> bool {
    matches!(c, 'ƀ' | 'Ƀ')
}

/// What keyboards give where names of the Central Highlands have an apostrophe: `H’Hen`, `HʼHen`.
const fn is_apostrophe(c: char) -> bool {
    matches!(c, '‘' | '’' | 'ʼ' | 'ʻ' | '´' | '′')
}

/// The Latin letter that another alphabet's letter cannot be told from by looking. They come in by
/// copying from documents, and a word with one is found by nobody who types it.
pub const fn latin_twin(c: char) -> Option<char> {
    Some(match c {
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Ζ' => 'Z',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' | 'K' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'У' | 'Υ' | 'Ү' => 'Y',
        'Х' | 'Χ' => 'X',
        'а' | 'ɑ' => 'a',
        'с' => 'c',
        'ԁ' => 'd',
        'е' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'ν' => 'v',
        'х' => 'x',
        'у' | 'ү' => 'y',
        _ => return None,
    })
}

/// A twin by either case: a word of the index is in lower case, where `Н` has become `н`. Letters
/// of full width are twins too.
fn twin_in_any_case(c: char) -> Option<char> {
    if matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ') {
        let code = u32::from(c).checked_sub(0xFEE0)?;
        return char::from_u32(code);
    }
    if !matches!(c, '\u{131}' | '\u{250}'..='\u{2AF}' | '\u{370}'..='\u{52F}' | '\u{212A}') {
        return None;
    }
    latin_twin(c).or_else(|| c.to_uppercase().next().and_then(latin_twin))
}

/// A text with Latin letters in the words where letters of another alphabet stand among Latin
/// ones. A word wholly of another alphabet is left: it is what it says. `None` if nothing changes.
pub(crate) fn mend_twins(text: &str) -> Option<String> {
    if !text.chars().any(|c| latin_twin(c).is_some()) {
        return None;
    }
    let mended: Vec<String> = text.split(' ').map(mend_word).collect();
    let mended = mended.join(" ");
    (mended != text).then_some(mended)
}

fn mend_word(word: &str) -> String {
    let latin = |c: char| c.is_ascii_alphabetic() || super::is_latin_letter(c);
    if word.chars().any(latin) {
        word.chars().map(|c| latin_twin(c).unwrap_or(c)).collect()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_letters_of_every_language_of_the_country() {
        for (given, expected) in [
            ("Nguyễn Văn Đức", "nguyen van duc"),
            ("Ðức", "duc"),
            ("Ɖức", "duc"),
            ("Ðu\u{31B}\u{301}c", "duc"),
            ("ƯỠNG ơ ă â ê ô", "uong o a a e o"),
            ("H'Čĕ Ñŏ Ŭ ĭ", "h'ce no u i"),
            ("H’Hen HʼHen", "h'hen h'hen"),
            ("Y Ƀham Ƀlŏ ƀ", "y bham blo b"),
        ] {
            assert_eq!(fold_base(given), expected);
        }
    }

    #[test]
    fn letters_that_look_alike_are_one_when_searching() {
        for (given, expected) in [
            // Cyrillic in place of Latin: all but the last letters of each word.
            ("Нао", "hao"),
            ("нао", "hao"),
            ("Тrần", "tran"),
            ("Тhị Ноа", "thi hoa"),
            ("ΑΝ", "an"),
            ("ＮＧＵＹＥＮ", "nguyen"),
        ] {
            assert_eq!(fold_base(given), expected, "{given}");
        }
    }

    #[test]
    fn only_mixed_words_are_mended() {
        for (given, mended) in [
            ("Тrần Thị Нoa", Some("Trần Thị Hoa")),
            ("Nguyễn Vаn", Some("Nguyễn Van")),
            ("Nguyễn Văn Đức", None),
            ("Иван", None),
            ("Анна Trần", None),
        ] {
            assert_eq!(mend_twins(given).as_deref(), mended, "{given}");
        }
    }
}
