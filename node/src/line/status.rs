//! How the line stands, for the screen and the metrics.

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
    /// Whether both sides are known to hold the same, and nothing is on its way.
    pub in_step: bool,
    /// Bytes sent since the start, as UDP payload.
    pub bytes_up: u64,
    /// Bytes received since the start, as UDP payload.
    pub bytes_down: u64,
}
