//! What can go wrong with a line, each with a stable code and words that tell what to do.
//!
//! Words that come from the peer are cut and cleaned before anybody sees them.

use std::io;
use std::net::SocketAddr;

use quinn::{ConnectError, ConnectionError};
use sync_proto::Class;

/// Codes with which this crate itself closes a line. A session's own codes are below
/// [`close_code::FIRST_OF_LINK`].
pub mod close_code {
    /// Nothing is wrong.
    pub const DONE: u32 = 0;
    /// From here on the codes are those of the line, not of the session.
    pub const FIRST_OF_LINK: u32 = 0x1_0000;
    /// A line for syncing was opened without a certificate.
    pub const CERTIFICATE_MISSING: u32 = 0x1_0001;
    /// The peer broke the rules of streams and frames.
    pub const FRAMING: u32 = 0x1_0002;
    /// The handshake took too long.
    pub const HANDSHAKE_TIMEOUT: u32 = 0x1_0003;
    /// No purpose was agreed on.
    pub const PURPOSE: u32 = 0x1_0004;
}

/// Most characters of a peer's words that are kept.
const WORDS_CHARS_MAX: usize = 200;

/// A certificate or key of our own that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// No certificate could be read.
    #[error("no readable certificate: give the PEM file that joining or `provision` wrote")]
    NoCertificate,
    /// No private key could be read.
    #[error("no readable private key: give the PKCS#8 PEM file that belongs to the certificate")]
    NoKey,
    /// TLS refuses the certificate or the key.
    #[error("the certificate and its key cannot be used for TLS: {0}")]
    Unusable(String),
}

impl IdentityError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoCertificate => "no_certificate",
            Self::NoKey => "no_key",
            Self::Unusable(_) => "identity_unusable",
        }
    }
}

/// Why a listener could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Our certificate or key, or the root, cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The address cannot be used.
    #[error("cannot listen on UDP {address}: is the port taken, or below 1024?")]
    Address {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl BindError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Identity(error) => error.code(),
            Self::Address { .. } => "address_unusable",
        }
    }
}

/// Why a peer could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The name has no address.
    #[error("the name in `{address}` cannot be resolved: check it, and the name server")]
    Unresolved {
        /// What was to be dialled.
        address: String,
    },
    /// This side has no socket to dial from.
    #[error("no UDP socket could be opened on this side")]
    Socket(#[source] io::Error),
    /// Nobody answered.
    #[error("no answer: the line is down, UDP is blocked, or nobody listens there")]
    Unreachable,
    /// The peer is there and refuses new connections for now.
    #[error("the peer is busy and refuses new connections: try again later")]
    Busy,
    /// The peer is not the one that we trust.
    #[error("the peer's certificate is not trusted ({reason}): wrong address, or wrong root")]
    WrongServer {
        /// What was found wrong with it.
        reason: String,
    },
    /// By this machine's clock the peer's certificate is over.
    #[error(
        "by this machine's clock the peer's certificate has expired: set the clock; if it is right, the peer needs a new certificate"
    )]
    CertificateTime,
    /// The peer does not accept our certificate.
    #[error("the peer refused our certificate (TLS alert {alert}): revoked, expired or foreign")]
    CertificateRefused {
        /// Number of the TLS alert.
        alert: u8,
    },
    /// The peer speaks another version of the protocol, or does not offer this purpose.
    #[error("the peer does not speak this version of the protocol: upgrade one side")]
    VersionMismatch,
    /// The server's name cannot stand in a handshake.
    #[error("`{name}` is not a server name")]
    ServerName {
        /// The name that was given.
        name: String,
    },
    /// The handshake failed in another way.
    #[error("the handshake failed: {reason}")]
    Handshake {
        /// What the transport said.
        reason: String,
    },
}

impl DialError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unresolved { .. } => "unresolved",
            Self::Socket(_) => "no_socket",
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
            Self::WrongServer { .. } => "wrong_server",
            Self::CertificateTime => "certificate_time",
            Self::CertificateRefused { .. } => "certificate_refused",
            Self::VersionMismatch => "version_mismatch",
            Self::ServerName { .. } => "server_name",
            Self::Handshake { .. } => "handshake_failed",
        }
    }

    /// Why the handshake ended.
    pub(crate) fn from_connection(error: &ConnectionError) -> Self {
        match error {
            ConnectionError::VersionMismatch => Self::VersionMismatch,
            ConnectionError::TimedOut | ConnectionError::Reset => Self::Unreachable,
            ConnectionError::TransportError(error) => match alert_of(u64::from(error.code)) {
                Some(CERTIFICATE_EXPIRED) => Self::CertificateTime,
                Some(alert) if names_certificate(alert) => Self::WrongServer {
                    reason: clean(error.reason.as_bytes()),
                },
                Some(NO_APPLICATION_PROTOCOL) => Self::VersionMismatch,
                _ => Self::Handshake {
                    reason: clean(error.to_string().as_bytes()),
                },
            },
            ConnectionError::ConnectionClosed(close) => {
                match alert_of(u64::from(close.error_code)) {
                    Some(alert) if names_certificate(alert) => Self::CertificateRefused { alert },
                    Some(NO_APPLICATION_PROTOCOL) => Self::VersionMismatch,
                    _ if u64::from(close.error_code) == CONNECTION_REFUSED => Self::Busy,
                    _ => Self::Handshake {
                        reason: clean(close.to_string().as_bytes()),
                    },
                }
            }
            ConnectionError::ApplicationClosed(_)
            | ConnectionError::LocallyClosed
            | ConnectionError::CidsExhausted => Self::Handshake {
                reason: clean(error.to_string().as_bytes()),
            },
        }
    }

    pub(crate) fn from_connect(error: ConnectError) -> Self {
        match error {
            ConnectError::InvalidServerName(name) => Self::ServerName { name },
            ConnectError::InvalidRemoteAddress(address) => Self::Unresolved {
                address: address.to_string(),
            },
            other => Self::Handshake {
                reason: other.to_string(),
            },
        }
    }
}

