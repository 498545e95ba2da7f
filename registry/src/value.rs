//! Values of fields. What belongs together (an address, a marriage with its date, a card) is one
//! value, so that a merge never mixes halves.
//!
//! Also here: when two concurrent values of a field are no dispute ([`reconcile`]).

use serde::{Deserialize, Serialize};

use crate::application::{ANSWERS_MAX, Application, ApplicationAnswer, STEPS_MAX};
use crate::code::{BloodType, Country, Ethnic, Relation, Religion, Sex};
use crate::contact::{Email, Phone};
use crate::date::{BirthDate, PartialDate};
use crate::name::PersonName;
use crate::person::MaritalStatus;
use crate::pin::Pin;
use crate::portrait::Portrait;
use crate::schema::Field;
use crate::text::same_text;
use crate::{OfficeCode, RecordId};

/// Free text of one line, at most 300 characters; may be empty.
pub type Line = crate::text::Line<300>;

/// A place: a unit of today's table, and words for what is finer, older or abroad.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The commune, if it is known.
    #[serde(default)]
    pub unit: Option<OfficeCode>,
    /// The rest in words: street, hamlet, former unit.
    #[serde(default)]
    pub text: Line,
    /// The country, if it is not Viet Nam.
    #[serde(default)]
    pub country: Option<Country>,
}

/// A person named by a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonLink {
    /// A person whose record is known here.
    Record(RecordId),
    /// A person of the registry by number.
    Pin(Pin),
    /// A person by name, as a paper tells it.
    Named {
        /// The name.
        name: PersonName,
        /// The number, if the paper has one.
        pin: Option<Pin>,
    },
}

impl PersonLink {
    /// The number, if it is told.
    pub const fn pin(&self) -> Option<Pin> {
        match self {
            PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => Some(*pin),
            PersonLink::Record(_) | PersonLink::Named { pin: None, .. } => None,
        }
    }

    /// Whether both surely name one person: by record, by number, or, where neither tells a
    /// number, by name. Only for what stands on one record, where few people are named.
    pub fn names_same(&self, other: &PersonLink) -> bool {
        match (self, other) {
            (PersonLink::Record(one), PersonLink::Record(two)) => one == two,
            (
                PersonLink::Named {
                    name: one,
                    pin: None,
                },
                PersonLink::Named {
                    name: two,
                    pin: None,
                },
            ) => one.same_as(two),
            _ => self.pin().is_some() && self.pin() == other.pin(),
        }
    }
}

/// A stretch of residence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residence {
    /// The commune.
    pub unit: OfficeCode,
    /// House, street, hamlet.
    #[serde(default)]
    pub address: Line,
    /// First day.
    pub from: PartialDate,
    /// Last day that it is granted for, if it is not for ever.
    #[serde(default)]
    pub until: Option<PartialDate>,
    /// Day on which it ended; open if absent.
    #[serde(default)]
    pub to: Option<PartialDate>,
    /// Why it began or ended, in words of the paper.
    #[serde(default)]
    pub ground: Line,
}

/// Ground of a marriage that a death ended.
pub const ENDED_BY_DEATH: &str = "death";
/// Ground of a marriage that a divorce ended.
pub const ENDED_BY_DIVORCE: &str = "divorce";
/// Ground of a marriage that a court annulled: it counts as if it had never been.
pub const ENDED_BY_ANNULMENT: &str = "annulment";
/// Ground of the marriage of a person declared dead who came back after the spouse had married
/// again (Law on Marriage and Family 52/2014, Art. 67).
pub const ENDED_BY_REMARRIAGE: &str = "remarriage";

/// A marriage and, if it ended, its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marriage {
    /// The other.
    pub spouse: PersonLink,
    /// Day of registration.
    pub date: PartialDate,
    /// Number in the civil-status book.
    #[serde(default)]
    pub certificate: Line,
    /// Day on which it ended.
    #[serde(default)]
    pub ended: Option<PartialDate>,
    /// By what it ended: divorce, death, annulment, remarriage.
    #[serde(default)]
    pub ground: Line,
}

