//! Repair of a slice that differs at an equal position: [`Lister`] at the node, [`Mender`] at the
//! centre.
//!
//! The node lists what it holds, page by page; the centre compares range after range and answers
//! each with one or more patches. The feed waits meanwhile. A patch shows the slice as it is when
//! it is compared, which may be ahead of the node's feed position; the entries in between come
//! afterwards and are harmless.

use std::collections::VecDeque;
use std::sync::Arc;

use registry::RecordId;

use crate::SessionError;
use crate::blob::Blob;
use crate::codec::Codec;
use crate::error::{Misuse, Violation};
use crate::limits;
use crate::message::{RepairAck, RepairItem, RepairList, RepairPatch};
use crate::session::event::{CentralOutput, Effects, NodeOutput};

fn window() -> u32 {
    u32::try_from(limits::REPAIR_WINDOW).unwrap_or(u32::MAX)
}

/// The last record of a list page that follows `after` in order, or nothing if it does not.
fn ordered(items: &[RepairItem], after: Option<RecordId>) -> Option<Option<RecordId>> {
    items.iter().try_fold(after, |before, item| {
        (before < Some(item.record)).then_some(Some(item.record))
    })
}

/// The node's side.
pub(crate) struct Lister {
    codec: Arc<Codec>,
    after: Option<RecordId>,
    reading: bool,
    all_listed: bool,
    /// List pages sent and not yet fully answered.
    unanswered: u32,
    received: u32,
    durable: u32,
}

impl Lister {
    pub(crate) fn new(codec: Arc<Codec>) -> Self {
        Self {
            codec,
            after: None,
            reading: false,
            all_listed: false,
            unanswered: 0,
            received: 0,
            durable: 0,
        }
    }

    pub(crate) fn advance(&mut self, out: &mut Effects<NodeOutput>) {
        if !self.reading && !self.all_listed && self.unanswered < window() {
            self.reading = true;
            let max_count = limits::REPAIR_LIST_ITEMS_MAX;
            out.push(NodeOutput::NeedRepairList {
                after: self.after,
                max_count,
            });
        }
    }

    pub(crate) fn listing(
        &mut self,
        items: Vec<RepairItem>,
        done: bool,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if !std::mem::replace(&mut self.reading, false) {
            return Err(Misuse::Unasked {
                what: "a list of the slice",
            }
            .into());
        }
        if items.len() > limits::REPAIR_LIST_ITEMS_MAX || (items.is_empty() && !done) {
            return Err(Misuse::Size {
                what: "a list of the slice",
            }
            .into());
        }
        self.after = ordered(&items, self.after).ok_or(Misuse::Order {
            what: "a list of the slice",
        })?;
        self.all_listed = done;
        self.unanswered = self.unanswered.saturating_add(1);
        out.send(RepairList { items, done })
    }

    pub(crate) fn patch(
        &mut self,
        patch: RepairPatch,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if self.unanswered == 0 {
            return Err(Violation::Unexpected {
                message: "RepairPatch",
            }
            .into());
        }
        if self.received.saturating_sub(self.durable) >= window() {
            return Err(Violation::Credit { what: "patches" }.into());
        }
        if patch.drop.len() > limits::REPAIR_DROPS_MAX {
            let max = limits::REPAIR_DROPS_MAX;
            return Err(Violation::Limit {
                what: "dropped records",
                max,
            }
            .into());
        }
        let replace = self
            .codec
            .expand(patch.packed.0, limits::PAYLOAD_BYTES_MAX)?;
        self.received = self.received.saturating_add(1);
        self.unanswered = self.unanswered.saturating_sub(u32::from(patch.covered));
        out.push(NodeOutput::ApplyRepair {
            replace,
            drop: patch.drop,
        });
        Ok(())
    }

    /// Tells whether the repair is complete.
    pub(crate) fn on_durable(
        &mut self,
        out: &mut Effects<NodeOutput>,
    ) -> Result<bool, SessionError> {
        if self.durable >= self.received {
            return Err(Misuse::Order {
                what: "a durable patch",
            }
            .into());
        }
        self.durable = self.durable.saturating_add(1);
        out.send(RepairAck {
            patches: self.durable,
        })?;
        Ok(self.all_listed && self.unanswered == 0 && self.durable == self.received)
    }
}

