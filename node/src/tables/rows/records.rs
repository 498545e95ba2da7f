//! Records: official, provisional, and what is left of those that are no longer held.

use registry::RecordId;
use registry_store::{KeyRange, Table};

use super::Rows;
use crate::tables::{FILES, Kept, OFFICIAL, PROVISIONAL, TOMBSTONES, TableError, Tombstone};

/// Looks at a record's id and row; tells whether to go on.
type VisitRecord<'a> = &'a mut dyn FnMut(RecordId, &[u8]) -> Result<bool, TableError>;

/// Records.
impl Rows {
    fn kept(&self, table: Table, id: &RecordId) -> Result<Option<Kept>, TableError> {
        self.get(table, id.as_bytes())?
            .map(|row| Kept::decode(*id, &row).ok_or(TableError::Damaged { table: "records" }))
            .transpose()
    }

    fn put_kept(&mut self, table: Table, kept: &Kept) -> Result<(), TableError> {
        let row = kept
            .encode()
            .ok_or(TableError::Damaged { table: "records" })?;
        self.put(table, kept.record.id.as_bytes(), row);
        Ok(())
    }

    /// The record as the centre has confirmed it.
    pub fn official(&self, id: &RecordId) -> Result<Option<Kept>, TableError> {
        self.kept(OFFICIAL, id)
    }

    /// The record with own acts on top, if it has any.
    pub fn provisional(&self, id: &RecordId) -> Result<Option<Kept>, TableError> {
        self.kept(PROVISIONAL, id)
    }

    /// The record as screens show it.
    pub fn shown(&self, id: &RecordId) -> Result<Option<Kept>, TableError> {
        match self.provisional(id)? {
            Some(kept) => Ok(Some(kept)),
            None => self.official(id),
        }
    }

    pub(crate) fn put_official(&mut self, kept: &Kept) -> Result<(), TableError> {
        self.put_kept(OFFICIAL, kept)
    }
    /// Puts the row of a record, as [`Kept::with_row`] wrote it.
    pub(crate) fn put_official_row(&mut self, id: &RecordId, row: Vec<u8>) {
        self.put(OFFICIAL, id.as_bytes(), row);
    }
    pub(crate) fn delete_official(&mut self, id: &RecordId) -> Result<(), TableError> {
        self.delete(OFFICIAL, id.as_bytes())
    }
    pub(crate) fn put_provisional(&mut self, kept: &Kept) -> Result<(), TableError> {
        self.put_kept(PROVISIONAL, kept)
    }
    pub(crate) fn delete_provisional(&mut self, id: &RecordId) -> Result<(), TableError> {
        self.delete(PROVISIONAL, id.as_bytes())
    }

    /// Walks the official records of the store; `visit` gets the id and the row, and tells whether
    /// to go on.
    pub(crate) fn walk_official(
        &self,
        after: Option<RecordId>,
        visit: VisitRecord<'_>,
    ) -> Result<(), TableError> {
        let after = after.map(|id| *id.as_bytes());
        self.walk(
            OFFICIAL,
            after.as_ref().map(<[u8; 16]>::as_slice),
            &mut |key, row| visit(record_of(key)?, row),
        )
    }

    /// Walks the provisional records of the store.
    pub(crate) fn walk_provisional(&self, visit: VisitRecord<'_>) -> Result<(), TableError> {
        self.walk(PROVISIONAL, None, &mut |key, row| {
            visit(record_of(key)?, row)
        })
    }

    /// Keeps the number of a household's file where it is read without the household.
    pub(crate) fn set_file(&mut self, id: &RecordId, file: Option<&str>) -> Result<(), TableError> {
        match file {
            Some(file) => self.put(FILES, id.as_bytes(), file.as_bytes().to_vec()),
            None => self.delete(FILES, id.as_bytes())?,
        }
        Ok(())
    }

    /// Walks the files of the official households.
    pub(crate) fn walk_files(
        &self,
        visit: &mut dyn FnMut(RecordId, &str),
    ) -> Result<(), TableError> {
        self.walk(FILES, None, &mut |key, file| {
            let file =
                std::str::from_utf8(file).map_err(|_| TableError::Damaged { table: "files" })?;
            visit(record_of(key)?, file);
            Ok(true)
        })
    }

    /// What is left of a record that left.
    pub fn tombstone(&self, id: &RecordId) -> Result<Option<Tombstone>, TableError> {
        self.value(TOMBSTONES, "tombstones", id.as_bytes())
    }
    pub(crate) fn put_tombstone(
        &mut self,
        id: &RecordId,
        stone: &Tombstone,
    ) -> Result<(), TableError> {
        self.put_value(TOMBSTONES, "tombstones", id.as_bytes(), stone)
    }
    /// Whether there is any.
    pub(crate) fn has_tombstones(&self) -> Result<bool, TableError> {
        Ok(!self.store.scan(TOMBSTONES, &KeyRange::all(), 1)?.is_empty())
    }

    pub(crate) fn delete_tombstone(&mut self, id: &RecordId) -> Result<(), TableError> {
        self.delete(TOMBSTONES, id.as_bytes())
    }
}

fn record_of(key: &[u8]) -> Result<RecordId, TableError> {
    RecordId::from_slice(key).ok_or(TableError::Damaged { table: "records" })
}
