//! What a line is like: a profile of the table and what its notes add, scaled so that a test of
//! some seconds meets it.

use std::time::Duration;

use simulated_network::Profile;

/// Packets in a row that a valley loses on average.
const BURST_PACKETS: f64 = 4.0;
/// Which share of packets is overtaken where the delay varies much, per cent.
const OVERTAKEN_PERCENT: f64 = 1.0;
/// From here on a varying delay reorders.
const MUCH_JITTER: Duration = Duration::from_millis(40);

/// A line that is there for a while and then not, again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outages {
    /// How long it is there.
    pub up: Duration,
    /// How long it is not.
    pub down: Duration,
}

/// What a line is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Speed, delay, faults.
    pub profile: Profile,
    /// When it is not there.
    pub outages: Option<Outages>,
    /// How often its NAT forgets the ports.
    pub rebinds: Option<Duration>,
    /// Whether UDP passes.
    pub udp: bool,
}

impl Quality {
    /// A line without limits and faults.
    pub const fn unshaped() -> Self {
        Self::of(Profile::unshaped())
    }

    /// A line of this profile that is always there.
    pub const fn of(profile: Profile) -> Self {
        Self {
            profile,
            outages: None,
            rebinds: None,
            udp: true,
        }
    }

    /// A line of the table with what its note says; minutes and hours become seconds.
    ///
    /// # Panics
    ///
    /// When the table has no such line.
    pub fn named(name: &str) -> Self {
        let mut profile = Profile::named(name).expect("a profile of the table");
        if profile.jitter >= MUCH_JITTER {
            profile = profile.shuffling(OVERTAKEN_PERCENT, 0.0);
        }
        let quality = Self::of(profile);
        let flapping = |up_ms, down_ms| {
            Some(Outages {
                up: Duration::from_millis(up_ms),
                down: Duration::from_millis(down_ms),
            })
        };
        match name {
            "4g_rural" => Self {
                rebinds: Some(Duration::from_secs(5)),
                ..quality
            },
            "edge_cell" => Self {
                profile: profile.in_bursts_of(BURST_PACKETS),
                outages: flapping(9_000, 6_000),
                ..quality
            },
            "leo" => Self {
                outages: flapping(5_000, 1_500),
                ..quality
            },
            "geo_vsat" => Self {
                outages: flapping(20_000, 6_000),
                ..quality
            },
            "mid_box" => Self {
                udp: false,
                ..quality
            },
            _ => quality,
        }
    }

    /// Whether the line is there so long after the beginning.
    pub(crate) fn is_up(&self, since: Duration) -> bool {
        let Some(Outages { up, down }) = self.outages else {
            return true;
        };
        let round = (up + down).as_nanos().max(1);
        since.as_nanos() % round < up.as_nanos()
    }

    /// By how much the line has to be ahead of its age for an outage to begin now.
    pub(crate) fn ahead_to_dark(&self, since: Duration) -> Duration {
        let Some(Outages { up, down }) = self.outages else {
            return Duration::ZERO;
        };
        let round = (up + down).as_nanos().max(1);
        let past = u64::try_from(since.as_nanos() % round).unwrap_or(u64::MAX);
        (up + down + up).saturating_sub(Duration::from_nanos(past))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_known_and_one_of_them_blocks_udp() {
        let blocked: Vec<_> = Profile::names()
            .filter(|name| !Quality::named(name).udp)
            .collect();
        assert_eq!(blocked, ["mid_box"]);
        assert!(Quality::named("edge_cell").profile.loss.burst > 1.0);
        assert!(Quality::named("4g_rural").rebinds.is_some());
    }

    #[test]
    fn outages_come_again_and_again() {
        let seconds = Duration::from_secs;
        let outages = Some(Outages {
            up: seconds(3),
            down: seconds(1),
        });
        let quality = Quality {
            outages,
            ..Quality::unshaped()
        };
        let there: Vec<bool> = (0..9).map(|at| quality.is_up(seconds(at))).collect();
        assert_eq!(
            there,
            [true, true, true, false, true, true, true, false, true]
        );
        assert!(Quality::unshaped().is_up(seconds(1_000_000)));
        for at in 0..9 {
            let ahead = quality.ahead_to_dark(seconds(at));
            let just_before = seconds(at) + ahead - Duration::from_nanos(1);
            assert!(quality.is_up(just_before), "{at}");
            assert!(!quality.is_up(seconds(at) + ahead), "{at}");
            assert!(quality.is_up(seconds(at + 1) + ahead), "{at}");
        }
        let none = Quality::unshaped().ahead_to_dark(seconds(5));
        assert_eq!(none, Duration::ZERO);
    }
}
