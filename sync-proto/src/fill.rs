//! The first fill, page by page: [`FillServer`] at the centre, [`FillTaker`] at the node.
//!
//! The centre keeps nothing between sessions: the node gives back the last record that it has and
//! the start of the feed that it was told with the first page. Pages come in the order of record
//! ids, a few ahead of what is durable. When the last page is durable the feed goes on from its
//! start; entries that the pages already contain come again and are harmless.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use registry::{FeedSeq, RecordId};

use crate::SessionError;
use crate::blob::Blob;
use crate::codec::Codec;
use crate::digest::Digest;
use crate::error::{Misuse, Violation};
use crate::limits;
use crate::message::{FillPage, FillRequest, FillState, PageAck};
use crate::session::event::{CentralOutput, Effects, NodeOutput};

fn window() -> u32 {
    u32::try_from(limits::FILL_WINDOW).unwrap_or(u32::MAX)
}

/// A page that was read at the centre.
pub(crate) struct PageRead {
    pub(crate) last: Option<RecordId>,
    pub(crate) done: bool,
    pub(crate) feed_start: FeedSeq,
    pub(crate) digest: Option<Digest>,
    pub(crate) payload: Bytes,
}

/// The centre's side.
pub(crate) struct FillServer {
    codec: Arc<Codec>,
    dictionary: u32,
    state: FillState,
    reading: bool,
    sent: u32,
    acked: u32,
    done: bool,
}

impl FillServer {
    pub(crate) fn new(codec: Arc<Codec>, dictionary: u32, request: &FillRequest) -> Self {
        let state = request.state;
        Self {
            codec,
            dictionary,
            state,
            reading: false,
            sent: 0,
            acked: 0,
            done: false,
        }
    }

    pub(crate) fn advance(&mut self, out: &mut Effects<CentralOutput>) {
        let open = self.sent.saturating_sub(self.acked) < window();
        if !self.reading && !self.done && open {
            self.reading = true;
            let FillState { after, feed_start } = self.state;
            out.push(CentralOutput::ReadPage { after, feed_start });
        }
    }

    pub(crate) fn read(
        &mut self,
        page: &PageRead,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if !std::mem::replace(&mut self.reading, false) {
            return Err(Misuse::Unasked { what: "a page" }.into());
        }
        let forward = if page.last.is_some() {
            page.last > self.state.after
        } else {
            page.done
        };
        let same_start = self
            .state
            .feed_start
            .is_none_or(|start| start == page.feed_start);
        if !forward || !same_start {
            return Err(Misuse::Order { what: "a page" }.into());
        }
        out.send(FillPage {
            after: self.state.after,
            last: page.last,
            done: page.done,
            feed_start: page.feed_start,
            digest: page.digest.filter(|_| page.done),
            packed: Blob(self.codec.compress(self.dictionary, &page.payload)?),
        })?;
        self.state.after = page.last.or(self.state.after);
        self.state.feed_start = Some(page.feed_start);
        self.sent = self.sent.saturating_add(1);
        self.done = page.done;
        Ok(())
    }

    /// Gives the start of the feed when the last page is durable at the node.
    pub(crate) fn acknowledged(
        &mut self,
        message: &PageAck,
    ) -> Result<Option<FeedSeq>, SessionError> {
        if message.pages > self.sent {
            return Err(Violation::AcknowledgedUnsent { what: "pages" }.into());
        }
        if message.pages <= self.acked {
            return Err(Violation::Order {
                what: "acknowledgements of pages",
            }
            .into());
        }
        self.acked = message.pages;
        let complete = self.done && self.acked == self.sent;
        Ok(self.state.feed_start.filter(|_| complete))
    }
}

/// The node's side.
pub(crate) struct FillTaker {
    codec: Arc<Codec>,
    received: FillState,
    pending: VecDeque<Option<RecordId>>,
    durable: u32,
    /// Set by the last page: the digest that the slice must then have, if it was told.
    done: Option<Option<Digest>>,
}

impl FillTaker {
    /// Asks for pages from this state.
    pub(crate) fn start(
        codec: Arc<Codec>,
        state: FillState,
        out: &mut Effects<NodeOutput>,
    ) -> Result<Self, SessionError> {
        out.send(FillRequest { state })?;
        Ok(Self {
            codec,
            received: state,
            pending: VecDeque::new(),
            durable: 0,
            done: None,
        })
    }

    pub(crate) fn page(
        &mut self,
        page: FillPage,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if self.pending.len() >= limits::FILL_WINDOW {
            return Err(Violation::Credit { what: "pages" }.into());
        }
        let forward = if page.last.is_some() {
            page.last > page.after
        } else {
            page.done
        };
        let same_start = self
            .received
            .feed_start
            .is_none_or(|start| start == page.feed_start);
        let follows = page.after == self.received.after && self.done.is_none();
        if !forward || !same_start || !follows {
            return Err(Violation::Order { what: "pages" }.into());
        }
        let payload = self
            .codec
            .expand(page.packed.0, limits::PAYLOAD_BYTES_MAX)?;
        self.received.after = page.last.or(page.after);
        self.received.feed_start = Some(page.feed_start);
        self.pending.push_back(page.last);
        if page.done {
            self.done = Some(page.digest);
        }
        let FillPage {
            after,
            last,
            done,
            feed_start,
            ..
        } = page;
        out.push(NodeOutput::ApplyPage {
            after,
            last,
            done,
            feed_start,
            payload,
        });
        Ok(())
    }

    /// Gives the start of the feed when the last page is durable.
    pub(crate) fn on_durable(
        &mut self,
        last: Option<RecordId>,
        digest: &Digest,
        out: &mut Effects<NodeOutput>,
    ) -> Result<Option<FeedSeq>, SessionError> {
        if self.pending.pop_front() != Some(last) {
            return Err(Misuse::Order {
                what: "a durable page",
            }
            .into());
        }
        let complete = self.pending.is_empty() && self.done.is_some();
        if complete
            && self
                .done
                .flatten()
                .is_some_and(|expected| expected != *digest)
        {
            return Err(Violation::FillDiffers.into());
        }
        self.durable = self.durable.saturating_add(1);
        out.send(PageAck {
            pages: self.durable,
        })?;
        Ok(self.received.feed_start.filter(|_| complete))
    }
}
