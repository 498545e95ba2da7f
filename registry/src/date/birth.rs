//! A date of birth as the papers have it, which may be a day that the calendar does not have.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DateError, PartialDate};
use crate::text::bounded;
use crate::words::unread;

/// Characters of an original text that are kept.
pub const ORIGINAL_CHARS_MAX: usize = 60;

/// The known part of a date of birth, and the words of the paper where these say something else.
///
/// 30/02/1950 on an old paper keeps 02/1950 as the date and the text beside it: putting it right is
/// a correction by an officer, never by the program. `Debug` is redacted.
///
/// In JSON it is the text of the date, or an object with `date` and `original` where the paper says
/// something that is no date.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BirthDate {
    date: Option<PartialDate>,
    original: Option<String>,
}

/// As it is stored; checked by [`BirthDate::new`] when read.
#[derive(Serialize, Deserialize)]
struct Stored {
    date: Option<PartialDate>,
    original: Option<String>,
}

impl BirthDate {
    /// A date of birth; an error if nothing at all is known, or the original text is too long.
    pub fn new(date: Option<PartialDate>, original: Option<&str>) -> Result<Self, DateError> {
        let original = match original {
            None => None,
            Some(text) => {
                let text = bounded(text, ORIGINAL_CHARS_MAX).map_err(|_| DateError::Form)?;
                Some(text.into_owned())
            }
        };
        if date.is_none() && original.is_none() {
            return Err(DateError::Form);
        }
        Ok(Self { date, original })
    }
    /// Reads a text of an old file: what of it is a date, and the text itself where it is not one.
    pub fn parse_legacy(text: &str) -> Result<Self, DateError> {
        match text.parse::<PartialDate>() {
            Ok(date) => Self::new(Some(date), None),
            Err(_) => Self::new(known_part(text), Some(text)),
        }
    }
    /// Reads a cell of a file that is taken over: a date, in one of the forms that such files have, or
    /// what is sure of a text that is none, with the text beside it. That is so where a day stands
    /// that no calendar has (30/02/1950), where a part is left open (12/--/1941), and where words
    /// stand around a year (khoảng 1938).
    ///
    /// # Errors
    /// For every other text. [`Self::parse_legacy`] would keep it without its date, and nobody would
    /// look at a whole column of dates in a form that is not read.
    pub fn parse_written(text: &str) -> Result<Self, DateError> {
        match PartialDate::parse_written(text) {
            Ok(date) => Self::new(Some(date), None),
            Err(wrong) => {
                let text = without_midnight(text);
                let strokes = with_strokes(text);
                if has_month_first(&strokes) {
                    return Err(DateError::Form);
                }
                let part = sure_part(&strokes).ok_or(wrong)?;
                Self::new(Some(part), Some(text))
            }
        }
    }
    /// What of the date is known.
    pub fn date(&self) -> Option<PartialDate> {
        self.date
    }
    /// The words of the paper, where they are not the date.
    pub fn original(&self) -> Option<&str> {
        self.original.as_deref()
    }
    /// The year, if known.
    pub fn year(&self) -> Option<u16> {
        self.date.map(PartialDate::year)
    }
    /// As an office shows it: the words of the paper if there are any, else the date.
    pub fn shown(&self) -> String {
        match (&self.original, self.date) {
            (Some(original), _) => original.clone(),
            (None, Some(date)) => date.to_string(),
            (None, None) => String::new(),
        }
    }
    /// Whether it says more than `coarser` and contradicts nothing in it.
    pub fn refines(&self, coarser: &Self) -> bool {
        match (self.date, coarser.date, &coarser.original) {
            (Some(fine), Some(coarse), None) => fine.refines(&coarse),
            _ => false,
        }
    }
}

/// Here and not with the forms of papers: only files have these.
impl PartialDate {
    /// Reads a cell of a file that is taken over: all that [`str::parse`] reads, `31-12-1990` and
    /// `12-1990`, and a day with the midnight that a spreadsheet puts behind it.
    ///
    /// # Errors
    /// When it is no such date.
    pub fn parse_written(text: &str) -> Result<Self, DateError> {
        with_strokes(without_midnight(text)).parse()
    }
}

impl From<PartialDate> for BirthDate {
    fn from(date: PartialDate) -> Self {
        Self {
            date: Some(date),
            original: None,
        }
    }
}
impl TryFrom<Stored> for BirthDate {
    type Error = DateError;
    fn try_from(stored: Stored) -> Result<Self, DateError> {
        Self::new(stored.date, stored.original.as_deref())
    }
}
impl From<BirthDate> for Stored {
    fn from(birth: BirthDate) -> Self {
        Self {
            date: birth.date,
            original: birth.original,
        }
    }
}
impl Serialize for BirthDate {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match (self.date, &self.original) {
            (Some(date), None) if s.is_human_readable() => date.serialize(s),
            _ => Stored::from(self.clone()).serialize(s),
        }
    }
}

impl<'de> Deserialize<'de> for BirthDate {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            d.deserialize_any(Written)
        } else {
            Self::try_from(Stored::deserialize(d)?).map_err(unread)
        }
    }
}

