//! Carries a sync session over QUIC: endpoints, TLS, one stream for each class of frame.
//!
//! What a frame means is not known here (that is `sync-proto`), nor who a certificate names
//! (that is `provisioning`): a [`Link`] moves opaque frames between two proven keys.

mod backoff;
mod congestion;
mod dialer;
mod error;
mod framing;
mod identity;
mod inbox;
mod link;
mod listener;
mod outbox;
mod per_class;
mod reset;
mod socket;
mod tls;
mod tuning;
mod verifier;

pub use backoff::Backoff;
pub use dialer::Dialer;
pub use error::{BindError, DialError, IdentityError, LinkError, close_code};
pub use framing::FrameLimits;
#[doc(hidden)]
pub use framing::{Assembler, TooLong};
pub use identity::{Identity, Purpose, Trust};
pub use link::{Link, LinkStats};
pub use listener::{Incoming, Listener};
pub use socket::{Sockets, SystemSockets};
pub use tuning::{Congestion, Tuning};

/// For those who write a socket of their own: what it has to do.
pub use quinn::{AsyncUdpSocket, UdpPoller, udp};
