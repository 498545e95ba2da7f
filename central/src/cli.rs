//! The command line of `central-registry`: what can be asked, and which exit code answers.

mod import;
mod operator;
mod run;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use registry::OfficerId;
use registry::unit::ProvinceCode;
use registry_log::Format as LogFormat;

use crate::home::HomeError;
use crate::operators::OperatorRole;

/// The central registry: takes the acts of all offices, keeps cases, feeds every office.
#[derive(Debug, Parser)]
#[command(name = "central-registry", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the offices and the operators.
    Run(RunArgs),
    /// Import people from a CSV file; the registry must not be running.
    Import(ImportArgs),
    /// Manage operators; the registry must not be running (else use POST /api/v1/operators).
    Operator(OperatorArgs),
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Data directory.
    #[arg(long, env = "CENTRAL_REGISTRY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Directory of the authority: root.pem, issuing.*, central.*.
    #[arg(long, env = "CENTRAL_REGISTRY_PKI", value_name = "DIR")]
    pki: PathBuf,
    /// UDP address for the offices; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7400", value_name = "ADDR")]
    listen: SocketAddr,
    /// Loopback TCP address for the operators; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7401", value_name = "ADDR")]
    api: SocketAddr,
    /// How to log: auto is the journal under systemd, else text.
    #[arg(long, value_enum, default_value_t = LogFormat::Auto)]
    log_format: LogFormat,
}

/// How to print a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    Table,
    Json,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The file, UTF-8.
    file: PathBuf,
    /// Data directory.
    #[arg(long, env = "CENTRAL_REGISTRY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Column map (TOML): what the file calls our columns.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Where the rows that are not imported are listed (CSV: line, column, code, words).
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Read and check everything, store nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print the summary.
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

#[derive(Debug, Args)]
struct OperatorArgs {
    #[command(subcommand)]
    command: OperatorCommand,
}

#[derive(Debug, Subcommand)]
enum OperatorCommand {
    /// Add an operator and print their token, this once.
    Add {
        /// Account name: a-z, 0-9, dot, dash, underscore.
        name: OfficerId,
        /// system, reviewer or observer; may be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<OperatorRole>,
        /// Whose cases they decide; the nation's if absent.
        #[arg(long, value_name = "CODE")]
        province: Option<ProvinceCode>,
        /// Data directory.
        #[arg(long, env = "CENTRAL_REGISTRY_DATA", value_name = "DIR")]
        data: PathBuf,
    },
}

/// What the process answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Exit {
    Done = 0,
    Failed = 1,
    StoreNotOpened = 5,
}

/// Carries a command out and gives its exit code: 0 done, 1 failed, 2 wrong usage (by the parser
/// of arguments), 5 store not opened.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Import(args) => import::import(&args),
        Command::Operator(args) => operator::operator(args),
    };
    let exit = done.unwrap_or_else(|error| {
        eprintln!("central-registry: {error:#}");
        if error.chain().any(|cause| cause.is::<HomeError>()) {
            Exit::StoreNotOpened
        } else {
            Exit::Failed
        }
    });
    ExitCode::from(exit as u8)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent_and_say_what_is_missing() {
        Cli::command().debug_assert();
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        assert!(parse("central-registry run --data d --pki p --api 127.0.0.1:0").is_ok());
        assert!(parse("central-registry import f.csv --data d --dry-run --format json").is_ok());
        assert!(parse("central-registry operator add lan --role reviewer --data d").is_ok());
        for wrong in [
            "central-registry operator add lan --data d",
            "central-registry operator add LAN --role reviewer --data d",
            "central-registry operator add lan --role boss --data d",
            "central-registry operator add lan --role reviewer --province 1 --data d",
            "central-registry run --data d --pki p --log-format xml",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
