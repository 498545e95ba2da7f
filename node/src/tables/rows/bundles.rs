//! Bundles for a stick, and the centre's key for them.

use sync_proto::bundle::BundleId;

use super::{Rows, read};
use crate::tables::{BUNDLE_KEY, BUNDLES, BundleRow, TableError};

const KEY_OF_CENTRE: &[u8] = &[0];

impl Rows {
    pub(crate) fn bundle(&self, id: BundleId) -> Result<Option<BundleRow>, TableError> {
        self.value(BUNDLES, "bundles", &id.0)
    }
    pub(crate) fn put_bundle(&mut self, id: BundleId, row: &BundleRow) -> Result<(), TableError> {
        self.put_value(BUNDLES, "bundles", &id.0, row)
    }
    pub(crate) fn delete_bundle(&mut self, id: BundleId) -> Result<(), TableError> {
        self.delete(BUNDLES, &id.0)
    }
    /// All of them, in no order that means anything.
    pub(crate) fn bundles(&self, most: usize) -> Result<Vec<(BundleId, BundleRow)>, TableError> {
        let damaged = || TableError::Damaged { table: "bundles" };
        self.prefix(BUNDLES, &[], most)?
            .iter()
            .map(|(key, row)| {
                let id = key.as_slice().try_into().map_err(|_| damaged())?;
                Ok((BundleId(id), read("bundles", row)?))
            })
            .collect()
    }
    pub(crate) fn bundle_key(&self) -> Result<Option<[u8; 32]>, TableError> {
        self.value(BUNDLE_KEY, "bundle key", KEY_OF_CENTRE)
    }
    pub(crate) fn put_bundle_key(&mut self, key: &[u8; 32]) -> Result<(), TableError> {
        self.put_value(BUNDLE_KEY, "bundle key", KEY_OF_CENTRE, key)
    }
}
