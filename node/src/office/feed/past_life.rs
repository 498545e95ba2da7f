//! What this device had sent in a life that is over, and what the centre answered: acts that went with
//! the disk come back, and an act that was handed back because nobody knew whether the centre has it
//! is told how it stands (row 32).

use std::collections::{BTreeMap, BTreeSet};

use registry::act::{Act, ActKind, RecordChange, Target};
use registry::edit::Edit;
use registry::feed::{ActOutcome, PastLife, Receipts};
use registry::paper::used_by;
use registry::{FeedSeq, RecordId};
use sync_proto::Chain;

use crate::office::OfficeError;
use crate::office::applications::closed_on;
use crate::office::live::{LiveChange, papers_for, withdrawn_by};
use crate::office::work::Work;
use crate::tables::{ActKey, ActRow, Answer, AuditEvent};

impl Work<'_> {
    /// Takes receipts that come with the acts. Repeating a part of it after a crash does no harm.
    pub(super) fn take_past_life(
        &mut self,
        seq: FeedSeq,
        past: PastLife,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let PastLife { receipts, acts } = past;
        let raw = postcard::to_stdvec(&receipts).unwrap_or_default();
        self.keep_receipts(seq, &receipts, &raw)?;
        if receipts.node != self.meta.node {
            return Ok(());
        }
        if self.are_for_our_acts(&receipts)? {
            return self.take_answers(&receipts, device_s);
        }
        if receipts.incarnation >= self.meta.incarnation {
            // The numbers of this life are still to be given.
            return Ok(());
        }
        let of_ours = |act: &Act| {
            let author = &act.author;
            author.node == receipts.node && author.incarnation == receipts.incarnation
        };
        let acts = acts.into_iter().filter(of_ours);
        let mut acts: BTreeMap<_, _> = acts.map(|act| (act.author.number, act)).collect();
        let mut number = receipts.first;
        let mut back = 0u32;
        let mut records = BTreeSet::new();
        for outcome in &receipts.outcomes {
            if let Some(act) = acts.remove(&number)
                && self.bring_back(act, outcome, &receipts, &mut records)?
            {
                back = back.saturating_add(1);
            }
            number = number.next();
        }
        for id in records {
            self.recompute(id)?;
        }
        if back == 0 {
            return Ok(());
        }
        tracing::info!(acts = back, "acts that an older disk lacked came back");
        let event = AuditEvent::ReceiptsTaken {
            acts: back,
            commit: receipts.commit,
        };
        let at_s = self.meta.corrected_s(device_s);
        self.audit(at_s, None, event)
    }

    /// Brings one act back with its answer; tells whether it was lacking. Another act that was made
    /// under the same number after the disk was put back stays what it is.
    fn bring_back(
        &mut self,
        act: Act,
        outcome: &ActOutcome,
        receipts: &Receipts,
        records: &mut BTreeSet<RecordId>,
    ) -> Result<bool, OfficeError> {
        let (id, key) = (act.id(), ActKey::of(&act.author));
        let row = match self.rows.act(&id)? {
            Some(row) if is_the_one_sent(&row, &act) => {
                if self.rows.settled(&id)?.is_some() {
                    // A clerk has looked, and seen to it.
                    return Ok(false);
                }
                self.meta.returned = self.meta.returned.saturating_sub(1);
                row
            }
            Some(_) => return Ok(false),
            None => {
                let order = self.meta.next_order;
                self.meta.next_order = order.saturating_add(1);
                // Nothing is sent from a life that is over: of the chain only its end is known.
                self.rows
                    .put_outbox(key, id, Chain::from_bytes(receipts.chain))?;
                for (_, record) in act.records() {
                    self.rows.put_act_of(&record, order, &id);
                }
                ActRow {
                    act,
                    order,
                    answer: None,
                }
            }
        };
        records.extend(row.act.records().map(|(_, id)| id));
        if outcome.took_effect() {
            self.note_named(&row.act);
            for paper in used_by(&row.act) {
                self.also(LiveChange::Used { paper, act: id });
            }
            if row.act.body.kind.applies() {
                self.also(LiveChange::Applied { act: id });
            }
        }
        let counts = !matches!(
            outcome,
            ActOutcome::Returned { .. } | ActOutcome::Quarantined
        );
        if let Some(of) = withdrawn_by(&row.act.body).filter(|_| counts) {
            self.also(LiveChange::Withdrawn { of, by: id });
        }
        if let Some(of) = papers_for(&row.act.body) {
            self.also(LiveChange::Papers { of, by: id });
        }
        let touched: Vec<RecordId> = row.act.records().map(|(_, id)| id).collect();
        self.conclude(row, outcome, receipts)?;
        for record in touched {
            if let Some(kept) = self.rows.official(&record)? {
                for of in closed_on(kept.fields()) {
                    self.also(LiveChange::ApplicationClosed { of });
                }
            }
        }
        Ok(true)
    }
}

/// Whether an act that was handed back is the one that the centre has under its number, which may
/// have found the people in it meanwhile.
fn is_the_one_sent(row: &ActRow, sent: &Act) -> bool {
    let (here, there) = (&row.act.body, &sent.body);
    let same_target = |one: &RecordChange, other: &RecordChange| match (&one.target, &other.target)
    {
        (Target::Absent(_), Target::Placed { .. }) => true,
        // A reviewer took it up for an office that held the record no more, or on the record that stays
        // of two.
        (Target::Held { .. }, Target::Placed { .. }) => true,
        (one, other) => one == other,
    };
    let same_edits = |one: &RecordChange, other: &RecordChange| match here.kind {
        // Of these the centre leaves out the parents who stand.
        ActKind::RepeatedBirth => other.edits.iter().all(|edit| one.edits.contains(edit)),
        _ => {
            let pairs = || one.edits.iter().zip(&other.edits);
            one.edits.len() == other.edits.len()
                && pairs().all(|(one, other)| same_edit(one, other))
        }
    };
    let changes = here.changes.iter().zip(&there.changes);
    // What a withdrawal has to take back the centre knows better; which act it is of says enough.
    let changes_same = here.kind == ActKind::Withdraw
        || (here.changes.len() <= there.changes.len()
            && changes
                .into_iter()
                .all(|(one, other)| same_target(one, other) && same_edits(one, other)));
    matches!(row.answer, Some(Answer::Unfiled))
        && (
            here.kind,
            &here.officer,
            &here.entered,
            here.effective,
            here.refers,
        ) == (
            there.kind,
            &there.officer,
            &there.entered,
            there.effective,
            there.refers,
        )
        && changes_same
}

/// Whether an edit is the one that was sent: where a marriage ends or stands again, the centre may have
/// added how else the record names the spouse.
fn same_edit(sent: &Edit, kept: &Edit) -> bool {
    match (sent, kept) {
        (
            Edit::EndMarriage {
                with,
                ended,
                ground,
            },
            Edit::EndMarriage {
                with: more,
                ended: then,
                ground: why,
            },
        ) => more.starts_with(with) && (ended, ground) == (then, why),
        (Edit::ReviveMarriage { with }, Edit::ReviveMarriage { with: more }) => {
            more.starts_with(with)
        }
        (sent, kept) => sent == kept,
    }
}
