//! The table of lines, `link_profiles.csv`, and how long a frame takes on one of them.

use crate::dice::Dice;

const TABLE: &str = include_str!("../../../registry/data/link_profiles.csv");

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    /// Its name in the table.
    pub(crate) name: String,
    /// Kilobits a second, centre to office and office to centre.
    pub(crate) down_kbps: u64,
    /// Office to centre.
    pub(crate) up_kbps: u64,
    /// There and back, milliseconds.
    pub(crate) rtt_ms: u64,
    /// How much that varies, milliseconds.
    pub(crate) jitter_ms: u64,
    /// Packets lost, of 10,000.
    pub(crate) loss: u64,
    /// Bytes of a packet.
    pub(crate) mtu: u64,
}

/// All profiles, in the order of the table. Lines of it that cannot be read are left out.
pub(crate) fn profiles() -> Vec<Profile> {
    TABLE.lines().skip(1).filter_map(read).collect()
}

/// The names of the profiles.
pub fn profile_names() -> Vec<String> {
    let names = profiles().into_iter().map(|profile| profile.name);
    names.collect()
}

/// The profile with this name.
pub(crate) fn profile(name: &str) -> Option<Profile> {
    profiles().into_iter().find(|profile| profile.name == name)
}

fn read(line: &str) -> Option<Profile> {
    let mut cells = line.split(',');
    let name = cells.next()?.to_owned();
    let mut number = || cells.next()?.parse::<f64>().ok();
    let (down, up, rtt, jitter, loss, mtu) = (
        number()?,
        number()?,
        number()?,
        number()?,
        number()?,
        number()?,
    );
    Some(Profile {
        name,
        down_kbps: down as u64,
        up_kbps: up as u64,
        rtt_ms: rtt as u64,
        jitter_ms: jitter as u64,
        loss: (loss * 100.0) as u64,
        mtu: mtu as u64,
    })
}

impl Profile {
    /// How long the line is busy with so many bytes.
    pub(crate) fn busy_ms(&self, up: bool, bytes: usize) -> u64 {
        let kbps = if up { self.up_kbps } else { self.down_kbps };
        (bytes as u64 * 8).div_ceil(kbps.max(1))
    }

    /// How long a frame is under way: lost packets are sent again by the transport beneath.
    pub(crate) fn under_way_ms(&self, dice: &mut Dice, bytes: usize) -> u64 {
        let mut ms = self.rtt_ms / 2 + dice.between(0, self.jitter_ms);
        let packets = (bytes as u64).div_ceil(self.mtu.max(1)).min(64);
        for _ in 0..packets {
            while dice.below(10_000) < self.loss {
                ms += self.rtt_ms + dice.between(0, self.jitter_ms);
            }
        }
        ms.max(1)
    }
}
