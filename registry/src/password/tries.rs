//! Wrong passwords, counted: after five the account waits a minute, then twice as long after each
//! further one, an hour at most. Nobody is locked out for ever.
//!
//! A try is counted before it is looked at, so that neither many at once nor a cut of the power
//! gives one for nothing.

use serde::{Deserialize, Serialize};

/// So many wrong ones cost no wait.
pub const FREE_TRIES: u32 = 5;
/// The first wait, seconds.
const WAIT_S_FIRST: u64 = 60;
/// The longest wait, seconds.
pub const WAIT_S_MAX: u64 = 3600;
/// After so long without a wrong one the count begins anew, seconds.
const FORGOTTEN_S: i64 = 86_400;

/// Wrong tries of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tries {
    wrong: u32,
    /// When the last was counted, seconds since 1970.
    last_s: i64,
}

impl Tries {
    /// How long nothing is tried, seconds; 0 if one may try.
    pub fn wait_s(&self, now_s: i64) -> u64 {
        let Some(beyond) = self.wrong.checked_sub(FREE_TRIES) else {
            return 0;
        };
        let whole = WAIT_S_FIRST
            .checked_shl(beyond.min(16))
            .unwrap_or(WAIT_S_MAX)
            .min(WAIT_S_MAX);
        // A clock that was set back makes nobody wait longer than the whole once more.
        let passed = now_s.saturating_sub(self.last_s).max(0);
        whole.saturating_sub(u64::try_from(passed).unwrap_or(0))
    }

    /// Whether the clock stands before the last try: then the wait has to be counted from now, or
    /// it would last until the clock is there again.
    pub const fn clock_fell_back(&self, now_s: i64) -> bool {
        now_s < self.last_s
    }

    /// The same, waiting from now on.
    #[must_use]
    pub const fn waiting_from(self, now_s: i64) -> Tries {
        Tries {
            last_s: now_s,
            ..self
        }
    }

    /// One more, counted as wrong until it is found right.
    #[must_use]
    pub fn and_one(self, now_s: i64) -> Tries {
        let forgotten = now_s.saturating_sub(self.last_s) >= FORGOTTEN_S;
        let before = if forgotten { 0 } else { self.wrong };
        Tries {
            wrong: before.saturating_add(1),
            last_s: now_s,
        }
    }

    /// How many.
    pub const fn wrong(&self) -> u32 {
        self.wrong
    }

    /// When the last was, seconds since 1970.
    pub const fn last_s(&self) -> i64 {
        self.last_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_795_230_000;

    fn after(wrong: u32) -> Tries {
        (0..wrong).fold(Tries::default(), |tries, _| tries.and_one(NOW_S))
    }

    #[test]
    fn the_wait_grows_from_a_minute_to_an_hour_and_no_further() {
        for (wrong, wait_s) in [
            (0, 0),
            (4, 0),
            (5, 60),
            (6, 120),
            (7, 240),
            (10, 1920),
            (11, 3600),
            (12, 3600),
            (200, 3600),
        ] {
            assert_eq!(after(wrong).wait_s(NOW_S), wait_s, "{wrong}");
        }
        assert_eq!(after(5).wait_s(NOW_S + 59), 1);
        assert_eq!(after(5).wait_s(NOW_S + 60), 0);
        assert_eq!(after(5).wait_s(i64::MAX), 0);
    }

    #[test]
    fn a_clock_that_falls_back_locks_nobody_out() {
        let years_back_s = NOW_S - 400_000_000;
        let tries = after(5);
        assert!(tries.clock_fell_back(years_back_s));
        assert_eq!(tries.wait_s(years_back_s), 60);
        let tries = tries.waiting_from(years_back_s);
        assert!(!tries.clock_fell_back(years_back_s));
        assert_eq!(tries.wait_s(years_back_s + 60), 0);
        assert_eq!(tries.wrong(), 5);
        assert_eq!(after(5).wait_s(i64::MIN), 60);
    }

    #[test]
    fn a_day_without_a_wrong_one_begins_anew() {
        assert_eq!(
            after(11).and_one(NOW_S + 86_399).wait_s(NOW_S + 86_399),
            3600
        );
        assert_eq!(after(11).and_one(NOW_S + 86_400).wrong(), 1);
    }
}
