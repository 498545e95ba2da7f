//! How a word sounds, roughly: letters that the dialects do not tell apart become one. For
//! finding people, never for showing them.

/// Beginnings of a syllable that are written differently and said alike somewhere, longer ones
/// first.
const BEGINNINGS: [(&str, &str); 13] = [
    ("ngh", "ng"),
    ("gh", "g"),
    ("gi", "z"),
    ("tr", "c"),
    ("ch", "c"),
    ("ph", "f"),
    ("qu", "kw"),
    ("q", "k"),
    ("d", "z"),
    ("r", "z"),
    ("x", "s"),
    ("l", "n"),
    ("c", "k"),
];
/// Ends of a syllable, likewise.
const ENDS: [(&str, &str); 5] = [
    ("ng", "n"),
    ("nh", "n"),
    ("ch", "t"),
    ("c", "t"),
    ("k", "t"),
];

/// Appends the sound of a word of base letters (see [`crate::text::fold_base`]) to `result`.
pub(super) fn push_sound(word: &str, result: &mut String) {
    let begun = BEGINNINGS
        .iter()
        .find_map(|(written, said)| Some((word.strip_prefix(written)?, *said)));
    // "ch" and "c" both begin with k or c in the table; `gi` alone is a syllable, not a beginning.
    let (rest, said) = match begun {
        Some(("", _)) => (word, ""),
        Some(found) => found,
        None => (word, ""),
    };
    result.push_str(said);
    let ended = ENDS
        .iter()
        .find_map(|(written, said)| Some((rest.strip_suffix(written)?, *said)));
    let (middle, end) = match ended {
        Some((middle, end)) if !middle.is_empty() => (middle, end),
        _ => (rest, ""),
    };
    result.extend(middle.chars().map(|c| if c == 'y' { 'i' } else { c }));
    result.push_str(end);
}

/// The sound of a word of base letters.
pub(super) fn sound(word: &str) -> String {
    let mut result = String::with_capacity(word.len());
    push_sound(word, &mut result);
    result
}

/// What a syllable may begin with, longer ones first.
const ONSETS: [&str; 27] = [
    "ngh", "ng", "nh", "gh", "gi", "ch", "kh", "ph", "th", "tr", "b", "c", "d", "g", "h", "k", "l",
    "m", "n", "p", "q", "r", "s", "t", "v", "x", "",
];
/// What may follow, without marks.
const RIMES: &str = " a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i \
    ia ich iec iem ien ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oat \
    oay oc oe oen oeo oet oi om on ong op ot u ua uan uang uanh uat uay uc ue uech uenh ui um un \
    ung uo uoc uoi uom uon uong uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen yet \
    yeu ";

/// Whether a word of base letters can be a syllable of Vietnamese. A slip of the keyboard mostly
/// makes one that cannot.
pub(super) fn is_syllable(word: &str) -> bool {
    let ends_well = |rime: &str| !rime.is_empty() && RIMES.split(' ').any(|known| known == rime);
    let mut onsets = ONSETS.iter().filter_map(|onset| word.strip_prefix(onset));
    onsets.any(ends_well)
}

#[cfg(test)]
mod tests {
    use super::{is_syllable, sound};

    #[test]
    fn slips_mostly_make_what_is_no_syllable() {
        for word in [
            "nguyen", "tran", "thi", "duc", "quy", "quang", "quynh", "giang", "gi", "y", "anh",
            "thuong", "nghia", "khuyen", "oanh", "uyen", "yen", "huong", "luu", "buu", "phuoc",
        ] {
            assert!(is_syllable(word), "{word}");
        }
        for word in [
            "nguyne", "trna", "dduc", "tuuan", "hng", "lna", "k'broi", "", "zan",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
    }

    #[test]
    fn words_that_are_said_alike_sound_alike() {
        for (one, two) in [
            ("trang", "chang"),
            ("son", "xon"),
            ("ly", "li"),
            ("lan", "nan"),
            ("dung", "giung"),
            ("ranh", "danh"),
            ("phuc", "phut"),
            ("nghia", "ngia"),
        ] {
            assert_eq!(sound(one), sound(two), "{one} / {two}");
        }
        for (one, two) in [("hoa", "ha"), ("minh", "manh"), ("thi", "ti"), ("gi", "d")] {
            assert_ne!(sound(one), sound(two), "{one} / {two}");
        }
    }
}
