//! The readers that lie behind the seal, for the tests that give them any bytes. Without the data
//! key nobody reaches them from outside; they are kept as strict as those that anybody reaches.

use crate::batch;
use crate::header::{HEADER_BYTES, Header, SEGMENT_MAGIC, SNAPSHOT_MAGIC};
use crate::key::DataKey;
use crate::limits::PAGE_BYTES_MAX;
use crate::pack::unpack;
use crate::tally::Tally;

/// Reads bytes as an unsealed group of the journal: how many batches and changes there are.
pub fn group(bytes: &[u8]) -> (usize, usize) {
    let (mut batches, mut changes, mut rest) = (0, 0, bytes);
    while !rest.is_empty() {
        let Ok((batch, after)) = batch::decode(rest) else {
            break;
        };
        batches += 1;
        changes += batch.len();
        rest = after;
    }
    (batches, changes)
}

/// Reads bytes as an unsealed page of a snapshot: how long its content is.
pub fn page(bytes: &[u8]) -> Option<usize> {
    let content = unpack(bytes, PAGE_BYTES_MAX).ok()?;
    group(&content);
    Some(content.len())
}

/// Reads bytes as the footer of a snapshot; tells whether they are one.
pub fn footer(bytes: &[u8]) -> bool {
    postcard::from_bytes::<Tally>(bytes).is_ok()
}

/// Reads bytes as the header of a segment and of a snapshot; tells whether they are one.
pub fn header(bytes: &[u8], key: &DataKey) -> bool {
    let Some(bytes) = bytes.first_chunk::<HEADER_BYTES>() else {
        return false;
    };
    [SEGMENT_MAGIC, SNAPSHOT_MAGIC]
        .into_iter()
        .any(|magic| Header::decode(bytes, magic, key).is_ok())
}
