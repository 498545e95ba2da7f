//! Portraits of who is in the slice: whose there are, which attachments they are made of, and which
//! thumbnails are still to be fetched.
//!
//! The rows follow the official records exactly, so nothing has to look through those for a name or
//! for what is missing.

use registry::RecordId;
use registry::attachment::{Attachment, AttachmentId};
use registry::portrait::Portrait;

use super::Rows;
use crate::tables::{PORTRAITS, THUMBNAILS, TableError};

/// What a key of [`THUMBNAILS`] begins with: whose an attachment is, or that it is to be fetched.
const WHOSE: u8 = 0;
const TO_FETCH: u8 = 1;

/// Looks at a record's id and portrait; tells whether to go on.
type VisitPortrait<'a> = &'a mut dyn FnMut(RecordId, Portrait) -> Result<bool, TableError>;

impl Rows {
    /// The portrait of an official record.
    pub(crate) fn portrait(&self, id: &RecordId) -> Result<Option<Portrait>, TableError> {
        self.value(PORTRAITS, "portraits", id.as_bytes())
    }

    pub(crate) fn put_portrait(
        &mut self,
        id: &RecordId,
        portrait: &Portrait,
    ) -> Result<(), TableError> {
        for name in names(portrait) {
            self.put(THUMBNAILS, &whose_key(&name, id), Vec::new());
        }
        self.put_value(PORTRAITS, "portraits", id.as_bytes(), portrait)
    }

    pub(crate) fn delete_portrait(
        &mut self,
        id: &RecordId,
        portrait: &Portrait,
    ) -> Result<(), TableError> {
        for name in names(portrait) {
            self.delete(THUMBNAILS, &whose_key(&name, id))?;
        }
        self.delete(PORTRAITS, id.as_bytes())
    }

    /// Walks the portraits of the store, by record.
    pub(crate) fn walk_portraits(
        &self,
        after: Option<RecordId>,
        visit: VisitPortrait<'_>,
    ) -> Result<(), TableError> {
        let after = after.map(|id| *id.as_bytes());
        let after = after.as_ref().map(<[u8; 16]>::as_slice);
        self.walk(PORTRAITS, after, &mut |key, row| {
            let id = RecordId::from_slice(key).ok_or(TableError::Damaged { table: "portraits" })?;
            visit(id, super::read("portraits", row)?)
        })
    }

    /// Somebody of the slice to whose portrait an attachment belongs.
    pub(crate) fn portrayed(&self, name: &AttachmentId) -> Result<Option<RecordId>, TableError> {
        let prefix = [[WHOSE].as_slice(), name.as_bytes()].concat();
        let rows = self.prefix(THUMBNAILS, &prefix, 1)?;
        let Some((key, _)) = rows.first() else {
            return Ok(None);
        };
        let id = key.get(prefix.len()..).and_then(RecordId::from_slice);
        let damaged = TableError::Damaged {
            table: "thumbnails",
        };
        id.map(Some).ok_or(damaged)
    }

    /// Thumbnails that are to be fetched, so many at most.
    pub(crate) fn thumbnails_to_fetch(&self, limit: usize) -> Result<Vec<Attachment>, TableError> {
        let rows = self.prefix(THUMBNAILS, &[TO_FETCH], limit)?;
        let read = |(_, row): &(Vec<u8>, Vec<u8>)| super::read("thumbnails", row);
        rows.iter().map(read).collect()
    }

    /// Whether a thumbnail is to be fetched.
    pub(crate) fn is_to_fetch(&self, name: &AttachmentId) -> Result<bool, TableError> {
        Ok(self.get(THUMBNAILS, &fetch_key(name))?.is_some())
    }

    pub(crate) fn put_to_fetch(&mut self, thumbnail: &Attachment) -> Result<(), TableError> {
        let key = fetch_key(&thumbnail.hash());
        self.put_value(THUMBNAILS, "thumbnails", &key, thumbnail)
    }

    pub(crate) fn delete_to_fetch(&mut self, name: &AttachmentId) -> Result<(), TableError> {
        self.delete(THUMBNAILS, &fetch_key(name))
    }

    /// How many thumbnails are to be fetched. For the start: they are looked through.
    pub(crate) fn count_to_fetch(&self) -> Result<u32, TableError> {
        // What is to be fetched stands behind all that says whose an attachment is.
        let mut count = 0_u32;
        self.walk(THUMBNAILS, Some(&[TO_FETCH]), &mut |_, _| {
            count = count.saturating_add(1);
            Ok(true)
        })?;
        Ok(count)
    }
}

fn names(portrait: &Portrait) -> [AttachmentId; 2] {
    [portrait.thumbnail().hash(), portrait.photo().hash()]
}

fn whose_key(name: &AttachmentId, id: &RecordId) -> Vec<u8> {
    [[WHOSE].as_slice(), name.as_bytes(), id.as_bytes()].concat()
}

fn fetch_key(name: &AttachmentId) -> Vec<u8> {
    [[TO_FETCH].as_slice(), name.as_bytes()].concat()
}
