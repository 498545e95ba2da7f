//! Dates as papers have them: whole days, partial dates, and birth dates that may be impossible.
//!
//! No clock is read here: today is passed in by the daemon. Moments (clock time) are elsewhere.

mod birth;
mod lunar;
mod partial;
mod working;

pub use birth::{BirthDate, ORIGINAL_CHARS_MAX};
pub use partial::{DateOrder, PartialDate};

use std::fmt;
use std::str::FromStr;

use crate::words::{Said, Tells, told_in_english, unread, words};
use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The first year that a date may have; registers older than that are not in the registry.
pub const YEAR_MIN: u16 = 1800;
/// The last year that a date may have; also the last that a PIN can express.
pub const YEAR_MAX: u16 = 2399;

/// A text or number that is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateError {
    /// Not in one of the forms.
    Form,
    /// A day or month that the calendar does not have.
    NoSuchDay,
    /// A year outside of the range.
    Year,
    /// Month or day is unknown where a whole date is needed.
    NotWhole,
}

impl Tells for DateError {
    fn said(&self) -> Said {
        match self {
            Self::Form => words(
                "viết ngày như 31/12/1990, 12/1990 hoặc 1990, biết đến đâu ghi đến đó",
                "write the date as 31/12/1990, 12/1990 or 1990, as much of it as is known",
            ),
            Self::NoSuchDay => words(
                "lịch không có ngày này; so lại với giấy tờ",
                "the calendar has no such day: compare with the paper",
            ),
            Self::Year => {
                return Said {
                    vi: format!("năm phải từ {YEAR_MIN} đến {YEAR_MAX}; so lại với giấy tờ"),
                    en: format!("the year must lie between {YEAR_MIN} and {YEAR_MAX}: compare with the paper"),
                };
            }
            Self::NotWhole => words(
                "ở đây cần đủ ngày, tháng và năm",
                "day, month and year are all needed here",
            ),
        }
        .into()
    }
}
told_in_english!(DateError);

impl DateError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form => "date_form",
            Self::NoSuchDay => "date_no_such_day",
            Self::Year => "date_year",
            Self::NotWhole => "date_not_whole",
        }
    }
}

/// A whole day, counted from 1 January 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The day `days` days after 1 January 1970 (before, if negative).
    pub fn from_days(days: i32) -> Result<Self, DateError> {
        let date = Self(days);
        let year = date.civil().ok_or(DateError::Year)?.year();
        let known = u16::try_from(year).is_ok_and(|year| (YEAR_MIN..=YEAR_MAX).contains(&year));
        if known {
            Ok(date)
        } else {
            Err(DateError::Year)
        }
    }
    /// The day of the calendar.
    pub fn from_ymd(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return Err(DateError::Year);
        }
        let none = |_| DateError::NoSuchDay;
        let year = i16::try_from(year).map_err(|_| DateError::Year)?;
        let month = i8::try_from(month).map_err(none)?;
        let day = i8::try_from(day).map_err(none)?;
        let date = civil::Date::new(year, month, day).map_err(|_| DateError::NoSuchDay)?;
        Self::from_civil(date)
    }
    /// The same day as a calendar date of `jiff`.
    pub fn from_civil(date: civil::Date) -> Result<Self, DateError> {
        let hours = date.duration_since(civil::Date::ZERO).as_hours();
        let since_zero = i32::try_from(hours / 24).map_err(|_| DateError::Year)?;
        Self::from_days(since_zero - DAYS_BEFORE_1970)
    }
    /// The local day in Viet Nam (UTC+7, no summer time) at a moment given in seconds since 1970.
    /// A moment outside the years that a date has gives the first day of 1970.
    pub fn in_viet_nam(at_s: i64) -> Self {
        let days = at_s.saturating_add(7 * 3600).div_euclid(86_400);
        let day = i32::try_from(days)
            .ok()
            .and_then(|days| Self::from_days(days).ok());
        day.unwrap_or(Self(0))
    }
    /// When the day begins in Viet Nam, seconds since 1970.
    pub fn begins_s(self) -> i64 {
        i64::from(self.0) * 86_400 - 7 * 3600
    }
    /// Days since 1 January 1970.
    pub const fn days(self) -> i32 {
        self.0
    }
    /// Year, month and day.
    pub fn ymd(self) -> (u16, u8, u8) {
        let date = self.civil().unwrap_or_default();
        (
            date.year().unsigned_abs(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    }
    /// The year.
    pub fn year(self) -> u16 {
        self.ymd().0
    }
    /// The day `days` days later (earlier, if negative); `None` past the years that a date has.
    pub fn add_days(self, days: i32) -> Option<Self> {
        Self::from_days(self.0.checked_add(days)?).ok()
    }
    /// The same day `months` months later, or the last day of that month if it has no such day;
    /// `None` past the years that a date has.
    pub fn add_months(self, months: u8) -> Option<Self> {
        let later = self
            .civil()?
            .checked_add(jiff::Span::new().months(i32::from(months)))
            .ok()?;
        Self::from_civil(later).ok()
    }
    /// Days from `earlier` to this day; negative if `earlier` is later.
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }
    /// The day as a calendar date of `jiff`.
    pub fn to_civil(self) -> civil::Date {
        self.civil().unwrap_or_default()
    }
    fn civil(self) -> Option<civil::Date> {
        civil::Date::constant(1970, 1, 1)
            .checked_add(jiff::Span::new().try_days(self.0).ok()?)
            .ok()
    }
}

