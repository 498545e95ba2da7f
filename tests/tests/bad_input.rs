//! What people, disks and peers do wrong, against the real programs: each is told what is wrong
//! and what to do, and nobody else notices.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod bad_input {
    //! One theme a file.
    mod acts;
    mod disk;
    mod peers;
    mod raw;
    mod stores;
}
