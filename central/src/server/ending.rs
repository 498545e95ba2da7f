//! How a line ends: why, and what the node and the operator are told.

use rand::Rng as _;
use sync_proto::{CentralInput, Ending, StopCause};
use sync_quic::{Link, LinkError, close_code};

use super::codes;
use super::desk::DeskError;
use crate::limits;

/// Code and words for a node that never joined.
pub(super) const UNKNOWN: (&str, &str) = (
    "node_unknown",
    "this node is not registered here: let it join with a token",
);
/// The same for a node that was shut out.
pub(super) const SHUT_OUT: (&str, &str) = (
    "node_not_active",
    "this node is shut out: ask the operator of the central registry",
);

/// Why a line ends.
pub(super) enum End {
    /// The session is over.
    Session(Ending),
    /// The line is.
    Line(LinkError),
    /// The peer closed it with nothing wrong.
    Closed,
    /// The node may not connect: code and words for it.
    ShutOut(&'static str, &'static str),
    /// The registry gives no answer.
    Desk(DeskError),
}

/// Close code and words for the node, and the reason for the operator if something was wrong.
pub(super) fn told(end: &End) -> (u32, String, Option<String>) {
    match end {
        End::Session(ending) => {
            let quiet = ending.by_peer
                || ending.code == StopCause::GoingDown.code()
                || ending.code == "displaced";
            let code = if ending.by_peer {
                close_code::DONE
            } else {
                codes::SESSION
            };
            let reason = (!quiet).then(|| format!("{}: {}", ending.code, ending.words));
            (code, ending.code.clone(), reason)
        }
        End::Line(error) => (close_code::DONE, String::new(), Some(error.to_string())),
        End::Closed => (close_code::DONE, String::new(), None),
        End::ShutOut(code, words) => (codes::SHUT_OUT, (*words).to_owned(), Some((*code).into())),
        End::Desk(error) => (
            codes::SESSION,
            error.code().to_owned(),
            Some(error.to_string()),
        ),
    }
}

/// Ends a session for this, with the time after which the node may come again.
pub(super) fn stop_of(cause: StopCause) -> CentralInput {
    let ms = match cause {
        StopCause::GoingDown | StopCause::Decree => limits::RESTART_MS,
        StopCause::Unable => limits::RETRY_MS,
    };
    CentralInput::Stop {
        cause,
        retry_after_ms: Some(jittered(ms)),
    }
}

/// Up to half as much again, so that not all come back at one moment.
fn jittered(ms: u64) -> u64 {
    ms.saturating_add(rand::rng().random_range(0..=ms / 2))
}

/// A peer that takes nothing more must not hold the line open.
pub(super) async fn finish(link: &Link, code: u32, words: &str) {
    let finish = link.finish(code, words);
    if tokio::time::timeout(limits::FINISH_TIME_MAX, finish)
        .await
        .is_err()
    {
        link.close(code, words);
    }
}
