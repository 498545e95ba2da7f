//! Telex and VNI typed into a box whose input method is off: `Nguyeenx` and `Nguye64n` are
//! `Nguyễn`.

use unicode_normalization::UnicodeNormalization;

use crate::text::fold_tones;

/// The text that the keys would have given; `None` if they give the same.
pub(crate) fn decode(text: &str) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(decode_word).collect();
    let decoded = words.join(" ");
    if decoded
        == text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    {
        None
    } else {
        Some(decoded)
    }
}

/// VNI keys of a word as Telex keys: `Nguye6n4` as `Nguyeenx`.
pub(crate) fn of_vni(word: &str) -> String {
    let mut keys = String::with_capacity(word.len());
    for key in word.chars() {
        let has_letter = keys.chars().any(char::is_alphabetic);
        let telex = match key {
            '1' => 's',
            '2' => 'f',
            '3' => 'r',
            '4' => 'x',
            '5' => 'j',
            '6' => keys
                .chars()
                .rev()
                .find(|c| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'o'))
                .unwrap_or(key),
            '7' | '8' => 'w',
            '9' => 'd',
            '0' => 'z',
            other => other,
        };
        keys.push(if has_letter { telex } else { key });
    }
    keys
}

/// The text that keys of VNI would have given; `None` if there are none: they are digits behind
/// letters, in a word of letters and digits alone.
pub(crate) fn decode_vni(text: &str) -> Option<String> {
    let is_vni = |word: &str| {
        word.starts_with(|c: char| c.is_alphabetic())
            && word
                .chars()
                .all(|c| c.is_alphabetic() || c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_digit())
    };
    if !text.split_whitespace().any(is_vni) {
        return None;
    }
    let words = text.split_whitespace().map(|word| match is_vni(word) {
        true => decode_word(&of_vni(word)),
        false => word.to_owned(),
    });
    Some(words.collect::<Vec<_>>().join(" "))
}

/// One word; the letters come out in lower case, which is all that searching needs.
fn decode_word(word: &str) -> String {
    let mut letters: Vec<char> = Vec::with_capacity(word.len());
    let mut tone = None;
    for key in word.chars().flat_map(char::to_lowercase) {
        let has_vowel = letters.iter().any(|letter| is_vowel(*letter));
        match (key, tone_mark(key)) {
            ('z', _) if has_vowel => tone = None,
            (_, Some(mark)) if has_vowel => tone = Some(mark),
            ('w', _) => horn(&mut letters),
            ('d', _) if letters.first() == Some(&'d') => put(&mut letters, 'd', 'đ'),
            ('a', _) if doubles(&letters, 'a') => put(&mut letters, 'a', 'â'),
            ('e', _) if doubles(&letters, 'e') => put(&mut letters, 'e', 'ê'),
            ('o', _) if doubles(&letters, 'o') => put(&mut letters, 'o', 'ô'),
            ('a' | 'e' | 'o', _) if letters.last() == hatted(key).as_ref() => {
                // The third key takes the hat off again: `Mooong` is Moong.
                letters.pop();
                letters.extend([key, key]);
            }
            _ => letters.push(key),
        }
    }
    if let (Some(mark), Some(place)) = (tone, tone_place(&letters))
        && let Some(letter) = letters.get_mut(place)
    {
        // Not a plain composition: in NFC the dot below comes before the breve.
        *letter = [*letter, mark].into_iter().nfc().next().unwrap_or(*letter);
    }
    fold_tones(&letters.into_iter().collect::<String>()).into_owned()
}

fn tone_mark(key: char) -> Option<char> {
    match key {
        's' => Some('\u{301}'),
        'f' => Some('\u{300}'),
        'r' => Some('\u{309}'),
        'x' => Some('\u{303}'),
        'j' => Some('\u{323}'),
        _ => None,
    }
}

fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'a' | 'ă' | 'â' | 'e' | 'ê' | 'i' | 'o' | 'ô' | 'ơ' | 'u' | 'ư' | 'y'
    )
}

/// Whether the last run of vowels holds `vowel` as its last one of the kind, so that a second key
/// puts the hat on it: `nguyeen`, `nguyene`.
fn doubles(letters: &[char], vowel: char) -> bool {
    letters.iter().rev().find(|letter| is_vowel(**letter)) == Some(&vowel)
}

fn hatted(vowel: char) -> Option<char> {
    [vowel, '\u{302}'].into_iter().nfc().next()
}

fn put(letters: &mut [char], old: char, new: char) {
    if let Some(letter) = letters.iter_mut().rev().find(|letter| **letter == old) {
        *letter = new;
    }
}

