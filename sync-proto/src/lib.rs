//! The sync session between an office and the centre, without any input or output of its own.
//!
//! A node and the centre each run one state machine per connection ([`NodeSession`],
//! [`CentralSession`]). It is given frames, local events and the time, and gives frames and things
//! to do; the same machines run over QUIC, one TCP stream, a stick or a simulation. Payloads are
//! opaque: what is inside acts, entries and pages is the business of `registry`. The session owns
//! order, durability, credits, acknowledgements, signatures and the chain.
//!
//! ```text
//! node                                      centre
//!  hello (may be early data) ───────────────▶  look the node up
//!  batches, from where it thinks ───────────▶  kept until then
//!  ◀─────────────── answer: acts taken, verdict
//!  ◀─────────────── feed after the node's cursor
//!                                              verify, commit with receipts
//!  ◀─────────────── taken up to; receipts in the feed
//!  journal, then feed acknowledgement ──────▶
//!  quiet: check (20 bytes) ─────────────────▶
//!  ◀─────────────── same | differs: repair | fill
//! ```
//!
//! - **Receipts travel in the feed**, the one gapless list of what an office must know. One cursor
//!   gives them exactly once, and a push that is repeated needs no stored answer.
//! - **Nothing is acknowledged before its owner said that it is durable**, and windows
//!   ([`limits`]) bound what is not.
//! - **Acts are chained one by one** ([`Chain`]), signed batch by batch ([`SignedBatch`]).
//! - **Attachments travel below everything else**, in checked pieces, and go on where a cut left
//!   them.
//! - **What a record's acts rest on is told to whoever asks** and holds the record, one question at a
//!   time.
//! - **An entry or a patch may come again** after a fill or a repair; applying it again has to be
//!   harmless, which is the caller's promise.
//!
//! Not here: sockets and TLS (`sync-quic`), storage, and the meaning of anything that is carried.

mod attachment;
mod batch;
mod blob;
pub mod bundle;
mod chain;
mod check;
mod class;
mod codec;
mod digest;
mod early;
mod error;
mod feed;
mod fill;
mod hello;
pub mod limits;
mod message;
mod papers;
mod parcel;
mod push;
mod readings;
mod repair;
mod session;
mod text;

pub use attachment::{
    AttachmentOutcome, AttachmentRefusal, CentreAttachmentInput, CentreAttachmentOutput,
    FetchOutcome, OfferStanding, OfficeAttachmentInput, OfficeAttachmentOutput, PieceCame,
    PieceWanted, Resume,
};
pub use batch::{SignedBatch, VerifiedBatch, proves};
pub use chain::{Chain, ChainPoint};
pub use class::Class;
pub use codec::{Codec, NO_DICTIONARY};
pub use digest::{Digest, DigestKey};
pub use error::{Blame, DecodeError, Misuse, SessionError, VersionError, Violation};
pub use message::{ALPN, FillReason, FillState, Hello, Minors, NewLife, RepairItem};
pub use papers::PapersRefusal;
pub use session::{
    CentralConfig, CentralInput, CentralOutput, CentralSession, Ending, FeedEntry, NodeConfig,
    NodeInput, NodeOutput, NodeSession, NodeStanding, NodeState, StopCause,
};
pub use text::Text;
