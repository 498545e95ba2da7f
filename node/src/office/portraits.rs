//! Portraits of the slice: every office keeps the thumbnails of its people, so that a face can be
//! held against the one at the counter when there is no line. What is missing is fetched behind
//! everything else, and kept for as long as the record is in the slice.
//!
//! A portrait is a value of the record and comes with it; here is what follows for the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use registry::RecordId;
use registry::attachment::{Attachment, AttachmentId};
use registry::fields::Fields;
use registry::portrait::Portrait;
use registry::schema::Field;
use registry::value::Value;

use super::live::LiveChange;
use super::work::Work;
use super::{Office, OfficeError};
use crate::tables::{AttachmentRow, Kept, Whereabouts};

/// Thumbnails that the centre did not have when it was asked, remembered at most; past them nothing
/// is asked for until some may be asked for again.
const PUT_OFF_MAX: usize = 4_096;
/// How long one is left alone after the first time and at most, seconds. The feed tells when it
/// arrives at the centre, so that asking again is for the case that it was missed.
const PUT_OFF_S: (i64, i64) = (600, 86_400);
/// The same after the first time if the feed has told: that and the refusal crossed on their way.
const PUT_OFF_TOLD_S: i64 = 30;

/// What a restart may forget of thumbnails that are fetched.
#[derive(Default)]
pub(super) struct Fetching {
    /// How often each was asked for in vain, and until when it is left alone.
    put_off: BTreeMap<AttachmentId, (u32, i64)>,
}

impl Fetching {
    fn is_put_off(&self, hash: &AttachmentId, device_s: i64) -> bool {
        let until = self.put_off.get(hash).map(|(_, until_s)| *until_s);
        // A clock that was set back does not make it wait for ever.
        until.is_some_and(|until_s| (1..=PUT_OFF_S.1).contains(&(until_s - device_s)))
    }
}

/// The portrait that a record shows.
pub(super) fn portrait_in(fields: &Fields) -> Option<Portrait> {
    match fields.single(Field::Portrait) {
        Some(Value::Portrait(portrait)) => Some(**portrait),
        _ => None,
    }
}

impl Office {
    fn fetching(&self) -> MutexGuard<'_, Fetching> {
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The portrait of somebody whom this office holds, with own acts that have no outcome; the
    /// outer `None` if it holds nobody of this id.
    pub fn portrait(&self, id: &RecordId) -> Result<Option<Option<Portrait>>, OfficeError> {
        let shown = self.rows.shown(id)?;
        Ok(shown.map(|kept| portrait_in(kept.fields())))
    }

    /// Thumbnails of the slice that are not on this device.
    pub fn thumbnails_missing(&self) -> u32 {
        self.live().thumbnails_missing
    }

    /// The next thumbnail to fetch. `told` asks only for those of which the feed told that the
    /// centre has them.
    pub fn next_thumbnail(
        &self,
        told: bool,
        device_s: i64,
    ) -> Result<Option<Attachment>, OfficeError> {
        if self.thumbnails_missing() == 0 {
            return Ok(None);
        }
        let mut fetching = self.fetching();
        if fetching.put_off.len() >= PUT_OFF_MAX {
            let waits: BTreeSet<AttachmentId> = fetching.put_off.keys().copied().collect();
            let over = waits.iter().filter(|it| !fetching.is_put_off(it, device_s));
            for hash in over.copied().collect::<Vec<_>>() {
                fetching.put_off.remove(&hash);
            }
            if fetching.put_off.len() >= PUT_OFF_MAX {
                return Ok(None);
            }
        }
        for thumbnail in self.rows.thumbnails_to_fetch(PUT_OFF_MAX)? {
            let hash = thumbnail.hash();
            if fetching.is_put_off(&hash, device_s) {
                continue;
            }
            if !told || self.is_told(&hash)? {
                return Ok(Some(thumbnail));
            }
        }
        Ok(None)
    }

    /// Whether the feed told that the centre has it.
    fn is_told(&self, hash: &AttachmentId) -> Result<bool, OfficeError> {
        let row = self.rows.attachment(hash)?;
        Ok(row.is_some_and(|row| row.whereabouts == Whereabouts::AtCentre))
    }

    /// A thumbnail was asked for in vain: it is left alone for a while, each time for longer.
    pub fn put_off_thumbnail(&self, hash: &AttachmentId, device_s: i64) {
        let told = self.is_told(hash).unwrap_or(false);
        let mut fetching = self.fetching();
        let times = fetching.put_off.get(hash).map_or(0, |(times, _)| *times);
        let (shortest_s, longest_s) = PUT_OFF_S;
        let shortest_s = if told { PUT_OFF_TOLD_S } else { shortest_s };
        let wait_s = shortest_s.saturating_mul(1 << times.min(16)).min(longest_s);
        let until_s = device_s.saturating_add(wait_s);
        let entry = (times.saturating_add(1), until_s);
        fetching.put_off.insert(*hash, entry);
    }

