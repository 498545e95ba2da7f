//! The audit chain, looked at: all that was done at this device, each link covering those before.

use super::{Office, OfficeError};
use crate::tables::{AuditEntry, TableError};

/// A page of the chain, the latest link first.
#[derive(Debug)]
pub struct AuditPage {
    /// The links with their places.
    pub links: Vec<(u64, AuditEntry)>,
    /// The place before which the next page begins; nothing if this is the last.
    pub next: Option<u64>,
    /// How many links there are.
    pub entries: u64,
    /// What all of them come to.
    pub digest: [u8; 32],
}

impl Office {
    /// The links before a place, or the latest.
    pub fn audit_page(&self, before: Option<u64>, limit: usize) -> Result<AuditPage, OfficeError> {
        let meta = self.meta();
        let last = before.map_or(meta.audit_entries, |before| before.saturating_sub(1));
        let last = last.min(meta.audit_entries);
        let first = last.saturating_sub(u64::try_from(limit).unwrap_or(u64::MAX));
        let mut links = Vec::new();
        for place in (first.saturating_add(1)..=last).rev() {
            let damaged = TableError::Damaged { table: "audit" };
            links.push((place, self.rows.audit(place)?.ok_or(damaged)?));
        }
        Ok(AuditPage {
            links,
            next: (first > 0).then(|| first.saturating_add(1)),
            entries: meta.audit_entries,
            digest: meta.audit_link,
        })
    }
}
