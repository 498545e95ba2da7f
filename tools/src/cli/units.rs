//! The arguments of `registryctl units`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use registry::OfficeCode;

const UNITS_EXAMPLES: &str = "\
Examples:
  registryctl units                            the editions, and which is in force
  registryctl units show 00001                 what became of a commune of any edition
  registryctl units apply decree.csv --dry-run which offices, nodes and records it touches
  registryctl units apply decree.csv --effective 2026-04-30

A decree is CSV: old_code,new_code,share,default and, where they are needed, hamlets, name, kind,
province, lat, lon. A commune that is divided has several rows with share `part`; the one with
default 1 takes what no row tells apart (hamlets are given with semicolons between them). A row
without old_code makes a new commune; one without both codes, with kind `Tỉnh` or `Thành phố`,
makes or renames a province. Codes of dissolved communes are never used again. docs/units.md shows
an example of each.";

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
