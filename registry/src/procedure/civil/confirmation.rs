//! Confirmation of marital status: a paper that a citizen takes to another commune or abroad.

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::edit::Edit;
use crate::person::Person;
use crate::procedure::{Draft, Notice, Refusal};
use crate::schema::Field;
use crate::text::same_text;
use crate::value::{Confirmation, Line, Value};
use crate::words::words;

/// Months for which the paper is valid (Decree 123/2015, Art. 23).
pub(super) const VALID_MONTHS: u8 = 6;

/// Confirmation of marital status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaritalConfirmationInput {
    /// Who asks.
    pub person: RecordId,
    /// Number of the paper.
    pub number: Line,
    /// What it is for, as it stands on the paper.
    pub purpose: Line,
}

pub(in crate::procedure) fn marital_confirmation(
    draft: &mut Draft<'_>,
    input: &MaritalConfirmationInput,
) -> Result<(), Refusal> {
    for (field, line) in [("number", &input.number), ("purpose", &input.purpose)] {
        if line.is_empty() {
            draft.fault(Refusal::Missing { field });
        }
    }
    let held = draft.living("person", &input.person)?;
    // Nothing is certified of which two offices say different things.
    draft.undisputed(&held, Field::Marriages)?;
    draft.undisputed(&held, Field::Death)?;
    let issued = draft.desk.today;
    for (_, value) in held.fields().entries(Field::Confirmations) {
        let Value::Confirmation(former) = value else {
            continue;
        };
        if same_text(former.number.as_str(), input.number.as_str()) {
            return Err(Refusal::Invalid {
                field: "number",
                words: words(
                    "đã cấp cho người này một giấy mang số này; ghi số khác",
                    "a paper with this number was issued to this person already; give another number",
                ),
            });
        }
        if former.until.last_day() >= issued {
            draft.notice(Notice::ConfirmationStands);
        }
    }
    if Person(held.fields()).contradicting_status().is_some() {
        draft.notice(Notice::StatusDiffers);
    }
    let until = issued
        .add_months(VALID_MONTHS)
        .ok_or(Refusal::Future { field: "until" })?;
    let confirmation = Confirmation {
        number: input.number.clone(),
        purpose: input.purpose.clone(),
        status: Person(held.fields()).marital_status(),
        issued: issued.into(),
        until: until.into(),
    };
    let value = Value::Confirmation(confirmation);
    draft.change_held(&held, vec![Edit::Add(Field::Confirmations, value)])
}