/// Why a line ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// This side has closed the line.
    #[error("the line was closed on this side")]
    ClosedHere,
    /// The peer closed the line and said why.
    #[error("the peer closed the line with code {code}: {words}")]
    ClosedByPeer {
        /// The peer's code; the session knows its meaning.
        code: u32,
        /// The peer's words, cut and cleaned.
        words: String,
    },
    /// The peer wants a certificate and we showed none.
    #[error("the peer wants a certificate, and this node has none: join first")]
    CertificateMissing,
    /// The peer does not accept our certificate; it can say so only once the line is open.
    #[error("the peer refused our certificate (TLS alert {alert}): revoked, expired or foreign")]
    CertificateRefused {
        /// Number of the TLS alert.
        alert: u8,
    },
    /// On an early line: the peer turned out not to be the one that we trust.
    #[error("the peer's certificate is not trusted ({reason}): wrong address, or wrong root")]
    WrongServer {
        /// What was found wrong with it.
        reason: String,
    },
    /// The line is dead.
    #[error("the line was lost: nothing came for too long")]
    Lost,
    /// A frame that is longer than allowed, from the peer or from our caller.
    #[error("a {class:?} frame is longer than the {bytes_max} bytes allowed")]
    FrameTooLong {
        /// Its class.
        class: Class,
        /// What is allowed, bytes.
        bytes_max: usize,
    },
    /// A class of frames that a line of this purpose does not carry.
    #[error("{class:?} frames do not belong on this line")]
    ClassNotAllowed {
        /// The class.
        class: Class,
    },
    /// The peer opened a second stream of one class.
    #[error("the peer opened a second {class:?} stream")]
    SecondStream {
        /// The class.
        class: Class,
    },
    /// The peer opened a stream of a class that does not exist.
    #[error("the peer opened a stream of unknown class {tag}")]
    UnknownClass {
        /// The byte that came.
        tag: u8,
    },
    /// The peer ended a stream within a frame.
    #[error("the peer broke a stream off within a frame")]
    TornFrame,
    /// The transport itself ended the line: one side broke the rules of QUIC.
    #[error("the transport ended the line: {reason}")]
    Transport {
        /// What the transport said.
        reason: String,
    },
}

impl LinkError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ClosedHere => "closed_here",
            Self::ClosedByPeer { .. } => "closed_by_peer",
            Self::CertificateMissing => "certificate_missing",
            Self::CertificateRefused { .. } => "certificate_refused",
            Self::WrongServer { .. } => "wrong_server",
            Self::Lost => "line_lost",
            Self::FrameTooLong { .. } => "frame_too_long",
            Self::ClassNotAllowed { .. } => "class_not_allowed",
            Self::SecondStream { .. } => "second_stream",
            Self::UnknownClass { .. } => "unknown_class",
            Self::TornFrame => "torn_frame",
            Self::Transport { .. } => "transport_ended",
        }
    }

    pub(crate) fn from_connection(error: &ConnectionError) -> Self {
        match error {
            ConnectionError::LocallyClosed => Self::ClosedHere,
            ConnectionError::TimedOut | ConnectionError::Reset => Self::Lost,
            ConnectionError::ApplicationClosed(close) => {
                let code = u32::try_from(close.error_code.into_inner()).unwrap_or(u32::MAX);
                match code {
                    close_code::CERTIFICATE_MISSING => Self::CertificateMissing,
                    _ => Self::ClosedByPeer {
                        code,
                        words: clean(&close.reason),
                    },
                }
            }
            ConnectionError::ConnectionClosed(close) => {
                match alert_of(u64::from(close.error_code)) {
                    Some(alert) if names_certificate(alert) => Self::CertificateRefused { alert },
                    _ => Self::Transport {
                        reason: clean(close.to_string().as_bytes()),
                    },
                }
            }
            other => Self::Transport {
                reason: clean(other.to_string().as_bytes()),
            },
        }
    }
}

/// QUIC's code for a server that takes no connection (RFC 9000, section 20.1).
const CONNECTION_REFUSED: u64 = 0x2;
/// TLS alert: a certificate is over, or not valid yet.
const CERTIFICATE_EXPIRED: u8 = 45;
/// TLS alert: none of the protocols offered is spoken.
const NO_APPLICATION_PROTOCOL: u8 = 120;

/// The TLS alert within a QUIC error code (RFC 9001, section 4.8).
fn alert_of(code: u64) -> Option<u8> {
    u8::try_from(code.checked_sub(0x100)?).ok()
}

/// Alerts that say that a certificate was not accepted: bad, unsupported, revoked, expired,
/// unknown, unknown authority, access denied, proof of the key wrong, required.
fn names_certificate(alert: u8) -> bool {
    matches!(alert, 42..=46 | 48 | 49 | 51 | 116)
}

/// A peer's words without what could disturb a terminal or a log, and not too many of them.
fn clean(words: &[u8]) -> String {
    String::from_utf8_lossy(words)
        .chars()
        .take(WORDS_CHARS_MAX)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_peer_are_cut_and_cleaned() {
        assert_eq!(clean(b"full\x1b[2J\nup"), "full [2J up");
        assert_eq!(clean(&[b'a'; 1000]).len(), WORDS_CHARS_MAX);
        assert_eq!(clean(&[0xff, b'b']), "\u{fffd}b");
    }
}
