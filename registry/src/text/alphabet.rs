//! The order of the Vietnamese alphabet (a ă â b c d đ e ê …, tones as the second weight: none,
//! huyền, hỏi, ngã, sắc, nặng), and of persons: by given name, then surname, then the rest.
//!
//! The order itself is ICU's for Vietnamese; its data are compiled in.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;

use super::form::clean;
use super::tones::fold_tones;

/// `None` only if the data were not compiled in; code points order a list then.
static VIETNAMESE: LazyLock<Option<CollatorBorrowed<'static>>> =
    LazyLock::new(|| Collator::try_new(locale!("vi").into(), CollatorOptions::default()).ok());

/// Where two texts stand to each other in the alphabet. Texts that differ only in the place of a
/// tone stand together; equal is only what is equal.
pub fn compare(a: &str, b: &str) -> Ordering {
    alike(a, b).then_with(|| a.cmp(b))
}

/// The same, with texts equal that differ in nothing but form or the place of a tone.
fn alike(a: &str, b: &str) -> Ordering {
    let (a, b) = (clean(a), clean(b));
    match VIETNAMESE.as_ref() {
        Some(order) => order.compare(&fold_tones(&a), &fold_tones(&b)),
        None => a.cmp(&b),
    }
}

/// Where two persons stand to each other in a list, by their full names: given name (the last
/// word) first, then surname (the first), then what is between.
pub fn compare_names(a: &str, b: &str) -> Ordering {
    let (first, second) = (Parts::of(a), Parts::of(b));
    alike(&first.given, &second.given)
        .then_with(|| alike(&first.surname, &second.surname))
        .then_with(|| alike(&first.middle, &second.middle))
        .then_with(|| a.cmp(b))
}

/// A full name, taken apart.
struct Parts {
    given: String,
    surname: String,
    middle: String,
}

impl Parts {
    fn of(name: &str) -> Parts {
        let name: Cow<'_, str> = clean(name);
        let mut words = name.split(' ');
        let given = words.next_back().unwrap_or_default().to_owned();
        let surname = words.next().unwrap_or_default().to_owned();
        let middle: Vec<&str> = words.collect();
        Parts {
            given,
            surname,
            middle: middle.join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_alphabet_and_the_tones_have_their_order() {
        let letters = "a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y";
        let letters: Vec<&str> = letters.split(' ').collect();
        assert!(letters.is_sorted_by(|a, b| compare(a, b) == Ordering::Less));
        for toned in ["a à ả ã á ạ", "ê ề ể ễ ế ệ", "ư ừ ử ữ ứ ự", "y ỳ ỷ ỹ ý ỵ"]
        {
            let toned: Vec<&str> = toned.split(' ').collect();
            assert!(toned.is_sorted_by(|a, b| compare(a, b) == Ordering::Less));
        }
        // Letters weigh more than tones: the tone tells only between equal letters.
        let words = ["la", "là", "lạ", "lan", "làng", "lăn", "lân", "lê"];
        assert!(words.is_sorted_by(|a, b| compare(a, b) == Ordering::Less));
        // Digraphs are no letters of their own: ch stands among c, before co.
        let words = ["ca", "chi", "co", "da"];
        assert!(words.is_sorted_by(|a, b| compare(a, b) == Ordering::Less));
    }

    #[test]
    fn persons_go_by_given_name_then_surname_then_the_rest() {
        let sorted = [
            "Vũ Văn An",
            "Bùi Văn Ân",
            "Bùi Thị Hoa",
            "Đỗ Thị Hoa",
            "Trần Bích Hòa",
            "Trần Thị Hoà",
            "Trần Thị Hòa",
            "Trần Văn Hòa",
            "Lù",
            "Lý Thị Yến",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| compare_names(a, b));
        assert_eq!(names, sorted);
    }

    proptest! {
        #[test]
        fn the_order_is_one_order(
            names in prop::collection::vec("[AĂÂĐEÊƠƯaàảạoòuùnhg ]{0,12}", 3)
        ) {
            let (a, b, c) = (names[0].as_str(), names[1].as_str(), names[2].as_str());
            prop_assert_eq!(compare_names(a, b), compare_names(b, a).reverse());
            prop_assert_eq!(compare_names(a, b) == Ordering::Equal, a == b);
            if compare_names(a, b) != Ordering::Greater && compare_names(b, c) != Ordering::Greater {
                prop_assert_ne!(compare_names(a, c), Ordering::Greater);
            }
        }
    }
}
