//! By what people know a record: a name with the year of birth, or the file of a household. For the
//! screen of the office; never for a log.

use std::collections::BTreeSet;
use std::fmt;

use registry::RecordId;
use registry::act::{Act, Refers, Target};
use registry::date::BirthDate;
use registry::fields::Fields;
use registry::person::Person;
use serde::Serialize;

use super::live::file_of;
use super::{Office, OfficeError};

/// Most records that something is said to be about.
const KNOWN_MAX: usize = 4;

/// A name or number by which people know a record.
#[derive(Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Known(pub String);

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known(…)")
    }
}

impl Office {
    /// Whom or what an act is about. What the act makes is told by the act, also when it took no
    /// effect.
    pub(super) fn about(&self, act: &Act) -> Result<Vec<Known>, OfficeError> {
        let made = |index: usize| {
            let change = act.body.changes.get(index)?;
            match &change.target {
                Target::New { fields, .. } => Some(fields),
                _ => None,
            }
        };
        let records = act.records().map(|(index, id)| (id, made(index)));
        match act.body.refers {
            // What is said about an act or a case is about whom those are about.
            Some(Refers::Act(of)) if act.body.kind.is_addition() => match self.rows.act(&of)? {
                Some(row) => {
                    let records: Vec<RecordId> = row.act.records().map(|(_, id)| id).collect();
                    self.known_records(&records)
                }
                None => Ok(Vec::new()),
            },
            Some(Refers::Case(case)) => match self.rows.case(&case)? {
                Some(notice) => self.known_records(&notice.case.dispute.records),
                None => Ok(Vec::new()),
            },
            _ => self.known(records),
        }
    }

    /// By what people know these records, as far as this office holds them.
    pub fn known_records(&self, records: &[RecordId]) -> Result<Vec<Known>, OfficeError> {
        self.known(records.iter().map(|id| (*id, None)))
    }

    fn known<'f>(
        &self,
        records: impl Iterator<Item = (RecordId, Option<&'f Fields>)>,
    ) -> Result<Vec<Known>, OfficeError> {
        let (mut known, mut seen) = (Vec::new(), BTreeSet::new());
        for (id, made) in records {
            if known.len() >= KNOWN_MAX {
                break;
            }
            if seen.insert(id) {
                let shown = self.rows.shown(&id)?;
                let fields = shown.as_ref().map(|kept| kept.fields()).or(made);
                known.extend(fields.and_then(known_by).map(Known));
            }
        }
        Ok(known)
    }
}

/// By what people know a record with these values.
pub(super) fn known_as(fields: &Fields) -> Option<Known> {
    known_by(fields).map(Known)
}

fn known_by(fields: &Fields) -> Option<String> {
    let person = Person(fields);
    let Some(name) = person.name() else {
        return file_of(fields).map(|file| format!("household {file}"));
    };
    let year = person.birth().and_then(BirthDate::year);
    Some(match year {
        Some(year) => format!("{} ({year})", name.as_str()),
        None => name.as_str().to_owned(),
    })
}
