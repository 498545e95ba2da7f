//! What tests that cross crates have in common: the repository as text, and the system as real
//! processes on this machine. Nothing here is shipped; a failure is a panic with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

pub mod browser;
pub mod daemons;
pub mod http;
pub mod marks;
pub mod programs;
pub mod sources;
pub mod wait;
pub mod world;
