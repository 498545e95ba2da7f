//! An officer files an act: the plan is made, the act goes into the outbox, the records that it
//! changes show it provisionally.

use std::sync::Arc;

use registry::act::{Act, Author, Entered, Target};
use registry::block::numbers_given;
use registry::date::Date;
use registry::feed::Officer;
use registry::paper::used_by;
use registry::pin::Pin;
use registry::procedure::{Desk, Filing, Notice, Plan, Refusal, plan, refusals};
use registry::schema::Field;
use registry::unit::Units;
use registry::value::Value;
use registry::{ActId, ActNumber, RecordId};
use serde::Serialize;

use super::live::{LiveChange, papers_for, withdrawn_by};
use super::work::Work;
use super::{FileError, Office, OfficeError};
use crate::tables::{ActKey, ActRow, AuditEvent, Kept, Meta};

/// A clock that was compared longer ago than this is called unverified, seconds.
const CLOCK_VERIFIED_FOR_S: i64 = 30 * 86_400;

/// An act that was filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filed {
    /// Its id.
    pub act: ActId,
    /// Its place in the outbox.
    pub number: ActNumber,
    /// `provisional`: it has no outcome yet.
    pub state: &'static str,
    /// What the officer should look at.
    pub notices: Vec<Notice>,
    /// The records changed or made, in the order of the changes.
    pub records: Vec<RecordId>,
    /// The records made.
    pub made: Vec<RecordId>,
    /// The provisional file number of the person made.
    pub local_file: Option<String>,
    /// The number of the person made, if it is one of those that were set aside for the office: it
    /// holds when the centre confirms the act.
    pub pin: Option<String>,
}

impl Office {
    /// Files an act. `device_s` is the device's time, seconds since 1970.
    pub fn file_act(
        &self,
        filing: &Filing,
        officer: &Officer,
        device_s: i64,
    ) -> Result<Filed, FileError> {
        let _writing = self.writing();
        let mut work = self.work();
        let filed = self.file_in(&mut work, filing, officer, device_s)?;
        work.finish()?;
        Ok(filed)
    }

    /// All that stands against an act, where [`Office::check_act`] and [`Office::file_act`] tell the
    /// first: as far as one thing can be looked at without the other.
    pub fn refusals(&self, filing: &Filing, officer: &Officer, device_s: i64) -> Vec<Refusal> {
        let meta = self.meta();
        let desk = desk(&meta, self.units(), &next_author(&meta), officer, device_s);
        refusals(filing, &desk, self)
    }

    /// Files an act within a unit of work.
    pub(super) fn file_in(
        &self,
        work: &mut Work<'_>,
        filing: &Filing,
        officer: &Officer,
        device_s: i64,
    ) -> Result<Filed, FileError> {
        let author = next_author(&work.meta);
        let desk = desk(&work.meta, self.units(), &author, officer, device_s);
        self.check_attachments(filing)?;
        let Plan { body, mut notices } = plan(filing, &desk, self)?;
        if is_clock_unverified(&work.meta, device_s) {
            notices.push(Notice::ClockUnverified);
        }
        let act = Act {
            author,
            office: Some(work.meta.office),
            body,
        };
        let filed = work.take_own_act(act, notices)?;
        let event = AuditEvent::ActFiled {
            act: filed.act,
            kind: work.kind_of(filed.act)?,
        };
        work.audit(desk.entered.at_s, Some(officer.id.clone()), event)?;
        Ok(filed)
    }
}

impl Work<'_> {
    /// Puts an act at the end of the outbox and shows it on its records.
    pub(super) fn take_own_act(
        &mut self,
        act: Act,
        notices: Vec<Notice>,
    ) -> Result<Filed, FileError> {
        let bytes = act.body.encode()?;
        let point = self.meta.outbox_point().after(&bytes);
        let (id, key) = (act.id(), ActKey::of(&act.author));
        let order = self.meta.next_order;
        let mut filed = Filed {
            act: id,
            number: point.number,
            state: "provisional",
            notices,
            records: Vec::new(),
            made: Vec::new(),
            local_file: None,
            pin: None,
        };
        for (index, record) in act.records() {
            let before = self.rows.shown(&record)?;
            let after = act.apply(index, before.as_ref().map(|kept| &kept.record))?;
            let kept = Kept::of(after).map_err(OfficeError::from)?;
            self.rows.put_provisional(&kept)?;
            self.rows.put_pending(&record, key, true);
            self.rows.put_act_of(&record, order, &id);
            self.touch(record);
            filed.records.push(record);
            let target = act.body.changes.get(index).map(|change| &change.target);
            if matches!(target, Some(Target::New { .. })) {
                filed.made.push(record);
                filed.local_file = filed.local_file.or_else(|| local_file(&kept));
            }
        }
        filed.records.dedup();
        self.use_numbers(&act)?;
        filed.pin = numbers_given(&act.body).next().map(Pin::digits);
        for paper in used_by(&act) {
            self.also(LiveChange::Used { paper, act: id });
        }
        if let Some(of) = withdrawn_by(&act.body) {
            self.also(LiveChange::Withdrawn { of, by: id });
        }
        if let Some(of) = papers_for(&act.body) {
            self.also(LiveChange::Papers { of, by: id });
        }
        if act.body.kind.applies() {
            self.also(LiveChange::Applied { act: id });
        }
        self.also(LiveChange::Filed {
            key,
            entered_s: act.body.entered.at_s,
        });
        self.name_attachments(&act, order)?;
        self.rows.put_outbox(key, id, point.chain)?;
        self.rows.put_act(&ActRow {
            act,
            order,
            answer: None,
        })?;
        self.meta.outbox_last = point.number;
        self.meta.outbox_chain = point.chain;
        self.meta.next_order = order.saturating_add(1);
        Ok(filed)
    }

    fn kind_of(&self, id: ActId) -> Result<registry::act::ActKind, OfficeError> {
        let row = self.rows.act(&id)?;
        row.map(|row| row.act.body.kind)
            .ok_or(OfficeError::OutboxHole { number: 0 })
    }
}

/// Who the next act of this device is by.
pub(super) fn next_author(meta: &Meta) -> Author {
    Author {
        node: meta.node,
        incarnation: meta.incarnation,
        number: meta.outbox_last.next(),
    }
}

pub(super) fn desk(
    meta: &Meta,
    units: Arc<Units>,
    author: &Author,
    officer: &Officer,
    device_s: i64,
) -> Desk {
    let at_s = meta.corrected_s(device_s);
    Desk {
        act: author.act_id(),
        office: meta.office,
        officer: officer.id.clone(),
        roles: officer.roles.clone(),
        today: Date::in_viet_nam(at_s),
        entered: Entered {
            at_s,
            error_s: meta.clock_error_s(),
        },
        horizon: meta.horizon,
        units,
    }
}

pub(super) fn is_clock_unverified(meta: &Meta, device_s: i64) -> bool {
    meta.last_contact_s
        .is_none_or(|contact_s| !(0..=CLOCK_VERIFIED_FOR_S).contains(&(device_s - contact_s)))
}

fn local_file(kept: &Kept) -> Option<String> {
    [Field::LocalFile, Field::HouseholdLocal]
        .into_iter()
        .find_map(|field| match kept.fields().single(field) {
            Some(Value::Text(line)) => Some(line.as_str().to_owned()),
            _ => None,
        })
}
