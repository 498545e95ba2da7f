//! Batches of changes, and how they are encoded inside a journal frame.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::StoreError;
use crate::limits::{BATCH_BYTES_MAX, CHANGE_OVERHEAD_BYTES, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use crate::store::Table;

/// Puts and deletes, applied in their order, whole or not at all.
///
/// Its size is bounded: what exceeds a limit is not kept, and the whole batch is then refused when
/// it is staged.
#[derive(Clone, Default)]
pub struct Batch {
    changes: Vec<Change>,
    bytes: usize,
    excess: Option<Excess>,
    finishing: bool,
}

#[derive(Clone, Copy)]
enum Excess {
    Key(usize),
    Value(usize),
    Batch(usize),
}

/// One change. The key is led by its table.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) key: Vec<u8>,
    pub(crate) value: Option<Vec<u8>>,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch that finishes what was begun (a receipt, an acknowledgement, a removal): it may use
    /// the disk's reserve, which refuses new work.
    #[must_use]
    pub fn finishing() -> Self {
        Self {
            finishing: true,
            ..Self::default()
        }
    }

    /// Sets the value of a key. The key must hold no citizen data.
    pub fn put(&mut self, table: Table, key: &[u8], value: impl Into<Vec<u8>>) -> &mut Self {
        self.add(table, key, Some(value.into()))
    }

    /// Removes a key, if it is there.
    pub fn delete(&mut self, table: Table, key: &[u8]) -> &mut Self {
        self.add(table, key, None)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.excess.is_none()
    }

    /// The number of changes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Its size, to be held against [`BATCH_BYTES_MAX`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn add(&mut self, table: Table, key: &[u8], value: Option<Vec<u8>>) -> &mut Self {
        let value_bytes = value.as_ref().map_or(0, Vec::len);
        let bytes = self
            .bytes
            .saturating_add(key.len())
            .saturating_add(value_bytes)
            .saturating_add(CHANGE_OVERHEAD_BYTES);
        let excess = if key.len() > KEY_BYTES_MAX {
            Some(Excess::Key(key.len()))
        } else if value_bytes > VALUE_BYTES_MAX {
            Some(Excess::Value(value_bytes))
        } else if bytes > BATCH_BYTES_MAX {
            Some(Excess::Batch(bytes))
        } else {
            None
        };
        if let Some(excess) = excess {
            self.excess.get_or_insert(excess);
            return self;
        }
        self.bytes = bytes;
        let mut led = Vec::with_capacity(key.len().saturating_add(1));
        led.push(table.0);
        led.extend_from_slice(key);
        self.changes.push(Change { key: led, value });
        self
    }

    /// The changes, if the batch kept to its limits.
    pub(crate) fn accepted(self) -> Result<Vec<Change>, StoreError> {
        match self.excess {
            None => Ok(self.changes),
            Some(Excess::Key(bytes)) => Err(StoreError::KeyTooLong { bytes }),
            Some(Excess::Value(bytes)) => Err(StoreError::ValueTooLarge { bytes }),
            Some(Excess::Batch(bytes)) => Err(StoreError::BatchTooLarge { bytes }),
        }
    }

    pub(crate) fn may_use_reserve(&self) -> bool {
        self.finishing
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("changes", &self.changes.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// A change as it is written. Borrowed, so that reading copies nothing.
#[derive(Serialize, Deserialize)]
pub(crate) struct EncodedChange<'a> {
    #[serde(borrow, serialize_with = "as_bytes")]
    pub(crate) key: &'a [u8],
    #[serde(borrow, serialize_with = "as_optional_bytes")]
    pub(crate) value: Option<&'a [u8]>,
}

/// Appends one batch to a group: the number of changes, then each change.
pub(crate) fn encode(changes: &[Change], group: Vec<u8>) -> Result<Vec<u8>, postcard::Error> {
    let encoded: Vec<EncodedChange<'_>> = changes
        .iter()
        .map(|change| EncodedChange {
            key: &change.key,
            value: change.value.as_deref(),
        })
        .collect();
    postcard::to_extend(&encoded, group)
}

/// Takes one batch from the front of a group.
pub(crate) fn decode(group: &[u8]) -> Result<(Vec<EncodedChange<'_>>, &[u8]), postcard::Error> {
    postcard::take_from_bytes(group)
}

fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

// serde's `serialize_with` hands a reference to the field, whatever the field is.
#[allow(clippy::ref_option)]
fn as_optional_bytes<S: Serializer>(
    bytes: &Option<&[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    struct Bytes<'a>(&'a [u8]);
    impl Serialize for Bytes<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(self.0)
        }
    }
    bytes.map(Bytes).serialize(serializer)
}
