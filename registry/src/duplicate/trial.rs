//! A trial of the whole way on people of whom it is known who is who: how many duplicates are
//! found, and how many hints are wrong. No clock and no file; a command prints what comes out.

use std::collections::BTreeMap;

use super::block::pairs;
use super::compare::{Prior, compare};
use super::explain::Hint;
use super::key::{Key, keys};
use super::traits::{Traits, as_written};
use super::weight::{Item, Level};
use crate::population::{Planting, Specimen};

/// People of whom it is known who is who.
#[derive(Default)]
pub struct Trial {
    people: Vec<Traits>,
    keys: Vec<(Key, u32)>,
    planted: Vec<Option<(Planting, u32)>>,
}

/// What became of one kind of planted pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pairs planted.
    pub planted: u64,
    /// Of them, those that share a key.
    pub met: u64,
    /// Of them, those that are worth a look or more.
    pub looked: u64,
    /// Of them, those with a strong hint.
    pub strong: u64,
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Records.
    pub people: u64,
    /// Keys of all of them.
    pub keys: u64,
    /// Pairs that were compared.
    pub pairs: u64,
    /// Pairs of too large blocks that were not.
    pub left_out: u64,
    /// What was planted, kind by kind.
    pub kinds: BTreeMap<Planting, Tally>,
    /// Strong hints for two people, by what they are; none for people of the population itself.
    pub wrong: BTreeMap<Option<Planting>, u64>,
    /// Pairs worth a look that are two people.
    pub looked_wrong: u64,
    /// How many pairs have so many points, in tens: duplicates, and others.
    pub scores: BTreeMap<i32, (u64, u64)>,
    /// How often each finding was made among duplicates, and among other pairs compared.
    pub findings: BTreeMap<(Item, Level), (u64, u64)>,
}

impl Report {
    fn duplicates(&self, count: fn(&Tally) -> u64) -> u64 {
        let kinds = self.kinds.iter().filter(|(kind, _)| kind.is_duplicate());
        kinds.map(|(_, tally)| count(tally)).sum()
    }
    /// Duplicates planted.
    pub fn planted(&self) -> u64 {
        self.duplicates(|tally| tally.planted)
    }
    /// Of the duplicates, the share that shares a key.
    pub fn reach(&self) -> f64 {
        share(self.duplicates(|tally| tally.met), self.planted())
    }
    /// Of the duplicates, the share with a strong hint.
    pub fn recall(&self) -> f64 {
        share(self.duplicates(|tally| tally.strong), self.planted())
    }
    /// Of the duplicates, the share that is worth a look or more.
    pub fn recall_looked(&self) -> f64 {
        share(self.duplicates(|tally| tally.looked), self.planted())
    }
    /// Of the strong hints, the share that is right.
    pub fn precision(&self) -> f64 {
        let right = self.duplicates(|tally| tally.strong);
        share(right, right + self.wrong.values().sum::<u64>())
    }
    /// Of all hints, those worth a look included, the share that is right.
    pub fn precision_looked(&self) -> f64 {
        let right = self.duplicates(|tally| tally.looked);
        share(right, right + self.looked_wrong)
    }
}

/// A share of counts, which stay far below 2⁵².
#[allow(clippy::cast_precision_loss)]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 1.0;
    }
    part as f64 / whole as f64
}

impl Trial {
    /// Adds a record.
    pub fn add(&mut self, specimen: &Specimen) {
        let Some(traits) = Traits::of(&specimen.fields, &as_written) else {
            return;
        };
        let place = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        self.keys
            .extend(keys(&traits).into_iter().map(|key| (key, place)));
        self.people.push(traits);
        let model = |(kind, before): (Planting, u32)| (kind, place.saturating_sub(before));
        self.planted.push(specimen.planted.map(model));
    }

    /// Records so far.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Compares all who meet. `progress` is told, now and then, how many of how many pairs are
    /// done.
    pub fn run(mut self, mut progress: impl FnMut(u64, u64)) -> Report {
        let mut report = Report {
            people: self.people.len() as u64,
            keys: self.keys.len() as u64,
            ..Report::default()
        };
        for kind in self.planted.iter().flatten() {
            report.kinds.entry(kind.0).or_default().planted += 1;
        }
        let met = self.meet(&mut report);
        let prior = Prior::of(report.people);
        for (done, pair) in met.iter().enumerate() {
            if done.is_multiple_of(100_000) {
                progress(done as u64, report.pairs);
            }
            self.judge(*pair, prior, &mut report);
        }
        report
    }

    /// Every pair that shares a key, once.
    fn meet(&mut self, report: &mut Report) -> Vec<(u32, u32)> {
        let mut keys = std::mem::take(&mut self.keys);
        keys.sort_unstable();
        let mut met: Vec<(u32, u32)> = Vec::new();
        for block in keys.chunk_by(|(one, _), (two, _)| one.block == two.block) {
            report.left_out += pairs(block, |one, two| met.push((one.min(two), one.max(two))));
        }
        drop(keys);
        met.sort_unstable();
        met.dedup();
        report.pairs = met.len() as u64;
        met
    }

    fn judge(&self, (one, two): (u32, u32), prior: Prior, report: &mut Report) {
        let at = |place: u32| self.people.get(place as usize);
        let (Some(a), Some(b)) = (at(one), at(two)) else {
            return;
        };
        let found = compare(a, b, prior);
        // A planted record stands after its model.
        let planted = self.planted.get(two as usize).copied().flatten();
        let kind = planted
            .filter(|(_, model)| *model == one)
            .map(|(kind, _)| kind);
        let duplicate = kind.is_some_and(Planting::is_duplicate);
        let scores = report.scores.entry(found.score.div_euclid(10)).or_default();
        *if duplicate {
            &mut scores.0
        } else {
            &mut scores.1
        } += 1;
        for finding in &found.items {
            let count = report
                .findings
                .entry((finding.item, finding.level))
                .or_default();
            let count = if duplicate {
                &mut count.0
            } else {
                &mut count.1
            };
            *count += 1;
        }
        if let Some(kind) = kind {
            let tally = report.kinds.entry(kind).or_default();
            tally.met += 1;
            tally.looked += u64::from(found.hint >= Hint::Look);
            tally.strong += u64::from(found.hint == Hint::Strong);
        }
        if !duplicate {
            report.looked_wrong += u64::from(found.hint >= Hint::Look);
            if found.hint == Hint::Strong {
                *report.wrong.entry(kind).or_default() += 1;
            }
        }
    }
}
