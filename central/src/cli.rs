//! The command line of `central-registry`: what can be asked, and which exit code answers.

mod export;
mod import;
mod operator;
mod run;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use registry::text::legacy::Encoding;
use registry::unit::ProvinceCode;
use registry::{OfficeCode, OfficerId};
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
    /// Import people from a CSV file or a QCVN 109 message; the registry must not be running.
    Import(ImportArgs),
    /// Export people to a CSV file or a QCVN 109 message; the registry must not be running.
    Export(ExportArgs),
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
    /// How newborns get their numbers: the centre gives each on confirming the birth, or it sets
    /// some aside for every office, which then tells one at the counter, also while cut off.
    #[arg(long, value_enum, default_value_t = Numbers::Central, env = "CENTRAL_REGISTRY_NUMBERS")]
    numbers: Numbers,
    /// With `--numbers reserved`: numbers of each sex that an office has at hand.
    #[arg(long, default_value_t = crate::blocks::NUMBERS_DEFAULT, value_name = "N",
          value_parser = clap::value_parser!(u16).range(2..=500))]
    numbers_at_hand: u16,
    /// Local hour at which duplicates are looked for every day (0 to 23), or `off`.
    #[arg(long, default_value = "2", value_name = "HOUR", value_parser = hour)]
    duplicates_at: Hour,
    /// How to log: auto is the journal under systemd, else text.
    #[arg(long, value_enum, default_value_t = LogFormat::Auto)]
    log_format: LogFormat,
}

/// How newborns get their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Numbers {
    /// Each by the centre, on confirming the birth.
    Central,
    /// From what the centre has set aside for the office.
    Reserved,
}

/// An hour of the day, if it is not `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hour(Option<u8>);

fn hour(text: &str) -> Result<Hour, String> {
    if text == "off" {
        return Ok(Hour(None));
    }
    let hour = text.parse().ok().filter(|hour| *hour < 24);
    let words = || "an hour from 0 to 23, or `off`".to_owned();
    hour.map(|hour| Hour(Some(hour))).ok_or_else(words)
}

/// How to print a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    Table,
    Json,
}

/// The form of a file of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileForm {
    /// By the first letter of the file.
    Auto,
    /// Comma-separated values with a header.
    Csv,
    /// A QCVN 109:2017 message (XML).
    Qcvn,
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  central-registry import people.csv --data DIR --dry-run     checks everything, stores nothing
  central-registry import people.csv --data DIR --rejects rejects.csv
  central-registry import message.xml --data DIR              a QCVN 109:2017 message
An import that was interrupted goes on where it stood when the same command is given again.";

#[derive(Debug, Args)]
#[command(after_help = IMPORT_EXAMPLES)]
struct ImportArgs {
    /// The file.
    file: PathBuf,
    /// Data directory.
    #[arg(long, env = "CENTRAL_REGISTRY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// The form of the file.
    #[arg(long, value_enum, default_value_t = FileForm::Auto)]
    form: FileForm,
    /// The encoding of the file, if it is not found or found wrongly.
    #[arg(long, value_name = "ENCODING")]
    encoding: Option<Encoding>,
    /// Take names and texts as they stand, also those that look like TCVN3 or VNI taken for Unicode:
    /// they are warned of, and not rejected.
    #[arg(long)]
    keep_names: bool,
    /// Column map (TOML): what the file calls our columns, and values that it does not have.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Leave out this column of a CSV file, by the name that its header has; several with commas
    /// between, or again.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    leave: Vec<String>,
    /// Where rows that are not imported, and doubts about others, are listed (CSV).
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Show in that list what stands in the cells: it holds citizens' data then.
    #[arg(long, requires = "rejects")]
    reveal: bool,
    /// Read and check everything, store nothing.
    #[arg(long)]
    dry_run: bool,
    /// Begin at the first row, though an earlier import of the file was interrupted.
    #[arg(long)]
    restart: bool,
    /// How to print the summary.
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

/// The form of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportForm {
    /// Comma-separated values with the header that `import` reads.
    Csv,
    /// A QCVN 109:2017 message (XML).
    Qcvn,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  central-registry export --format csv --office 00004 --out people.csv --reveal --data DIR
  central-registry export --format qcvn --province 01 --out message.xml --reveal --data DIR";

#[derive(Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
struct ExportArgs {
    /// Data directory.
    #[arg(long, env = "CENTRAL_REGISTRY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// The form of the file.
    #[arg(long, value_enum)]
    format: ExportForm,
    /// The people of one commune.
    #[arg(long, value_name = "CODE", conflicts_with = "province")]
    office: Option<OfficeCode>,
    /// The people of one province; everybody if neither is said.
    #[arg(long, value_name = "CODE")]
    province: Option<ProvinceCode>,
    /// Where to; the standard output if left out, or -.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
    /// Yes, citizens' data, unsealed: without it nothing is exported. Every export is logged.
    #[arg(long)]
    reveal: bool,
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
        Command::Export(args) => export::export(&args),
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
        assert!(parse("central-registry run --data d --pki p --duplicates-at off").is_ok());
        assert!(parse("central-registry import f.csv --data d --dry-run --format json").is_ok());
        assert!(parse("central-registry import f --data d --leave a,b --leave c").is_ok());
        assert!(parse("central-registry operator add lan --role reviewer --data d").is_ok());
        for wrong in [
            "central-registry operator add lan --data d",
            "central-registry operator add LAN --role reviewer --data d",
            "central-registry operator add lan --role boss --data d",
            "central-registry operator add lan --role reviewer --province 1 --data d",
            "central-registry run --data d --pki p --log-format xml",
            "central-registry run --data d --pki p --duplicates-at 24",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
