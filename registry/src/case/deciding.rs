//! How a reviewer's word changes a case, which words fit it, and how it goes up when two reviewers
//! decide otherwise.

use super::{Appeal, Case, CaseState, Decision, Effect, Outcome, ROW_OF_APPEALS, Reviewer, Ruling};
use crate::OfficerId;
use crate::dispute::{Dispute, Matter};
use crate::schema::Field;

/// Why a decision is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// No reason given.
    #[error("a decision needs its reason; say why in a sentence")]
    NoReason,
    /// Out of the reviewer's jurisdiction.
    #[error("this case is decided by reviewers of another jurisdiction")]
    NotYours,
    /// The first and the second reviewer must be two people.
    #[error("harm 5 needs a second reviewer; you decided already")]
    SecondMustBeAnother,
    /// Who decided below does not decide above.
    #[error("you decided this below; a reviewer who did not has to decide now")]
    DecidedBelow,
    /// It is closed.
    #[error("the case is closed")]
    Closed,
    /// It is decided one level up.
    #[error("two reviewers decided otherwise; decide case {to} instead, one level up")]
    WentUp {
        /// The number of the case above.
        to: u64,
    },
    /// The claim is not there.
    #[error("the case has no claim with this number")]
    NoSuchClaim,
    /// Only a decision can be undone.
    #[error("the case is not decided yet; decide it, there is nothing to undo")]
    NotDecided,
    /// Somebody else spoke since.
    #[error("the case has changed since you looked at it; look at it again")]
    ChangedSince,
    /// A household's head is one of its members.
    #[error("the person entered is not a member of the household; name one who is")]
    HeadNotMember,
    /// The outcome does not fit the matter.
    #[error("this outcome does not fit this kind of case")]
    Misfit,
}

impl CaseError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            CaseError::NoReason => "decision_without_reason",
            CaseError::NotYours => "case_not_yours",
            CaseError::SecondMustBeAnother => "second_reviewer_needed",
            CaseError::DecidedBelow => "decided_below",
            CaseError::Closed => "case_closed",
            CaseError::WentUp { .. } => "case_went_up",
            CaseError::NoSuchClaim => "claim_unknown",
            CaseError::NotDecided => "case_not_decided",
            CaseError::ChangedSince => "case_changed",
            CaseError::HeadNotMember => "head_not_member",
            CaseError::Misfit => "outcome_misfit",
        }
    }
}

/// What follows from a reviewer's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A second reviewer must agree.
    NeedsSecond,
    /// Offices are asked; nothing is decided.
    Asked,
    /// It is decided: carry it out.
    Settled(Decision, Option<OfficerId>),
    /// The decision is undone: what was decided, who undoes it, and who agreed.
    Undone(Box<Ruling>, Decision, Option<OfficerId>),
    /// Two reviewers decided otherwise: the same dispute goes one level up (row 28).
    Escalated(Box<(Dispute, Appeal)>),
}

impl Case {
    /// Takes a reviewer's word. `seen` is the version that they decided on: a second, different
    /// word on an older one is a clash of decisions.
    pub fn decide(
        &mut self,
        reviewer: &Reviewer,
        decision: Decision,
        seen: u32,
    ) -> Result<Step, CaseError> {
        if decision.reason.is_empty() {
            return Err(CaseError::NoReason);
        }
        if !reviewer.jurisdiction.covers(self.owner) {
            return Err(CaseError::NotYours);
        }
        if decision.outcome == Outcome::Reverse {
            return self.reverse(reviewer, decision, seen);
        }
        self.check(&decision.outcome)?;
        let asks = matches!(decision.outcome, Outcome::AskOffice { .. });
        let spoke_below = |appeal: &Appeal| {
            let mut words = appeal.words.iter();
            words.any(|word| word.reviewer == decision.reviewer)
        };
        let step = match &self.state {
            CaseState::Moot | CaseState::Reversing { .. } | CaseState::Reversed { .. } => {
                return Err(CaseError::Closed);
            }
            CaseState::WentUp { to } => return Err(CaseError::WentUp { to: *to }),
            CaseState::Decided {
                decision: first,
                second,
                ..
            } => {
                let spoke = first.reviewer == decision.reviewer
                    || *second == Some(decision.reviewer.clone());
                let late = seen < self.version;
                if asks || spoke || !late || first.outcome == decision.outcome {
                    return Err(CaseError::Closed);
                }
                return Ok(self.escalation(first, second.as_ref(), decision));
            }
            _ if asks => {
                if let Outcome::AskOffice { office, question } = &decision.outcome {
                    self.questions.push((*office, question.clone()));
                }
                Step::Asked
            }
            _ if self.appeal.as_deref().is_some_and(spoke_below) => {
                return Err(CaseError::DecidedBelow);
            }
            CaseState::Open if self.dispute.harm >= 5 => {
                self.state = CaseState::Proposed(decision);
                Step::NeedsSecond
            }
            CaseState::Open => Step::Settled(decision, None),
            CaseState::Proposed(first) if first.reviewer == decision.reviewer => {
                return Err(CaseError::SecondMustBeAnother);
            }
            CaseState::Proposed(first) if first.outcome == decision.outcome => {
                Step::Settled(first.clone(), Some(decision.reviewer))
            }
            CaseState::Proposed(first) => return Ok(self.escalation(first, None, decision)),
        };
        self.version += 1;
        Ok(step)
    }

