//! What a form is made of. A form is data: which steps an act has, which inputs stand in each, and
//! where each input goes in the act's JSON, by its path. Nothing here knows a rule of an act.

use registry::procedure::Whom;
use registry::schema::Field;

/// The form of an act.
#[derive(Debug)]
pub(super) struct Form {
    /// The act, by its name in JSON.
    pub(super) act: &'static str,
    /// Its steps, in the order in which a clerk asks.
    pub(super) steps: &'static [Step],
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// Its heading among the messages.
    pub(super) key: &'static str,
    /// Its inputs.
    pub(super) asks: &'static [Ask],
}

/// Something that is asked.
#[derive(Debug)]
pub(super) struct Ask {
    /// Where it goes.
    pub(super) path: &'static str,
    /// What it is called, among the messages.
    pub(super) label: &'static str,
    /// How it is asked.
    pub(super) by: Widget,
    /// Whether the act cannot do without it.
    pub(super) need: bool,
    /// Whom of those held here the act takes, where people are asked for.
    pub(super) whom: Whom,
}

impl Ask {
    /// The same of others than the living.
    pub(super) const fn of(self, whom: Whom) -> Ask {
        Ask { whom, ..self }
    }
}

/// How something is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Widget {
    /// One line.
    Text,
    /// Several lines that become one.
    Long,
    /// A number of the act's own counting.
    Number,
    /// A date, whole or in part.
    Date,
    /// A date of birth, with the paper's words where these are no date.
    Birth,
    /// A code of a list.
    Code(Codes),
    /// Several codes of a list.
    Several(Codes),
    /// Yes or no.
    Check,
    /// A person: held here, or by card.
    Somebody,
    /// A person who is held here.
    Held,
    /// A person as a paper names them: held here, by number, or by name.
    Link,
    /// A household that is held here.
    Household,
    /// A place.
    Place,
    /// A commune, by code or name.
    Commune,
    /// Countries, one after the other.
    Countries,
    /// People who move, each with a relation.
    Movers,
    /// People who are held here.
    People,
    /// Members of a household with their relation.
    Relations,
    /// People whose addresses are written otherwise.
    Adjusted,
    /// Households whose addresses are written otherwise.
    Houses,
    /// Items to be put right.
    Changes(&'static [Field]),
    /// Papers.
    Papers,
    /// One photograph.
    Photo,
}

/// A list of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codes {
    /// Sex.
    Sex,
    /// Ethnic group.
    Ethnic,
    /// Religion.
    Religion,
    /// Blood type.
    Blood,
    /// Relation to the head.
    Relation,
    /// What a court declared.
    Declared,
    /// Why a death is taken back.
    Cause,
    /// Why permanent residence is deleted.
    PermanentGround,
    /// Why temporary residence is deleted.
    TemporaryGround,
    /// Why a card is asked for.
    CardReason,
    /// What was taken of a person.
    Capture,
}

/// An input that the act needs.
pub(super) const fn need(path: &'static str, label: &'static str, by: Widget) -> Ask {
    Ask {
        path,
        label,
        by,
        need: true,
        whom: Whom::Living,
    }
}

/// An input that may stay empty.
pub(super) const fn may(path: &'static str, label: &'static str, by: Widget) -> Ask {
    Ask {
        path,
        label,
        by,
        need: false,
        whom: Whom::Living,
    }
}

/// A step.
pub(super) const fn step(key: &'static str, asks: &'static [Ask]) -> Step {
    Step { key, asks }
}
