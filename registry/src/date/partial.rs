//! A date of which the month or the day may be unknown. What is unknown is never filled in: the
//! default day differs from law to law.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Date, DateError, YEAR_MAX, YEAR_MIN};
use crate::words::unread;

/// How two dates lie, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// The first is surely before the second.
    Before,
    /// The first is surely after the second.
    After,
    /// Both are whole and the same day.
    Same,
    /// The known parts do not tell. Two equal years are this: the days may differ.
    Unknown,
}

/// Year, year and month, or a whole day.
///
/// One number, so that it is small in a record: `year << 9 | month << 5 | day`, 0 for what is
/// unknown. The order of the numbers sorts a list; [`PartialDate::compare`] is what rules use.
/// `Debug` is redacted, since it is mostly a citizen's date of birth or death.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate(u32);

impl PartialDate {
    /// A date from its known parts; a day needs its month.
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Result<Self, DateError> {
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return Err(DateError::Year);
        }
        match (month, day) {
            (None, Some(_)) => return Err(DateError::Form),
            (None, None) => {}
            (Some(month), day) => {
                Date::from_ymd(year, month, day.unwrap_or(1))?;
            }
        }
        let (month, day) = (month.unwrap_or(0), day.unwrap_or(0));
        Ok(Self(
            u32::from(year) << 9 | u32::from(month) << 5 | u32::from(day),
        ))
    }
    fn from_packed(packed: u32) -> Result<Self, DateError> {
        let year = u16::try_from(packed >> 9).map_err(|_| DateError::Year)?;
        let part = |value: u32| u8::try_from(value).ok().filter(|value| *value > 0);
        let date = Self::new(year, part(packed >> 5 & 0xF), part(packed & 0x1F))?;
        Ok(date)
    }
    /// The year.
    pub fn year(self) -> u16 {
        // Lossless: a packed year is at most `YEAR_MAX`.
        u16::try_from(self.0 >> 9).unwrap_or(YEAR_MAX)
    }
    /// The month, if known.
    pub fn month(self) -> Option<u8> {
        u8::try_from(self.0 >> 5 & 0xF)
            .ok()
            .filter(|month| *month > 0)
    }
    /// The day, if known.
    pub fn day(self) -> Option<u8> {
        u8::try_from(self.0 & 0x1F).ok().filter(|day| *day > 0)
    }
    /// The day, if all of it is known.
    pub fn whole(self) -> Option<Date> {
        Date::from_ymd(self.year(), self.month()?, self.day()?).ok()
    }
    /// The earliest day that it may be.
    pub fn first_day(self) -> Date {
        self.bound(1, |_| 1)
    }
    /// The latest day that it may be.
    pub fn last_day(self) -> Date {
        self.bound(12, |first| first.to_civil().days_in_month().unsigned_abs())
    }
    fn bound(self, month: u8, day: impl Fn(Date) -> u8) -> Date {
        let (year, month) = (self.year(), self.month().unwrap_or(month));
        let first = Date::from_ymd(year, month, 1).unwrap_or(Date(0));
        let day = self.day().unwrap_or_else(|| day(first));
        Date::from_ymd(year, month, day).unwrap_or(first)
    }
    /// Before, after, the same day, or not known.
    pub fn compare(self, other: Self) -> DateOrder {
        if self.last_day() < other.first_day() {
            DateOrder::Before
        } else if self.first_day() > other.last_day() {
            DateOrder::After
        } else if self == other && self.day().is_some() {
            DateOrder::Same
        } else {
            DateOrder::Unknown
        }
    }
    /// Whether it says more than `coarser` and contradicts nothing in it: taken without dispute.
    pub fn refines(&self, coarser: &Self) -> bool {
        let agrees = |own, coarser: Option<u8>| coarser.is_none() || own == coarser;
        self != coarser
            && self.year() == coarser.year()
            && agrees(self.month(), coarser.month())
            && agrees(self.day(), coarser.day())
    }
    /// The ISO form, as far as known: `1941`, `1941-05`, `1941-05-12`.
    pub fn to_iso(self) -> String {
        match (self.month(), self.day()) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", self.year()),
            (Some(month), None) => format!("{:04}-{month:02}", self.year()),
            _ => format!("{:04}", self.year()),
        }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        let (year, month, day) = date.ymd();
        Self(u32::from(year) << 9 | u32::from(month) << 5 | u32::from(day))
    }
}

impl fmt::Display for PartialDate {
    /// `DD/MM/YYYY`, `MM/YYYY` or `YYYY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(day) = self.day() {
            write!(f, "{day:02}/")?;
        }
        if let Some(month) = self.month() {
            write!(f, "{month:02}/")?;
        }
        write!(f, "{:04}", self.year())
    }
}
impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(…)")
    }
}

