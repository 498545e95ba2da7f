//! A name as it is compared: lower case with the tone in one place, and without any marks; which
//! word is the family's, which the person's own, by the custom of the people that gave it.

use std::fmt;

use super::sound::{is_syllable, push_sound, sound};
use crate::name::PersonName;
use crate::text::{fold_base, fold_tones};

/// A name in the two forms that are compared. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct NameForm {
    toned: Box<str>,
    base: Box<str>,
}

/// The words of a name by what they are; each with its marks and without.
pub(super) struct Parts<'a> {
    pub(super) family: Option<Word<'a>>,
    pub(super) middle: Vec<Word<'a>>,
    pub(super) given: Word<'a>,
}

/// A word with its marks and without.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) toned: &'a str,
    pub(super) base: &'a str,
}

/// How alike two words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    Same,
    /// The same letters with other marks.
    Marks,
    /// One slip of the keyboard apart, and only one of them is a word at all.
    Slip,
    /// Said alike.
    Sound,
    /// One sign apart, or one is the other's initial.
    Close,
    Other,
}

impl NameForm {
    pub(super) fn new(name: &PersonName) -> NameForm {
        let lower = name.as_str().to_lowercase().replace('’', "'");
        let toned = fold_tones(&lower);
        NameForm {
            base: fold_base(&toned).into_boxed_str(),
            toned: toned.into_owned().into_boxed_str(),
        }
    }

    /// Whether it is written without any accents.
    pub(super) fn is_bare(&self) -> bool {
        self.toned == self.base
    }

    /// How many of its words have accents.
    pub(super) fn marked_words(&self) -> usize {
        self.words().filter(|word| word.toned != word.base).count()
    }

    /// Without any marks.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn words(&self) -> impl DoubleEndedIterator<Item = Word<'_>> {
        let pair = |(toned, base)| Word { toned, base };
        let (toned, base): (Vec<_>, Vec<_>) = (
            self.toned.split(' ').collect(),
            self.base.split(' ').collect(),
        );
        toned.into_iter().zip(base).map(pair)
    }

    /// Its words by what they are. Of most peoples the first is the family's and the last the
    /// person's own; the Ê-đê and Gia-rai put the clan last (`Y Moan Niê`, `H'Hen Niê`), the
    /// Cơ-ho have none (`K'Brôi`, `Ka Thoan`).
    pub(super) fn parts(&self) -> Parts<'_> {
        let mut words: Vec<Word<'_>> = self.words().collect();
        let nothing = Word {
            toned: "",
            base: "",
        };
        let first = words.first().copied().unwrap_or(nothing);
        let one = |given| Parts {
            family: None,
            middle: Vec::new(),
            given,
        };
        if words.len() == 1 {
            return one(first);
        }
        let last = words.pop().unwrap_or(nothing);
        if first.base.starts_with("k'") || first.base == "ka" {
            return one(last);
        }
        let own_first = first.base.starts_with("h'");
        if own_first || (first.base == "y" && words.len() > 1) {
            let given = words.get(usize::from(!own_first)).copied();
            return Parts {
                family: Some(last),
                middle: Vec::new(),
                given: given.unwrap_or(first),
            };
        }
        words.remove(0);
        Parts {
            family: Some(first),
            middle: words,
            given: last,
        }
    }

    /// The sounds of its words in the order of the alphabet, so that a swap is no matter.
    pub(super) fn sorted_sounds(&self) -> String {
        let mut sounds: Vec<String> = self.base.split(' ').map(sound).collect();
        sounds.sort_unstable();
        sounds.join(" ")
    }

    /// Whether two names have the same words in another order.
    pub(super) fn is_reordered(&self, other: &NameForm) -> bool {
        if self.base.len() != other.base.len() || self.base == other.base {
            return false;
        }
        let sorted = |form: &NameForm| {
            let mut words: Vec<Box<str>> = form.base.split(' ').map(Box::from).collect();
            words.sort_unstable();
            words
        };
        sorted(self) == sorted(other)
    }

    /// How alike two whole names are: `Close` is one word off, or a middle word left out.
    pub(super) fn likeness(&self, other: &NameForm) -> Likeness {
        if self.toned == other.toned {
            return Likeness::Same;
        }
        if self.base == other.base {
            return Likeness::Marks;
        }
        let (a, b) = (self.parts(), other.parts());
        let family = match (a.family, b.family) {
            (Some(a), Some(b)) => likeness(a, b),
            _ => Likeness::Same,
        };
        let given = likeness(a.given, b.given);
        let middle = middles(&a.middle, &b.middle);
        let worst = family.max(given);
        if worst == Likeness::Same && middle != MiddleLikeness::Differs
            || middle == MiddleLikeness::Same && worst <= Likeness::Close
            || self.is_reordered(other)
        {
            Likeness::Close
        } else {
            Likeness::Other
        }
    }
}

impl fmt::Debug for NameForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameForm(…)")
    }
}

/// How alike the words between family and given name are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MiddleLikeness {
    /// Neither has any.
    None,
    Same,
    /// One has all that the other has, and more.
    Part,
    Close,
    Differs,
}

