//! What a person types, and what it exits with. Each command is in a file of this folder; what it
//! shows is in `table`.

mod ask;
mod attachments;
mod bulk;
mod bundle;
mod changes;
mod client;
mod duplicates;
mod exit;
mod join;
mod lists;
mod officer;
mod quality;
mod readings;
mod receipt;
mod root;
mod run;
mod status;
mod table;
mod words;

pub use attachments::AttachArgument;
pub use bundle::BundleCommand;
pub use exit::{Exit, Failure};

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use provisioning::ScreensName;
use registry::OfficerId;
use registry::reading::ReadReason;
use registry_log::Format as LogFormat;

use crate::daemon::Listen;
use crate::lan::LanWish;

/// The daemon of a commune office: keeps its slice of the population registry, takes acts with and
/// without a line to the centre, and sends what is unsent as soon as there is one.
///
/// First `join` with the token from the provisioning authority, then `run`. All other commands ask
/// the running daemon.
#[derive(Debug, Parser)]
#[command(name = "commune-node", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// The node's directory: its keys, its store, and how to reach the running daemon.
    #[arg(
        long,
        global = true,
        env = "COMMUNE_NODE_DATA",
        default_value = "commune-node-data"
    )]
    pub data: PathBuf,
    /// How answers are shown.
    #[arg(long, global = true, value_enum, default_value = "table")]
    pub format: Format,
    /// Ask as this officer, with DIR/officer-NAME.token; else as the one who set the node up.
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub officer: Option<OfficerId>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused (an act was refused, something is unsent),
4 the daemon cannot be reached, 5 the store cannot be opened.

Examples:
  commune-node join --data /var/lib/commune-node --token office-00004.token
  commune-node run --data /var/lib/commune-node
  commune-node run --lan 192.168.1.10:7543   (other machines of the office, over HTTPS)
  commune-node root-certificate > root.pem  (what those machines have to trust)
  commune-node find 'nguyen van duc 1980'
  commune-node card                         (then scan; Ctrl-D)
  commune-node act --file birth.json        (docs/acts.md shows one of each)
  commune-node act --file birth.json --attach 'Giấy chứng sinh=scan.pdf'
  commune-node changes 6f0c…                (what an act changed: before and after)
  commune-node attachments                  (how far scanned papers are on their way)
  commune-node act --file birth.json --check   (is the child registered already?)
  commune-node quality --problem sex_missing (whose records are to be mended)
  commune-node act --bulk --file street.json --dry-run   (a street has another name)
  commune-node bundle export /media/stick/00004.bundle   (no line: by stick)
  commune-node line cut                     (a drill: work goes on, nothing is sent)
  commune-node pending";

