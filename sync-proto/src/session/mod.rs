//! The two sessions: [`NodeSession`] and [`CentralSession`].
//!
//! Each is a state machine without input or output of its own: `handle` gives it a frame or a
//! local event, `poll` takes what it wants done, `next_wake_ms` says when it wants `tick`. Time is
//! a count of milliseconds from any fixed moment that never goes back. The sessions themselves
//! only route; what they route to has a file for each concern beside this folder.

pub(crate) mod event;

mod central;
mod link;
mod node;

pub use central::{CentralConfig, CentralSession};
pub use event::{
    CentralInput, CentralOutput, Ending, FeedEntry, NodeInput, NodeOutput, NodeStanding, StopCause,
};
pub use node::{NodeConfig, NodeSession, NodeState};

use crate::error::SessionError;
use crate::limits;
use crate::message::Goodbye;

impl Ending {
    fn ours(error: &SessionError) -> Self {
        Self {
            code: error.code().to_owned(),
            words: error.to_string(),
            retry_after_ms: None,
            by_peer: false,
        }
    }

    fn said(goodbye: &Goodbye, by_peer: bool) -> Self {
        Self {
            code: goodbye.code.as_str().to_owned(),
            words: goodbye.words.as_str().to_owned(),
            retry_after_ms: goodbye
                .retry_after_ms
                .map(|ms| ms.min(limits::RETRY_AFTER_MS_MAX)),
            by_peer,
        }
    }
}
