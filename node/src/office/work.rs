//! A unit of work: changes to rows, to where the node stands and to what is held in memory, which
//! become visible together or not at all.

use std::collections::{BTreeMap, BTreeSet};

use registry::duplicate::Key;
use registry::schema::RecordKind;
use registry::{OfficerId, RecordId};

use sync_proto::DigestKey;

use super::live::{LiveChange, file_of};
use super::{Office, OfficeError};
use crate::tables::{AuditEntry, AuditEvent, Kept, Meta, Rows};

/// Changes past this many bytes are staged before a unit of work goes on, if it can be repeated.
const STAGE_ABOVE_BYTES: usize = 3 << 20;

/// A unit of work.
pub(super) struct Work<'a> {
    pub(super) office: &'a Office,
    pub(super) rows: Rows,
    pub(super) meta: Meta,
    finishing: bool,
    touched: BTreeSet<RecordId>,
    /// Records whose official state is known to be what they show, so that none is read again.
    plain: BTreeMap<RecordId, Kept>,
    live: Vec<LiveChange>,
    pub(super) digest_key: DigestKey,
}

impl<'a> Work<'a> {
    pub(super) fn begin(office: &'a Office, finishing: bool) -> Work<'a> {
        let meta = office.meta();
        Work {
            office,
            rows: Rows::new(office.rows.store().clone()),
            digest_key: DigestKey::of(meta.office),
            meta,
            finishing,
            touched: BTreeSet::new(),
            plain: BTreeMap::new(),
            live: Vec::new(),
        }
    }

    /// What is held in memory has to change with the rows.
    pub(super) fn also(&mut self, change: LiveChange) {
        self.live.push(change);
    }

    /// The record shows something else than before.
    pub(super) fn touch(&mut self, id: RecordId) {
        self.touched.insert(id);
    }

    /// An official record that no own act stands on: it shows what it is.
    pub(super) fn shows_plainly(&mut self, kept: Kept) {
        self.plain.insert(kept.record.id, kept);
    }

    /// Sets or removes an official record, and keeps digest and counts.
    pub(super) fn set_official(
        &mut self,
        id: RecordId,
        new: Option<&Kept>,
    ) -> Result<(), OfficeError> {
        let old = self.rows.official(&id)?;
        let key = &self.digest_key;
        if let Some(old) = &old {
            self.meta.digest.remove(key, &id, &old.version);
        }
        if let Some(new) = new {
            self.meta.digest.add(key, &id, &new.version);
        }
        self.follow_portrait(id, new)?;
        self.swap_official(id, old.as_ref().map(|kept| kept.record.kind), new)
    }

    /// Sets or removes an official record without the digest and without its portrait.
    pub(super) fn swap_official(
        &mut self,
        id: RecordId,
        old: Option<RecordKind>,
        new: Option<&Kept>,
    ) -> Result<(), OfficeError> {
        self.count(old, new);
        match new {
            Some(kept) => {
                self.rows.put_official(kept)?;
                self.note_official(kept)?;
            }
            None => {
                self.rows.delete_official(&id)?;
                self.rows.set_file(&id, None)?;
                self.touch(id);
            }
        }
        Ok(())
    }

    /// Counts one record in place of another.
    pub(super) fn count(&mut self, old: Option<RecordKind>, new: Option<&Kept>) {
        if let Some(kind) = old {
            let count = self.count_of(kind);
            *count = count.saturating_sub(1);
        }
        if let Some(kept) = new {
            let count = self.count_of(kept.record.kind);
            *count = count.saturating_add(1);
        }
    }

    /// What goes with an official record that was put.
    pub(super) fn note_official(&mut self, kept: &Kept) -> Result<(), OfficeError> {
        let id = kept.record.id;
        if kept.record.kind == RecordKind::Household {
            self.rows.set_file(&id, file_of(kept.fields()))?;
        }
        self.touch(id);
        Ok(())
    }

    const fn count_of(&mut self, kind: RecordKind) -> &mut u32 {
        match kind {
            RecordKind::Person => &mut self.meta.people,
            RecordKind::Household => &mut self.meta.households,
        }
    }

    /// Adds a link to the audit chain.
    pub(super) fn audit(
        &mut self,
        at_s: i64,
        officer: Option<OfficerId>,
        event: AuditEvent,
    ) -> Result<(), OfficeError> {
        let entry = AuditEntry {
            at_s,
            officer,
            event,
            before: self.meta.audit_link,
        };
        let position = self.meta.audit_entries.saturating_add(1);
        self.rows.put_audit(position, &entry)?;
        self.meta.audit_entries = position;
        self.meta.audit_link = entry.link(position);
        Ok(())
    }

    /// Stages what there is if it has grown large. Only for work that does no harm when a crash
    /// makes it begin again.
    pub(super) fn stage_if_large(&mut self) -> Result<(), OfficeError> {
        if self.rows.waiting_bytes() > STAGE_ABOVE_BYTES {
            self.stage()
        } else {
            Ok(())
        }
    }

    /// Makes everything visible.
    pub(super) fn finish(mut self) -> Result<Meta, OfficeError> {
        self.stage()?;
        Ok(self.meta)
    }

    fn stage(&mut self) -> Result<(), OfficeError> {
        self.rows.put_meta(&self.meta)?;
        let staged = self.rows.stage(self.finishing)?;
        let touched = std::mem::take(&mut self.touched);
        let plain = std::mem::take(&mut self.plain);
        let shown = self.shown_now(touched, plain)?;
        let keyed = self.keys_now(&shown);
        let mut live = self.office.live.change();
        live.meta = self.meta.clone();
        let filed = self.live.iter().filter_map(LiveChange::filed).min();
        if let Some(first) = filed {
            live.unsaved
                .staged(first, staged, self.rows.store().durable());
        }
        for change in self.live.drain(..) {
            live.change(change);
        }
        for (id, kept) in shown {
            live.index.set(id, kept.as_ref());
        }
        if let Some(blocks) = &mut live.blocks {
            for (id, keys) in keyed {
                blocks.add(id, &keys);
            }
        }
        Ok(())
    }

    /// Where the people now shown meet their duplicates, if anybody has asked for that yet.
    fn keys_now(&self, shown: &[Shown]) -> Vec<(RecordId, Vec<Key>)> {
        if self.office.live().blocks.is_none() {
            return Vec::new();
        }
        let kept = shown
            .iter()
            .filter_map(|(id, kept)| Some((*id, kept.as_ref()?)));
        kept.map(|(id, kept)| (id, self.office.keys_of(kept)))
            .collect()
    }

    /// What the records show now.
    fn shown_now(
        &self,
        touched: BTreeSet<RecordId>,
        mut plain: BTreeMap<RecordId, Kept>,
    ) -> Result<Vec<Shown>, OfficeError> {
        touched
            .into_iter()
            .map(|id| match plain.remove(&id) {
                Some(kept) => Ok((id, Some(kept))),
                None => Ok((id, self.rows.shown(&id)?)),
            })
            .collect()
    }
}

/// A record and what it shows; nothing if it is gone.
type Shown = (RecordId, Option<Kept>);
