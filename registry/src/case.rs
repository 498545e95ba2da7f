//! A case: a dispute on its way to a decision by a person. Here are its parts and states; who
//! may decide it is in `case/reviewer.rs`, by when in `case/term.rs`, what people read of it in `case/words.rs`, how it leaves the acts that claim in `case/claims.rs`, how a word changes it in `case/deciding.rs` and `case/reversing.rs`, the edits
//! that a decision is in `case/settle.rs`. The dispute itself is found by [`crate::dispute`] and [`crate::rules`]; a
//! decision is made an act by the central registry.
//!
//! A case that goes up is the next case about the *same* matter, records and claims: whatever can
//! be decided below can be decided above, and what was carried out below is taken back if the
//! decision above is another.

use serde::{Deserialize, Serialize};

use crate::act::ActKind;
use crate::date::{Date, PartialDate};
use crate::dispute::{Claim, Dispute, Matter};
use crate::value::{Line, Value};
use crate::{ActId, CaseId, OfficeCode, OfficerId, RecordId};

mod answer;
mod beside;
mod claims;
mod combining;
mod deciding;
mod reversing;
mod reviewer;
mod righting;
mod settle;
mod task;
mod term;
#[cfg(test)]
mod tests;
mod words;

pub use answer::Answer;
pub use claims::ClaimStands;
pub use deciding::{CaseError, Step};
pub use reviewer::{Jurisdiction, Reviewer};
pub use term::{DECISION_TERMS, DecisionTerm, decision_term};

/// What a reviewer decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The claim with this place in the list (from 0) holds, the others are taken back.
    Keep(u8),
    /// The records are one person: the claim's record stays, gets what it lacks from the other,
    /// and the other registration is revoked. Of a household that moved out: those who were added
    /// to it follow the claim's move.
    Combine(u8),
    /// None of the claims; this value holds.
    Enter(Value),
    /// Both may stand; remembered and never asked again.
    NotAConflict,
    /// An office is asked for evidence; the case stays open.
    AskOffice {
        /// Which.
        office: OfficeCode,
        /// What is asked.
        question: Line,
    },
    /// A proposal (an act on a record that has left its office) is not carried out, and goes back
    /// to its office with the reason.
    Decline,
    /// The decision of this case is undone: what it brought about is taken back, and the dispute
    /// opens as the next case.
    Reverse,
}

/// A decision, or the first half of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who.
    pub reviewer: OfficerId,
    /// What.
    pub outcome: Outcome,
    /// Why; compulsory.
    pub reason: Line,
    /// When, central's time, seconds since 1970.
    pub at_s: i64,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Somebody must decide.
    Open,
    /// One reviewer has decided; harm 5 needs a second one to agree.
    Proposed(Decision),
    /// Decided; the act carries it.
    Decided {
        /// What was decided, by whom.
        decision: Decision,
        /// Who agreed, at harm 5.
        second: Option<OfficerId>,
        /// The act that carries it out, if records change.
        act: Option<ActId>,
    },
    /// The clash went away before a decision (a claim was withdrawn).
    Moot,
    /// Two reviewers decided otherwise: it is decided in another case, one level up.
    WentUp {
        /// The number of that case.
        to: u64,
    },
    /// Decided, and one reviewer wants it undone; harm 5 needs a second one to agree. The decision
    /// is in force until then.
    Reversing {
        /// What was decided.
        ruling: Box<Ruling>,
        /// Who wants it undone, and why.
        word: Decision,
    },
    /// It was decided, and the decision undone.
    Reversed {
        /// What had been decided.
        ruling: Box<Ruling>,
        /// Who undid it, and why.
        word: Decision,
        /// Who agreed, at harm 5.
        second: Option<OfficerId>,
        /// The act that undid it, if records changed.
        act: Option<ActId>,
        /// The number of the case in which the dispute is decided anew.
        next: Option<u64>,
    },
}

/// What was decided of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// What, by whom.
    pub decision: Decision,
    /// Who agreed, at harm 5.
    pub second: Option<OfficerId>,
    /// The act that carries it, if records changed.
    pub act: Option<ActId>,
}

/// What a case that came from below brings along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// The number of the case below.
    pub of: u64,
    /// What was decided there, and by whom: who spoke below does not decide above.
    pub words: Vec<Decision>,
    /// What of it was carried out.
    pub effect: Option<Effect>,
}

