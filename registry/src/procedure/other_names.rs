//! Names that a person is known by besides the birth name: one is added, one is taken away, by a
//! correction of the registry. Concurrent additions all stand.

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::edit::Edit;
use crate::fields::EntryId;
use crate::name::PersonName;
use crate::person::{OTHER_NAMES_MAX, Person};
use crate::procedure::{FieldChange, Held, Refusal};
use crate::schema::Field;
use crate::value::Value;
use crate::words::{Words, words};

/// New values for the items that the police and the citizen keep, and other names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryCorrectionInput {
    /// Whose record.
    pub person: RecordId,
    /// What is changed; may be left out if only other names are.
    #[serde(default)]
    pub fields: Vec<FieldChange>,
    /// Names that the person is known by besides.
    #[serde(default)]
    pub other_names: Option<OtherNamesChange>,
}

/// What becomes of a person's other names. Both together put one in the place of the other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherNamesChange {
    /// The name that is added.
    #[serde(default)]
    pub add: Option<PersonName>,
    /// The name that is taken away, wherever it was entered.
    #[serde(default)]
    pub remove: Option<PersonName>,
}

/// The edits that the change is on this record.
pub(super) fn edits(held: &Held, wanted: &OtherNamesChange) -> Result<Vec<Edit>, Refusal> {
    let mut edits = Vec::new();
    let person = Person(held.fields());
    let mut standing: Vec<(EntryId, &PersonName)> = person.other_names().collect();
    if let Some(gone) = &wanted.remove {
        let same = |(_, name): &(EntryId, &PersonName)| name.same_as(gone);
        let taken = standing.extract_if(.., |entry| same(entry));
        edits.extend(taken.map(|(entry, _)| Edit::Amend(Field::OtherNames, entry, None)));
        if edits.is_empty() {
            return Err(wrong(
                "other_names.remove",
                words(
                    "bản ghi không có tên gọi khác này; xem lại cách viết trên trang của người đó",
                    "this other name is not on the record; look at the person's page for how it is written",
                ),
            ));
        }
    }
    let Some(added) = &wanted.add else {
        return Ok(edits);
    };
    if person.name().is_some_and(|name| name.same_as(added)) {
        return Err(wrong(
            "other_names.add",
            words(
                "đây là họ tên khai sinh của người này; tên gọi khác phải là tên khác",
                "this is the person's birth name; an other name is another one",
            ),
        ));
    }
    if standing.iter().any(|(_, name)| name.same_as(added)) {
        return Ok(edits);
    }
    if standing.len() >= OTHER_NAMES_MAX {
        return Err(Refusal::TooMuch {
            field: "other_names.add",
        });
    }
    edits.push(Edit::Add(Field::OtherNames, Value::Name(added.clone())));
    Ok(edits)
}

const fn wrong(field: &'static str, words: Words) -> Refusal {
    Refusal::Invalid { field, words }
}
