//! Civil status (Civil Status Law 60/2014): the people in an act and the papers that it rests on.
//! Each procedure has its own file.

use crate::act::Claimed;
use crate::code::Sex;
use crate::date::BirthDate;
use crate::edit::{Edit, WAYS_TO_NAME_MAX};
use crate::name::PersonName;
use crate::paper;
use crate::person::Person;
use crate::pin::{Pin, PinWarning};
use crate::procedure::{Draft, Held, Notice, Refusal, Somebody, Whom};
use crate::schema::Field;
use crate::value::{Line, Marriage, PersonLink, Place, Value};
use crate::words::{Words, words};
use crate::{ActId, RecordId};

pub(super) mod birth;
pub(super) mod confirmation;
pub(super) mod death;
pub(super) mod family;
pub(super) mod marriage;
pub(super) mod number;
pub(super) mod parents;
pub(super) mod rebirth;
pub(super) mod revocation;

/// The claim that a card makes.
pub(super) fn claimed(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
) -> Result<Claimed, Refusal> {
    match somebody {
        Somebody::Card {
            pin,
            name,
            birth_date,
        } => {
            draft.look_over(field, *pin)?;
            Ok(Claimed {
                pin: *pin,
                name: name.clone(),
                birth: birth_date.clone(),
            })
        }
        Somebody::Here { .. } => Err(Refusal::Missing { field }),
    }
}

/// Somebody in an act, with what this office knows of them.
pub(super) enum Party {
    /// A person whose record the office holds.
    Held(Box<Held>),
    /// A person of another commune.
    Absent(Claimed),
}

impl Party {
    /// What the register says, where the office holds it.
    fn person(&self) -> Option<Person<'_>> {
        match self {
            Party::Held(held) => Some(Person(held.fields())),
            Party::Absent(_) => None,
        }
    }

    fn pin(&self) -> Option<Pin> {
        match self {
            Party::Held(held) => Person(held.fields()).pin().copied(),
            Party::Absent(card) => Some(card.pin),
        }
    }

    /// Whether both are one person.
    fn is(&self, other: &Party) -> bool {
        match (self, other) {
            (Party::Held(one), Party::Held(two)) => one.record.id == two.record.id,
            (Party::Held(one), Party::Absent(two)) | (Party::Absent(two), Party::Held(one)) => {
                Person(one.fields()).answers_to(two.pin)
            }
            (Party::Absent(one), Party::Absent(two)) => one.pin == two.pin,
        }
    }

    /// How another record names them.
    fn name(&self) -> PersonLink {
        match (self, self.pin()) {
            (_, Some(pin)) => PersonLink::Pin(pin),
            (Party::Held(held), None) => PersonLink::Record(held.record.id),
            (Party::Absent(card), None) => PersonLink::Pin(card.pin),
        }
    }

    /// The same where the link alone tells who it is: with the name of the card, so that the centre
    /// sees a number that is another's.
    fn named(&self) -> PersonLink {
        match self {
            Party::Held(_) => self.name(),
            Party::Absent(card) => PersonLink::Named {
                name: card.name.clone(),
                pin: Some(card.pin),
            },
        }
    }

    /// Every way in which another record may name them: by record, by the number that they have
    /// or had, by name.
    fn names(&self) -> Vec<PersonLink> {
        let mut names = Vec::new();
        let name = match self {
            Party::Held(held) => {
                let person = Person(held.fields());
                names.push(PersonLink::Record(held.record.id));
                names.extend(person.pin().copied().map(PersonLink::Pin));
                names.extend(person.cancelled_pins().map(PersonLink::Pin));
                names.truncate(WAYS_TO_NAME_MAX - 1);
                person.name().cloned()
            }
            Party::Absent(card) => {
                names.push(PersonLink::Pin(card.pin));
                Some(card.name.clone())
            }
        };
        names.extend(name.map(|name| PersonLink::Named { name, pin: None }));
        names
    }

    /// The marriage with another that stands on the record held here.
    fn marriage_with(&self, other: &Party) -> Option<&Marriage> {
        let names = other.names();
        let is_theirs =
            |marriage: &Marriage| names.iter().any(|name| name.names_same(&marriage.spouse));
        let person = self.person()?;
        let mut marriages = person.standing_marriages();
        let found = marriages.find(|(_, marriage)| is_theirs(marriage));
        found.map(|(_, marriage)| marriage)
    }
}

