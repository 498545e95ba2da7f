//! The session on a stick: what an office without a line sends to the centre as a file, and what
//! the centre sends back on the same stick.
//!
//! A bundle holds frames of the very messages that a line carries, in the order in which a session
//! would send them: to the centre a hello and signed batches, back the answer to that hello and
//! entries of the feed, receipts among them. Numbers, the chain and the one cursor of the feed make
//! it harmless if a bundle comes twice, late, or beside a working line, as they do for frames.
//!
//! ```text
//! file = magic (8) ‖ version (1) ‖ length (2) ‖ envelope ‖ encapsulated (32)
//!        ‖ length (4) ‖ sealed body ‖ signature (64) ‖ checksum (16)     numbers: little endian
//! body to the centre   = key for the answer (32) ‖ frames: a hello, batches
//! body of the answer   = frames: the answer to the hello, entries
//! frame                = class (1) ‖ length (4) ‖ frame
//! ```
//!
//! The envelope is legible: whose it is, which bundle, when it was made and ends, and to which key
//! the rest is sealed. The signature is that of the office's device, or of the centre, over all
//! before it; the checksum tells a damaged stick from a forged file.
//!
//! Not here: sealing itself (`provisioning`), files, and what becomes of acts and entries.

mod answer;
mod envelope;
mod frames;
mod outward;
mod refusal;

pub use answer::{AnswerFrom, AnswerReader, AnswerStands, PackedAnswer, pack_answer};
pub use envelope::{BundleId, Envelope, KeyName, SealedBundle, Way, complete};
pub use outward::{OutboxPart, OutwardReader, PackedOutbox, pack_outbox};
pub use refusal::BundleRefusal;

#[cfg(test)]
mod tests;
