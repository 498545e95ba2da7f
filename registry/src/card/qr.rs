//! The square code of a card: seven parts, and what cards since July 2024 say besides.
//!
//! ```text
//! number | old 9-digit number or nothing | name | birth DDMMYYYY | Nam or Nữ | address | issue DDMMYYYY | …
//! ```
//!
//! The order of the further parts is not published, so they are kept as they stand.

use crate::card::mending::{has_marks, keys_undone, name_case, single_marks};
use crate::card::{CardError, CardRead, EXTRA_MAX, Part, Source, Why};
use crate::code::Sex;
use crate::date::{BirthDate, Date, PartialDate};
use crate::name::PersonName;
use crate::pin::Pin;
use crate::text::{clean, fold_base};
use crate::value::Line;

/// Parts that every card has.
const PARTS: usize = 7;
/// Signs that stand in addresses, so that they are never what parts the parts.
const IN_ADDRESSES: [char; 10] = [' ', ',', '.', '-', '/', '\'', '’', '(', ')', ':'];

pub(super) fn read(text: &str, today: Date) -> Result<CardRead, CardError> {
    let text = text.replace("\r\n", "\n");
    let sign = separator(&text).ok_or(CardError::Unknown)?;
    let parts: Vec<&str> = text.split(sign).collect();
    let [number, old, name, born, sex, address, issued, extra @ ..] = parts.as_slice() else {
        return Err(CardError::PartsMissing { found: parts.len() });
    };
    let pin = Pin::parse(&clean(number), today.year()).map_err(CardError::Pin)?;
    let mut card = CardRead::new(Source::Qr2021, pin);
    // A scanner that drops accents drops all of them.
    let marks_kept = has_marks(&text);
    card.old_number = old_number(&mut card, old);
    card.name = name_of(&mut card, name, marks_kept);
    card.birth = birth(&mut card, born, today);
    card.sex = sex_of(&mut card, sex);
    card.address = address_of(&mut card, address, marks_kept);
    card.issued = day(issued).and_then(PartialDate::whole);
    if card.issued.is_none_or(|issued| issued > today) {
        card.issued = None;
        card.doubt(Part::Issued, Why::Unreadable);
    }
    let new_cards = Date::from_ymd(2024, 7, 1).ok();
    let is_new = match card.issued {
        Some(issued) => new_cards.is_some_and(|first| issued >= first),
        None => !extra.is_empty(),
    };
    if is_new {
        card.source = Source::Qr2024;
    }
    let extra = extra.iter().take(EXTRA_MAX);
    card.extra = extra.filter_map(|part| Line::parse(part).ok()).collect();
    while card.extra.last().is_some_and(Line::is_empty) {
        card.extra.pop();
    }
    Ok(card)
}

/// What parts the parts: `|`, or what a keyboard of another layout made of it, which then stands
/// right behind the number and between all others.
fn separator(text: &str) -> Option<char> {
    let count = |sign: char| text.chars().filter(|c| *c == sign).count();
    if count('|') > 0 {
        return Some('|');
    }
    let behind = text.chars().find(|c| !c.is_ascii_digit())?;
    let may_part = !behind.is_alphanumeric() && !IN_ADDRESSES.contains(&behind);
    (may_part && count(behind) + 1 >= PARTS).then_some(behind)
}

fn old_number(card: &mut CardRead, part: &str) -> Option<Line> {
    if part.trim().is_empty() {
        return None;
    }
    let number = crate::pin::old_number(part);
    if number.is_err() {
        card.doubt(Part::OldNumber, Why::Unreadable);
    }
    number.ok()
}

fn name_of(card: &mut CardRead, part: &str, marks_kept: bool) -> Option<PersonName> {
    let words = words(card, Part::Name, part, marks_kept);
    let name = PersonName::parse(&name_case(&words));
    if name.is_err() {
        card.doubt(Part::Name, Why::Unreadable);
    }
    name.ok()
}

fn address_of(card: &mut CardRead, part: &str, marks_kept: bool) -> Option<Line> {
    let (text, doubled) = single_marks(&clean(part));
    if doubled {
        card.doubt(Part::Address, Why::MarksDoubled);
    }
    let address = Line::parse(&text).ok().filter(|line| !line.is_empty());
    if address.is_none() || text.contains(['\u{fffd}', '?']) {
        card.doubt(Part::Address, Why::Unreadable);
    } else if !marks_kept {
        card.doubt(Part::Address, Why::MarksLost);
    }
    address
}

/// Words as they were before an input method or a scanner without accents had them.
fn words(card: &mut CardRead, part: Part, text: &str, marks_kept: bool) -> String {
    let (text, doubled) = single_marks(&clean(text));
    if doubled {
        card.doubt(part, Why::MarksDoubled);
    }
    if marks_kept {
        return text;
    }
    if let Some(meant) = keys_undone(&text) {
        card.doubt(part, Why::KeysUndone);
        return meant;
    }
    card.doubt(part, Why::MarksLost);
    text
}

fn birth(card: &mut CardRead, part: &str, today: Date) -> Option<BirthDate> {
    if let Some(date) = day(part).filter(|date| date.first_day() <= today) {
        return Some(date.into());
    }
    // A day that no calendar has stands on some old papers, and so on some cards.
    let written = digits_of(part).and_then(|[day, month, year]| {
        let text = format!("{day:02}/{month:02}/{year:04}");
        BirthDate::parse_legacy(&text).ok()
    });
    let known = written.filter(|birth| birth.year().is_some_and(|year| year <= today.year()));
    let why = match known {
        Some(ref birth) if birth.original().is_some() => Why::NoSuchDay,
        _ => Why::Unreadable,
    };
    card.doubt(Part::BirthDate, why);
    known.filter(|birth| birth.original().is_some())
}

/// A date as cards write it, with or without strokes; a year alone where no more is known.
fn day(part: &str) -> Option<PartialDate> {
    let [day, month, year] = digits_of(part)?;
    let known = |part: u16| u8::try_from(part).ok().filter(|part| *part > 0);
    match (day, month) {
        (0, 0) => PartialDate::new(year, None, None).ok(),
        (0, month) => PartialDate::new(year, known(month), None).ok(),
        (day, month) => PartialDate::new(year, Some(known(month)?), known(day)).ok(),
    }
}

/// Day, month and year, 0 for what is not told.
fn digits_of(part: &str) -> Option<[u16; 3]> {
    let digits: String = part.chars().filter(char::is_ascii_digit).collect();
    let odd = |c: char| !c.is_ascii_digit() && !matches!(c, ' ' | '/' | '-' | '.');
    if part.chars().any(odd) {
        return None;
    }
    let (day, month, year) = match digits.len() {
        4 => ("0", "0", digits.as_str()),
        8 => {
            let (day, rest) = digits.split_at_checked(2)?;
            let (month, year) = rest.split_at_checked(2)?;
            (day, month, year)
        }
        _ => return None,
    };
    Some([day.parse().ok()?, month.parse().ok()?, year.parse().ok()?])
}

fn sex_of(card: &mut CardRead, part: &str) -> Option<Sex> {
    let (text, _) = single_marks(&clean(part));
    let meant = keys_undone(&text).unwrap_or(text);
    let sex = match fold_base(&meant).as_str() {
        "nam" => Some(Sex::Male),
        "nu" => Some(Sex::Female),
        _ => None,
    };
    if sex.is_none() {
        card.doubt(Part::Sex, Why::Unreadable);
    }
    sex
}
