//! What an act changes, in words: the same before it is filed and ever after, on a page and for
//! programs.

use registry::code::DeletionGround;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use serde::Serialize;
use utoipa::ToSchema;

use super::record::elsewhere;
use super::shown::Shown;
use super::words::{Lang, Words, words};
use crate::office::{Before, ChangedRecord, Difference, Does, Office};

/// What an act changes, in the words of one language.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangesTold {
    /// Record by record.
    pub(crate) records: Vec<RecordTold>,
    /// Why: the grounds that the act tells.
    pub(crate) grounds: Vec<String>,
}

/// A record with what changes of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordTold {
    /// By what people know it.
    pub(crate) name: String,
    /// Whether the act makes it.
    pub(crate) new: bool,
    /// Why the values before are not known; empty if they are.
    pub(crate) unknown: String,
    /// Its items.
    pub(crate) items: Vec<ItemTold>,
}

/// An item with its values.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemTold {
    /// Its name.
    pub(crate) label: &'static str,
    /// Its values before.
    pub(crate) before: Vec<String>,
    /// Its values after.
    pub(crate) after: Vec<String>,
}

/// What an act changes, in a language.
pub(crate) fn told(office: &Office, changes: &[ChangedRecord], lang: Lang) -> ChangesTold {
    let words = words(lang);
    let shown = Shown::new(office, words).with_made(changes);
    ChangesTold {
        records: records(changes, &shown, words),
        grounds: grounds(changes, words),
    }
}

/// The records with items that have words on paper.
pub(super) fn records(
    changes: &[ChangedRecord],
    shown: &Shown<'_>,
    words: &Words,
) -> Vec<RecordTold> {
    let record = |changed: &ChangedRecord| {
        let items = changed.items.iter().map(|item| item_of(item, shown, words));
        RecordTold {
            name: name_of(changed, shown, words),
            new: changed.before == Before::Made,
            unknown: match changed.before {
                Before::Made | Before::Known => String::new(),
                Before::NotHere => words.t("before-not-here"),
                Before::StateGone => words.t("before-state-gone"),
            },
            items: items
                .filter(|item| !(item.before.is_empty() && item.after.is_empty()))
                .collect(),
        }
    };
    // The people come before the household that they move into.
    let people = |changed: &&ChangedRecord| changed.kind == RecordKind::Person;
    let others = changes.iter().filter(|changed| !people(changed));
    let told = changes.iter().filter(people).chain(others).map(record);
    told.filter(|record| !record.items.is_empty()).collect()
}

fn name_of(changed: &ChangedRecord, shown: &Shown<'_>, words: &Words) -> String {
    let known = changed.known.as_ref().map(|known| shown.known(known));
    if changed.before == Before::Made {
        let new = words.t("review-new-record");
        return match known {
            Some(known) => format!("{new}: {known}"),
            None => new,
        };
    }
    known.unwrap_or_else(|| elsewhere(Some(changed.kind), words))
}

fn item_of(item: &Difference, shown: &Shown<'_>, words: &Words) -> ItemTold {
    let said = |values: &[Value]| -> Vec<String> {
        let texts = values.iter().map(|value| shown.value(value));
        texts.filter(|text| !text.is_empty()).collect()
    };
    let does = item.does.as_ref().map(|does| match does {
        Does::Ends { on, .. } => words.with("change-ends", &[("date", &on.to_string())]),
        Does::StandsAgain => words.t("change-stands-again"),
        Does::Empties => words.t("change-empties"),
    });
    ItemTold {
        label: shown.label(item.field.rule()),
        before: said(&item.before),
        after: does.into_iter().chain(said(&item.after)).collect(),
    }
}

/// Why what changes begins or ends, each once.
fn grounds(changes: &[ChangedRecord], words: &Words) -> Vec<String> {
    let mut grounds: Vec<String> = Vec::new();
    for item in changes.iter().flat_map(|changed| &changed.items) {
        let told = item.after.iter().filter_map(|value| match value {
            Value::Residence(home) => Some((&home.ground, home.to.is_some())),
            Value::Marriage(marriage) => Some((&marriage.ground, marriage.ended.is_some())),
            Value::Death(death) => Some((&death.ground, false)),
            _ => None,
        });
        let ends = item.does.as_ref().and_then(|does| match does {
            Does::Ends { ground, .. } => Some((ground, true)),
            Does::StandsAgain | Does::Empties => None,
        });
        for (ground, ended) in told.chain(ends) {
            let said = ground_in_words(item.field, ground.as_str(), ended, words);
            if !said.is_empty() && !grounds.contains(&said) {
                grounds.push(said);
            }
        }
    }
    grounds
}

/// By what a marriage ended, and on which of the law's grounds a residence was deleted, is kept as a
/// code; all other grounds are words of a paper.
fn ground_in_words(field: Field, ground: &str, ended: bool, words: &Words) -> String {
    let of_law = match field {
        Field::Marriages if ended => words.try_t(&format!("marriage-ended-by-{ground}")),
        Field::Permanent | Field::Temporary if ended => {
            let rule = DeletionGround::kept_as(ground).map(DeletionGround::rule);
            rule.map(|rule| words.pick(rule.label_vi, rule.label_en).to_owned())
        }
        _ => None,
    };
    of_law.unwrap_or_else(|| ground.to_owned())
}