/// How answers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs: the daemon's answer as it came.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make this directory a node: dial the centre with a join token and get a certificate.
    ///
    /// The key is made here and never leaves. If the answer is lost, run the same command again.
    Join {
        /// The token, or a file that holds it.
        #[arg(long, value_name = "FILE-OR-TEXT")]
        token: String,
    },
    /// Serve the office until stopped (SIGTERM or Ctrl-C).
    Run {
        /// Where the interface for officers listens; port 0 chooses a free one.
        #[arg(long, default_value = "127.0.0.1:7500")]
        api: SocketAddr,
        /// Where the screens listen for the other machines of the office, over HTTPS:
        /// `192.168.1.10:7543`, or `0.0.0.0:7543`. The centre issues the certificate as soon as
        /// there is a line; the other machines trust what `root-certificate` prints.
        #[arg(long, env = "COMMUNE_NODE_LAN", value_name = "ADDRESS:PORT")]
        lan: Option<SocketAddr>,
        /// What this machine is called there, beside `office-CODE.office.internal` and the address
        /// of --lan: a private address, or `NAME.office-CODE.office.internal`. May be given several
        /// times.
        #[arg(
            long = "lan-name",
            env = "COMMUNE_NODE_LAN_NAMES",
            value_name = "NAME",
            value_delimiter = ',',
            requires = "lan"
        )]
        lan_names: Vec<ScreensName>,
        /// How the log is written.
        #[arg(long, value_enum, default_value = "auto")]
        log_format: LogFormat,
    },
    /// The root certificate that other machines of the office have to trust, so that their browsers
    /// open the screens; with its fingerprint, and what to do with it. It is good for offices' names
    /// and private addresses alone.
    RootCertificate,
    /// How the office and its line stand: linked or not and why, what is unsent, what waits.
    Status,
    /// What is unsent, disputed, parked, came back, or lacks papers that the centre asks for: act by
    /// act, with the next step; exit code 3 if there is anything.
    Pending,
    /// The cases that the centre told this office of, the open ones first.
    Cases,
    /// File an act.
    Act {
        /// The act as JSON; `-` reads standard input.
        #[arg(long)]
        file: PathBuf,
        /// File nothing: say whether it would be refused, and who may be registered already.
        #[arg(long, visible_alias = "dry-run")]
        check: bool,
        /// The file is a renaming, not an act: `from`, `to` and `ground`. Everybody and every
        /// household of this office that lies in the street or hamlet `from` is adjusted, in as many
        /// acts as it takes. With --dry-run it lists what would change; repeated it does no harm.
        #[arg(long)]
        bulk: bool,
        /// A photograph or scanned paper (JPEG, PNG, PDF, at most 4 MiB) of a paper in the act's
        /// `evidence`. `FILE` goes to its only paper; `KIND=FILE` to the paper of that kind, which
        /// is added if the act does not name it. May be given several times.
        #[arg(long, value_name = "[KIND=]FILE", conflicts_with = "bulk")]
        attach: Vec<AttachArgument>,
    },
    /// What an act changed: record by record, before and after, with its papers, ground and officer;
    /// also of one that came back. What stood before and is not known here is told as that.
    ///
    /// It is the content of records, so it is written down who looked, and why.
    Changes {
        /// The act; `pending` tells it as ID.
        act: registry::ActId,
        /// Why: counter, act_in_hand, case_work, verification, quality or audit.
        #[arg(long, default_value = "act_in_hand")]
        reason: ReadReason,
    },
    /// Photographs and scanned papers: which are on their way to the centre and how far, those first;
    /// with --save, one of them as a file.
    Attachments(AttachmentsArguments),
    /// Find people: name with or without accents, number or part of one, birth date or year, phone,
    /// household file, hamlet.
    ///
    /// Words in any order; the keys of Telex or VNI do as well as accents. What this office has
    /// entered and not yet sent is found too.
    Find {
        /// What is known, in any order.
        #[arg(required = true)]
        query: Vec<String>,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Read what a scanner gives on standard input: a card's square code, or its three lines.
    ///
    /// Shows what to fill a form with, what to compare with the card, and the record that this
    /// office holds under the number. A code is not signed: it saves typing and proves nothing.
    Card,
    /// How good the data of this office are: accurate, complete, clean and live (đúng, đủ, sạch,
    /// sống), for the office and each hamlet; with --problem, whose records are to be mended.
    Quality(MendArguments),
    /// The people of this office by age and sex; births and deaths by month.
    Statistics {
        /// Births and deaths of this year alone.
        #[arg(long)]
        year: Option<u16>,
    },
    /// Who opened which record, when and why, the latest first; for an administrator of the office.
    Readings(ReadingsArguments),
    /// The signed receipt of an act that this device entered, for the citizen.
    Receipt {
        /// The act.
        act: registry::ActId,
        /// Show it as a square code.
        #[arg(long)]
        qr: bool,
    },
    /// Verify the text of a receipt: which office took in what, and when. Needs no daemon and no
    /// line; exit code 3 if it is not to be believed.
    Verify {
        /// The text, which begins with VNR1:; `-` reads it from standard input.
        text: String,
        /// The authority's root, if not that of the node's directory.
        #[arg(long, value_name = "FILE")]
        root: Option<PathBuf>,
    },
    /// A page that checks receipts by itself, for a telephone: `verification-page > verify.html`. It
    /// asks nobody and needs no line; open the file in a browser. Needs no daemon.
    VerificationPage {
        /// The authority's root, if not that of the node's directory.
        #[arg(long, value_name = "FILE")]
        root: Option<PathBuf>,
    },
    /// Ask the centre now, or dial it, and say what came of it within five seconds.
    SyncNow,
    /// Cut the line for a drill, or restore it; a cut survives a restart.
    Line {
        /// Which.
        #[arg(value_enum)]
        state: LineWanted,
    },
    /// The line on a stick: write what is unsent for the centre, and take its answer in.
    #[command(after_help = bundle::EXAMPLES)]
    Bundle {
        /// What.
        #[command(subcommand)]
        command: BundleCommand,
    },
    /// A signed statement that nothing would be lost with this device; exit code 3 if something
    /// would.
    Attest,
    /// The officers of this office and their tokens.
    Officer {
        /// What.
        #[command(subcommand)]
        command: OfficerCommand,
    },
}

/// Which attachments are wanted.
#[derive(Debug, clap::Args)]
pub struct AttachmentsArguments {
    /// Those in this state alone.
    #[arg(long, value_enum)]
    pub state: Option<AttachmentWanted>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    /// Save this one as a file; one that is not on this device is fetched from the centre. That it
    /// was looked at is written down.
    #[arg(long, value_name = "HASH", requires = "out")]
    pub save: Option<String>,
    /// The file; it must not be there yet.
    #[arg(long, value_name = "FILE", requires = "save")]
    pub out: Option<PathBuf>,
}

