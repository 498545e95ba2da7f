//! The feed from the centre to the node: [`FeedSender`] at the centre, [`FeedReader`] at the node.
//!
//! Receipts travel in it. So one cursor, durable at the node together with the effect of every
//! entry, gives each receipt and each change exactly once. The centre sends as the feed grows,
//! unasked; a window of frames that are not yet durable at the node holds it back.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use registry::FeedSeq;

use crate::SessionError;
use crate::blob::Blob;
use crate::codec::Codec;
use crate::error::{DecodeError, Misuse, Violation};
use crate::limits;
use crate::message::{Entries, FeedAck, FeedHold};
use crate::parcel;
use crate::session::event::{CentralOutput, Effects, FeedEntry, NodeOutput};

/// Kind (1 byte) and schema (2 bytes, little endian) stand before each entry's payload.
const ENTRY_HEAD_BYTES: usize = 3;

pub(crate) fn pack(entries: &[FeedEntry]) -> Bytes {
    let items: Vec<Vec<u8>> = entries
        .iter()
        .map(|entry| {
            [
                &[entry.kind],
                entry.schema.to_le_bytes().as_slice(),
                &entry.payload,
            ]
            .concat()
        })
        .collect();
    parcel::pack(items.iter().map(Vec::as_slice))
}

fn unpack(payload: Bytes) -> Result<Vec<FeedEntry>, SessionError> {
    let item_max = limits::FEED_ENTRY_BYTES_MAX + ENTRY_HEAD_BYTES;
    let items = parcel::unpack(payload, "entries", limits::FEED_FRAME_ENTRIES_MAX, item_max)?;
    let entry = |mut item: Bytes| {
        let kind = item.try_get_u8().ok()?;
        let schema = item.try_get_u16_le().ok()?;
        Some(FeedEntry {
            kind,
            schema,
            payload: item,
        })
    };
    let entries: Option<Vec<FeedEntry>> = items.into_iter().map(entry).collect();
    entries
        .filter(|entries| !entries.is_empty())
        .ok_or_else(|| DecodeError::Payload.into())
}

/// The entries of a frame.
pub(crate) fn expand(codec: &Codec, packed: Bytes) -> Result<Vec<FeedEntry>, SessionError> {
    let head = ENTRY_HEAD_BYTES + 4;
    let max = limits::FEED_FRAME_BYTES_MAX + head * limits::FEED_FRAME_ENTRIES_MAX;
    unpack(codec.expand(packed, max)?)
}

pub(crate) fn advanced(from: FeedSeq, by: usize) -> FeedSeq {
    FeedSeq::new(
        from.get()
            .saturating_add(u64::try_from(by).unwrap_or(u64::MAX)),
    )
}

/// The centre's side.
pub(crate) struct FeedSender {
    codec: Arc<Codec>,
    dictionary: u32,
    head: FeedSeq,
    sent: FeedSeq,
    acked: FeedSeq,
    in_flight: VecDeque<FeedSeq>,
    /// The read that is under way began after this entry.
    reading: Option<FeedSeq>,
}

impl FeedSender {
    pub(crate) fn new(codec: Arc<Codec>, dictionary: u32, head: FeedSeq, acked: FeedSeq) -> Self {
        let in_flight = VecDeque::new();
        Self {
            codec,
            dictionary,
            head,
            sent: acked,
            acked,
            in_flight,
            reading: None,
        }
    }

    /// Tells whether this is news.
    pub(crate) fn grew(&mut self, head: FeedSeq) -> bool {
        let news = head >= self.head;
        self.head = self.head.max(head);
        news
    }

    /// Goes on after this entry, when a fill is complete.
    pub(crate) fn restart(&mut self, start: FeedSeq, out: &mut Effects<CentralOutput>) {
        (self.sent, self.acked) = (start, start);
        self.in_flight.clear();
        out.push(CentralOutput::Acked { applied: start });
    }

    pub(crate) fn codec(&self) -> Arc<Codec> {
        Arc::clone(&self.codec)
    }

    pub(crate) fn head(&self) -> FeedSeq {
        self.head
    }

    /// Whether the node has everything.
    pub(crate) fn settled_at(&self, applied: FeedSeq) -> bool {
        applied == self.head && self.acked == self.head
    }

    /// Whether every entry was sent, so that something less urgent may be.
    pub(crate) fn all_sent(&self) -> bool {
        self.sent >= self.head
    }

    pub(crate) fn advance(&mut self, out: &mut Effects<CentralOutput>) {
        let open = self.in_flight.len() < limits::FEED_WINDOW;
        if self.reading.is_none() && open && self.sent < self.head {
            self.reading = Some(self.sent);
            out.push(CentralOutput::ReadFeed {
                after: self.sent,
                max_count: limits::FEED_FRAME_ENTRIES_MAX,
                max_bytes: limits::FEED_FRAME_BYTES_AIM,
            });
        }
    }

