//! By what people know a record: a name with the year of birth, or the file of a household; and whom an
//! act is about. For the screen of the office; never for a log.

use std::collections::BTreeSet;
use std::fmt;

use registry::RecordId;
use registry::act::{ActKind, Claimed, RecordChange, Refers, Target, new_record_id};
use registry::date::BirthDate;
use registry::edit::Edit;
use registry::fields::Fields;
use registry::name::PersonName;
use registry::person::Person;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use serde::Serialize;

use super::live::{file_of, took_effect};
use super::{Office, OfficeError};
use crate::tables::ActRow;

/// Most records that something is said to be about.
const KNOWN_MAX: usize = 4;
/// Changes of an act that are looked at for it.
const CHANGES_LOOKED_AT: usize = 16;
/// An act about an act about an act: so far it is followed.
const REFERS_MAX: usize = 4;

/// A name or number by which people know a record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// A person: the name, with the year of birth if that is known.
    Person(String),
    /// A household: its file.
    Household(String),
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known(…)")
    }
}

/// As programs are told: `Trần Gia Bảo (2026)`, `household HS-0042`. The screens have their own words.
impl Serialize for Known {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Known::Person(name) => s.serialize_str(name),
            Known::Household(file) => s.collect_str(&format_args!("household {file}")),
        }
    }
}

impl utoipa::PartialSchema for Known {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let description = "A name or number by which people know a record.";
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(description))
            .into()
    }
}

impl utoipa::ToSchema for Known {}

impl Office {
    /// Whom or what an act is about, the people first. What the act itself tells (whom it makes, whose
    /// card it names) is told of those whom this office does not hold.
    pub(super) fn about(&self, row: &ActRow) -> Result<Vec<Known>, OfficeError> {
        self.about_through(row, REFERS_MAX)
    }

    fn about_through(&self, row: &ActRow, deep: usize) -> Result<Vec<Known>, OfficeError> {
        // What is said about a case is about whom the case is about.
        if let Some(Refers::Case(case)) = row.act.body.refers
            && let Some(notice) = self.rows.case(&case)?
        {
            let known = self.known_records(&notice.case.dispute.records)?;
            if !known.is_empty() {
                return Ok(known);
            }
        }
        // What is said about an act is about whom that one is about.
        let kind = row.act.body.kind;
        if let Some(of) = row.act.body.refers.and_then(Refers::act)
            && (kind.is_addition() || kind == ActKind::Withdraw)
            && let (Some(of), Some(deep)) = (self.rows.act(&of)?, deep.checked_sub(1))
        {
            let known = self.about_through(&of, deep)?;
            if !known.is_empty() {
                return Ok(known);
            }
        }
        self.about_changes(row)
    }

    fn about_changes(&self, row: &ActRow) -> Result<Vec<Known>, OfficeError> {
        let (mut known, mut seen) = (Vec::new(), BTreeSet::new());
        let changes = row.act.body.changes.iter().enumerate();
        for (index, change) in changes.take(CHANGES_LOOKED_AT) {
            let id = self.record_of(row, index, change);
            if id.is_none_or(|id| seen.insert(id)) {
                known.extend(self.known_of(id, change)?);
            }
        }
        // The household that somebody moves into comes after whoever moves.
        known.sort_by_key(|known| matches!(known, Known::Household(_)));
        known.truncate(KNOWN_MAX);
        Ok(known)
    }

    /// By what people know the record of a change: as this office holds it, else as the act tells.
    pub(super) fn known_of(
        &self,
        id: Option<RecordId>,
        change: &RecordChange,
    ) -> Result<Option<Known>, OfficeError> {
        let held = match id {
            Some(id) => self.rows.shown(&id)?,
            None => None,
        };
        let known = held.as_ref().and_then(|kept| known_as(kept.fields()));
        Ok(known.or_else(|| told_by(change)))
    }

    /// The record that a change is of. Somebody who was named by card has one once the centre has
    /// found them and this office holds them.
    pub(super) fn record_of(
        &self,
        row: &ActRow,
        index: usize,
        change: &RecordChange,
    ) -> Option<RecordId> {
        match &change.target {
            Target::Held { id, .. } | Target::Placed { id, .. } => Some(*id),
            Target::New { .. } => Some(new_record_id(&row.act.id(), index)),
            Target::Absent(Claimed { pin, .. }) => {
                let found = row.answer.as_ref().is_some_and(took_effect);
                found.then(|| self.live().index.by_pin(*pin)).flatten()
            }
        }
    }

    /// The records that an act changes or makes, as far as they are known, and of which kind each is.
    pub(super) fn records_of(&self, row: &ActRow) -> (Vec<RecordId>, Vec<RecordKind>) {
        let changes = row.act.body.changes.iter().enumerate();
        let mut records: Vec<(RecordId, RecordKind)> = changes
            .filter_map(|(index, change)| {
                Some((self.record_of(row, index, change)?, kind_of(change)))
            })
            .collect();
        records.dedup_by_key(|(id, _)| *id);
        records.into_iter().unzip()
    }

    /// By what people know these records, as far as this office holds them.
    pub fn known_records(&self, records: &[RecordId]) -> Result<Vec<Known>, OfficeError> {
        let (mut known, mut seen) = (Vec::new(), BTreeSet::new());
        for id in records {
            if known.len() >= KNOWN_MAX {
                break;
            }
            if seen.insert(*id) {
                let shown = self.rows.shown(id)?;
                known.extend(shown.as_ref().and_then(|kept| known_as(kept.fields())));
            }
        }
        Ok(known)
    }
}

/// Whether a change is of a person or of a household, as the act alone tells.
pub(super) fn kind_of(change: &RecordChange) -> RecordKind {
    match &change.target {
        Target::New { kind, .. } => *kind,
        Target::Absent(_) => RecordKind::Person,
        Target::Held { .. } | Target::Placed { .. } => {
            let field = change.edits.first().map(Edit::field);
            field.map_or(RecordKind::Person, |field| field.rule().kind)
        }
    }
}

/// By what people know the record of a change, as the act alone tells.
fn told_by(change: &RecordChange) -> Option<Known> {
    match &change.target {
        Target::New { fields, .. } => known_as(fields),
        Target::Absent(card) => Some(person(&card.name, card.birth.year())),
        Target::Held { .. } | Target::Placed { .. } => {
            let mut names = change.edits.iter().filter_map(|edit| match edit {
                Edit::Put(Field::Name, Value::Name(name)) => Some(person(name, None)),
                _ => None,
            });
            names.next()
        }
    }
}

/// By what people know a record with these values.
pub(super) fn known_as(fields: &Fields) -> Option<Known> {
    let read = Person(fields);
    match read.name() {
        Some(name) => Some(person(name, read.birth().and_then(BirthDate::year))),
        None => file_of(fields).map(|file| Known::Household(file.to_owned())),
    }
}

fn person(name: &PersonName, year: Option<u16>) -> Known {
    Known::Person(match year {
        Some(year) => format!("{} ({year})", name.as_str()),
        None => name.as_str().to_owned(),
    })
}
