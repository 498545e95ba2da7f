//! Words that people type: names, dates, numbers, codes, and what is looked for.

use std::str::FromStr;
use std::sync::OnceLock;

use registry::code::{BloodType, Country, Ethnic, Relation, Religion, Role, Sex};
use registry::contact::{Email, Phone};
use registry::date::{BirthDate, Date, PartialDate};
use registry::fields::EntryId;
use registry::name::PersonName;
use registry::pin::Pin;
use registry::schema::Field;
use registry::search::{Entry, HITS_MAX, Index};
use registry::text::{bounded, clean, fold_base, fold_tones, same_text};
use registry::unit::ProvinceCode;
use registry::value::Line;
use registry::{ActId, OfficeCode, OfficerId, RecordId};

use crate::office::people;

/// What is read is written as it is read again.
fn comes_back<T>(text: &str, show: impl Fn(&T) -> String)
where
    T: FromStr + PartialEq,
{
    if let Ok(read) = text.parse::<T>() {
        let shown = show(&read);
        let again = shown
            .parse::<T>()
            .ok()
            .expect("what was read is read again");
        assert!(again == read, "another value comes back");
        assert_eq!(show(&again), shown);
    }
}

/// Every type that is read from words.
pub(crate) fn text(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    comes_back::<PersonName>(text, |name| name.as_str().to_owned());
    comes_back::<Phone>(text, |phone| phone.as_str().to_owned());
    comes_back::<Email>(text, |email| email.as_str().to_owned());
    comes_back::<Line>(text, |line| line.as_str().to_owned());
    comes_back::<PartialDate>(text, |date| date.to_iso());
    comes_back::<Pin>(text, |pin| pin.digits());
    comes_back::<OfficeCode>(text, ToString::to_string);
    comes_back::<OfficerId>(text, ToString::to_string);
    comes_back::<ProvinceCode>(text, ToString::to_string);
    comes_back::<RecordId>(text, ToString::to_string);
    comes_back::<ActId>(text, ToString::to_string);
    comes_back::<EntryId>(text, ToString::to_string);
    comes_back::<Date>(text, |date| PartialDate::from(*date).to_iso());
    let _ = text.parse::<Ethnic>();
    let _ = text.parse::<Religion>();
    let _ = text.parse::<Country>();
    let _ = text.parse::<Sex>();
    let _ = text.parse::<BloodType>();
    let _ = text.parse::<Relation>();
    let _ = text.parse::<Role>();
    let _ = Field::from_key(text);
    if let Ok(birth) = BirthDate::parse_legacy(text) {
        let _ = (birth.shown(), birth.year());
    }
    if let Ok(pin) = Pin::parse(text, 2026) {
        let _ = (
            pin.masked(),
            pin.warnings(pin.sex(), Some(pin.birth_year())),
        );
    }
    folding(text);
}

fn folding(text: &str) {
    let cleaned = clean(text);
    assert_eq!(clean(&cleaned), cleaned, "cleaning is done once");
    assert!(same_text(text, text));
    let tones = fold_tones(text);
    assert_eq!(fold_tones(&tones), tones, "tones are folded once");
    let base = fold_base(text);
    assert_eq!(fold_base(&base), base, "letters are folded once");
    if let Ok(line) = bounded(text, 40) {
        assert!(line.chars().count() <= 40);
    }
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index::new();
        for household in people() {
            for person in &household.members {
                let id = RecordId::derive("hostile", &[person.pin.digits().as_bytes()]);
                let entry = Entry {
                    name: person.name.as_str(),
                    birth: person.birth.date(),
                    pin: Some(person.pin),
                    household_file: Some(&household.file),
                    phone: person.phone.as_ref().map(Phone::as_str),
                    hamlet: Some(household.hamlet.as_str()),
                    ..Entry::default()
                };
                index.insert(id, &entry);
            }
        }
        index
    })
}

/// What an officer types into the search box; also as a name that is put in and taken out.
pub(crate) fn search(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let hits = index().query(text, 20);
    assert!(hits.len() <= 20);
    assert!(hits.is_sorted_by_key(|hit| hit.rank), "the best come first");
    assert!(index().query(text, usize::MAX).len() <= HITS_MAX);

    let mut own = Index::new();
    let id = RecordId::new([1; 16]);
    let entry = Entry {
        name: text,
        other_names: &[text, text],
        household_file: Some(text),
        phone: Some(text),
        hamlet: Some(text),
        ..Entry::default()
    };
    own.insert(id, &entry);
    own.insert(id, &entry);
    let _ = own.query(text, 3);
    assert!(own.len() == 1 && own.remove(id) && own.is_empty());
    assert!(own.query(text, 3).is_empty());
}
