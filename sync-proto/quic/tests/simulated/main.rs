//! Lines over a simulated network: the real endpoints with real TLS, on a paused clock and one
//! thread. Hours pass in no time, and a seed gives the same run each time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod attachments;
mod controllers;
mod early;
mod faults;
mod handshakes;
mod migration;
mod outage;
#[path = "../line/pki.rs"]
#[allow(dead_code)]
mod pki;
mod same_seed;
mod scene;
mod sessions;
mod stale;
mod transfer;
#[path = "../../../tests/world/mod.rs"]
mod world;