impl Appeal {
    /// Whether the case below was decided and the decision undone; else two reviewers decided it
    /// otherwise.
    pub fn is_reversal(&self) -> bool {
        let effect = self.effect.as_ref();
        effect.is_some_and(|effect| effect.outcome == Outcome::Reverse)
    }
}

/// A decision that was carried out, and may be overturned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The outcome in force.
    pub outcome: Outcome,
    /// The acts that brought it about, of this level and those below it.
    pub acts: Vec<ActId>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id, the same whatever the order in which the acts arrived.
    pub id: CaseId,
    /// A short number for people, given by the central registry.
    pub number: u64,
    /// 0 for the first case about this matter, then 1, …
    pub generation: u32,
    /// What is in dispute.
    pub dispute: Dispute,
    /// Who must decide.
    pub owner: Jurisdiction,
    /// When it opened, central's time.
    pub opened_s: i64,
    /// By when it is to be decided.
    pub due: Date,
    /// Where it stands.
    pub state: CaseState,
    /// Grows with every change; a reviewer names the one that they saw.
    pub version: u32,
    /// What offices were asked.
    pub questions: Vec<(OfficeCode, Line)>,
    /// What offices said and brought since.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// Set if two reviewers decided otherwise about the same matter below, or if the decision of
    /// the case before was undone.
    pub appeal: Option<Box<Appeal>>,
}

/// What an office is told of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseNotice {
    /// The case as it stands.
    pub case: Case,
    /// The claims in words: who, where, when.
    pub parties: Vec<Party>,
}

/// Who makes a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The act.
    pub act: Option<ActId>,
    /// Its procedure.
    pub kind: Option<ActKind>,
    /// The office.
    pub office: Option<OfficeCode>,
    /// The officer.
    pub officer: Option<OfficerId>,
    /// From when the act counts.
    pub effective: Option<PartialDate>,
    /// When it was entered, device time, set right by what the device knew of its error.
    pub entered_s: Option<i64>,
    /// The known error of the device's clock as it entered the act, seconds; none if nobody had
    /// compared it, or if no device entered the act.
    #[serde(default)]
    pub clock_error_s: Option<u32>,
    /// Its papers.
    pub evidence: Vec<crate::act::Evidence>,
}

/// The id of the `generation`-th case about a matter of these records.
pub fn case_id(matter: &Matter, records: &[RecordId], generation: u32) -> CaseId {
    let matter = postcard::to_stdvec(matter).unwrap_or_default();
    let records: Vec<u8> = records.iter().flat_map(|id| *id.as_bytes()).collect();
    CaseId::derive(
        "npd 2026 case",
        &[&matter, &records, &generation.to_le_bytes()],
    )
}

/// The row of the clash table of cases that two reviewers decided otherwise.
pub const ROW_OF_APPEALS: u8 = 28;

impl Case {
    /// Whether a person must still decide.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, CaseState::Open | CaseState::Proposed(_))
    }

    /// The id of the case that this one goes up to, or that follows it about the same matter.
    pub fn next_id(&self) -> CaseId {
        let next = self.generation.saturating_add(1);
        case_id(&self.dispute.matter, &self.dispute.records, next)
    }

    /// What an open case is about when its dispute is found anew: as found. One that came from
    /// below keeps its row; and if a decision below has taken effect, its claims no longer show
    /// in the records, so they stay and new ones join them.
    pub fn met_again(&self, found: Dispute) -> Dispute {
        let Some(appeal) = &self.appeal else {
            return found;
        };
        let Some(effect) = &appeal.effect else {
            return Dispute {
                row: ROW_OF_APPEALS,
                ..found
            };
        };
        let mut dispute = self.dispute.clone();
        for claim in found.claims {
            let of_decision = claim.act.is_some_and(|act| effect.acts.contains(&act));
            if !of_decision && !dispute.claims.contains(&claim) {
                dispute.claims.push(claim);
            }
        }
        dispute.slots.extend(found.slots);
        dispute.slots.sort_unstable();
        dispute.slots.dedup();
        dispute
    }

    /// The claim with this place in the list.
    pub fn claim(&self, index: u8) -> Result<&Claim, CaseError> {
        self.dispute
            .claims
            .get(usize::from(index))
            .ok_or(CaseError::NoSuchClaim)
    }
}
