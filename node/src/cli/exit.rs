//! How a command ends.

use crate::daemon::DaemonError;
use crate::device::DeviceError;
use crate::lan::LanError;

/// What a command exits with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Used wrongly.
    Usage = 2,
    /// Refused.
    Refused = 3,
    /// The daemon cannot be reached.
    Unreachable = 4,
    /// The store cannot be opened.
    Store = 5,
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    /// What it exits with.
    pub exit: Exit,
    /// Stable code.
    pub code: String,
    /// In words.
    pub words: String,
}

impl Failure {
    /// A failure.
    pub fn new(exit: Exit, code: &str, words: &str) -> Failure {
        Failure {
            exit,
            code: code.to_owned(),
            words: words.to_owned(),
        }
    }

    pub(super) fn system(doing: &str, error: &std::io::Error) -> Failure {
        Failure::new(
            Exit::Failed,
            "system_refused",
            &format!("could not {doing}: {error}"),
        )
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Failure {
        let exit = match &error {
            _ if error.is_store() => Exit::Store,
            DeviceError::NotJoined(_) | DeviceError::Joined(_) => Exit::Usage,
            _ => Exit::Failed,
        };
        Failure::new(exit, error.code(), &error.to_string())
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Failure {
        let exit = match error {
            DaemonError::Device(error) => return error.into(),
            DaemonError::Office(_) => Exit::Store,
            DaemonError::NotLoopback(_)
            | DaemonError::Lan(LanError::Public(_) | LanError::Names) => Exit::Usage,
            _ => Exit::Failed,
        };
        Failure::new(exit, error.code(), &error.to_string())
    }
}
