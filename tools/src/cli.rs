//! The command line of `registryctl`, and the words that teach it.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use registry::OfficeCode;

use crate::output::Format;

mod applications;
mod attachments;
mod bundles;
mod cases;
mod duplicates;
mod nationality;
mod officers;
mod simulation;
mod units;

pub(crate) use applications::{ApplicationAction, ApplicationArguments, ApplicationsArguments};
pub(crate) use attachments::{ActAction, ActArguments, AttachmentArguments, ContestArguments};
pub(crate) use bundles::{BundleAction, BundleArguments, BundleImportArguments};
pub(crate) use cases::{CaseAction, CaseArguments, CaseFilter, CasesArguments, DecideArguments};
pub(crate) use duplicates::{
    DuplicateAction, DuplicateArguments, DuplicatesAction, DuplicatesArguments, PairReason,
};
pub(crate) use nationality::NationalityArguments;
pub(crate) use officers::{
    OfficerAction, OfficerAddArguments, OfficerArguments, ReadingsArguments,
};
pub(crate) use simulation::{ReplayArguments, SimulateArguments};
pub(crate) use units::{UnitsAction, UnitsApplyArguments, UnitsArguments};

const EXAMPLES: &str = "\
Examples:
  registryctl lag --watch                      which offices are behind, refreshed in place
  registryctl cases                            disputes that wait for a decision
  registryctl case 12 show                     both claims of one, side by side
  registryctl case 12 decide --keep 0 --reason 'the paper CT01 of 3 May is genuine'
  registryctl --format json nodes | jq '.[] | select(.state != \"connected\")'
  registryctl demo                             the whole system on this machine

Where the central registry is: --central names its data folder (address and token are read from
api.json there) or an address; then the token stands in REGISTRYCTL_TOKEN.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a rule, 4 the central registry cannot be reached.";

/// What operators and reviewers of the central registry run.
#[derive(Debug, Parser)]
#[command(name = "registryctl", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Tables for people or JSON for programs. NO_COLOR turns colours off.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// The central registry's data folder, or its address (http://127.0.0.1:7401).
    #[arg(
        long,
        global = true,
        value_name = "DIR or URL",
        env = "REGISTRYCTL_CENTRAL",
        default_value = "/var/lib/central-registry"
    )]
    pub(crate) central: String,
    /// The token to speak with; that of the data folder if left out.
    #[arg(skip = std::env::var("REGISTRYCTL_TOKEN").ok().filter(|token| !token.is_empty()))]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Which offices are behind, worst first: age of the oldest act without a receipt, and of the
    /// oldest feed entry not yet applied.
    Lag(LagArguments),
    /// Every office's node: version, contact, certificate, positions.
    Nodes,
    /// One office's node: look at it, shut it out, let it in again.
    Node(NodeArguments),
    /// What offices without a line send on a stick: take it in, and give the answer.
    Bundle(BundleArguments),
    /// Disputes between offices.
    Cases(CasesArguments),
    /// One dispute: look at it, decide it.
    Case(CaseArguments),
    /// One act with its papers, and whether their scans have arrived.
    Act(ActArguments),
    /// A photograph or scanned paper as a file.
    Attachment(AttachmentArguments),
    /// A personal number: what became of it, or cancel it and give another.
    Number(NumberArguments),
    /// A person's nationality: record what the President decided.
    Nationality(NationalityArguments),
    /// Applications for a card, a child's number or an e-ID account that wait for an answer.
    Applications(ApplicationsArguments),
    /// One application: look at it, ask for what is missing, accept, refuse or decide it.
    Application(ApplicationArguments),
    /// How good the data are: accurate, complete, clean and live (đúng, đủ, sạch, sống), of the
    /// country, a province or a commune.
    Quality(QualityArguments),
    /// The people by age and sex, births and deaths by month.
    Statistics(StatisticsArguments),
    /// Blocks of numbers that are set aside for offices.
    Numbers(NumbersArguments),
    /// Records that may be one person, found by a search every night; look for them now.
    Duplicates(DuplicatesArguments),
    /// One such pair: look at it, dismiss it, or open a case.
    Duplicate(DuplicateArguments),
    /// Acts that were refused, with the reason that their office was told.
    Returned(ReturnedArguments),
    /// People who work at the central registry.
    Operator(OperatorArguments),
    /// Accounts of an office's officers: open, list, other roles, close, another password.
    Officer(OfficerArguments),
    /// Which records were opened at an office: who, when, why.
    Readings(ReadingsArguments),
    /// Communes: the editions of the list, what became of a code, and decrees that change them.
    Units(UnitsArguments),
    /// Writes synthetic people as CSV: nobody real, real commune codes, the same for one seed.
    Population(PopulationArguments),
    /// Runs the whole system on this machine and plays a day of three offices.
    Demo(DemoArguments),
    /// Measures the system on this machine.
    Bench(BenchArguments),
    /// Runs the centre and its offices in one process, in virtual time, with every fault there is,
    /// and looks after every step whether all that was promised holds.
    Simulate(SimulateArguments),
    /// Runs a recording of the simulation again and shows what happens, step by step.
    Replay(ReplayArguments),
}

