//! What an act changes, record by record and item by item: looked over before it is filed, and read
//! again ever after.
//!
//! What stood before is never guessed. The document of a record tells what the author of the act saw
//! and left. Where it does not (the record is not here, or the act rests on one that came back), what
//! the act itself says is told, and that the value before is not known.

use registry::act::{Act, RecordChange, Target};
use registry::date::PartialDate;
use registry::document::Reading;
use registry::edit::Edit;
use registry::fields::{Fields, Slot};
use registry::record::Record;
use registry::schema::{FIELDS, Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActId, RecordId};
use serde::Serialize;
use utoipa::ToSchema;

use super::known::{kind_of, known_as};
use super::{ActView, Effect, Known, Meeting, Office, OfficeError};
use crate::tables::ActRow;

/// What an item of a record shows before an act and after it: the values that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// The item.
    #[schema(value_type = String)]
    pub field: Field,
    /// Its values before; empty also where they are not known.
    #[schema(value_type = Vec<Object>)]
    pub before: Vec<Value>,
    /// Its values after.
    #[schema(value_type = Vec<Object>)]
    pub after: Vec<Value>,
    /// What the act does to a value that is not known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does: Option<Does>,
}

/// What an act does to a value that it does not tell itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// What stands is ended.
    Ends {
        /// On this day.
        #[schema(value_type = String)]
        on: PartialDate,
        /// Why.
        #[schema(value_type = String)]
        ground: Line,
    },
    /// The marriage that a death ended stands again.
    StandsAgain,
    /// The value is taken out.
    Empties,
}

/// What is known of a record before an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// The act makes it: there was none.
    Made,
    /// It is known.
    Known,
    /// The record is not at this office, or not yet.
    NotHere,
    /// The act was made on a state of it that is not at this office any more.
    StateGone,
}

/// What an act changes of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedRecord {
    /// Which; none for somebody named by card whom the centre has not found, or who is not here.
    #[schema(value_type = Option<String>)]
    pub record: Option<RecordId>,
    /// Whether this office holds it.
    pub held: bool,
    /// By what people know it.
    pub known: Option<Known>,
    /// Person or household.
    #[schema(value_type = String)]
    pub kind: RecordKind,
    /// What is known of it before the act.
    pub before: Before,
    /// The items, in the order of the field table.
    pub items: Vec<Difference>,
}

/// An act with all that it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActChanges {
    /// The act.
    #[serde(flatten)]
    pub act: ActView,
    /// Whether the records stand as it says.
    pub effect: Effect,
    /// The officer's remark.
    #[schema(value_type = String)]
    pub note: Line,
    /// The acts that it met, where neither author knew of the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub met: Vec<Meeting>,
    /// What it changes.
    pub changes: Vec<ChangedRecord>,
}

impl ChangedRecord {
    /// The record whose values are told here, if there is one: whoever is shown them reads of it.
    pub fn read(&self) -> Option<RecordId> {
        let exists = self.held || self.before != Before::Made;
        self.record.filter(|_| exists)
    }

    /// Of a record as it stands before and after.
    pub(super) fn of(
        id: RecordId,
        kind: RecordKind,
        (before, after): (Option<&Fields>, &Fields),
    ) -> ChangedRecord {
        ChangedRecord {
            record: Some(id),
            held: before.is_some(),
            known: known_as(before.unwrap_or(after)),
            kind,
            before: match before {
                Some(_) => Before::Known,
                None => Before::Made,
            },
            items: differences(before, after),
        }
    }

    /// Of somebody whose record is not at hand: as the act alone tells.
    pub(super) fn told(known: Option<Known>, change: &RecordChange) -> ChangedRecord {
        ChangedRecord {
            record: None,
            held: false,
            known,
            kind: kind_of(change),
            before: Before::NotHere,
            items: written(&change.edits),
        }
    }
}

impl Office {
    /// What an act changes, changed, or would have changed; `None` if it is not known here.
    pub fn act_changes(&self, id: &ActId) -> Result<Option<ActChanges>, OfficeError> {
        let (Some(row), Some(act)) = (self.rows.act(id)?, self.act_view(id)?) else {
            return Ok(None);
        };
        let changes = row.act.body.changes.iter().enumerate();
        let changes = changes.map(|(index, change)| self.changed(&row, index, change));
        Ok(Some(ActChanges {
            effect: act.state.effect(),
            met: self.meetings(&act)?,
            act,
            note: row.act.body.note.clone(),
            changes: changes.collect::<Result<_, _>>()?,
        }))
    }