/// Days from 1 January of year 0 to 1 January 1970.
const DAYS_BEFORE_1970: i32 = 719_528;

impl fmt::Display for Date {
    /// `DD/MM/YYYY`, as every paper of the country has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{day:02}/{month:02}/{year:04}")
    }
}
impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "Date({year:04}-{month:02}-{day:02})")
    }
}
impl FromStr for Date {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        text.parse::<PartialDate>()?
            .whole()
            .ok_or(DateError::NotWhole)
    }
}
impl Serialize for Date {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            let (year, month, day) = self.ymd();
            s.collect_str(&format_args!("{year:04}-{month:02}-{day:02}"))
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let date = if d.is_human_readable() {
            String::deserialize(d)?.parse()
        } else {
            Self::from_days(i32::deserialize(d)?)
        };
        date.map_err(unread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_calendar_agree() {
        for (text, days, shown) in [
            ("1970-01-01", 0, "01/01/1970"),
            ("2025-07-01", 20_270, "01/07/2025"),
            ("1969-12-31", -1, "31/12/1969"),
            ("2000-02-29", 11_016, "29/02/2000"),
            ("1800-01-01", -62_091, "01/01/1800"),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!((date.days(), date.to_string().as_str()), (days, shown));
            let (y, m, d) = date.ymd();
            assert_eq!(Date::from_ymd(y, m, d).unwrap(), date);
            assert_eq!(serde_json::to_string(&date).unwrap(), format!("\"{text}\""));
            let wire = postcard::to_stdvec(&date).unwrap();
            assert_eq!(postcard::from_bytes::<Date>(&wire).unwrap(), date);
        }
    }

    #[test]
    fn what_is_no_whole_day_is_refused() {
        for (text, code) in [
            ("30/02/1950", "date_no_such_day"),
            ("29/02/1900", "date_no_such_day"),
            ("1990-13-01", "date_no_such_day"),
            ("1990", "date_not_whole"),
            ("01/01/1799", "date_year"),
            ("yesterday", "date_form"),
        ] {
            assert_eq!(text.parse::<Date>().unwrap_err().code(), code, "{text}");
        }
        assert!(Date::from_days(i32::MAX).is_err());
        for (from, months, to) in [
            ("2026-08-31", 6, Some("28/02/2027")),
            ("2026-11-21", 6, Some("21/05/2027")),
            ("2399-11-21", 6, None),
        ] {
            let later = from.parse::<Date>().unwrap().add_months(months);
            assert_eq!(later.map(|date| date.to_string()).as_deref(), to, "{from}");
        }
        let last = Date::from_ymd(YEAR_MAX, 12, 31).unwrap();
        assert_eq!(last.add_days(1), None);
        assert_eq!(last.add_days(-366).map(Date::year), Some(YEAR_MAX - 1));
    }
}
