//! Every limit of the store, with the reason for it beside it.

/// Longest key of one table. Keys are ids and numbers; a long one is a mistake of the caller.
pub const KEY_BYTES_MAX: usize = 512;

/// Largest value. A document with a long history stays far below; attachments live in files.
pub const VALUE_BYTES_MAX: usize = 4 << 20;

/// Most bytes of keys and values in one batch: what one step of the writer may hold in memory.
pub const BATCH_BYTES_MAX: usize = 8 << 20;

/// Cost in bytes that each change adds to its keys and values when it is encoded, at most: a tag, a
/// table and two lengths.
pub(crate) const CHANGE_OVERHEAD_BYTES: usize = 12;

/// Encoded batches that may wait for one sync. When the next batch does not fit, what waits is
/// synced first, so a caller that never syncs does not grow the memory.
pub(crate) const GROUP_BYTES_MAX: usize = 16 << 20;

/// Longest sealed payload of a frame. A length read from the disk is checked against it before
/// anything is allocated. It exceeds a group by what compression and sealing may add.
pub(crate) const FRAME_BYTES_MAX: usize = GROUP_BYTES_MAX + (1 << 20);

/// Raw bytes that a snapshot page is filled to before it is closed. One value may exceed it.
pub(crate) const PAGE_BYTES: usize = 64 << 10;

/// Largest raw page: a full page and one more value with its key.
pub(crate) const PAGE_BYTES_MAX: usize = PAGE_BYTES + VALUE_BYTES_MAX + KEY_BYTES_MAX + 64;

/// Longest sealed page.
pub(crate) const SEALED_PAGE_BYTES_MAX: usize = PAGE_BYTES_MAX + (1 << 20);

/// Payloads up to this size are not compressed: zstd gains nothing on them.
pub(crate) const COMPRESS_ABOVE_BYTES: usize = 1024;

/// A cache is rebuilt, under a new key, after it has applied this many positions: its nonces are
/// random, and random 96-bit nonces are safe for about 2³² values under one key.
pub(crate) const CACHE_LIFE_POSITIONS: u64 = 1 << 26;

/// Replayed changes are given to the cache in portions of about this many bytes.
pub(crate) const REPLAY_PORTION_BYTES: usize = 512 << 10;

/// So many replayed changes at once are worth a run of their own. A portion of
/// [`REPLAY_PORTION_BYTES`] has fewer, as long as its rows are records and not only keys.
pub(crate) const BULK_CHANGES_MIN: usize = 50_000;

const _: () = assert!(BATCH_BYTES_MAX <= GROUP_BYTES_MAX);
const _: () = assert!(VALUE_BYTES_MAX + KEY_BYTES_MAX <= BATCH_BYTES_MAX);
const _: () = assert!(FRAME_BYTES_MAX <= u32::MAX as usize);
const _: () = assert!(SEALED_PAGE_BYTES_MAX <= u32::MAX as usize);
