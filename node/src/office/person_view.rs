//! A person as a screen shows them: every field, what is in dispute, what is pending, and how it
//! came to be.

use std::collections::BTreeMap;

use registry::application::as_it_stands;
use registry::date::{BirthDate, Date, PartialDate};
use registry::dispute::Dispute;
use registry::fields::{EntryId, Fields};
use registry::person::{MaritalStatus, Person};
use registry::schema::{Field, RecordKind};
use registry::text::alphabet::compare_names;
use registry::value::{PersonLink, Value};
use registry::{CaseId, RecordId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ActState, ActView, Meeting, Office, OfficeError, PersonHit};

/// A value of a field with entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// The entry.
    pub entry: EntryId,
    /// Its value.
    pub value: Value,
}

/// What a field shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FieldView {
    /// One value.
    Single(Value),
    /// Entries.
    Entries(Vec<EntryView>),
}

/// What follows from the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Derived {
    /// Marital status.
    #[schema(value_type = String)]
    pub marital_status: MaritalStatus,
    /// Full years today, if the birth year is known; the greatest possible number.
    pub age: Option<u16>,
    /// Whether a death is registered.
    pub dead: bool,
    /// Whether a court declared the person missing: not dead, but nobody knows where they are.
    pub missing: bool,
}

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonView {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Whether what is shown is what the centre has confirmed.
    pub official: bool,
    /// `official`, `provisional` or `left`.
    pub state: &'static str,
    /// Every field that has a value, by its key.
    #[schema(value_type = Object)]
    pub fields: BTreeMap<&'static str, FieldView>,
    /// What follows from them.
    pub derived: Derived,
    /// The children whose records this office holds, the eldest first.
    pub children: Vec<PersonHit>,
    /// What is in dispute within the record.
    #[schema(value_type = Vec<Object>)]
    pub disputed: Vec<Dispute>,
    /// The cases about the record.
    #[schema(value_type = Vec<String>)]
    pub cases: Vec<CaseId>,
    /// A case that freezes it.
    #[schema(value_type = Option<String>)]
    pub frozen_by: Option<CaseId>,
    /// Own acts on it without an outcome.
    pub pending: Vec<ActView>,
    /// The acts on it that are known here.
    pub history: Vec<ActView>,
    /// Where acts of this office met others whose authors did not know of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub met: Vec<Meeting>,
}

impl Office {
    fn children(&self, id: RecordId, person: &Person<'_>) -> Result<Vec<PersonHit>, OfficeError> {
        let mut ways = vec![PersonLink::Record(id)];
        let pins = person.pin().copied().into_iter();
        ways.extend(pins.chain(person.cancelled_pins()).map(PersonLink::Pin));
        let may_be = self.live().index.children(&ways);
        let mut children = Vec::new();
        for child in may_be {
            let Some(kept) = self.rows.shown(&child)? else {
                continue;
            };
            let child = Person(kept.fields());
            let parents = [child.father(), child.mother()].into_iter().flatten();
            let mut parents = parents.filter(|link| ways.iter().any(|way| way.names_same(link)));
            if parents.next().is_some() {
                let born = child.birth().and_then(BirthDate::date);
                children.push((born.map(PartialDate::first_day), self.hit_of(&kept)?));
            }
        }
        children.sort_by(|(a, one), (b, other)| {
            a.cmp(b).then_with(|| compare_names(&one.name, &other.name))
        });
        Ok(children.into_iter().map(|(_, child)| child).collect())
    }

    /// A person; `None` if this office does not hold them.
    pub fn person_view(
        &self,
        id: &RecordId,
        device_s: i64,
    ) -> Result<Option<PersonView>, OfficeError> {
        let Some(kept) = self.rows.shown(id)? else {
            return Ok(None);
        };
        if kept.record.kind != RecordKind::Person {
            return Ok(None);
        }
        let history = self.history(id)?;
        let pending = history
            .iter()
            .filter(|act| matches!(act.state, ActState::Provisional | ActState::Waiting))
            .cloned()
            .collect();
        let person = Person(kept.fields());
        let today = Date::in_viet_nam(self.meta().corrected_s(device_s));
        let derived = Derived {
            marital_status: person.marital_status(),
            age: person.age_at_most(&today.into()),
            dead: person.is_dead(),
            missing: person.is_missing(),
        };
        let state = self.record_state(id)?;
        let met = self.meetings_of_ours(id)?;
        let children = self.children(*id, &person)?;
        let live = self.live();
        Ok(Some(PersonView {
            id: *id,
            official: state == "official",
            state,
            fields: by_key(kept.fields()),
            derived,
            children,
            disputed: kept.disputes().to_vec(),
            cases: live.cases_of(id),
            frozen_by: live.frozen(id),
            pending,
            history,
            met,
        }))
    }

    /// `official`, `provisional` if own acts without outcome are on it, `left` if it is shown only
    /// because of them.
    pub(super) fn record_state(&self, id: &RecordId) -> Result<&'static str, OfficeError> {
        Ok(
            match (self.rows.provisional(id)?, self.rows.tombstone(id)?) {
                (None, _) => "official",
                (Some(_), Some(_)) if self.rows.official(id)?.is_none() => "left",
                (Some(_), _) => "provisional",
            },
        )
    }
}

/// Fields by their names in JSON.
pub(super) fn by_key(fields: &Fields) -> BTreeMap<&'static str, FieldView> {
    let mut views: BTreeMap<&'static str, FieldView> = BTreeMap::new();
    for (slot, value) in fields.iter() {
        let key = Field::key(slot.field);
        match slot.entry {
            None => {
                views.insert(key, FieldView::Single(value.clone()));
            }
            Some(entry) => {
                let entry = EntryView {
                    entry,
                    value: as_it_stands(entry, value, fields).into_owned(),
                };
                match views.get_mut(key) {
                    Some(FieldView::Entries(entries)) => entries.push(entry),
                    _ => {
                        views.insert(key, FieldView::Entries(vec![entry]));
                    }
                }
            }
        }
    }
    views
}