impl Marriage {
    /// Whether a court annulled it.
    pub fn is_annulled(&self) -> bool {
        self.ground.as_str() == ENDED_BY_ANNULMENT
    }
}

/// Belonging to a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The household.
    pub household: RecordId,
    /// Since when.
    pub since: PartialDate,
}

/// A death, or a court's finding that a person is missing or dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Death {
    /// Day of death as far as it is known.
    pub date: PartialDate,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// The paper: death notice, court decision.
    #[serde(default)]
    pub ground: Line,
    /// What a court declared, if it was no death that somebody saw.
    #[serde(default)]
    pub declared: Option<Declared>,
    /// Number in the civil-status book; empty if the registration tells none.
    #[serde(default)]
    pub certificate: Line,
}

impl Death {
    /// Whether it is no death but a court's finding that nobody knows where the person is.
    pub fn is_missing(&self) -> bool {
        self.declared == Some(Declared::Missing)
    }
}

/// What a court declares of a person who is gone (Civil Code 91/2015, Art. 68 and 71).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// Missing: the marriage stands on.
    Missing,
    /// Dead.
    Dead,
}

/// A paper that confirms a person's marital status (giấy xác nhận tình trạng hôn nhân). What
/// holds is the record; this says which papers are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Its number.
    pub number: Line,
    /// What it was asked for.
    pub purpose: Line,
    /// The status that it says.
    pub status: MaritalStatus,
    /// Day of issue.
    pub issued: PartialDate,
    /// Last day on which it is valid.
    pub until: PartialDate,
}

/// What the hospital's or the witness's paper says of a birth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BirthEntry {
    /// Number of the birth certificate (giấy chứng sinh); empty if there was none.
    #[serde(default)]
    pub certificate: Line,
    /// 1 for the first of a multiple birth, 2 for the second, …; 0 for a single child.
    #[serde(default)]
    pub birth_order: u8,
}

/// An absence declared beforehand (Law on Residence 68/2020, Article 31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// First day.
    pub from: PartialDate,
    /// Last day.
    pub to: PartialDate,
    /// Where to.
    #[serde(default)]
    pub destination: Place,
}

/// A stay of under 30 days (Law on Residence 68/2020, Article 30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// First night.
    pub from: PartialDate,
    /// Last night.
    pub to: PartialDate,
    /// Where.
    pub place: Place,
}

/// An identity card; its number is the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Day of issue.
    pub issued: PartialDate,
    /// Who issued it.
    #[serde(default)]
    pub place: Line,
    /// Last day; none for those over 60.
    #[serde(default)]
    pub expires: Option<PartialDate>,
}

/// An item that the Government adds, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Its name.
    pub key: Line,
    /// Its content.
    pub text: Line,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each variant is the type that it holds
pub enum Value {
    Name(PersonName),
    Text(Line),
    Birth(BirthDate),
    Pin(Pin),
    Sex(Sex),
    Blood(BloodType),
    Religion(Religion),
    Ethnic(Ethnic),
    Countries(Vec<Country>),
    Relation(Relation),
    Place(Place),
    Person(PersonLink),
    Residence(Residence),
    Marriage(Marriage),
    Membership(Membership),
    Death(Death),
    BirthEntry(BirthEntry),
    Phone(Phone),
    Email(Email),
    Absence(Absence),
    Stay(Stay),
    Card(Card),
    Other(Other),
    Head(RecordId),
    Confirmation(Confirmation),
    Application(Box<Application>),
    Portrait(Box<Portrait>),
    ApplicationAnswer(Box<ApplicationAnswer>),
}

