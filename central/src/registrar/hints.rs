//! What the registrar does with possible duplicates: writes what the pass found, and carries out
//! what a person says of a pair. Only a person's word makes a case of a hint.

use registry::case::Jurisdiction;
use registry::duplicate::Hint;

use super::*;
use crate::duplicates::{self, OpenPairs, PairRow, PairState, PassRow, Slice};

/// What a person says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairWord {
    /// They are two people.
    Dismiss,
    /// It shall be decided whether they are one.
    OpenCase,
}

/// Why a word on a pair is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// No such pair.
    #[error("there is no possible duplicate with this number; `registryctl duplicates` lists them")]
    Unknown,
    /// Nobody knows why.
    #[error("say why in a sentence: the reason is kept with the pair")]
    NoReason,
    /// Of another province.
    #[error("these records are decided upon by reviewers of another jurisdiction")]
    NotYours,
    /// Somebody has spoken already.
    #[error("it was dismissed, or a case was opened, before; look at it again")]
    Settled,
    /// One of the records is revoked, or is gone.
    #[error("one of the two registrations stands no more, so there is nothing to decide")]
    Gone,
    /// It was decided before that they are two people.
    #[error("a case about these two was decided before; only new facts open it again")]
    Decided,
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl From<StoreError> for PairError {
    fn from(error: StoreError) -> Self {
        PairError::Store(error.into())
    }
}

impl PairError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            PairError::Unknown => "duplicate_unknown",
            PairError::NoReason => "duplicate_no_reason",
            PairError::NotYours => "duplicate_not_yours",
            PairError::Settled => "duplicate_settled",
            PairError::Gone => "duplicate_gone",
            PairError::Decided => "duplicate_decided",
            PairError::Store(error) => error.code(),
        }
    }
}

impl Registrar {
    /// Where the pass stands.
    pub fn duplicate_pass(&self) -> Result<PassRow, UnitError> {
        duplicates::pass(self.store.as_ref())
    }

    /// Begins a pass from the first record, if none is under way.
    pub fn stage_duplicate_pass(&self, at_s: i64) -> Result<PassRow, UnitError> {
        let _draw = self.writer();
        let pass = self.duplicate_pass()?;
        if pass.running {
            return Ok(pass);
        }
        let pass = pass.begin(at_s);
        let mut unit = Unit::begin(self.store.as_ref(), self.known()?, at_s)?;
        unit.put(tables::META, duplicates::PASS, &pass)?;
        self.hand_over(unit)?;
        Ok(pass)
    }

    /// Reads and compares the next records of the pass; writes nothing, so it may run beside the
    /// writer.
    pub fn read_duplicates(&self, pass: &PassRow, count: usize) -> Result<Slice, UnitError> {
        duplicates::read_slice(self.store.as_ref(), pass, count)
    }

    /// Reads and compares the next people whom acts have made since; writes nothing.
    pub fn read_newcomers(&self, count: usize) -> Result<Option<Slice>, UnitError> {
        duplicates::read_newcomers(self.store.as_ref(), &self.duplicate_pass()?, count)
    }

    /// Compares all newcomers at once; durable when it returns. Tells how many pairs are new.
    pub fn compare_newcomers(&self, at_s: i64, count: usize) -> Result<u64, UnitError> {
        let mut found = 0;
        while let Some(slice) = self.read_newcomers(count)? {
            let pass = self.duplicate_pass()?;
            found += self.stage_duplicates(at_s, pass, slice)?.found - pass.found;
        }
        self.sync()?;
        Ok(found)
    }

    /// Writes what a slice came to. Promises nothing: what is lost is walked again.
    pub fn stage_duplicates(
        &self,
        at_s: i64,
        pass: PassRow,
        slice: Slice,
    ) -> Result<PassRow, UnitError> {
        let _draw = self.writer();
        let mut unit = Unit::begin(self.store.as_ref(), self.known()?, at_s)?;
        let pass = slice.write(&mut unit, pass)?;
        self.hand_over(unit)?;
        Ok(pass)
    }

    /// A whole pass at once, in slices of `count` records; durable when it returns.
    pub fn find_duplicates(&self, at_s: i64, count: usize) -> Result<PassRow, UnitError> {
        let mut pass = self.stage_duplicate_pass(at_s)?;
        while pass.running {
            let slice = self.read_duplicates(&pass, count)?;
            pass = self.stage_duplicates(at_s, pass, slice)?;
        }
        self.sync()?;
        Ok(pass)
    }

    /// The open pairs from a hint on, those with most points first; and how many there are.
    pub fn duplicates(
        &self,
        from: Hint,
        wanted: impl Fn(&PairRow) -> bool,
        limit: usize,
    ) -> Result<(Vec<PairRow>, usize), UnitError> {
        duplicates::listed(self.store.as_ref(), from, wanted, limit)
    }

    /// Who is in an open strong pair, for surveys. It goes through all pairs; `None` if `goes_on`
    /// says no before the end.
    pub fn open_pairs(&self, goes_on: &dyn Fn() -> bool) -> Result<Option<OpenPairs>, UnitError> {
        duplicates::open_pairs(self.store.as_ref(), goes_on)
    }

    /// A pair, with the comparison as the records stand now; none if they do not stand both.
    pub fn duplicate(
        &self,
        number: u64,
    ) -> Result<Option<(PairRow, Option<registry::duplicate::Explanation>)>, UnitError> {
        let store = self.store.as_ref();
        let Some(row) = duplicates::by_number(store, number)? else {
            return Ok(None);
        };
        let pass = self.duplicate_pass()?;
        let now = duplicates::explain(store, &pass, (&row.records.0, &row.records.1))?;
        Ok(Some((row, now)))
    }

    /// Takes a person's word on a pair; the number of the case if one was opened. Nobody may be
    /// told before [`Registrar::sync`] has returned.
    pub fn stage_pair_word(
        &self,
        at_s: i64,
        number: u64,
        reviewer: &Reviewer,
        word: PairWord,
        reason: Line,
    ) -> Result<(Option<u64>, Grew), PairError> {
        let _draw = self.writer();
        let (mut row, now) = self.duplicate(number)?.ok_or(PairError::Unknown)?;
        if reason.is_empty() {
            return Err(PairError::NoReason);
        }
        let units = self.units()?;
        let offices = row.offices.iter();
        let offices = offices.map(|office| units.office(*office, units.base()));
        let owner = Jurisdiction::over(offices, &units);
        if !reviewer.jurisdiction.covers(owner) {
            return Err(PairError::NotYours);
        }
        if row.state != PairState::Open {
            return Err(PairError::Settled);
        }
        let mut unit = Unit::begin(self.store.as_ref(), self.known()?, at_s)?;
        let by = reviewer.id.clone();
        let opened = match word {
            PairWord::Dismiss => {
                row.state = PairState::Dismissed { by, reason, at_s };
                None
            }
            PairWord::OpenCase if now.is_none() => return Err(PairError::Gone),
            PairWord::OpenCase => {
                let case = cases::ask(&mut unit, row.records)?.ok_or(PairError::Decided)?;
                row.state = PairState::Case {
                    number: case,
                    by,
                    reason,
                };
                Some(case)
            }
        };
        duplicates::put(&mut unit, &row)?;
        let what = if opened.is_some() {
            "duplicate case"
        } else {
            "duplicate dismissed"
        };
        audit(&mut unit, what, None, None, (number, opened.unwrap_or(0)))?;
        Ok((opened, self.hand_over(unit)?))
    }
}
