//! Passwords of officers: what a good one is, what is kept of it, how wrong ones are counted.
//! Each idea has a file of this folder.
//!
//! Random bytes and time are passed in. Who may sign in where, and sessions, are the office's
//! business.

mod once;
mod secret;
mod strength;
mod tries;
mod verifier;

pub use once::OncePassword;
pub use secret::Secret;
pub use strength::{
    About, PASSWORD_GRAPHEMES_MIN, PIN_DIGITS, PasswordWeak, PinWeak, choose_password, choose_pin,
};
pub use tries::{FREE_TRIES, Tries, WAIT_S_MAX};
pub use verifier::{SALT_BYTES, Verifier, VerifierError};

use serde::{Deserialize, Serialize};

use crate::{CommitSeq, OfficerId};

/// A password that the centre has set for an officer: it goes down the feed of the office.
///
/// The later by `epoch` holds: a node takes one over whose epoch is above the last that it took
/// for this officer, whatever the officer has changed at the office meanwhile, and passes over all
/// others. So an own change at the office stands until the centre sets the password again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSet {
    /// Whose.
    pub officer: OfficerId,
    /// The commit of the centre that set it.
    pub epoch: CommitSeq,
    /// When, seconds since 1970, by the centre's clock.
    pub at_s: i64,
    /// What a password is held against; `None` takes the password away.
    pub verifier: Option<Verifier>,
    /// Whether it is good for one sign-in, at which the officer chooses another.
    pub once: bool,
}
