//! When to dial again: decorrelated jitter, so that offices cut off together do not come back
//! together. Pure: the random number is passed in. It never gives up.

use std::time::Duration;

/// The waits between attempts to connect. Each is drawn between the shortest and three times the
/// one before, and is never longer than the longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    shortest: Duration,
    longest: Duration,
    last: Duration,
}

impl Default for Backoff {
    /// From one second to two minutes: a line that came back is used within two minutes.
    fn default() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(120))
    }
}

impl Backoff {
    /// Waits between `shortest` and `longest`; if they are the wrong way round, `shortest` holds.
    pub fn new(shortest: Duration, longest: Duration) -> Self {
        Self {
            shortest,
            longest: longest.max(shortest),
            last: shortest,
        }
    }

    /// How long to wait before the next attempt; `random` must be uniform over all values.
    pub fn next_wait(&mut self, random: u64) -> Duration {
        let highest = self.last.saturating_mul(3).min(self.longest);
        let span_ms = highest.saturating_sub(self.shortest).as_millis();
        let drawn_ms = span_ms.saturating_mul(u128::from(random)) >> 64;
        let drawn_ms = u64::try_from(drawn_ms).unwrap_or(u64::MAX);
        self.last = self
            .shortest
            .saturating_add(Duration::from_millis(drawn_ms));
        self.last
    }

    /// At least `asked`, which the peer named, plus the usual jitter.
    pub fn next_wait_after(&mut self, asked: Duration, random: u64) -> Duration {
        asked.saturating_add(self.next_wait(random))
    }

    /// The line held: the next failure starts from the shortest wait again.
    pub fn reset(&mut self) {
        self.last = self.shortest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_stay_there_for_ever() {
        let mut backoff = Backoff::default();
        let mut before = Duration::ZERO;
        for _ in 0..1000 {
            let wait = backoff.next_wait(u64::MAX);
            assert!(wait >= before);
            assert!(wait <= Duration::from_secs(120));
            before = wait;
        }
        assert!(before > Duration::from_secs(119));
        backoff.reset();
        assert!(backoff.next_wait(u64::MAX) <= Duration::from_secs(3));
    }

    #[test]
    fn the_smallest_draw_is_the_shortest_wait() {
        let mut backoff = Backoff::default();
        backoff.next_wait(u64::MAX);
        assert_eq!(backoff.next_wait(0), Duration::from_secs(1));
        assert_eq!(
            backoff.next_wait_after(Duration::from_secs(9), 0),
            Duration::from_secs(10)
        );
    }

    #[test]
    fn bounds_in_the_wrong_order_do_not_break_it() {
        let mut backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(1));
        assert_eq!(backoff.next_wait(u64::MAX), Duration::from_secs(5));
    }
}
