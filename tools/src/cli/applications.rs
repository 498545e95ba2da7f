//! Arguments of `registryctl applications` and `registryctl application`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use registry::OfficeCode;
use registry::date::Date;

/// Where an application that waits can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApplicationState {
    /// In, and not looked at yet.
    Received,
    /// The office was asked for what is missing.
    SupplementAsked,
    /// Complete and under way.
    Accepted,
}

impl ApplicationState {
    /// As the API calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            ApplicationState::Received => "received",
            ApplicationState::SupplementAsked => "supplement_asked",
            ApplicationState::Accepted => "accepted",
        }
    }
}

/// Which of those that wait.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  registryctl applications
  registryctl applications --late
  registryctl applications --state received --office 00004")]
pub(crate) struct ApplicationsArguments {
    /// Where they stand; all if left out.
    #[arg(long, value_enum)]
    pub(crate) state: Option<ApplicationState>,
    /// Of one commune, 5 digits.
    #[arg(long, value_name = "COMMUNE")]
    pub(crate) office: Option<OfficeCode>,
    /// Only those whose result is overdue.
    #[arg(long)]
    pub(crate) late: bool,
    /// At most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    pub(crate) limit: usize,
}

const EXAMPLES: &str = "\
Examples:
  registryctl application 9f3c…e1 show
  registryctl application 9f3c…e1 ask --words 'the photograph is blurred: take it again'
  registryctl application 9f3c…e1 accept
  registryctl application 9f3c…e1 decide --dry-run
  registryctl application 9f3c…e1 decide --issued 2026-11-20 --place 'Bộ Công an'
  registryctl application 9f3c…e1 refuse --words 'the person already has a valid card'

A dossier goes received -> (supplement asked) -> accepted or refused -> decided. The office learns each
step with its next contact; papers that it adds to the act of the application hand in what was asked for.
Before it goes on, the dossier is held against the record as it is now: where name, birth date or sex have
changed since, or a case is open about them, it is refused or asked for anew.";

/// Which one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ApplicationArguments {
    /// The act that prepared it (its tracking code), or RECORD:ENTRY of one that came with a register,
    /// as `applications` lists it.
    #[arg(value_name = "APPLICATION")]
    pub(crate) id: String,
    #[command(subcommand)]
    pub(crate) action: ApplicationAction,
    /// Show what would be done, and do nothing.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Answer as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE", global = true)]
    pub(crate) as_person: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApplicationAction {
    /// What was prepared, where it stands, and what the record says otherwise now.
    Show,
    /// Ask the office for what is missing.
    Ask {
        /// What is missing: the office and the person read it.
        #[arg(long)]
        words: String,
    },
    /// What was missing has come another way than by papers that the office added.
    HandedIn,
    /// It is complete.
    Accept,
    /// Refuse it.
    Refuse {
        /// Why: the office and the person read it.
        #[arg(long)]
        words: String,
    },
    /// Grant it; of a card, enter the card on the record.
    Decide(DecideApplication),
}

/// What stands on a card.
#[derive(Debug, Args)]
pub(crate) struct DecideApplication {
    /// Of a card: the day of issue; today if left out.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) issued: Option<Date>,
    /// Of a card: who issued it; the Ministry of Public Security if left out.
    #[arg(long, value_name = "AUTHORITY")]
    pub(crate) place: Option<String>,
    /// Of a card: its last day; by the person's age if left out (14, 25, 40, 60 years).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) expires: Option<Date>,
}
