//! Finding people as clerks look for them: words of a name in any order, with or without
//! diacritics, mixed with a date or year, a part of a number, a household file, a hamlet. A person
//! is found by every name that they are known by.
//!
//! An [`Index`] is held in memory and built from the records; it stores nothing. How matches are
//! ordered is in `search/best.rs`, how well one person fits in `search/fit.rs`, what a query may hold
//! in `search/query.rs`.

mod best;
mod digits;
mod fit;
mod meant;
mod people;
mod query;
mod slots;
pub(crate) mod telex;
mod words;

pub use meant::without_input_method;

use serde::{Deserialize, Serialize};

use crate::date::PartialDate;
use crate::id::RecordId;
use crate::person::OTHER_NAMES_MAX;
use crate::pin::Pin;
use crate::text::fold_tones;
use best::Best;
use digits::Digits;
use fit::Prepared;
use people::{People, Row};
use query::{Query, Term};
use slots::Slots;
use words::Words;

/// Hits that one query may ask for.
pub const HITS_MAX: usize = 1000;
/// With fewer hits than this a query is also read as the keys of Telex, then of VNI, typed into a
/// box that is not listening.
const POOR_HITS: usize = 3;

/// How well a person fits a query; the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Rank {
    /// Every word is written just so.
    Exact = 0,
    /// The place of a tone differs: `hoà`, `hòa`.
    Tones = 1,
    /// A word has the same base letters, or is a part of one with an apostrophe or a hyphen, or all
    /// its parts as one: `hen`, `hhen` for `H'Hen`.
    Base = 2,
    /// The last word is the beginning of one, with its diacritics.
    Beginning = 3,
    /// The last word is the beginning of one, or `i` stands for `y`.
    Loose = 4,
}

impl Rank {
    /// The rank with this number.
    const fn of_level(level: u8) -> Option<Rank> {
        match level {
            0 => Some(Rank::Exact),
            1 => Some(Rank::Tones),
            2 => Some(Rank::Base),
            3 => Some(Rank::Beginning),
            4 => Some(Rank::Loose),
            _ => None,
        }
    }
}

/// What the index is told about a person.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    /// The full name.
    pub name: &'a str,
    /// The names that the person is known by besides; the first [`OTHER_NAMES_MAX`] are indexed.
    pub other_names: &'a [&'a str],
    /// The date of birth, as far as it is known.
    pub birth: Option<PartialDate>,
    /// The PIN, if there is one.
    pub pin: Option<Pin>,
    /// Numbers that the person had before: of the old card with nine digits, cancelled PINs.
    pub old_numbers: &'a [&'a str],
    /// The number of the household's file.
    pub household_file: Option<&'a str>,
    /// The phone number, with digits as [`crate::contact::Phone`] has them.
    pub phone: Option<&'a str>,
    /// The hamlet or address of residence.
    pub hamlet: Option<&'a str>,
}

/// A person found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The person.
    pub id: RecordId,
    /// How well the person fits.
    pub rank: Rank,
    /// By which of [`Entry::other_names`] the person was found, counted from 0; nothing if the name
    /// itself fits as well.
    pub other_name: Option<usize>,
}

