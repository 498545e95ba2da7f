//! Congestion controllers on a long line that loses packets; the figures of the whole table come
//! from the example `controllers`.

use std::time::Duration;

use simulated_network::Profile;
use sync_quic::Congestion;

use crate::transfer::fill;

#[test]
fn every_controller_carries_a_megabyte_over_a_long_line_that_loses() {
    let line = Profile::line(2000, Duration::from_millis(250)).losing(2.0);
    for congestion in [Congestion::Cubic, Congestion::NewReno, Congestion::Bbr] {
        let cost = fill(congestion, line, 4, 1);
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