impl FromStr for PartialDate {
    type Err = DateError;
    /// Reads `1941`, `1941-05`, `1941-05-12`, `12/05/1941`, `12.5.1941`, `05/1941` and
    /// `--/--/1941`, where dashes, zeros, question marks or nothing stand for what is unknown.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let text = text.trim();
        if text.len() > 40 {
            return Err(DateError::Form);
        }
        if text.contains(['/', '.']) {
            let mut parts = text.split(['/', '.']).rev();
            let (year, month, day) = (parts.next(), parts.next(), parts.next());
            return if parts.next().is_none() {
                read(year, month, day)
            } else {
                Err(DateError::Form)
            };
        }
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        if parts.next().is_none() {
            read(year, month, day)
        } else {
            Err(DateError::Form)
        }
    }
}

fn read(
    year: Option<&str>,
    month: Option<&str>,
    day: Option<&str>,
) -> Result<PartialDate, DateError> {
    let year = year
        .map(str::trim)
        .filter(|text| text.len() == 4)
        .ok_or(DateError::Form)?;
    PartialDate::new(digits(year)?, part(month)?, part(day)?)
}

fn part(text: Option<&str>) -> Result<Option<u8>, DateError> {
    let Some(text) = text.map(str::trim) else {
        return Ok(None);
    };
    if text
        .chars()
        .all(|c| matches!(c, '-' | '?' | '_' | '0' | '…'))
    {
        return Ok(None);
    }
    if text.len() > 2 {
        return Err(DateError::Form);
    }
    u8::try_from(digits(text)?)
        .map(Some)
        .map_err(|_| DateError::Form)
}

fn digits(text: &str) -> Result<u16, DateError> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| DateError::Form)
    } else {
        Err(DateError::Form)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(&self.to_iso())
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let date = if d.is_human_readable() {
            String::deserialize(d)?.parse()
        } else {
            Self::from_packed(u32::deserialize(d)?)
        };
        date.map_err(unread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_form_on_paper_is_read() {
        for (text, shown, iso) in [
            ("1941", "1941", "1941"),
            ("1941-05", "05/1941", "1941-05"),
            ("1941-05-12", "12/05/1941", "1941-05-12"),
            ("12/05/1941", "12/05/1941", "1941-05-12"),
            (" 2/5/1941 ", "02/05/1941", "1941-05-02"),
            ("12.05.1941", "12/05/1941", "1941-05-12"),
            ("05/1941", "05/1941", "1941-05"),
            ("--/--/1941", "1941", "1941"),
            ("--/05/1941", "05/1941", "1941-05"),
            ("00/00/1941", "1941", "1941"),
            ("29/02/2024", "29/02/2024", "2024-02-29"),
        ] {
            let read = date(text);
            assert_eq!(
                (read.to_string().as_str(), read.to_iso().as_str()),
                (shown, iso),
                "{text}"
            );
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(json, format!("\"{iso}\""));
            assert_eq!(serde_json::from_str::<PartialDate>(&json).unwrap(), read);
            let wire = postcard::to_stdvec(&read).unwrap();
            assert!(wire.len() <= 3);
            assert_eq!(postcard::from_bytes::<PartialDate>(&wire).unwrap(), read);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (text, code) in [
            ("30/02/1950", "date_no_such_day"),
            ("29/02/2023", "date_no_such_day"),
            ("13/1941", "date_no_such_day"),
            ("12/--/1941", "date_form"),
            ("41", "date_form"),
            ("12/05/41", "date_form"),
            ("1/2/3/1941", "date_form"),
            ("", "date_form"),
            ("+941", "date_form"),
            ("1799", "date_year"),
        ] {
            assert_eq!(
                text.parse::<PartialDate>().unwrap_err().code(),
                code,
                "{text}"
            );
        }
        let packed = postcard::to_stdvec(&(1950u32 << 9 | 2 << 5 | 30)).unwrap();
        assert!(postcard::from_bytes::<PartialDate>(&packed).is_err());
    }

    #[test]
    fn comparison_says_only_what_is_known() {
        use DateOrder::{After, Before, Same, Unknown};
        for (a, b, order) in [
            ("1941", "1942", Before),
            ("1942", "31/12/1941", After),
            ("1941", "1941", Unknown),
            ("1941", "12/05/1941", Unknown),
            ("05/1941", "01/06/1941", Before),
            ("05/1941", "05/1941", Unknown),
            ("12/05/1941", "12/05/1941", Same),
            ("12/05/1941", "13/05/1941", Before),
        ] {
            assert_eq!(date(a).compare(date(b)), order, "{a} / {b}");
        }
    }

    #[test]
    fn a_finer_date_refines_a_coarser_that_agrees() {
        for (fine, coarse, refines) in [
            ("05/1941", "1941", true),
            ("12/05/1941", "1941", true),
            ("12/05/1941", "05/1941", true),
            ("12/06/1941", "05/1941", false),
            ("1941", "05/1941", false),
            ("1941", "1941", false),
            ("1942", "1941", false),
        ] {
            assert_eq!(
                date(fine).refines(&date(coarse)),
                refines,
                "{fine} / {coarse}"
            );
        }
        assert_eq!(date("02/2024").last_day().to_string(), "29/02/2024");
        assert_eq!(date("1941").last_day().to_string(), "31/12/1941");
        assert_eq!(date("1941").first_day().to_string(), "01/01/1941");
        assert_eq!(format!("{:?}", date("1941")), "PartialDate(…)");
    }
}
