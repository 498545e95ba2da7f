//! Numbers on papers: the hospital's paper of a birth, and the number, book and year of an entry
//! in a civil-status book. Here is when two are one; what follows from it is in [`crate::rules`],
//! and what a clerk is told at entry in [`crate::procedure`].
//!
//! A number in a book is given by the office that registers: 88/2026 of two offices are two
//! numbers. A hospital's paper is the hospital's, so its number is looked for everywhere.

use crate::act::{Act, ActKind, Target};
use crate::edit::Edit;
use crate::fields::EntryId;
use crate::schema::Field;
use crate::text::fold_base;
use crate::value::{BirthEntry, Value};
use crate::{ActId, OfficeCode, PaperId, RecordId};

/// The greatest place among children of one birth that is told apart.
pub const BIRTH_ORDER_MAX: u8 = 15;

/// Which book an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// Marriages (sổ đăng ký kết hôn).
    Marriages,
    /// Deaths (sổ đăng ký khai tử).
    Deaths,
}

/// A number in a book: `88/2026`, `88, quyển 02/2026`. Without a book it is the first one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookNumber {
    number: String,
    book: String,
    year: u16,
}

impl BookNumber {
    /// Reads it as people write it; the year is `year` where none is written. `None` if there is
    /// no number in it, or no year is known.
    pub fn read(text: &str, year: Option<u16>) -> Option<BookNumber> {
        let folded = fold_base(text).to_lowercase();
        let mut words: Vec<&str> = folded
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty() && *word != "so" && *word != "no")
            .collect();
        let mut book = Vec::new();
        if let Some(place) = words.iter().position(|word| names_book(word)) {
            let rest = words.split_off(place);
            let (first, rest) = rest.split_first()?;
            // `Q02` is a book and its number in one word.
            book.extend(first.strip_prefix('q').filter(|rest| is_number(rest)));
            book.extend(rest);
        }
        let mut written = None;
        for part in [&mut words, &mut book] {
            if part.len() > 1
                && let Some(last) = part.last().and_then(|word| year_of(word))
            {
                part.pop();
                written = written.or(Some(last));
            }
        }
        let number = joined(&words);
        let book = joined(&book);
        (!number.is_empty()).then_some(BookNumber {
            number,
            book: if book.is_empty() {
                "1".to_owned()
            } else {
                book
            },
            year: written.or(year)?,
        })
    }

    /// Its name among the numbers of an office's books.
    fn of(&self, book: Book, office: OfficeCode) -> PaperId {
        let kind: &[u8] = match book {
            Book::Marriages => b"marriages",
            Book::Deaths => b"deaths",
        };
        PaperId::derive(
            "npd 2026 number in a book",
            &[
                kind,
                &office.to_be_bytes(),
                &self.year.to_be_bytes(),
                self.book.as_bytes(),
                self.number.as_bytes(),
            ],
        )
    }
}

fn names_book(word: &str) -> bool {
    matches!(word, "quyen" | "q" | "book") || word.strip_prefix('q').is_some_and(is_number)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn year_of(word: &str) -> Option<u16> {
    let year: u16 = word.parse().ok().filter(|_| word.len() == 4)?;
    (1900..2200).contains(&year).then_some(year)
}

/// The words as one; zeros before a number make no difference.
fn joined(words: &[&str]) -> String {
    let plain = words.iter().map(|word| match word.trim_start_matches('0') {
        "" => "0",
        rest if is_number(word) => rest,
        _ => word,
    });
    plain.collect::<Vec<_>>().join("-")
}

/// The name of a hospital's paper for a child of this place among those of the birth.
pub fn birth_paper(number: &str, birth_order: u8) -> PaperId {
    let plain: String = number
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    PaperId::derive("npd 2026 birth paper", &[plain.as_bytes(), &[birth_order]])
}

/// The names under which an earlier entry of this paper would stand: of another child of the same
/// birth only if neither says which was born when.
pub fn birth_papers(number: &str, birth_order: u8) -> Vec<PaperId> {
    if number.is_empty() {
        return Vec::new();
    }
    let others = match birth_order {
        0 => 0..=BIRTH_ORDER_MAX,
        _ => 0..=0,
    };
    let own = (birth_order > 0).then_some(birth_order);
    own.into_iter()
        .chain(others)
        .map(|order| birth_paper(number, order))
        .collect()
}

/// Whether two births say themselves that they are two children of one.
pub fn are_told_twins(one: &BirthEntry, two: &BirthEntry) -> bool {
    one.birth_order > 0 && two.birth_order > 0 && one.birth_order != two.birth_order
}

/// The number in a book that a value carries, if it carries one.
pub fn number_of(value: &Value) -> Option<(Book, BookNumber)> {
    match value {
        Value::Marriage(marriage) => {
            let year = Some(marriage.date.year());
            let number = BookNumber::read(marriage.certificate.as_str(), year)?;
            Some((Book::Marriages, number))
        }
        Value::Death(death) => {
            let number = BookNumber::read(death.certificate.as_str(), None)?;
            Some((Book::Deaths, number))
        }
        _ => None,
    }
}

/// The value without its number.
pub fn without_number(value: &Value) -> Value {
    let mut value = value.clone();
    match &mut value {
        Value::Marriage(marriage) => marriage.certificate = crate::value::Line::default(),
        Value::Death(death) => death.certificate = crate::value::Line::default(),
        _ => {}
    }
    value
}

/// An entry in a book that an act makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    /// Which book.
    pub book: Book,
    /// Its number there.
    pub number: BookNumber,
    /// The records on which it stands, with its value on each.
    pub on: Vec<(RecordId, Value)>,
    /// The act that made the entry, if another one has numbered it anew.
    pub made_by: Option<ActId>,
    /// Whether a correction wrote it over: then the act that made the entry tells of it too.
    pub corrected: bool,
}

