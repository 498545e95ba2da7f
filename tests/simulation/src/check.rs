//! What must hold, whatever happens: the invariants of ARCHITECTURE.md, looked at from outside with
//! a ledger of its own. A check reads what the system has written and compares it with what it
//! promised; it never asks the system whether all is well.

mod agreement;
mod applications;
mod centre;
mod disputes;
mod entries;
mod ledger;
mod lives;
mod matters;
mod met;
mod node;
mod onlooker;
mod readings;
mod said;

pub(crate) use agreement::agreement;
pub(crate) use centre::centre;
pub(crate) use ledger::Ledger;
pub(crate) use lives::a_new_life_has_a_cause;
pub(crate) use node::node;
pub(crate) use onlooker::seen_at_office;
pub(crate) use readings::what_is_kept_outlives_the_power;

use serde::{Deserialize, Serialize};
use sync_proto::{Blame, SessionError};

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{invariant}: {words}")]
pub struct Failure {
    /// Which, by a short name.
    pub invariant: String,
    /// What was seen.
    pub words: String,
}

impl Failure {
    pub(crate) fn new(invariant: &str, words: impl Into<String>) -> Failure {
        Failure {
            invariant: invariant.to_owned(),
            words: words.into(),
        }
    }
}

/// A session may end because of its peer or the line, never because its caller misused it.
pub(crate) fn blame(error: &SessionError) -> Result<(), Failure> {
    match error.blame() {
        Blame::Caller => Err(Failure::new("session", format!("misused: {error}"))),
        _ => Ok(()),
    }
}
