//! One direction of a link: what becomes of a packet that enters it at some moment.
//!
//! Moments are nanoseconds since the network began.

use std::time::Duration;

use crate::chance::Chance;
use crate::profile::Profile;
use crate::trace::Fate;

/// However slow a link is, so many full packets may wait for it.
const QUEUE_PACKETS_MIN: u64 = 16;
/// How much later than the first the second of two equal packets comes.
const DUPLICATE_AFTER: u64 = 1_000_000;
/// After this much silence a link is no longer in the state in which it was.
const STATE_FORGOTTEN: u64 = 100_000_000;
/// By how much at least a packet is held up that shall be overtaken.
const HELD_UP_MIN: u64 = 5_000_000;

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It does not arrive.
    Lost(Fate),
    /// It does.
    Arrives {
        /// When, nanoseconds since the beginning.
        at: u64,
        /// When a second time, if it is doubled.
        again: Option<u64>,
    },
}

/// A one-way link with its queue and its state.
#[derive(Debug)]
pub struct Pipe {
    kbps: u32,
    profile: Profile,
    chance: Chance,
    /// Whether anything gets through.
    pub open: bool,
    free_at: u64,
    last_arrival: u64,
    in_burst: bool,
    last_entry: u64,
}

pub(crate) fn ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Pipe {
    /// An open pipe of this speed; the rest of its qualities are those of the profile.
    pub fn new(kbps: u32, profile: Profile, chance: Chance) -> Self {
        Self {
            kbps,
            profile,
            chance,
            open: true,
            free_at: 0,
            last_arrival: 0,
            in_burst: false,
            last_entry: 0,
        }
    }

    /// Goes on with other qualities; what is under way stays.
    pub fn reshape(&mut self, kbps: u32, profile: Profile) {
        self.kbps = kbps;
        self.profile = profile;
    }

    /// How long a packet of this length occupies the link.
    fn occupies(&self, bytes: u64) -> u64 {
        // A bit at one kbit/s takes a million nanoseconds.
        let bits = bytes.saturating_mul(8);
        bits.saturating_mul(1_000_000)
            .checked_div(u64::from(self.kbps))
            .unwrap_or(0)
    }

    /// Sends an IP packet of this length into the link.
    pub fn pass(&mut self, now: u64, bytes: u64) -> Passage {
        if !self.open {
            return Passage::Lost(Fate::Cut);
        }
        if bytes > u64::from(self.profile.mtu) {
            return Passage::Lost(Fate::TooLong);
        }
        let begins = now.max(self.free_at);
        let full = self.occupies(u64::from(self.profile.mtu));
        let patience = ns(self.profile.queue).max(full.saturating_mul(QUEUE_PACKETS_MIN));
        if begins - now > patience {
            return Passage::Lost(Fate::QueueFull);
        }
        self.free_at = begins.saturating_add(self.occupies(bytes));
        if self.is_lost(now) {
            return Passage::Lost(Fate::Noise);
        }
        let sent = self.free_at.saturating_add(self.delay());
        let at = if self.chance.happens(self.profile.reordered) {
            sent.saturating_add(HELD_UP_MIN.max(ns(self.profile.rtt) / 2))
        } else {
            self.last_arrival = self.last_arrival.max(sent);
            self.last_arrival
        };
        let twice = self.chance.happens(self.profile.duplicated);
        let again = twice.then(|| at.saturating_add(DUPLICATE_AFTER));
        Passage::Arrives { at, again }
    }

    /// The way itself: half of the round trip, give or take half of the jitter.
    fn delay(&mut self) -> u64 {
        let half = self.profile.rtt / 2;
        if self.profile.jitter.is_zero() {
            return ns(half);
        }
        let swing = self.profile.jitter.mul_f64(self.chance.share());
        ns((half + swing).saturating_sub(self.profile.jitter / 2))
    }

    /// A step of the model of Gilbert and Elliott. Sparse packets are each on their own: the model
    /// counts packets, and would make two probes a minute meet the same bad state for minutes.
    fn is_lost(&mut self, now: u64) -> bool {
        let silence = now - self.last_entry.min(now);
        self.last_entry = now;
        let loss = self.profile.loss;
        if loss.share <= 0.0 {
            return false;
        }
        if loss.burst <= 1.0 {
            return self.chance.happens(loss.share);
        }
        let ends = 1.0 / loss.burst;
        let begins = ends * loss.share / (1.0 - loss.share).max(f64::EPSILON);
        self.in_burst = if silence > STATE_FORGOTTEN {
            self.chance.happens(loss.share)
        } else if self.in_burst {
            !self.chance.happens(ends)
        } else {
            self.chance.happens(begins)
        };
        self.in_burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipe(profile: Profile) -> Pipe {
        Pipe::new(profile.down_kbps, profile, Chance::new(1, 1))
    }

    fn arrival(passage: Passage) -> u64 {
        match passage {
            Passage::Arrives { at, .. } => at,
            Passage::Lost(fate) => panic!("lost: {fate:?}"),
        }
    }

    #[test]
    fn speed_and_delay_add_up_and_a_full_queue_drops() {
        // 1250 bytes at 1 Mbit/s take 10 ms.
        let mut pipe = pipe(Profile::line(1000, Duration::from_millis(100)));
        assert_eq!(arrival(pipe.pass(0, 1250)), 60_000_000);
        assert_eq!(arrival(pipe.pass(0, 1250)), 70_000_000);
        let passed = (0..100).filter(|_| matches!(pipe.pass(0, 1250), Passage::Arrives { .. }));
        // 16 full packets of 12 ms are what may wait.
        assert_eq!(passed.count(), 18);
        assert_eq!(pipe.pass(0, 1250), Passage::Lost(Fate::QueueFull));
        assert!(matches!(
            pipe.pass(200_000_000, 1250),
            Passage::Arrives { .. }
        ));
    }

    #[test]
    fn what_is_too_long_or_cut_off_vanishes() {
        let mut pipe = pipe(Profile::unshaped().with_mtu(1280));
        assert_eq!(pipe.pass(0, 1281), Passage::Lost(Fate::TooLong));
        assert_eq!(arrival(pipe.pass(0, 1280)), 0);
        pipe.open = false;
        assert_eq!(pipe.pass(0, 100), Passage::Lost(Fate::Cut));
    }

    #[test]
    fn losses_have_the_share_and_the_length_that_was_asked_for() {
        for (percent, burst) in [(2.0, 1.0), (10.0, 4.0)] {
            let mut pipe = pipe(Profile::unshaped().losing(percent).in_bursts_of(burst));
            let lost: Vec<bool> = (0..100_000)
                .map(|now| pipe.pass(now, 100) == Passage::Lost(Fate::Noise))
                .collect();
            let count = |lost: usize| f64::from(u32::try_from(lost).unwrap());
            let total = lost.iter().filter(|lost| **lost).count();
            let share = count(total) / 1000.0;
            assert!((share - percent).abs() < percent / 5.0, "{share}");
            let runs = lost.windows(2).filter(|two| !two[0] && two[1]).count();
            let length = count(total) / count(runs);
            assert!((length - burst).abs() < 0.3, "{length}");
        }
    }

    #[test]
    fn packets_keep_their_order_unless_they_are_shuffled() {
        let jittery = Profile {
            jitter: Duration::from_millis(40),
            ..Profile::line(0, Duration::from_millis(80))
        };
        for (shuffled, percent) in [(false, 0.0), (true, 10.0)] {
            let mut pipe = pipe(jittery.shuffling(percent, percent));
            let mut twice = 0;
            let arrivals: Vec<u64> = (0..1000)
                .map(|number| match pipe.pass(number * 1_000_000, 100) {
                    Passage::Arrives { at, again } => {
                        twice += usize::from(again.is_some());
                        at
                    }
                    Passage::Lost(fate) => panic!("lost: {fate:?}"),
                })
                .collect();
            assert_eq!(!arrivals.is_sorted(), shuffled);
            assert_eq!(twice > 0, shuffled);
        }
    }
}
