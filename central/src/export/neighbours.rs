//! Names, numbers and household files of those whom a row names. Most of them were read together
//! with the person; the others are looked up in the registry.

use std::cell::RefCell;
use std::collections::HashMap;

use registry::RecordId;
use registry::dispute::Standing;
use registry::exchange::Directory;
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
    near_files: HashMap<RecordId, Option<String>>,
    people: RefCell<HashMap<RecordId, Named>>,
    files: RefCell<HashMap<RecordId, Option<String>>>,
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

fn file_of(fields: &Fields) -> Option<String> {
    match fields.single(Field::HouseholdFile)? {
        Value::Text(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

impl<'a> Neighbours<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        Self {
            store,
            numbers: HashMap::new(),
            near_people: HashMap::new(),
            near_files: HashMap::new(),
            people: RefCell::default(),
            files: RefCell::default(),
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
                self.near_files.insert(id, file_of(fields));
            }
        }
    }

    /// Those who were read are done.
    pub(super) fn forget(&mut self) {
        self.numbers.clear();
        self.near_people.clear();
        self.near_files.clear();
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

    fn household_file(&self, id: &RecordId) -> Option<String> {
        match self.near_files.get(id) {
            Some(file) => file.clone(),
            None => remembered(&self.files, id, || file_of(&self.fields(id)?)),
        }
    }
}
