//! What passed: packets and bytes each way, and how often the direction changed.

use simulated_network::Fate;

/// One direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Packets that entered the line.
    pub packets: u64,
    /// Their bytes with the headers of IP and UDP.
    pub bytes: u64,
    /// Packets lost by noise.
    pub noise: u64,
    /// Packets for which the queue was too long.
    pub full: u64,
    /// Packets that were longer than the line takes.
    pub too_long: u64,
    /// Packets that came while the line was not there.
    pub cut: u64,
}

impl Traffic {
    pub(crate) fn enter(&mut self, bytes: u64) {
        self.packets += 1;
        self.bytes += bytes;
    }

    pub(crate) fn lose(&mut self, fate: Fate) {
        *match fate {
            Fate::QueueFull => &mut self.full,
            Fate::TooLong => &mut self.too_long,
            Fate::Cut => &mut self.cut,
            Fate::Noise | Fate::Delivered | Fate::NoRoute => &mut self.noise,
        } += 1;
    }

    /// Packets that the line itself lost while it was there.
    pub const fn lost_though_up(&self) -> u64 {
        self.lost() - self.cut
    }

    /// Packets that did not arrive.
    pub const fn lost(&self) -> u64 {
        self.noise + self.full + self.too_long + self.cut
    }

    fn since(self, before: Self) -> Self {
        Self {
            packets: self.packets - before.packets,
            bytes: self.bytes - before.bytes,
            noise: self.noise - before.noise,
            full: self.full - before.full,
            too_long: self.too_long - before.too_long,
            cut: self.cut - before.cut,
        }
    }
}

/// Both directions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// From the office.
    pub up: Traffic,
    /// Towards it.
    pub down: Traffic,
    /// How often a packet that arrived went the other way than the one before; acknowledgements
    /// count too, so there are more of them than questions and answers.
    pub turns: u64,
    /// How often the NAT forgot a port through which the office was just speaking.
    pub rebinds: u64,
}

impl Counts {
    /// What passed since an earlier look.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            up: self.up.since(before.up),
            down: self.down.since(before.down),
            turns: self.turns - before.turns,
            rebinds: self.rebinds - before.rebinds,
        }
    }
}