/// How wanted attachments stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttachmentWanted {
    /// Named by no act yet.
    Unnamed,
    /// Named, and not at the centre.
    OnItsWay,
    /// At the centre.
    AtCentre,
    /// Of acts that took no effect.
    NotWanted,
}

/// Whose records are wanted.
#[derive(Debug, clap::Args)]
pub struct MendArguments {
    /// The records with this problem, by the name that `quality` tells: `sex_missing`.
    #[arg(long, value_name = "NAME")]
    pub problem: Option<String>,
    /// Of this hamlet alone; an empty text for addresses that name none.
    #[arg(long, requires = "problem")]
    pub hamlet: Option<String>,
    /// Behind this record, as the answer before told.
    #[arg(long, requires = "problem", value_name = "ID")]
    pub after: Option<String>,
    /// At most so many.
    #[arg(long, requires = "problem", default_value_t = 50)]
    pub limit: usize,
}

/// Which readings are wanted.
#[derive(Debug, clap::Args)]
pub struct ReadingsArguments {
    /// By this officer alone.
    #[arg(long, value_name = "NAME")]
    pub officer: Option<OfficerId>,
    /// On this day alone: `2026-11-21` or `21/11/2026`.
    #[arg(long)]
    pub day: Option<registry::date::Date>,
    /// Before this place, as the answer before told.
    #[arg(long, value_name = "PLACE")]
    pub before: Option<u64>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// What is wanted about officers.
#[derive(Debug, Subcommand)]
pub enum OfficerCommand {
    /// Who they are.
    List,
    /// Give an officer a new token, written to DIR/officer-NAME.token.
    ///
    /// Who can read the node's directory may do it; the daemon may run or not. Earlier tokens of
    /// the officer go on being good.
    Token {
        /// Account name.
        name: OfficerId,
    },
    /// Give an officer a password for one sign-in at the screens, shown here once.
    ///
    /// Who can read the node's directory may do it; the daemon may run or not. The officer chooses
    /// another at the first sign-in; sessions of the password before end.
    Password {
        /// Account name.
        name: OfficerId,
    },
    /// Let an officer try again at once who has to wait after wrong passwords.
    Unlock {
        /// Account name.
        name: OfficerId,
    },
}

/// What is wanted of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LineWanted {
    /// No contact.
    Cut,
    /// Contact again.
    Restore,
}

/// Does what was typed.
pub fn execute(cli: &Cli) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Join { token } => join::join(&cli.data, token),
        Command::Run {
            api,
            lan,
            lan_names,
            log_format,
        } => {
            let lan = lan.map(|listen| LanWish {
                listen,
                names: lan_names.clone(),
            });
            run::run(&cli.data, Listen { api: *api, lan }, *log_format)
        }
        Command::RootCertificate => root::root_certificate(cli),
        Command::Status => status::status(cli),
        Command::Pending => lists::pending(cli),
        Command::Cases => lists::cases(cli),
        Command::Act {
            file,
            check,
            bulk: true,
            ..
        } => bulk::bulk(cli, file, *check),
        Command::Act {
            file,
            check,
            attach,
            ..
        } => ask::act(cli, file, *check, attach),
        Command::Changes { act, reason } => changes::changes(cli, act, *reason),
        Command::Attachments(wanted) => attachments::attachments(cli, wanted),
        Command::Find { query, limit } => lists::find(cli, &query.join(" "), *limit),
        Command::Card => ask::card(cli),
        Command::Quality(wanted) => quality::quality(cli, wanted),
        Command::Statistics { year } => quality::statistics(cli, *year),
        Command::Readings(wanted) => readings::readings(cli, wanted),
        Command::Receipt { act, qr } => receipt::receipt(cli, act, *qr),
        Command::Verify { text, root } => receipt::verify(cli, text, root.as_deref()),
        Command::VerificationPage { root } => receipt::verification_page(cli, root.as_deref()),
        Command::SyncNow => ask::sync_now(cli),
        Command::Line { state } => ask::line(cli, *state),
        Command::Bundle { command } => bundle::bundle(cli, command),
        Command::Attest => ask::attest(cli),
        Command::Officer { command } => officer::officer(cli, command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound_and_every_command_explains_itself() {
        let mut command = Cli::command();
        command.clone().debug_assert();
        for sub in command.get_subcommands_mut() {
            assert!(sub.get_about().is_some(), "{}", sub.get_name());
        }
    }
}
