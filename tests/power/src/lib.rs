//! Power cuts: what a daemon has promised is there when the power comes back.
//!
//! A disk in memory ([`drive`]) is mounted as a file system ([`mount`]). A whole node or a whole
//! centre ([`pair`]) works on it through the real store, in a directory that it makes by the
//! daemon's own code ([`directory`]). The power goes after some operation that a seed picks; what
//! was not synced is then dropped, kept, torn or reordered. After power-on the store is opened, and
//! its content is held against a twin in memory that knows what was acknowledged ([`twin`]).
//! [`run`] does this again and again.
//!
//! **How far a seed decides.** The disk's choices, the work and the place of each cut come from the
//! seed. Not from it come keys, the store's salts and nonces (so what garbage meets differs in its
//! bytes, not in its lengths), and when sled's own threads write. So a seed brings the same kinds
//! of cuts again, nearly always at the same operations, and not byte for byte.
//!
//! The machine does not really start anew, so its boot id stays: a store's note that it is in use
//! is set to another boot before the power comes back (`run`).

pub mod directory;
pub mod drive;
pub mod mount;
pub mod pair;
pub mod run;
pub mod twin;
mod world;
