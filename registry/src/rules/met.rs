//! What two offices did on one record unknown to each other and what both of them are told of,
//! though nobody has to decide: both acts stand by a rule (rows 16, 20 and 24 of the clash table).
//! Whether the authors knew of each other is for the caller to ask of the record's document.

use crate::act::ActKind;
use crate::clash;
use crate::edit::Edit;
use crate::schema::Field;
use crate::value::Value;
use crate::words::{Words, words};

/// What an act did to the record.
#[derive(Debug, Clone, Copy)]
pub struct Did<'a> {
    /// By which procedure.
    pub kind: ActKind,
    /// How it changed the record.
    pub edits: &'a [Edit],
}

/// How two acts met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// The line of the clash table.
    pub row: u8,
    /// The field of which one value at a time is shown, if that is what both wrote.
    pub field: Option<Field>,
}

/// Values of which the latest is shown.
const LATEST: [Field; 4] = [Field::Phone, Field::Email, Field::Current, Field::Portrait];

/// How two acts on one record met, if both offices are told of it.
pub fn met(one: Did<'_>, other: Did<'_>) -> Option<Met> {
    if let Some(field) = LATEST.into_iter().find(|field| differ(*field, one, other)) {
        let field = Some(field);
        return Some(Met { row: 24, field });
    }
    let either = |pair: fn(Did<'_>, Did<'_>) -> bool| pair(one, other) || pair(other, one);
    let row = if either(ends_the_stay) {
        16
    } else if either(parent_and_name) {
        20
    } else {
        return None;
    };
    Some(Met { row, field: None })
}

impl Met {
    /// What an office of the two is told; `stands` tells whether the value of its own act is the
    /// one that is shown, where one of them is.
    pub fn words(&self, stands: Option<bool>) -> Option<Words> {
        match (self.row, stands) {
            (24, Some(true)) => Some(words(
                "Giá trị của thủ tục này đang hiển thị; giá trị do thủ tục kia nhập, khi hai bên chưa biết nhau, còn trong lịch sử.",
                "This act's value is shown; the one that the other act entered, neither knowing of the other, stays in the history.",
            )),
            (24, Some(false)) => Some(words(
                "Hiện hiển thị giá trị của thủ tục kia, được nhập khi hai bên chưa biết nhau; giá trị của thủ tục này còn trong lịch sử. Hỏi người dân giá trị nào đúng.",
                "The value of the other act is shown now, entered while neither knew of the other; this act's value stays in the history. Ask the person which is right.",
            )),
            _ => clash::clash(self.row).map(|line| line.clerk),
        }
    }
}

fn put(field: Field, did: Did<'_>) -> Option<&Value> {
    did.edits.iter().find_map(|edit| match edit {
        Edit::Put(written, value) if *written == field => Some(value),
        _ => None,
    })
}

/// Row 24: two values of which one alone is shown.
fn differ(field: Field, one: Did<'_>, other: Did<'_>) -> bool {
    match (put(field, one), put(field, other)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

/// Row 16: who is registered for a time in a commune, and permanently in that one.
fn ends_the_stay(stay: Did<'_>, home: Did<'_>) -> bool {
    let units = |did: Did<'_>, field: Field| -> Vec<crate::OfficeCode> {
        let added = did.edits.iter().filter_map(|edit| match edit {
            Edit::Add(written, Value::Residence(place)) if *written == field => Some(place.unit),
            _ => None,
        });
        added.collect()
    };
    let homes = units(home, Field::Permanent);
    let stays = units(stay, Field::Temporary);
    stays.iter().any(|unit| homes.contains(unit))
}

/// Row 20: a parent is recognised, and the child gets another name.
fn parent_and_name(parent: Did<'_>, name: Did<'_>) -> bool {
    parent.kind == ActKind::ParentRecognition && put(Field::Name, name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edits(edits: serde_json::Value) -> Vec<Edit> {
        serde_json::from_value(edits).unwrap()
    }

    fn row(one: (ActKind, &[Edit]), other: (ActKind, &[Edit])) -> Option<u8> {
        let did = |(kind, edits)| Did { kind, edits };
        let there = met(did(one), did(other));
        assert_eq!(there, met(did(other), did(one)));
        there.map(|met| met.row)
    }

    #[test]
    fn both_are_told_of_what_stands_by_a_rule_and_of_nothing_else() {
        use ActKind::{Contact, Correction, ParentRecognition};
        let phone = |number: &str| edits(json!([{"put": ["phone", {"phone": number}]}]));
        let (one, two) = (phone("0912345678"), phone("0987654321"));
        assert_eq!(row((Contact, &one), (Contact, &two)), Some(24));
        assert_eq!(row((Contact, &one), (Contact, &one)), None);
        let name = edits(json!([{"put": ["name", {"name": "Trần Thị Một"}]}]));
        assert_eq!(row((ParentRecognition, &[]), (Correction, &name)), Some(20));
        assert_eq!(row((Contact, &one), (Correction, &name)), None);
        let home = |field: &str, unit: &str| {
            edits(
                json!([{"add": [field, {"residence": {"unit": unit, "address": "Số 2",
                "from": "2026-01-01"}}]}]),
            )
        };
        let stay = home("temporary", "00008");
        let registered = |home: &[Edit]| {
            let kinds = (
                ActKind::TemporaryRegistration,
                ActKind::PermanentRegistration,
            );
            row((kinds.0, &stay), (kinds.1, home))
        };
        assert_eq!(registered(&home("permanent", "00008")), Some(16));
        assert_eq!(registered(&home("permanent", "00004")), None);
    }

    #[test]
    fn each_office_reads_what_became_of_its_own_value() {
        let phones = Met {
            row: 24,
            field: Some(Field::Phone),
        };
        let (stands, lost) = (phones.words(Some(true)), phones.words(Some(false)));
        assert!(stands.is_some() && lost.is_some() && stands != lost);
        let named = Met {
            row: 20,
            field: None,
        };
        assert_eq!(named.words(None), clash::clash(20).map(|line| line.clerk));
    }
}
