//! Finding people: by what a clerk types, by number, by household, by parent. In memory; a few hundred bytes a
//! person.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use registry::RecordId;
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::schema::{Field, RecordKind};
use registry::search::{Entry, Hit, Index};
use registry::value::{PersonLink, Residence, Value};

use crate::office::OfficeError;
use crate::tables::{Kept, Rows, TableError};

/// How a record names a father or mother, short: whoever asks reads the child's record anyway.
type Parent = u32;

/// What must be known of a person to take them out again.
#[derive(Debug, Clone, Default)]
struct Links {
    pin: Option<Pin>,
    household: Option<RecordId>,
    provisional: Option<Box<str>>,
    parents: [Option<Parent>; 2],
}

/// The people of the slice and of the office's own unsent work.
#[derive(Default)]
pub(in crate::office) struct PeopleIndex {
    words: Index,
    links: HashMap<RecordId, Links>,
    /// Numbers, and whether each is a cancelled one of its person.
    pins: BTreeSet<(Pin, bool, RecordId)>,
    cancelled: HashMap<RecordId, Box<[Pin]>>,
    /// Provisional numbers of people who were first entered here, in small letters: newborns, people
    /// who were in no register.
    provisional: BTreeSet<(Box<str>, RecordId)>,
    members: BTreeSet<(RecordId, RecordId)>,
    /// Who names whom as father or mother.
    children: BTreeSet<(Parent, RecordId)>,
    files: HashMap<RecordId, Box<str>>,
}

impl PeopleIndex {
    /// Reads every record once. The files of households come first, because people are found by
    /// them; what is provisional comes last and stands.
    pub(super) fn load(rows: &Rows) -> Result<PeopleIndex, OfficeError> {
        let mut index = PeopleIndex::default();
        rows.walk_files(&mut |id, file| {
            index.files.insert(id, file.into());
        })?;
        let households = Some(RecordKind::Household);
        rows.walk_provisional(&mut |id, row| index.read(id, row, households))?;
        rows.walk_official(None, &mut |id, row| index.read(id, row, None))?;
        rows.walk_provisional(&mut |id, row| index.read(id, row, households))?;
        rows.walk_provisional(&mut |id, row| index.read(id, row, Some(RecordKind::Person)))?;
        Ok(index)
    }

    fn read(
        &mut self,
        id: RecordId,
        row: &[u8],
        only: Option<RecordKind>,
    ) -> Result<bool, TableError> {
        if only.is_none() || only == Kept::kind_of_row(row) {
            let kept = Kept::decode(id, row).ok_or(TableError::Damaged { table: "records" })?;
            self.set(id, Some(&kept));
        }
        Ok(true)
    }

    /// The record shows this now; nothing if it is gone.
    pub(in crate::office) fn set(&mut self, id: RecordId, kept: Option<&Kept>) {
        match kept {
            Some(kept) if kept.record.kind == RecordKind::Person => {
                self.set_person(id, kept.fields());
            }
            Some(kept) => {
                let fields = kept.fields();
                self.set_file(id, file_of(fields));
                if let [Some(file), Some(local)] = FILES.map(|field| file_in(fields, field)) {
                    self.words.also_file(file, local);
                }
            }
            None => {
                self.remove_person(id);
                self.set_file(id, None);
            }
        }
    }

    fn set_person(&mut self, id: RecordId, fields: &Fields) {
        self.remove_person(id);
        let person = Person(fields);
        let (Some(name), false) = (person.name(), person.is_revoked()) else {
            return;
        };
        let pin = person.pin().copied();
        let household = person.membership().map(|membership| membership.household);
        let homes: Vec<&str> = open_homes(&person)
            .map(|home| home.address.as_str())
            .collect();
        let homes = homes.join(", ");
        let old = numbers_before(fields);
        let old: Vec<&str> = old.iter().map(AsRef::as_ref).collect();
        let others: Vec<&str> = person
            .other_names()
            .map(|(_, name)| name.as_str())
            .collect();
        let entry = Entry {
            name: name.as_str(),
            other_names: &others,
            old_numbers: &old,
            birth: person.birth().and_then(registry::date::BirthDate::date),
            pin,
            household_file: household
                .and_then(|id| self.files.get(&id))
                .map(Box::as_ref),
            phone: person.phone().map(registry::contact::Phone::as_str),
            hamlet: Some(homes.as_str()).filter(|homes| !homes.is_empty()),
        };
        self.words.insert(id, &entry);
        self.pins.extend(pin.map(|pin| (pin, false, id)));
        let cancelled: Box<[Pin]> = person.cancelled_pins().collect();
        if !cancelled.is_empty() {
            self.pins
                .extend(cancelled.iter().map(|pin| (*pin, true, id)));
            self.cancelled.insert(id, cancelled);
        }
        self.members
            .extend(household.map(|household| (household, id)));
        let provisional = file_in(fields, Field::LocalFile).map(small);
        self.provisional
            .extend(provisional.clone().map(|number| (number, id)));
        let parents = parents_in(fields);
        self.children
            .extend(parents.into_iter().flatten().map(|parent| (parent, id)));
        let links = Links {
            pin,
            household,
            provisional,
            parents,
        };
        self.links.insert(id, links);
    }

