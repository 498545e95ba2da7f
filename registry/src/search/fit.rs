//! How well one person fits what was typed: term by term, by the best of the person's names.

use super::people::Row;
use super::query::Number;
use super::words::Levels;
use super::{Index, Rank};
use crate::date::PartialDate;

/// A term with the levels at which each known word, place and file fits it.
pub(super) enum Prepared<'q> {
    Word {
        names: Levels,
        places: Levels,
        files: Levels,
    },
    Number {
        number: &'q Number,
        files: Levels,
    },
}

/// How a person fits: the worst rank, then the sum of the ranks, then whether the query is the
/// whole name in its order, then whether it is the name itself. One number, the better the smaller,
/// because half a slice may be compared for one query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit(u32);

impl Fit {
    fn new(rank: Rank, sum: u16, not_whole: bool) -> Fit {
        Fit((rank as u32) << 24 | u32::from(sum) << 8 | u32::from(not_whole) << 1)
    }
    /// The same by another name than the name itself.
    fn by_other(self) -> Fit {
        Fit(self.0 | 1)
    }
    /// The same, but no better than a rank.
    pub(super) fn no_better_than(self, rank: Rank) -> Fit {
        let first = rank as u32;
        if self.0 >> 24 >= first {
            return self;
        }
        Fit(first << 24 | self.0 & 0x00ff_ffff)
    }
    /// The worst rank.
    pub(super) fn rank(self) -> Option<Rank> {
        Rank::of_level((self.0 >> 24) as u8)
    }
}

impl Index {
    /// How a person fits all terms by the name itself; `None` if a term does not fit.
    #[inline]
    pub(super) fn fit(&self, terms: &[Prepared<'_>], slot: u32) -> Option<Fit> {
        let row = self.people.row(slot)?;
        let words = self.people.words(slot);
        self.fit_name(terms, (slot, row), words, |names| best(words, names))
    }

    /// How one of the few who have other names fits all terms, and by which name: 0 is the name
    /// itself, then come the others. Beside an other name words of the name may stand: people say the
    /// surname with the name that everybody uses.
    #[cold]
    pub(super) fn fit_any(&self, terms: &[Prepared<'_>], slot: u32) -> Option<(Fit, u8)> {
        let row = self.people.row(slot)?;
        let own = self.people.words(slot);
        let by_own = self.fit(terms, slot).map(|fit| (fit, 0));
        let others = (1..).zip(self.people.others(slot));
        let by_others = others.filter_map(|(place, words)| {
            let either = |names: &Levels| {
                let both = [best(words, names), best(own, names)];
                both.into_iter().flatten().min()
            };
            let fit = self.fit_name(terms, (slot, row), words, either)?;
            Some((fit.by_other(), place))
        });
        by_own.into_iter().chain(by_others).min()
    }

    /// How a person fits all terms by the name of these words; `by_name` tells how a term of letters
    /// fits the name. Inlined, because half a slice may be looked at for one query: as a call it took
    /// half as long again.
    #[inline(always)]
    fn fit_name(
        &self,
        terms: &[Prepared<'_>],
        (slot, row): (u32, &Row),
        words: &[u32],
        by_name: impl Fn(&Levels) -> Option<Rank>,
    ) -> Option<Fit> {
        let (mut worst, mut sum) = (Rank::Exact, 0);
        let mut not_whole = words.len() != terms.len();
        for (place, term) in terms.iter().enumerate() {
            let rank = match term {
                Prepared::Word {
                    names,
                    places,
                    files,
                } => {
                    if !not_whole {
                        not_whole = words.get(place).is_none_or(|w| names.get(*w).is_none());
                    }
                    by_name(names)
                        .or_else(|| places.get(row.place))
                        .or_else(|| files.get(row.file))?
                }
                Prepared::Number { number, files } => {
                    not_whole = true;
                    self.fit_number(number, files, slot, row)?
                }
            };
            worst = worst.max(rank);
            sum += rank as u16;
        }
        Some(Fit::new(worst, sum, not_whole))
    }
}

impl Index {
    /// How a number fits a person: as the date of birth, as digits of one of the person's numbers,
    /// or as the number of the file.
    #[inline(always)]
    pub(super) fn fit_number(
        &self,
        number: &Number,
        files: &Levels,
        slot: u32,
        row: &Row,
    ) -> Option<Rank> {
        let by_birth = number.born.and_then(|typed| born(typed, row.birth));
        by_birth
            .or_else(|| {
                let part = number.part.as_ref()?;
                let has = self.people.has_digits(slot, row, part);
                has.then_some(Rank::Exact)
            })
            .or_else(|| files.get(row.file))
    }
}

/// The best rank of these words.
#[inline]
fn best(words: &[u32], names: &Levels) -> Option<Rank> {
    words.iter().filter_map(|word| names.get(*word)).min()
}

/// How a typed date of birth fits the one that is known: that day, or within that month or year,
/// exactly; a day of which only the month or year is known, loosely.
fn born(typed: PartialDate, known: Option<PartialDate>) -> Option<Rank> {
    let known = known.filter(|known| known.year() == typed.year())?;
    if known == typed || known.refines(&typed) {
        Some(Rank::Exact)
    } else {
        typed.refines(&known).then_some(Rank::Loose)
    }
}
