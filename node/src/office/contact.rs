//! Speaking with the centre: what a connection starts from, and what is learned from each contact.

use registry::{ActNumber, FeedSeq, OfficerId};
use sync_proto::NodeState;

use super::{Office, OfficeError};
use crate::tables::AuditEvent;
use crate::tables::CENTRAL_KEYS_MAX;

/// Highest epoch that is taken over from the centre, so that there is always a next one.
const EPOCH_MAX: u64 = u64::MAX >> 1;

impl Office {
    /// Counts a new connection and tells what it starts from. The count must be durable before
    /// the session says it.
    pub fn begin_connection(&self, wall_ms: u64) -> Result<NodeState, OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        // Led by the clock, so that a device restored from an old backup is not taken for a stale
        // connection as many times as it had connected since.
        work.meta.epoch = work.meta.epoch.saturating_add(1).max(wall_ms / 1000);
        let meta = work.finish()?;
        Ok(NodeState {
            outbox_last: meta.outbox_point(),
            kept_from: ActNumber::new(1),
            taken: meta.taken,
            feed_applied: meta.feed_applied,
            digest: meta.digest,
            fill: meta.fill,
            epoch: meta.epoch,
            wall_ms,
        })
    }

    /// The centre has seen a connection with this epoch: the next one goes above it.
    pub fn raise_epoch(&self, above: u64) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        work.meta.epoch = work.meta.epoch.max(above.min(EPOCH_MAX));
        work.finish()?;
        Ok(())
    }

    /// The centre proved, by its certificate, that this key is its own; receipts are signed with it.
    pub fn trust_central(&self, key: [u8; 32]) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let keys = &mut work.meta.central_keys;
        keys.retain(|known| *known != key);
        keys.push(key);
        if keys.len() > CENTRAL_KEYS_MAX {
            keys.remove(0);
        }
        work.finish()?;
        Ok(())
    }

    /// The centre answered.
    pub fn note_contact(
        &self,
        central_ms: u64,
        clock_offset_ms: i64,
        feed_head: FeedSeq,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let central_s = i64::try_from(central_ms / 1000).unwrap_or(i64::MAX);
        work.meta.central_s = work.meta.central_s.max(central_s);
        work.meta.clock_offset_ms = Some(clock_offset_ms);
        work.meta.last_contact_s = Some(device_s);
        work.meta.feed_head = feed_head;
        work.finish()?;
        Ok(())
    }

    /// The centre was heard, and nothing more than that.
    pub fn note_heard(&self, device_s: i64) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        // A clock that was set back since is no longer wrong by what it was; only the next hello
        // tells by how much.
        if work
            .meta
            .last_contact_s
            .is_some_and(|last_s| device_s < last_s)
        {
            work.meta.clock_offset_ms = None;
        }
        work.meta.last_contact_s = Some(device_s);
        work.finish()?;
        Ok(())
    }

    /// The centre has acts up to here.
    pub fn note_taken(&self, up_to: ActNumber) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        work.meta.taken = work.meta.taken.max(up_to);
        work.finish()?;
        Ok(())
    }

    /// An officer cuts or restores the line.
    pub fn switch_line(
        &self,
        cut: bool,
        officer: &OfficerId,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        work.meta.line_cut = cut;
        let at_s = work.meta.corrected_s(device_s);
        work.audit(
            at_s,
            Some(officer.clone()),
            AuditEvent::LineSwitched { cut },
        )?;
        work.finish()?;
        Ok(())
    }
}
