//! A plan in the making: what every procedure asks of it, and what it refuses for all of them.

use super::{Desk, Filing, Held, Notice, Plan, Refusal, Slice};
use crate::act::{
    ActBody, ActKind, Claimed, Evidence, RecordChange, Refers, Target, new_record_id,
};
use crate::date::PartialDate;
use crate::edit::Edit;
use crate::fields::Fields;
use crate::pin::Pin;
use crate::schema::{Field, RecordKind};
use crate::value::Line;
use crate::words::words;
use crate::{OfficeCode, RecordId};

/// A plan in the making.
pub(super) struct Draft<'a> {
    pub(super) kind: ActKind,
    pub(super) desk: &'a Desk,
    pub(super) slice: &'a dyn Slice,
    pub(super) filing: &'a Filing,
    pub(super) effective: Option<PartialDate>,
    pub(super) refers: Option<Refers>,
    pub(super) note: Option<Line>,
    /// A paper that the act names itself, before those of the clerk.
    pub(super) paper: Option<Evidence>,
    pub(super) changes: Vec<RecordChange>,
    pub(super) notices: Vec<Notice>,
    /// What stands against the act, as far as it can be told together.
    pub(super) told: Vec<Refusal>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        kind: ActKind,
        desk: &'a Desk,
        slice: &'a dyn Slice,
        filing: &'a Filing,
    ) -> Self {
        Draft {
            kind,
            desk,
            slice,
            filing,
            effective: filing.effective,
            refers: None,
            note: None,
            paper: None,
            changes: Vec::new(),
            notices: Vec::new(),
            told: Vec::new(),
        }
    }

    pub(super) fn today(&self) -> PartialDate {
        self.desk.today.into()
    }

    /// The day from which the act counts.
    pub(super) fn effective(&self) -> PartialDate {
        self.effective.unwrap_or_else(|| self.today())
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Notes what stands against the act and goes on, so that a clerk hears all of it at once.
    /// Whatever is noted, there is no plan: what is made of the rest is thrown away.
    pub(super) fn fault(&mut self, refusal: Refusal) {
        if !self.told.contains(&refusal) {
            self.told.push(refusal);
        }
    }

    /// The same for what was looked at; nothing if it was refused.
    pub(super) fn tell<T>(&mut self, looked_at: Result<T, Refusal>) -> Option<T> {
        looked_at.map_err(|refusal| self.fault(refusal)).ok()
    }

    /// A record that the office holds and that nothing freezes.
    pub(super) fn held(
        &self,
        field: &'static str,
        id: &RecordId,
        kind: RecordKind,
    ) -> Result<Held, Refusal> {
        let held = self.slice.record(id).ok_or(Refusal::NotHeld { field })?;
        if held.record.kind != kind {
            return Err(Refusal::WrongKind { field });
        }
        if let Some(case) = held.frozen {
            return Err(Refusal::Frozen { field, case });
        }
        Ok(held)
    }

    /// Refuses an act on a field that a case is about.
    pub(super) fn undisputed(&self, held: &Held, field: Field) -> Result<(), Refusal> {
        if held.standing.disputes_field(field) {
            return Err(Refusal::InDispute { field: field.key() });
        }
        Ok(())
    }

    /// The edits of a record that the office holds.
    pub(super) fn change_held(&mut self, held: &Held, edits: Vec<Edit>) -> Result<(), Refusal> {
        if edits.is_empty() {
            return Ok(());
        }
        let base = held.base()?;
        let id = held.record.id;
        let known = self.changes.iter_mut().find(
            |change| matches!(&change.target, Target::Held { id: other, .. } if *other == id),
        );
        match known {
            Some(change) => change.edits.extend(edits),
            None => self.changes.push(RecordChange {
                target: Target::Held { id, base },
                edits,
            }),
        }
        Ok(())
    }

    /// The edits of a person of another commune.
    pub(super) fn change_absent(&mut self, claimed: Claimed, edits: Vec<Edit>) {
        self.notice(Notice::PersonElsewhere);
        self.changes.push(RecordChange {
            target: Target::Absent(claimed),
            edits,
        });
    }

    /// A new record; its id.
    pub(super) fn make(&mut self, kind: RecordKind, fields: Fields) -> RecordId {
        let id = new_record_id(&self.desk.act, self.changes.len());
        self.changes.push(RecordChange {
            target: Target::New { kind, fields },
            edits: Vec::new(),
        });
        id
    }

    /// A date that may not lie in the future.
    pub(super) fn past(
        &self,
        field: &'static str,
        date: PartialDate,
    ) -> Result<PartialDate, Refusal> {
        if date.first_day() > self.desk.today {
            return Err(Refusal::Future { field });
        }
        Ok(date)
    }

    /// Tells the clerk if the event is filed later than the law asks.
    pub(super) fn filed_in_time(&mut self, event: PartialDate) {
        let deadline = self.kind.rule().deadline;
        if deadline.is_some_and(|deadline| deadline.is_filed_late(event, self.desk.today)) {
            self.notice(Notice::LateFiling);
        }
    }

    /// Refuses a list that names one record twice.
    pub(super) fn once<'l>(
        &self,
        field: &'static str,
        ids: impl IntoIterator<Item = &'l RecordId>,
    ) -> Result<(), Refusal> {
        let mut seen = std::collections::BTreeSet::new();
        if ids.into_iter().all(|id| seen.insert(id)) {
            return Ok(());
        }
        Err(Refusal::Invalid {
            field,
            words: words(
                "một người hoặc hộ được nêu hai lần; nêu mỗi người, mỗi hộ một lần",
                "one person or household is named twice; name each once",
            ),
        })
    }

    /// A commune of the edition that this office knows.
    pub(super) fn commune(
        &self,
        field: &'static str,
        code: OfficeCode,
    ) -> Result<OfficeCode, Refusal> {
        if self.desk.units.exists(code) {
            Ok(code)
        } else {
            Err(Refusal::UnknownCommune { field, code })
        }
    }

    /// Looks a number over: a future birth year is a typing error, a mismatch a notice.
    pub(super) fn look_over(&mut self, field: &'static str, pin: Pin) -> Result<(), Refusal> {
        if pin.birth_year() > self.desk.today.year() {
            return Err(Refusal::Future { field });
        }
        if !pin.known_prefix() {
            self.notice(Notice::UnknownPrefix);
        }
        Ok(())
    }

    /// Whether a place of a record lies in this office's commune: records keep the codes of communes
    /// that a decree has ended since.
    pub(super) fn lies_here(&self, unit: OfficeCode, address: &Line) -> bool {
        let units = &self.desk.units;
        units.lies_in(unit, address.as_str(), self.desk.office)
    }

    pub(super) fn finish(self) -> Result<Plan, Refusal> {
        if self.changes.is_empty() && !self.kind.is_addition() {
            return Err(Refusal::NothingChanges);
        }
        if self.changes.len() > crate::act::CHANGES_MAX {
            return Err(Refusal::TooMuch { field: "members" });
        }
        let mut cards = std::collections::BTreeSet::new();
        let twice = self.changes.iter().any(
            |change| matches!(&change.target, Target::Absent(card) if !cards.insert(card.pin)),
        );
        if twice {
            return Err(Refusal::Invalid {
                field: "people",
                words: words(
                    "một người được nêu hai lần; nêu mỗi người một lần",
                    "one person is named twice; name each once",
                ),
            });
        }
        let effective = self.effective();
        let papers = self.filing.evidence.iter().cloned();
        let body = ActBody {
            kind: self.kind,
            officer: self.desk.officer.clone(),
            effective,
            entered: self.desk.entered,
            horizon: self.desk.horizon,
            evidence: self.paper.into_iter().chain(papers).collect(),
            note: self.note.unwrap_or_else(|| self.filing.note.clone()),
            refers: self.refers,
            changes: self.changes,
        };
        body.encode()
            .map_err(|_| Refusal::TooMuch { field: "act" })?;
        Ok(Plan {
            body,
            notices: self.notices,
        })
    }
}
