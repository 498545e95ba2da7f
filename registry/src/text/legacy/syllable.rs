//! Whether a word is built like a Vietnamese syllable: a beginning, a vowel with one tone, an end.

use unicode_normalization::UnicodeNormalization;

const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

const BEGINNINGS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

const VOWELS: [&str; 62] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây",
    "eo", "êu", "ia", "iê", "iêu", "iu", "yê", "yêu", "oa", "oă", "oai", "oao", "oay", "oe", "oeo",
    "oi", "ôi", "ơi", "oo", "ôô", "ua", "uâ", "uây", "uê", "uêu", "ui", "uô", "uôi", "uơ", "uy",
    "uya", "uyê", "uyu", "uă", "uai", "uay", "ưa", "ưi", "ươ", "ươi", "ươu", "ưu", "ue", "uao",
];

const ENDS: [&str; 9] = ["ng", "nh", "ch", "c", "m", "n", "p", "t", ""];

/// Whether the word, in whatever normal form and case, is such a syllable.
pub(super) fn is_syllable(word: &str) -> bool {
    let mut tones = 0u32;
    let plain: String = word
        .nfd()
        .filter(|c| {
            let tone = TONES.contains(c);
            tones += u32::from(tone);
            !tone
        })
        .nfc()
        .flat_map(char::to_lowercase)
        .collect();
    if tones > 1 || plain.chars().count() > 7 {
        return false;
    }
    let splits = BEGINNINGS
        .iter()
        .filter_map(|begin| plain.strip_prefix(begin));
    splits.into_iter().any(|rest| {
        ENDS.iter()
            .filter_map(|end| rest.strip_suffix(end))
            .any(|vowel| VOWELS.contains(&vowel))
    })
}
