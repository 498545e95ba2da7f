//! A simulated network for tests: hosts behind access links with a speed, a delay and faults, and
//! sockets on them for `sync-quic`'s endpoints.
//!
//! Everything happens at moments of tokio's clock. With that clock paused and one thread, minutes
//! pass in no time, and one seed gives one run: the network's part of it is the
//! [`Network::trace`], a hash over the time, the way, the length and the fate of every packet
//! (not over the bytes: keys differ from run to run).
//!
//! ```text
//! socket ─ NAT ─ up link ─┐        ┌─ down link ─ NAT ─ socket
//!                         ├─ core ─┤
//! socket ─────── up link ─┘        └─ down link ─────── socket
//! ```
//!
//! The core takes no time and loses nothing; an unshaped host ([`Profile::unshaped`]) hangs on it
//! directly. Not here: what travels (`sync-quic`), and processes and disks.

mod chance;
mod host;
mod nat;
mod network;
mod pipe;
mod profile;
mod socket;
mod trace;
mod world;

pub use chance::Chance;
pub use host::{Host, Way};
pub use network::Network;
pub use pipe::{Passage, Pipe};
pub use profile::{Loss, NoProfile, Profile};
pub use trace::{Counts, Fate, Packet, Recording};
