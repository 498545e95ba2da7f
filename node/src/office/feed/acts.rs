//! Acts of other offices and of the centre on records that this office holds.

use registry::act::Act;
use registry::feed::ActOutcome;
use registry::paper::used_by;
use registry::sabotage::{Fault, planted};

use crate::office::OfficeError;
use crate::office::applications::closed_on;
use crate::office::live::{LiveChange, papers_for, withdrawn_by};
use crate::office::work::Work;
use crate::tables::{ActRow, Answer, Kept};

impl Work<'_> {
    /// Applies an act to the records that are held officially; the others are none of ours.
    /// Applying it again does nothing.
    pub(super) fn take_act(&mut self, act: Act) -> Result<(), OfficeError> {
        let id = act.id();
        if planted(Fault::SkipFeedEntry) && self.meta.feed_applied.get().is_multiple_of(3) {
            return Ok(());
        }
        let order = self.meta.next_order;
        let mut concerns_us = false;
        for (index, record) in act.records() {
            let Some(official) = self.rows.official(&record)? else {
                continue;
            };
            concerns_us = true;
            match act.apply(index, Some(&official.record)) {
                Ok(after) => {
                    let kept = Kept::of(after)?;
                    for of in closed_on(kept.fields()) {
                        self.also(LiveChange::ApplicationClosed { of });
                    }
                    self.set_official(record, Some(&kept))?;
                }
                // The comparison of digests finds it and mends the record.
                Err(error) => {
                    tracing::warn!(
                        code = error.code(),
                        "an act of the feed does not apply here"
                    );
                }
            }
            self.recompute(record)?;
            self.rows.put_act_of(&record, order, &id);
        }
        if concerns_us {
            // An own act comes back so when the centre has found the people in it; what we know
            // of it stays as it is.
            if self.rows.act(&id)?.is_none() {
                if act.body.kind.applies() && self.office.live().is_ours(&act) {
                    self.also(LiveChange::Applied { act: id });
                }
                self.note_named(&act);
                if let Some(of) = withdrawn_by(&act.body) {
                    self.also(LiveChange::Withdrawn { of, by: id });
                }
                if let Some(of) = papers_for(&act.body) {
                    self.also(LiveChange::Papers { of, by: id });
                }
                let answer = self.answer_to_lost(&act);
                self.rows.put_act(&ActRow { act, order, answer })?;
            }
            self.meta.next_order = order.saturating_add(1);
        }
        Ok(())
    }

    /// What is known of an own act that went with a disk and comes back by the feed: that it took
    /// effect. Its receipt came before it, and could not be for an act that was not here; nothing
    /// waits for one any more.
    fn answer_to_lost(&mut self, act: &Act) -> Option<Answer> {
        if act.author.node != self.meta.node {
            return None;
        }
        for paper in used_by(act) {
            let act = act.id();
            self.also(LiveChange::Used { paper, act });
        }
        Some(Answer::Central {
            outcome: ActOutcome::Accepted,
            at_s: self.meta.central_s,
            commit: self.meta.horizon,
        })
    }
}
