//! Repair: the list of what is held, and the patches that set it right.

use bytes::Bytes;
use registry::RecordId;
use registry::columns::decode_page;
use sync_proto::{Digest, RepairItem};

use super::{Office, OfficeError};
use crate::tables::{Kept, TableError};

impl Office {
    /// What the official slice holds after a record, in the order of ids; and whether that is all.
    pub fn repair_list(
        &self,
        after: Option<RecordId>,
        max_count: usize,
    ) -> Result<(Vec<RepairItem>, bool), OfficeError> {
        let mut items = Vec::new();
        let mut done = true;
        self.rows.walk_official(after, &mut |record, row| {
            if items.len() >= max_count {
                done = false;
                return Ok(false);
            }
            let version = Kept::version_of_row(row)
                .and_then(|version| version.first_chunk().copied())
                .ok_or(TableError::Damaged { table: "records" })?;
            items.push(RepairItem { record, version });
            Ok(true)
        })?;
        Ok((items, done))
    }

    /// Replaces and drops records; gives the digest afterwards.
    pub fn apply_repair(&self, replace: &Bytes, drop: &[RecordId]) -> Result<Digest, OfficeError> {
        let _writing = self.writing();
        let records = if replace.is_empty() {
            Vec::new()
        } else {
            decode_page(replace)?
        };
        let mut work = self.finishing_work();
        for record in records {
            work.take_record(record)?;
            work.stage_if_large()?;
        }
        for id in drop {
            if work.rows.official(id)?.is_some() {
                work.set_official(*id, None)?;
                work.recompute(*id)?;
            }
        }
        Ok(work.finish()?.digest)
    }
}
