//! Logging: to the terminal, as JSON, or to systemd's journal with fields as fields.
//!
//! No citizen data reaches a log, because no type that holds it shows it.

use std::fmt::{Debug, Write as _};
use std::io::IsTerminal as _;

use systemd_journal_logger::{JournalLog, connected_to_journal};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use super::LogFormat;

/// Starts logging; a filter comes from `RUST_LOG`.
pub(super) fn start(format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let started = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Auto if connected_to_journal() => started.with(Journal::new()?).try_init()?,
        LogFormat::Json => {
            started
                .with(fmt::layer().json().with_writer(std::io::stderr))
                .try_init()?;
        }
        LogFormat::Auto | LogFormat::Text => {
            let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let layer = fmt::layer().with_ansi(colour).with_writer(std::io::stderr);
            started.with(layer).try_init()?;
        }
    }
    Ok(())
}

/// Sends events to the journal.
struct Journal(JournalLog);

impl Journal {
    fn new() -> std::io::Result<Self> {
        JournalLog::new().map(|log| Self(log.with_syslog_identifier("central-registry".to_owned())))
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let level = match *metadata.level() {
            Level::ERROR => log::Level::Error,
            Level::WARN => log::Level::Warn,
            Level::INFO => log::Level::Info,
            Level::DEBUG => log::Level::Debug,
            Level::TRACE => log::Level::Trace,
        };
        let _ = self.0.journal_send(
            &log::Record::builder()
                .level(level)
                .target(metadata.target())
                .module_path(metadata.module_path())
                .file(metadata.file())
                .line(metadata.line())
                .args(format_args!("{}", fields.message))
                .key_values(&fields.others)
                .build(),
        );
    }
}

/// The message of an event, and what stands beside it.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, String)>,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.others.push((field.name(), value.to_owned()));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            self.others.push((field.name(), format!("{value:?}")));
        }
    }
}
