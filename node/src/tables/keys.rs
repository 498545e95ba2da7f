//! Keys: big-endian, so that their order in the store is the order of what they name.

use registry::act::Author;
use registry::{ActId, ActNumber, Incarnation, OfficerId, RecordId};

/// The place of an own act: its life and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActKey {
    /// The life.
    pub incarnation: Incarnation,
    /// The number within it.
    pub number: ActNumber,
}

impl ActKey {
    /// The place of an act of this node.
    pub const fn of(author: &Author) -> ActKey {
        ActKey {
            incarnation: author.incarnation,
            number: author.number,
        }
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        let wide = (u128::from(self.incarnation.get()) << 64) | u128::from(self.number.get());
        wide.to_be_bytes()
    }

    /// Reads its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<ActKey> {
        let (high, low) = bytes.split_first_chunk::<8>()?;
        Some(ActKey {
            incarnation: Incarnation::new(u64::from_be_bytes(*high)),
            number: ActNumber::new(u64::from_be_bytes(low.try_into().ok()?)),
        })
    }
}

/// Key of a pending act on a record.
pub(crate) fn pending_key(record: &RecordId, act: ActKey) -> Vec<u8> {
    [record.as_bytes().as_slice(), &act.to_bytes()].concat()
}

/// Key of an act in a record's history.
pub(crate) fn history_key(record: &RecordId, order: u64, act: &ActId) -> Vec<u8> {
    [
        record.as_bytes().as_slice(),
        &order.to_be_bytes(),
        act.as_bytes(),
    ]
    .concat()
}

/// What follows the first 16 bytes of a key.
pub(crate) fn after_record(key: &[u8]) -> Option<&[u8]> {
    key.split_at_checked(16).map(|(_, rest)| rest)
}

/// Key of an officer's account.
pub fn officer_key(id: &OfficerId) -> [u8; 32] {
    *blake3::hash(id.as_str().as_bytes()).as_bytes()
}