/// The centre's side.
pub(crate) struct Mender {
    codec: Arc<Codec>,
    dictionary: u32,
    pages: VecDeque<RepairList>,
    listed_to: Option<RecordId>,
    all_listed: bool,
    covered_to: Option<RecordId>,
    comparing: bool,
    sent: u32,
    acked: u32,
}

impl Mender {
    pub(crate) fn new(codec: Arc<Codec>, dictionary: u32) -> Self {
        Self {
            codec,
            dictionary,
            pages: VecDeque::new(),
            listed_to: None,
            all_listed: false,
            covered_to: None,
            comparing: false,
            sent: 0,
            acked: 0,
        }
    }

    pub(crate) fn list(&mut self, page: RepairList) -> Result<(), SessionError> {
        if self.all_listed {
            return Err(Violation::Unexpected {
                message: "RepairList",
            }
            .into());
        }
        if self.pages.len() >= limits::REPAIR_WINDOW {
            return Err(Violation::Credit { what: "list pages" }.into());
        }
        if page.items.len() > limits::REPAIR_LIST_ITEMS_MAX {
            let max = limits::REPAIR_LIST_ITEMS_MAX;
            return Err(Violation::Limit {
                what: "listed records",
                max,
            }
            .into());
        }
        let order = Violation::Order {
            what: "listed records",
        };
        if page.items.is_empty() && !page.done {
            return Err(order.into());
        }
        self.listed_to = ordered(&page.items, self.listed_to).ok_or(order)?;
        self.all_listed = page.done;
        self.pages.push_back(page);
        Ok(())
    }

    pub(crate) fn advance(&mut self, out: &mut Effects<CentralOutput>) {
        let open = self.sent.saturating_sub(self.acked) < window();
        let Some(page) = self.pages.front().filter(|_| open && !self.comparing) else {
            return;
        };
        self.comparing = true;
        let until = page
            .items
            .last()
            .map(|item| item.record)
            .filter(|_| !page.done);
        let items = page.items.clone();
        out.push(CentralOutput::CompareSlice {
            after: self.covered_to,
            until,
            items,
        });
    }

    pub(crate) fn compared(
        &mut self,
        replace: &[u8],
        drop: Vec<RecordId>,
        covered_to: Option<RecordId>,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        if !std::mem::replace(&mut self.comparing, false) {
            return Err(Misuse::Unasked {
                what: "a comparison",
            }
            .into());
        }
        if drop.len() > limits::REPAIR_DROPS_MAX {
            return Err(Misuse::Size {
                what: "dropped records",
            }
            .into());
        }
        match (covered_to, self.pages.front_mut()) {
            (Some(to), Some(page)) => {
                let end = page
                    .items
                    .last()
                    .map(|item| item.record)
                    .filter(|_| !page.done);
                if Some(to) <= self.covered_to || end.is_some_and(|end| to >= end) {
                    return Err(Misuse::Order {
                        what: "a comparison",
                    }
                    .into());
                }
                page.items.retain(|item| item.record > to);
                self.covered_to = Some(to);
            }
            _ => {
                let page = self.pages.pop_front();
                let last = page.and_then(|page| page.items.last().map(|item| item.record));
                self.covered_to = last.or(self.covered_to);
            }
        }
        let packed = Blob(self.codec.compress(self.dictionary, replace)?);
        self.sent = self.sent.saturating_add(1);
        out.send(RepairPatch {
            covered: covered_to.is_none(),
            drop,
            packed,
        })
    }

    /// Tells whether the repair is complete.
    pub(crate) fn acknowledged(&mut self, message: &RepairAck) -> Result<bool, SessionError> {
        if message.patches > self.sent {
            return Err(Violation::AcknowledgedUnsent { what: "patches" }.into());
        }
        if message.patches <= self.acked {
            return Err(Violation::Order {
                what: "acknowledgements of patches",
            }
            .into());
        }
        self.acked = message.patches;
        Ok(self.all_listed && self.pages.is_empty() && self.acked == self.sent)
    }
}