impl BookEntry {
    /// The entry that an act makes, if it makes one with a number.
    pub fn of(act: &Act) -> Option<BookEntry> {
        let field = match act.body.kind {
            ActKind::Marriage | ActKind::MarriageNumber => Field::Marriages,
            ActKind::Death | ActKind::Correction => Field::Death,
            _ => return None,
        };
        let mut found: Option<BookEntry> = None;
        for (index, record) in act.records() {
            let edits = act.body.changes.get(index).map(|change| &change.edits);
            for edit in edits.into_iter().flatten() {
                let (of, value, made_by) = match edit {
                    Edit::Add(of, value) | Edit::Put(of, value) => (of, value, None),
                    Edit::Amend(of, EntryId::Act(made_by), Some(value)) => {
                        (of, value, Some(*made_by))
                    }
                    _ => continue,
                };
                if *of == field
                    && let Some((book, number)) = number_of(value)
                {
                    let entry = found.get_or_insert(BookEntry {
                        book,
                        number,
                        on: Vec::new(),
                        made_by,
                        corrected: act.body.kind == ActKind::Correction,
                    });
                    entry.on.push((record, value.clone()));
                }
            }
        }
        found
    }

    /// Its name, if this office's book is meant.
    pub fn paper(&self, office: OfficeCode) -> PaperId {
        self.number.of(self.book, office)
    }
}

/// The name of a number in an office's book, as a clerk enters it.
pub fn book_paper(value: &Value, office: OfficeCode) -> Option<PaperId> {
    number_of(value).map(|(book, number)| number.of(book, office))
}

/// Every paper and number in a book that an act of an office uses.
pub fn used_by(act: &Act) -> Vec<PaperId> {
    let mut used = Vec::new();
    for change in &act.body.changes {
        if let Target::New { fields, .. } = &change.target
            && act.body.kind.registers_birth()
            && let Some(Value::BirthEntry(entry)) = fields.single(Field::BirthEntry)
            && !entry.certificate.is_empty()
        {
            used.push(birth_paper(entry.certificate.as_str(), entry.birth_order));
        }
        // Somebody of another commune is not placed yet: the number is used all the same.
        let Some(office) = act.office else { continue };
        used.extend(change.edits.iter().filter_map(|edit| {
            let value = match (act.body.kind, edit) {
                (ActKind::Marriage, Edit::Add(Field::Marriages, value))
                | (ActKind::Death | ActKind::Correction, Edit::Put(Field::Death, value))
                | (ActKind::MarriageNumber, Edit::Amend(Field::Marriages, _, Some(value))) => value,
                _ => return None,
            };
            book_paper(value, office)
        }));
    }
    used.sort_unstable();
    used.dedup();
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_however_it_is_written() {
        let read = |text: &str| BookNumber::read(text, Some(2026));
        for same in [
            "88/2026",
            "088/2026",
            " 88 ",
            "Số 88, quyển số 01/2026",
            "88/2026 quyển 1",
            "88/2026 Q01",
            "SỐ: 88 – QUYỂN: 01",
        ] {
            assert_eq!(read(same), read("88/2026"), "{same}");
        }
        for other in [
            "89/2026",
            "88/2025",
            "88/2026 quyển 02",
            "88a/2026",
            "Số 88, quyển 01/2025",
        ] {
            assert!(read(other).is_some(), "{other}");
            assert_ne!(read(other), read("88/2026"), "{other}");
        }
        for none in ["", " / ", "số", "quyển 02"] {
            assert_eq!(read(none), None, "{none}");
        }
        // A number alone that looks like a year is a number; without any year there is no book.
        assert!(read("2026").is_some());
        assert_eq!(BookNumber::read("88", None), None);
    }

    #[test]
    fn offices_and_books_number_for_themselves() {
        let number = BookNumber::read("88/2026", None).unwrap();
        let office = |code| OfficeCode::new(code).unwrap();
        let here = number.of(Book::Marriages, office(4));
        assert_eq!(here, number.of(Book::Marriages, office(4)));
        assert_ne!(here, number.of(Book::Marriages, office(8)));
        assert_ne!(here, number.of(Book::Deaths, office(4)));
    }

    #[test]
    fn a_paper_of_twins_is_used_once_for_each_of_them() {
        let used = birth_paper("GCS-1", 1);
        assert!(birth_papers("gcs-1", 1).contains(&used));
        assert!(!birth_papers("GCS-1", 2).contains(&used));
        assert!(birth_papers("GCS - 1", 0).contains(&used));
        let unsaid = birth_paper("GCS-1", 0);
        for order in 0..4 {
            assert!(birth_papers("GCS-1", order).contains(&unsaid), "{order}");
        }
        assert!(birth_papers("", 0).is_empty());
    }
}