    /// The centre has it, or it is here: asking for it is not in vain.
    pub(super) fn is_within_reach(&self, hash: &AttachmentId) {
        self.fetching().put_off.remove(hash);
    }

    /// The file of an attachment that should be here is gone from the disk, or spoilt: if it is the
    /// thumbnail of somebody of the slice, it is fetched again.
    pub fn note_attachment_gone(&self, hash: &AttachmentId) -> Result<(), OfficeError> {
        let _writing = self.writing();
        if self.folder.holds(hash) || self.rows.is_to_fetch(hash)? {
            return Ok(());
        }
        let mut work = self.finishing_work();
        work.lose_thumbnail(hash)?;
        work.finish()?;
        Ok(())
    }

    /// Thumbnails of the slice that should be here and are not: a disk was put in without the folder.
    /// For the start.
    pub(super) fn find_missing_thumbnails(&self) -> Result<(), OfficeError> {
        let mut missing = BTreeSet::new();
        self.rows.walk_portraits(None, &mut |_, portrait| {
            let hash = portrait.thumbnail().hash();
            if !self.folder.holds(&hash) {
                missing.insert(hash);
            }
            Ok(true)
        })?;
        if missing.is_empty() {
            return Ok(());
        }
        let _writing = self.writing();
        let mut work = self.finishing_work();
        for hash in &missing {
            work.lose_thumbnail(hash)?;
            work.stage_if_large()?;
        }
        work.finish()?;
        Ok(())
    }

    /// The thumbnails of the slice: what is not cleared away however old it is.
    pub(super) fn kept_thumbnails(&self) -> Result<BTreeSet<AttachmentId>, OfficeError> {
        let mut kept = BTreeSet::new();
        self.rows.walk_portraits(None, &mut |_, portrait| {
            kept.insert(portrait.thumbnail().hash());
            Ok(true)
        })?;
        Ok(kept)
    }

    /// An attachment by the portrait of somebody of the slice: an office that got the record later
    /// does not know the act that names it.
    pub(super) fn attachment_of_portrait(
        &self,
        hash: &AttachmentId,
    ) -> Result<Option<Attachment>, OfficeError> {
        let Some(id) = self.rows.portrayed(hash)? else {
            return Ok(None);
        };
        let portrait = self.rows.portrait(&id)?;
        let files = portrait.map(|portrait| [portrait.photo(), portrait.thumbnail()]);
        let mut files = files.into_iter().flatten();
        Ok(files.find(|attachment| attachment.hash() == *hash))
    }
}

impl Work<'_> {
    /// The official record shows this now; nothing if it left the slice.
    pub(super) fn follow_portrait(
        &mut self,
        id: RecordId,
        kept: Option<&Kept>,
    ) -> Result<(), OfficeError> {
        let old = self.rows.portrait(&id)?;
        let new = kept.and_then(|kept| portrait_in(kept.fields()));
        self.set_portrait(id, old, new)
    }

    /// The portrait of an official record is another, or there is none any more.
    pub(super) fn set_portrait(
        &mut self,
        id: RecordId,
        old: Option<Portrait>,
        new: Option<Portrait>,
    ) -> Result<(), OfficeError> {
        if old == new {
            return Ok(());
        }
        if let Some(old) = old {
            self.rows.delete_portrait(&id, &old)?;
            let hash = old.thumbnail().hash();
            if self.rows.portrayed(&hash)?.is_none() {
                self.want_no_longer(&hash)?;
            }
        }
        if let Some(new) = new {
            self.rows.put_portrait(&id, &new)?;
            self.want_if_missing(&new.thumbnail())?;
        }
        Ok(())
    }

    fn want_if_missing(&mut self, thumbnail: &Attachment) -> Result<(), OfficeError> {
        let hash = thumbnail.hash();
        let row = self.rows.attachment(&hash)?;
        let here = row.is_some_and(|row| row.here) && self.office.folder.holds(&hash);
        if here || self.rows.is_to_fetch(&hash)? {
            return Ok(());
        }
        self.rows.put_to_fetch(thumbnail)?;
        self.also(LiveChange::ThumbnailMissing(true));
        Ok(())
    }

    /// It is here, or nobody of the slice has it any more.
    pub(super) fn want_no_longer(&mut self, hash: &AttachmentId) -> Result<(), OfficeError> {
        if self.rows.is_to_fetch(hash)? {
            self.rows.delete_to_fetch(hash)?;
            self.also(LiveChange::ThumbnailMissing(false));
        }
        Ok(())
    }

    fn lose_thumbnail(&mut self, hash: &AttachmentId) -> Result<(), OfficeError> {
        let Some(thumbnail) = self.office.attachment_of_portrait(hash)? else {
            return Ok(());
        };
        // What is still to be sent is missed where it is sent.
        if let Some(row) = self.rows.attachment(hash)?
            && row.whereabouts == Whereabouts::AtCentre
            && row.here
        {
            self.put_attachment(&AttachmentRow { here: false, ..row })?;
        }
        self.want_if_missing(&thumbnail)
    }
}
