//! The arguments of `registryctl duplicates` and `registryctl duplicate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use registry::OfficeCode;
use registry::unit::ProvinceCode;

/// Lines that teach the two commands.
pub(crate) const DUPLICATE_EXAMPLES: &str = "\
Examples:
  registryctl duplicates --hint strong          the pairs that are very probably one person
  registryctl duplicates --province 01          those of one province
  registryctl duplicates run --now              look for them now, with progress
  registryctl duplicate 12 show                 both records, and why they look like one person
  registryctl duplicate 12 dismiss --reason 'twins, birth papers 41 and 42'
  registryctl duplicate 12 open-case --reason 'same father, same phone, year slipped'

A hint changes nothing. A dismissed pair is never shown again; an opened case is decided by
reviewers as any other (registryctl case NUMBER show).";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = DUPLICATE_EXAMPLES)]
pub(crate) struct DuplicatesArguments {
    #[command(subcommand)]
    pub(crate) action: Option<DuplicatesAction>,
    /// From which hint on.
    #[arg(long, value_enum, default_value_t = HintFilter::Look)]
    pub(crate) hint: HintFilter,
    /// Only those with a record in this commune.
    #[arg(long, value_name = "CODE")]
    pub(crate) office: Option<OfficeCode>,
    /// Only those with a record in this province.
    #[arg(long, value_name = "CODE")]
    pub(crate) province: Option<ProvinceCode>,
    /// At most so many, the most probable first.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DuplicatesAction {
    /// Where the pass stands that finds them; with `--now`, begin one and wait for its end.
    Run {
        /// Begin now, or let the one under way go on without rests.
        #[arg(long)]
        now: bool,
    },
}

/// How strong a hint has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HintFilter {
    /// Worth a look, and more.
    Look,
    /// Very probably one person.
    Strong,
}

impl HintFilter {
    /// As the API calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            HintFilter::Look => "look",
            HintFilter::Strong => "strong",
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = DUPLICATE_EXAMPLES)]
pub(crate) struct DuplicateArguments {
    /// The pair's number.
    #[arg(value_name = "NUMBER")]
    pub(crate) number: u64,
    #[command(subcommand)]
    pub(crate) action: DuplicateAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DuplicateAction {
    /// Both records side by side, and what agrees and differs.
    Show,
    /// They are two people: never show the pair again.
    Dismiss(PairReason),
    /// Open a case in which it is decided whether they are one person.
    OpenCase(PairReason),
}

#[derive(Debug, Args)]
pub(crate) struct PairReason {
    /// Why, in a sentence; it is kept with the pair.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Speak as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
}
