//! A sealed, journalled key-value store for the daemons.
//!
//! The **journal** is the truth: numbered, sealed groups of changes, fsynced before anything is
//! promised. A **snapshot** is the whole content at one position, so that old segments can go. The
//! **cache** (sled) serves random access; it carries no promise and is rebuilt from the other two
//! whenever it is in doubt, because sled's own flush does not reach the disk.
//!
//! ```text
//! dir/lock                    held while a process has the store open
//! dir/journal/NNNNNNNN.log    segments: sealed groups of batches
//! dir/snapshot/POSITION.snap  one immutable file of sealed pages
//! dir/cache/                  sled, values sealed
//! dir/cache.state             whether the cache may be trusted after the last end
//! ```
//!
//! Attachments are too large for a journal: they stand beside it, in a [`Folder`] of sealed files
//! named by what they hold.
//!
//! What does not live here: what the values mean. Keys are stored in clear in the cache, so **a key
//! holds no citizen data**: record ids, numbers and positions only.

mod batch;
mod cache;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod disk;
mod durable;
mod error;
mod folder;
mod frame;
mod header;
#[doc(hidden)]
pub mod hostile;
mod journal;
mod key;
mod limits;
mod memory;
mod opening;
mod options;
mod pack;
mod place;
mod range;
mod run;
mod seal;
mod segment;
mod snapshot;
mod store;
mod tally;
mod trust;
mod truth;

#[cfg(test)]
mod tests;

pub use batch::Batch;
pub use durable::DurableStore;
pub use error::{OpenError, StoreError};
pub use folder::{Folder, FolderError, Part};
pub use key::{DataKey, KeyError};
pub use limits::{BATCH_BYTES_MAX, KEY_BYTES_MAX, VALUE_BYTES_MAX};
pub use memory::{MemoryStore, SyncFault};
pub use options::{Opened, Options, RebuildReason, TornTail};
pub use place::make_folder;
pub use range::KeyRange;
pub use store::{Checkpoint, Health, Position, Row, Store, Table};
