//! Congestion controllers on a long line that loses packets; the figures of the whole table come
//! from the example `controllers`.

use std::time::Duration;

use simulated_network::Profile;
use sync_quic::Congestion;

use crate::transfer::{fill, fill_changing};

fn long() -> Profile {
    Profile::line(2000, Duration::from_millis(250)).losing(2.0)
}

#[test]
fn every_controller_carries_a_megabyte_over_a_long_line_that_loses() {
    for congestion in Congestion::ALL {
        let cost = fill(congestion, long(), 4, 1);
        println!(
            "{congestion:?}: {:.1} s, {} B down, {} B up",
            cost.time.as_secs_f64(),
            cost.bytes_down,
            cost.bytes_up
        );
        assert!(cost.bytes_down > 1_000_000 && cost.bytes_down < 3_000_000);
        // The line alone needs four seconds.
        assert!(cost.time > Duration::from_secs(4));
    }
}

#[test]
fn what_measures_the_line_takes_little_more_time_and_bytes_than_the_line_needs() {
    for seed in 0..3 {
        let cost = fill(Congestion::Measured, long(), 16, seed);
        assert!(
            cost.time < Duration::from_millis(16_000 * 5 / 4),
            "{:?}",
            cost.time
        );
        assert!(cost.bytes_down < 4_400_000, "{}", cost.bytes_down);
    }
}

#[test]
fn what_measures_the_line_uses_one_that_becomes_quicker_and_one_that_becomes_slower() {
    let line = Profile::line(2000, Duration::from_millis(100));
    for (kbps, bound) in [(8000, 10_000), (500, 64_000)] {
        let then = Profile::line(kbps, Duration::from_millis(100));
        let cost = fill_changing(Congestion::Measured, line, then, 16, 1);
        // Two seconds of the first line, then the second; alone the first would take 16 seconds.
        assert!(
            cost.time < Duration::from_millis(bound * 5 / 4),
            "{kbps}: {:?}",
            cost.time
        );
        assert!(cost.bytes_down < 5_000_000, "{kbps}: {}", cost.bytes_down);
    }
}
