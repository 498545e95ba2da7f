//! Revocation of a birth registration. The record stays, marked with the ground; nothing of it is
//! erased, and its number is never given again.

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::edit::Edit;
use crate::person::Person;
use crate::procedure::{Draft, Refusal};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Value};
use crate::words::words;

/// Revocation of a birth registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BirthRevokedInput {
    /// Whose registration.
    pub person: RecordId,
    /// Why, in the words of the decision.
    pub ground: Line,
}

pub(in crate::procedure) fn birth_revoked(
    draft: &mut Draft<'_>,
    input: &BirthRevokedInput,
) -> Result<(), Refusal> {
    if input.ground.is_empty() {
        draft.fault(Refusal::Missing { field: "ground" });
    }
    draft.tell(draft.numbered_paper(words("quyết định hủy đăng ký, có số và ngày (Luật Hộ tịch 60/2014, Điều 70; Nghị định 120/2025)", "the decision that revokes the registration, with its number and date (Civil Status Law 60/2014, Art. 70; Decree 120/2025)")));
    let held = draft.held("person", &input.person, RecordKind::Person)?;
    let person = Person(held.fields());
    if person.is_revoked() {
        return Err(Refusal::Revoked { field: "person" });
    }
    draft.undisputed(&held, Field::Revoked)?;
    // Another record rests on this one.
    if person.standing_marriages().next().is_some() {
        return Err(Refusal::Married { field: "person" });
    }
    let ground = Value::Text(input.ground.clone());
    draft.change_held(&held, vec![Edit::Put(Field::Revoked, ground)])
}
