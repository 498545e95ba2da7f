//! The machine-readable zone on the back of a card: ICAO 9303, form TD1, three lines of 30.
//!
//! ```text
//! IDVNM1850000176008185000017<<4   last nine digits of the number · their check digit ·
//!                                  the whole number · check digit over it
//! 8503127F4503129VNM<<<<<<<<<<<6   birth · check · sex · expiry · check · nationality · check over all
//! LO<<THI<MAU<<<<<<<<<<<<<<<<<<<   surname << other names, without accents
//! ```
//!
//! Its check digits are the only ones that stand over a personal identification number anywhere.

use unicode_normalization::UnicodeNormalization;

use crate::card::mending::name_case;
use crate::card::{CardError, CardRead, Part, Source, Why};
use crate::code::Sex;
use crate::date::{BirthDate, Date, PartialDate};
use crate::name::PersonName;
use crate::pin::Pin;

const WIDTH: usize = 30;
/// Past these many characters nothing is one of the three lines.
const CHARS_MAX: usize = 8 * WIDTH;
const FILLER: char = '<';
/// Whose cards have the number.
const VIET_NAM: &str = "VNM";

/// Whether a text is such lines rather than a code: it begins with the kind of a card and the
/// country.
pub(super) fn looks_like(text: &str) -> bool {
    let begin: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(5)
        .collect();
    let begin: String = begin
        .chars()
        .flat_map(char::to_uppercase)
        .map(letter)
        .collect();
    let parts = text.contains('|');
    let lines = text.starts_with(char::is_alphabetic) && text.contains("<<");
    !parts && (begin.ends_with(VIET_NAM) || lines)
}

pub(super) fn read(text: &str, today: Date) -> Result<CardRead, CardError> {
    let [first, second, third] = three_lines(text)?;
    let mut first = First::of(&first);
    if !first.country.ends_with(VIET_NAM) {
        return Err(CardError::OtherCountry);
    }
    let doubts = first.settle();
    let pin = Pin::parse(&first.pin, today.year()).map_err(CardError::Pin)?;
    let mut card = CardRead::new(Source::Mrz, pin);
    if let Some(why) = doubts {
        card.doubt(Part::Pin, why);
    }
    let second = Second::of(&second);
    card.birth = birth(&mut card, &second, today);
    card.expires = expiry(&mut card, &second);
    card.sex = match second.sex {
        'M' => Some(Sex::Male),
        'F' => Some(Sex::Female),
        FILLER => None,
        _ => {
            card.doubt(Part::Sex, Why::Unreadable);
            None
        }
    };
    let all = [&*first.covered(), &*second.covered()].concat();
    let is_told = card.doubts.iter().any(|doubt| doubt.why == Why::CheckDigit);
    if !is_told && !fits(&all, second.check) {
        card.doubt(Part::Card, Why::CheckDigit);
    }
    card.name = name(&mut card, &third);
    Ok(card)
}

/// The first line, in its places.
struct First {
    country: String,
    short: String,
    short_check: char,
    pin: String,
    fillers: String,
    check: char,
}

impl First {
    fn of(line: &[char]) -> First {
        First {
            country: place(line, 0, 5, letter),
            short: place(line, 5, 9, digit),
            short_check: one(line, 14, digit),
            pin: place(line, 15, 12, digit),
            fillers: place(line, 27, 2, |c| c),
            check: one(line, 29, digit),
        }
    }

    fn is_checked(&self, pin: &str) -> bool {
        fits(&format!("{pin}{}", self.fillers), self.check)
    }

    /// Settles the number from its two places: what a check digit proves stands. Gives what is
    /// left in doubt.
    fn settle(&mut self) -> Option<Why> {
        let tail = |pin: &str| {
            pin.split_at_checked(3)
                .map_or_else(String::new, |(_, t)| t.into())
        };
        let short_fits = fits(&self.short, self.short_check);
        if !self.is_checked(&self.pin) {
            let head = self.pin.split_at_checked(3).map_or("", |(head, _)| head);
            let whole = format!("{head}{}", self.short);
            if !(short_fits && self.is_checked(&whole)) {
                return Some(Why::CheckDigit);
            }
            self.pin = whole;
            return None;
        }
        if short_fits && tail(&self.pin) != self.short {
            return Some(Why::TwoReadings);
        }
        self.short = tail(&self.pin);
        self.short_check = check_digit(&self.short);
        None
    }

    fn covered(&self) -> String {
        let First {
            short,
            short_check,
            pin,
            fillers,
            check,
            ..
        } = self;
        format!("{short}{short_check}{pin}{fillers}{check}")
    }
}