    /// Sends what was read, as much of it as fits into a frame; `active` is false if a repair or
    /// a fill has begun since it was asked for.
    pub(crate) fn read(
        &mut self,
        first: FeedSeq,
        entries: &[FeedEntry],
        active: bool,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let after = self.reading.take().ok_or(Misuse::Unasked {
            what: "feed entries",
        })?;
        if after.next() != first {
            return Err(Misuse::Order {
                what: "feed entries",
            }
            .into());
        }
        if !active || after != self.sent {
            return Ok(());
        }
        // What is past the head that was told waits for its digest, which comes with the news.
        let told = self.head.get().saturating_sub(after.get());
        let mut bytes = 0;
        let fitting = entries
            .iter()
            .take(usize::try_from(told).unwrap_or(usize::MAX))
            .take(limits::FEED_FRAME_ENTRIES_MAX)
            .take_while(|entry| {
                bytes += entry.payload.len();
                bytes <= limits::FEED_FRAME_BYTES_MAX
            })
            .count();
        let (frame, _) = entries.split_at_checked(fitting).unwrap_or_default();
        let oversized = frame
            .iter()
            .any(|e| e.payload.len() > limits::FEED_ENTRY_BYTES_MAX);
        let last = advanced(after, frame.len());
        if frame.is_empty() || oversized {
            return Err(Misuse::Size {
                what: "a read of the feed",
            }
            .into());
        }
        let packed = Blob(self.codec.compress(self.dictionary, &pack(frame))?);
        out.send(Entries { first, packed })?;
        self.sent = last;
        self.in_flight.push_back(last);
        Ok(())
    }

    pub(crate) fn acknowledged(
        &mut self,
        message: &FeedAck,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if message.applied > self.sent {
            return Err(Violation::AcknowledgedUnsent {
                what: "feed entries",
            }
            .into());
        }
        if message.applied <= self.acked {
            return Err(Violation::Order {
                what: "acknowledgements of the feed",
            }
            .into());
        }
        self.acked = message.applied;
        self.in_flight.retain(|last| *last > message.applied);
        out.push(CentralOutput::Acked {
            applied: message.applied,
        });
        Ok(())
    }
}

/// The node's side.
pub(crate) struct FeedReader {
    codec: Arc<Codec>,
    received: FeedSeq,
    durable: FeedSeq,
    frames: VecDeque<FeedSeq>,
    held: bool,
}

impl FeedReader {
    pub(crate) fn new(codec: Arc<Codec>, durable: FeedSeq) -> Self {
        Self {
            codec,
            received: durable,
            durable,
            frames: VecDeque::new(),
            held: false,
        }
    }

    pub(crate) fn durable(&self) -> FeedSeq {
        self.durable
    }

    /// Whether nothing is on its way to the disk or held back.
    pub(crate) fn settled(&self) -> bool {
        self.received == self.durable && !self.held
    }

    /// Goes on after this entry, when a fill is complete.
    pub(crate) fn restart(&mut self, start: FeedSeq) {
        (self.received, self.durable) = (start, start);
        self.frames.clear();
    }

    pub(crate) fn entries(
        &mut self,
        message: Entries,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if self.held {
            return Ok(());
        }
        if message.first != self.received.next() {
            let (due, came) = (self.received.next().get(), message.first.get());
            return Err(Violation::Gap {
                what: "feed",
                due,
                came,
            }
            .into());
        }
        if self.frames.len() >= limits::FEED_WINDOW {
            return Err(Violation::Credit {
                what: "feed frames",
            }
            .into());
        }
        let entries = expand(&self.codec, message.packed.0)?;
        self.received = advanced(self.received, entries.len());
        self.frames.push_back(self.received);
        out.push(NodeOutput::ApplyFeed {
            first: message.first,
            entries,
        });
        Ok(())
    }

    pub(crate) fn on_durable(
        &mut self,
        applied: FeedSeq,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if applied <= self.durable || applied > self.received {
            return Err(Misuse::Order {
                what: "the durable position of the feed",
            }
            .into());
        }
        self.durable = applied;
        self.frames.retain(|last| *last > applied);
        out.send(FeedAck { applied })
    }

    /// Stops before an entry that this release cannot read.
    pub(crate) fn hold(
        &mut self,
        at: FeedSeq,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if at <= self.durable || at > self.received {
            return Err(Misuse::Order {
                what: "the entry that needs an upgrade",
            }
            .into());
        }
        if !self.held {
            self.held = true;
            out.push(NodeOutput::NeedsUpgrade { at });
            out.send(FeedHold { at })?;
        }
        Ok(())
    }
}
