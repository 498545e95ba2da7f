//! First days of months of the lunar calendar of Viet Nam: the day, at UTC+7, of the new moon; the
//! month of the winter solstice is the eleventh, and of a year with thirteen months the first one
//! without a principal term is a leap month. New moons and the sun's longitude after J. Meeus,
//! *Astronomical Algorithms*, chapters 25 and 49, in the shortened series that are good to some
//! minutes; no month from 1900 to 2100 begins within that of midnight in another way.

use super::Date;

/// Day number (Julian) of 1 January 1970.
const UNIX_DAY: f64 = 2_440_588.0;
/// The new moon of 1 January 1900, from which new moons are counted, and the mean month, days.
const FIRST_NEW_MOON: f64 = 2_415_021.076_998_695;
const MONTH: f64 = 29.530_588_853;
/// Viet Nam lies this many days before Greenwich.
const ZONE: f64 = 7.0 / 24.0;

/// The day on which a month of the lunar year begins that begins in this year; months 1 to 10.
pub(super) fn month_begins(year: u16, month: u8) -> Option<Date> {
    let before = eleventh(year.checked_sub(1)?)?;
    let next = eleventh(year)?;
    let mut number = u32::from(month) + 1;
    let leap_year = day_of(next) - day_of(before) > 365.0;
    if leap_year && leap_month(before).is_some_and(|leap| number >= leap) {
        number += 1;
    }
    date_of(day_of(before + f64::from(number)))
}

/// The new moon, by its number, with which the month of the winter solstice begins.
fn eleventh(year: u16) -> Option<f64> {
    let last = UNIX_DAY + f64::from(Date::from_ymd(year, 12, 31).ok()?.days());
    let moon = ((last - FIRST_NEW_MOON) / MONTH).floor();
    // Past the solstice the sun stands in the last quarter of its way.
    let past = term(moon) >= 9;
    Some(if past { moon - 1.0 } else { moon })
}

/// Which month after the eleventh has no principal term: the sun stands in one twelfth of its way
/// when it begins and when the next begins.
fn leap_month(eleventh: f64) -> Option<u32> {
    (1..14).find(|after| {
        let moon = eleventh + f64::from(*after);
        term(moon) == term(moon + 1.0)
    })
}

/// The twelfth of the sun's way, 0 to 11, at the beginning of the day of a new moon.
fn term(moon: f64) -> u8 {
    let twelfth = (sun(day_of(moon) - 0.5 - ZONE) / 30.0).floor();
    (0..12)
        .find(|number| f64::from(*number) >= twelfth)
        .unwrap_or(11)
}

/// The day number of a new moon, as days are counted in Viet Nam.
fn day_of(moon: f64) -> f64 {
    (new_moon(moon) + 0.5 + ZONE).floor()
}

fn date_of(day: f64) -> Option<Date> {
    let days = day - UNIX_DAY;
    #[allow(clippy::cast_possible_truncation)] // days of some centuries
    let days = days as i32;
    Date::from_days(days).ok()
}

/// The moment of a new moon, in days.
fn new_moon(moon: f64) -> f64 {
    let t = moon / 1_236.85;
    let sin = |degrees: f64| degrees.to_radians().sin();
    let mean = 2_415_020.759_33
        + 29.530_588_68 * moon
        + 0.000_117_8 * t * t
        + 0.000_33 * sin(166.56 + 132.87 * t - 0.009_173 * t * t);
    let earth = 359.224_2 + 29.105_356_08 * moon - 0.000_033_3 * t * t;
    let moons = 306.025_3 + 385.816_918_06 * moon + 0.010_730_6 * t * t;
    let node = 21.296_4 + 390.670_506_46 * moon - 0.001_652_8 * t * t;
    let terms = [
        (0.173_4 - 0.000_393 * t, earth),
        (0.002_1, 2.0 * earth),
        (-0.406_8, moons),
        (0.016_1, 2.0 * moons),
        (-0.000_4, 3.0 * moons),
        (0.010_4, 2.0 * node),
        (-0.005_1, earth + moons),
        (-0.007_4, earth - moons),
        (0.000_4, 2.0 * node + earth),
        (-0.000_4, 2.0 * node - earth),
        (-0.000_6, 2.0 * node + moons),
        (0.001_0, 2.0 * node - moons),
        (0.000_5, 2.0 * moons + earth),
    ];
    let swings: f64 = terms.iter().map(|(size, angle)| size * sin(*angle)).sum();
    // The day of the ephemerides is some seconds from that of the clocks.
    let clocks = -0.000_278 + 0.000_265 * t + 0.000_262 * t * t;
    mean + swings - clocks
}

/// The longitude of the sun, degrees from 0 to 360.
fn sun(day: f64) -> f64 {
    let t = (day - 2_451_545.0) / 36_525.0;
    let sin = |degrees: f64| degrees.to_radians().sin();
    let earth = 357.529_10 + 35_999.050_30 * t - 0.000_155_9 * t * t;
    let centre = (1.914_600 - 0.004_817 * t) * sin(earth)
        + (0.019_993 - 0.000_101 * t) * sin(2.0 * earth)
        + 0.000_290 * sin(3.0 * earth);
    (280.466_45 + 36_000.769_83 * t + 0.000_303_2 * t * t + centre).rem_euclid(360.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Among them the years in which the calendar of China, at UTC+8, begins on another day: 1985,
    /// 2007, 2030.
    #[test]
    fn a_lunar_year_begins_when_the_calendars_of_viet_nam_say() {
        for day in [
            "1975-02-11",
            "1985-01-21",
            "2000-02-05",
            "2007-02-17",
            "2012-01-23",
            "2020-01-25",
            "2021-02-12",
            "2022-02-01",
            "2023-01-22",
            "2024-02-10",
            "2025-01-29",
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-02",
            "2031-01-23",
            "2032-02-11",
            "2033-01-31",
            "2034-02-19",
            "2035-02-08",
            "2036-01-28",
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(month_begins(day.year(), 1), Some(day));
        }
    }

    #[test]
    fn the_third_month_begins_nine_days_before_the_day_of_the_hung_kings() {
        for day in [
            "2020-04-02",
            "2021-04-21",
            "2022-04-10",
            "2023-04-29",
            "2024-04-18",
            "2025-04-07",
            "2026-04-26",
            "2027-04-16",
        ] {
            let day: Date = day.parse().unwrap();
            let third = month_begins(day.year(), 3).unwrap();
            assert_eq!(third.add_days(9), Some(day));
        }
    }
}
