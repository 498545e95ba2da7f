//! Cases, officers and their tokens, the audit chain.

use registry::block::NumberBlock;
use registry::case::CaseNotice;
use registry::feed::Officer;
use registry::{CaseId, OfficerId};

use super::{Rows, read};
use crate::tables::{
    ACCESS, AUDIT, Access, AuditEntry, BLOCKS, CASES, CREDENTIALS, NEWS, OFFICERS, TableError,
    officer_key,
};

/// Most blocks of numbers that a node has at a time: two years, two sexes, and what is left over.
const BLOCKS_MAX: usize = 256;
/// Most decisions that are told as news; once some were looked at the next ones are.
const NEWS_MAX: usize = 200;

/// Cases, officers, numbers at hand, audit.
impl Rows {
    /// A case.
    pub fn case(&self, id: &CaseId) -> Result<Option<CaseNotice>, TableError> {
        self.value(CASES, "cases", id.as_bytes())
    }
    pub(crate) fn put_case(&mut self, notice: &CaseNotice) -> Result<(), TableError> {
        self.put_value(CASES, "cases", notice.case.id.as_bytes(), notice)
    }
    pub(crate) fn delete_case(&mut self, id: &CaseId) -> Result<(), TableError> {
        self.delete(CASES, id.as_bytes())
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

    /// The cases that were decided and that nobody has looked at since.
    pub(crate) fn news(&self) -> Result<Vec<CaseId>, TableError> {
        let rows = self.prefix(NEWS, &[], NEWS_MAX)?;
        Ok(rows
            .iter()
            .filter_map(|(key, _)| CaseId::from_slice(key))
            .collect())
    }
    pub(crate) fn is_news(&self, id: &CaseId) -> Result<bool, TableError> {
        Ok(self.get(NEWS, id.as_bytes())?.is_some())
    }
    pub(crate) fn put_news(&mut self, id: &CaseId, at_s: i64) -> Result<(), TableError> {
        self.put_value(NEWS, "news", id.as_bytes(), &at_s)
    }
    pub(crate) fn delete_news(&mut self, id: &CaseId) -> Result<(), TableError> {
        self.delete(NEWS, id.as_bytes())
    }

    /// The numbers that are set aside for this node. A block without any is gone.
    pub(crate) fn number_blocks(&self) -> Result<Vec<NumberBlock>, TableError> {
        let rows = self.prefix(BLOCKS, &[], BLOCKS_MAX)?;
        rows.iter()
            .map(|(_, row)| read("number blocks", row))
            .collect()
    }
    pub(crate) fn put_number_block(&mut self, block: &NumberBlock) -> Result<(), TableError> {
        let key = block.block.to_be_bytes();
        if block.randoms.is_empty() {
            return self.delete(BLOCKS, &key);
        }
        self.put_value(BLOCKS, "number blocks", &key, block)
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

    pub(crate) fn put_access(&mut self, key: &[u8; 32], access: &Access) -> Result<(), TableError> {
        self.put_value(ACCESS, "access", key, access)
    }
    pub(crate) fn delete_access(&mut self, key: &[u8; 32]) -> Result<(), TableError> {
        self.delete(ACCESS, key)
    }
    pub(crate) fn walk_access(
        &self,
        visit: &mut dyn FnMut([u8; 32], Access) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        self.walk(ACCESS, None, &mut |key, row| {
            let key = key
                .try_into()
                .map_err(|_| TableError::Damaged { table: "access" })?;
            visit(key, read("access", row)?)?;
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
