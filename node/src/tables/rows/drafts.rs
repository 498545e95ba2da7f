//! Drafts, by officer.

use registry::OfficerId;

use super::{Rows, read};
use crate::office::{Draft, DraftId};
use crate::tables::{DRAFTS, TableError, officer_key};

fn key(officer: &OfficerId, id: &DraftId) -> Vec<u8> {
    [officer_key(officer).as_slice(), id.as_bytes()].concat()
}

impl Rows {
    pub(crate) fn draft(
        &self,
        officer: &OfficerId,
        id: &DraftId,
    ) -> Result<Option<Draft>, TableError> {
        self.value(DRAFTS, "drafts", &key(officer, id))
    }
    pub(crate) fn put_draft(
        &mut self,
        officer: &OfficerId,
        id: &DraftId,
        draft: &Draft,
    ) -> Result<(), TableError> {
        self.put_value(DRAFTS, "drafts", &key(officer, id), draft)
    }
    pub(crate) fn delete_draft(
        &mut self,
        officer: &OfficerId,
        id: &DraftId,
    ) -> Result<(), TableError> {
        self.delete(DRAFTS, &key(officer, id))
    }
    /// Every officer's drafts.
    pub(crate) fn walk_drafts(
        &self,
        visit: &mut dyn FnMut(Draft) -> Result<bool, TableError>,
    ) -> Result<(), TableError> {
        self.walk(DRAFTS, None, &mut |_, row| visit(read("drafts", row)?))
    }
    pub(crate) fn drafts(
        &self,
        officer: &OfficerId,
        most: usize,
    ) -> Result<Vec<(DraftId, Draft)>, TableError> {
        let damaged = || TableError::Damaged { table: "drafts" };
        self.prefix(DRAFTS, &officer_key(officer), most)?
            .iter()
            .map(|(key, row)| {
                let (_, id) = key.split_last_chunk::<16>().ok_or_else(damaged)?;
                Ok((DraftId::from_random(*id), read("drafts", row)?))
            })
            .collect()
    }
}
