//! The feed: each entry takes effect once, and its effect, the position and the digest become
//! visible as one batch. What an entry does is in the files of this folder.

mod acts;
mod past_life;
mod receipts;
mod records;
mod units;
mod words;

use registry::FeedSeq;
use registry::feed::{FeedError, FeedItem};
use sync_proto::{Digest, FeedEntry};

pub(super) use receipts::last_of;

use super::{Office, OfficeError};

/// The newest schema of entries and pages that this release reads.
pub const SCHEMA: u16 = 1;

/// How far a run of entries was taken.
#[derive(Debug)]
pub struct FeedDone {
    /// The last entry that took effect.
    pub applied: FeedSeq,
    /// The digest of the official slice after it.
    pub digest: Digest,
    /// An entry that this release cannot read; it and those after it were left.
    pub held: Option<FeedSeq>,
    /// Why the entries after `applied` did not take effect.
    pub trouble: Option<OfficeError>,
    /// A decree has changed the office: this connection is to be ended and another begun, which
    /// fills the slice anew and goes on where `applied` stands, perhaps on another feed.
    pub office_changed: bool,
}

/// What an entry has led to.
enum Applied {
    /// The feed goes on.
    Here,
    /// The office is another, or its slice is of another extent.
    OfficeChanged,
}

impl Office {
    /// Takes entries of the feed. Those that were taken before are passed over.
    pub fn apply_feed(&self, first: FeedSeq, entries: &[FeedEntry], device_s: i64) -> FeedDone {
        let _writing = self.writing();
        let mut held = None;
        let mut trouble = None;
        let mut office_changed = false;
        for (seq, entry) in (first.get()..).map(FeedSeq::new).zip(entries) {
            match self.apply_entry(seq, entry, device_s) {
                Ok(Applied::Here) => {}
                Ok(Applied::OfficeChanged) => {
                    // What follows is of the feed as it was; this connection speaks of it.
                    office_changed = true;
                    break;
                }
                Err(OfficeError::Feed(FeedError::NeedsUpgrade)) => {
                    held = Some(seq);
                    break;
                }
                Err(error) => {
                    trouble = Some(error);
                    break;
                }
            }
        }
        if let Some(at) = held
            && let Err(error) = self.note_hold(at)
        {
            trouble = Some(error);
        }
        let meta = self.meta();
        FeedDone {
            applied: meta.feed_applied,
            digest: meta.digest,
            held,
            trouble,
            office_changed,
        }
    }

    fn apply_entry(
        &self,
        seq: FeedSeq,
        entry: &FeedEntry,
        device_s: i64,
    ) -> Result<Applied, OfficeError> {
        let mut work = self.finishing_work();
        let due = work.meta.feed_applied.next();
        if seq < due {
            return Ok(Applied::Here);
        }
        if seq > due {
            return Err(OfficeError::Gap {
                due: due.get(),
                came: seq.get(),
            });
        }
        if entry.schema > SCHEMA {
            return Err(FeedError::NeedsUpgrade.into());
        }
        match FeedItem::decode(entry.kind, &entry.payload)? {
            FeedItem::Receipts(receipts) => {
                work.take_receipts(seq, &receipts, &entry.payload, device_s)?;
            }
            FeedItem::PastLife(past) => work.take_past_life(seq, *past, device_s)?,
            FeedItem::Act(act) => work.take_act(act)?,
            FeedItem::Enters { record, reason } => {
                let id = record.id;
                // A child that was registered here is no news here.
                let known = work.rows.shown(&id)?.is_some();
                work.take_record(record)?;
                if !known {
                    work.note_move(id, None, reason, device_s)?;
                }
            }
            FeedItem::Leaves { id, to, reason } => {
                work.note_move(id, Some(to.clone()), reason, device_s)?;
                work.leave_record(id, to, reason)?;
                work.forget_cases(&id)?;
            }
            FeedItem::Case(notice) => work.take_case(&notice)?,
            FeedItem::CaseLeaves(id) => work.forget_case(id)?,
            FeedItem::Officers(officers) => work.take_officers(officers)?,
            FeedItem::Numbers(block) => work.take_numbers(block)?,
            FeedItem::Password(set) => work.take_password(*set, device_s)?,
            FeedItem::Attachments(arrived) => {
                for attachment in arrived {
                    work.take_arrival(attachment, device_s)?;
                }
            }
            FeedItem::DecreePart(part) => work.take_decree_part(&part)?,
            FeedItem::Units(notice) => {
                if let Some(goes_on) = work.take_units(seq, &notice, device_s)? {
                    work.meta.feed_applied = goes_on;
                    work.meta.feed_head = goes_on;
                    work.meta.held_at = None;
                    work.finish()?;
                    return Ok(Applied::OfficeChanged);
                }
            }
        }
        work.meta.feed_applied = seq;
        work.meta.feed_head = work.meta.feed_head.max(seq);
        work.meta.held_at = None;
        work.finish()?;
        Ok(Applied::Here)
    }

    fn note_hold(&self, at: FeedSeq) -> Result<(), OfficeError> {
        let mut work = self.finishing_work();
        work.meta.held_at = Some(at);
        work.finish()?;
        Ok(())
    }
}
