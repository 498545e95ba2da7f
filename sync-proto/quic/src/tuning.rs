//! What may be tuned of a line, with defaults for a commune behind a mobile network; and how it
//! becomes quinn's transport configuration.
//!
//! Limits on what a peer may send stand in `sync_proto::limits`; here are times and sizes of our
//! own side.

use std::sync::Arc;
use std::time::Duration;

use quinn::congestion::{BbrConfig, ControllerFactory, CubicConfig, NewRenoConfig};
use quinn::{AckFrequencyConfig, IdleTimeout, MtuDiscoveryConfig, TransportConfig, VarInt};
use sync_proto::Class;

use crate::congestion::MeasuredConfig;

/// Smallest UDP payload that QUIC asks every path to carry, bytes.
pub(crate) const UDP_PAYLOAD_BYTES_MIN: u16 = 1200;
/// Largest UDP payload that is probed, bytes: what passes Ethernet, and PPPoE with IPv4.
const UDP_PAYLOAD_BYTES_MAX: u16 = 1452;
/// With a step this large the search is one probe of the largest size, not a dozen.
const UDP_PAYLOAD_STEP_BYTES: u16 = 130;
/// How many packets a receiver may gather before it must acknowledge.
const PACKETS_PER_ACK: u32 = 9;

/// How a sender finds out what the line takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Congestion {
    /// Takes a loss for a full line, and comes back quickly.
    #[default]
    Cubic,
    /// Takes a loss for a full line, and comes back slowly.
    NewReno,
    /// Measures speed and delay, and keeps twice their product on its way.
    Bbr,
    /// Measures speed and delay, and keeps little more than their product on its way.
    Measured,
}

impl Congestion {
    /// Each way there is.
    pub const ALL: [Self; 4] = [Self::Cubic, Self::NewReno, Self::Bbr, Self::Measured];

    fn factory(self) -> Arc<dyn ControllerFactory + Send + Sync> {
        match self {
            Self::Cubic => Arc::new(CubicConfig::default()),
            Self::NewReno => Arc::new(NewRenoConfig::default()),
            Self::Bbr => Arc::new(BbrConfig::default()),
            Self::Measured => Arc::new(MeasuredConfig),
        }
    }
}

/// Times and sizes of one side of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuning {
    /// How long a handshake may take, on either side.
    pub handshake_timeout: Duration,
    /// The side that dials sends a packet after this much silence, to keep the NAT's entry open.
    pub keep_alive: Duration,
    /// A line that was silent for so long is lost.
    pub idle_timeout: Duration,
    /// How long before and after its validity a peer's certificate is still let through, so that
    /// an office that was dark, or whose clock is wrong, can come back. The caller sees the
    /// certificate and decides what such a peer may do.
    pub certificate_grace: Duration,
    /// Sessions that the listening side remembers, for 0-RTT: at least one for each node.
    pub sessions_max: usize,
    /// Handshakes that the listening side carries on at once; those beyond wait.
    pub handshakes_max: usize,
    /// Connections that may wait for their handshake; those beyond are told that we are busy.
    pub waiting_max: usize,
    /// Bytes in flight or on their way to the peer, for one line; not less than what the peer may
    /// receive, or a bulky class could leave no room for an urgent one.
    pub send_window_bytes: u32,
    /// Bytes that a peer may send before we have read them, for one line. Each class has an equal
    /// share, so that classes which nobody reads leave room for the others. A share bounds the
    /// speed of a class: 400 kB carry 13 Mbit/s over 250 ms.
    pub receive_window_bytes: u32,
    /// How this side finds out what the line takes.
    pub congestion: Congestion,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(15),
            keep_alive: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(60),
            certificate_grace: Duration::ZERO,
            sessions_max: 8192,
            handshakes_max: 1024,
            waiting_max: 1024,
            send_window_bytes: 2 << 20,
            receive_window_bytes: 2 << 20,
            congestion: Congestion::default(),
        }
    }
}

impl Tuning {
    /// quinn's configuration for the side that dials.
    pub(crate) fn dialing(&self, probe_mtu: bool) -> Arc<TransportConfig> {
        let mut transport = self.transport(probe_mtu);
        transport.keep_alive_interval(Some(self.keep_alive));
        Arc::new(transport)
    }

    /// quinn's configuration for the side that listens. It sends no keep-alive: the packets that
    /// keep a NAT open must come from within.
    pub(crate) fn listening(&self) -> Arc<TransportConfig> {
        Arc::new(self.transport(true))
    }

    fn transport(&self, probe_mtu: bool) -> TransportConfig {
        let mut acks = AckFrequencyConfig::default();
        acks.ack_eliciting_threshold(VarInt::from_u32(PACKETS_PER_ACK));
        let probing = probe_mtu.then(|| {
            let mut probing = MtuDiscoveryConfig::default();
            probing
                .upper_bound(UDP_PAYLOAD_BYTES_MAX)
                .minimum_change(UDP_PAYLOAD_STEP_BYTES);
            probing
        });
        let streams = u32::try_from(Class::ALL.len()).unwrap_or(u32::MAX);
        let mut transport = TransportConfig::default();
        transport
            .max_concurrent_bidi_streams(VarInt::from_u32(0))
            .max_concurrent_uni_streams(VarInt::from_u32(streams))
            .datagram_receive_buffer_size(None)
            .max_idle_timeout(Some(idle_timeout(self.idle_timeout)))
            .stream_receive_window(VarInt::from_u32(self.receive_window_bytes / streams.max(1)))
            .receive_window(VarInt::from_u32(self.receive_window_bytes))
            .send_window(u64::from(self.send_window_bytes))
            .initial_mtu(UDP_PAYLOAD_BYTES_MIN)
            .min_mtu(UDP_PAYLOAD_BYTES_MIN)
            .mtu_discovery_config(probing)
            .ack_frequency_config(Some(acks))
            .congestion_controller_factory(self.congestion.factory());
        transport
    }
}

/// The longest time that QUIC can express stands for anything longer.
fn idle_timeout(time: Duration) -> IdleTimeout {
    IdleTimeout::try_from(time).unwrap_or_else(|_| IdleTimeout::from(VarInt::MAX))
}
