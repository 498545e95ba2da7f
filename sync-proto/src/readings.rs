//! Readings of records from an office to the centre: [`Teller`] at the node, [`Listener`] at the
//! centre.
//!
//! They come last: nothing is told before the centre has every act and the slice is whole, and one
//! batch is on its way at a time, on the class that yields to all others. The node goes on where the
//! centre last said that it keeps them; a batch that is told twice is kept once, because a reading
//! has a name of its own.

use std::sync::Arc;

use bytes::Bytes;
use registry::reading::{BATCH_BYTES_MAX, Reading, decode_readings};

use crate::SessionError;
use crate::blob::Blob;
use crate::codec::Codec;
use crate::error::{DecodeError, Misuse, Violation};
use crate::limits::READINGS_SETTLE_MS;
use crate::message::{Readings, ReadingsTaken};
use crate::session::event::{CentralOutput, Effects, NodeOutput};

/// The minor version that brought them.
const READINGS_MINOR: u8 = 3;

/// Where a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nothing is asked for.
    Idle,
    /// The driver was asked for it.
    Asked,
    /// It was sent, up to this entry of the audit chain.
    Sent(u64),
}

/// The node's side.
pub(crate) struct Teller {
    codec: Arc<Codec>,
    /// Whether the centre understands it.
    allowed: bool,
    /// When the next batch is due; none if nothing is unsent.
    due_ms: Option<u64>,
    way: Way,
}

impl Teller {
    pub(crate) fn new(codec: Arc<Codec>) -> Self {
        Self {
            codec,
            allowed: false,
            due_ms: None,
            way: Way::Idle,
        }
    }

    /// The minor version that both sides speak.
    pub(crate) fn agreed(&mut self, minor: u8) {
        self.allowed = minor >= READINGS_MINOR;
    }

    /// There are some; those of the next minute go along, unless they are to go at once.
    pub(crate) fn grew(&mut self, now_ms: u64, at_once: bool) {
        let settle_ms = if at_once { 0 } else { READINGS_SETTLE_MS };
        let due_ms = now_ms.saturating_add(settle_ms);
        self.due_ms = Some(self.due_ms.map_or(due_ms, |before| before.min(due_ms)));
    }

    pub(crate) fn wake_ms(&self, quiet: bool) -> Option<u64> {
        let waits = self.allowed && quiet && self.way == Way::Idle;
        self.due_ms.filter(|_| waits)
    }

    /// Asks for a batch if it is time and nothing more urgent is on its way.
    pub(crate) fn advance(&mut self, now_ms: u64, quiet: bool, out: &mut Effects<NodeOutput>) {
        if self.wake_ms(quiet).is_some_and(|due_ms| due_ms <= now_ms) {
            self.way = Way::Asked;
            self.due_ms = None;
            out.push(NodeOutput::ReadReadings);
        }
    }

    /// The driver read a batch; empty if nothing is unsent.
    pub(crate) fn read(
        &mut self,
        up_to: u64,
        payload: &[u8],
        dictionary: u32,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if std::mem::replace(&mut self.way, Way::Idle) != Way::Asked {
            return Err(Misuse::Unasked { what: "readings" }.into());
        }
        if payload.is_empty() {
            return Ok(());
        }
        if payload.len() > BATCH_BYTES_MAX {
            return Err(Misuse::Size { what: "readings" }.into());
        }
        let packed = Blob(self.codec.compress(dictionary, payload)?);
        self.way = Way::Sent(up_to);
        out.send(Readings { up_to, packed })
    }

    /// The centre keeps them. The driver says when that is written down, and whether there are more.
    pub(crate) fn taken(
        &mut self,
        message: &ReadingsTaken,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if self.way != Way::Sent(message.up_to) {
            return Err(Violation::AcknowledgedUnsent { what: "readings" }.into());
        }
        self.way = Way::Idle;
        out.push(NodeOutput::ReadingsTaken {
            up_to: message.up_to,
        });
        Ok(())
    }
}

/// The centre's side.
pub(crate) struct Listener {
    codec: Arc<Codec>,
    /// The batch that is not kept yet.
    keeping: Option<u64>,
}

impl Listener {
    pub(crate) const fn new(codec: Arc<Codec>) -> Self {
        Self {
            codec,
            keeping: None,
        }
    }

    pub(crate) fn told(
        &mut self,
        message: Readings,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if self.keeping.is_some() {
            return Err(Violation::Credit { what: "readings" }.into());
        }
        let payload: Bytes = self.codec.expand(message.packed.0, BATCH_BYTES_MAX)?;
        let readings: Vec<Reading> =
            decode_readings(&payload).map_err(|_| DecodeError::Malformed { tag: Readings::TAG })?;
        self.keeping = Some(message.up_to);
        out.push(CentralOutput::KeepReadings {
            up_to: message.up_to,
            readings,
        });
        Ok(())
    }

    pub(crate) fn kept(
        &mut self,
        up_to: u64,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if self.keeping.take() != Some(up_to) {
            return Err(Misuse::Unasked { what: "readings" }.into());
        }
        out.send(ReadingsTaken { up_to })
    }
}
