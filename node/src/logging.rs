//! Where the log goes: to the journal under systemd, with its fields; to the terminal, in colour if
//! it is one; or as JSON. No citizen's data is ever part of it.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// The journal under systemd, else text.
    Auto,
    /// Text, in colour on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `RUST_LOG` says how much; `info` if it is not set.
///
/// Under systemd nothing subscribes to `tracing`: it then hands its events to the `log` facade,
/// which the journal serves.
pub fn start(format: LogFormat) {
    let under_systemd = systemd_journal_logger::connected_to_journal();
    if format == LogFormat::Auto
        && under_systemd
        && let Ok(journal) = systemd_journal_logger::JournalLog::new()
        && journal
            .with_extra_fields([("SERVICE", "commune-node")])
            .install()
            .is_ok()
    {
        log::set_max_level(level());
        return;
    }
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,quinn=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start, in a test, keeps the first.
    let _ = match format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Auto | LogFormat::Text => {
            let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            builder.with_ansi(colour).with_target(false).try_init()
        }
    };
}

fn level() -> log::LevelFilter {
    let asked = std::env::var("RUST_LOG").ok();
    asked
        .and_then(|text| text.parse().ok())
        .unwrap_or(log::LevelFilter::Info)
}
