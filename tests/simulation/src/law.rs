//! Decrees as the test understands them: a few rulings, followed by plain loops and not by the code
//! that is looked at. What a record or an office has to belong to is worked out from here.

use std::collections::{BTreeMap, BTreeSet};

use registry::unit::Edition;
use registry::{FeedSeq, OfficeCode};

/// What became of one commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruling {
    /// The commune before.
    pub(crate) old: OfficeCode,
    /// Where what no part names goes.
    pub(crate) rest: OfficeCode,
    /// Where addresses of this hamlet go instead.
    pub(crate) part: Option<(&'static str, OfficeCode)>,
}

impl Ruling {
    fn of(&self, code: OfficeCode, address: &str) -> OfficeCode {
        match self.part {
            _ if code != self.old => code,
            Some((hamlet, new)) if names(address, hamlet) => new,
            _ => self.rest,
        }
    }

    fn office(&self, code: OfficeCode) -> OfficeCode {
        let goes_on = self.part.is_some_and(|(_, new)| new == self.old);
        if code != self.old || goes_on {
            code
        } else {
            self.rest
        }
    }

    fn dissolves(&self, code: OfficeCode) -> bool {
        code == self.old && self.office(code) != code
    }
}

/// Whether an address has these words next to each other.
fn names(address: &str, hamlet: &str) -> bool {
    let address = address.to_lowercase();
    let words: Vec<&str> = address.split_whitespace().collect();
    let wanted: Vec<&str> = hamlet.split_whitespace().collect();
    words.windows(wanted.len()).any(|some| some == wanted)
}

/// What is in force at the centre, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Law {
    /// Every commune of the run, dissolved ones too.
    pub(crate) communes: BTreeSet<OfficeCode>,
    rulings: Vec<Ruling>,
    /// Whether the last one is still being carried out.
    pub(crate) underway: bool,
    /// For each decree, those by name alone too: the edition before it, and where the feeds ended
    /// when it came into force.
    heads: Vec<(Edition, BTreeMap<OfficeCode, FeedSeq>)>,
}

impl Law {
    pub(crate) fn new(communes: impl Iterator<Item = OfficeCode>) -> Law {
        Law {
            communes: communes.collect(),
            ..Law::default()
        }
    }

    /// A decree has come into force after this edition, with the feeds ending here. One that only
    /// names communes anew has no ruling.
    pub(crate) fn add(
        &mut self,
        before: Edition,
        ruling: Option<Ruling>,
        heads: BTreeMap<OfficeCode, FeedSeq>,
    ) {
        self.heads.push((before, heads));
        if let Some(ruling) = ruling {
            self.communes.insert(ruling.rest);
            self.rulings.push(ruling);
        }
        self.underway = true;
    }

    /// From which place of its feed on an office that knows this edition may lack a decree.
    pub(crate) fn unheard_from(&self, known: Edition, code: OfficeCode) -> FeedSeq {
        let mut unheard = self.heads.iter().filter(|(before, _)| *before >= known);
        let heads = unheard.next().map(|(_, heads)| heads);
        heads.map_or(FeedSeq::new(u64::MAX), |heads| {
            heads.get(&code).copied().unwrap_or_default()
        })
    }

    /// How many decrees there were.
    pub(crate) fn count(&self) -> usize {
        self.rulings.len()
    }

    /// Whose office the device of a commune is today, by the code of before all decrees.
    pub(crate) fn office(&self, code: OfficeCode) -> OfficeCode {
        let rulings = self.rulings.iter();
        rulings.fold(code, |code, ruling| ruling.office(code))
    }

    /// The communes that a place may belong to by what a record says of it, at any time since it
    /// may have been written, up to now: a code means what it meant then.
    pub(crate) fn may(&self, code: OfficeCode, address: &str) -> BTreeSet<OfficeCode> {
        let mut held = BTreeSet::new();
        for written in self.writable(code) {
            let mut at = code;
            held.insert(at);
            for ruling in self.rulings.get(written..).unwrap_or_default() {
                at = ruling.of(at, address);
                held.insert(at);
            }
        }
        held
    }

    /// The one commune that it has to belong to now, if that is certain: it is not while a decree
    /// is being carried out, nor where it depends on when it was written and nothing tells.
    pub(crate) fn must(
        &self,
        code: OfficeCode,
        address: &str,
        imported: bool,
    ) -> Option<OfficeCode> {
        if self.underway {
            return None;
        }
        let written = self.writable(code);
        let ends: BTreeSet<OfficeCode> = written
            .take(if imported { 1 } else { usize::MAX })
            .map(|written| {
                let rulings = self.rulings.get(written..).unwrap_or_default();
                rulings
                    .iter()
                    .fold(code, |code, ruling| ruling.of(code, address))
            })
            .collect();
        let mut ends = ends.into_iter();
        ends.next().filter(|_| ends.next().is_none())
    }

    /// After how many decrees a place of this commune can have been written: those at which it was
    /// there.
    fn writable(&self, code: OfficeCode) -> impl Iterator<Item = usize> {
        let made = self.rulings.iter().position(|it| it.rest == code);
        let there_before = self.was_there(code);
        let from = match made {
            Some(place) if !there_before => place + 1,
            _ => 0,
        };
        let ended = self.rulings.iter().position(|it| it.dissolves(code));
        from..=ended.unwrap_or(self.rulings.len())
    }

    fn was_there(&self, code: OfficeCode) -> bool {
        code.get() < NEW_COMMUNES
    }
}

/// Codes from here on are those of communes that a decree of the run has made.
pub(crate) const NEW_COMMUNES: u32 = 90_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn code(number: u32) -> OfficeCode {
        OfficeCode::new(number).unwrap()
    }

    #[test]
    fn a_code_means_what_it_meant_when_it_was_written() {
        let mut law = Law::new([4, 8, 25].into_iter().map(code));
        assert_eq!(law.must(code(4), "số 1", false), Some(code(4)));
        let ruling = Ruling {
            old: code(4),
            rest: code(8),
            part: Some(("số 1", code(4))),
        };
        law.add(
            Edition::new(1),
            Some(ruling),
            BTreeMap::from([(code(4), FeedSeq::new(7))]),
        );
        assert_eq!(law.unheard_from(Edition::new(1), code(4)), FeedSeq::new(7));
        assert!(law.unheard_from(Edition::new(2), code(4)) > FeedSeq::new(1 << 60));
        assert_eq!(law.must(code(4), "số 2", true), None);
        law.underway = false;
        // Imported before; of what was written in between or after nothing is certain.
        assert_eq!(law.must(code(4), "số 2", true), Some(code(8)));
        assert_eq!(law.must(code(4), "Số 1 Hàng Bông", true), Some(code(4)));
        assert_eq!(law.must(code(4), "số 2", false), None);
        assert_eq!(law.may(code(4), "số 2"), [4, 8].map(code).into());
        assert_eq!(law.must(code(4), "số 1", false), Some(code(4)));
        assert_eq!(law.may(code(4), "số 12"), [4, 8].map(code).into());
        assert_eq!(law.office(code(4)), code(4));
        let ruling = Ruling {
            old: code(8),
            rest: code(90_001),
            part: None,
        };
        law.add(Edition::new(2), Some(ruling), BTreeMap::new());
        law.underway = false;
        assert_eq!(law.must(code(8), "", false), Some(code(90_001)));
        assert_eq!(law.must(code(90_001), "", false), Some(code(90_001)));
        assert_eq!(law.must(code(4), "", true), Some(code(90_001)));
        assert_eq!(law.office(code(8)), code(90_001));
        assert_eq!(law.count(), 2);
    }
}