    fn changed(
        &self,
        row: &ActRow,
        index: usize,
        change: &RecordChange,
    ) -> Result<ChangedRecord, OfficeError> {
        let id = self.record_of(row, index, change);
        let known = self.known_of(id, change)?;
        let kept = match id {
            Some(id) => self.rows.shown(&id)?,
            None => None,
        };
        if let (Target::New { kind, fields }, Some(id)) = (&change.target, id) {
            return Ok(ChangedRecord {
                held: kept.is_some(),
                known,
                ..ChangedRecord::of(id, *kind, (None, fields))
            });
        }
        let told = ChangedRecord {
            record: id,
            held: kept.is_some(),
            ..ChangedRecord::told(known, change)
        };
        let Some(kept) = kept else { return Ok(told) };
        Ok(match around(&row.act, index, &kept.record) {
            Some((before, after)) => ChangedRecord {
                kind: kept.record.kind,
                before: Before::Known,
                items: differences(Some(&before.fields), &after.fields),
                ..told
            },
            None => ChangedRecord {
                before: match change.target {
                    Target::Absent(_) => Before::NotHere,
                    _ => Before::StateGone,
                },
                ..told
            },
        })
    }
}

/// What the author of an act saw of a record and left there. An act that took no effect (yet) stands
/// in no document: it is made once more upon the state that its author saw, if that is still there.
fn around(act: &Act, index: usize, record: &Record) -> Option<(Reading, Reading)> {
    let id = act.id();
    let stands = record.document().ok()?.around(&id);
    stands.or_else(|| {
        let made = act.apply(index, Some(record)).ok()?;
        made.document().ok()?.around(&id)
    })
}

/// The items that differ, in the order of the field table; of one with entries those that do.
fn differences(before: Option<&Fields>, after: &Fields) -> Vec<Difference> {
    let nothing = Fields::new();
    let before = before.unwrap_or(&nothing);
    let only = |of: &Fields, other: &Fields, field: Field| -> Vec<Value> {
        let differs = |(slot, value): &(Slot, &Value)| {
            slot.field == field && other.get(*slot) != Some(*value)
        };
        of.iter()
            .filter(differs)
            .map(|(_, value)| value.clone())
            .collect()
    };
    FIELDS
        .iter()
        .map(|rule| Difference {
            field: rule.field,
            before: only(before, after, rule.field),
            after: only(after, before, rule.field),
            does: None,
        })
        .filter(|difference| !(difference.before.is_empty() && difference.after.is_empty()))
        .collect()
}

/// What edits write, whatever stood there.
fn written(edits: &[Edit]) -> Vec<Difference> {
    let mut items: Vec<Difference> = Vec::new();
    for edit in edits {
        let (after, does) = match edit {
            Edit::Put(_, value) | Edit::Add(_, value) | Edit::Amend(_, _, Some(value)) => {
                (Some(value.clone()), None)
            }
            Edit::Clear(_) | Edit::Amend(_, _, None) => (None, Some(Does::Empties)),
            Edit::CloseOpen { to, ground, .. } => {
                let ground = ground.clone();
                (None, Some(Does::Ends { on: *to, ground }))
            }
            Edit::EndMarriage { ended, ground, .. } => {
                let (on, ground) = (*ended, ground.clone());
                (None, Some(Does::Ends { on, ground }))
            }
            Edit::ReviveMarriage { .. } => (None, Some(Does::StandsAgain)),
        };
        let field = edit.field();
        match items.iter_mut().find(|item| item.field == field) {
            Some(item) => {
                item.after.extend(after);
                item.does = item.does.take().or(does);
            }
            None => items.push(Difference {
                field,
                before: Vec::new(),
                after: after.into_iter().collect(),
                does,
            }),
        }
    }
    items.sort_by_key(|item| FIELDS.iter().position(|rule| rule.field == item.field));
    items
}
