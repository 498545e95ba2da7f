//! Many timings of one thing, and where they lie.

use std::time::Duration;

/// Timings, sorted.
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    /// The spread of these.
    pub(crate) fn of(mut timings: Vec<Duration>) -> Spread {
        timings.sort_unstable();
        Spread(timings)
    }

    /// The timing that `per_mille` of them do not exceed, milliseconds.
    pub(crate) fn at(&self, per_mille: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let place = (last * per_mille).div_ceil(1000).min(last);
        self.0
            .get(place)
            .map_or(0.0, |timing| timing.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_end_are_where_they_should_be() {
        let spread = Spread::of((0..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(
            (spread.at(500), spread.at(990), spread.at(1000)),
            (50.0, 99.0, 100.0)
        );
        assert_eq!(Spread::of(Vec::new()).at(500), 0.0);
    }
}
