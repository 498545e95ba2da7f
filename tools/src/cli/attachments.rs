//! The arguments of `registryctl act` and `registryctl attachment`.

use std::path::PathBuf;

use clap::Args;
use registry::ActId;
use registry::attachment::AttachmentId;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  registryctl act 3f1c0a9be24d5b7788aa6d0192c3e4f5")]
pub(crate) struct ActArguments {
    /// The act's id.
    #[arg(value_name = "ACT")]
    pub(crate) act: ActId,
    /// Look as the person whose token is in this file.
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
