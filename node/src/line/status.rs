//! How the line stands, for the screen and the metrics.

use super::History;
use std::time::Duration;

use serde::Serialize;

/// Whether there is a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// The centre answers.
    Up,
    /// An officer has cut it.
    Cut,
    /// It is dialled again and again.
    #[default]
    Down,
}

/// Why there is no line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Stable code.
    pub code: String,
    /// In words.
    pub words: String,
}

impl Trouble {
    /// A reason.
    pub fn new(code: &str, words: &str) -> Trouble {
        Trouble {
            code: code.to_owned(),
            words: words.to_owned(),
        }
    }
    pub(super) fn dialling() -> Trouble {
        Trouble::new(
            "dialling",
            "the centre is being dialled; an answer may take some seconds",
        )
    }
    pub(super) fn not_answering(silence: Duration) -> Trouble {
        let words = format!(
            "the centre did not answer for {} s, so it is dialled again; acts are kept here meanwhile. If it lasts, look at the modem, then call the operator of the centre",
            silence.as_secs()
        );
        Trouble::new("not_answering", &words)
    }
    /// Whether another machine with this identity took the line over. A count that is behind
    /// (`stale_epoch`) alone does not tell: a disk from a backup counts anew, and passes at once
    /// with the count that the centre gave it.
    pub(super) fn is_of_a_twin(&self) -> bool {
        self.code == "displaced"
    }
    /// The same in words that tell what to do.
    pub(super) fn of_a_twin(self, wait: Duration) -> Trouble {
        let words = format!(
            "another machine uses this office's identity: the centre has a newer connection of this node. Find the copy of this directory and stop it; this machine tries again in {} min, or at once with `commune-node sync-now`",
            wait.as_secs().div_ceil(60)
        );
        Trouble { words, ..self }
    }
    pub(super) fn cut() -> Trouble {
        Trouble::new(
            "line_cut",
            "an officer has cut the line; `commune-node line restore` ends it",
        )
    }
}

/// How the line stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineStatus {
    /// Whether there is one.
    pub state: LineState,
    /// Why not.
    pub trouble: Option<Trouble>,
    /// Since when it is in this state, by the device's clock, seconds since 1970.
    pub since_s: i64,
    /// When anything last came from the centre since the start, by the device's clock.
    pub heard_s: Option<i64>,
    /// The last question (see [`super::LineHandle::ask`]) that the centre has answered.
    pub answered: u64,
    /// Attempts to connect that have failed, or lines that were lost.
    pub failures: u64,
    /// Whether both sides are known to hold the same, and nothing is on its way.
    pub in_step: bool,
    /// Bytes sent since the start, as UDP payload.
    pub bytes_up: u64,
    /// Bytes received since the start, as UDP payload.
    pub bytes_down: u64,
    /// The same by the time of the day.
    pub history: History,
    /// When the node's certificate ends, seconds since 1970.
    pub certificate_ends_s: Option<i64>,
}