/// The second line, in its places.
struct Second {
    birth: String,
    birth_check: char,
    sex: char,
    expiry: String,
    expiry_check: char,
    rest: String,
    check: char,
}

impl Second {
    fn of(line: &[char]) -> Second {
        Second {
            birth: place(line, 0, 6, digit),
            birth_check: one(line, 6, digit),
            sex: one(line, 7, |c| c),
            expiry: place(line, 8, 6, digit),
            expiry_check: one(line, 14, digit),
            rest: place(line, 18, 11, |c| c),
            check: one(line, 29, digit),
        }
    }

    fn covered(&self) -> String {
        let Second {
            birth,
            birth_check,
            expiry,
            expiry_check,
            rest,
            ..
        } = self;
        format!("{birth}{birth_check}{expiry}{expiry_check}{rest}")
    }
}

fn place(line: &[char], from: usize, length: usize, read: fn(char) -> char) -> String {
    line.iter()
        .skip(from)
        .take(length)
        .copied()
        .map(read)
        .collect()
}

fn one(line: &[char], at: usize, read: fn(char) -> char) -> char {
    line.get(at).copied().map_or(FILLER, read)
}

/// The date of birth. The two digits of the year are those of the number, or their century is a
/// guess.
fn birth(card: &mut CardRead, line: &Second, today: Date) -> Option<BirthDate> {
    if !fits(&line.birth, line.birth_check) {
        card.doubt(Part::BirthDate, Why::CheckDigit);
    }
    let of_pin = card.pin.birth_year();
    let date = date(&line.birth, |year| {
        let this_century = today.year() / 100 * 100 + year;
        if of_pin % 100 == year {
            of_pin
        } else if this_century > today.year() {
            this_century.saturating_sub(100)
        } else {
            this_century
        }
    });
    match date {
        Some(date) if date.year() % 100 != of_pin % 100 => {
            card.doubt(Part::BirthDate, Why::Century);
        }
        Some(_) => {}
        None => card.doubt(Part::BirthDate, Why::Unreadable),
    }
    date.map(Into::into)
}

fn expiry(card: &mut CardRead, line: &Second) -> Option<Date> {
    if line.expiry.chars().all(|c| c == FILLER) {
        return None;
    }
    if !fits(&line.expiry, line.expiry_check) {
        card.doubt(Part::Expires, Why::CheckDigit);
    }
    let date = date(&line.expiry, |year| 2000 + year).and_then(PartialDate::whole);
    if date.is_none() {
        card.doubt(Part::Expires, Why::Unreadable);
    }
    date
}

/// `YYMMDD`; month and day are fillers where they are not known.
fn date(text: &str, century: impl Fn(u16) -> u16) -> Option<PartialDate> {
    let (year, rest) = text.split_at_checked(2)?;
    let (month, day) = rest.split_at_checked(2)?;
    let part = |text: &str| match text {
        "<<" => Some(None),
        digits => digits.parse::<u8>().ok().map(Some),
    };
    let year = century(year.parse().ok()?);
    PartialDate::new(year, part(month)?, part(day)?).ok()
}

fn name(card: &mut CardRead, line: &[char]) -> Option<PersonName> {
    let line: String = line.iter().copied().map(letter).collect();
    let is_full = !line.ends_with(FILLER);
    let words: Vec<&str> = line.split(FILLER).filter(|word| !word.is_empty()).collect();
    let name = PersonName::parse(&name_case(&words.join(" "))).ok();
    card.doubt(
        Part::Name,
        if name.is_some() {
            Why::MarksLost
        } else {
            Why::Unreadable
        },
    );
    if is_full {
        card.doubt(Part::Name, Why::Cut);
    }
    name
}

/// The three lines, whatever was put between and within them.
fn three_lines(text: &str) -> Result<[Vec<char>; 3], CardError> {
    let plain = signs(text).ok_or(CardError::Line { line: 1 })?;
    let lines: Vec<&[char]> = plain
        .split(|c| *c == '\n')
        .filter(|line| line.iter().any(|c| *c != FILLER))
        .collect();
    if let [first, second, third] = lines.as_slice() {
        let fitted = [checked_line(first), checked_line(second), name_line(third)];
        if let [Some(first), Some(second), Some(third)] = fitted {
            return Ok([first, second, third]);
        }
    }
    // Joined, or broken elsewhere.
    let joined: Vec<char> = plain.iter().copied().filter(|c| *c != '\n').collect();
    if let Some((first, rest)) = joined.split_at_checked(WIDTH)
        && let Some((second, third)) = rest.split_at_checked(WIDTH)
        && place(second, 15, 3, letter) == VIET_NAM
        && let Some(third) = name_line(third)
    {
        return Ok([first.to_vec(), second.to_vec(), third]);
    }
    let wrong = match lines.as_slice() {
        [first, ..] if checked_line(first).is_none() => 1,
        [_, second, ..] if checked_line(second).is_none() => 2,
        [_] => 2,
        _ => 3,
    };
    Err(CardError::Line { line: wrong })
}

