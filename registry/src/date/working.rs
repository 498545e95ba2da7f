//! Working days: Monday to Friday without the public holidays (Labour Code 45/2019, Art. 112).
//!
//! Tết has five days, of which the Prime Minister says each year how many lie before the first; here
//! it is the last of the old year and four of the new. The second day of the National Day, the day
//! before or after, and days that the Government swaps are set anew each year and are not here: a
//! day counted over one of them comes out too early, never too late.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use jiff::civil::Weekday;

use super::Date;
use super::lunar::month_begins;

/// Day and month of the holidays of a fixed date.
const FIXED: [(u8, u8); 4] = [(1, 1), (30, 4), (1, 5), (2, 9)];
/// Years whose holidays are known here.
const YEARS: RangeInclusive<u16> = 2000..=2100;

/// All holidays of those years, with the days off in lieu.
static HOLIDAYS: LazyLock<BTreeSet<Date>> = LazyLock::new(|| {
    let days: BTreeSet<Date> = YEARS.flat_map(of_year).collect();
    let mut off = days.clone();
    // One that falls on a week end is made up for on the next day of work (Art. 111).
    for day in days.iter().filter(|day| day.is_week_end()) {
        let mut after = (1..14).filter_map(|count| day.add_days(count));
        off.extend(after.find(|day| !day.is_week_end() && !off.contains(day)));
    }
    off
});

/// The holidays of a year: fixed dates, Tết, and the Hùng Kings' day (10th of the third month).
fn of_year(year: u16) -> Vec<Date> {
    let fixed = FIXED
        .iter()
        .map(|(day, month)| Date::from_ymd(year, *month, *day).ok());
    let first = month_begins(year, 1);
    let tet = (-1..4).map(|day| first.and_then(|first| first.add_days(day)));
    let kings = month_begins(year, 3).and_then(|third| third.add_days(9));
    fixed.chain(tet).chain([kings]).flatten().collect()
}

impl Date {
    fn is_week_end(self) -> bool {
        matches!(
            self.to_civil().weekday(),
            Weekday::Saturday | Weekday::Sunday
        )
    }

    /// Whether offices work on this day.
    pub fn is_working_day(self) -> bool {
        !self.is_week_end() && !HOLIDAYS.contains(&self)
    }

    /// The `days`-th working day after this day; this day itself for 0. At the end of the years
    /// that a date has it stands still.
    pub fn add_working_days(self, days: u16) -> Date {
        let mut day = self;
        let mut left = days;
        while left > 0 {
            let Some(next) = day.add_days(1) else {
                return day;
            };
            day = next;
            if day.is_working_day() {
                left -= 1;
            }
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn week_ends_and_holidays_do_not_count() {
        for (from, days, to) in [
            ("2026-11-20", 0, "2026-11-20"),
            ("2026-11-20", 1, "2026-11-23"),
            ("2026-11-21", 1, "2026-11-23"),
            ("2026-11-18", 5, "2026-11-25"),
            ("2026-09-01", 1, "2026-09-03"),
            // Thursday 30 April and Friday 1 May, then the week end.
            ("2026-04-29", 1, "2026-05-04"),
            ("2025-12-31", 2, "2026-01-05"),
            // Tết of 2026 from Monday 16 to Friday 20 February.
            ("2026-02-13", 1, "2026-02-23"),
            // Tết of 2027 from Friday 5 to Tuesday 9 February: two days fall on a week end.
            ("2027-02-04", 1, "2027-02-12"),
            // The Hùng Kings' day falls on Sunday 26 April 2026.
            ("2026-04-24", 1, "2026-04-28"),
        ] {
            assert_eq!(date(from).add_working_days(days), date(to), "{from} {days}");
        }
    }

    #[test]
    fn the_last_day_of_all_is_the_end() {
        let last = date("2399-12-31");
        assert_eq!(last.add_working_days(3), last);
        assert!(!date("2026-11-22").is_working_day());
        assert!(date("2026-11-24").is_working_day());
    }
}
