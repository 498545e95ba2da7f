//! Writing: for each class a bounded queue and, once the first frame is there, a stream and a task
//! that writes to it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::{BufMut, Bytes, BytesMut};
use quinn::{SendStream, StoppedError, WriteError};
use sync_proto::Class;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::error::LinkError;
use crate::framing::put_length;
use crate::inbox::{CLASS_BYTES_MAX, CLASS_FRAMES_MAX};
use crate::link::{Handshake, Shared};
use crate::per_class::PerClass;

/// A frame and the room that it takes in its queue until it is written.
#[derive(Debug)]
struct Queued {
    frame: Bytes,
    room: OwnedSemaphorePermit,
}

#[derive(Debug)]
enum Queue {
    Unopened,
    Open(mpsc::Sender<Queued>),
    Closed,
}

/// The queues of one link.
#[derive(Debug)]
pub(crate) struct Outbox {
    shared: Arc<Shared>,
    /// This side may have to send its early frames twice.
    dials: bool,
    queues: PerClass<Mutex<Queue>>,
    room: PerClass<Arc<Semaphore>>,
    writers: Mutex<JoinSet<()>>,
}

impl Outbox {
    pub(crate) fn new(shared: Arc<Shared>, dials: bool) -> Self {
        Self {
            shared,
            dials,
            queues: PerClass::from_fn(|_| Mutex::new(Queue::Unopened)),
            room: PerClass::from_fn(|_| Arc::new(Semaphore::new(CLASS_BYTES_MAX))),
            writers: Mutex::new(JoinSet::new()),
        }
    }

    pub(crate) async fn send(&self, class: Class, frame: Bytes) -> Result<(), LinkError> {
        let limits = self.shared.limits;
        if !limits.allows(class) {
            return Err(LinkError::ClassNotAllowed { class });
        }
        let bytes_max = limits.frame_bytes_max();
        let too_long = LinkError::FrameTooLong { class, bytes_max };
        if frame.len() > bytes_max {
            return Err(too_long);
        }
        let bytes = u32::try_from(frame.len()).map_err(|_| too_long)?;
        if self.dials && class != Class::Control && self.shared.is_pending() {
            self.shared.settled().await;
        }
        let queue = self.queue(class).ok_or_else(|| self.shared.ending())?;
        let room = Arc::clone(self.room.get(class))
            .acquire_many_owned(bytes)
            .await;
        let room = room.map_err(|_| self.shared.ending())?;
        queue
            .send(Queued { frame, room })
            .await
            .map_err(|_| self.shared.ending())
    }

    /// The queue of a class, opened if it was not; `None` once it is closed.
    fn queue(&self, class: Class) -> Option<mpsc::Sender<Queued>> {
        if self.shared.connection.close_reason().is_some() {
            return None;
        }
        let mut queue = self
            .queues
            .get(class)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &*queue {
            Queue::Open(sender) => Some(sender.clone()),
            Queue::Closed => None,
            Queue::Unopened => {
                let (sender, receiver) = mpsc::channel(CLASS_FRAMES_MAX);
                let writer = Writer {
                    shared: Arc::clone(&self.shared),
                    class,
                    stream: None,
                    unconfirmed: (self.dials && self.shared.is_pending()).then(Vec::new),
                };
                self.writers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .spawn(writer.run(receiver));
                *queue = Queue::Open(sender.clone());
                Some(sender)
            }
        }
    }

    /// Takes no more frames, and waits until the peer has those that were queued.
    pub(crate) async fn drain(&self) {
        for class in Class::ALL {
            *self
                .queues
                .get(class)
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Queue::Closed;
        }
        let mut writers =
            std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        while writers.join_next().await.is_some() {}
    }
}

/// Writes the frames of one class.
struct Writer {
    shared: Arc<Shared>,
    class: Class,
    stream: Option<SendStream>,
    /// While the handshake goes on: what was written, in case early data is not accepted.
    unconfirmed: Option<Vec<Queued>>,
}

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<Queued>) {
        if self.write_all(&mut queue).await.is_err() {
            return;
        }
        if let Some(stream) = &mut self.stream
            && stream.finish().is_ok()
        {
            let _ = stream.stopped().await;
        }
    }

    async fn write_all(&mut self, queue: &mut mpsc::Receiver<Queued>) -> Result<(), WriteError> {
        loop {
            let queued = if self.unconfirmed.is_some() {
                tokio::select! {
                    biased;
                    outcome = self.shared.settled() => {
                        self.settle(outcome).await?;
                        continue;
                    }
                    queued = queue.recv() => queued,
                }
            } else {
                queue.recv().await
            };
            let Some(Queued { frame, room }) = queued else {
                break;
            };
            let Some(unconfirmed) = &mut self.unconfirmed else {
                self.write(frame).await?;
                continue;
            };
            unconfirmed.push(Queued {
                frame: frame.clone(),
                room,
            });
            match self.write(frame).await {
                Ok(()) => {}
                // It is written again when the handshake is complete.
                Err(WriteError::ZeroRttRejected) => self.stream = None,
                Err(error) => return Err(error),
            }
            if self.stream.is_none() {
                let outcome = self.shared.settled().await;
                self.settle(outcome).await?;
            }
        }
        if self.unconfirmed.is_some() {
            let outcome = self.shared.settled().await;
            self.settle(outcome).await?;
        }
        Ok(())
    }

    /// The handshake is over: what the peer did not take is written again.
    async fn settle(&mut self, outcome: Handshake) -> Result<(), WriteError> {
        let unconfirmed = self.unconfirmed.take().unwrap_or_default();
        if outcome
            != (Handshake::Complete {
                early_accepted: false,
            })
        {
            return Ok(());
        }
        // The stream may have been opened just after the handshake was over; then it is good.
        if let Some(stream) = &self.stream
            && !was_rejected(stream).await
        {
            return Ok(());
        }
        self.stream = None;
        for queued in unconfirmed {
            self.write(queued.frame).await?;
        }
        Ok(())
    }

    async fn write(&mut self, frame: Bytes) -> Result<(), WriteError> {
        let mut head = BytesMut::with_capacity(4);
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = self.shared.connection.open_uni().await?;
                let _ = stream.set_priority(self.class.priority());
                head.put_u8(self.class.tag());
                none.insert(stream)
            }
        };
        put_length(&mut head, frame.len());
        stream.write_all_chunks(&mut [head.freeze(), frame]).await
    }
}

/// Whether a stream was opened in early data that the peer did not take.
async fn was_rejected(stream: &SendStream) -> bool {
    tokio::select! {
        biased;
        stopped = stream.stopped() => matches!(stopped, Err(StoppedError::ZeroRttRejected)),
        () = std::future::ready(()) => false,
    }
}
