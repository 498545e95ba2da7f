//! Counts by month, with those of which only the year is known beside them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::date::PartialDate;

/// A month of a year; `2026-11` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(u16);

impl Month {
    /// The month of a date, if it is known.
    pub fn of(date: PartialDate) -> Option<Month> {
        let month = date.month()?;
        Some(Month(date.year() * 12 + u16::from(month) - 1))
    }
    /// Its year.
    pub const fn year(self) -> u16 {
        self.0 / 12
    }
    /// Its number in the year, from 1.
    pub const fn month(self) -> u16 {
        self.0 % 12 + 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            self.0.serialize(s)
        }
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if !d.is_human_readable() {
            return u16::deserialize(d).map(Month);
        }
        let text = String::deserialize(d)?;
        let date = text.parse().ok().and_then(Month::of);
        date.ok_or_else(|| serde::de::Error::custom("write a month like 2026-11"))
    }
}

/// Counts by month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Months {
    /// By month.
    pub by_month: BTreeMap<Month, u64>,
    /// Of which only the year is known.
    pub month_unknown: BTreeMap<u16, u64>,
}

impl Months {
    /// Counts `count` at a date.
    pub fn add(&mut self, date: PartialDate, count: u64) {
        if count == 0 {
            return;
        }
        match Month::of(date) {
            Some(month) => *self.by_month.entry(month).or_default() += count,
            None => *self.month_unknown.entry(date.year()).or_default() += count,
        }
    }
    /// Adds other counts.
    pub fn merge(&mut self, other: &Months) {
        for (month, count) in &other.by_month {
            *self.by_month.entry(*month).or_default() += count;
        }
        for (year, count) in &other.month_unknown {
            *self.month_unknown.entry(*year).or_default() += count;
        }
    }
    /// The counts of one year alone.
    pub fn of_year(&self, year: u16) -> Months {
        let by_month = self
            .by_month
            .iter()
            .filter(|(month, _)| month.year() == year);
        let unknown = self.month_unknown.iter().filter(|(of, _)| **of == year);
        Months {
            by_month: by_month.map(|(month, count)| (*month, *count)).collect(),
            month_unknown: unknown.map(|(of, count)| (*of, *count)).collect(),
        }
    }
    /// All that was counted.
    pub fn total(&self) -> u64 {
        self.by_month
            .values()
            .chain(self.month_unknown.values())
            .sum()
    }
}
