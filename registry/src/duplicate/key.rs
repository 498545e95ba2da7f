//! Blocking keys: whoever shares one is compared. Each key survives some slips and not others, so
//! that two records of one person meet at one of them at least:
//!
//! | key | survives |
//! |---|---|
//! | all words by sound, sorted, and the year | another spelling, words swapped, day or month wrong or unknown |
//! | family, given name, day and month | a middle word left out, the year wrong, day and month swapped |
//! | given name and whole date | the family's word wrong, middle words left out |
//! | family, given name, year and month | the day wrong, middle words left out |
//! | family and whole date | any slip in the given name |
//! | both parents | any slip in the person's own name or date |
//! | one parent and the given name | the other parent missing or wrong, any slip in the date |
//! | number, parts of the number | one digit wrong, two digits swapped |
//! | old number, phone, birth certificate | everything else wrong |

use std::sync::LazyLock;

use super::name_form::NameForm;
use super::sound::{push_sound, sound};
use super::traits::Traits;
use crate::date::PartialDate;

/// Keys that one person has at most.
pub const KEYS_MAX: usize = 48;
/// Keys of somebody with one name, as most are.
const KEYS_OF_ONE_NAME: usize = 24;

/// A key of a person. `Debug` shows hashes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Whoever has the same is in one block.
    pub block: u64,
    /// Two finer marks: in a block that is too large to compare everybody with everybody, those
    /// who share one of them are compared.
    pub fine: [u8; 2],
}

/// What a key is made of; the number goes into the hash, so it never changes.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Kind {
    NameYear = 1,
    GivenDay = 2,
    BornGiven = 3,
    NameMonth = 4,
    BornFamily = 5,
    Parents = 6,
    FatherGiven = 7,
    MotherGiven = 8,
    OldNumber = 9,
    Phone = 10,
    Pin = 11,
    PinPart = 12,
    Certificate = 13,
}

static HASHER: LazyLock<blake3::Hasher> =
    LazyLock::new(|| blake3::Hasher::new_derive_key("npd 2026 duplicate key"));

fn hash(kind: u8, parts: &[&str]) -> u64 {
    let mut hasher = HASHER.clone();
    hasher.update(&[kind]);
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    let hash = hasher.finalize();
    let first = hash.as_bytes().first_chunk::<8>();
    first.map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// A byte that tells `text` apart from most others; 0 if nothing is known.
fn mark(text: &str) -> u8 {
    if text.is_empty() {
        return 0;
    }
    // FNV-1a: a mark only thins a block out.
    let sum = text.bytes().fold(0x811c_9dc5_u32, |sum, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    u8::try_from(sum % 255 + 1).unwrap_or(1)
}

/// The keys of a person, by each of their names, none twice, at most [`KEYS_MAX`].
pub fn keys(person: &Traits) -> Vec<Key> {
    let mut made = Made {
        keys: Vec::with_capacity(KEYS_OF_ONE_NAME),
        parent: mark(&parent_mark(person)),
    };
    for name in person.names() {
        made.by_name(name, person.birth);
        made.by_parents(name, person);
    }
    made.by_numbers(person);
    made.keys.sort_unstable();
    // Two names of one person may lead to one block: nobody stands in it twice.
    made.keys.dedup_by_key(|key| key.block);
    made.keys.truncate(KEYS_MAX);
    made.keys
}

fn parent_mark(person: &Traits) -> String {
    let [father, mother] = person.parents();
    let given = mother.or(father).map(|name| name.parts().given.base);
    given.map(sound).unwrap_or_default()
}

struct Made {
    keys: Vec<Key>,
    parent: u8,
}

impl Made {
    fn add(&mut self, kind: Kind, parts: &[&str], fine: [u8; 2]) {
        let block = hash(kind as u8, parts);
        self.keys.push(Key { block, fine });
    }

    fn by_name(&mut self, name: &NameForm, birth: Option<PartialDate>) {
        let Some(birth) = birth else {
            // Without any date the name is all there is, and a block of namesakes is thinned out
            // by the parents.
            return self.add(
                Kind::NameYear,
                &[&name.sorted_sounds(), ""],
                [self.parent, self.parent],
            );
        };
        let parts = name.parts();
        let given = parts.given.base;
        let family = parts.family.map_or("", |word| word.base);
        let year = birth.year().to_string();
        let day = day_of(birth);
        let day_text = day.as_deref().unwrap_or_default();
        let fine = [mark(day_text), self.parent];
        self.add(Kind::NameYear, &[&name.sorted_sounds(), &year], fine);
        if let Some(month) = birth.month() {
            let fine = [mark(&middle_sounds(name)), self.parent];
            let month = month.to_string();
            self.add(Kind::NameMonth, &[family, given, &year, &month], fine);
        }
        if let Some(day) = &day {
            self.add(
                Kind::GivenDay,
                &[family, given, day],
                [mark(&year), self.parent],
            );
            self.add(
                Kind::BornGiven,
                &[given, &year, day],
                [mark(family), self.parent],
            );
            let fine = [mark(&sound(given)), self.parent];
            self.add(Kind::BornFamily, &[family, &year, day], fine);
        }
    }

    fn by_parents(&mut self, name: &NameForm, person: &Traits) {
        let given = name.parts().given.base;
        let year = person
            .birth
            .map(|birth| birth.year().to_string())
            .unwrap_or_default();
        let fine = [mark(&sound(given)), mark(&year)];
        let by_date = [
            mark(&year),
            mark(&person.birth.and_then(day_of).unwrap_or_default()),
        ];
        let [father, mother] = person.parents();
        if let (Some(father), Some(mother)) = (father, mother) {
            self.add(Kind::Parents, &[father.base(), mother.base()], fine);
        }
        if let Some(father) = father {
            self.add(Kind::FatherGiven, &[father.base(), given], by_date);
        }
        if let Some(mother) = mother {
            self.add(Kind::MotherGiven, &[mother.base(), given], by_date);
        }
    }

    fn by_numbers(&mut self, person: &Traits) {
        let year = person
            .birth
            .map(|birth| birth.year().to_string())
            .unwrap_or_default();
        let fine = [mark(&year), self.parent];
        for number in &person.old_numbers {
            self.add(Kind::OldNumber, &[number], fine);
        }
        if let Some(phone) = &person.phone {
            self.add(Kind::Phone, &[phone], fine);
        }
        if let Some(certificate) = &person.certificate {
            self.add(Kind::Certificate, &[certificate], fine);
        }
        for pin in [person.pin, person.claimed].into_iter().flatten() {
            let digits = pin.digits();
            self.add(Kind::Pin, &[&digits], fine);
            // One wrong digit, or two swapped, spoil only one of these in most cases.
            let (head, tail) = digits.split_at_checked(6).unwrap_or((&digits, ""));
            let (middle, end) = tail.split_at_checked(3).unwrap_or((tail, ""));
            for part in [["", middle, end], [head, middle, ""], [head, "", end]] {
                self.add(Kind::PinPart, &part, fine);
            }
        }
    }
}

/// Day and month as they may stand on a paper, either way round.
fn day_of(birth: PartialDate) -> Option<String> {
    let (day, month) = (birth.day()?, birth.month()?);
    Some(format!("{}/{}", day.min(month), day.max(month)))
}

fn middle_sounds(name: &NameForm) -> String {
    let mut sounds = String::new();
    for word in name.parts().middle {
        push_sound(word.base, &mut sounds);
    }
    sounds
}
