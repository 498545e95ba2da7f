//! By what an officer gets in at this office, beside tokens.

use registry::CommitSeq;
use registry::password::{Tries, Verifier};
use serde::{Deserialize, Serialize};

/// How long a password for one sign-in is good, seconds.
const ONCE_S: i64 = 30 * 86_400;

/// Password, PIN and wrong tries of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Access {
    /// What a password is held against; none if the account has no password.
    pub password: Option<Verifier>,
    /// Whether it is good for one sign-in, at which another is chosen.
    pub once: bool,
    /// When it was set, seconds since 1970.
    pub set_s: i64,
    /// Counts the passwords of the account: a session of an earlier one is over.
    pub generation: u64,
    /// The last setting by the centre that was taken over.
    pub epoch: CommitSeq,
    /// What a quick PIN is held against.
    pub pin: Option<Verifier>,
    /// Wrong tries.
    pub tries: Tries,
}

impl Access {
    /// Gives it another password, or none. A PIN goes with the password that it stood beside.
    pub(crate) fn set_password(&mut self, password: Option<Verifier>, once: bool, at_s: i64) {
        *self = Access {
            password,
            once,
            set_s: at_s,
            generation: self.generation.saturating_add(1),
            epoch: self.epoch,
            pin: None,
            tries: Tries::default(),
        };
    }

    /// Whether it is a password for one sign-in that has lain about too long.
    pub const fn is_over(&self, now_s: i64) -> bool {
        self.once && now_s.saturating_sub(self.set_s) > ONCE_S
    }
}
