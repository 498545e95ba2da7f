//! Working days: Monday to Friday without the public holidays of a fixed date.
//!
//! Holidays of the lunar calendar (Tết, the Hùng Kings' day), the second day of the National Day
//! and days that the Government swaps are set anew each year and are not here. A day counted over
//! one of them comes out too early, never too late.

use jiff::civil::Weekday;

use super::Date;

/// Day and month of the holidays of a fixed date (Labour Code 45/2019, Art. 112).
const HOLIDAYS: [(u8, u8); 4] = [(1, 1), (30, 4), (1, 5), (2, 9)];

impl Date {
    /// Whether offices work on this day.
    pub fn is_working_day(self) -> bool {
        let (_, month, day) = self.ymd();
        let weekday = self.to_civil().weekday();
        !matches!(weekday, Weekday::Saturday | Weekday::Sunday) && !HOLIDAYS.contains(&(day, month))
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
    fn week_ends_and_fixed_holidays_do_not_count() {
        for (from, days, to) in [
            ("2026-11-20", 0, "2026-11-20"),
            ("2026-11-20", 1, "2026-11-23"),
            ("2026-11-21", 1, "2026-11-23"),
            ("2026-11-18", 5, "2026-11-25"),
            ("2026-09-01", 1, "2026-09-03"),
            // Thursday 30 April and Friday 1 May, then the week end.
            ("2026-04-29", 1, "2026-05-04"),
            ("2025-12-31", 2, "2026-01-05"),
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
