//! A household as a screen shows it: its fields and its members.

use std::collections::BTreeMap;

use registry::code::Relation;
use registry::dispute::Dispute;
use registry::person::{Person, head_of};
use registry::schema::RecordKind;
use registry::text::alphabet::compare_names;
use registry::{CaseId, RecordId};
use serde::Serialize;
use utoipa::ToSchema;

use super::person_view::{FieldView, by_key};
use super::{ActView, Office, OfficeError, PersonHit};

/// A member of a household.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// The person.
    #[serde(flatten)]
    pub person: PersonHit,
    /// Relation to the head.
    #[schema(value_type = Option<String>)]
    pub relation: Option<Relation>,
    /// Whether this is the head.
    pub head: bool,
    /// The cases about the member, decided ones too.
    #[schema(value_type = Vec<String>)]
    pub cases: Vec<CaseId>,
}

/// A household.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdView {
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
    /// The members that this office holds: the head, then by given name and surname.
    pub members: Vec<MemberView>,
    /// What is in dispute within the record.
    #[schema(value_type = Vec<Object>)]
    pub disputed: Vec<Dispute>,
    /// The cases about the record, decided ones too.
    #[schema(value_type = Vec<String>)]
    pub cases: Vec<CaseId>,
    /// The acts on it that are known here.
    pub history: Vec<ActView>,
}

impl Office {
    /// A household; `None` if this office does not hold it.
    pub fn household_view(&self, id: &RecordId) -> Result<Option<HouseholdView>, OfficeError> {
        let Some(kept) = self.rows.shown(id)? else {
            return Ok(None);
        };
        if kept.record.kind != RecordKind::Household {
            return Ok(None);
        }
        let head = head_of(kept.fields());
        let people = self.live().index.members(id);
        let mut members = Vec::with_capacity(people.len());
        for person in people {
            let Some(kept) = self.rows.shown(&person)? else {
                continue;
            };
            members.push(MemberView {
                person: self.hit_of(&kept)?,
                relation: Person(kept.fields()).relation().copied(),
                head: head == Some(person),
                cases: self.live().cases_of(&person),
            });
        }
        // The head first, as in the book; then as every list of persons.
        members.sort_by(|a: &MemberView, b| {
            let names = || compare_names(&a.person.name, &b.person.name);
            b.head.cmp(&a.head).then_with(names)
        });
        let state = self.record_state(id)?;
        let history = self.history(id)?;
        Ok(Some(HouseholdView {
            id: *id,
            official: state == "official",
            state,
            fields: by_key(kept.fields()),
            members,
            disputed: kept.disputes().to_vec(),
            cases: self.live().cases_of(id),
            history,
        }))
    }
}
