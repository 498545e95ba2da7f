//! UDP sockets with room for what arrives while this process is busy.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use quinn::udp::UdpSocketState;

/// What is asked of the system for each direction, bytes. The usual 200 kB overflow when a window
/// comes at once, and QUIC takes that for a crowded line. The system may grant less (on Linux
/// `net.core.rmem_max` and `wmem_max`), which costs speed and nothing else.
const BUFFER_BYTES: usize = 4 << 20;

pub(crate) fn open(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    let state = UdpSocketState::new((&socket).into())?;
    if let Err(error) = state.set_recv_buffer_size((&socket).into(), BUFFER_BYTES) {
        tracing::debug!(%error, "the receive buffer keeps its size");
    }
    if let Err(error) = state.set_send_buffer_size((&socket).into(), BUFFER_BYTES) {
        tracing::debug!(%error, "the send buffer keeps its size");
    }
    Ok(socket)
}
