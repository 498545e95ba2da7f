//! What the office remembers of bundles on a stick: which were made and what is in them, so that
//! the status line can say so and an answer can be opened; and the centre's key for them.
//!
//! Acts stay unsent whatever is on a stick: only a receipt ends that.

use registry::feed::FeedItem;
use registry::{ActNumber, FeedSeq, Incarnation, OfficeCode, OfficerId};
use serde::Serialize;
use sync_proto::bundle::{AnswerStands, BundleId};
use sync_proto::limits::BUNDLE_LIFE_S;
use sync_proto::{ChainPoint, FeedEntry, NodeState};
use utoipa::ToSchema;

use super::feed::last_of;
use super::{FeedDone, Office, OfficeError};
use crate::tables::{ActKey, AuditEvent, BundleAnswered, BundleRow};

/// Bundles that are remembered: one every day for as long as an answer may take.
const BUNDLES_MAX: usize = 64;

/// Acts that are on a stick and without a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OnStick {
    /// How many.
    pub acts: u64,
    /// Since when, seconds since 1970.
    pub since_s: i64,
    /// After this the centre no longer takes the bundle.
    pub expires_s: i64,
}

impl Office {
    /// The centre's key for bundles, if it has told one.
    pub fn bundle_key(&self) -> Result<Option<[u8; 32]>, OfficeError> {
        Ok(self.rows.bundle_key()?)
    }

