//! What can go wrong in a command, in words that tell what to do, with the exit code of each.

use std::path::PathBuf;

/// Something failed.
pub(crate) const FAILED: u8 = 1;
/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// Refused by a rule.
pub(crate) const REFUSED: u8 = 3;
/// The daemon cannot be reached.
pub(crate) const UNREACHABLE: u8 = 4;

/// Why a command ended without its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Arguments that do not go together.
    #[error("{0}")]
    Usage(String),
    /// No answer.
    #[error("{what} at {address} cannot be reached: {reason}. Is it running? {advice}")]
    Unreachable {
        what: &'static str,
        address: String,
        reason: String,
        advice: String,
    },
    /// An answer that says no.
    #[error("{words}{}", advice_line(.advice))]
    Answer {
        status: u16,
        code: String,
        words: String,
        advice: String,
    },
    /// An answer that is not understood.
    #[error("{what} answered something that this version does not understand: {reason}")]
    Strange { what: &'static str, reason: String },
    /// A file.
    #[error("{}: {reason}", .path.display())]
    File { path: PathBuf, reason: String },
    /// Anything else, already in words.
    #[error("{0}")]
    Failed(String),
}

fn advice_line(advice: &str) -> String {
    if advice.is_empty() {
        String::new()
    } else {
        format!("\n  {advice}")
    }
}

impl Failure {
    /// A file that cannot be read or written.
    pub(crate) fn file(path: impl Into<PathBuf>, reason: &(impl ToString + ?Sized)) -> Failure {
        Failure::File {
            path: path.into(),
            reason: reason.to_string(),
        }
    }

    /// Stable code.
    pub(crate) fn code(&self) -> &str {
        match self {
            Failure::Usage(_) => "usage",
            Failure::Unreachable { .. } => "unreachable",
            Failure::Answer { code, .. } => code,
            Failure::Strange { .. } => "answer_not_understood",
            Failure::File { .. } => "file",
            Failure::Failed(_) => "failed",
        }
    }

    /// The exit code, as `registryctl --help` lists them.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage(_) => USAGE,
            Failure::Unreachable { .. } => UNREACHABLE,
            Failure::Answer { status, .. } if matches!(*status, 401 | 403 | 409) => REFUSED,
            _ => FAILED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Failure {
        Failure::Answer {
            status,
            code: "c".into(),
            words: "w".into(),
            advice: String::new(),
        }
    }

    #[test]
    fn exit_codes_tell_a_refusal_from_a_failure() {
        assert_eq!(answer(409).exit_code(), REFUSED);
        assert_eq!(answer(403).exit_code(), REFUSED);
        assert_eq!(answer(404).exit_code(), FAILED);
        assert_eq!(answer(503).exit_code(), FAILED);
        assert_eq!(Failure::Usage(String::new()).exit_code(), USAGE);
    }

    #[test]
    fn advice_stands_on_a_line_of_its_own() {
        let failure = Failure::Answer {
            status: 409,
            code: "case_closed".into(),
            words: "the case is closed".into(),
            advice: "list the open ones".into(),
        };
        assert_eq!(
            failure.to_string(),
            "the case is closed\n  list the open ones"
        );
    }
}
