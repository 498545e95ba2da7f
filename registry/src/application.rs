//! An application (hồ sơ) for a card, a child's number or an e-ID account. An office only prepares
//! it: cards and accounts need the centre. The dossier is an entry on the person, pinned to what
//! the record said when it was prepared, because a card that is printed from a value corrected
//! meanwhile is wrong (row 17 of the clash table). What a clerk types is in [`crate::procedure`];
//! what the centre answers, and where the application stands by it, is in `answer`.

mod answer;

pub use answer::{
    ANSWERS_MAX, ApplicationAnswer, ApplicationStanding, STEPS_MAX, applications, as_it_stands,
    is_under_way,
};

use serde::{Deserialize, Serialize};

use crate::act::Base;
use crate::code::{Capture, CardReason, Request, Sex};
use crate::contact::Phone;
use crate::date::{BirthDate, PartialDate};
use crate::dossier::DossierState;
use crate::fields::Fields;
use crate::name::PersonName;
use crate::person::Person;
use crate::schema::Field;
use crate::value::PersonLink;

/// What a dossier was prepared from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// The name.
    pub name: PersonName,
    /// The birth date.
    pub birth: BirthDate,
    /// The sex.
    pub sex: Sex,
    /// The state of the record.
    pub seen: Base,
}

impl Pinned {
    /// What a record says now that is another than what was pinned. The writing of a name makes no
    /// difference; a finer birth date does, because it is printed.
    pub fn outdated(&self, fields: &Fields) -> Vec<Field> {
        let person = Person(fields);
        let name = person.name().is_some_and(|name| name.same_as(&self.name));
        let birth = person.birth() == Some(&self.birth);
        let sex = person.sex() == Some(&self.sex);
        [
            (Field::Name, name),
            (Field::BirthDate, birth),
            (Field::Sex, sex),
        ]
        .into_iter()
        .filter(|(_, holds)| !holds)
        .map(|(field, _)| field)
        .collect()
    }
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// For what.
    pub request: Request,
    /// Why, for a card.
    #[serde(default)]
    pub reason: Option<CardReason>,
    /// What was taken of the person; itself never in a record.
    #[serde(default)]
    pub collected: Vec<Capture>,
    /// The phone of the account.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Who asked for a child.
    #[serde(default)]
    pub asked_by: Option<PersonLink>,
    /// When it was prepared.
    pub prepared: PartialDate,
    /// What it rests on.
    pub pinned: Pinned,
    /// Where it stood when it came to be on the record: received, if an office prepared it; one of
    /// a register that was imported may be further. Where it stands now,
    /// [`Application::standing`] tells.
    pub state: DossierState,
}
