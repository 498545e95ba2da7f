//! Where a record is opened, and what it is called that this office does not hold.

use registry::RecordId;
use registry::procedure::Slice;
use registry::schema::RecordKind;

use super::words::Words;
use crate::api::Api;

/// The page of a record, to be opened with a reason. One that is not held has none: its address
/// leads to a page that says so.
pub(super) fn href(api: &Api, id: &RecordId, reason: &str) -> String {
    let held = api.office.record(id);
    href_of(held.map(|held| held.record.kind), id, reason)
}

/// The same of a record whose kind is known.
pub(super) fn href_of(kind: Option<RecordKind>, id: &RecordId, reason: &str) -> String {
    let page = match kind {
        Some(RecordKind::Household) => "households",
        Some(RecordKind::Person) | None => "people",
    };
    format!("/{page}/{id}?reason={reason}")
}

/// What a record is called that another office holds.
pub(super) fn elsewhere(kind: Option<RecordKind>, words: &Words) -> String {
    match kind {
        Some(RecordKind::Person) => words.t("person-elsewhere"),
        Some(RecordKind::Household) => words.t("household-elsewhere"),
        None => words.t("record-elsewhere"),
    }
}
