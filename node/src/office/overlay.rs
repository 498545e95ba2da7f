//! The provisional record: the official one with the office's own acts on top that have no
//! outcome yet. Made anew whenever either changes.

use registry::RecordId;
use registry::record::Record;

use super::OfficeError;
use super::work::Work;
use crate::tables::{ActKey, ActRow, Kept};

impl Work<'_> {
    /// Makes the provisional record anew.
    ///
    /// An act that no longer applies, because one that it rests on came back, is left out and
    /// marked: the centre will answer it too. A record that has left is shown as it was until the
    /// last own act on it has its answer.
    pub(super) fn recompute(&mut self, id: RecordId) -> Result<(), OfficeError> {
        let pending = self.rows.pending(&id)?;
        self.touch(id);
        if pending.is_empty() {
            self.rows.delete_provisional(&id)?;
            return Ok(());
        }
        let official = self.rows.official(&id)?;
        if official.is_none() && self.rows.tombstone(&id)?.is_some() {
            return Ok(());
        }
        let mut record = official.map(|kept| kept.record);
        for (key, stood) in pending {
            let stands = self.apply_pending(id, key, &mut record)?;
            if stands != stood {
                self.rows.put_pending(&id, key, stands);
            }
        }
        match record {
            Some(record) => self.rows.put_provisional(&Kept::of(record)?)?,
            None => self.rows.delete_provisional(&id)?,
        }
        Ok(())
    }

    /// Applies an own act to a record, whole or not at all; tells whether it did.
    fn apply_pending(
        &self,
        id: RecordId,
        key: ActKey,
        record: &mut Option<Record>,
    ) -> Result<bool, OfficeError> {
        let row = self.own_act(key)?;
        let mut next = record.clone();
        for (index, changed) in row.act.records() {
            if changed == id {
                match row.act.apply(index, next.as_ref()) {
                    Ok(after) => next = Some(after),
                    Err(_) => return Ok(false),
                }
            }
        }
        *record = next;
        Ok(true)
    }

    /// The own act at a place.
    pub(super) fn own_act(&self, key: ActKey) -> Result<ActRow, OfficeError> {
        let hole = OfficeError::OutboxHole {
            number: key.number.get(),
        };
        let Some((id, _)) = self.rows.outbox(key)? else {
            return Err(hole);
        };
        self.rows.act(&id)?.ok_or(hole)
    }
}
