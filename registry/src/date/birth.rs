//! A date of birth as the papers have it, which may be a day that the calendar does not have.

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
