//! The arguments of `registryctl cases` and `registryctl case`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use registry::OfficeCode;

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
#[command(after_help = "\
Those that are due first come first; of one day those that do the most harm.

Examples:
  registryctl cases --mine
  registryctl cases --late --harm 4
  registryctl cases --office 00004 --state all")]
pub(crate) struct CasesArguments {
    /// Which.
    #[arg(long, value_enum, default_value_t = CaseFilter::Open)]
    pub(crate) state: CaseFilter,
    /// About records that this commune holds, 5 digits.
    #[arg(long, value_name = "COMMUNE")]
    pub(crate) office: Option<OfficeCode>,
    /// Only those whose decision is overdue.
    #[arg(long)]
    pub(crate) late: bool,
    /// Only those that you may decide.
    #[arg(long)]
    pub(crate) mine: bool,
    /// Only those of at least this harm.
    #[arg(long, value_name = "1-5", value_parser = clap::value_parser!(u8).range(1..=5))]
    pub(crate) harm: Option<u8>,
    /// At most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    pub(crate) limit: usize,
}

/// Lines that teach the two commands.
pub(crate) const CASE_EXAMPLES: &str = "\
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