/// Capitals, digits, fillers and ends of lines; `None` if there are far too many.
fn signs(text: &str) -> Option<Vec<char>> {
    let mut plain = Vec::new();
    for c in text.nfc() {
        match c {
            '\n' | '\r' => plain.push('\n'),
            '«' => plain.extend([FILLER, FILLER]),
            'đ' | 'Đ' => plain.extend(['D', 'D']),
            c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_uppercase()),
            c if c.is_alphabetic() => keys_of(c, &mut plain),
            c if c.is_control() && c != '\t' => {}
            '\u{feff}' | '\u{200b}'..='\u{200f}' => {}
            _ => plain.push(FILLER),
        }
        if plain.len() > CHARS_MAX {
            return None;
        }
    }
    Some(plain)
}

/// The keys of Telex that an input method made one letter of, each of which was a character of
/// the line.
fn keys_of(c: char, plain: &mut Vec<char>) {
    let mut base = FILLER;
    for part in c.nfd() {
        let key = match part {
            '\u{302}' => base,
            '\u{306}' | '\u{31b}' => 'W',
            '\u{301}' => 'S',
            '\u{300}' => 'F',
            '\u{309}' => 'R',
            '\u{303}' => 'X',
            '\u{323}' => 'J',
            letter if letter.is_ascii_alphabetic() => {
                base = letter.to_ascii_uppercase();
                base
            }
            _ => continue,
        };
        plain.push(key);
    }
}

/// A line that ends with a check digit, with as many fillers in its last row of them as there must
/// be: programs between scanner and screen like to make one space of many.
fn checked_line(line: &[char]) -> Option<Vec<char>> {
    let line = trimmed(line);
    let end = line
        .iter()
        .rposition(|c| *c == FILLER)
        .map_or(0, |at| at + 1);
    let (head, tail) = line.split_at_checked(end)?;
    let begin = head
        .iter()
        .rposition(|c| *c != FILLER)
        .map_or(0, |at| at + 1);
    let (head, fillers) = head.split_at_checked(begin)?;
    let missing = WIDTH.checked_sub(head.len() + tail.len())?;
    if fillers.len() != missing && (fillers.is_empty() || missing == 0) {
        return None;
    }
    let fillers = std::iter::repeat_n(FILLER, missing);
    Some(
        head.iter()
            .copied()
            .chain(fillers)
            .chain(tail.iter().copied())
            .collect(),
    )
}

/// The line of the name, with the fillers at its end that may have been lost.
fn name_line(line: &[char]) -> Option<Vec<char>> {
    let line = trimmed(line);
    let missing = WIDTH.checked_sub(line.len())?;
    let fillers = std::iter::repeat_n(FILLER, missing);
    Some(line.iter().copied().chain(fillers).collect())
}

fn trimmed(line: &[char]) -> &[char] {
    let mut line = line;
    while let [FILLER, rest @ ..] | [rest @ .., FILLER] = line {
        line = rest;
    }
    line
}

/// A character in a place that has digits only.
const fn digit(c: char) -> char {
    match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        other => other,
    }
}

/// A character in a place that has letters only.
const fn letter(c: char) -> char {
    match c {
        '0' => 'O',
        '1' => 'I',
        '2' => 'Z',
        '5' => 'S',
        '6' => 'G',
        '8' => 'B',
        other => other,
    }
}

/// Weights 7, 3, 1; letters count from 10, a filler 0.
fn check_digit(text: &str) -> char {
    let value = |c: char| {
        if c == FILLER {
            0
        } else {
            c.to_digit(36).unwrap_or(0)
        }
    };
    let sum: u32 = text
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(c, weight)| value(c) * weight)
        .sum();
    char::from_digit(sum % 10, 10).unwrap_or(FILLER)
}

fn fits(text: &str, check: char) -> bool {
    let is_empty = text.chars().all(|c| c == FILLER);
    check_digit(text) == check || (is_empty && check == FILLER)
}
