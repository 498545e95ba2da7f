//! The items of a record as its page shows them: values, and what is in dispute, with the claims.

use std::collections::BTreeMap;

use registry::CaseId;
use registry::dispute::{Dispute, Matter};
use registry::schema::{Field, FieldRule};
use registry::value::Value;

use super::shown::Shown;
use crate::api::Api;
use crate::office::{FieldView, OfficeError};

/// A value, with the record that it names.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

/// An item of a record.
pub(super) struct Item {
    pub(super) label: &'static str,
    pub(super) values: Vec<Line>,
    pub(super) disputed: bool,
    pub(super) claims: Vec<String>,
}

/// A record of which items are shown.
pub(super) struct Sheet<'a> {
    pub(super) fields: &'a BTreeMap<&'static str, FieldView>,
    pub(super) disputed: &'a [Dispute],
    pub(super) shown: &'a Shown<'a>,
    /// Why the record was opened: records that it names are opened for the same reason.
    pub(super) reason: &'a str,
}

impl Sheet<'_> {
    /// An item with its values, if it has any.
    pub(super) fn item(&self, rule: &'static FieldRule) -> Option<Item> {
        let Sheet { shown, reason, .. } = *self;
        let line = |value: &Value| Line {
            text: shown.value(value),
            href: shown
                .person_in(value)
                .map(|id| format!("/people/{id}?reason={reason}")),
        };
        // A dispute may leave nothing that all agreed on.
        let mut values: Vec<Line> = match self.fields.get(rule.key) {
            None => Vec::new(),
            Some(FieldView::Single(value)) => vec![line(value)],
            Some(FieldView::Entries(entries)) => entries
                .iter()
                .rev()
                .map(|entry| line(&entry.value))
                .collect(),
        };
        // A value that has no words on paper, such as an entry without a paper's number.
        values.retain(|line| !line.text.is_empty());
        if rule.field == Field::OtherNames {
            // Two offices that added one name beside each other left it twice.
            let mut told = std::collections::BTreeSet::new();
            values.retain(|line| told.insert(line.text.clone()));
        }
        let dispute = self.disputed.iter().find(|dispute| match dispute.matter {
            Matter::Field(field) | Matter::Residence(field) => field == rule.field,
            Matter::Marriage => rule.field == Field::Marriages,
            _ => false,
        });
        let claims = dispute
            .map(|dispute| {
                let values = dispute
                    .claims
                    .iter()
                    .filter_map(|claim| claim.value.as_ref());
                values.map(|value| shown.value(value)).collect()
            })
            .unwrap_or_default();
        if values.is_empty() && dispute.is_none() {
            return None;
        }
        Some(Item {
            label: shown.label(rule),
            values,
            disputed: dispute.is_some(),
            claims,
        })
    }
}

/// Those of some cases that are open, with their numbers: read once for a whole page.
pub(super) struct OpenCases(Vec<(CaseId, u64)>);

impl OpenCases {
    /// Those of these; nothing is read where there are none.
    pub(super) fn of(api: &Api, cases: &[CaseId]) -> Result<OpenCases, OfficeError> {
        if cases.is_empty() {
            return Ok(OpenCases(Vec::new()));
        }
        let known = api.office.cases()?.into_iter();
        let open = known.filter(|notice| notice.case.is_open() && cases.contains(&notice.case.id));
        Ok(OpenCases(
            open.map(|notice| (notice.case.id, notice.case.number))
                .collect(),
        ))
    }

    /// The numbers of those that are among these.
    pub(super) fn among(&self, cases: &[CaseId]) -> Vec<u64> {
        let open = self.0.iter().filter(|(id, _)| cases.contains(id));
        open.map(|(_, number)| *number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_open_cases_each_record_has_its_own() {
        let id = |n: u8| CaseId::new([n; 16]);
        let open = OpenCases(vec![(id(1), 12), (id(2), 13)]);
        assert_eq!(open.among(&[id(2), id(3)]), [13]);
        assert_eq!(open.among(&[id(1), id(2)]), [12, 13]);
        assert!(open.among(&[]).is_empty());
    }
}
