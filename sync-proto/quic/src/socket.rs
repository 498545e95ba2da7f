//! Where the endpoints' UDP sockets come from: the system, or whoever stands in for it.
//!
//! Time needs no such seam: endpoints keep tokio's, which a test may pause.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use quinn::udp::UdpSocketState;
use quinn::{AsyncUdpSocket, Runtime, TokioRuntime};

/// What is asked of the system for each direction, bytes. The usual 200 kB overflow when a window
/// comes at once, and QUIC takes that for a crowded line. The system may grant less (on Linux
/// `net.core.rmem_max` and `wmem_max`), which costs speed and nothing else.
const BUFFER_BYTES: usize = 4 << 20;

/// Gives sockets to a [`crate::Listener`] or a [`crate::Dialer`].
pub trait Sockets: Debug + Send + Sync {
    /// Opens a socket at this address; port 0 is any that is free. It is called within a tokio
    /// runtime.
    fn open(&self, address: SocketAddr) -> io::Result<Arc<dyn AsyncUdpSocket>>;

    /// What an endpoint's own randomness (padding, skipped packet numbers) follows from; asked
    /// once for each endpoint. By default the system's source. Keys and the names of lines never
    /// follow from it.
    fn seed(&self) -> Option<[u8; 32]> {
        None
    }
}

/// The system's own sockets, with room for what arrives while this process is busy.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSockets;

impl Sockets for SystemSockets {
    fn open(&self, address: SocketAddr) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let socket = UdpSocket::bind(address)?;
        let state = UdpSocketState::new((&socket).into())?;
        if let Err(error) = state.set_recv_buffer_size((&socket).into(), BUFFER_BYTES) {
            tracing::debug!(%error, "the receive buffer keeps its size");
        }
        if let Err(error) = state.set_send_buffer_size((&socket).into(), BUFFER_BYTES) {
            tracing::debug!(%error, "the send buffer keeps its size");
        }
        TokioRuntime.wrap_udp_socket(socket)
    }
}
