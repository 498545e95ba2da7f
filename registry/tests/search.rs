//! Whoever is in the register is found, whatever of them a clerk knows and however it is typed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use proptest::prelude::*;
use registry::RecordId;
use registry::population::{Population, SyntheticHousehold, SyntheticPerson};
use registry::search::{Entry, HITS_MAX, Index, Rank};
use registry::text::fold_base;
use unicode_normalization::UnicodeNormalization;

const PEOPLE: u32 = 1_500;

struct Town {
    index: Index,
    people: Vec<(RecordId, SyntheticHousehold, SyntheticPerson)>,
}

fn town() -> &'static Town {
    static TOWN: std::sync::OnceLock<Town> = std::sync::OnceLock::new();
    TOWN.get_or_init(|| {
        let office = "00004".parse().unwrap();
        let mut town = Town {
            index: Index::new(),
            people: Vec::new(),
        };
        for household in Population::new(11, &[(office, PEOPLE)]).unwrap() {
            for person in household.members.clone() {
                let id = RecordId::derive("town", &[person.pin.digits().as_bytes()]);
                let others: Vec<&str> = person.other_names.iter().map(|n| n.as_str()).collect();
                let entry = Entry {
                    name: person.name.as_str(),
                    other_names: &others,
                    birth: person.birth.date(),
                    pin: Some(person.pin),
                    household_file: Some(&household.file),
                    phone: person.phone.as_ref().map(|phone| phone.as_str()),
                    hamlet: Some(household.hamlet.as_str()),
                    ..Entry::default()
                };
                town.index.insert(id, &entry);
                town.people.push((id, household.clone(), person));
            }
        }
        town
    })
}

/// The keys by which a text is typed: what the hat, the horn, the breve, the stroke and the five
/// tones are.
fn keyed(text: &str, hat: fn(char) -> char, marks: [char; 3], tones: [char; 5]) -> String {
    let [horn, breve, stroke] = marks;
    let mut keys = String::new();
    let mut tone = None;
    let mut base = ' ';
    for c in text.nfd().chain([' ']) {
        match c {
            '\u{302}' => keys.push(hat(base)),
            '\u{31b}' => keys.push(horn),
            '\u{306}' => keys.push(breve),
            '\u{301}' => tone = Some(tones[0]),
            '\u{300}' => tone = Some(tones[1]),
            '\u{309}' => tone = Some(tones[2]),
            '\u{303}' => tone = Some(tones[3]),
            '\u{323}' => tone = Some(tones[4]),
            'đ' => keys.extend(['d', stroke]),
            'Đ' => keys.extend(['D', stroke]),
            letter => {
                if letter == ' ' {
                    keys.extend(tone.take());
                }
                keys.push(letter);
                base = letter;
            }
        }
    }
    keys.trim_end().to_owned()
}

fn telex(text: &str) -> String {
    let tones = ['s', 'f', 'r', 'x', 'j'];
    let keys = keyed(text, |base| base, ['w', 'w', 'd'], tones);
    // Two vowels that are two take a third key.
    if text.to_lowercase().contains("oo") {
        keys.replace("oo", "ooo")
    } else {
        keys
    }
}

fn vni(text: &str) -> String {
    keyed(text, |_| '6', ['7', '8', '9'], ['1', '2', '3', '4', '5'])
}

