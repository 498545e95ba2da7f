//! Undoing a decision by a further one: of a case that was decided, a reviewer says `reverse` with
//! a reason. Harm 5 needs a second reviewer here too. What the decision and those below it brought
//! about is taken back in one act, and the dispute, which is there again, opens as the next case.

use super::{Case, CaseError, CaseState, Decision, Reviewer, Ruling, Step};

impl Case {
    /// Takes the word of a reviewer who wants the decision undone. They must have seen the case as
    /// it stands: what is undone is what they looked at.
    pub(super) fn reverse(
        &mut self,
        reviewer: &Reviewer,
        word: Decision,
        seen: u32,
    ) -> Result<Step, CaseError> {
        let second = match &self.state {
            CaseState::Decided { .. } => None,
            CaseState::Reversing { word, .. } if word.reviewer == reviewer.id => {
                return Err(CaseError::SecondMustBeAnother);
            }
            CaseState::Reversing { .. } => Some(reviewer.id.clone()),
            CaseState::Open | CaseState::Proposed(_) => return Err(CaseError::NotDecided),
            CaseState::WentUp { to } => return Err(CaseError::WentUp { to: *to }),
            CaseState::Moot | CaseState::Reversed { .. } => return Err(CaseError::Closed),
        };
        if seen < self.version {
            return Err(CaseError::ChangedSince);
        }
        self.version += 1;
        match (&self.state, second) {
            (
                CaseState::Decided {
                    decision,
                    second: agreed,
                    act,
                },
                _,
            ) => {
                let ruling = Ruling {
                    decision: decision.clone(),
                    second: agreed.clone(),
                    act: *act,
                };
                if self.dispute.harm < 5 {
                    return Ok(Step::Undone(Box::new(ruling), word, None));
                }
                self.state = CaseState::Reversing {
                    ruling: Box::new(ruling),
                    word,
                };
                Ok(Step::NeedsSecond)
            }
            (CaseState::Reversing { ruling, word }, second) => {
                Ok(Step::Undone(ruling.clone(), word.clone(), second))
            }
            _ => Err(CaseError::Closed),
        }
    }

    /// Whether what was decided is in force, be it that somebody wants it undone.
    pub const fn is_in_force(&self) -> bool {
        matches!(
            self.state,
            CaseState::Decided { .. } | CaseState::Reversing { .. }
        )
    }
}
