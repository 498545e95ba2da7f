//! The communes that an act names: for the row of the clash table in which an office edits under
//! the code of a commune that a decree has divided meanwhile.

use super::{Divided, Units};
use crate::OfficeCode;
use crate::act::{ActBody, Target};
use crate::edit::Edit;
use crate::value::Value;

impl Units {
    /// The first commune that the act names as somebody's place and that a decree divided which
    /// its office had not heard of: nobody said yet which part is meant.
    pub fn divided_meanwhile(&self, body: &ActBody) -> Option<Divided> {
        let written = self.edition_at(body.horizon);
        if written == self.edition() {
            return None;
        }
        let made = body
            .changes
            .iter()
            .filter_map(|change| match &change.target {
                Target::New { fields, .. } => Some(fields.iter().map(|(_, value)| value)),
                _ => None,
            });
        let edited = body.changes.iter().flat_map(|change| &change.edits);
        let edited = edited.filter_map(|edit| match edit {
            Edit::Put(_, value) | Edit::Add(_, value) => Some(value),
            _ => None,
        });
        made.flatten()
            .chain(edited)
            .filter_map(place_in)
            .find_map(|unit| self.divided(unit, written))
    }
}

/// Where the value says that somebody lives.
fn place_in(value: &Value) -> Option<OfficeCode> {
    match value {
        Value::Residence(residence) => Some(residence.unit),
        Value::Place(place) => place.unit,
        _ => None,
    }
}
