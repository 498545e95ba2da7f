//! The first fill, page by page: what stands within the range of a page and not in it is not part
//! of the slice. While it lasts the digest covers what was filled.

use registry::columns::decode_page;
use registry::record::Record;
use registry::{FeedSeq, RecordId};
use sync_proto::{Digest, FillState};

use super::feed::checked;
use super::work::Work;
use super::{Office, OfficeError};
use crate::tables::Kept;

/// A page of the first fill, as the session hands it over.
#[derive(Debug, Clone)]
pub struct FillPage {
    /// The record before it; none for the first.
    pub after: Option<RecordId>,
    /// Its last record.
    pub last: Option<RecordId>,
    /// Whether it is the last page.
    pub done: bool,
    /// Where the feed goes on afterwards.
    pub feed_start: FeedSeq,
    /// The records.
    pub payload: bytes::Bytes,
}

impl Office {
    /// Takes a page; gives the digest of what was filled so far.
    pub fn apply_page(&self, page: &FillPage) -> Result<Digest, OfficeError> {
        let _writing = self.writing();
        let records = decode_page(&page.payload)?;
        let mut work = self.finishing_work();
        if page.after.is_none() {
            work.meta.digest = Digest::EMPTY;
            work.meta.fill = Some(FillState::default());
        }
        let until = if page.done { None } else { page.last };
        work.drop_between(page.after, until, &records)?;
        for record in records {
            work.fill_in(record)?;
        }
        if page.done {
            work.meta.fill = None;
            work.meta.feed_applied = page.feed_start;
            work.meta.feed_head = work.meta.feed_head.max(page.feed_start);
            work.meta.held_at = None;
        } else {
            let after = page.last.or(page.after);
            work.meta.fill = Some(FillState {
                after,
                feed_start: Some(page.feed_start),
            });
        }
        Ok(work.finish()?.digest)
    }
}

impl Work<'_> {
    /// Drops the official records after `after` and up to `until` that the page does not have.
    fn drop_between(
        &mut self,
        after: Option<RecordId>,
        until: Option<RecordId>,
        page: &[Record],
    ) -> Result<(), OfficeError> {
        let mut gone = Vec::new();
        self.office.rows.walk_official(after, &mut |id, row| {
            if until.is_some_and(|until| id > until) {
                return Ok(false);
            }
            if page.binary_search_by_key(&id, |record| record.id).is_err() {
                gone.push((id, Kept::kind_of_row(row)));
            }
            Ok(true)
        })?;
        for (id, kind) in gone {
            self.swap_official(id, kind, None)?;
            self.recompute(id)?;
            self.stage_if_large()?;
        }
        Ok(())
    }

    fn fill_in(&mut self, record: Record) -> Result<(), OfficeError> {
        let kept = checked(record)?;
        let id = kept.record.id;
        let old = self.rows.official(&id)?.map(|kept| kept.record.kind);
        self.meta
            .digest
            .add(&self.office.digest_key, &id, &kept.version);
        self.swap_official(id, old, Some(&kept))?;
        self.rows.delete_tombstone(&id)?;
        self.recompute(id)
    }
}
