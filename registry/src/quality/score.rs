//! Sums of findings: of a hamlet, a commune, a province. They add up, whoever added them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::problem::{Problem, Word};

/// How long ago people were last met, in people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Within 30 days.
    pub month: u64,
    /// Within 365 days, not 30.
    pub year: u64,
    /// Within two years, not one.
    pub two_years: u64,
    /// Longer ago.
    pub older: u64,
    /// Never since the record was taken over.
    pub never: u64,
}

/// Percent of the people who have each word, to a tenth, rounded down; absent where there is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shares {
    /// đúng.
    pub accurate: Option<f64>,
    /// đủ.
    pub complete: Option<f64>,
    /// sạch.
    pub clean: Option<f64>,
    /// sống.
    pub live: Option<f64>,
}

/// A sum of findings. Every number is of people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Looked at.
    pub people: u64,
    /// đúng.
    pub accurate: u64,
    /// đủ.
    pub complete: u64,
    /// sạch.
    pub clean: u64,
    /// sống.
    pub live: u64,
    /// All four.
    pub sound: u64,
    /// Who has each problem; one person may have several.
    pub problems: BTreeMap<Problem, u64>,
    /// How long ago they were last met.
    pub contacts: Contacts,
}

impl Score {
    /// Adds a finding.
    pub fn add(&mut self, finding: &Finding) {
        let one = |is: bool| u64::from(is);
        let problems = finding.problems;
        self.people += 1;
        self.accurate += one(!problems.deny(Word::Accurate));
        self.complete += one(!problems.deny(Word::Complete));
        self.clean += one(!problems.deny(Word::Clean));
        self.live += one(!problems.deny(Word::Live));
        self.sound += one(problems.is_empty());
        for problem in problems.iter() {
            *self.problems.entry(problem).or_default() += 1;
        }
        let contacts = &mut self.contacts;
        *match finding.contact_days {
            Some(..=30) => &mut contacts.month,
            Some(..=365) => &mut contacts.year,
            Some(..=730) => &mut contacts.two_years,
            Some(_) => &mut contacts.older,
            None => &mut contacts.never,
        } += 1;
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Score) {
        self.people += other.people;
        self.accurate += other.accurate;
        self.complete += other.complete;
        self.clean += other.clean;
        self.live += other.live;
        self.sound += other.sound;
        for (problem, count) in &other.problems {
            *self.problems.entry(*problem).or_default() += count;
        }
        let (contacts, others) = (&mut self.contacts, &other.contacts);
        contacts.month += others.month;
        contacts.year += others.year;
        contacts.two_years += others.two_years;
        contacts.older += others.older;
        contacts.never += others.never;
    }

    /// How many people have a word.
    pub const fn of(&self, word: Word) -> u64 {
        match word {
            Word::Accurate => self.accurate,
            Word::Complete => self.complete,
            Word::Clean => self.clean,
            Word::Live => self.live,
        }
    }

    /// The shares of people who have each word.
    pub fn percent(&self) -> Shares {
        // Tenths of a percent below 1000: exact in a float.
        #[allow(clippy::cast_precision_loss)]
        let of = |word| Some(self.permille(word)? as f64 / 10.0);
        Shares {
            accurate: of(Word::Accurate),
            complete: of(Word::Complete),
            clean: of(Word::Clean),
            live: of(Word::Live),
        }
    }

    /// The share of people who have a word, in tenths of a percent, rounded down so that 100 % is
    /// said of all and of nobody less; `None` of nobody.
    pub fn permille(&self, word: Word) -> Option<u64> {
        self.of(word).saturating_mul(1000).checked_div(self.people)
    }
}
