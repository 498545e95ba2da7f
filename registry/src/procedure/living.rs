//! Who may be named in an act: the living, and where nobody has to be present, those whom a court
//! declared missing. They are not dead: they may come back, their marriage stands until the other
//! divorces, and what is said of a household or an address is said of them too.

use super::{Draft, Held, Refusal};
use crate::RecordId;
use crate::person::Person;
use crate::schema::RecordKind;

impl Draft<'_> {
    /// A living person whom the office holds, and who may be present.
    pub(super) fn living(&self, field: &'static str, id: &RecordId) -> Result<Held, Refusal> {
        let held = self.not_dead(field, id)?;
        if Person(held.fields()).is_missing() {
            return Err(Refusal::Gone { field });
        }
        Ok(held)
    }

    /// A person whom the office holds and who is not dead; they may be missing.
    pub(super) fn not_dead(&self, field: &'static str, id: &RecordId) -> Result<Held, Refusal> {
        let held = self.held(field, id, RecordKind::Person)?;
        let person = Person(held.fields());
        if person.is_revoked() {
            return Err(Refusal::Revoked { field });
        }
        if person.is_dead() {
            return Err(Refusal::Dead { field });
        }
        Ok(held)
    }
}