    /// The same dispute for the level above, with what was said and done here.
    fn escalation(&self, first: &Decision, second: Option<&OfficerId>, other: Decision) -> Step {
        let agreed = second.map(|reviewer| Decision {
            reviewer: reviewer.clone(),
            ..first.clone()
        });
        let dispute = Dispute {
            row: ROW_OF_APPEALS,
            ..self.dispute.clone()
        };
        let appeal = Appeal {
            of: self.number,
            words: [Some(first.clone()), agreed, Some(other)]
                .into_iter()
                .flatten()
                .collect(),
            effect: self.effect(),
        };
        Step::Escalated(Box::new((dispute, appeal)))
    }

    /// What is in force by this case and those below it.
    pub fn effect(&self) -> Option<Effect> {
        let below = self
            .appeal
            .as_ref()
            .and_then(|appeal| appeal.effect.clone());
        let CaseState::Decided { decision, act, .. } = &self.state else {
            return below;
        };
        let mut acts = below.map(|effect| effect.acts).unwrap_or_default();
        acts.extend(act);
        Some(Effect {
            outcome: decision.outcome.clone(),
            acts,
        })
    }

    /// What the level below carried out and this outcome overturns; nothing if it upholds it.
    pub fn overturned(&self, outcome: &Outcome) -> Option<&Effect> {
        let effect = self.appeal.as_ref()?.effect.as_ref()?;
        (effect.outcome != *outcome).then_some(effect)
    }

    /// Whether the outcome is the one in force already, by the level below.
    pub fn upholds(&self, outcome: &Outcome) -> bool {
        let effect = self
            .appeal
            .as_ref()
            .and_then(|appeal| appeal.effect.as_ref());
        effect.is_some_and(|effect| effect.outcome == *outcome)
    }

    pub(super) fn check(&self, outcome: &Outcome) -> Result<(), CaseError> {
        let of_records = self.dispute.matter == Matter::SamePerson;
        match outcome {
            Outcome::Keep(index) => self.claim(*index).map(|_| ()),
            Outcome::Combine(index) if of_records => self.claim(*index).map(|_| ()),
            Outcome::Combine(index) => {
                self.claim(*index)?;
                let follows = self.followers(outcome).is_some();
                follows.then_some(()).ok_or(CaseError::Misfit)
            }
            Outcome::Enter(value) => match self.dispute.matter {
                Matter::Field(field) => value.fits(field).then_some(()).ok_or(CaseError::Misfit),
                Matter::HeadLeft | Matter::TwoHeads | Matter::HeadGone => value
                    .fits(Field::HouseholdHead)
                    .then_some(())
                    .ok_or(CaseError::Misfit),
                _ => Err(CaseError::Misfit),
            },
            Outcome::NotAConflict => match self.dispute.matter {
                Matter::Life
                | Matter::SamePerson
                | Matter::MovedOut
                | Matter::Consent
                | Matter::Deletion
                | Matter::Divorce
                | Matter::Application
                | Matter::BookNumber(_) => Ok(()),
                // Two values of one field, or two open residences, cannot both stand; a proposal
                // is declined.
                _ => Err(CaseError::Misfit),
            },
            Outcome::Decline => match self.dispute.matter {
                Matter::Parked(_) => Ok(()),
                _ => Err(CaseError::Misfit),
            },
            Outcome::AskOffice { .. } => Ok(()),
            Outcome::Reverse => Err(CaseError::Misfit),
        }
    }
}