/// Of what.
#[derive(Debug, Args)]
pub(crate) struct ScopeArguments {
    /// A province by its two digits; the country if neither this nor a commune is named.
    #[arg(long, value_name = "CODE", conflicts_with = "office")]
    pub(crate) province: Option<String>,
    /// A commune by its five digits.
    #[arg(long, value_name = "CODE")]
    pub(crate) office: Option<String>,
    /// Survey the commune now. Else the last survey is told, which is made again an hour after a
    /// change, and every day.
    #[arg(long, requires = "office")]
    pub(crate) now: bool,
}

const QUALITY_EXAMPLES: &str = "\
Examples:
  registryctl quality                        the country, province by province
  registryctl quality --province 01          a province, commune by commune
  registryctl quality --office 00004 --now   a commune, hamlet by hamlet, surveyed at once
  registryctl quality --format json          for programs

Whose records are to be mended the office itself lists: `commune-node quality --problem NAME`.";

#[derive(Debug, Args)]
#[command(after_help = QUALITY_EXAMPLES)]
pub(crate) struct QualityArguments {
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
}

#[derive(Debug, Args)]
pub(crate) struct StatisticsArguments {
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
    /// Births and deaths of this year alone.
    #[arg(long)]
    pub(crate) year: Option<u16>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  registryctl lag --watch")]
pub(crate) struct LagArguments {
    /// Refresh in place every two seconds; Ctrl-C ends it.
    #[arg(long)]
    pub(crate) watch: bool,
}

const NODE_EXAMPLES: &str = "\
Examples:
  registryctl node 00004 show                  the node of a commune, if it has one
  registryctl node 1f3ac08e show               by the beginning of its id, as `nodes` shows it
  registryctl node 1f3ac08e shut-out --reason 'stolen from the office on 3 May'
  registryctl node 1f3ac08e let-in";

#[derive(Debug, Args)]
#[command(after_help = NODE_EXAMPLES)]
pub(crate) struct NodeArguments {
    /// The beginning of its id (4 characters or more), or the code of its commune (5 digits).
    #[arg(value_name = "NODE")]
    pub(crate) node: String,
    #[command(subcommand)]
    pub(crate) action: NodeAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NodeAction {
    /// All that the centre knows of it.
    Show,
    /// Ends its line at once and takes nothing from it any more: for a device that is lost or
    /// stolen. Records and what it sent before stay. Undone by `let-in`.
    ShutOut {
        /// Why, in a sentence; shown to whoever looks at the node.
        #[arg(long, value_name = "WORDS")]
        reason: String,
    },
    /// Lets it connect again.
    LetIn,
}

const NUMBER_EXAMPLES: &str = "\
Examples:
  registryctl number 001190000231 show
  registryctl number 3f1c0a9be24d5b7788aa6d0192c3e4f5 show
  registryctl number 001190000231 change --reason 'the birth was registered in Cao Bang' --dry-run
  registryctl number 001190000231 change --reason 'the birth was registered in Cao Bang'

A cancelled number is kept for ever, leads to its person, and is never given again.";

#[derive(Debug, Args)]
#[command(after_help = NUMBER_EXAMPLES)]
pub(crate) struct NumberArguments {
    /// A number of 12 digits, cancelled ones included, or a record's id.
    #[arg(value_name = "NUMBER-or-RECORD")]
    pub(crate) of: String,
    #[command(subcommand)]
    pub(crate) action: NumberAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NumberAction {
    /// Whose it is, the chain of that person's numbers, and all that happened to them.
    Show,
    /// Cancel it and give another; for reviewers of the nation. The offices that hold the record
    /// learn it with their next contact.
    Change(NumberChangeArguments),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  registryctl numbers blocks --office 00004\n\nNumbers are set aside if the centre runs with `--numbers reserved`."
)]
pub(crate) struct NumbersArguments {
    #[command(subcommand)]
    pub(crate) action: NumbersAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NumbersAction {
    /// Every block with what became of its numbers.
    Blocks {
        /// Of this office alone.
        #[arg(long, value_name = "OFFICE")]
        office: Option<OfficeCode>,
    },
}

#[derive(Debug, Args)]
#[command(after_help = NUMBER_EXAMPLES)]
pub(crate) struct NumberChangeArguments {
    /// Why, in a sentence; the offices read it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Show what would be cancelled, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Change it as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  registryctl returned --limit 20")]
pub(crate) struct ReturnedArguments {
    /// At most so many, newest first.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct OperatorArguments {
    #[command(subcommand)]
    pub(crate) action: OperatorAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorAction {
    /// Adds a person; prints their token once.
    Add(OperatorAddArguments),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  registryctl operator add hoa --role reviewer --province 01 --out hoa.token"
)]
pub(crate) struct OperatorAddArguments {
    /// Account name: a-z, 0-9, dot, dash, underscore.
    #[arg(value_name = "NAME")]
    pub(crate) name: registry::OfficerId,
    /// What they may do; may be given again.
    #[arg(long = "role", value_enum, required = true)]
    pub(crate) roles: Vec<OperatorRole>,
    /// The province whose cases they decide; the whole nation if left out.
    #[arg(long, value_name = "CODE")]
    pub(crate) province: Option<String>,
    /// Write the token into this file, readable by you alone, instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OperatorRole {
    /// Decides cases.
    Reviewer,
    /// Runs the system.
    System,
    /// Looks.
    Observer,
}

impl OperatorRole {
    /// As the API calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            OperatorRole::Reviewer => "reviewer",
            OperatorRole::System => "system",
            OperatorRole::Observer => "observer",
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  registryctl population --communes 00004,00008 --people 32200 --seed 7 --out people.csv\n  registryctl population --communes 00004 --format qcvn --out message.xml"
)]
pub(crate) struct PopulationArguments {
    /// Communes by their five-digit codes.
    #[arg(long, value_delimiter = ',', required = true, value_name = "CODE,...")]
    pub(crate) communes: Vec<OfficeCode>,
    /// People in each.
    #[arg(long, default_value_t = 32_200, value_name = "N")]
    pub(crate) people: u32,
    /// The same seed gives the same people.
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(crate) seed: u64,
    /// Where to; the standard output if left out, or -. With --format qcvn it is a QCVN 109 message,
    /// else a CSV file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub(crate) force: bool,
}

const DEMO_EXAMPLES: &str = "\
Examples:
  registryctl demo                             stays up afterwards, for you to try
  registryctl demo --people 400 --unattended   exit code 0 if everything was verified
  registryctl demo --lan 192.168.1.10          the screens for a telephone too, over HTTPS
  registryctl demo --dir /tmp/demo --keep      keeps data and logs";

/// Where the daemons' programs are looked for: beside this one.
#[derive(Debug, Args)]
#[command(after_help = DEMO_EXAMPLES)]
pub(crate) struct DemoArguments {
    /// People in each office's commune.
    #[arg(long, default_value_t = 32_200, value_name = "N",
          value_parser = clap::value_parser!(u32).range(200..=250_000))]
    pub(crate) people: u32,
    /// Three communes; the third in another province.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "00004,00008,04456",
        value_name = "CODE,CODE,CODE"
    )]
    pub(crate) offices: Vec<OfficeCode>,
    /// Where data and logs go; a temporary folder if left out.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Stop when everything is verified; 0 only if all of it was.
    #[arg(long)]
    pub(crate) unattended: bool,
    /// Keep data and logs.
    #[arg(long)]
    pub(crate) keep: bool,
    /// This machine's own address in its network: the offices' screens are served there over HTTPS,
    /// for a telephone or another machine. If left out, to this machine alone.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) lan: IpAddr,
    /// Seed of the synthetic people.
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  registryctl bench acts idle --people 32200 --format json")]
pub(crate) struct BenchArguments {
    /// What to measure; everything if left out.
    #[arg(value_enum, value_name = "WHAT")]
    pub(crate) what: Vec<Measure>,
    /// People in the commune; for `duplicates`, in all communes together.
    #[arg(long, default_value_t = 32_200, value_name = "N",
          value_parser = clap::value_parser!(u32).range(200..=5_000_000))]
    pub(crate) people: u32,
    /// Seed of the synthetic people.
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(crate) seed: u64,
    /// Where data goes; it decides which file system is measured. A temporary folder if left out.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// First fill of an office: bytes and records per second.
    Fill,
    /// A hundred two-field acts: bytes both ways.
    Acts,
    /// A connected office with nothing new.
    Idle,
    /// A cold reconnect with nothing new.
    Reconnect,
    /// Accepting an act, against one fsync of the same file system.
    Accept,
    /// Finding a person.
    Find,
    /// Memory, time to be ready, and to rebuild the cache.
    Node,
    /// Precision and recall of the search for duplicates, on people among whom some were planted;
    /// only if it is named.
    Duplicates,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_decision_needs_one_outcome_and_a_reason() {
        let parse = |text: &str| Cli::try_parse_from(text.split(' '));
        assert!(parse("registryctl case 3 decide --keep 0 --reason seen").is_ok());
        assert!(parse("registryctl case 3 decide --reason seen").is_err());
        assert!(parse("registryctl case 3 decide --keep 0").is_err());
        assert!(parse("registryctl case 3 decide --keep 0 --combine 1 --reason seen").is_err());
        assert!(parse("registryctl case 3 decide --ask 00004 --reason seen").is_err());
        assert!(
            parse("registryctl case 3 decide --ask 00004 --question why --reason seen").is_ok()
        );
    }

    #[test]
    fn every_example_of_the_help_parses() {
        let mut seen = 0;
        for text in [
            EXAMPLES,
            bundles::BUNDLE_EXAMPLES,
            cases::CASE_EXAMPLES,
            NUMBER_EXAMPLES,
            DEMO_EXAMPLES,
            duplicates::DUPLICATE_EXAMPLES,
        ] {
            for line in text
                .lines()
                .filter(|line| line.trim_start().starts_with("registryctl "))
            {
                let command = line
                    .split("  ")
                    .find(|part| part.starts_with("registryctl"));
                let words = shell_words(command.unwrap().split(" | ").next().unwrap());
                assert!(Cli::try_parse_from(&words).is_ok(), "{line}");
                seen += 1;
            }
        }
        assert!(seen > 10, "{seen}");
    }

    /// Words of a command line with single quotes.
    fn shell_words(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (place, part) in line.split('\'').enumerate() {
            if place % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }
}
