//! Arguments of `registryctl nationality`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  registryctl nationality 001190000231 --ground renounced --now DE \\
      --paper 512/QD-CTN --date 2026-10-01 --dry-run
  registryctl nationality 001190000231 --ground regained --now VN,DE \\
      --paper 77/QD-CTN --date 2026-11-02 --as hoa.token
  registryctl nationality 3f1c0a9be24d5b7788aa6d0192c3e4f5 --ground annulled --now none \\
      --paper 9/QD-CTN --date 2026-11-02

--now names all nationalities that the person has from the decision on. The registry looks whether the
ground leads there from what is on the record. The offices that hold the record learn it with their
next contact; residence that ends with the nationality they delete themselves.";

/// Whose, by what, to what.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NationalityArguments {
    /// A number of 12 digits, or a record's id.
    #[arg(value_name = "NUMBER-or-RECORD")]
    pub(crate) of: String,
    /// gained, regained, renounced, deprived, annulled, or foreign: another State's alone changed.
    #[arg(long, value_name = "GROUND")]
    pub(crate) ground: String,
    /// All nationalities from then on, two letters each, with commas between; `none` of somebody
    /// who is stateless.
    #[arg(long, value_name = "COUNTRIES")]
    pub(crate) now: String,
    /// The number of the decision.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) paper: String,
    /// The date of the decision, from which the change counts.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: String,
    /// Show what would be changed, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Change it as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
}
