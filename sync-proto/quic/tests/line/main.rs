//! Lines over loopback: real sockets, real handshakes, no waiting for time to pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod frames;
mod hostile;
mod pki;
mod restart;
mod resumption;
mod trust;
mod wire_bytes;
