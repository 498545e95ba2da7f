//! Reading through changes that are not staged yet, and staging them as one batch.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use registry::case::CaseNotice;
use registry::feed::Officer;
use registry::{ActId, CaseId, FeedSeq, OfficerId, RecordId};
use registry_store::{Batch, KeyRange, Store, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync_proto::Chain;

use super::keys::{after_record, history_key, pending_key};
use super::{
    ACTS, ACTS_OF, AUDIT, ActKey, ActRow, AuditEntry, CASES, CREDENTIALS, Kept, META, Meta,
    OFFICERS, OFFICIAL, OUTBOX, PENDING, PROVISIONAL, RECEIPTS, TOMBSTONES, TableError, Tombstone,
    officer_key,
};

/// Rows read from the store at a time.
const PAGE_ROWS: usize = 512;
/// Acts of one record, or pending on it, that are looked at.
pub(crate) const ACTS_OF_RECORD_MAX: usize = 10_000;
const META_KEY: &[u8] = b"meta";

/// The rows of the store, with changes on top that nobody else sees yet.
#[derive(Clone)]
pub struct Rows {
    store: Arc<dyn Store>,
    changes: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
    bytes: usize,
}

impl Rows {
    /// The rows of this store.
    pub fn new(store: Arc<dyn Store>) -> Rows {
        Rows {
            store,
            changes: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// About how many bytes of changes wait.
    pub fn waiting_bytes(&self) -> usize {
        self.bytes
    }

    /// Makes the changes visible to every reader, as one batch; not durable yet.
    pub fn stage(&mut self, finishing: bool) -> Result<(), TableError> {
        let mut batch = if finishing {
            Batch::finishing()
        } else {
            Batch::new()
        };
        for ((table, key), value) in std::mem::take(&mut self.changes) {
            match value {
                Some(value) => batch.put(table, &key, value),
                None => batch.delete(table, &key),
            };
        }
        self.bytes = 0;
        self.store.stage(batch)?;
        Ok(())
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, TableError> {
        if let Some(change) = self.changes.get(&(table, key.to_vec())) {
            return Ok(change.clone());
        }
        Ok(self.store.get(table, key)?)
    }

    fn put(&mut self, table: Table, key: &[u8], value: Vec<u8>) {
        self.bytes += key.len() + value.len();
        self.changes.insert((table, key.to_vec()), Some(value));
    }

    /// What is not there is not deleted: most records have no row in most tables.
    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), TableError> {
        if self.get(table, key)?.is_some() {
            self.bytes += key.len();
            self.changes.insert((table, key.to_vec()), None);
        }
        Ok(())
    }

    /// The first rows whose key begins so, changes included.
    fn prefix(
        &self,
        table: Table,
        prefix: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, TableError> {
        let mut rows: BTreeMap<Vec<u8>, Vec<u8>> = self
            .store
            .scan(table, &KeyRange::prefix(prefix), limit)?
            .into_iter()
            .collect();
        let from = (table, prefix.to_vec());
        let changes = self
            .changes
            .range(from..)
            .take_while(|((at, key), _)| *at == table && key.starts_with(prefix));
        for ((_, key), change) in changes {
            match change {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().take(limit).collect())
    }

    fn value<T: DeserializeOwned>(
        &self,
        table: Table,
        name: &'static str,
        key: &[u8],
    ) -> Result<Option<T>, TableError> {
        self.get(table, key)?
            .map(|bytes| read(name, &bytes))
            .transpose()
    }

    fn put_value<T: Serialize>(
        &mut self,
        table: Table,
        name: &'static str,
        key: &[u8],
        value: &T,
    ) -> Result<(), TableError> {
        let bytes = postcard::to_stdvec(value).map_err(|_| TableError::Damaged { table: name })?;
        self.put(table, key, bytes);
        Ok(())
    }

    /// Walks a table of the store in key order, without the changes.
    fn walk(
        &self,
        table: Table,
        after: Option<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> Result<bool, TableError>,
    ) -> Result<(), TableError> {
        let mut range = match after {
            Some(key) => KeyRange::new(Bound::Excluded(key.to_vec()), Bound::Unbounded),
            None => KeyRange::all(),
        };
        loop {
            let rows = self.store.scan(table, &range, PAGE_ROWS)?;
            for (key, value) in &rows {
                if !visit(key, value)? {
                    return Ok(());
                }
            }
            match rows.last() {
                Some((key, _)) if rows.len() == PAGE_ROWS => range = range.after(key),
                _ => return Ok(()),
            }
        }
    }
}

fn read<T: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<T, TableError> {
    postcard::from_bytes(bytes).map_err(|_| TableError::Damaged { table })
}

/// Where the node stands.
impl Rows {
    /// The row, if the store is not new.
    pub fn meta(&self) -> Result<Option<Meta>, TableError> {
        self.value(META, "meta", META_KEY)
    }
    /// Writes it.
    pub fn put_meta(&mut self, meta: &Meta) -> Result<(), TableError> {
        self.put_value(META, "meta", META_KEY, meta)
    }
}

/// Records.
impl Rows {
    fn kept(&self, table: Table, id: &RecordId) -> Result<Option<Kept>, TableError> {
        self.get(table, id.as_bytes())?
            .map(|row| Kept::decode(*id, &row).ok_or(TableError::Damaged { table: "records" }))
            .transpose()
    }

    fn put_kept(&mut self, table: Table, kept: &Kept) -> Result<(), TableError> {
        let row = kept
            .encode()
            .ok_or(TableError::Damaged { table: "records" })?;
        self.put(table, kept.record.id.as_bytes(), row);
        Ok(())
    }

    /// The record as the centre has confirmed it.
    pub fn official(&self, id: &RecordId) -> Result<Option<Kept>, TableError> {
        self.kept(OFFICIAL, id)
    }

    /// The record with own acts on top, if it has any.
    pub fn provisional(&self, id: &RecordId) -> Result<Option<Kept>, TableError> {
        self.kept(PROVISIONAL, id)
    }

    /// The record as screens show it.
    pub fn shown(&self, id: &RecordId) -> Result<Option<Kept>, TableError> {
        match self.provisional(id)? {
            Some(kept) => Ok(Some(kept)),
            None => self.official(id),
        }
    }

    pub(crate) fn put_official(&mut self, kept: &Kept) -> Result<(), TableError> {
        self.put_kept(OFFICIAL, kept)
    }
    pub(crate) fn delete_official(&mut self, id: &RecordId) -> Result<(), TableError> {
        self.delete(OFFICIAL, id.as_bytes())
    }
    pub(crate) fn put_provisional(&mut self, kept: &Kept) -> Result<(), TableError> {
        self.put_kept(PROVISIONAL, kept)
    }
    pub(crate) fn delete_provisional(&mut self, id: &RecordId) -> Result<(), TableError> {
        self.delete(PROVISIONAL, id.as_bytes())
    }

    /// Walks the official records of the store; `visit` gets the id and the row, and tells whether
    /// to go on.
    pub(crate) fn walk_official(
        &self,
        after: Option<RecordId>,
        visit: &mut dyn FnMut(RecordId, &[u8]) -> Result<bool, TableError>,
    ) -> Result<(), TableError> {
        let after = after.map(|id| *id.as_bytes());
        self.walk(
            OFFICIAL,
            after.as_ref().map(<[u8; 16]>::as_slice),
            &mut |key, row| visit(record_of(key)?, row),
        )
    }

    /// Walks the provisional records of the store.
    pub(crate) fn walk_provisional(
        &self,
        visit: &mut dyn FnMut(RecordId, &[u8]) -> Result<bool, TableError>,
    ) -> Result<(), TableError> {
        self.walk(PROVISIONAL, None, &mut |key, row| {
            visit(record_of(key)?, row)
        })
    }

    /// What is left of a record that left.
    pub fn tombstone(&self, id: &RecordId) -> Result<Option<Tombstone>, TableError> {
        self.value(TOMBSTONES, "tombstones", id.as_bytes())
    }
    pub(crate) fn put_tombstone(
        &mut self,
        id: &RecordId,
        stone: &Tombstone,
    ) -> Result<(), TableError> {
        self.put_value(TOMBSTONES, "tombstones", id.as_bytes(), stone)
    }
    pub(crate) fn delete_tombstone(&mut self, id: &RecordId) -> Result<(), TableError> {
        self.delete(TOMBSTONES, id.as_bytes())
    }
}

fn record_of(key: &[u8]) -> Result<RecordId, TableError> {
    RecordId::from_slice(key).ok_or(TableError::Damaged { table: "records" })
}

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

/// Cases, officers, audit.
impl Rows {
    /// A case.
    pub fn case(&self, id: &CaseId) -> Result<Option<CaseNotice>, TableError> {
        self.value(CASES, "cases", id.as_bytes())
    }
    pub(crate) fn put_case(&mut self, notice: &CaseNotice) -> Result<(), TableError> {
        self.put_value(CASES, "cases", notice.case.id.as_bytes(), notice)
    }
    pub(crate) fn walk_cases(
        &self,
        visit: &mut dyn FnMut(CaseNotice) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        self.walk(CASES, None, &mut |_, row| {
            visit(read("cases", row)?)?;
            Ok(true)
        })
    }

    pub(crate) fn put_officer(&mut self, officer: &Officer) -> Result<(), TableError> {
        self.put_value(OFFICERS, "officers", &officer_key(&officer.id), officer)
    }
    pub(crate) fn delete_officer(&mut self, id: &OfficerId) -> Result<(), TableError> {
        self.delete(OFFICERS, &officer_key(id))
    }
    pub(crate) fn walk_officers(
        &self,
        visit: &mut dyn FnMut(Officer) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        self.walk(OFFICERS, None, &mut |_, row| {
            visit(read("officers", row)?)?;
            Ok(true)
        })
    }
    pub(crate) fn put_credential(
        &mut self,
        token_hash: &[u8; 32],
        officer: &OfficerId,
    ) -> Result<(), TableError> {
        self.put_value(CREDENTIALS, "credentials", token_hash, officer)
    }
    pub(crate) fn walk_credentials(
        &self,
        visit: &mut dyn FnMut([u8; 32], OfficerId) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        self.walk(CREDENTIALS, None, &mut |key, row| {
            let hash = key.try_into().map_err(|_| TableError::Damaged {
                table: "credentials",
            })?;
            visit(hash, read("credentials", row)?)?;
            Ok(true)
        })
    }

    pub(crate) fn put_audit(
        &mut self,
        position: u64,
        entry: &AuditEntry,
    ) -> Result<(), TableError> {
        self.put_value(AUDIT, "audit", &position.to_be_bytes(), entry)
    }
    /// An entry of the audit chain.
    pub fn audit(&self, position: u64) -> Result<Option<AuditEntry>, TableError> {
        self.value(AUDIT, "audit", &position.to_be_bytes())
    }
}
