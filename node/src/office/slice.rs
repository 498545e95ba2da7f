//! What a procedure may look at: the slice with the office's own unsent work.

use registry::act::Act;
use registry::case::Case;
use registry::code::Sex;
use registry::pin::Pin;
use registry::procedure::{Held, Slice};
use registry::{ActId, PaperId, RecordId};

use super::Office;
use crate::tables::Answer;

/// A row that cannot be read counts as absent here; the procedure then refuses, and reading the
/// record says what is wrong.
impl Slice for Office {
    fn record(&self, id: &RecordId) -> Option<Held> {
        let kept = self.rows.shown(id).ok().flatten()?;
        let frozen = self.live().frozen(id);
        Some(kept.into_held(frozen))
    }

    fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        self.live().index.by_pin(*pin)
    }

    fn members(&self, household: &RecordId) -> Vec<RecordId> {
        self.live().index.members(household)
    }

    fn reserved_number(&self, sex: Sex, year: u16) -> Option<Pin> {
        self.next_number(sex, year)
    }

    fn paper(&self, paper: &PaperId) -> Option<ActId> {
        // An act and the correction of what it entered use one number.
        let users = self.live().users_of(paper);
        // What was withdrawn may be entered anew, by the same paper.
        let withdrawn = |act: &ActId| self.withdrawal_of(act).ok().flatten().is_some();
        users.into_iter().find(|act| !withdrawn(act))
    }

    fn own_act(&self, id: &ActId) -> Option<(Act, bool)> {
        let row = self.rows.act(id).ok().flatten()?;
        let own = row.act.author.node == self.live().meta.node;
        // Of another device of this office only what the centre has taken is known.
        if !own && !self.live().is_ours(&row.act) {
            return None;
        }
        let taken = !own || matches!(&row.answer, Some(Answer::Central { .. }));
        // One that is in dispute is not final, whoever's act came first (registry: section 4).
        let is_final = taken && !self.is_disputed(id).ok()?;
        Some((row.act, is_final))
    }

    fn office_act(&self, id: &ActId) -> Option<Act> {
        let row = self.rows.act(id).ok().flatten()?;
        self.live().is_ours(&row.act).then_some(row.act)
    }

    fn case(&self, number: u64) -> Option<Case> {
        let mut found = None;
        self.rows
            .walk_cases(&mut |notice| {
                if notice.case.number == number {
                    found = Some(notice.case);
                }
                Ok(())
            })
            .ok()?;
        found
    }
}