/// The people of a slice, ready to be searched.
#[derive(Debug, Default)]
pub struct Index {
    words: Words,
    people: People,
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }
    /// How many people are in it.
    pub fn len(&self) -> usize {
        self.people.len()
    }
    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.people.len() == 0
    }

    /// Puts a person in, in place of what was known under the same id.
    pub fn insert(&mut self, id: RecordId, entry: &Entry<'_>) {
        self.remove(id);
        let mut words = self.name(entry.name);
        let others: Vec<Vec<u32>> = entry
            .other_names
            .iter()
            .take(OTHER_NAMES_MAX)
            .map(|other| self.name(other))
            .collect();
        let row = Row {
            pin: entry
                .pin
                .map_or(Digits::NONE, |pin| Digits::read(&pin.digits())),
            phone: entry.phone.map_or(Digits::NONE, Digits::read),
            old: entry
                .old_numbers
                .first()
                .map_or(Digits::NONE, |n| Digits::read(n)),
            older: entry.old_numbers.len() > 1,
            birth: entry.birth,
            file: self.people.file(entry.household_file),
            place: entry.hamlet.map_or(people::NONE, |place| self.place(place)),
        };
        let slot = self.people.add(id, row, &words);
        self.people.add_older(slot, entry.old_numbers);
        self.people.add_others(slot, &others);
        words.extend(others.iter().flatten());
        for word in words {
            self.words.add_person(word, slot);
        }
    }

    /// Gives the people of a household another file, or none. Those who are not in are passed over.
    pub fn set_file(&mut self, ids: &[RecordId], file: Option<&str>) {
        if !ids.is_empty() {
            self.people.set_file(ids, file);
        }
    }

    /// Whoever is found by `file` is found by `other` as well: the provisional number of a household
    /// goes on standing on papers.
    pub fn also_file(&mut self, file: &str, other: &str) {
        self.people.files.alias(file, other);
    }

    /// Takes a person out; `false` if the person was not in.
    pub fn remove(&mut self, id: RecordId) -> bool {
        let Some((slot, words)) = self.people.take(id) else {
            return false;
        };
        for word in words {
            self.words.remove_person(word, slot);
        }
        true
    }

    /// The people who fit `text` best, at most `limit` of them: by rank, then by the Vietnamese
    /// alphabet, given name before surname.
    pub fn query(&self, text: &str, limit: usize) -> Vec<Hit> {
        let mut best = Best::new(limit.min(HITS_MAX));
        self.search(&Query::read(text), &mut best);
        let again = |otherwise: Option<String>, best: &mut Best| {
            if let Some(otherwise) = otherwise {
                best.keep_seen();
                self.search(&Query::read(&otherwise), best);
            }
        };
        for decode in [telex::decode, telex::decode_vni] {
            if best.len() < POOR_HITS {
                again(decode(text), &mut best);
            }
        }
        // Whoever is written otherwise is to be found behind the namesakes who are not.
        best.no_better_than(Rank::Base);
        again(query::apart(text), &mut best);
        again(query::joined(text), &mut best);
        best.into_hits(&self.people, &self.words)
    }

    /// Interns the words of a name.
    fn name(&mut self, name: &str) -> Vec<u32> {
        let name = query::lower(name);
        let words = query::split(&name).take(people::WORDS_MAX);
        words.map(|word| self.words.intern(word)).collect()
    }

    /// Interns a place and its words.
    fn place(&mut self, place: &str) -> u32 {
        let key = query::lower(place);
        let (place, new) = self.people.places.intern_new(&key);
        if new {
            for word in query::split(&key) {
                let word = self.words.intern(word);
                self.words.add_place(word, place);
            }
        }
        place
    }

    fn search(&self, query: &Query, best: &mut Best) {
        let terms: Vec<Prepared<'_>> = query.terms.iter().map(|term| self.prepare(term)).collect();
        let by_words = Slots::in_all(terms.iter().filter_map(|term| self.slots_of_word(term)));
        // A number says nothing of a name.
        let by_names = by_words.is_some();
        let by_numbers = || Slots::in_all(terms.iter().filter_map(|n| self.slots_of_number(n)));
        let Some(slots) = by_words.or_else(by_numbers) else {
            return;
        };
        for slot in slots.iter() {
            if by_names && self.people.has_others(slot) {
                if let Some((fit, other)) = self.fit_any(&terms, slot) {
                    best.offer(fit, slot, other, &self.people, &self.words);
                }
            } else if let Some(fit) = self.fit(&terms, slot) {
                best.offer(fit, slot, 0, &self.people, &self.words);
            }
        }
    }

    fn prepare<'q>(&self, term: &'q Term) -> Prepared<'q> {
        match term {
            Term::Word(word) => {
                let names = self.words.levels(word);
                Prepared::Word {
                    places: self.words.place_levels(&names, self.people.places.len()),
                    files: self.people.files.levels(&word.exact),
                    names,
                }
            }
            Term::Number(number) => Prepared::Number {
                number,
                files: self.people.files.levels(&number.text),
            },
        }
    }

    /// Everybody whom a word fits.
    fn slots_of_word(&self, term: &Prepared<'_>) -> Option<Slots> {
        let Prepared::Word {
            names,
            places,
            files,
        } = term
        else {
            return None;
        };
        let mut slots = Slots::new(self.people.slot_count());
        self.words.people_with(names, &mut slots);
        self.people.add_with_place(places, &mut slots);
        self.people.add_with_file(files, &mut slots);
        Some(slots)
    }

    /// Everybody whom a number fits. Each person is looked at, so this is asked only where no word
    /// leaves fewer.
    fn slots_of_number(&self, term: &Prepared<'_>) -> Option<Slots> {
        let Prepared::Number { number, files } = term else {
            return None;
        };
        let mut slots = Slots::new(self.people.slot_count());
        for (slot, row) in self.people.rows() {
            if self.fit_number(number, files, slot, row).is_some() {
                slots.add(slot);
            }
        }
        Some(slots)
    }
}

#[cfg(test)]
mod tests;