/// The key `w`: a horn on `u` and `o` (on both in `uo`, on the first in `uu`), a breve on `a`, else
/// the letter `ư`.
fn horn(letters: &mut Vec<char>) {
    let Some(place) = letters
        .iter()
        .rposition(|letter| matches!(letter, 'a' | 'o' | 'u'))
    else {
        letters.push('ư');
        return;
    };
    // In `ua` and `uu` the horn goes on the first (mưa, lưu), but not behind `q`.
    let before = |back: usize| {
        place
            .checked_sub(back)
            .and_then(|place| letters.get(place).copied())
    };
    let pair_of_u = before(1) == Some('u') && before(2) != Some('q');
    let new = match letters.get(place) {
        Some(second @ ('a' | 'u')) if pair_of_u => *second,
        Some('a') => 'ă',
        Some('o') => 'ơ',
        _ => 'ư',
    };
    if let Some(letter) = letters.get_mut(place) {
        *letter = new;
    }
    if pair_of_u && let Some(letter) = place.checked_sub(1).and_then(|p| letters.get_mut(p)) {
        *letter = 'ư';
    }
}

/// The letter that bears the tone.
fn tone_place(letters: &[char]) -> Option<usize> {
    if let Some(marked) = letters
        .iter()
        .rposition(|l| matches!(l, 'ă' | 'â' | 'ê' | 'ô' | 'ơ'))
    {
        return Some(marked);
    }
    let mut vowels: Vec<usize> = (0..)
        .zip(letters)
        .filter(|(_, l)| is_vowel(**l))
        .map(|(p, _)| p)
        .collect();
    // `qu` and `gi` are consonants where another vowel follows.
    let glide = match letters {
        ['q', 'u', ..] | ['g', 'i', ..] => vowels.len() > 1,
        _ => false,
    };
    if glide {
        vowels.remove(0);
    }
    let closed = vowels.last().is_some_and(|last| last + 1 < letters.len());
    match (vowels.as_slice(), closed) {
        ([_, second], true) => Some(*second),
        ([_, middle, _], _) => Some(*middle),
        ([first, ..], _) => Some(*first),
        ([], _) => letters.iter().rposition(|letter| *letter == 'ư'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_give_the_words_that_were_meant() {
        for (keys, word) in [
            ("Nguyeenx", "nguyễn"),
            ("nguyenxe", "nguyễn"),
            ("van", "van"),
            ("vawn", "văn"),
            ("ddwcs", "đức"),
            ("dduwcs", "đức"),
            ("DDawngj", "đặng"),
            ("hoaf", "hòa"),
            ("thuyr", "thủy"),
            ("hoanf", "hoàn"),
            ("thuyeenf", "thuyền"),
            ("quys", "quý"),
            ("giangf", "giàng"),
            ("huwowngf", "hường"),
            ("huowngf", "hường"),
            ("phuowcs", "phước"),
            ("trinhj", "trịnh"),
            ("xuaan", "xuân"),
            ("ngocj", "ngọc"),
            ("haangf", "hầng"),
            ("hawngf", "hằng"),
            ("loan", "loan"),
            ("muwa", "mưa"),
            ("muaw", "mưa"),
            ("Luuw", "lưu"),
            ("Luwu", "lưu"),
            ("Huuwx", "hữu"),
            ("huuxw", "hữu"),
            ("cuuws", "cứu"),
            ("tuw", "tư"),
            ("quawng", "quăng"),
            ("hieeus", "hiếu"),
            ("chaau", "châu"),
            ("khuyar", "khuỷa"),
            ("soon", "sôn"),
            ("sown", "sơn"),
            ("giaf", "già"),
            ("gif", "gì"),
            ("Mooong", "moong"),
            ("mooong", "moong"),
        ] {
            assert_eq!(decode_word(keys), word, "{keys}");
        }
    }

    #[test]
    fn keys_of_vni_give_the_words_that_were_meant() {
        for (keys, words) in [
            ("Nguye64n Va8n D9u71c", Some("nguyễn văn đức")),
            ("nguyen64 D9u7c1 1987", Some("nguyễn đức 1987")),
            ("Tra62n Thi5 Hoa2", Some("trần thị hòa")),
            ("Hu7o7ng2 Phuo7c1", Some("hường phước")),
            ("Ly1 Thu3y", Some("lý thủy")),
            ("Luu7 Hu74u Huu74", Some("lưu hữu hữu")),
            ("D9a85ng", Some("đặng")),
            ("nguyen64 HK-000101", Some("nguyễn HK-000101")),
            ("nguyen van 1987", None),
            ("HK-000101", None),
            ("001087000231", None),
        ] {
            assert_eq!(decode_vni(keys).as_deref(), words, "{keys}");
        }
    }

    #[test]
    fn text_that_is_no_telex_is_left_alone() {
        assert_eq!(decode("tran thi lan"), None);
        assert_eq!(decode("Trần  Thị Lan"), None);
        assert_eq!(
            decode("nguyeenx van ddwcs 1987").as_deref(),
            Some("nguyễn van đức 1987")
        );
    }
}
