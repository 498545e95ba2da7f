//! What a name was meant to be that was typed with the input method off.

use super::telex::{decode, of_vni};
use crate::text::fold_base;

/// How a syllable of Vietnamese may begin and end, without diacritics.
const BEGINNINGS: &[&str] = &[
    "", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh",
    "p", "ph", "q", "r", "s", "t", "th", "tr", "v", "x",
];
const ENDINGS: &[&str] = &["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// The name that the keys of Telex or VNI would have given, with capitals as names have them:
/// `nguyeenx` and `Nguye64n` are `Nguyễn`. `None` if no word would be another. A word that has marks
/// already stays, and so does one that would become no syllable of Vietnamese: `Ksor` is a name.
pub fn without_input_method(text: &str) -> Option<String> {
    let mut other = false;
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| match syllable(word) {
            Some(meant) => {
                other = true;
                meant
            }
            None => word.to_owned(),
        })
        .collect();
    other.then(|| words.join(" "))
}

fn syllable(word: &str) -> Option<String> {
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    let meant = decode(&if digits {
        of_vni(word)
    } else {
        word.to_owned()
    })?;
    let mut letters = meant.chars();
    let first = letters.next()?.to_uppercase();
    is_syllable(&meant).then(|| first.chain(letters).collect())
}

fn is_syllable(word: &str) -> bool {
    let base = fold_base(word);
    let is_vowel = |letter: char| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let Some((beginning, rest)) = base.find(is_vowel).and_then(|at| base.split_at_checked(at))
    else {
        return false;
    };
    let ending = rest.trim_start_matches(is_vowel);
    let marked = !word.is_ascii();
    marked && BEGINNINGS.contains(&beginning) && ENDINGS.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_an_input_method_are_read_as_the_name_that_was_meant() {
        for (typed, meant) in [
            ("Nguyeenx Vawn An", Some("Nguyễn Văn An")),
            ("NGUYEENX VAWN AN", Some("Nguyễn Văn AN")),
            ("nguye64n Va8n An", Some("Nguyễn Văn An")),
            ("Ddawngj Thij Hoaf", Some("Đặng Thị Hòa")),
            ("Quyeets", Some("Quyết")),
            // What has its marks, or needs none, is left alone.
            ("Nguyễn Văn An", None),
            ("Lê Thị Thuỳ", None),
            ("Tran Van An", None),
            // Names of other peoples.
            ("Ksor H'Bia", None),
            ("Y Moan", None),
            ("Alexander", None),
            ("", None),
        ] {
            assert_eq!(without_input_method(typed).as_deref(), meant, "{typed}");
        }
    }
}