    /// The centre told its key for bundles.
    pub fn learn_bundle_key(&self, key: [u8; 32]) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        work.rows.put_bundle_key(&key)?;
        work.finish()?;
        Ok(())
    }

    /// What a bundle starts from: as a connection, but none is counted. `end` is the durable end of
    /// the outbox.
    pub fn state_for_bundle(&self, end: ChainPoint, wall_ms: u64) -> NodeState {
        let meta = self.meta();
        NodeState {
            outbox_last: end,
            kept_from: ActNumber::new(1),
            taken: meta.taken,
            feed_applied: meta.feed_applied,
            digest: meta.digest,
            fill: meta.fill,
            epoch: meta.epoch,
            wall_ms,
        }
    }

    /// Remembers a bundle before it is given out; those whose answer can no longer come are
    /// forgotten, with the secrets that would open it.
    pub fn note_bundle(&self, id: BundleId, row: &BundleRow) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let mut known = work.rows.bundles(BUNDLES_MAX.saturating_add(1))?;
        known.sort_by_key(|(_, known)| known.made_s);
        let room = BUNDLES_MAX.saturating_sub(1);
        let too_many = known.len().saturating_sub(room);
        for (place, (old, known)) in known.iter().enumerate() {
            let over = row.made_s > known.expires_s.saturating_add(BUNDLE_LIFE_S);
            if over || place < too_many {
                work.rows.delete_bundle(*old)?;
            }
        }
        work.rows.put_bundle(id, row)?;
        let event = AuditEvent::BundleMade {
            bundle: id.0,
            acts: row.acts(),
        };
        work.audit(row.made_s, Some(row.officer.clone()), event)?;
        work.finish()?;
        Ok(())
    }

    /// A bundle that is remembered.
    pub fn bundle(&self, id: BundleId) -> Result<Option<BundleRow>, OfficeError> {
        Ok(self.rows.bundle(id)?)
    }

    /// The bundles that are remembered, the newest first.
    pub fn bundles(&self) -> Result<Vec<(BundleId, BundleRow)>, OfficeError> {
        let mut bundles = self.rows.bundles(BUNDLES_MAX)?;
        bundles.sort_by_key(|(_, row)| std::cmp::Reverse(row.made_s));
        Ok(bundles)
    }

    /// The answer to a bundle was taken in as far as it goes. `of` is the office of whose feed it
    /// speaks.
    pub fn note_bundle_answered(
        &self,
        (id, of): (BundleId, OfficeCode),
        stands: &AnswerStands,
        officer: &OfficerId,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let central_s = i64::try_from(stands.central_ms / 1000).unwrap_or(i64::MAX);
        // It was so late at least when the answer was made.
        work.meta.central_s = work.meta.central_s.max(central_s);
        if of == work.meta.office {
            work.meta.feed_head = work.meta.feed_head.max(stands.feed_head);
        }
        if stands.incarnation == work.meta.incarnation {
            let taken = stands.taken.min(work.meta.outbox_last);
            work.meta.taken = work.meta.taken.max(taken);
        }
        let at_s = work.meta.corrected_s(device_s);
        if let Some(mut row) = work.rows.bundle(id)? {
            row.answered = Some(BundleAnswered {
                at_s,
                taken: stands.taken,
            });
            work.rows.put_bundle(id, &row)?;
        }
        let event = AuditEvent::BundleAnswered { bundle: id.0 };
        work.audit(at_s, Some(officer.clone()), event)?;
        work.finish()?;
        Ok(())
    }

    /// Takes entries of the feed of an office that came on a stick; nothing while the slice is being
    /// filled, for they speak of records that may not be here yet, and nothing of an office that
    /// this one no longer is: the feed of its successor has other entries under the same numbers. Nothing
    /// either of an answer that was made for a life of this device that is over: it has receipts alone
    /// for acts that went with a disk, which the line or a new stick brings back.
    pub fn apply_feed_of_stick(
        &self,
        (of, first): (OfficeCode, FeedSeq),
        entries: &[FeedEntry],
        device_s: i64,
    ) -> Option<FeedDone> {
        let meta = self.meta();
        let fits = meta.fill.is_none() && meta.office == of;
        let known = meta.feed_applied.next().get().saturating_sub(first.get());
        let new = usize::try_from(known)
            .ok()
            .and_then(|known| entries.get(known..));
        let is_late = new
            .into_iter()
            .flatten()
            .any(|entry| self.is_of_a_former_life(entry));
        (fits && !is_late).then(|| self.apply_feed(first, entries, device_s))
    }

    /// Whether an entry is receipts for acts of a former life of this device that are not here.
    fn is_of_a_former_life(&self, entry: &FeedEntry) -> bool {
        if entry.kind != FeedItem::RECEIPTS {
            return false;
        }
        let Ok(FeedItem::Receipts(receipts)) = FeedItem::decode(entry.kind, &entry.payload) else {
            return false;
        };
        let meta = self.meta();
        let key = ActKey {
            incarnation: receipts.incarnation,
            number: last_of(&receipts),
        };
        let is_former = receipts.node == meta.node && receipts.incarnation < meta.incarnation;
        let here = self.rows.outbox(key).ok().flatten();
        let are_here = here.is_some_and(|(_, chain)| *chain.as_bytes() == receipts.chain);
        is_former && !receipts.outcomes.is_empty() && !are_here
    }

    /// Own acts without an outcome that are in the bundle which was made last, if that is not over.
    pub fn on_stick(&self, device_s: i64) -> Result<Option<OnStick>, OfficeError> {
        let meta = self.meta();
        let now_s = meta.corrected_s(device_s);
        let good = |row: &BundleRow| row.incarnation == meta.incarnation && now_s <= row.expires_s;
        let newest = self.bundles()?.into_iter().find(|(_, row)| good(row));
        let Some((_, row)) = newest else {
            return Ok(None);
        };
        let live = self.live();
        let within = |key: &&ActKey| {
            key.incarnation == row.incarnation && (row.first..=row.last).contains(&key.number)
        };
        let acts = live.unanswered.keys().filter(within).count();
        Ok((acts > 0).then_some(OnStick {
            acts: u64::try_from(acts).unwrap_or(u64::MAX),
            since_s: row.made_s,
            expires_s: row.expires_s,
        }))
    }

    /// The last act of a life that is in any bundle which is remembered.
    pub(super) fn last_on_sticks(&self, life: Incarnation) -> Result<ActNumber, OfficeError> {
        let bundles = self.bundles()?;
        let last = bundles.iter().filter(|(_, row)| row.incarnation == life);
        Ok(last.map(|(_, row)| row.last).max().unwrap_or_default())
    }

    /// Whether the centre has the very acts that this office holds up to there. It has not if the
    /// device was restored from a backup, or two copies of it were at work.
    pub fn agrees_with(&self, stands: &AnswerStands) -> Result<bool, OfficeError> {
        let meta = self.meta();
        if stands.incarnation != meta.incarnation {
            return Ok(stands.incarnation < meta.incarnation);
        }
        if stands.taken > meta.outbox_last {
            return Ok(false);
        }
        if stands.taken == ActNumber::new(0) {
            return Ok(true);
        }
        let chain = self.chain_at(ActKey {
            incarnation: meta.incarnation,
            number: stands.taken,
        })?;
        Ok(stands.agrees_with(&ChainPoint {
            incarnation: meta.incarnation,
            number: stands.taken,
            chain,
        }))
    }

    /// The life that an answer says is over, as [`Office::begin_life`] takes it.
    pub fn life_after(&self, stands: &AnswerStands) -> (Incarnation, Option<ActNumber>) {
        let ours = stands.incarnation == self.meta().incarnation;
        (stands.incarnation, ours.then_some(stands.taken))
    }
}
