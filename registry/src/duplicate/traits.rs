//! What of a person is compared, taken out of the record once. Compared often, so it is small and
//! ready: names folded, links resolved.

use crate::code::{Ethnic, Sex};
use crate::contact::Phone;
use crate::date::{BirthDate, PartialDate};
use crate::fields::Fields;
use crate::name::PersonName;
use crate::person::Person;
use crate::pin::Pin;
use crate::schema::Field;
use crate::text::{fold_base, same_text};
use crate::value::{PersonLink, Value};
use crate::{OfficeCode, RecordId};

use super::name_form::NameForm;

/// Names of a person beside the registered one that are compared.
const OTHER_NAMES_MAX: usize = 3;
/// Old numbers of a person that are compared.
const OLD_NUMBERS_MAX: usize = 3;

/// What is known of somebody whom a record names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relative {
    /// Their record.
    pub record: Option<RecordId>,
    /// Their name.
    pub name: Option<PersonName>,
}

/// What a link says by itself, with nothing looked up.
pub fn as_written(link: &PersonLink) -> Relative {
    match link {
        PersonLink::Record(id) => Relative {
            record: Some(*id),
            name: None,
        },
        PersonLink::Pin(_) => Relative::default(),
        PersonLink::Named { name, .. } => Relative {
            record: None,
            name: Some(name.clone()),
        },
    }
}

/// A father, mother or spouse as they are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kin {
    pub(super) record: Option<RecordId>,
    pub(super) pin: Option<Pin>,
    pub(super) name: Option<NameForm>,
}

impl Kin {
    fn of(link: &PersonLink, resolve: &dyn Fn(&PersonLink) -> Relative) -> Kin {
        let relative = resolve(link);
        let pin = match link {
            PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => Some(*pin),
            _ => None,
        };
        Kin {
            record: relative.record,
            pin,
            name: relative.name.as_ref().map(NameForm::new),
        }
    }

    /// Whether both are told to be somebody, and whether it is the same one.
    pub(super) fn is(&self, other: &Kin) -> Option<bool> {
        let by = |a: Option<bool>, b: Option<bool>| a.or(b);
        let record = self.record.zip(other.record).map(|(a, b)| a == b);
        by(self.pin.zip(other.pin).map(|(a, b)| a == b), record)
    }
}

/// What of a person is compared. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Traits {
    pub(super) name: Option<NameForm>,
    /// Names that the person is known by besides.
    pub(super) other_names: Vec<NameForm>,
    pub(super) birth: Option<PartialDate>,
    pub(super) sex: Sex,
    pub(super) pin: Option<Pin>,
    pub(super) claimed: Option<Pin>,
    pub(super) old_numbers: Vec<Box<str>>,
    pub(super) phone: Option<Box<str>>,
    pub(super) father: Option<Kin>,
    pub(super) mother: Option<Kin>,
    pub(super) spouse: Option<Kin>,
    pub(super) certificate: Option<Box<str>>,
    pub(super) birth_order: u8,
    pub(super) origin: Option<OfficeCode>,
    pub(super) ethnic: Option<Ethnic>,
    pub(super) household: Option<RecordId>,
}

impl std::fmt::Debug for Traits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Traits(…)")
    }
}

impl Traits {
    /// What is compared of a person with these values; `None` for a registration that was
    /// revoked, and for somebody of whom no name is known. `resolve` finds whom a link means.
    pub fn of(fields: &Fields, resolve: &dyn Fn(&PersonLink) -> Relative) -> Option<Traits> {
        let person = Person(fields);
        if person.is_revoked() {
            return None;
        }
        let kin = |link: Option<&PersonLink>| link.map(|link| Kin::of(link, resolve));
        let marriage = person.marriages().map(|(_, marriage)| marriage).last();
        let (certificate, birth_order) = birth_entry(fields);
        let unit = |place: Option<&crate::value::Place>| place.and_then(|place| place.unit);
        Some(Traits {
            name: Some(NameForm::new(person.name()?)),
            other_names: person
                .other_names()
                .take(OTHER_NAMES_MAX)
                .map(|(_, name)| NameForm::new(name))
                .collect(),
            birth: person.birth().and_then(BirthDate::date),
            sex: person.sex().copied().unwrap_or(Sex::Unknown),
            pin: person.pin().copied(),
            claimed: person.claimed_pin().copied(),
            old_numbers: old_numbers(fields),
            phone: person.phone().map(Phone::as_str).map(Box::from),
            father: kin(person.father()),
            mother: kin(person.mother()),
            spouse: kin(marriage.map(|marriage| &marriage.spouse)),
            certificate,
            birth_order,
            origin: unit(person.native_place()).or(unit(person.birth_registration())),
            ethnic: match fields.single(Field::Ethnic) {
                Some(Value::Ethnic(ethnic)) => Some(*ethnic),
                _ => None,
            },
            household: person.membership().map(|membership| membership.household),
        })
    }

    /// All names, the one that is registered first.
    pub(super) fn names(&self) -> impl Iterator<Item = &NameForm> {
        self.name.iter().chain(&self.other_names)
    }

    /// The names of father and mother, where they are known.
    pub(super) fn parents(&self) -> [Option<&NameForm>; 2] {
        [&self.father, &self.mother].map(|kin| kin.as_ref().and_then(|kin| kin.name.as_ref()))
    }
}

fn birth_entry(fields: &Fields) -> (Option<Box<str>>, u8) {
    match fields.single(Field::BirthEntry) {
        Some(Value::BirthEntry(entry)) => {
            let written = Some(entry.certificate.as_str()).filter(|text| !text.is_empty());
            (
                written.map(|text| fold_base(text).into_boxed_str()),
                entry.birth_order,
            )
        }
        _ => (None, 0),
    }
}

fn old_numbers(fields: &Fields) -> Vec<Box<str>> {
    let numbers = fields
        .entries(Field::OldNumbers)
        .filter_map(|(_, value)| match value {
            Value::Text(number) if !same_text(number.as_str(), "") => {
                Some(Box::from(number.as_str()))
            }
            _ => None,
        });
    numbers.take(OLD_NUMBERS_MAX).collect()
}