    fn remove_person(&mut self, id: RecordId) {
        let Some(links) = self.links.remove(&id) else {
            return;
        };
        self.words.remove(id);
        if let Some(pin) = links.pin {
            self.pins.remove(&(pin, false, id));
        }
        if let Some(number) = links.provisional {
            self.provisional.remove(&(number, id));
        }
        for pin in self.cancelled.remove(&id).unwrap_or_default() {
            self.pins.remove(&(pin, true, id));
        }
        if let Some(household) = links.household {
            self.members.remove(&(household, id));
        }
        for parent in links.parents.into_iter().flatten() {
            self.children.remove(&(parent, id));
        }
    }

    /// The household has this file now, and its people are found by it. Records come in the order
    /// of their ids, so a household may well come after its people.
    fn set_file(&mut self, household: RecordId, file: Option<&str>) {
        if self.file(&household) == file {
            return;
        }
        let people = self.members(&household);
        self.words.set_file(&people, file);
        match file {
            Some(file) => self.files.insert(household, file.into()),
            None => self.files.remove(&household),
        };
    }

    /// How many people can be found.
    pub(in crate::office) fn len(&self) -> usize {
        self.words.len()
    }

    /// The people who fit what was typed.
    pub(in crate::office) fn query(&self, text: &str, limit: usize) -> Vec<Hit> {
        self.words.query(text, limit)
    }

    /// The person with this number, or who had it.
    pub(in crate::office) fn by_pin(&self, pin: Pin) -> Option<RecordId> {
        let first = (pin, false, RecordId::new([0; 16]));
        self.pins
            .range(first..)
            .next()
            .filter(|(found, ..)| *found == pin)
            .map(|(.., id)| *id)
    }

    /// Whose provisional number begins so, at most `limit` people; it is on the paper that a family
    /// was given before the number came.
    pub(in crate::office) fn by_provisional(&self, text: &str, limit: usize) -> Vec<RecordId> {
        let text = small(text.trim());
        if !text.starts_with(PROVISIONAL) {
            return Vec::new();
        }
        let first = (text.clone(), RecordId::new([0; 16]));
        self.provisional
            .range(first..)
            .take_while(|(number, _)| number.starts_with(&*text))
            .map(|(_, id)| *id)
            .take(limit)
            .collect()
    }

    /// The people of a household.
    pub(in crate::office) fn members(&self, household: &RecordId) -> Vec<RecordId> {
        let first = (*household, RecordId::new([0; 16]));
        let all = self.members.range(first..);
        all.take_while(|(of, _)| of == household)
            .map(|(_, person)| *person)
            .collect()
    }

    /// Whose records may name one of these as father or mother: all who do, and by the shortness of
    /// what is kept perhaps somebody else.
    pub(in crate::office) fn children(&self, parents: &[PersonLink]) -> BTreeSet<RecordId> {
        let mut children = BTreeSet::new();
        for parent in parents.iter().filter_map(short) {
            let named = self.children.range((parent, RecordId::new([0; 16]))..);
            let named = named.take_while(|(of, _)| *of == parent);
            children.extend(named.map(|(_, child)| *child));
        }
        children
    }

    /// The file of a household.
    pub(in crate::office) fn file(&self, household: &RecordId) -> Option<&str> {
        self.files.get(household).map(Box::as_ref)
    }
}

/// Where somebody lives now: where they are registered for good, then where they lodge. A lodger is
/// looked for by the hamlet in which they are met.
pub(in crate::office) fn open_homes<'a>(
    person: &'a Person<'a>,
) -> impl Iterator<Item = &'a Residence> {
    let lodges = person.residences(Field::Temporary).map(|(_, home)| home);
    let lodges = lodges.filter(|home| home.to.is_none());
    person.open_permanent().map(|(_, home)| home).chain(lodges)
}

fn parents_in(fields: &Fields) -> [Option<Parent>; 2] {
    [Field::Father, Field::Mother].map(|field| match fields.single(field) {
        Some(Value::Person(link)) => short(link),
        _ => None,
    })
}

/// Nothing of whom a name alone is told.
fn short(link: &PersonLink) -> Option<Parent> {
    let mut hasher = DefaultHasher::new();
    match (link, link.pin()) {
        (PersonLink::Record(id), _) => id.hash(&mut hasher),
        (_, Some(pin)) => pin.hash(&mut hasher),
        (_, None) => return None,
    }
    u32::try_from(hasher.finish() >> 32).ok()
}

/// The numbers that a person had before: of the old card, cancelled ones, one that they told.
fn numbers_before(fields: &Fields) -> Vec<Cow<'_, str>> {
    let claimed = fields.single(Field::ClaimedPin);
    let values = [Field::OldNumbers, Field::PinAliases]
        .into_iter()
        .flat_map(|field| fields.entries(field).map(|(_, value)| value))
        .chain(claimed);
    let text = |value| match value {
        &Value::Pin(pin) => Some(Cow::Owned(pin.digits())),
        Value::Text(line) => Some(Cow::Borrowed(line.as_str())),
        _ => None,
    };
    values.filter_map(text).collect()
}

/// How a provisional number begins, and how much of it has to be typed.
const PROVISIONAL: &str = "tam-";

fn small(number: &str) -> Box<str> {
    number.to_ascii_lowercase().into()
}

/// The numbers of a household's file: the one that stays, and the provisional one.
const FILES: [Field; 2] = [Field::HouseholdFile, Field::HouseholdLocal];

/// The file of a household with these values.
pub(in crate::office) fn file_of(fields: &Fields) -> Option<&str> {
    FILES.into_iter().find_map(|field| file_in(fields, field))
}

fn file_in(fields: &Fields, field: Field) -> Option<&str> {
    match fields.single(field) {
        Some(Value::Text(line)) if !line.is_empty() => Some(line.as_str()),
        _ => None,
    }
}