/// Somebody in an act, living or dead, whose registration stands.
pub(super) fn party(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
) -> Result<Party, Refusal> {
    party_of(draft, field, somebody, Whom::Registered)
}

/// Somebody in an act who lives, as far as this office knows.
pub(super) fn living_party(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
) -> Result<Party, Refusal> {
    party_of(draft, field, somebody, Whom::Living)
}

/// Somebody in an act who is not dead, as far as this office knows; they may be missing.
pub(super) fn undead_party(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
) -> Result<Party, Refusal> {
    party_of(draft, field, somebody, Whom::Undead)
}

/// Somebody in an act, of those whom it takes, as far as this office knows.
fn party_of(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
    whom: Whom,
) -> Result<Party, Refusal> {
    match whose(draft, field, somebody)? {
        Some(id) => Ok(Party::Held(Box::new(draft.person(field, &id, whom)?))),
        None => Ok(Party::Absent(claimed(draft, field, somebody)?)),
    }
}

/// The record that the office holds of somebody; also that of a card which turns out to be of
/// this commune, if name and birth date say so too: a mistyped digit is another resident's number.
/// Whom the act takes, and whether a case freezes them, is looked at by whoever asks.
pub(super) fn whose(
    draft: &Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
) -> Result<Option<RecordId>, Refusal> {
    let (pin, name, birth) = match somebody {
        Somebody::Here { id } => return Ok(Some(*id)),
        Somebody::Card {
            pin,
            name,
            birth_date,
        } => (pin, name, birth_date),
    };
    let Some(id) = draft.slice.by_pin(pin) else {
        return Ok(None);
    };
    let held = draft.slice.record(&id).ok_or(Refusal::NotHeld { field })?;
    let person = Person(held.fields());
    let name_fits = is_called(&held, name);
    let dates = (person.birth().and_then(BirthDate::date), birth.date());
    let birth_fits = match dates {
        (Some(ours), Some(theirs)) => {
            ours == theirs || ours.refines(&theirs) || theirs.refines(&ours)
        }
        _ => true,
    };
    if name_fits && birth_fits {
        return Ok(Some(id));
    }
    Err(Refusal::Invalid {
        field,
        words: words(
            "số định danh, họ tên và ngày sinh không thuộc về một người; xem lại thẻ",
            "number, name and birth date do not belong to one person; look at the card again",
        ),
    })
}

/// Whether somebody has this name, or came with it.
fn is_called(held: &Held, name: &PersonName) -> bool {
    let now = Person(held.fields()).name();
    now.is_none_or(|ours| ours.same_as(name)) || had_name(held, name)
}

/// Whether the record came with this name: the card of somebody whose name was changed since says
/// so until it is exchanged.
fn had_name(held: &Held, name: &PersonName) -> bool {
    let Ok(document) = held.record.document() else {
        return false;
    };
    let first = document.read_at(&document.genesis_heads());
    first.is_ok_and(|first| {
        let first = Person(&first.fields);
        first.name().is_some_and(|had| had.same_as(name))
    })
}

/// A place, if its commune is one of the table.
fn place(
    draft: &Draft<'_>,
    field: &'static str,
    place: Option<&Place>,
) -> Result<Option<Value>, Refusal> {
    if let Some(unit) = place.and_then(|place| place.unit) {
        draft.commune(field, unit)?;
    }
    Ok(place.cloned().map(Value::Place))
}

/// Refuses a number in the book that this office has given to another entry, and one of which
/// nobody could tell which it is.
fn numbered(draft: &Draft<'_>, written: &Line, value: &Value) -> Result<(), Refusal> {
    numbered_but_for(draft, written, value, None)
}

