//! What a link is like. The named profiles stand in `registry/data/link_profiles.csv`.

use std::time::Duration;

/// The table of named profiles.
const TABLE: &str = include_str!("../../../registry/data/link_profiles.csv");
/// Columns of the table that are read; a note follows.
const COLUMNS: usize = 8;

/// How packets get lost by themselves, in each direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Which share of all packets, 0 to 1.
    pub share: f64,
    /// How many in a row on average. One is loss at random; more is the model of Gilbert and
    /// Elliott, a good state that loses nothing and a bad one that loses everything.
    pub burst: f64,
}

/// The access link of one host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Speed towards the host, kbit/s; 0 is unlimited.
    pub down_kbps: u32,
    /// Speed from the host, kbit/s; 0 is unlimited.
    pub up_kbps: u32,
    /// Time to the core and back, without queues.
    pub rtt: Duration,
    /// By how much a round trip may be shorter or longer.
    pub jitter: Duration,
    /// What gets lost.
    pub loss: Loss,
    /// The longest IP packet; longer ones vanish without a word.
    pub mtu: u16,
    /// How long a packet may wait for the link before new ones are dropped.
    pub queue: Duration,
    /// Which share of packets is held up, so that later ones overtake them.
    pub reordered: f64,
    /// Which share of packets comes twice.
    pub duplicated: f64,
}

/// A profile that is not in the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no readable link profile `{0}` in registry/data/link_profiles.csv")]
pub struct NoProfile(String);

impl Profile {
    /// No limits, no delay, no faults, Ethernet's packets.
    pub const fn unshaped() -> Self {
        Self {
            down_kbps: 0,
            up_kbps: 0,
            rtt: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: Loss {
                share: 0.0,
                burst: 1.0,
            },
            mtu: 1500,
            queue: Duration::from_millis(100),
            reordered: 0.0,
            duplicated: 0.0,
        }
    }

    /// A line of this speed both ways and this round trip, with a queue as long as the round trip
    /// and no faults.
    pub fn line(kbps: u32, rtt: Duration) -> Self {
        Self {
            down_kbps: kbps,
            up_kbps: kbps,
            rtt,
            queue: rtt.max(Self::unshaped().queue),
            ..Self::unshaped()
        }
    }

    /// A profile of the table, by its name.
    pub fn named(name: &str) -> Result<Self, NoProfile> {
        Self::all()
            .find(|(found, _)| *found == name)
            .and_then(|(_, profile)| profile)
            .ok_or_else(|| NoProfile(name.to_owned()))
    }

    /// The names in the table.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(|(name, _)| name)
    }

    fn all() -> impl Iterator<Item = (&'static str, Option<Self>)> {
        TABLE.lines().skip(1).filter_map(|line| {
            let mut cells = line.splitn(COLUMNS, ',');
            let name = cells.next()?;
            Some((name, Self::read(cells)))
        })
    }

    fn read(mut cells: impl Iterator<Item = &'static str>) -> Option<Self> {
        let mut whole = || cells.next()?.parse::<u32>().ok();
        let (down_kbps, up_kbps) = (whole()?, whole()?);
        let (rtt_ms, jitter_ms) = (whole()?, whole()?);
        let percent: f64 = cells.next()?.parse().ok()?;
        let mtu = cells.next()?.parse().ok()?;
        let rtt = Duration::from_millis(u64::from(rtt_ms));
        Some(Self {
            down_kbps,
            up_kbps,
            jitter: Duration::from_millis(u64::from(jitter_ms)),
            mtu,
            ..Self::line(0, rtt).losing(percent)
        })
    }

    /// The same, losing this many per cent.
    #[must_use]
    pub fn losing(mut self, percent: f64) -> Self {
        self.loss.share = percent / 100.0;
        self
    }

    /// The same, losing this many packets in a row on average.
    #[must_use]
    pub fn in_bursts_of(mut self, packets: f64) -> Self {
        self.loss.burst = packets.max(1.0);
        self
    }

    /// The same, with another longest packet.
    #[must_use]
    pub fn with_mtu(mut self, mtu: u16) -> Self {
        self.mtu = mtu;
        self
    }

    /// The same, holding up this many per cent of the packets and doubling that many.
    #[must_use]
    pub fn shuffling(mut self, reordered_percent: f64, duplicated_percent: f64) -> Self {
        self.reordered = reordered_percent / 100.0;
        self.duplicated = duplicated_percent / 100.0;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_of_the_table_is_read() {
        let names: Vec<_> = Profile::names().collect();
        assert!(names.len() >= 8, "{names:?}");
        for name in names {
            let profile = Profile::named(name).unwrap();
            assert!(profile.down_kbps > 0 && profile.mtu >= 1280, "{profile:?}");
        }
        let cell = Profile::named("edge_cell").unwrap();
        assert_eq!((cell.down_kbps, cell.up_kbps), (500, 100));
        assert_eq!(cell.rtt, Duration::from_millis(375));
        assert_eq!(cell.jitter, Duration::from_millis(200));
        assert!((cell.loss.share - 0.08).abs() < 1e-9);
        assert_eq!(cell.mtu, 1400);
    }

    #[test]
    fn a_name_that_is_not_there_is_told() {
        let error = Profile::named("avian").unwrap_err();
        assert!(error.to_string().contains("avian"));
    }
}
