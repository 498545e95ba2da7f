//! Comparing digests: [`CheckTimer`] at the node says when, [`Comparison`] at the centre with what.
//!
//! Only a quiet moment is looked at: a short while after the last activity, with a *check*, which
//! costs about twenty bytes and is answered; then at long intervals, as long as nothing happens,
//! with a *glance*: nine bytes, and an equal centre is silent. A frame is not lost while the line
//! stands, so silence tells of equality or of a centre that hangs. Therefore each sixth look, every
//! look after activity, and every look that somebody waits for is a check. A glance's packet and
//! its acknowledgement keep the line open as a keep-alive does, which is then not sent.

use registry::{ActNumber, FeedSeq};

use crate::SessionError;
use crate::digest::Digest;
use crate::error::Violation;
use crate::limits::{ANSWER_MS_MAX, GLANCES_MAX};
use crate::message::{Check, Glance};
use crate::session::event::{Effects, NodeOutput};

/// The minor version that brought the glance.
const GLANCE_MINOR: u8 = 1;

/// When the node looks, and how.
pub(crate) struct CheckTimer {
    interval_ms: u64,
    settle_ms: u64,
    due_ms: u64,
    asked_ms: Option<u64>,
    /// Whether the centre understands a glance.
    may_glance: bool,
    /// Whether nothing happened since both were known to be equal.
    idle: bool,
    /// Glances since the last answer.
    glances: u8,
}

impl CheckTimer {
    pub(crate) fn new(interval_ms: u64, settle_ms: u64) -> Self {
        Self {
            interval_ms,
            settle_ms,
            due_ms: u64::MAX,
            asked_ms: None,
            may_glance: false,
            idle: false,
            glances: 0,
        }
    }

    /// The minor version that both sides speak.
    pub(crate) fn agreed(&mut self, minor: u8) {
        self.may_glance = minor >= GLANCE_MINOR;
    }

    /// Something changed: compare soon after the last change.
    pub(crate) fn activity(&mut self, now_ms: u64) {
        self.due_ms = now_ms.saturating_add(self.settle_ms);
        self.idle = false;
    }

    /// Compare at the next quiet moment.
    pub(crate) fn now(&mut self, now_ms: u64) {
        self.due_ms = now_ms;
        self.idle = false;
    }

    /// Whether an answer is awaited.
    pub(crate) const fn is_asked(&self) -> bool {
        self.asked_ms.is_some()
    }

    /// Both sides are known to be equal.
    pub(crate) fn equal(&mut self, now_ms: u64) {
        self.due_ms = now_ms.saturating_add(self.interval_ms);
        self.idle = true;
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
        if !quiet || now_ms < self.due_ms {
            return Ok(());
        }
        let (feed_applied, acts_last) = position;
        if self.idle && self.may_glance && self.glances < GLANCES_MAX {
            self.glances = self.glances.saturating_add(1);
            self.equal(now_ms);
            let mark = digest.mark(feed_applied);
            return out.send(Glance { mark });
        }
        self.asked_ms = Some(now_ms);
        out.send(Check {
            feed_applied,
            acts_last,
            digest: digest.short(),
        })
    }

    /// Takes an answer that was asked for, or that a glance called forth.
    pub(crate) fn answered(&mut self, now_ms: u64) -> Result<(), SessionError> {
        let glances = std::mem::take(&mut self.glances);
        if self.asked_ms.take().is_none() && glances == 0 {
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

    /// Whether the node has what we have after this entry of the feed, by its mark.
    pub(crate) fn has_mark(&mut self, mark: [u8; 8], feed: FeedSeq) -> bool {
        let equal = self.digest.mark(feed) == mark;
        self.mended &= !equal;
        equal
    }

    pub(crate) fn equals(&mut self, theirs: [u8; 8]) -> bool {
        let equal = self.digest.short() == theirs;
        self.mended &= !equal;
        equal
    }
}
