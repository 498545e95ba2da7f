//! What an act does to one record, in a small and stable vocabulary. An edit and its act's
//! stamp are all that travels; the change of the document is made from them on both sides.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ActId;
use crate::date::PartialDate;
use crate::fields::{EntryId, Fields, Slot};
use crate::person::Person;
use crate::schema::{Field, RecordKind, Shape};
use crate::value::{ENDED_BY_DEATH, Line, Marriage, PersonLink, Value};

/// Most edits of one act on one record.
pub const EDITS_MAX: usize = 64;
/// Most ways in which an edit names one person: by record, by number and cancelled numbers, by
/// name.
pub const WAYS_TO_NAME_MAX: usize = 16;

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Sets the one value of a field.
    Put(Field, Value),
    /// Empties the one value of a field.
    Clear(Field),
    /// Adds an entry, named by this act.
    Add(Field, Value),
    /// Sets an entry anew; `None` empties it.
    Amend(Field, EntryId, Option<Value>),
    /// Ends whatever residence of this field is open in the state that the author knew. The
    /// author need not know which: a person who moves in is often not in the office's slice.
    CloseOpen {
        /// Permanent or temporary residence.
        field: Field,
        /// Last day.
        to: PartialDate,
        /// Why.
        ground: Line,
    },
    /// Ends the marriage with a spouse that stands in the state that the author knew. The author
    /// need not know which entry: one of the two is often not in the office's slice.
    EndMarriage {
        /// How the spouse may be named: by record, by number, by name.
        with: Vec<PersonLink>,
        /// Day on which it ended.
        ended: PartialDate,
        /// By what.
        ground: Line,
    },
    /// Lets the marriage with a spouse stand again that a death ended, if none stands now.
    ReviveMarriage {
        /// How the spouse may be named.
        with: Vec<PersonLink>,
    },
}

/// An edit that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The value is of another kind than the field.
    #[error("the value does not fit the field {}", .0.key())]
    Misfit(Field),
    /// Two edits of one act write the same place.
    #[error("the act writes the field {} twice", .0.key())]
    Twice(Field),
    /// Too many.
    #[error("an act may make at most {EDITS_MAX} edits to a record")]
    TooMany,
}

impl EditError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            EditError::Misfit(_) => "value_misfit",
            EditError::Twice(_) => "field_twice",
            EditError::TooMany => "edits_too_many",
        }
    }
}

impl Edit {
    /// The field that it writes.
    pub const fn field(&self) -> Field {
        match self {
            Edit::Put(field, _)
            | Edit::Clear(field)
            | Edit::Add(field, _)
            | Edit::Amend(field, _, _)
            | Edit::CloseOpen { field, .. } => *field,
            Edit::EndMarriage { .. } | Edit::ReviveMarriage { .. } => Field::Marriages,
        }
    }

    /// Whether what it writes depends on what the record holds.
    pub const fn looks_at_record(&self) -> bool {
        matches!(
            self,
            Edit::CloseOpen { .. } | Edit::EndMarriage { .. } | Edit::ReviveMarriage { .. }
        )
    }

    /// Checks shape, kind and value.
    pub fn check(&self, kind: RecordKind) -> Result<(), EditError> {
        let field = self.field();
        let rule = field.rule();
        let fits = rule.kind == kind
            && match self {
                Edit::Put(_, value) => rule.shape == Shape::Single && value.fits(field),
                Edit::Clear(_) => rule.shape == Shape::Single,
                Edit::Add(_, value) => rule.shape == Shape::Entries && value.fits(field),
                Edit::Amend(_, _, value) => {
                    rule.shape == Shape::Entries
                        && value.as_ref().is_none_or(|value| value.fits(field))
                }
                Edit::CloseOpen { .. } => matches!(field, Field::Permanent | Field::Temporary),
                Edit::EndMarriage { with, .. } | Edit::ReviveMarriage { with } => {
                    (1..=WAYS_TO_NAME_MAX).contains(&with.len())
                }
            };
        if fits {
            Ok(())
        } else {
            Err(EditError::Misfit(field))
        }
    }
}

/// The writes that the edits of `act` are on a record that holds `fields`.
pub(crate) fn resolve(
    edits: &[Edit],
    fields: &Fields,
    act: ActId,
) -> Result<Vec<(Slot, Option<Value>)>, EditError> {
    if edits.len() > EDITS_MAX {
        return Err(EditError::TooMany);
    }
    let mut writes: Vec<(Slot, Option<Value>)> = Vec::with_capacity(edits.len());
    for edit in edits {
        match edit {
            Edit::Put(field, value) => writes.push((Slot::single(*field), Some(value.clone()))),
            Edit::Clear(field) => writes.push((Slot::single(*field), None)),
            Edit::Add(field, value) => {
                writes.push((Slot::entry(*field, EntryId::Act(act)), Some(value.clone())));
            }
            Edit::Amend(field, entry, value) => {
                writes.push((Slot::entry(*field, *entry), value.clone()));
            }
            Edit::CloseOpen { field, to, ground } => {
                writes.extend(close_open(fields, *field, *to, ground));
            }
            Edit::EndMarriage {
                with,
                ended,
                ground,
            } => writes.extend(end_marriage(fields, with, *ended, ground)),
            Edit::ReviveMarriage { with } => writes.extend(revive_marriage(fields, with)),
        }
    }
    let mut seen = BTreeSet::new();
    for (slot, _) in &writes {
        if !seen.insert(*slot) {
            return Err(EditError::Twice(slot.field));
        }
    }
    Ok(writes)
}

fn close_open(
    fields: &Fields,
    field: Field,
    to: PartialDate,
    ground: &Line,
) -> Vec<(Slot, Option<Value>)> {
    fields
        .entries(field)
        .filter_map(|(entry, value)| match value {
            Value::Residence(open) if open.to.is_none() => {
                let mut closed = open.clone();
                closed.to = Some(to);
                closed.ground = ground.clone();
                Some((Slot::entry(field, entry), Some(Value::Residence(closed))))
            }
            _ => None,
        })
        .collect()
}

fn is_with(marriage: &Marriage, with: &[PersonLink]) -> bool {
    with.iter().any(|link| link.names_same(&marriage.spouse))
}

fn end_marriage(
    fields: &Fields,
    with: &[PersonLink],
    ended: PartialDate,
    ground: &Line,
) -> Vec<(Slot, Option<Value>)> {
    Person(fields)
        .standing_marriages()
        .filter(|(_, marriage)| is_with(marriage, with))
        .map(|(entry, marriage)| {
            let over = Marriage {
                ended: Some(ended),
                ground: ground.clone(),
                ..marriage.clone()
            };
            (
                Slot::entry(Field::Marriages, entry),
                Some(Value::Marriage(over)),
            )
        })
        .collect()
}

fn revive_marriage(fields: &Fields, with: &[PersonLink]) -> Option<(Slot, Option<Value>)> {
    let person = Person(fields);
    if person.standing_marriages().next().is_some() {
        return None;
    }
    let (entry, marriage) = person.marriages().find(|(_, marriage)| {
        marriage.ground.as_str() == ENDED_BY_DEATH && is_with(marriage, with)
    })?;
    let standing = Marriage {
        ended: None,
        ground: Line::default(),
        ..marriage.clone()
    };
    Some((
        Slot::entry(Field::Marriages, entry),
        Some(Value::Marriage(standing)),
    ))
}
