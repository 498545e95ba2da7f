//! Receipts: the centre's word on own acts. An act that took effect moves from the provisional to
//! the official records; one that did not is taken off the provisional ones.

use std::collections::BTreeSet;

use ed25519_dalek::{Signature, VerifyingKey};
use registry::act::Target;
use registry::feed::{ActOutcome, Receipts};
use registry::paper::used_by;
use registry::{ActNumber, FeedSeq, RecordId};

use crate::office::OfficeError;
use crate::office::live::{LiveChange, Rare, took_effect, withdrawn_by};
use crate::office::work::Work;
use crate::tables::{ActKey, ActRow, Answer, AuditEvent, Kept};

/// Answers after which the records concerned are made anew, so that what waits stays small.
const OUTCOMES_AT_ONCE: usize = 50;

impl Work<'_> {
    /// Takes receipts. Repeating a part of it after a crash does no harm.
    pub(super) fn take_receipts(
        &mut self,
        seq: FeedSeq,
        receipts: &Receipts,
        raw: &[u8],
        device_s: i64,
    ) -> Result<(), OfficeError> {
        self.keep_receipts(seq, receipts, raw)?;
        if receipts.node != self.meta.node || !self.are_for_our_acts(receipts)? {
            return Ok(());
        }
        self.take_answers(receipts, device_s)
    }

    /// Keeps receipts, whoever they are for: they tell how far the centre has come.
    pub(super) fn keep_receipts(
        &mut self,
        seq: FeedSeq,
        receipts: &Receipts,
        raw: &[u8],
    ) -> Result<(), OfficeError> {
        if !is_signed_by_one_of(receipts, &self.meta.central_keys) {
            return Err(OfficeError::ReceiptSignature);
        }
        self.rows.put_receipts(seq, raw);
        self.meta.horizon = self.meta.horizon.max(receipts.commit);
        self.meta.central_s = self.meta.central_s.max(receipts.at_s);
        Ok(())
    }

    /// Takes the answers to acts of this device that are here.
    pub(super) fn take_answers(
        &mut self,
        receipts: &Receipts,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let mut records = BTreeSet::new();
        let mut number = receipts.first;
        for outcomes in receipts.outcomes.chunks(OUTCOMES_AT_ONCE) {
            for outcome in outcomes {
                let key = ActKey {
                    incarnation: receipts.incarnation,
                    number,
                };
                self.take_outcome(key, outcome, receipts, &mut records)?;
                number = number.next();
            }
            for id in std::mem::take(&mut records) {
                self.recompute(id)?;
            }
            self.stage_if_large()?;
        }
        if receipts.incarnation == self.meta.incarnation {
            self.meta.taken = self.meta.taken.max(last_of(receipts));
        }
        let acts = u32::try_from(receipts.outcomes.len()).unwrap_or(u32::MAX);
        let event = AuditEvent::ReceiptsTaken {
            acts,
            commit: receipts.commit,
        };
        let at_s = self.meta.corrected_s(device_s);
        self.audit(at_s, None, event)
    }

    /// Whether the chain in the receipts is ours. In an earlier life others may have been made
    /// under the same numbers (a copy of the disk, a restored backup): those are not answered here.
    pub(super) fn are_for_our_acts(&self, receipts: &Receipts) -> Result<bool, OfficeError> {
        if receipts.outcomes.is_empty() {
            return Ok(false);
        }
        let key = ActKey {
            incarnation: receipts.incarnation,
            number: last_of(receipts),
        };
        let ours = self.rows.outbox(key)?.map(|(_, chain)| *chain.as_bytes());
        if ours == Some(receipts.chain) {
            Ok(true)
        } else if receipts.incarnation <= self.meta.incarnation {
            // In this life it means that the disk is an old one: the next push shows it, and a new
            // life begins. Until then the feed has to go on, or it would never come to that.
            Ok(false)
        } else {
            Err(OfficeError::ReceiptForeign)
        }
    }

    fn take_outcome(
        &mut self,
        key: ActKey,
        outcome: &ActOutcome,
        receipts: &Receipts,
        records: &mut BTreeSet<RecordId>,
    ) -> Result<(), OfficeError> {
        let row = self.own_act(key)?;
        match row.answer {
            None => {}
            // It was handed back in a new life, and the centre has had it all along.
            Some(Answer::Unfiled) if self.rows.settled(&row.act.id())?.is_none() => {
                self.meta.returned = self.meta.returned.saturating_sub(1);
            }
            Some(_) => return Ok(()),
        }
        for (_, id) in row.act.records() {
            self.rows.delete_pending(&id, key)?;
            records.insert(id);
        }
        self.conclude(row, outcome, receipts)
    }

    /// Keeps the answer to an own act, and shows what the act did if it took effect.
    pub(super) fn conclude(
        &mut self,
        row: ActRow,
        outcome: &ActOutcome,
        receipts: &Receipts,
    ) -> Result<(), OfficeError> {
        // Of an act on people who were still to be found, the centre sends every record as it
        // stands afterwards; half of its effect is never shown as official.
        let whole = !row
            .act
            .body
            .changes
            .iter()
            .any(|change| matches!(change.target, Target::Absent(_)));
        if outcome.took_effect() {
            if whole {
                self.apply_to_official(&row)?;
            }
        } else {
            let act = row.act.id();
            for paper in used_by(&row.act) {
                self.also(LiveChange::Unused { paper, act });
            }
        }
        if matches!(
            outcome,
            ActOutcome::Returned { .. } | ActOutcome::Quarantined
        ) {
            self.meta.returned = self.meta.returned.saturating_add(1);
            self.release_attachments(&row.act)?;
        }
        let answer = Answer::Central {
            outcome: outcome.clone(),
            at_s: receipts.at_s,
            commit: receipts.commit,
        };
        self.answered(row, answer)
    }

    /// Keeps the answer to an own act.
    pub(in crate::office) fn answered(
        &mut self,
        row: ActRow,
        answer: Answer,
    ) -> Result<(), OfficeError> {
        self.also(LiveChange::Answered {
            key: ActKey::of(&row.act.author),
            rare: Rare::of(&answer),
        });
        if took_effect(&answer) {
            // While it waited as a proposal, a restart forgot what it does.
            let by = row.act.id();
            if let Some(of) = withdrawn_by(&row.act.body) {
                self.also(LiveChange::Withdrawn { of, by });
            }
            for paper in used_by(&row.act) {
                self.also(LiveChange::Used { paper, act: by });
            }
        }
        self.form_after(&row.act.id(), &answer)?;
        self.rows.put_act(&ActRow {
            answer: Some(answer),
            ..row
        })?;
        Ok(())
    }

    /// The records that an act made or changed, as far as they are held, now stand so officially.
    fn apply_to_official(&mut self, row: &ActRow) -> Result<(), OfficeError> {
        for (index, id) in row.act.records() {
            let official = self.rows.official(&id)?;
            let is_new = row
                .act
                .body
                .changes
                .get(index)
                .is_some_and(|change| matches!(change.target, Target::New { .. }));
            if official.is_none() && !(is_new && self.rows.tombstone(&id)?.is_none()) {
                continue;
            }
            let before = official.map(|kept| kept.record);
            match row.act.apply(index, before.as_ref()) {
                Ok(after) => self.set_official(id, Some(&Kept::of(after)?))?,
                // The comparison of digests finds it and mends the record.
                Err(error) => {
                    tracing::warn!(code = error.code(), "an accepted act does not apply here");
                }
            }
        }
        Ok(())
    }
}

/// The number of the last act that receipts are for.
pub(in crate::office) fn last_of(receipts: &Receipts) -> ActNumber {
    let count = u64::try_from(receipts.outcomes.len()).unwrap_or(u64::MAX);
    ActNumber::new(receipts.first.get().saturating_add(count).saturating_sub(1))
}

fn is_signed_by_one_of(receipts: &Receipts, keys: &[[u8; 32]]) -> bool {
    let Ok(signature) = Signature::from_slice(&receipts.signature) else {
        return false;
    };
    let bytes = receipts.signed_bytes();
    keys.iter()
        .filter_map(|key| VerifyingKey::from_bytes(key).ok())
        .any(|key| key.verify_strict(&bytes, &signature).is_ok())
}
