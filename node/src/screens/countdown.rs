//! How long until a deadline, in words, and how much it presses.

use registry::date::Date;

use super::shown::day;
use super::words::Words;

/// A deadline as a count-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountDown {
    /// The day itself.
    pub(super) day: String,
    /// How long until then.
    pub(super) words: String,
    /// The style of the pill: how much it presses.
    pub(super) level: &'static str,
}

impl CountDown {
    /// The count-down on a day.
    pub(super) fn on(today: Date, due: Date, words: &Words) -> CountDown {
        let left = due.days_since(today);
        let (key, level) = match left {
            ..0 => ("due-over", "red"),
            0 => ("due-today", "amber"),
            1 => ("due-left", "amber"),
            _ => ("due-left", "calm"),
        };
        CountDown {
            day: day(due),
            words: words.n(key, left.saturating_abs()),
            level,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::{Lang, words};
    use super::*;

    #[test]
    fn a_deadline_presses_more_the_nearer_it_is() {
        let today = Date::in_viet_nam(1_795_230_000);
        let level = |days| {
            let due = today.add_days(days).unwrap();
            CountDown::on(today, due, words(Lang::En)).level
        };
        let levels = [5, 2, 1, 0, -1].map(level);
        assert_eq!(levels, ["calm", "calm", "amber", "amber", "red"]);
        let over = today.add_days(-3).unwrap();
        let over = CountDown::on(today, over, words(Lang::Vi)).words;
        assert!(over.contains('3') && !over.contains('-'), "{over}");
    }
}
