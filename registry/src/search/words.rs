//! The words of all names and places, each once: its forms, its place in the alphabet, and who
//! has it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Rank;
use super::query::{Word, parts};
use super::slots::Slots;
use crate::text::{alphabet, fold_base_into, fold_tones};

/// Marks a number that does not fit.
const NO_LEVEL: u8 = u8::MAX;
/// How well each word (or place, or file) fits a term, by its number.
#[derive(Debug, Default)]
pub(super) struct Levels {
    levels: Vec<u8>,
    fitting: Vec<u32>,
}

impl Levels {
    /// Whether nothing fits.
    pub(super) fn is_empty(&self) -> bool {
        self.fitting.is_empty()
    }
    /// The rank of a number, if it fits.
    pub(super) fn get(&self, number: u32) -> Option<Rank> {
        Rank::of_level(*self.levels.get(number as usize)?)
    }
    /// Notes that `number`, out of `count`, fits; the better rank stays.
    pub(super) fn set(&mut self, number: u32, rank: Rank, count: usize) {
        if self.levels.is_empty() {
            self.levels = vec![NO_LEVEL; count];
        }
        if let Some(level) = self.levels.get_mut(number as usize) {
            if *level == NO_LEVEL {
                self.fitting.push(number);
            }
            *level = (*level).min(rank as u8);
        }
    }
}

/// A word in lower case.
#[derive(Debug)]
struct Form {
    text: Box<str>,
    /// The word with its tone in the older place, where that is another; it sorts as that one.
    folded: Option<u32>,
    /// Grows along the alphabet; see [`Words::label`].
    label: u64,
    /// Slots of those who have it in a name, ascending.
    people: Vec<u32>,
    /// Places that have it in theirs.
    places: Vec<u32>,
}

/// Every word.
#[derive(Debug, Default)]
pub(super) struct Words {
    forms: Vec<Form>,
    /// Words by their base letters; one with an apostrophe or a hyphen also by its parts and by
    /// them as one, which is how most people type it. Each such word is here a few times, however
    /// many people have it.
    by_base: BTreeMap<Box<str>, Vec<u32>>,
    alphabet: Vec<u32>,
    scratch: String,
}

