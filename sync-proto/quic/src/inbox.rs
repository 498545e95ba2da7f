//! Reading: one task for each stream puts frames together, and the inbox hands them out, the most
//! urgent first.
//!
//! What is held is bounded: for each class the frames that wait take no more than
//! [`CLASS_BYTES_MAX`]; past that the stream is not read, and QUIC slows the peer.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use quinn::{ReadError, RecvStream};
use sync_proto::{Class, limits};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::error::LinkError;
use crate::framing::Assembler;
use crate::link::Shared;
use crate::per_class::PerClass;

/// Frames of one class that wait to be taken, in number.
pub(crate) const CLASS_FRAMES_MAX: usize = 256;
/// Frames of one class that wait to be taken, in bytes: the longest frame and some small ones.
pub(crate) const CLASS_BYTES_MAX: usize = limits::FRAME_BYTES_MAX + (64 << 10);
const _: () = assert!(CLASS_BYTES_MAX <= Semaphore::MAX_PERMITS);
/// Most that is taken from a stream at once.
const PIECE_BYTES_MAX: usize = 64 << 10;

/// A frame and the room that it takes, which is free again when the frame is handed on.
#[derive(Debug)]
struct Received {
    frame: Bytes,
    _room: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct Slot {
    frames: mpsc::Sender<Received>,
    room: Arc<Semaphore>,
}

/// The slot of each class, until the peer's stream of that class takes it.
type Slots = Arc<Mutex<PerClass<Option<Slot>>>>;

/// The frames that have come.
#[derive(Debug)]
pub(crate) struct Inbox {
    lanes: PerClass<mpsc::Receiver<Received>>,
    heard_control: bool,
}

impl Inbox {
    /// The next frame; `None` when no more will come.
    pub(crate) async fn next(&mut self) -> Option<(Class, Bytes)> {
        poll_fn(|context| {
            let mut open = false;
            for class in Class::ALL {
                match self.lanes.get_mut(class).poll_recv(context) {
                    Poll::Ready(Some(received)) => {
                        self.heard_control = true;
                        return Poll::Ready(Some((class, received.frame)));
                    }
                    Poll::Ready(None) => {}
                    Poll::Pending => open = true,
                }
                if !self.heard_control {
                    // Control is the first of all classes: nothing else is looked at yet.
                    break;
                }
            }
            if open {
                Poll::Pending
            } else {
                Poll::Ready(None)
            }
        })
        .await
    }
}

/// Starts to read what the peer opens.
pub(crate) fn open(shared: &Arc<Shared>) -> Inbox {
    let mut receivers = PerClass::from_fn(|_| None);
    let slots = PerClass::from_fn(|class| {
        let (frames, receiver) = mpsc::channel(CLASS_FRAMES_MAX);
        *receivers.get_mut(class) = Some(receiver);
        Some(Slot {
            frames,
            room: Arc::new(Semaphore::new(CLASS_BYTES_MAX)),
        })
    });
    let lanes = PerClass::from_fn(|class| {
        receivers
            .get_mut(class)
            .take()
            .unwrap_or_else(|| mpsc::channel(1).1)
    });
    tokio::spawn(accept(Arc::clone(shared), Arc::new(Mutex::new(slots))));
    Inbox {
        lanes,
        heard_control: false,
    }
}

/// Takes the peer's streams until the connection ends. QUIC itself bounds how many are open, and
/// ends a connection on which a two-way stream or a datagram comes.
async fn accept(shared: Arc<Shared>, slots: Slots) {
    while let Ok(stream) = shared.connection.accept_uni().await {
        let (shared, slots) = (Arc::clone(&shared), Arc::clone(&slots));
        tokio::spawn(async move {
            if let Err(error) = read(&shared, &slots, stream).await {
                shared.end_with(error);
            }
        });
    }
}

/// Reads one stream to its end.
async fn read(shared: &Shared, slots: &Slots, mut stream: RecvStream) -> Result<(), LinkError> {
    let Some(mut piece) = next_piece(&mut stream).await? else {
        return Ok(());
    };
    let Some(&tag) = piece.first() else {
        return Ok(());
    };
    let class = Class::from_tag(tag).ok_or(LinkError::UnknownClass { tag })?;
    drop(piece.split_to(1));
    if !shared.limits.allows(class) {
        return Err(LinkError::ClassNotAllowed { class });
    }
    let slot = slots
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_mut(class)
        .take();
    let slot = slot.ok_or(LinkError::SecondStream { class })?;
    let mut assembler = Assembler::new(shared.limits);
    let bytes_max = shared.limits.frame_bytes_max();
    loop {
        while let Some(frame) = assembler
            .next_frame(&mut piece)
            .map_err(|_| LinkError::FrameTooLong { class, bytes_max })?
        {
            if deliver(&slot, frame).await.is_none() {
                return Ok(());
            }
        }
        match next_piece(&mut stream).await? {
            Some(next) => piece = next,
            None if assembler.between_frames() => return Ok(()),
            None => return Err(LinkError::TornFrame),
        }
    }
}

/// `None` when nobody takes frames any more.
async fn deliver(slot: &Slot, frame: Bytes) -> Option<()> {
    let bytes = u32::try_from(frame.len()).ok()?;
    let room = Arc::clone(&slot.room)
        .acquire_many_owned(bytes)
        .await
        .ok()?;
    slot.frames.send(Received { frame, _room: room }).await.ok()
}

/// More of a stream; `None` at its end and when the connection is gone.
async fn next_piece(stream: &mut RecvStream) -> Result<Option<Bytes>, LinkError> {
    match stream.read_chunk(PIECE_BYTES_MAX, true).await {
        Ok(chunk) => Ok(chunk.map(|chunk| chunk.bytes)),
        Err(ReadError::Reset(_)) => Err(LinkError::TornFrame),
        Err(_) => Ok(None),
    }
}
