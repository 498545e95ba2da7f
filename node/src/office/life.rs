//! A new life of the node: it was restored from a backup, or two copies of it were at work. Acts
//! are numbered anew. An unanswered act is filed again as it is where it stands on what the centre
//! has confirmed; where it rests on an act of the old life, the officer files it again.

use registry::act::{Act, Author, Target};
use registry::block::without_numbers;
use registry::paper::used_by;
use registry::{ActNumber, Incarnation, RecordId};
use std::collections::BTreeSet;
use sync_proto::Chain;

use super::live::LiveChange;
use super::work::Work;
use super::{FileError, Office, OfficeError};
use crate::tables::{ActKey, ActRow, Answer, AuditEvent};

/// What became of the unanswered acts of the old life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeBegun {
    /// The new life.
    pub incarnation: Incarnation,
    /// Filed again.
    pub refiled: usize,
    /// To be filed again by an officer.
    pub unfiled: usize,
}

impl Office {
    /// Begins a life above `above`. The centre has acts of the old life up to `taken`, but they may
    /// be others than those here: such an act is not filed again by itself, lest a child be
    /// registered twice; an officer looks first. An act after it is certainly not at the centre,
    /// unless it is on a stick.
    /// Where it is not known what the centre has, nothing is filed again.
    pub fn begin_life(
        &self,
        above: Incarnation,
        taken: Option<ActNumber>,
        device_s: i64,
    ) -> Result<LifeBegun, OfficeError> {
        let _writing = self.writing();
        let old = self.meta();
        let incarnation = above.max(old.incarnation).next();
        // What the centre said it has will be answered under its old number.
        let open: Vec<ActKey> = self
            .live()
            .unanswered
            .keys()
            .filter(|key| key.incarnation == old.incarnation && key.number > old.taken)
            .copied()
            .collect();
        let mut work = self.finishing_work();
        work.meta.incarnation = incarnation;
        work.meta.outbox_last = ActNumber::new(0);
        work.meta.outbox_chain = Chain::genesis(old.node, incarnation);
        work.meta.taken = ActNumber::new(0);
        let at_s = work.meta.corrected_s(device_s);
        let event = AuditEvent::NewLife {
            incarnation: incarnation.get(),
        };
        work.audit(at_s, None, event)?;
        work.lose_numbers()?;
        // All acts of the old life first come off their records, then go on again in order.
        let mut rows = Vec::new();
        let mut records = BTreeSet::new();
        for key in open {
            let row = work.own_act(key)?;
            for (_, id) in row.act.records() {
                work.rows.delete_pending(&id, key)?;
                records.insert(id);
            }
            rows.push(row);
        }
        for id in records {
            work.recompute(id)?;
        }
        let on_sticks = work.office.last_on_sticks(old.incarnation)?;
        let mut begun = LifeBegun {
            incarnation,
            refiled: 0,
            unfiled: 0,
        };
        for row in rows {
            let key = ActKey::of(&row.act.author);
            // What is on a stick may still arrive there.
            let certain = taken.is_some_and(|taken| key.number > taken.max(on_sticks));
            if work.refile(row, certain)? {
                begun.refiled += 1;
            } else {
                begun.unfiled += 1;
            }
        }
        work.finish()?;
        Ok(begun)
    }
}

impl Work<'_> {
    /// Files an act of the old life again; tells whether it could be.
    fn refile(&mut self, row: ActRow, certain: bool) -> Result<bool, OfficeError> {
        let author = Author {
            node: self.meta.node,
            incarnation: self.meta.incarnation,
            number: self.meta.outbox_last.next(),
        };
        let again = Act {
            author,
            office: row.act.office,
            body: without_numbers(row.act.body.clone()),
        };
        let act = row.act.id();
        for paper in used_by(&row.act) {
            self.also(LiveChange::Unused { paper, act });
        }
        let answer = if certain && self.can_stand_alone(&again)? {
            match self.take_own_act(again, Vec::new()) {
                Ok(filed) => Answer::Refiled { again: filed.act },
                Err(FileError::Office(error)) => return Err(error),
                Err(_) => Answer::Unfiled,
            }
        } else {
            Answer::Unfiled
        };
        let refiled = matches!(answer, Answer::Refiled { .. });
        if !refiled {
            self.release_attachments(&row.act)?;
            self.meta.returned = self.meta.returned.saturating_add(1);
        }
        self.answered(row, answer)?;
        Ok(refiled)
    }

    /// Whether an act rests on nothing of the old life: it makes no record that it names itself,
    /// refers to no other act, and applies to records as the centre has confirmed them.
    fn can_stand_alone(&self, act: &Act) -> Result<bool, OfficeError> {
        let makes = act
            .body
            .changes
            .iter()
            .filter(|change| matches!(change.target, Target::New { .. }))
            .count();
        if act.body.refers.is_some() || (makes > 0 && act.body.changes.len() > 1) {
            return Ok(false);
        }
        for (index, id) in act.records() {
            let official = self.rows.official(&id)?.map(|kept| kept.record);
            if act.apply(index, official.as_ref()).is_err() || self.names_unknown(act, index)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a change names a household that only an act of the old life made.
    fn names_unknown(&self, act: &Act, index: usize) -> Result<bool, OfficeError> {
        let Some(change) = act.body.changes.get(index) else {
            return Ok(true);
        };
        let mut named: Vec<RecordId> = Vec::new();
        if let Target::New { fields, .. } = &change.target {
            named.extend(fields.iter().filter_map(|(_, value)| record_in(value)));
        }
        for edit in &change.edits {
            match edit {
                registry::edit::Edit::Put(_, value) | registry::edit::Edit::Add(_, value) => {
                    named.extend(record_in(value));
                }
                _ => {}
            }
        }
        for id in named {
            if self.rows.official(&id)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The record that a value names.
fn record_in(value: &registry::value::Value) -> Option<RecordId> {
    use registry::value::{PersonLink, Value};
    match value {
        Value::Membership(membership) => Some(membership.household),
        Value::Head(id) | Value::Person(PersonLink::Record(id)) => Some(*id),
        Value::Application(application) => match application.asked_by {
            Some(PersonLink::Record(id)) => Some(id),
            _ => None,
        },
        Value::Marriage(marriage) => match marriage.spouse {
            PersonLink::Record(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}