/// What a clerk may type to find a person.
fn typed(household: &SyntheticHousehold, person: &SyntheticPerson) -> Vec<String> {
    let name = person.name.as_str();
    let base = fold_base(name);
    let words: Vec<&str> = name.split(' ').collect();
    let year = person.birth.year().unwrap();
    let reversed: Vec<&str> = words.iter().rev().copied().collect();
    let pin = person.pin.digits();
    let mut all = vec![
        name.to_owned(),
        name.nfd().collect(),
        name.to_uppercase(),
        base.clone(),
        reversed.join(" "),
        // No middle name.
        format!("{} {}", words[0], words[words.len() - 1]),
        // While it is typed.
        base[..base.len() - 1].to_owned(),
        name.chars().take(name.chars().count() - 1).collect(),
        telex(name),
        vni(name),
        format!("{base} {year}"),
        format!("{year} {base}"),
        pin.clone(),
        format!("{} {}", &pin[3..9], words[words.len() - 1]),
        format!("{base} {}", &pin[8..]),
        household.file.clone(),
        format!("{base} {}", household.hamlet.as_str()),
        format!("  {name}\u{a0}\u{200b} "),
        name.replace('Đ', "Ð").replace('đ', "ð"),
        // Names of the Central Highlands as most people type them.
        base.replace(['\'', '-'], ""),
        base.replace(['\'', '-'], " "),
        name.replace('T', "Т").replace('a', "а").replace('o', "о"),
    ];
    for other in &person.other_names {
        let other = other.as_str();
        all.extend([other.to_owned(), fold_base(other), telex(other), vni(other)]);
    }
    all.extend(person.phone.as_ref().map(|phone| phone.as_str().to_owned()));
    all.extend(person.birth.date().map(|date| format!("{base} {date}")));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_in_is_found_by_whatever_is_known(pick in any::<prop::sample::Index>()) {
        let town = town();
        let (id, household, person) = pick.get(&town.people);
        for text in typed(household, person) {
            let hits = town.index.query(&text, HITS_MAX);
            prop_assert!(hits.iter().any(|hit| hit.id == *id), "not found by {text:?}");
            prop_assert!(hits.is_sorted_by_key(|hit| hit.rank), "the best come first: {text:?}");
        }
        // What is written just so is never behind what only has the same letters.
        let exact = town.index.query(person.name.as_str(), HITS_MAX);
        let own = exact.iter().find(|hit| hit.id == *id).unwrap();
        prop_assert_eq!(own.rank, Rank::Exact);
    }

    #[test]
    fn whoever_is_called_otherwise_is_found_so_and_behind_whom_it_is_the_name_of(
        pick in any::<prop::sample::Index>(),
    ) {
        let town = town();
        let called: Vec<_> = town.people.iter().filter(|(.., p)| !p.other_names.is_empty()).collect();
        let (id, _, person) = pick.get(&called);
        let other = person.other_names[0].as_str();
        let hits = town.index.query(other, HITS_MAX);
        let place = hits.iter().position(|hit| hit.id == *id).unwrap();
        prop_assert_eq!((hits[place].rank, hits[place].other_name), (Rank::Exact, Some(0)));
        let named = |hit: &registry::search::Hit| {
            let at = town.people.iter().find(|(id, ..)| *id == hit.id);
            at.is_some_and(|(.., person)| person.name.as_str() == other)
        };
        prop_assert!(hits.iter().skip(place).all(|hit| !named(hit)));
    }

    #[test]
    fn nobody_is_found_by_what_nobody_has(pick in any::<prop::sample::Index>()) {
        let town = town();
        let (id, household, person) = pick.get(&town.people);
        let base = fold_base(person.name.as_str());
        // A year that is neither theirs nor a part of any number of theirs.
        let phone = person.phone.as_ref().map(|phone| phone.as_str()).unwrap_or_default();
        let numbers = format!("{} {} {phone}", person.pin.digits(), household.file);
        let other = (1901..2000).find(|other| {
            Some(*other) != person.birth.year() && !numbers.contains(&other.to_string())
        });
        let other = other.unwrap();
        for text in [format!("{base} {other}"), format!("{base} qqq"), format!("x{base}")] {
            let hits = town.index.query(&text, HITS_MAX);
            prop_assert!(hits.iter().all(|hit| hit.id != *id), "found by {text:?}");
        }
        // The control: without the wrong word they are found.
        prop_assert!(town.index.query(&base, HITS_MAX).iter().any(|hit| hit.id == *id));
    }
}
