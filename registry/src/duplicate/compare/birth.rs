//! How two dates of birth agree; what is not known of one of them says nothing against them.

use crate::date::PartialDate;
use crate::duplicate::name_form::is_one_slip;
use crate::duplicate::weight::Level;

/// Days between two entries of one birth.
const NEAR_DAYS: i32 = 3;
/// Years that somebody who does not know their age is off.
const YEARS_OFF: u16 = 2;

/// The share of strangers born on one day.
const SAME_DAY: f64 = 0.000_04;
/// The share of strangers who are told to be born on the first of January of one year: whoever does
/// not know the day is often given that one.
const SAME_NEW_YEAR: f64 = 0.001;

/// The share of strangers who agree on this date of birth.
pub(super) fn chance(date: Option<PartialDate>) -> f64 {
    let given_day = date.is_some_and(|date| date.month() == Some(1) && date.day() == Some(1));
    if given_day { SAME_NEW_YEAR } else { SAME_DAY }
}

pub(super) fn level(a: Option<PartialDate>, b: Option<PartialDate>) -> Option<Level> {
    let (a, b) = a.zip(b)?;
    Some(match (a.whole(), b.whole()) {
        (Some(_), Some(_)) => whole(a, b),
        _ => partial(a, b),
    })
}

fn whole(a: PartialDate, b: PartialDate) -> Level {
    let (year, month, day) = (
        a.year() == b.year(),
        a.month() == b.month(),
        a.day() == b.day(),
    );
    let swapped = a.day() == b.month() && a.month() == b.day();
    let apart = a.first_day().days().abs_diff(b.first_day().days());
    match (year, month, day) {
        (true, true, true) => Level::Same,
        (true, ..) if swapped => Level::Swapped,
        _ if apart <= NEAR_DAYS.unsigned_abs() => Level::Near,
        (true, true, false) => Level::Day,
        (true, false, true) => Level::Month,
        (false, true, true) if is_year_off(a.year(), b.year()) => Level::Year,
        (true, ..) => Level::SameYear,
        _ => Level::Differs,
    }
}

fn is_year_off(a: u16, b: u16) -> bool {
    let slip = is_one_slip(a.to_string().as_bytes(), b.to_string().as_bytes());
    a.abs_diff(b) <= YEARS_OFF || slip
}

fn partial(a: PartialDate, b: PartialDate) -> Level {
    if a.year() != b.year() {
        return Level::Differs;
    }
    match (a.month(), b.month()) {
        (Some(one), Some(two)) if one == two => Level::PartMonth,
        (Some(_), Some(_)) => Level::SameYear,
        _ => Level::PartYear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_agreeing_has_its_level() {
        for (a, b, expected) in [
            ("1980-05-12", "1980-05-12", Level::Same),
            ("1980-05-12", "1980-12-05", Level::Swapped),
            ("1980-05-30", "1980-06-02", Level::Near),
            ("1979-12-31", "1980-01-01", Level::Near),
            ("1980-05-12", "1980-05-22", Level::Day),
            ("1980-05-12", "1980-08-12", Level::Month),
            ("1980-05-12", "1982-05-12", Level::Year),
            ("1980-05-12", "1990-05-12", Level::Year),
            ("1980-05-12", "1993-05-12", Level::Differs),
            ("1980-05-12", "1980-07-30", Level::SameYear),
            ("1980-05-12", "1980", Level::PartYear),
            ("1980-05-12", "1980-05", Level::PartMonth),
            ("1980-05", "1980-06-01", Level::SameYear),
            ("1980", "1981-06-01", Level::Differs),
        ] {
            let date = |text: &str| Some(text.parse().unwrap());
            assert_eq!(level(date(a), date(b)), Some(expected), "{a} / {b}");
            assert_eq!(level(date(b), date(a)), Some(expected), "{b} / {a}");
        }
        assert_eq!(level(None, Some("1980".parse().unwrap())), None);
    }
}
