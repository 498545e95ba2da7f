//! Attachments: what is known of each, which acts name it, and what is to be sent.

use registry::ActId;
use registry::attachment::AttachmentId;

use super::Rows;
use crate::tables::{ATTACHMENTS, AttachmentRow, NAMED_BY, TO_SEND, TableError};

/// Acts that name one attachment that are looked at.
const ACTS_MAX: usize = 64;

impl Rows {
    /// What is known of an attachment.
    pub fn attachment(&self, hash: &AttachmentId) -> Result<Option<AttachmentRow>, TableError> {
        self.value(ATTACHMENTS, "attachments", hash.as_bytes())
    }
    pub(crate) fn put_attachment(&mut self, row: &AttachmentRow) -> Result<(), TableError> {
        let hash = row.attachment.hash();
        self.put_value(ATTACHMENTS, "attachments", hash.as_bytes(), row)
    }
    pub(crate) fn delete_attachment(&mut self, hash: &AttachmentId) -> Result<(), TableError> {
        self.delete(ATTACHMENTS, hash.as_bytes())
    }

    /// Walks everything that is known of attachments, by name.
    pub(crate) fn walk_attachments(
        &self,
        visit: &mut dyn FnMut(AttachmentRow) -> Result<bool, TableError>,
    ) -> Result<(), TableError> {
        self.walk(ATTACHMENTS, None, &mut |_, row| {
            visit(super::read("attachments", row)?)
        })
    }

    /// The acts that name an attachment, of whatever office.
    pub fn named_by(&self, hash: &AttachmentId) -> Result<Vec<ActId>, TableError> {
        let rows = self.prefix(NAMED_BY, hash.as_bytes(), ACTS_MAX)?;
        let act = |(key, _): &(Vec<u8>, Vec<u8>)| {
            let (_, act) = key.split_at_checked(32)?;
            ActId::from_slice(act)
        };
        rows.iter()
            .map(|row| act(row).ok_or(TableError::Damaged { table: "named by" }))
            .collect()
    }
    pub(crate) fn put_named_by(&mut self, hash: &AttachmentId, act: &ActId) {
        let key = [hash.as_bytes().as_slice(), act.as_bytes()].concat();
        self.put(NAMED_BY, &key, Vec::new());
    }

    /// What is to be sent, with the place of its act, the oldest first.
    pub fn to_send(&self, limit: usize) -> Result<Vec<(u64, AttachmentId)>, TableError> {
        let rows = self.prefix(TO_SEND, &[], limit)?;
        let hash = |(key, _): &(Vec<u8>, Vec<u8>)| {
            let (order, hash) = key.split_first_chunk::<8>()?;
            Some((u64::from_be_bytes(*order), AttachmentId::from_slice(hash)?))
        };
        rows.iter()
            .map(|row| hash(row).ok_or(TableError::Damaged { table: "to send" }))
            .collect()
    }
    pub(crate) fn put_to_send(&mut self, order: u64, hash: &AttachmentId) {
        self.put(TO_SEND, &to_send_key(order, hash), Vec::new());
    }
    pub(crate) fn delete_to_send(
        &mut self,
        order: u64,
        hash: &AttachmentId,
    ) -> Result<(), TableError> {
        self.delete(TO_SEND, &to_send_key(order, hash))
    }
}

fn to_send_key(order: u64, hash: &AttachmentId) -> Vec<u8> {
    [order.to_be_bytes().as_slice(), hash.as_bytes()].concat()
}
