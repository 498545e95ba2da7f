//! The arguments of `registryctl act` and `registryctl attachment`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use registry::ActId;
use registry::attachment::AttachmentId;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  registryctl act 3f1c0a9be24d5b7788aa6d0192c3e4f5\n  registryctl act 3f1c0a9be24d5b7788aa6d0192c3e4f5 contest --help"
)]
pub(crate) struct ActArguments {
    /// The act's id.
    #[arg(value_name = "ACT")]
    pub(crate) act: ActId,
    /// Look as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) action: Option<ActAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ActAction {
    /// Open the case about an act that took effect and is wrong: two reviewers decide it.
    Contest(ContestArguments),
}

const CONTEST_HELP: &str = "\
Where no procedure puts an act right (a divorce noted on the wrong couple, a marriage entered by
mistake, a move or an absence of somebody else), two reviewers take it back. The act is disputed from
then on, its offices hear of it and may add papers; `registryctl case N` shows what a decision changes,
decides it, and undoes the decision. An act that later acts rest on is refused with their list.

Examples:
  registryctl act 3f1c0a9be24d5b7788aa6d0192c3e4f5 contest --dry-run
  registryctl act 3f1c0a9be24d5b7788aa6d0192c3e4f5 contest --paper '12/QĐ-UBND ngày 01/10/2026' \\
      --reason 'the judgment names another couple'
  registryctl case 31 decide --keep 1 --reason 'I read the judgment' --as second-reviewer.token";

#[derive(Debug, Args)]
#[command(after_help = CONTEST_HELP)]
pub(crate) struct ContestArguments {
    /// The paper by which the act is wrong, with its number.
    #[arg(long, value_name = "NUMBER", required_unless_present = "dry_run")]
    pub(crate) paper: Option<String>,
    /// Why, in a sentence; the offices read it.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub(crate) reason: Option<String>,
    /// Show what taking it back would change, and open nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Speak as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  registryctl attachment 7d…64 hexadecimal digits…c1 --out paper.pdf\n\nFor reviewers; that somebody looked is written into the audit chain."
)]
pub(crate) struct AttachmentArguments {
    /// Its hash, as `act` and `case N show` tell it.
    #[arg(value_name = "HASH")]
    pub(crate) hash: AttachmentId,
    /// The file that it is written to, readable by you alone; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Look as the person whose token is in this file.
    #[arg(long = "as", value_name = "TOKENFILE")]
    pub(crate) as_person: Option<PathBuf>,
}
