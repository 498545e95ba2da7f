//! The units: with which edition the registry began, and the decrees since.

use std::sync::Arc;

use registry::CommitSeq;
use registry::feed::{DecreePart, PARTS_MAX, UnitsChange};
use registry::unit::{Edition, Units};

use super::{Rows, read};
use crate::tables::{TableError, UNITS, UnitsRow};

const STANDING: &[u8] = &[0];
const DECREES: u8 = 1;
const PARTS: u8 = 2;
const NAME: &str = "units";

fn part_key(edition: Edition, part: Option<u16>) -> Vec<u8> {
    let mut key = vec![PARTS];
    key.extend(edition.get().to_be_bytes());
    key.extend(part.into_iter().flat_map(u16::to_be_bytes));
    key
}

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
    pub(crate) fn put_decree_part(&mut self, part: &DecreePart) -> Result<(), TableError> {
        self.put_value(UNITS, NAME, &part_key(part.edition, Some(part.part)), part)
    }
    /// The parts of a decree that have come, in their order.
    pub(crate) fn decree_parts(&self, edition: Edition) -> Result<Vec<DecreePart>, TableError> {
        let rows = self.prefix(UNITS, &part_key(edition, None), usize::from(PARTS_MAX))?;
        rows.iter().map(|(_, row)| read(NAME, row)).collect()
    }
    pub(crate) fn delete_decree_parts(&mut self, edition: Edition) -> Result<(), TableError> {
        for part in 0..PARTS_MAX {
            self.delete(UNITS, &part_key(edition, Some(part)))?;
        }
        Ok(())
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
