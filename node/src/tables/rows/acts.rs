//! Acts: the outbox, every act that is known, those that are pending on a record, receipts.

use registry::{ActId, FeedSeq, RecordId};
use registry_store::KeyRange;
use sync_proto::Chain;

use super::{Rows, read};
use crate::tables::keys::{after_record, history_key, pending_key};
use crate::tables::{ACTS, ACTS_OF, ActKey, ActRow, OUTBOX, PENDING, RECEIPTS, TableError};

/// Acts of one record, or pending on it, that are looked at.
const ACTS_OF_RECORD_MAX: usize = 10_000;

/// Acts.
impl Rows {
    /// An act that is known.
    pub fn act(&self, id: &ActId) -> Result<Option<ActRow>, TableError> {
        self.value(ACTS, "acts", id.as_bytes())
    }
    pub(crate) fn put_act(&mut self, row: &ActRow) -> Result<(), TableError> {
        self.put_value(ACTS, "acts", row.act.id().as_bytes(), row)
    }

    /// The own act at a place, and the chain after it.
    pub fn outbox(&self, key: ActKey) -> Result<Option<(ActId, Chain)>, TableError> {
        self.value(OUTBOX, "outbox", &key.to_bytes())
    }
    pub(crate) fn put_outbox(
        &mut self,
        key: ActKey,
        act: ActId,
        chain: Chain,
    ) -> Result<(), TableError> {
        self.put_value(OUTBOX, "outbox", &key.to_bytes(), &(act, chain))
    }

    /// Own acts of the store before `before`, the newest first.
    pub(crate) fn outbox_back(
        &self,
        before: Option<ActKey>,
        limit: usize,
    ) -> Result<Vec<(ActKey, ActId)>, TableError> {
        let range = match before {
            Some(key) => KeyRange::all().before(&key.to_bytes()),
            None => KeyRange::all(),
        };
        self.store
            .scan_back(OUTBOX, &range, limit)?
            .iter()
            .map(|(key, value)| {
                let (act, _): (ActId, Chain) = read("outbox", value)?;
                let key = ActKey::from_bytes(key).ok_or(TableError::Damaged { table: "outbox" })?;
                Ok((key, act))
            })
            .collect()
    }

    /// Walks every act that is known, in no order that means anything.
    pub(crate) fn walk_acts(
        &self,
        visit: &mut dyn FnMut(ActRow) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        self.walk(ACTS, None, &mut |_, row| {
            visit(read("acts", row)?)?;
            Ok(true)
        })
    }

    /// Own acts on a record that have no outcome, in their order, and whether each stands in the
    /// provisional record.
    pub fn pending(&self, record: &RecordId) -> Result<Vec<(ActKey, bool)>, TableError> {
        let rows = self.prefix(PENDING, record.as_bytes(), ACTS_OF_RECORD_MAX)?;
        let act = |(key, value): &(Vec<u8>, Vec<u8>)| {
            let act = ActKey::from_bytes(after_record(key)?)?;
            Some((act, value.first() == Some(&1)))
        };
        rows.iter()
            .map(|row| act(row).ok_or(TableError::Damaged { table: "pending" }))
            .collect()
    }
    pub(crate) fn put_pending(&mut self, record: &RecordId, act: ActKey, stands: bool) {
        self.put(PENDING, &pending_key(record, act), vec![u8::from(stands)]);
    }
    pub(crate) fn delete_pending(
        &mut self,
        record: &RecordId,
        act: ActKey,
    ) -> Result<(), TableError> {
        self.delete(PENDING, &pending_key(record, act))
    }

    /// The acts on a record, in the order in which this office heard of them.
    pub fn acts_of(&self, record: &RecordId) -> Result<Vec<ActId>, TableError> {
        let rows = self.prefix(ACTS_OF, record.as_bytes(), ACTS_OF_RECORD_MAX)?;
        rows.iter()
            .map(|(key, _)| {
                let id = key
                    .split_at_checked(24)
                    .and_then(|(_, id)| ActId::from_slice(id));
                id.ok_or(TableError::Damaged {
                    table: "acts of a record",
                })
            })
            .collect()
    }
    pub(crate) fn put_act_of(&mut self, record: &RecordId, order: u64, act: &ActId) {
        self.put(ACTS_OF, &history_key(record, order, act), Vec::new());
    }

    pub(crate) fn put_receipts(&mut self, at: FeedSeq, raw: &[u8]) {
        self.put(RECEIPTS, &at.get().to_be_bytes(), raw.to_vec());
    }

    /// The receipts of a feed entry, as they were signed.
    pub fn receipts(&self, at: FeedSeq) -> Result<Option<Vec<u8>>, TableError> {
        self.get(RECEIPTS, &at.get().to_be_bytes())
    }
}