impl Value {
    /// Whether a field may hold this kind of value.
    pub fn fits(&self, field: Field) -> bool {
        use Field as F;
        match self {
            Value::Name(_) => matches!(field, F::Name | F::OtherNames),
            Value::Text(_) => matches!(
                field,
                F::FileNumber
                    | F::LocalFile
                    | F::HouseholdFile
                    | F::HouseholdLocal
                    | F::OldNumbers
                    | F::Revoked
                    | F::HouseholdRevoked
            ),
            Value::Birth(_) => field == F::BirthDate,
            Value::Pin(_) => matches!(field, F::Pin | F::PinAliases | F::ClaimedPin),
            Value::Sex(_) => field == F::Sex,
            Value::Blood(_) => field == F::Blood,
            Value::Religion(_) => field == F::Religion,
            Value::Ethnic(_) => field == F::Ethnic,
            Value::Countries(list) => field == F::Nationality && list.len() <= 8,
            Value::Relation(_) => field == F::Relation,
            Value::Place(_) => matches!(
                field,
                F::BirthPlace
                    | F::BirthRegistration
                    | F::NativePlace
                    | F::Current
                    | F::HouseholdAddress
            ),
            Value::Person(_) => matches!(field, F::Father | F::Mother | F::Representative),
            Value::Residence(_) => matches!(field, F::Permanent | F::Temporary),
            Value::Marriage(_) => field == F::Marriages,
            Value::Membership(_) => field == F::Membership,
            Value::Death(_) => field == F::Death,
            Value::BirthEntry(_) => field == F::BirthEntry,
            Value::Phone(_) => field == F::Phone,
            Value::Email(_) => field == F::Email,
            Value::Absence(_) => field == F::Absences,
            Value::Stay(_) => field == F::Stays,
            Value::Card(_) => field == F::Cards,
            Value::Other(_) => field == F::Others,
            Value::Head(_) => field == F::HouseholdHead,
            Value::Confirmation(_) => field == F::Confirmations,
            Value::Application(_) => field == F::Applications,
            Value::Portrait(_) => field == F::Portrait,
            Value::ApplicationAnswer(answer) => {
                field == F::ApplicationAnswers
                    && (1..=ANSWERS_MAX).contains(&answer.place)
                    && (1..=STEPS_MAX).contains(&answer.steps.len())
            }
        }
    }
}

/// The one value that concurrent values of a field agree on, or `None` if a person must decide.
///
/// Values that are equal but for writing (letter case, spaces, tone placement) agree; a finer
/// date refines a coarser one that it agrees with; a known blood type or sex beats "unknown".
/// `values` stand in a fixed order on every replica; of several writings the last is taken.
pub fn reconcile<'a>(values: &[&'a Value]) -> Option<&'a Value> {
    let (first, rest) = values.split_first()?;
    rest.iter().try_fold(*first, |kept, next| agree(kept, next))
}

/// The better of two values that agree.
fn agree<'a>(a: &'a Value, b: &'a Value) -> Option<&'a Value> {
    match (a, b) {
        _ if a == b => Some(b),
        (Value::Name(x), Value::Name(y)) if x.same_as(y) => Some(b),
        (Value::Text(x), Value::Text(y)) if same_text(x.as_str(), y.as_str()) => Some(b),
        (Value::Birth(x), Value::Birth(y)) => match (x.date(), y.date()) {
            (Some(p), Some(q)) if p == q || q.refines(&p) => Some(b),
            (Some(p), Some(q)) if p.refines(&q) => Some(a),
            _ => None,
        },
        // A number is one person's; the link that has the name beside it says more.
        (Value::Person(x), Value::Person(y)) if x.pin().is_some() && x.pin() == y.pin() => {
            match y {
                PersonLink::Named { .. } => Some(b),
                PersonLink::Pin(_) | PersonLink::Record(_) => Some(a),
            }
        }
        (Value::Sex(Sex::Unknown), Value::Sex(_)) => Some(b),
        (Value::Sex(_), Value::Sex(Sex::Unknown)) => Some(a),
        (Value::Blood(BloodType::Unknown), Value::Blood(_)) => Some(b),
        (Value::Blood(_), Value::Blood(BloodType::Unknown)) => Some(a),
        (Value::Place(x), Value::Place(y))
            if x.unit == y.unit
                && x.country == y.country
                && same_text(x.text.as_str(), y.text.as_str()) =>
        {
            Some(b)
        }
        _ => None,
    }
}