pub(super) fn middles(a: &[Word<'_>], b: &[Word<'_>]) -> MiddleLikeness {
    if a.is_empty() && b.is_empty() {
        return MiddleLikeness::None;
    }
    if a == b {
        return MiddleLikeness::Same;
    }
    let (fewer, more) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if fewer.len() < more.len() {
        let mut rest = more.iter();
        let all = fewer
            .iter()
            .all(|word| rest.any(|other| word.base == other.base));
        return if all {
            MiddleLikeness::Part
        } else {
            MiddleLikeness::Differs
        };
    }
    let worst = a.iter().zip(b).map(|(a, b)| likeness(*a, *b)).max();
    match worst {
        Some(Likeness::Other) | None => MiddleLikeness::Differs,
        _ => MiddleLikeness::Close,
    }
}

pub(super) fn likeness(a: Word<'_>, b: Word<'_>) -> Likeness {
    if a.toned == b.toned {
        Likeness::Same
    } else if a.base == b.base {
        Likeness::Marks
    } else {
        unlike(a.base, b.base)
    }
}

fn unlike(a: &str, b: &str) -> Likeness {
    let one_sign = is_one_slip(a.as_bytes(), b.as_bytes()) && a.len().max(b.len()) > 2;
    if one_sign && is_syllable(a) != is_syllable(b) {
        Likeness::Slip
    } else if sounds_alike(a, b) {
        Likeness::Sound
    } else if one_sign || is_initial(a, b) || is_initial(b, a) {
        Likeness::Close
    } else {
        Likeness::Other
    }
}

fn is_initial(short: &str, long: &str) -> bool {
    short.len() == 1 && long.starts_with(short)
}

fn sounds_alike(a: &str, b: &str) -> bool {
    // Only the first or the last letters change in sound, so lengths are close.
    if a.len().abs_diff(b.len()) > 2 {
        return false;
    }
    let (mut one, mut two) = (String::with_capacity(8), String::with_capacity(8));
    push_sound(a, &mut one);
    push_sound(b, &mut two);
    one == two
}

/// Whether one sign was put in, left out, replaced, or swapped with the next.
pub(super) fn is_one_slip<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or(&[]), b.get(same..).unwrap_or(&[]));
    let ends = a.iter().rev().zip(b.iter().rev());
    let same = ends.take_while(|(a, b)| a == b).count();
    let left = |part: &[T]| part.len().saturating_sub(same);
    let (a, b) = (
        a.get(..left(a)).unwrap_or(&[]),
        b.get(..left(b)).unwrap_or(&[]),
    );
    match (a, b) {
        ([_], [_]) | ([], [_]) | ([_], []) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str) -> NameForm {
        NameForm::new(&PersonName::parse(name).unwrap())
    }

    #[test]
    fn whose_word_is_which_follows_the_custom_of_the_people() {
        for (name, family, given) in [
            ("Nguyễn Thị Thu Hà", Some("nguyen"), "ha"),
            ("Y Moan Niê", Some("nie"), "moan"),
            ("H'Hen Niê", Some("nie"), "h'hen"),
            ("H’Hen Niê", Some("nie"), "h'hen"),
            ("K'Brôi", None, "k'broi"),
            ("Ka Thoan", None, "thoan"),
            ("Lầu Y Dở", Some("lau"), "do"),
            ("Lù", None, "lu"),
        ] {
            let form = form(name);
            let parts = form.parts();
            assert_eq!(parts.family.map(|word| word.base), family, "{name}");
            assert_eq!(parts.given.base, given, "{name}");
        }
    }

    #[test]
    fn names_are_as_alike_as_people_find_them() {
        for (one, two, expected) in [
            ("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA", Likeness::Same),
            ("Nguyen Van Duc", "Nguyễn Văn Đức", Likeness::Marks),
            ("Nguyễn Văn Đức", "Nguyễn Đức", Likeness::Close),
            ("Trần Thu Hà", "Trần Hà Thu", Likeness::Close),
            ("Lý Văn Sơn", "Lí Văn Xơn", Likeness::Close),
            ("Lý Văn Sơn", "Lý Văn Xơn", Likeness::Close),
            ("Nguyễn Văn An", "Nguyễn Văn Bình", Likeness::Other),
            ("Nguyễn Văn Sơn", "Nguyễn Đức Sơn", Likeness::Other),
        ] {
            assert_eq!(form(one).likeness(&form(two)), expected, "{one} / {two}");
            assert_eq!(form(two).likeness(&form(one)), expected, "{two} / {one}");
        }
    }

    #[test]
    fn one_slip_is_one_sign() {
        for (a, b, is) in [
            ("lan", "loan", true),
            ("lan", "lna", true),
            ("lan", "lam", true),
            ("lan", "lan", false),
            ("lan", "loam", false),
            ("ab", "ba", true),
            ("", "a", true),
            ("abc", "cba", false),
        ] {
            assert_eq!(is_one_slip(a.as_bytes(), b.as_bytes()), is, "{a} {b}");
        }
    }
}
