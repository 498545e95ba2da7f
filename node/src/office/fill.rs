//! The first fill, page by page: what stands within the range of a page and not in it is not part
//! of the slice. While it lasts the digest covers what was filled.

use std::collections::BTreeMap;

use registry::columns::decode_page;
use registry::feed::SliceReason;
use registry::portrait::Portrait;
use registry::schema::RecordKind;
use registry::{FeedSeq, RecordId};
use sync_proto::{Digest, FillState};

use super::portraits::portrait_in;
use super::work::Work;
use super::{Office, OfficeError};
use crate::tables::{Kept, Tombstone};

/// A record of a page, looked over, and its row.
#[derive(Debug, Clone)]
struct Filled {
    kept: Kept,
    row: Vec<u8>,
}

/// A page of the first fill, read: what the one writer would otherwise spend half its time on is
/// done before it gets the page.
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
    /// The records, by id.
    records: Vec<Filled>,
}

impl FillPage {
    /// Reads the records of a page.
    pub fn read(
        after: Option<RecordId>,
        last: Option<RecordId>,
        done: bool,
        feed_start: FeedSeq,
        payload: &[u8],
    ) -> Result<FillPage, OfficeError> {
        // Reading a page has seen to it that every value fits its field.
        let records = decode_page(payload)?
            .into_iter()
            .map(|record| {
                let (kept, row) = Kept::with_row(record)?;
                Ok(Filled { kept, row })
            })
            .collect::<Result<_, OfficeError>>()?;
        Ok(FillPage {
            after,
            last,
            done,
            feed_start,
            records,
        })
    }
}

impl Office {
    /// Takes a page; gives the digest of what was filled so far.
    pub fn apply_page(&self, page: FillPage) -> Result<Digest, OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        if page.after.is_none() {
            work.meta.digest = Digest::EMPTY;
            work.meta.fill = Some(FillState::default());
        }
        let until = if page.done { None } else { page.last };
        // One look at a range of rows, which a first fill finds empty, and none for each record.
        let mut portraits = self.portraits_between(page.after, until)?;
        let held = work.drop_between(page.after, until, &page.records)?;
        // Forty thousand look-ups that find nothing are most of a fill's time: what cannot be
        // there is not looked for.
        let own_acts = !self.live().unanswered.is_empty();
        let tombstones = work.rows.has_tombstones()?;
        for Filled { kept, row } in page.records {
            let id = kept.record.id;
            work.set_portrait(id, portraits.remove(&id), portrait_in(kept.fields()))?;
            work.fill_in(&kept, row, held.get(&id).copied())?;
            if tombstones {
                work.rows.delete_tombstone(&id)?;
            }
            if own_acts {
                work.recompute(id)?;
            } else {
                work.shows_plainly(kept);
            }
        }
        for (id, gone) in portraits {
            work.set_portrait(id, Some(gone), None)?;
        }
        if page.done {
            work.meta.fill = None;
            work.meta.feed_applied = page.feed_start;
            work.meta.feed_head = work.meta.feed_head.max(page.feed_start);
            work.meta.held_at = None;
            work.forget_cases_of_others()?;
        } else {
            let after = page.last.or(page.after);
            work.meta.fill = Some(FillState {
                after,
                feed_start: Some(page.feed_start),
            });
        }
        Ok(work.finish()?.digest)
    }

    /// The portraits of the records after `after` and up to `until`.
    fn portraits_between(
        &self,
        after: Option<RecordId>,
        until: Option<RecordId>,
    ) -> Result<BTreeMap<RecordId, Portrait>, OfficeError> {
        let mut portraits = BTreeMap::new();
        self.rows.walk_portraits(after, &mut |id, portrait| {
            let within = until.is_none_or(|until| id <= until);
            if within {
                portraits.insert(id, portrait);
            }
            Ok(within)
        })?;
        Ok(portraits)
    }
}

impl Work<'_> {
    /// Drops the official records after `after` and up to `until` that the page does not have;
    /// gives those that it has.
    fn drop_between(
        &mut self,
        after: Option<RecordId>,
        until: Option<RecordId>,
        page: &[Filled],
    ) -> Result<BTreeMap<RecordId, RecordKind>, OfficeError> {
        let mut gone = Vec::new();
        let mut held = BTreeMap::new();
        self.office.rows.walk_official(after, &mut |id, row| {
            if until.is_some_and(|until| id > until) {
                return Ok(false);
            }
            let kind = Kept::kind_of_row(row);
            match page.binary_search_by_key(&id, |filled| filled.kept.record.id) {
                Err(_) => gone.push((id, kind)),
                Ok(_) => held.extend(kind.map(|kind| (id, kind))),
            }
            Ok(true)
        })?;
        for (id, kind) in gone {
            self.show_until_answered(&id)?;
            self.swap_official(id, kind, None)?;
            self.recompute(id)?;
            self.stage_if_large()?;
        }
        Ok(held)
    }

    /// A record that no page has is gone from the slice. With own acts on it that have no outcome
    /// it is shown as it was until they have.
    fn show_until_answered(&mut self, id: &RecordId) -> Result<(), OfficeError> {
        if self.rows.pending(id)?.is_empty() {
            return Ok(());
        }
        if self.rows.provisional(id)?.is_none()
            && let Some(official) = self.rows.official(id)?
        {
            self.rows.put_provisional(&official)?;
        }
        let gone = Tombstone {
            to: Vec::new(),
            reason: SliceReason::Moved,
        };
        self.rows.put_tombstone(id, &gone)?;
        Ok(())
    }

    fn fill_in(
        &mut self,
        kept: &Kept,
        row: Vec<u8>,
        old: Option<RecordKind>,
    ) -> Result<(), OfficeError> {
        let id = kept.record.id;
        self.meta.digest.add(&self.digest_key, &id, &kept.version);
        self.count(old, Some(kept));
        self.rows.put_official_row(&id, row);
        self.note_official(kept)
    }
}
