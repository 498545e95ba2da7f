//! The place of the tone, which two schools of spelling put differently in open syllables, and the
//! test of sameness that forgives it.

use std::borrow::Cow;

use super::form::clean;

/// Whether two texts differ in nothing but normal form, spaces, letter case and the place of the
/// tone: no dispute then.
pub fn same_text(a: &str, b: &str) -> bool {
    a == b || sameness_key(a) == sameness_key(b)
}

fn sameness_key(text: &str) -> String {
    fold_tones(&clean(text).to_lowercase()).into_owned()
}

/// Moves the tone of open `oa`, `oe`, `uy` to its older place: `hoà` → `hòa`, `thuỷ` → `thủy`; and
/// behind `qu`, which is a consonant, off the `u`: `qúy` → `quý`.
///
/// Closed syllables (`hoàn`, `thuyền`) stay as they are. Expects NFC.
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
            .and_then(|first| to_first(before, first, c).or_else(|| to_last(before, first, c)));
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
fn to_first(before: Option<char>, first: char, last: char) -> Option<(char, char)> {
    let (vowel, tone) = tone_of(last)?;
    let lower = first.to_ascii_lowercase();
    let fits = match vowel.to_ascii_lowercase() {
        'a' | 'e' => lower == 'o',
        'y' => lower == 'u' && !is_q(before),
        _ => false,
    };
    let marked = with_tone(first, tone)?;
    fits.then_some((marked, vowel))
}

/// The two letters behind a `q` with the tone on the last.
fn to_last(before: Option<char>, first: char, last: char) -> Option<(char, char)> {
    let (vowel, tone) = tone_of(first)?;
    let marked = with_tone(last, tone)?;
    (is_q(before) && vowel.eq_ignore_ascii_case(&'u')).then_some((vowel, marked))
}

fn is_q(letter: Option<char>) -> bool {
    letter.is_some_and(|c| c.eq_ignore_ascii_case(&'q'))
}

const TONED: [(char, [char; 5]); 12] = [
    ('a', ['à', 'á', 'ả', 'ã', 'ạ']),
    ('e', ['è', 'é', 'ẻ', 'ẽ', 'ẹ']),
    ('i', ['ì', 'í', 'ỉ', 'ĩ', 'ị']),
    ('y', ['ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ']),
    ('o', ['ò', 'ó', 'ỏ', 'õ', 'ọ']),
    ('u', ['ù', 'ú', 'ủ', 'ũ', 'ụ']),
    ('A', ['À', 'Á', 'Ả', 'Ã', 'Ạ']),
    ('E', ['È', 'É', 'Ẻ', 'Ẽ', 'Ẹ']),
    ('I', ['Ì', 'Í', 'Ỉ', 'Ĩ', 'Ị']),
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

#[cfg(test)]
mod tests {
    use super::*;

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
            ("qúy", "quý"),
            ("QÚY", "QUÝ"),
            ("qủa", "quả"),
            ("qùi", "quì"),
            ("quýt", "quýt"),
            ("cúi", "cúi"),
            ("của", "của"),
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
    fn same_text_forgives_form_and_nothing_else() {
        for (a, b, same) in [
            ("Nguyễn Hoà", "NGUYỄN  HÒA", true),
            ("Đặng Thuỷ", "đặng thu\u{309}y", true),
            ("Quý", "QÚY", true),
            ("Lý", "Lí", false),
            ("Thị", "Thì", false),
            ("Hoàn", "Hòan", false),
            ("Đức", "Dức", false),
        ] {
            assert_eq!(same_text(a, b), same, "{a} / {b}");
        }
    }
}
