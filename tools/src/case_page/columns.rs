//! A claim as a column: its value, who made it when, and on which papers.

use std::collections::BTreeMap;

use registry::RecordId;
use registry::case::{CaseNotice, Party};
use registry::dispute::{Claim, Dispute, Matter};

use super::papers;
use crate::duration::moment;
use crate::words;

pub(super) const LABELS: &[&str] = &[
    "value",
    "act",
    "office",
    "officer",
    "counts from",
    "entered",
    "clock",
    "papers",
];
pub(super) const VALUE_ROW: usize = 0;

/// A claim's column.
pub(super) struct Column {
    pub(super) lines: Vec<String>,
}

impl Column {
    pub(super) fn of(
        dispute: &Dispute,
        claim: &Claim,
        party: Option<&Party>,
        records: &BTreeMap<RecordId, String>,
    ) -> Column {
        let dash = || "-".to_owned();
        let value = match (&claim.value, claim.record) {
            (Some(value), _) => words::value(value),
            (None, Some(record)) => records
                .get(&record)
                .cloned()
                .unwrap_or_else(|| format!("record {record}")),
            (None, None) => dash(),
        };
        let papers = party.map_or_else(String::new, |party| papers(&party.evidence));
        let act = party.and_then(|party| party.kind);
        let text = |words: Option<String>| words.unwrap_or_else(dash);
        Column {
            lines: vec![
                value,
                act.map_or_else(
                    || match dispute.matter {
                        Matter::Contested(_) => "the paper against it".to_owned(),
                        Matter::HeadGone => "a member who stays".to_owned(),
                        _ => "as it was made".to_owned(),
                    },
                    |kind| kind.rule().label_en.into(),
                ),
                text(party.and_then(|party| party.office).map(words::office)),
                text(
                    party
                        .and_then(|party| party.officer.as_ref())
                        .map(ToString::to_string),
                ),
                text(
                    party
                        .and_then(|party| party.effective)
                        .map(|date| date.to_string()),
                ),
                text(party.and_then(|party| party.entered_s).map(moment)),
                text(
                    party
                        .and_then(Party::clock)
                        .map(|clock| format!("{}\n{}", clock.en, clock.vi)),
                ),
                if papers.is_empty() {
                    "none".into()
                } else {
                    papers
                },
            ],
        }
    }
}

/// Who makes a claim: by act, or by place in the list where the record had it from its making.
pub(super) fn party_of<'a>(notice: &'a CaseNotice, claim: &Claim) -> Option<&'a Party> {
    claim
        .act
        .and_then(|act| notice.parties.iter().find(|party| party.act == Some(act)))
}