impl Words {
    /// The number of a lower-case word.
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        self.scratch.clear();
        fold_base_into(word, &mut self.scratch);
        if let Some(forms) = self.by_base.get(self.scratch.as_str()) {
            let same = |number: &&u32| self.text(**number) == word;
            if let Some(number) = forms.iter().find(same) {
                return *number;
            }
        }
        let base: Box<str> = Box::from(self.scratch.as_str());
        let folded = match fold_tones(word) {
            Cow::Borrowed(_) => None,
            Cow::Owned(folded) => Some(self.intern(&folded)),
        };
        let number = u32::try_from(self.forms.len()).unwrap_or(u32::MAX);
        let (people, places) = (Vec::new(), Vec::new());
        self.forms.push(Form {
            text: word.into(),
            folded,
            label: 0,
            people,
            places,
        });
        if let Some(parts) = parts(&base) {
            let joined = parts.concat();
            for other in parts.into_iter().chain([joined.as_str()]) {
                let forms = self.by_base.entry(Box::from(other)).or_default();
                if forms.last() != Some(&number) {
                    forms.push(number);
                }
            }
        }
        self.by_base.entry(base).or_default().push(number);
        if folded.is_none() {
            self.enter_alphabet(number);
        }
        number
    }
    fn text(&self, number: u32) -> &str {
        self.forms
            .get(number as usize)
            .map_or("", |form| &form.text)
    }

    /// Where the word stands in the Vietnamese alphabet, to compare with another's.
    pub(super) fn label(&self, number: u32) -> u64 {
        let Some(form) = self.forms.get(number as usize) else {
            return 0;
        };
        form.folded.map_or(form.label, |folded| self.label(folded))
    }

    /// Gives a new word a label between its neighbours', or all words new ones if there is no room.
    fn enter_alphabet(&mut self, number: u32) {
        let word = self.text(number);
        let before = |other: &u32| alphabet::compare(self.text(*other), word) == Ordering::Less;
        let place = self.alphabet.partition_point(before);
        let label_at = |place: usize| self.alphabet.get(place).map(|number| self.label(*number));
        let below = place.checked_sub(1).and_then(label_at).unwrap_or(0);
        let above = label_at(place).unwrap_or(u64::MAX);
        let label = below + (above - below) / 2;
        self.alphabet.insert(place, number);
        if label > below && label < above {
            self.set_label(number, label);
        } else {
            let step = u64::MAX / (self.alphabet.len() as u64 + 1);
            let alphabet = std::mem::take(&mut self.alphabet);
            for (place, number) in (1..).zip(&alphabet) {
                self.set_label(*number, step * place);
            }
            self.alphabet = alphabet;
        }
    }
    fn set_label(&mut self, number: u32, label: u64) {
        if let Some(form) = self.forms.get_mut(number as usize) {
            form.label = label;
        }
    }
    /// Notes that a person has the word.
    pub(super) fn add_person(&mut self, word: u32, slot: u32) {
        if let Some(form) = self.forms.get_mut(word as usize)
            && let Err(place) = form.people.binary_search(&slot)
        {
            form.people.insert(place, slot);
        }
    }
    /// Notes that a person has the word no more.
    pub(super) fn remove_person(&mut self, word: u32, slot: u32) {
        if let Some(form) = self.forms.get_mut(word as usize)
            && let Ok(place) = form.people.binary_search(&slot)
        {
            form.people.remove(place);
        }
    }
    /// Notes that a place has the word.
    pub(super) fn add_place(&mut self, word: u32, place: u32) {
        if let Some(form) = self.forms.get_mut(word as usize) {
            form.places.push(place);
        }
    }

    /// How well each known word fits the one that was typed.
    pub(super) fn levels(&self, word: &Word) -> Levels {
        let mut levels = Levels::default();
        if word.base.is_empty() {
            return levels;
        }
        self.add_levels(&mut levels, word, &word.base, false);
        if let Some(base) = spelled_otherwise(&word.base) {
            self.add_levels(&mut levels, word, &base, true);
        }
        levels
    }

    fn add_levels(&self, levels: &mut Levels, word: &Word, base: &str, loose: bool) {
        for (key, numbers) in self.by_base.range(Box::from(base)..) {
            let whole = key.len() == base.len();
            if !key.starts_with(base) || !(whole || word.unfinished) {
                break;
            }
            for number in numbers {
                let Some(form) = self.forms.get(*number as usize) else {
                    continue;
                };
                let same_tones = || form.folded.map_or(&*form.text, |n| self.text(n)) == word.tones;
                let rank = match (loose, whole) {
                    (true, _) => Rank::Loose,
                    (false, true) if *form.text == word.exact => Rank::Exact,
                    (false, true) if same_tones() => Rank::Tones,
                    (false, true) => Rank::Base,
                    (false, false) if form.text.starts_with(&word.exact) => Rank::Beginning,
                    (false, false) => Rank::Loose,
                };
                levels.set(*number, rank, self.forms.len());
            }
        }
    }

    /// How well each place fits, by its best word.
    pub(super) fn place_levels(&self, names: &Levels, count: usize) -> Levels {
        let mut levels = Levels::default();
        for number in &names.fitting {
            let (Some(form), Some(rank)) = (self.forms.get(*number as usize), names.get(*number))
            else {
                continue;
            };
            for place in &form.places {
                levels.set(*place, rank, count);
            }
        }
        levels
    }

    /// Adds everybody who has a fitting word in a name.
    pub(super) fn people_with(&self, names: &Levels, slots: &mut Slots) {
        for form in names
            .fitting
            .iter()
            .filter_map(|number| self.forms.get(*number as usize))
        {
            for slot in &form.people {
                slots.add(*slot);
            }
        }
    }
}

/// `ly` for `li` and the other way round: two names in law, one when searching. Only where the
/// vowel stands alone behind its consonants; `mai` and `may` are different sounds.
fn spelled_otherwise(base: &str) -> Option<String> {
    let (head, other) = match (base.strip_suffix('y'), base.strip_suffix('i')) {
        (Some(head), _) => (head, 'i'),
        (_, Some(head)) => (head, 'y'),
        _ => return None,
    };
    let onset = head.strip_suffix("qu").unwrap_or(head);
    let alone = !head.is_empty() && !onset.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if alone {
        Some(format!("{head}{other}"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_vietnamese_alphabet() {
        let mut words = Words::default();
        let alphabet = [
            "an", "ăn", "ân", "bà", "cúc", "da", "đa", "em", "ên", "hoa", "hòa", "hỏa", "hõa",
            "hóa", "họa", "lan", "oanh", "ông", "ơn", "tu", "từ", "yên",
        ];
        for word in alphabet.iter().rev().chain(&alphabet) {
            words.intern(word);
        }
        let labels: Vec<u64> = alphabet
            .iter()
            .map(|word| {
                let number = words.intern(word);
                words.label(number)
            })
            .collect();
        assert!(labels.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn labels_are_given_anew_when_there_is_no_room() {
        let mut words = Words::default();
        let texts: Vec<String> = (0..200).map(|n| format!("a{}", "b".repeat(n))).collect();
        for text in texts.iter().rev() {
            words.intern(text);
        }
        let labels: Vec<u64> = texts
            .iter()
            .map(|text| {
                let number = words.intern(text);
                words.label(number)
            })
            .collect();
        assert!(labels.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn i_and_y_stand_for_each_other_behind_consonants_only() {
        for (base, other) in [
            ("ly", Some("li")),
            ("vi", Some("vy")),
            ("quy", Some("qui")),
            ("mai", None),
            ("may", None),
            ("thuy", None),
            ("y", None),
            ("lan", None),
        ] {
            assert_eq!(spelled_otherwise(base).as_deref(), other, "{base}");
        }
    }
}
