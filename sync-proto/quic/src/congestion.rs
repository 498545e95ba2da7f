//! How much a sender keeps on its way: a controller that takes a loss for what it is on a mobile
//! line, noise.
//!
//! It measures two things, how fast the line delivers (the most of the last rounds) and how long
//! it takes when nothing waits (the quickest round of the last half minute), and keeps their product on its
//! way and a little more: then the line is never empty and its queue nearly so. Every eighth round
//! it tries a quarter more, and gives it back in the next if nothing came of it. The endpoint
//! itself spreads the window over the round trip.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn::congestion::{Controller, ControllerFactory};
use quinn_proto::RttEstimator;

/// Packets of the first window, as of other controllers (RFC 9002, section 7.2).
const PACKETS_FIRST: u64 = 10;
/// The window is never smaller.
const PACKETS_MIN: u64 = 4;
/// What is on its way beyond the product: the receiver acknowledges some packets at once.
const PACKETS_MORE: u64 = 10;
/// Rounds over which the speed is the most that was seen.
const ROUNDS_OF_SPEED: usize = 10;
/// For how long the least delay holds.
const DELAY_HOLDS: Duration = Duration::from_secs(30);
/// After the start a round lasts at least so long: the speed of a shorter one is mostly noise.
const ROUND_LEAST: Duration = Duration::from_millis(200);
/// Rounds of a cycle of trying for more.
const CYCLE: u32 = 8;
/// The start ends when so many rounds in a row brought hardly more.
const ROUNDS_OF_START: u32 = 2;

/// Makes a [`Measured`] for each path.
#[derive(Debug, Default)]
pub(crate) struct MeasuredConfig;

impl ControllerFactory for MeasuredConfig {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        Box::new(Measured::new(now, u64::from(current_mtu)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The window doubles each round.
    Start { rounds_without_gain: u32 },
    /// The round of the cycle.
    Cruise { round: u32 },
}

const START: Phase = Phase::Start {
    rounds_without_gain: 0,
};

/// What a round said of the speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gain {
    Unknown,
    Same,
    Faster,
}

/// What was delivered in the round trip that is going on.
#[derive(Debug, Clone, Copy)]
struct Round {
    begun: Instant,
    /// The round ends when a packet after this one is acknowledged.
    ends_after: u64,
    acked_bytes: u64,
    /// The sum of the delays of its packets, and how many they were.
    delays: Duration,
    packets: u32,
    /// The application had not enough to fill the window.
    was_idle: bool,
}

/// The state for one path.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    mtu: u64,
    window: u64,
    phase: Phase,
    round: Round,
    last_sent: u64,
    /// Bytes a second of the last rounds that the line limited.
    speeds: VecDeque<u64>,
    /// The least delay, and when it was seen; and the least since then.
    delay: Option<(Duration, Instant)>,
    next_delay: Option<(Duration, Instant)>,
    /// Bytes of the acknowledgement that is being taken in.
    just_acked: u64,
}

impl Measured {
    fn new(now: Instant, mtu: u64) -> Self {
        Self {
            mtu,
            window: mtu.saturating_mul(PACKETS_FIRST),
            phase: START,
            round: Round {
                begun: now,
                ends_after: 0,
                acked_bytes: 0,
                delays: Duration::ZERO,
                packets: 0,
                was_idle: false,
            },
            last_sent: 0,
            speeds: VecDeque::new(),
            delay: None,
            next_delay: None,
            just_acked: 0,
        }
    }

    fn speed(&self) -> u64 {
        self.speeds.iter().copied().max().unwrap_or(0)
    }

    /// What the line holds when nothing waits, bytes.
    fn product(&self) -> u64 {
        let delay = self.delay.map_or(Duration::ZERO, |(delay, _)| delay);
        let product = u128::from(self.speed()).saturating_mul(delay.as_micros()) / 1_000_000;
        u64::try_from(product).unwrap_or(u64::MAX)
    }

    /// Takes in a round's delay. It is the mean of its packets, for on a line whose delay sways the
    /// quickest packet says too little of how much is on its way.
    fn note_delay(&mut self, delay: Duration, now: Instant) {
        let least = |old: Option<(Duration, Instant)>| match old {
            Some((least, at)) if least <= delay => Some((least, at)),
            _ => Some((delay, now)),
        };
        self.delay = least(self.delay);
        self.next_delay = least(self.next_delay);
        if let Some((_, at)) = self.delay
            && now.saturating_duration_since(at) > DELAY_HOLDS
        {
            self.delay = self.next_delay.take();
        }
    }

