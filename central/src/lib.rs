//! The central registry: takes acts in, keeps cases, feeds every office.
//!
//! This file only names the parts. The core (store, taking in, cases, feeds, numbers) holds the
//! rules; the shell (server, interface, command line, import) holds none.

pub mod api;
pub mod applications;
pub mod attachments;
pub mod authority;
pub mod blocks;
pub mod cases;
pub mod cli;
pub mod clock;
pub mod duplicates;
pub mod export;
pub mod file_numbers;
pub mod fleet;
pub mod home;
pub mod import;
pub mod intake;
pub mod ledger;
pub mod limits;
pub mod numbers;
pub mod operators;
mod record_papers;
pub mod registrar;
mod revoked;
pub mod server;
pub mod slices;
pub mod tables;
pub mod unit;
