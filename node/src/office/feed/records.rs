//! Records that come into the slice, are set right in it, or leave it.

use registry::feed::{FeedError, SliceReason};
use registry::person::Person;
use registry::record::{Content, Record};
use registry::schema::RecordKind;
use registry::{OfficeCode, RecordId};

use crate::office::OfficeError;
use crate::office::work::Work;
use crate::tables::{Kept, Move, Tombstone};

/// After so many entries of the feed those who came and went are counted.
const COUNTED_EACH: u64 = 128;

impl Work<'_> {
    /// A record comes, or is set right, as it stands.
    pub(in crate::office) fn take_record(&mut self, record: Record) -> Result<(), OfficeError> {
        let kept = checked(record)?;
        let id = kept.record.id;
        self.set_official(id, Some(&kept))?;
        self.rows.delete_tombstone(&id)?;
        self.recompute(id)
    }

    /// A record leaves. With own acts on it that have no outcome it is shown until they have.
    pub(in crate::office) fn leave_record(
        &mut self,
        id: RecordId,
        to: Vec<OfficeCode>,
        reason: SliceReason,
    ) -> Result<(), OfficeError> {
        if !self.rows.pending(&id)?.is_empty()
            && self.rows.provisional(&id)?.is_none()
            && let Some(official) = self.rows.official(&id)?
        {
            self.rows.put_provisional(&official)?;
        }
        self.set_official(id, None)?;
        self.rows.put_tombstone(&id, &Tombstone { to, reason })?;
        self.recompute(id)
    }

    /// Notes for the clerks who came or went. A register that is imported or mended is no news.
    pub(in crate::office) fn note_move(
        &mut self,
        id: RecordId,
        to: Option<Vec<OfficeCode>>,
        reason: SliceReason,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let kept = self.rows.official(&id)?;
        let person = kept.filter(|kept| kept.record.kind == RecordKind::Person);
        let (Some(kept), true) = (person, reason != SliceReason::Mended) else {
            return Ok(());
        };
        let name = Person(kept.fields()).name();
        let noted = Move {
            record: id,
            at_s: self.meta.corrected_s(device_s),
            name: name
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default(),
            to,
            reason,
        };
        let counted = self.meta.feed_applied.get().is_multiple_of(COUNTED_EACH);
        self.rows.put_move(&noted, counted)?;
        Ok(())
    }
}

/// A record of the centre whose values fit their fields.
fn checked(record: Record) -> Result<Kept, OfficeError> {
    let fits = match &record.content {
        Content::Genesis(fields) => fields.fits(record.kind),
        Content::Document(_) => true,
    };
    if !fits {
        return Err(FeedError::Unreadable.into());
    }
    Ok(Kept::of(record)?)
}