    /// A round trip is over: what it says of the speed.
    fn end_round(&mut self, now: Instant) -> Gain {
        let took = now.saturating_duration_since(self.round.begun);
        let nanos = took.as_nanos().max(1);
        let speed = u128::from(self.round.acked_bytes).saturating_mul(1_000_000_000) / nanos;
        let speed = u64::try_from(speed).unwrap_or(u64::MAX);
        let known = self.speed();
        let was_idle = self.round.was_idle;
        let was_small = self.round.acked_bytes < self.window / 2;
        if let Some(delay) = self.round.delays.checked_div(self.round.packets) {
            self.note_delay(delay, now);
        }
        self.round = Round {
            begun: now,
            ends_after: self.last_sent,
            acked_bytes: 0,
            delays: Duration::ZERO,
            packets: 0,
            was_idle: false,
        };
        // A round in which there was little to send says nothing. A sender that waits for the
        // receiver's windows counts as idle too, so it is the bytes and the speed that tell.
        if was_idle && (was_small || speed < known - known / 4) {
            return Gain::Unknown;
        }
        self.speeds.push_back(speed);
        if self.speeds.len() > ROUNDS_OF_SPEED {
            self.speeds.pop_front();
        }
        if speed > known.saturating_add(known / 8) {
            Gain::Faster
        } else {
            Gain::Same
        }
    }

    fn next_phase(&mut self, gain: Gain) {
        self.phase = match (self.phase, gain) {
            (phase, Gain::Unknown) => phase,
            (Phase::Start { .. }, Gain::Faster) => START,
            (
                Phase::Start {
                    rounds_without_gain,
                },
                Gain::Same,
            ) => {
                if rounds_without_gain + 1 < ROUNDS_OF_START {
                    Phase::Start {
                        rounds_without_gain: rounds_without_gain + 1,
                    }
                } else {
                    Phase::Cruise { round: 1 }
                }
            }
            // It tries again at once while there is more to be had; what a round sends, the next
            // one measures.
            (Phase::Cruise { round: 0 | 1 }, Gain::Faster) => Phase::Cruise { round: 0 },
            (Phase::Cruise { round }, _) => Phase::Cruise {
                round: (round + 1) % CYCLE,
            },
        };
    }

    fn resize(&mut self, acked_bytes: u64) {
        let least = self.mtu.saturating_mul(PACKETS_MIN);
        let more = self.mtu.saturating_mul(PACKETS_MORE);
        let product = self.product();
        self.window = match self.phase {
            // Twice what is known is room enough to find out that there is more.
            Phase::Start { .. } => {
                let room = product.saturating_mul(2).saturating_add(more);
                let grown = self.window.saturating_add(acked_bytes).min(room);
                grown.max(self.initial_window())
            }
            Phase::Cruise { round: 0 } => product.saturating_add(product / 4).saturating_add(more),
            Phase::Cruise { round: 1 } => (product - product / 4).saturating_add(more / 2),
            Phase::Cruise { .. } => product.saturating_add(more),
        }
        .max(least);
    }
}

impl Controller for Measured {
    fn on_sent(&mut self, now: Instant, _bytes: u64, last_packet_number: u64) {
        if self.last_sent == 0 {
            self.round.begun = now;
        }
        self.last_sent = self.last_sent.max(last_packet_number);
    }

    fn on_ack(
        &mut self,
        now: Instant,
        sent: Instant,
        bytes: u64,
        app_limited: bool,
        _rtt: &RttEstimator,
    ) {
        let delay = now.saturating_duration_since(sent);
        self.round.delays = self.round.delays.saturating_add(delay);
        self.round.packets = self.round.packets.saturating_add(1);
        self.round.acked_bytes = self.round.acked_bytes.saturating_add(bytes);
        self.round.was_idle |= app_limited;
        self.just_acked = self.just_acked.saturating_add(bytes);
    }

    fn on_end_acks(
        &mut self,
        now: Instant,
        _in_flight: u64,
        app_limited: bool,
        largest_packet_num_acked: Option<u64>,
    ) {
        let acked = std::mem::take(&mut self.just_acked);
        let starts = matches!(self.phase, Phase::Start { .. });
        let long = now.saturating_duration_since(self.round.begun) >= ROUND_LEAST;
        let whole = largest_packet_num_acked.is_some_and(|it| it > self.round.ends_after);
        if whole && (starts || long) {
            let gain = self.end_round(now);
            self.next_phase(gain);
        }
        self.resize(if app_limited { 0 } else { acked });
    }

    fn on_congestion_event(
        &mut self,
        now: Instant,
        _sent: Instant,
        is_persistent_congestion: bool,
        _lost_bytes: u64,
    ) {
        // Single losses are noise; a line that lost everything for a while is another line.
        if is_persistent_congestion {
            *self = Self {
                last_sent: self.last_sent,
                window: self.mtu.saturating_mul(PACKETS_MIN),
                ..Self::new(now, self.mtu)
            };
            self.round.ends_after = self.last_sent;
        }
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.mtu = u64::from(new_mtu);
    }

    fn window(&self) -> u64 {
        self.window
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.mtu.saturating_mul(PACKETS_FIRST)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
