//! The units: with which edition the registry began, and the decrees since.

use std::sync::Arc;

use registry::CommitSeq;
use registry::feed::UnitsChange;
use registry::unit::{Edition, Units};

use super::{Rows, read};
use crate::tables::{TableError, UNITS, UnitsRow};

const STANDING: &[u8] = &[0];
const DECREES: u8 = 1;
const NAME: &str = "units";

/// Units.
impl Rows {
    /// What is known beside the decrees.
    pub fn units_row(&self) -> Result<UnitsRow, TableError> {
        Ok(self.value(UNITS, NAME, STANDING)?.unwrap_or_default())
    }
    pub(crate) fn put_units_row(&mut self, row: &UnitsRow) -> Result<(), TableError> {
        self.put_value(UNITS, NAME, STANDING, row)
    }
    pub(crate) fn put_decree(
        &mut self,
        edition: Edition,
        change: &UnitsChange,
        commit: CommitSeq,
    ) -> Result<(), TableError> {
        let [high, low] = edition.get().to_be_bytes();
        self.put_value(UNITS, NAME, &[DECREES, high, low], &(change, commit))
    }
    /// The units as the office knows them.
    pub fn units(&self) -> Result<Arc<Units>, TableError> {
        let damaged = || TableError::Damaged { table: NAME };
        let base = self.units_row()?.base;
        let mut units = Units::beginning_with(base).map_err(|_| damaged())?;
        for (_, row) in self.prefix(UNITS, &[DECREES], usize::from(u16::MAX))? {
            let (change, commit): (UnitsChange, CommitSeq) = read(NAME, &row)?;
            let decree = change.decree().ok_or_else(damaged)?;
            units = Arc::new(units.after(decree, commit).map_err(|_| damaged())?);
        }
        Ok(units)
    }
}
