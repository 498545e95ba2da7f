//! What is remembered of a bundle that was made for a stick.

use registry::{ActNumber, FeedSeq, Incarnation, OfficerId};
use serde::{Deserialize, Serialize};

/// A bundle that was given out. No `Debug`: it holds the secret that opens the answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleRow {
    /// When it was made, seconds since 1970, by the device's clock set right.
    pub made_s: i64,
    /// After this the centre no longer takes it.
    pub expires_s: i64,
    /// Who made it.
    pub officer: OfficerId,
    /// The life of its acts.
    pub incarnation: Incarnation,
    /// The first act in it.
    pub first: ActNumber,
    /// The last; the one before the first if there is none.
    pub last: ActNumber,
    /// Acts that did not fit.
    pub left: u64,
    /// Where the feed stood.
    pub feed_applied: FeedSeq,
    /// To which key the answer is sealed, and what opens it.
    pub reply_public: [u8; 32],
    /// The secret of that key.
    pub reply_secret: [u8; 32],
    /// The answer, once it was taken in.
    pub answered: Option<BundleAnswered>,
}

impl BundleRow {
    /// Acts in it.
    pub const fn acts(&self) -> u64 {
        self.last
            .get()
            .saturating_add(1)
            .saturating_sub(self.first.get())
    }
}

/// What an answer told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleAnswered {
    /// When it was taken in, seconds since 1970.
    pub at_s: i64,
    /// The centre has acts up to this one.
    pub taken: ActNumber,
}