/// A date as JSON may have it: a text, or an object with `date` and `original`.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = BirthDate;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date of birth, for example {\"date\": \"1990-12-31\"}")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<BirthDate, E> {
        let date: PartialDate = text.parse::<PartialDate>().map_err(unread)?;
        Ok(date.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BirthDate, A::Error> {
        let stored = Stored::deserialize(MapAccessDeserializer::new(map))?;
        BirthDate::try_from(stored).map_err(unread)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

/// Month and year, or the year alone, of a date with a day or month that does not exist.
fn known_part(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let separator = if text.contains(['/', '.']) {
        ['/', '.']
    } else {
        ['-', '-']
    };
    let parts: Vec<&str> = text.split(separator).map(str::trim).take(4).collect();
    let (year, month) = match parts.as_slice() {
        [year, month, _] if separator == ['-', '-'] => (*year, *month),
        [_, month, year] | [month, year] => (*year, *month),
        _ => return text.split(|c: char| !c.is_ascii_digit()).find_map(year_of),
    };
    let whole = year_of(year)?;
    let month = month
        .parse()
        .ok()
        .and_then(|m| PartialDate::new(whole.year(), Some(m), None).ok());
    Some(month.unwrap_or(whole))
}

fn without_midnight(text: &str) -> &str {
    let text = text.trim();
    let midnights = [" 00:00:00", "T00:00:00", " 0:00:00"];
    let day = midnights
        .into_iter()
        .find_map(|midnight| text.strip_suffix(midnight));
    day.map_or(text, str::trim_end)
}

/// A date with hyphens and the year behind, with strokes: with hyphens the year is read in front.
fn with_strokes(text: &str) -> Cow<'_, str> {
    let parts: Vec<&str> = text.split('-').map(str::trim).take(4).collect();
    let is_year_behind = match parts.as_slice() {
        [first, last] | [first, _, last] => has_year_form(last) && !has_year_form(first),
        _ => false,
    };
    if is_year_behind && !text.contains(['/', '.']) {
        Cow::Owned(text.replace('-', "/"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The parts of a date with strokes or hyphens, in that order; a day that is not told is empty.
fn year_month_day(text: &str) -> Option<(&str, &str, &str)> {
    let has_strokes = text.contains(['/', '.']);
    let separators: &[char] = if has_strokes { &['/', '.'] } else { &['-'] };
    let parts: Vec<&str> = text.split(separators).map(str::trim).take(4).collect();
    match (has_strokes, parts.as_slice()) {
        (true, [month, year]) | (false, [year, month]) => Some((*year, *month, "")),
        (true, [day, month, year]) | (false, [year, month, day]) => Some((*year, *month, *day)),
        _ => None,
    }
}

/// Whether it is `12/31/1990`: what stands where the month is can only be the day. A whole column may be
/// written so, and its days up to the twelfth would be read as months.
fn has_month_first(text: &str) -> bool {
    let number = |part: &str| part.parse::<u8>().unwrap_or(0);
    year_month_day(text).is_some_and(|(_, month, day)| {
        (13..=31).contains(&number(month)) && (1..=12).contains(&number(day))
    })
}

/// What is sure of a text that is no date: year and month where the day does not exist or is left
/// open, or the year where words stand around it. Nothing of one with more numbers than that: it may
/// be a date in a form that is not read.
fn sure_part(text: &str) -> Option<PartialDate> {
    let Some((year, month, day)) = year_month_day(text) else {
        return year_among_words(text);
    };
    if !(has_year_form(year) && has_part_form(month) && has_part_form(day)) {
        return year_among_words(text);
    }
    let whole = year_of(year)?;
    let month = month
        .parse()
        .ok()
        .and_then(|month| PartialDate::new(whole.year(), Some(month), None).ok());
    Some(month.unwrap_or(whole))
}

/// The year, where it is the only number of the text.
fn year_among_words(text: &str) -> Option<PartialDate> {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty());
    let year = numbers.next()?;
    match numbers.next() {
        None => year_of(year),
        Some(_) => None,
    }
}

fn has_year_form(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a day or a month, or what people write for one that they do not know.
fn has_part_form(text: &str) -> bool {
    let is_number = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_open = |c: char| matches!(c, '-' | '?' | '_' | '*' | '…' | '0' | 'x' | 'X');
    is_number || text.chars().all(is_open)
}

fn year_of(text: &str) -> Option<PartialDate> {
    if text.len() == 4 {
        PartialDate::new(text.parse().ok()?, None, None).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_date_keeps_its_text_and_what_is_sure() {
        for (text, iso, original) in [
            ("12/05/1941", Some("1941-05-12"), None),
            ("--/--/1941", Some("1941"), None),
            ("30/02/1950", Some("1950-02"), Some("30/02/1950")),
            ("1950-02-30", Some("1950-02"), Some("1950-02-30")),
            ("31/04/1962", Some("1962-04"), Some("31/04/1962")),
            ("29/02/1951", Some("1951-02"), Some("29/02/1951")),
            ("45/13/1950", Some("1950"), Some("45/13/1950")),
            ("khoảng 1938", Some("1938"), Some("khoảng 1938")),
            ("năm Tỵ", None, Some("năm Tỵ")),
        ] {
            let birth = BirthDate::parse_legacy(text).unwrap();
            assert_eq!(
                birth.date().map(PartialDate::to_iso).as_deref(),
                iso,
                "{text}"
            );
            assert_eq!(birth.original(), original, "{text}");
            let json = serde_json::to_string(&birth).unwrap();
            assert_eq!(serde_json::from_str::<BirthDate>(&json).unwrap(), birth);
            let wire = postcard::to_stdvec(&birth).unwrap();
            assert_eq!(postcard::from_bytes::<BirthDate>(&wire).unwrap(), birth);
        }
    }

    #[test]
    fn a_date_of_a_file_is_read_in_every_form_that_is_told_to_be_read() {
        for (text, iso) in [
            ("31/12/1990", "1990-12-31"),
            ("31-12-1990", "1990-12-31"),
            ("1-2-1990", "1990-02-01"),
            ("12-1990", "1990-12"),
            ("1990-12-31", "1990-12-31"),
            ("1990-12", "1990-12"),
            ("1990", "1990"),
            ("--/--/1941", "1941"),
            ("31/12/1990 00:00:00", "1990-12-31"),
            ("31-12-1990 0:00:00", "1990-12-31"),
            (" 1990-12-31T00:00:00 ", "1990-12-31"),
        ] {
            let birth = BirthDate::parse_written(text).unwrap();
            let date = birth.date().map(PartialDate::to_iso);
            assert_eq!(date.as_deref(), Some(iso), "{text}");
            assert_eq!(birth.original(), None, "{text}");
            assert_eq!(
                PartialDate::parse_written(text).unwrap().to_iso(),
                iso,
                "{text}"
            );
        }
    }

    #[test]
    fn of_a_file_only_what_keeps_its_year_is_kept_as_it_is_written() {
        for (text, iso, original) in [
            ("30/02/1950", "1950-02", "30/02/1950"),
            ("30-02-1950", "1950-02", "30-02-1950"),
            ("30.02.1950", "1950-02", "30.02.1950"),
            ("1950-02-30", "1950-02", "1950-02-30"),
            ("30/02/1950 00:00:00", "1950-02", "30/02/1950"),
            ("45/13/1950", "1950", "45/13/1950"),
            ("1950-13", "1950", "1950-13"),
            ("12/--/1941", "1941", "12/--/1941"),
            ("xx/05/1941", "1941-05", "xx/05/1941"),
            ("khoảng 1938", "1938", "khoảng 1938"),
        ] {
            let birth = BirthDate::parse_written(text).unwrap();
            let date = birth.date().map(PartialDate::to_iso);
            assert_eq!(date.as_deref(), Some(iso), "{text}");
            assert_eq!(birth.original(), Some(original), "{text}");
        }
        for text in [
            "31/12/90",
            "33238",
            "19901231",
            "31/12/1990 07:30:00",
            "1990/12/31",
            "12/31/1990",
            "1990-31-12",
            "31 12 1990",
            "31-Dec-1990",
            "1938-1940",
            "năm Tỵ",
            "",
        ] {
            let wrong = BirthDate::parse_written(text).unwrap_err();
            assert_eq!(wrong.code(), "date_form", "{text}");
        }
        let wrong = BirthDate::parse_written("31/12/1790").unwrap_err();
        assert_eq!(wrong.code(), "date_year");
    }

    #[test]
    fn what_is_wrong_in_json_is_told_in_words() {
        let words = |json| {
            serde_json::from_str::<BirthDate>(json)
                .unwrap_err()
                .to_string()
        };
        for json in [r#"{"date": "1990-02-31"}"#, r#""1990-02-31""#] {
            assert!(words(json).contains("calendar"), "{}", words(json));
        }
        assert!(words("5").contains("a date of birth"), "{}", words("5"));
        let plain: BirthDate = serde_json::from_str(r#"{"date": "1990-02-28"}"#).unwrap();
        assert_eq!(plain, BirthDate::parse_legacy("1990-02-28").unwrap());
    }

    #[test]
    fn nothing_known_is_no_birth_date() {
        assert!(BirthDate::parse_legacy(" ").is_err());
        assert!(serde_json::from_str::<BirthDate>(r#"{"date":null,"original":null}"#).is_err());
        assert!(BirthDate::new(None, Some(&"x".repeat(61))).is_err());
        let birth = BirthDate::parse_legacy("30/02/1950").unwrap();
        assert_eq!(format!("{birth:?}"), "BirthDate(…)");
        assert_eq!(birth.shown(), "30/02/1950");
    }

    #[test]
    fn a_finer_birth_date_refines_unless_the_paper_says_otherwise() {
        let year: BirthDate = "1950".parse::<PartialDate>().unwrap().into();
        let day: BirthDate = "1950-03-02".parse::<PartialDate>().unwrap().into();
        let odd = BirthDate::parse_legacy("30/02/1950").unwrap();
        assert!(day.refines(&year));
        assert!(!year.refines(&day));
        assert!(!day.refines(&odd));
    }
}
