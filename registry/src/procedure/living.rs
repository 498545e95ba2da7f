//! Whom an act takes: the living, and where nobody has to be present, those whom a court declared
//! missing. They are not dead: they may come back, their marriage stands until the other divorces,
//! and what is said of a household or an address is said of them too. A screen that offers people
//! asks the same, so that it offers nobody whom the act refuses.

use super::{Draft, Held, Refusal};
use crate::RecordId;
use crate::person::Person;
use crate::schema::RecordKind;

/// Whom an act takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// The living, who may be present.
    Living,
    /// Whoever is not dead; they may be missing.
    Undead,
    /// Living or dead, as long as the registration stands.
    Registered,
    /// Those whose death, or of whom that they are missing, is registered.
    Deceased,
    /// Whoever there is a record of: a sign of life of the dead is not refused.
    Anybody,
}

impl Whom {
    /// All of them.
    pub const ALL: [Whom; 5] = [
        Whom::Living,
        Whom::Undead,
        Whom::Registered,
        Whom::Deceased,
        Whom::Anybody,
    ];

    /// Its name in addresses of pages.
    pub const fn key(self) -> &'static str {
        match self {
            Whom::Living => "living",
            Whom::Undead => "undead",
            Whom::Registered => "registered",
            Whom::Deceased => "deceased",
            Whom::Anybody => "anybody",
        }
    }

    /// Refuses a person whom the act does not take, as the input's field.
    pub fn look(self, field: &'static str, held: &Held) -> Result<(), Refusal> {
        if self == Whom::Anybody {
            return Ok(());
        }
        if let Some(case) = held.frozen {
            return Err(Refusal::Frozen { field, case });
        }
        let person = Person(held.fields());
        if person.is_revoked() {
            return Err(Refusal::Revoked { field });
        }
        match self {
            Whom::Living | Whom::Undead if person.is_dead() => Err(Refusal::Dead { field }),
            Whom::Living if person.is_missing() => Err(Refusal::Gone { field }),
            Whom::Deceased if person.death().is_none() => Err(Refusal::NotDead { field }),
            _ => Ok(()),
        }
    }
}

impl Draft<'_> {
    /// A person whom the office holds and whom the act takes.
    pub(super) fn person(
        &self,
        field: &'static str,
        id: &RecordId,
        whom: Whom,
    ) -> Result<Held, Refusal> {
        let held = self.held(field, id, RecordKind::Person)?;
        whom.look(field, &held)?;
        Ok(held)
    }

    /// A living person whom the office holds, and who may be present.
    pub(super) fn living(&self, field: &'static str, id: &RecordId) -> Result<Held, Refusal> {
        self.person(field, id, Whom::Living)
    }

    /// A person whom the office holds and who is not dead; they may be missing.
    pub(super) fn not_dead(&self, field: &'static str, id: &RecordId) -> Result<Held, Refusal> {
        self.person(field, id, Whom::Undead)
    }
}
