//! Bundles on a stick: making one from the outbox, opening the answer, and taking it in.
//!
//! Frames, order and proofs are the session's (`sync_proto::bundle`), the seal is that of
//! `provisioning`; here the office's outbox, feed and keys come in. [`export`] and [`import`] go by
//! the writer, and promise only what is durable.

mod export;
mod import;

pub use export::{Made, export, make};
pub use import::{AnswerTaken, OpenedAnswer, import, open_answer};

use std::sync::Arc;

use ed25519_dalek::SigningKey;
use provisioning::bundle_key::SealFailed;
use sync_proto::bundle::BundleRefusal;
use sync_proto::{Codec, Minors, NO_DICTIONARY, NodeConfig, SessionError};

use crate::office::{Office, OfficeError, SCHEMA};
use crate::writer::WriteError;

/// Compression of what goes onto a stick: there is time for it.
const COMPRESSION_LEVEL: i32 = 9;

/// Why no bundle was made, or an answer not taken.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// What is wrong with the bundle.
    #[error(transparent)]
    Refused(#[from] BundleRefusal),
    /// The office cannot read or write.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The writer cannot promise it.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The library does not seal.
    #[error(transparent)]
    Seal(#[from] SealFailed),
    /// The feed on the stick cannot be read by this release.
    #[error(
        "entry {at} of the feed needs a newer release of this program; upgrade it, then take the same answer in again"
    )]
    NeedsUpgrade {
        /// The entry.
        at: u64,
    },
}

impl BundleError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            BundleError::Refused(refused) => refused.code(),
            BundleError::Office(error) => error.code(),
            BundleError::Write(error) => error.code(),
            BundleError::Seal(error) => error.code(),
            BundleError::NeedsUpgrade { .. } => "needs_upgrade",
        }
    }
}

impl From<SessionError> for BundleError {
    fn from(error: SessionError) -> Self {
        BundleRefusal::from(error).into()
    }
}

/// What a session of this office would be given.
fn session_config(office: &Office, key: &SigningKey) -> Result<NodeConfig, BundleError> {
    let meta = office.meta();
    let codec = Codec::new(COMPRESSION_LEVEL, &[]).map_err(SessionError::from)?;
    Ok(NodeConfig {
        office: meta.office,
        node: meta.node,
        key: key.clone(),
        minors: Minors::CURRENT,
        schema: SCHEMA,
        codec: Arc::new(codec),
        dictionary: NO_DICTIONARY,
        software: concat!("commune-node ", env!("CARGO_PKG_VERSION")).to_owned(),
        check_interval_ms: 0,
        check_settle_ms: 0,
    })
}
