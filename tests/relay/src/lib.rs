//! A UDP relay between real processes: it stands between an office and the centre and behaves like
//! a line of `registry/data/link_profiles.csv`, with speed, delay, losses, outages and a NAT that
//! forgets. It counts what passes, and can be switched while it runs.
//!
//! ```text
//! node ──▶ relay's address ──[ up: pipe ]──▶ a port for each socket of the node ──▶ centre
//!      ◀──────────────────[ down: pipe ]◀──
//! ```
//!
//! What a packet meets is drawn from a seed, packet by packet; the times are those of this machine,
//! so two runs are alike and not equal. Runs that must be equal are on `simulated-network`, whose
//! pipes these are. Not here: the processes (`registry-tests`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod carrier;
pub mod cast;
pub mod clock;
mod count;
pub mod line;
mod quality;
mod relay;
pub mod storm;

pub use count::{Counts, Traffic};
pub use quality::{Outages, Quality};
pub use relay::{Direction, Relay};
