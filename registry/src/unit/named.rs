//! The communes that an act names: for the row of the clash table in which an office edits under
//! the code of a commune that a decree has divided meanwhile.

use super::{Divided, Edition, Units};
use crate::OfficeCode;
use crate::act::{ActBody, Target};
use crate::edit::Edit;
use crate::schema::Field;
use crate::value::Value;

impl Units {
    /// The first commune that the act names as somebody's home and that a decree divided of which
    /// its office had not heard, but the centre had when it took the act in: nobody said yet which
    /// part is meant. What was taken in before the decree went along with everybody else.
    pub fn divided_meanwhile(&self, body: &ActBody, taken: Edition) -> Option<Divided> {
        let written = self.edition_at(body.horizon);
        if written >= taken {
            return None;
        }
        homes_in(body).find_map(|(code, address)| self.divided(code, written, address, taken))
    }
}

/// Where the act says that somebody lives, or that a household is: commune and address.
fn homes_in(body: &ActBody) -> impl Iterator<Item = (OfficeCode, &str)> {
    body.changes.iter().flat_map(|change| {
        let made = match &change.target {
            Target::New { fields, .. } => Some(fields.iter()),
            _ => None,
        };
        let made = made.into_iter().flatten();
        let made = made.filter_map(|(slot, value)| home_in(slot.field, value));
        let edited = change.edits.iter().filter_map(|edit| match edit {
            Edit::Put(field, value) | Edit::Add(field, value) => home_in(*field, value),
            Edit::Amend(field, _, Some(value)) => home_in(*field, value),
            _ => None,
        });
        made.chain(edited)
    })
}

/// The home that a value of a field is, if it is one that is lived in.
pub(crate) fn home_in(field: Field, value: &Value) -> Option<(OfficeCode, &str)> {
    match (field, value) {
        (Field::Permanent | Field::Temporary, Value::Residence(home)) if home.to.is_none() => {
            Some((home.unit, home.address.as_str()))
        }
        (Field::HouseholdAddress, Value::Place(place)) => Some((place.unit?, place.text.as_str())),
        _ => None,
    }
}
