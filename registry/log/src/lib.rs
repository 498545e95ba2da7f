//! Where the log of a daemon goes: to systemd's journal, with every field as a field of its own;
//! to the terminal, in colour if it is one; or as JSON. Both daemons start their log here.
//!
//! What is logged is the business of whoever logs. No citizen's data ever is, because no type that
//! holds it shows it.

mod bridge;

pub use bridge::Bridge;

use std::io::IsTerminal;

use clap::ValueEnum;
use systemd_journal_logger::{JournalLog, connected_to_journal};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// What is logged if `RUST_LOG` says nothing: QUIC tells of each lost packet otherwise.
const FILTER: &str = "info,quinn=warn";

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The journal under systemd, else text.
    Auto,
    /// Text, in colour on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Why logging does not start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The journal of systemd cannot be reached.
    #[error(
        "the journal of systemd cannot be reached: is journald running? `--log-format text` writes to standard error"
    )]
    Journal(#[source] std::io::Error),
}

impl LogError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            LogError::Journal(_) => "journal_unreachable",
        }
    }
}

/// Starts the log of the program `identifier`. `RUST_LOG` says how much.
///
/// A second start in one process, as in a test, keeps the first.
pub fn start(identifier: &str, format: Format) -> Result<(), LogError> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    let started = tracing_subscriber::registry().with(filter);
    let _ = match format {
        Format::Auto if connected_to_journal() => {
            let journal = JournalLog::new().map_err(LogError::Journal)?;
            let journal = journal.with_syslog_identifier(identifier.to_owned());
            // Libraries that speak to `log` itself reach the journal too.
            if journal.install().is_ok() {
                log::set_max_level(log::LevelFilter::Warn);
            }
            started.with(Bridge::new(log::logger())).try_init()
        }
        Format::Json => {
            let lines = fmt::layer().json().with_writer(std::io::stderr);
            started.with(lines).try_init()
        }
        Format::Auto | Format::Text => {
            let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let lines = fmt::layer().with_ansi(colour).with_target(false);
            started.with(lines.with_writer(std::io::stderr)).try_init()
        }
    };
    Ok(())
}
