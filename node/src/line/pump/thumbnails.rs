//! Thumbnails of the slice that are not here: fetched one at a time, and only while both sides are
//! known to hold the same, so that nothing that anybody waits for is behind them.

use registry::attachment::AttachmentId;
use sync_proto::FetchOutcome;

use super::Pump;
use crate::clock;

/// After so many that the centre did not have, this connection asks only for those of which the
/// feed tells: the centre ends a connection that asks in vain too often.
const IN_VAIN_MAX: u32 = 100;

/// Thumbnails on one connection.
#[derive(Default)]
pub(super) struct Thumbnails {
    /// The one that is being fetched.
    under_way: Option<AttachmentId>,
    /// Those that the centre did not have.
    in_vain: u32,
}

impl Pump<'_> {
    /// Begins to fetch the next one, if nothing else is to be done.
    pub(super) fn fetch_thumbnail(&mut self) {
        let quiet = self.linked && self.line.handle.status.borrow().in_step;
        if !quiet || self.thumbnails.under_way.is_some() {
            return;
        }
        let told = self.thumbnails.in_vain >= IN_VAIN_MAX;
        match self.line.office.next_thumbnail(told, clock::device_s()) {
            Ok(None) => {}
            Ok(Some(thumbnail)) => {
                self.thumbnails.under_way = Some(thumbnail.hash());
                self.want(thumbnail);
            }
            Err(error) => {
                tracing::warn!(code = error.code(), "no thumbnail is fetched: {error}");
            }
        }
    }

    /// A fetch has ended, whoever wanted it.
    pub(super) fn fetch_ended(&mut self, hash: &AttachmentId, outcome: FetchOutcome) {
        if self.thumbnails.under_way != Some(*hash) {
            return;
        }
        self.thumbnails.under_way = None;
        if outcome != FetchOutcome::Whole {
            self.line.office.put_off_thumbnail(hash, clock::device_s());
        }
        if matches!(outcome, FetchOutcome::Refused(_)) {
            self.thumbnails.in_vain = self.thumbnails.in_vain.saturating_add(1);
        }
        self.fetch_thumbnail();
    }
}
