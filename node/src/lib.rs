//! The daemon of a commune office: its slice of the registry, its acts, its line to the centre.
//!
//! [`office`] decides and is pure but for its store; [`writer`] is the one thread that writes and
//! makes durable; [`mod@line`] speaks with the centre; [`api`] answers officers on the loopback;
//! [`lan`] serves the screens to the other machines of the office;
//! [`thumbnail`] makes photographs small; [`bundle`] is the line on a stick; [`door`] lets officers in with a password, [`session`] knows who is in; [`cli`] is what a person types. What an act or a record is lives in `registry`.

pub mod api;
pub mod bundle;
pub mod cli;
pub mod clock;
pub mod daemon;
pub mod device;
pub mod door;
pub mod lan;
pub mod line;
pub mod office;
pub mod receipt;
mod screens;
pub mod session;
pub mod tables;
pub mod thumbnail;
pub mod writer;
