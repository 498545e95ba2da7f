//! A UDP socket on a simulated host, as QUIC endpoints want it.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use sync_quic::udp::{RecvMeta, Transmit};
use sync_quic::{AsyncUdpSocket, UdpPoller};

use crate::network::Shared;
use crate::world::{HostId, SocketId};

#[derive(Debug)]
pub(crate) struct Socket {
    shared: Arc<Shared>,
    host: HostId,
    id: SocketId,
    local: SocketAddr,
}

impl Socket {
    pub(crate) fn new(shared: Arc<Shared>, host: HostId, id: SocketId, local: SocketAddr) -> Self {
        Self {
            shared,
            host,
            id,
            local,
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.shared.world().unbind(self.host, self.id);
    }
}

impl AsyncUdpSocket for Socket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(AlwaysWritable)
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        let now = self.shared.now();
        let mut world = self.shared.world();
        let segment = transmit.segment_size.unwrap_or(transmit.contents.len());
        for payload in transmit.contents.chunks(segment.max(1)) {
            let payload = Bytes::copy_from_slice(payload);
            let to = transmit.destination;
            world.send(now, self.host, self.id, self.local, to, payload);
        }
        drop(world);
        self.shared.changed();
        Ok(())
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut world = self.shared.world();
        let Some(inbox) = world.inbox(self.id) else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        let mut count = 0;
        for (buffer, meta) in buffers.iter_mut().zip(meta) {
            let Some(packet) = inbox.packets.pop_front() else {
                break;
            };
            let length = packet.payload.len().min(buffer.len());
            for (place, byte) in buffer.iter_mut().zip(&packet.payload) {
                *place = *byte;
            }
            *meta = RecvMeta {
                addr: packet.from,
                len: length,
                stride: length,
                ecn: None,
                dst_ip: None,
            };
            count += 1;
        }
        if count > 0 {
            return Poll::Ready(Ok(count));
        }
        inbox.reader = Some(context.waker().clone());
        Poll::Pending
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }

    fn may_fragment(&self) -> bool {
        false
    }
}

/// A packet that the link does not take is lost in the network, never held back here.
#[derive(Debug)]
struct AlwaysWritable;

impl UdpPoller for AlwaysWritable {
    fn poll_writable(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
