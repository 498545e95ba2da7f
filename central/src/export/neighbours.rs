//! Names, numbers and households of those whom a row names. Most of them were read together
//! with the person; the others are looked up in the registry.

use std::cell::RefCell;
use std::collections::HashMap;

use registry::RecordId;
use registry::dispute::Standing;
use registry::exchange::{Directory, HouseholdNumbers};
use registry::fields::Fields;
use registry::name::PersonName;
use registry::person::Person;
use registry::pin::Pin;
use registry::record::Record;
use registry::rules::pin_point;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry_store::Store;

use crate::tables::{self, Kept};
use crate::unit::{UnitError, decode};

/// Households and people of elsewhere that are remembered.
const REMEMBERED_MAX: usize = 20_000;

/// A person's name and number, if the person is there.
type Named = Option<(PersonName, Option<Pin>)>;

/// Looks people and households up.
pub(super) struct Neighbours<'a> {
    store: &'a dyn Store,
    numbers: HashMap<Pin, RecordId>,
    near_people: HashMap<RecordId, Named>,
    near_households: HashMap<RecordId, HouseholdNumbers>,
    people: RefCell<HashMap<RecordId, Named>>,
    households: RefCell<HashMap<RecordId, HouseholdNumbers>>,
}

pub(super) fn standing(record: &Record) -> Result<Standing, UnitError> {
    Standing::of(record).map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })
}

fn named_of(fields: &Fields) -> Named {
    let person = Person(fields);
    Some((person.name()?.clone(), person.pin().copied()))
}

fn numbers_of(fields: &Fields) -> HouseholdNumbers {
    let text = |field| match fields.single(field) {
        Some(Value::Text(text)) => text.as_str().to_owned(),
        _ => String::new(),
    };
    HouseholdNumbers {
        file: text(Field::HouseholdFile),
        local: text(Field::HouseholdLocal),
    }
}

impl<'a> Neighbours<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        Self {
            store,
            numbers: HashMap::new(),
            near_people: HashMap::new(),
            near_households: HashMap::new(),
            people: RefCell::default(),
            households: RefCell::default(),
        }
    }

    /// Takes note of a record that was read.
    pub(super) fn know(&mut self, id: RecordId, kind: RecordKind, fields: &Fields) {
        match kind {
            RecordKind::Person => {
                let named = named_of(fields);
                // A registration that was revoked keeps a number that is another's now.
                if let Some((_, Some(pin))) = &named
                    && !Person(fields).is_revoked()
                {
                    self.numbers.insert(*pin, id);
                }
                self.near_people.insert(id, named);
            }
            RecordKind::Household => {
                self.near_households.insert(id, numbers_of(fields));
            }
        }
    }

    /// Those who were read are done.
    pub(super) fn forget(&mut self) {
        self.numbers.clear();
        self.near_people.clear();
        self.near_households.clear();
    }

    fn fields(&self, id: &RecordId) -> Option<Fields> {
        // What cannot be read is missing in a row of another; its own row says so.
        let bytes = self.store.get(tables::RECORDS, id.as_bytes()).ok()??;
        let kept: Kept = decode(tables::RECORDS, &bytes).ok()?;
        standing(&kept.record).ok().map(|standing| standing.fields)
    }
}

/// What was found before, or is found now.
fn remembered<T: Clone>(
    known: &RefCell<HashMap<RecordId, T>>,
    id: &RecordId,
    find: impl FnOnce() -> T,
) -> T {
    if let Some(found) = known.borrow().get(id) {
        return found.clone();
    }
    let found = find();
    let mut known = known.borrow_mut();
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
    known.insert(*id, found.clone());
    found
}

impl Directory for Neighbours<'_> {
    fn person(&self, id: &RecordId) -> Named {
        match self.near_people.get(id) {
            Some(named) => named.clone(),
            None => remembered(&self.people, id, || named_of(&self.fields(id)?)),
        }
    }

    fn named(&self, pin: &Pin) -> Option<PersonName> {
        if let Some(id) = self.numbers.get(pin) {
            return self.person(id).map(|(name, _)| name);
        }
        let bytes = self.store.get(tables::NUMBERS, &pin_point(pin)).ok()??;
        let id: RecordId = decode(tables::NUMBERS, &bytes).ok()?;
        self.person(&id).map(|(name, _)| name)
    }

    fn household(&self, id: &RecordId) -> HouseholdNumbers {
        let look_up = || self.fields(id).as_ref().map(numbers_of).unwrap_or_default();
        match self.near_households.get(id) {
            Some(numbers) => numbers.clone(),
            None => remembered(&self.households, id, look_up),
        }
    }
}
