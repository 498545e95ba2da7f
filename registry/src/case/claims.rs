//! How a case leaves the acts that make its claims: in dispute while it is open, set aside once a
//! decision in force is against them. Whoever holds an act tells its state by this, and by nothing
//! that depends on which act arrived first.

use super::{Case, CaseNotice, CaseState, Outcome};
use crate::ActId;
use crate::act::ActKind;
use crate::dispute::{Claim, Matter};

/// How an act stands in a case that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimStands {
    /// The case is closed, and nothing that is in force is against the act.
    Holds,
    /// A decision in force replaces it.
    SetAside,
    /// A person must still decide.
    Disputed,
}

impl Case {
    /// The outcome that is in force, if the case was decided.
    pub const fn ruled(&self) -> Option<&Outcome> {
        match &self.state {
            CaseState::Decided { decision, .. } => Some(&decision.outcome),
            CaseState::Reversing { ruling, .. } => Some(&ruling.decision.outcome),
            _ => None,
        }
    }

    /// The acts whose claims lost by the decision in force. One that made a claim of each side
    /// has not lost.
    fn overruled(&self) -> Vec<ActId> {
        let Some(outcome) = self.ruled() else {
            return Vec::new();
        };
        let claims = &self.dispute.claims;
        let but = |stays: &dyn Fn(&Claim) -> bool| {
            let mut lost: Vec<ActId> = claims
                .iter()
                .filter(|claim| !stays(claim))
                .filter_map(|claim| claim.act)
                .collect();
            let won: Vec<ActId> = claims
                .iter()
                .filter(|claim| stays(claim))
                .filter_map(|claim| claim.act)
                .collect();
            lost.retain(|act| !won.contains(act));
            lost
        };
        match (self.dispute.matter, outcome) {
            // The other registration is revoked, and leads to the one that stays.
            (Matter::SamePerson, Outcome::Keep(kept) | Outcome::Combine(kept)) => self
                .claim(*kept)
                .map(|kept| but(&|claim| claim.record == kept.record))
                .unwrap_or_default(),
            (Matter::Field(_), Outcome::Enter(value)) => {
                but(&|claim| claim.value.as_ref() == Some(value))
            }
            (_, Outcome::Keep(kept)) => self
                .claim(*kept)
                .map(|kept| self.losers(kept))
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

impl CaseNotice {
    /// The acts that make claims of this case, each once, and how each stands in it. A proposal is
    /// none: it has not taken effect, and its answer says how it stands.
    pub fn claimants(&self) -> Vec<(ActId, ClaimStands)> {
        if matches!(self.case.dispute.matter, Matter::Parked(_)) {
            return Vec::new();
        }
        let overruled = self.case.overruled();
        let mut claimants: Vec<(ActId, ClaimStands)> = Vec::new();
        for act in self
            .case
            .dispute
            .claims
            .iter()
            .filter_map(|claim| claim.act)
        {
            let stands = if self.case.is_open() {
                ClaimStands::Disputed
            } else if overruled.contains(&act) && !self.is_kept_anyway(&act) {
                ClaimStands::SetAside
            } else {
                ClaimStands::Holds
            };
            if !claimants.iter().any(|(known, _)| *known == act) {
                claimants.push((act, stands));
            }
        }
        claimants
    }

    /// A notice of a stay is kept whatever is decided (row 7), unless it is itself what is contested.
    fn is_kept_anyway(&self, act: &ActId) -> bool {
        if matches!(self.case.dispute.matter, Matter::Contested(_)) {
            return false;
        }
        let mut parties = self.parties.iter();
        parties
            .any(|party| party.act == Some(*act) && party.kind == Some(ActKind::StayNotification))
    }
}
