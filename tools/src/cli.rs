//! The command line of `registryctl`, and the words that teach it.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use registry::OfficeCode;

use crate::output::Format;

mod duplicates;

pub(crate) use duplicates::{
    DuplicateAction, DuplicateArguments, DuplicatesAction, DuplicatesArguments, PairReason,
};

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
    /// Disputes between offices.
    Cases(CasesArguments),
    /// One dispute: look at it, decide it.
    Case(CaseArguments),
    /// A personal number: what became of it, or cancel it and give another.
    Number(NumberArguments),
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

const SIMULATE_EXAMPLES: &str = "\
Examples:
  registryctl simulate --seeds 1..10000        many runs, on every processor
  registryctl simulate --seed 4711             one run; if it fails, its recording is written
  registryctl simulate --seed 7 --profile edge_cell --offices 5 --steps 400
  registryctl simulate --sabotage half-act     a fault planted on purpose has to be found
                                               (builds with debug assertions only)

Exit codes: 0 everything held (or the planted fault was found), 1 an invariant did not hold.";

#[derive(Debug, Args)]
#[command(after_help = SIMULATE_EXAMPLES)]
pub(crate) struct SimulateArguments {
    /// One seed: the same seed is the same run.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    pub(crate) seed: Option<u64>,
    /// Many seeds, the first and the last.
    #[arg(long, value_name = "A..B", value_parser = seeds, default_value = "1..200")]
    pub(crate) seeds: (u64, u64),
    /// Offices beside the centre.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=8))]
    pub(crate) offices: u8,
    /// Acts, decisions and faults of a run.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub(crate) steps: u32,
    /// The line of every office, by its name in link_profiles.csv; drawn for each if left out.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Numbers of each sex that the centre sets aside for every office; none if left out.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=100))]
    pub(crate) numbers_at_hand: u16,
    /// Plants a fault that has to be found: acknowledge-before-flush, skip-flush, drop-parked,
    /// reuse-actor, forget-receipt, half-act, latest-wins, skip-feed-entry, ignore-revocation,
    /// order-dependent-disputes, leave-in-slice, pin-twice.
    #[arg(long, value_name = "NAME")]
    pub(crate) sabotage: Option<String>,
    /// Where recordings of failing runs go.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
}

fn seeds(text: &str) -> Result<(u64, u64), String> {
    let words = "two numbers with two dots between them, as in 1..10000";
    let (first, last) = text.split_once("..").ok_or(words)?;
    let number = |text: &str| {
        text.trim_start_matches('=')
            .parse::<u64>()
            .map_err(|_| words)
    };
    let (first, last) = (number(first)?, number(last)?);
    if first > last {
        return Err("the first seed comes before the last".to_owned());
    }
    Ok((first, last))
}

const REPLAY_EXAMPLES: &str = "\
Examples:
  registryctl replay simulation-4711.json      what happened, with the state of each office
  registryctl replay simulation-4711.json --step
                                               one planned step at a time; Enter goes on
  registryctl replay simulation-4711.json --shrink smaller.json
                                               leaves out what the failure does not need";