/// The same for an entry that an act of this office made: a number that it had itself may come back.
pub(super) fn numbered_but_for(
    draft: &Draft<'_>,
    written: &Line,
    value: &Value,
    own: Option<ActId>,
) -> Result<(), Refusal> {
    if written.is_empty() {
        return Ok(());
    }
    let Some(paper) = paper::book_paper(value, draft.desk.office) else {
        return Err(Refusal::Invalid {
            field: "certificate",
            words: words(
                "ghi số và năm như trong sổ, ví dụ 17/2026; nếu có nhiều quyển thì ghi cả quyển: 17/2026 quyển 02",
                "give the number and the year as in the book, for example 17/2026, and the book if there is more than one: 17/2026 quyển 02",
            ),
        });
    };
    match draft.slice.paper(&paper) {
        Some(act) if Some(act) != own => Err(Refusal::NumberUsed { act }),
        _ => Ok(()),
    }
}

/// The person of a link, if the office holds them.
fn link_here(draft: &Draft<'_>, link: Option<&PersonLink>) -> Option<Held> {
    let id = match link? {
        PersonLink::Record(id) => *id,
        PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => {
            draft.slice.by_pin(pin)?
        }
        PersonLink::Named { pin: None, .. } => return None,
    };
    draft.slice.record(&id)
}

/// Ages at which the law asks for a person's own consent, and the rule's article of the Civil
/// Code 91/2015: of a change of name (Art. 26 to 28), of the ethnic group (Art. 29).
/// Ages are the greatest possible ones, so somebody of 17 may count as 18.
const CONSENT: &[(Field, std::ops::RangeInclusive<u16>)] =
    &[(Field::Name, 9..=18), (Field::Ethnic, 15..=18)];

impl Draft<'_> {
    /// Refuses an act without any paper.
    pub(super) fn papers(&self, papers: Words) -> Result<(), Refusal> {
        if self.filing.evidence.is_empty() {
            return Err(Refusal::Evidence { papers });
        }
        Ok(())
    }

    /// Refuses an act without a paper that has a number and a date: a decision.
    pub(super) fn numbered_paper(&self, papers: Words) -> Result<(), Refusal> {
        let mut evidence = self.filing.evidence.iter();
        if evidence.any(|paper| !paper.number.is_empty() && paper.date.is_some()) {
            return Ok(());
        }
        Err(Refusal::Evidence { papers })
    }

    /// The edits of somebody in the act, wherever their record is.
    fn change(&mut self, party: &Party, edits: Vec<Edit>) -> Result<(), Refusal> {
        match party {
            Party::Held(held) => self.change_held(held, edits),
            Party::Absent(card) => {
                self.change_absent(card.clone(), edits);
                Ok(())
            }
        }
    }

    /// Tells the clerk where the law asks for the person's own consent.
    pub(super) fn ask_consent(&mut self, held: &Held, field: Field) {
        let Some(age) = Person(held.fields()).age_at_most(&self.today()) else {
            return;
        };
        if CONSENT
            .iter()
            .any(|(of, ages)| *of == field && ages.contains(&age))
        {
            self.notice(Notice::ConsentNeeded);
        }
    }

    /// Tells the clerk of a name that may not be whole: a single word, or one that begins small. There
    /// are people who are called so.
    pub(super) fn look_at_name(&mut self, name: &PersonName) {
        let begins_small = |word: &str| word.chars().next().is_some_and(char::is_lowercase);
        let mut words = name.as_str().split(' ');
        if words.clone().nth(1).is_none() || words.any(begins_small) {
            self.notice(Notice::NameUnusual);
        }
    }

    /// Tells the clerk if a number does not match sex or birth year.
    pub(super) fn compare_pin(&mut self, pin: Option<Pin>, sex: Option<Sex>, year: Option<u16>) {
        let warnings = pin.map_or_else(Vec::new, |pin| {
            pin.warnings(sex.unwrap_or(Sex::Unknown), year)
        });
        let differs = |warning: &PinWarning| {
            matches!(warning, PinWarning::SexDiffers | PinWarning::YearDiffers)
        };
        if warnings.iter().any(differs) {
            self.notice(Notice::PinMismatch);
        }
    }
}
