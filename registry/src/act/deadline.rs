//! Deadlines as the law states them: by when something is to be filed, and by when its result is
//! due. Data, because laws change; which procedure has which is in the table of [`super::kind`].

use crate::date::{Date, PartialDate};

/// How the days of a term are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayCount {
    /// Every day.
    Calendar,
    /// Days on which offices work ([`Date::is_working_day`]).
    Working,
}

/// So many days, by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Days; 0 is the same day.
    pub days: u16,
    /// Which days count.
    pub count: DayCount,
    /// The rule.
    pub source: &'static str,
}

impl Term {
    /// The last day of the term that begins on this day.
    pub fn last_day(&self, from: Date) -> Date {
        match self.count {
            DayCount::Working => from.add_working_days(self.days),
            DayCount::Calendar => from.add_days(i32::from(self.days)).unwrap_or(from),
        }
    }
}

/// What the law says of the time that a procedure takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// From a complete dossier to the result.
    pub result: Term,
    /// The same where the office has to check something elsewhere first, where the law gives more
    /// time for that. Whether it has to is told by the act
    /// ([`needs_checks`](super::ActBody::needs_checks)).
    pub checked: Option<Term>,
    /// From the event to its filing, where the law bounds that.
    pub filing: Option<Term>,
}

/// Hour of the day until which a dossier of a same-day procedure gets its result that day (Civil
/// Status Law 60/2014, Art. 5).
const SAME_DAY_UNTIL_HOUR: i64 = 15;

impl Deadline {
    /// A result within so many working days.
    pub const fn working(days: u16, source: &'static str) -> Deadline {
        Deadline {
            result: Term {
                days,
                count: DayCount::Working,
                source,
            },
            checked: None,
            filing: None,
        }
    }

    /// The same, and within so many working days where something has to be checked elsewhere.
    pub const fn with_checks(self, days: u16, source: &'static str) -> Deadline {
        Deadline {
            checked: Some(Term {
                days,
                count: DayCount::Working,
                source,
            }),
            ..self
        }
    }

    /// The same, to be filed within so many calendar days of the event.
    pub const fn filed_within(self, days: u16, source: &'static str) -> Deadline {
        Deadline {
            filing: Some(Term {
                days,
                count: DayCount::Calendar,
                source,
            }),
            ..self
        }
    }

    /// The day on which the result of a dossier received at this moment (seconds since 1970) is
    /// due, with checks or without. What is to be done the same day and comes after three o'clock, or
    /// when offices do not work, is due on the next working day.
    pub fn due(&self, received_s: i64, checks: bool) -> Date {
        let day = Date::in_viet_nam(received_s);
        let term = self.checked.filter(|_| checks).unwrap_or(self.result);
        if term.days > 0 {
            return term.last_day(day);
        }
        let hour = received_s.saturating_add(7 * 3600).rem_euclid(86_400) / 3600;
        if day.is_working_day() && hour < SAME_DAY_UNTIL_HOUR {
            day
        } else {
            day.add_working_days(1)
        }
    }

    /// Whether an event is filed later than the law asks, counted from the last day on which it
    /// may have been.
    pub fn is_filed_late(&self, event: PartialDate, today: Date) -> bool {
        self.filing
            .is_some_and(|term| today > term.last_day(event.last_day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Seconds since 1970 of an hour of a day in Viet Nam.
    fn at(day: &str, hour: i64) -> i64 {
        i64::from(date(day).days()) * 86_400 + (hour - 7) * 3600
    }

    #[test]
    fn a_same_day_result_is_due_the_next_working_day_after_three_o_clock() {
        let same_day = Deadline::working(0, "a rule");
        for (received, due) in [
            (at("2026-11-20", 0), "2026-11-20"),
            (at("2026-11-20", 14), "2026-11-20"),
            (at("2026-11-20", 15), "2026-11-23"),
            (at("2026-11-21", 9), "2026-11-23"),
        ] {
            assert_eq!(same_day.due(received, false), date(due), "{received}");
            // A law that gives no time for checks gives none.
            assert_eq!(same_day.due(received, true), date(due), "{received}");
        }
        let three = Deadline::working(3, "a rule");
        assert_eq!(three.due(at("2026-11-20", 16), false), date("2026-11-25"));
    }

    #[test]
    fn checks_take_the_time_that_the_law_gives_for_them() {
        let deadline = Deadline::working(0, "a rule").with_checks(5, "a rule");
        for (received, at_once, checked) in [
            (at("2026-11-20", 9), "2026-11-20", "2026-11-27"),
            (at("2026-11-20", 16), "2026-11-23", "2026-11-27"),
        ] {
            assert_eq!(deadline.due(received, false), date(at_once), "{received}");
            assert_eq!(deadline.due(received, true), date(checked), "{received}");
        }
    }

    #[test]
    fn filing_is_late_only_when_it_surely_is() {
        let within = Deadline::working(0, "a rule").filed_within(15, "a rule");
        let today = date("2026-11-21");
        for (event, late) in [
            ("2026-11-06", false),
            ("2026-11-05", true),
            // The day is not known: it may have been the last of the month.
            ("2026-10", true),
            ("2026-11", false),
            ("2026", false),
        ] {
            assert_eq!(
                within.is_filed_late(event.parse().unwrap(), today),
                late,
                "{event}"
            );
        }
        let never = Deadline::working(0, "a rule");
        assert!(!never.is_filed_late("1990".parse().unwrap(), today));
    }
}