#[derive(Debug, Args)]
#[command(after_help = REPLAY_EXAMPLES)]
pub(crate) struct ReplayArguments {
    /// The recording.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Wait for Enter after each planned step.
    #[arg(long)]
    pub(crate) step: bool,
    /// Leave out of the plan what the failure does not need and write the rest.
    #[arg(long, value_name = "FILE")]
    pub(crate) shrink: Option<PathBuf>,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CaseFilter {
    /// Waiting for a decision.
    Open,
    /// Decided.
    Decided,
    /// Every one.
    All,
}

impl CaseFilter {
    /// As the API calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            CaseFilter::Open => "open",
            CaseFilter::Decided => "decided",
            CaseFilter::All => "all",
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  registryctl cases --state all")]
pub(crate) struct CasesArguments {
    /// Which.
    #[arg(long, value_enum, default_value_t = CaseFilter::Open)]
    pub(crate) state: CaseFilter,
}

const CASE_EXAMPLES: &str = "\
Examples:
  registryctl case 12 show
  registryctl case 12 decide --keep 1 --reason 'the death notice names another person'
  registryctl case 12 decide --ask 00008 --question 'Please scan form CT01' --reason 'no paper seen'
  registryctl case 12 decide --combine 0 --reason 'one child, two entries' --as second-reviewer.token
  registryctl case 12 decide --decline --reason 'the person says that this is not their number'
  registryctl case 12 decide --enter '{\"blood\": \"o\"}' --reason 'laboratory paper XN-88'
  registryctl case 12 reverse --reason 'they are two people: both came to the office'

Claims are counted from 0, as `show` lists them. A case of harm 5 is settled when a second reviewer
decides the same.";

#[derive(Debug, Args)]
#[command(after_help = CASE_EXAMPLES)]
pub(crate) struct CaseArguments {
    /// The case's number.
    #[arg(value_name = "NUMBER")]
    pub(crate) number: u64,
    #[command(subcommand)]
    pub(crate) action: CaseAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CaseAction {
    /// Both claims side by side: who, where, when, on which papers; and what a decision does.
    Show,
    /// Decide it.
    Decide(DecideArguments),
    /// Undo its decision: all that it brought about is taken back, and it is decided anew.
    Reverse(ReverseArguments),
}

const REVERSE_HELP: &str = "\
Takes back, in one act, what the decision of this case and those below it brought about: an act that
had lost counts again, two records that were merged are two people with their own numbers, a proposal
waits again. Nothing is erased: the history keeps both. The dispute opens as another case, which `show`
names; whoever decided may decide there too. Of a case of harm 5 a second reviewer must say the same.

Examples:
  registryctl case 12 show
  registryctl case 12 reverse --reason 'they are two people: both came to the office'
  registryctl case 12 reverse --reason 'I saw both' --as second-reviewer.token";

#[derive(Debug, Args)]
#[command(after_help = REVERSE_HELP)]
pub(crate) struct ReverseArguments {
    /// Why, in a sentence; the offices read it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Speak as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
    /// The version of the case that was looked at; the present one if left out.
    #[arg(long, value_name = "N")]
    pub(crate) seen: Option<u32>,
}

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("outcome").required(true),
    after_help = CASE_EXAMPLES
)]
pub(crate) struct DecideArguments {
    /// This claim holds, the others are taken back.
    #[arg(long, value_name = "CLAIM", group = "outcome")]
    pub(crate) keep: Option<u8>,
    /// The records are one person: this claim's record stays and takes what it lacks. Of a household
    /// that moved out: those who were added to it follow this claim's move.
    #[arg(long, value_name = "CLAIM", group = "outcome")]
    pub(crate) combine: Option<u8>,
    /// None of the claims: this value, as JSON.
    #[arg(long, value_name = "JSON", group = "outcome")]
    pub(crate) enter: Option<String>,
    /// Both may stand; it is never asked again.
    #[arg(long, group = "outcome")]
    pub(crate) not_a_conflict: bool,
    /// A proposal is not carried out; its office reads the reason.
    #[arg(long, group = "outcome")]
    pub(crate) decline: bool,
    /// Ask this office for evidence; the case stays open.
    #[arg(long, value_name = "OFFICE", group = "outcome", requires = "question")]
    pub(crate) ask: Option<OfficeCode>,
    /// What the office is asked.
    #[arg(long, value_name = "TEXT", requires = "ask")]
    pub(crate) question: Option<String>,
    /// Why, in a sentence; the offices read it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Decide as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
    /// The version of the case that was looked at; the present one if left out.
    #[arg(long, value_name = "N")]
    pub(crate) seen: Option<u32>,
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

const UNITS_EXAMPLES: &str = "\
Examples:
  registryctl units                            the editions, and which is in force
  registryctl units show 00001                 what became of a commune of any edition
  registryctl units apply decree.csv --dry-run which offices, nodes and records it touches
  registryctl units apply decree.csv --effective 2026-04-30

A decree is CSV: old_code,new_code,share,default and, where they are needed, hamlets, name, kind,
province, lat, lon. A commune that is divided has several rows with share `part`; the one with
default 1 takes what no row tells apart (hamlets are given with semicolons between them). A row
without old_code makes a new commune. Codes of dissolved communes are never used again.";

#[derive(Debug, Args)]
#[command(after_help = UNITS_EXAMPLES)]
pub(crate) struct UnitsArguments {
    #[command(subcommand)]
    pub(crate) action: Option<UnitsAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UnitsAction {
    /// What became of a code, edition by edition.
    Show {
        /// Five digits, of any edition.
        #[arg(value_name = "CODE")]
        code: OfficeCode,
    },
    /// Puts a decree in force and waits until the slices of all offices follow it.
    Apply(UnitsApplyArguments),
}

#[derive(Debug, Args)]
#[command(after_help = UNITS_EXAMPLES)]
pub(crate) struct UnitsApplyArguments {
    /// The decree, as CSV.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// From when it holds, as 2026-04-30; today if left out. Its day must have come.
    #[arg(long, value_name = "DATE")]
    pub(crate) effective: Option<registry::date::Date>,
    /// Only list the offices, nodes and records that it touches.
    #[arg(long)]
    pub(crate) dry_run: bool,
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
            CASE_EXAMPLES,
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
