//! Comparing digests: [`CheckTimer`] at the node says when, [`Comparison`] at the centre with what.
//!
//! A check costs about twenty bytes and is asked only in a quiet moment: a short while after the
//! last activity, then at long intervals.

use registry::{ActNumber, FeedSeq};

use crate::SessionError;
use crate::digest::Digest;
use crate::error::Violation;
use crate::limits::ANSWER_MS_MAX;
use crate::message::Check;
use crate::session::event::{Effects, NodeOutput};

pub(crate) struct CheckTimer {
    interval_ms: u64,
    settle_ms: u64,
    due_ms: u64,
    asked_ms: Option<u64>,
}

impl CheckTimer {
    pub(crate) fn new(interval_ms: u64, settle_ms: u64) -> Self {
        Self {
            interval_ms,
            settle_ms,
            due_ms: u64::MAX,
            asked_ms: None,
        }
    }

    /// Something changed: compare soon after the last change.
    pub(crate) fn activity(&mut self, now_ms: u64) {
        self.due_ms = now_ms.saturating_add(self.settle_ms);
    }

    /// Compare at the next quiet moment.
    pub(crate) fn now(&mut self, now_ms: u64) {
        self.due_ms = now_ms;
    }

    /// Whether an answer is awaited.
    pub(crate) const fn is_asked(&self) -> bool {
        self.asked_ms.is_some()
    }

    /// Both sides are known to be equal.
    pub(crate) fn equal(&mut self, now_ms: u64) {
        self.due_ms = now_ms.saturating_add(self.interval_ms);
    }

    pub(crate) fn wake_ms(&self, quiet: bool) -> Option<u64> {
        match self.asked_ms {
            Some(asked) => Some(asked.saturating_add(ANSWER_MS_MAX)),
            None => Some(self.due_ms).filter(|due| quiet && *due != u64::MAX),
        }
    }

    /// Asks if it is time and the moment is quiet.
    pub(crate) fn tick(
        &mut self,
        now_ms: u64,
        quiet: bool,
        position: (FeedSeq, ActNumber),
        digest: &Digest,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        if let Some(asked) = self.asked_ms {
            let late = now_ms >= asked.saturating_add(ANSWER_MS_MAX);
            return if late {
                Err(Violation::NoAnswer { what: "a check" }.into())
            } else {
                Ok(())
            };
        }
        if quiet && now_ms >= self.due_ms {
            self.asked_ms = Some(now_ms);
            let (feed_applied, acts_last) = position;
            out.send(Check {
                feed_applied,
                acts_last,
                digest: digest.short(),
            })?;
        }
        Ok(())
    }

    /// Takes an answer that was asked for.
    pub(crate) fn answered(&mut self, now_ms: u64) -> Result<(), SessionError> {
        if self.asked_ms.take().is_none() {
            return Err(Violation::Unexpected {
                message: "CheckAnswer",
            }
            .into());
        }
        self.equal(now_ms);
        Ok(())
    }
}

/// What the centre compares with.
pub(crate) struct Comparison {
    /// The digest of the slice at the head of the feed.
    pub(crate) digest: Digest,
    /// Whether a repair came just before: a difference then means that repair does not help.
    pub(crate) mended: bool,
}

impl Comparison {
    pub(crate) fn new(digest: Digest) -> Self {
        Self {
            digest,
            mended: false,
        }
    }

    pub(crate) fn equals(&mut self, theirs: [u8; 8]) -> bool {
        let equal = self.digest.short() == theirs;
        self.mended &= !equal;
        equal
    }
}
