//! What a comparison says, in a form that a person can follow: each finding with its points, in
//! words that tell no citizen's data.

use serde::{Deserialize, Serialize};

use super::weight::{Item, Level, row};

/// Points from which a pair is worth a look: one person as probable as not.
const LOOK: i32 = 0;
/// Points from which a pair is strongly held for one person: thirty-two to one by the
/// table, which leans to the careful side.
const STRONG: i32 = 50;

/// How strongly two records look like one person. Never more than a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Rather two people.
    Unlikely,
    /// Worth a look.
    Look,
    /// Very probably one person.
    Strong,
}

impl Hint {
    /// The hint of a score. Name and birth data alone are never more than worth a look, whatever
    /// the score: namesakes born on one day are common. `beyond_birth` tells whether anything
    /// else agrees.
    pub(super) const fn of(score: i32, beyond_birth: bool) -> Hint {
        if score < LOOK {
            Hint::Unlikely
        } else if score >= STRONG && beyond_birth {
            Hint::Strong
        } else {
            Hint::Look
        }
    }

    /// The stable key.
    pub const fn key(self) -> &'static str {
        match self {
            Hint::Unlikely => "unlikely",
            Hint::Look => "look",
            Hint::Strong => "strong",
        }
    }
}

/// Against what a pair was weighed: what else could be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// Two people who have nothing to do with each other.
    Strangers,
    /// Two of one family: brothers, sisters, twins.
    Family,
}

/// One item of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was compared.
    pub item: Item,
    /// How it agrees or differs.
    pub level: Level,
    /// What that says: ten points double the odds, minus ten halve them.
    pub points: i32,
}

impl Finding {
    /// In Vietnamese.
    pub fn words_vi(self) -> &'static str {
        row(self.item, self.level).map_or("", |row| row.vi)
    }
    /// In English.
    pub fn words_en(self) -> &'static str {
        row(self.item, self.level).map_or("", |row| row.en)
    }
    /// With its words, for a screen.
    pub fn view(self) -> FindingView {
        FindingView {
            item: self.item.key(),
            level: self.level.key(),
            points: self.points,
            vi: self.words_vi(),
            en: self.words_en(),
        }
    }
}

/// A finding as a screen shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// What was compared.
    pub item: &'static str,
    /// How it agrees or differs.
    pub level: &'static str,
    /// Ten points double the odds.
    pub points: i32,
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Points in all, what was believed beforehand included; 0 is as probable as not.
    pub score: i32,
    /// What follows.
    pub hint: Hint,
    /// What else could be true, and was weighed against.
    pub against: Alternative,
    /// The findings, in the order of the table.
    pub items: Vec<Finding>,
}

impl Explanation {
    /// The findings with their words, what says most first.
    pub fn views(&self) -> Vec<FindingView> {
        let mut items = self.items.clone();
        items.sort_by_key(|found| (-found.points.abs(), found.item));
        items.into_iter().map(Finding::view).collect()
    }
}
