//! The arguments of `registryctl bundle`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub(super) const BUNDLE_EXAMPLES: &str = "\
Examples:
  registryctl bundle import /media/stick/00004.bundle --dry-run     what is in it
  registryctl bundle import /media/stick/00004.bundle --answer /media/stick/00004.answer
  registryctl bundle list                      what became of bundles, and which are kept
  registryctl bundle fetch 3f1c0a9be24d5b7788aa6d0192c3e4f5 --out kept.bundle
  registryctl bundle new-key

An office without a line writes a bundle onto a stick (`commune-node bundle export`). Taken in twice,
late, or beside a line it does no harm; the answer goes back on the same stick.";

#[derive(Debug, Args)]
#[command(after_help = BUNDLE_EXAMPLES)]
pub(crate) struct BundleArguments {
    #[command(subcommand)]
    pub(crate) action: BundleAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundleAction {
    /// Takes a bundle in, and writes the answer for the office: receipts and what it lacks of its
    /// feed.
    Import(BundleImportArguments),
    /// What became of bundles, the newest first; which are kept for people to look at.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Writes the file of a bundle that was kept because its device is shut out, as it came.
    Fetch {
        /// Its name, as `list` tells it.
        #[arg(value_name = "BUNDLE")]
        bundle: String,
        /// The file, readable by you alone; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Makes a new key to which offices seal; they hear of it with their next contact, and what is
    /// sealed to the ones before goes on opening.
    NewKey,
}

#[derive(Debug, Args)]
#[command(after_help = BUNDLE_EXAMPLES)]
pub(crate) struct BundleImportArguments {
    /// The bundle that the office has made.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where the answer is written; it must not be there yet.
    #[arg(
        long,
        value_name = "FILE2",
        required_unless_present = "dry_run",
        conflicts_with = "dry_run"
    )]
    pub(crate) answer: Option<PathBuf>,
    /// Only tell what is in it.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take it in as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
}
