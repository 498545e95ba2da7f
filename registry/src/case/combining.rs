//! What a record takes over when another turns out to be the same person: what it lacks. Single
//! values that it has stay; of histories and sets it takes every entry that it does not hold yet.
//! Where an entry contradicts its own (a second open home, a second marriage that stands), both are
//! there afterwards, and that is a case as always: nothing is lost in silence.

use std::collections::BTreeMap;

use crate::application::applications;
use crate::document::put;
use crate::edit::Edit;
use crate::fields::{EntryId, Fields, Slot};
use crate::person::Person;
use crate::schema::Field;
use crate::text::same_text;
use crate::value::{Marriage, Residence, Value};
use crate::{ActId, RecordId};

/// Histories and sets, those first that matter most: an act has room for so many edits only.
const ENTRIES: &[Field] = &[
    Field::Marriages,
    Field::Permanent,
    Field::Temporary,
    Field::Cards,
    Field::OldNumbers,
    Field::OtherNames,
    Field::Confirmations,
    Field::Applications,
    Field::ApplicationAnswers,
    Field::Others,
    Field::Absences,
    Field::Stays,
];

/// What `theirs`, of the record `other`, has and `mine` lacks, as edits of the record of `mine`.
pub(super) fn lacks(mine: &Fields, theirs: &Fields, other: RecordId) -> Vec<Edit> {
    let mut edits = singles(mine, theirs);
    let mut names: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    for field in ENTRIES {
        for (entry, value) in theirs.entries(*field) {
            let value = match (field, value) {
                // An answer is to the application under the name that it has here.
                (Field::ApplicationAnswers, Value::ApplicationAnswer(answer)) => {
                    let Some(of) = names.get(&answer.of) else {
                        continue;
                    };
                    let mut answer = answer.clone();
                    answer.of = *of;
                    Value::ApplicationAnswer(answer)
                }
                _ => value.clone(),
            };
            if *field == Field::Applications && is_open(theirs, entry) {
                // It rests on the registration that is revoked: it is refused, and made anew.
                continue;
            }
            if is_home_of_birth(mine, theirs, *field, entry) {
                continue;
            }
            match holds(mine, *field, &value) {
                Held::Not => {
                    let here = name_here(mine, *field, entry, other);
                    if *field == Field::Applications {
                        names.insert(entry, here);
                    }
                    edits.push(Edit::Amend(*field, here, Some(value)));
                }
                Held::Amended(slot, value) => edits.push(put(slot, Some(value))),
                Held::Already => {}
            }
        }
    }
    edits
}

/// Whether it is the home that a child was registered in with its birth, where the birth that stands
/// gave it one too: which of the two births stands has just been decided, and its home with it.
fn is_home_of_birth(mine: &Fields, theirs: &Fields, field: Field, entry: EntryId) -> bool {
    let of_birth = |fields: &Fields| fields.single(Field::BirthEntry).is_some();
    field == Field::Permanent
        && matches!(entry, EntryId::Genesis(_))
        && of_birth(mine)
        && of_birth(theirs)
        && Person(mine).open_permanent().next().is_some()
}

/// Single values that are not there at all.
fn singles(mine: &Fields, theirs: &Fields) -> Vec<Edit> {
    let household = |fields: &Fields| {
        let person = Person(fields);
        person.membership().map(|member| member.household)
    };
    // The relation is to the head of just that household.
    let same_household = household(mine).is_none() || household(mine) == household(theirs);
    theirs
        .iter()
        .filter(|(slot, _)| {
            slot.entry.is_none()
                && mine.get(*slot).is_none()
                && !matches!(slot.field, Field::LocalFile | Field::Revoked | Field::Pin)
                && (slot.field != Field::Relation || same_household)
        })
        .map(|(slot, value)| put(slot, Some(value.clone())))
        .collect()
}

/// The name of an entry on the record that takes it over. Its act's name stays, by which the book
/// and the papers know it; what a record had from its making has a name for that record alone.
fn name_here(mine: &Fields, field: Field, entry: EntryId, other: RecordId) -> EntryId {
    if matches!(entry, EntryId::Act(_)) && mine.get(Slot::entry(field, entry)).is_none() {
        return entry;
    }
    let parts: [&[u8]; 3] = [
        other.as_bytes(),
        field.key().as_bytes(),
        &entry.to_string().into_bytes(),
    ];
    EntryId::Act(ActId::derive("npd 2026 entry taken over", &parts))
}

fn is_open(fields: &Fields, entry: EntryId) -> bool {
    let mut all = applications(fields);
    let found = all.find(|(of, _)| *of == entry);
    found.is_some_and(|(_, application)| {
        let standing = application.standing(entry, fields, 0);
        !standing.dossier.state.is_closed()
    })
}

/// Whether a record holds what an entry says.
enum Held {
    Not,
    Already,
    /// It does, but for this.
    Amended(Slot, Value),
}

fn holds(mine: &Fields, field: Field, value: &Value) -> Held {
    for (entry, own) in mine.entries(field) {
        let same = match (own, value) {
            (Value::Marriage(own), Value::Marriage(other)) if is_same_marriage(own, other) => {
                if own.ended.is_none() && other.ended.is_some() {
                    // One marriage, of which this record lacks the end.
                    let ended = Marriage {
                        ended: other.ended,
                        ground: other.ground.clone(),
                        ..own.clone()
                    };
                    return Held::Amended(Slot::entry(field, entry), Value::Marriage(ended));
                }
                true
            }
            (Value::Residence(own), Value::Residence(other)) => {
                own == other || is_same_home(own, other)
            }
            (Value::Name(own), Value::Name(other)) => own.same_as(other),
            (Value::Text(own), Value::Text(other)) => same_text(own.as_str(), other.as_str()),
            _ => own == value,
        };
        if same {
            return Held::Already;
        }
    }
    Held::Not
}

fn is_same_marriage(one: &Marriage, two: &Marriage) -> bool {
    one.date == two.date && one.spouse.names_same(&two.spouse)
}

/// Two open residences in one place are one.
fn is_same_home(own: &Residence, other: &Residence) -> bool {
    let address =
        other.address.is_empty() || same_text(own.address.as_str(), other.address.as_str());
    own.to.is_none() && other.to.is_none() && own.unit == other.unit && address
}
