//! Own acts by the answer that they got, as far as it is a rare one: so that those which came back,
//! wait for a person or are part of a case are found without looking through all that took effect.
//! What a state is made of besides (cases, withdrawals, what an act rests on) is told where acts
//! are shown.

use std::collections::BTreeSet;

use registry::feed::ActOutcome;

use crate::tables::{ActKey, Answer};

/// Answers that few acts get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::office) enum Rare {
    /// It took effect and is part of a case.
    InCase,
    /// A proposal.
    Parked,
    /// It came back, or was filed again in a new life.
    Returned,
    /// The centre cannot read it.
    Quarantined,
}

impl Rare {
    const ALL: [Rare; 4] = [
        Rare::InCase,
        Rare::Parked,
        Rare::Returned,
        Rare::Quarantined,
    ];

    /// What an answer is, if it is a rare one.
    pub(in crate::office) fn of(answer: &Answer) -> Option<Rare> {
        match answer {
            Answer::Central { outcome, .. } => match outcome {
                ActOutcome::Accepted => None,
                ActOutcome::InCase(_) => Some(Rare::InCase),
                ActOutcome::Parked(_) => Some(Rare::Parked),
                ActOutcome::Returned { .. } => Some(Rare::Returned),
                ActOutcome::Quarantined => Some(Rare::Quarantined),
            },
            Answer::Refiled { .. } | Answer::Unfiled => Some(Rare::Returned),
        }
    }
}

/// The acts with each of them.
#[derive(Debug, Default)]
pub(in crate::office) struct RareAnswers {
    in_case: BTreeSet<ActKey>,
    parked: BTreeSet<ActKey>,
    returned: BTreeSet<ActKey>,
    quarantined: BTreeSet<ActKey>,
}

impl RareAnswers {
    pub(in crate::office) const fn with(&self, rare: Rare) -> &BTreeSet<ActKey> {
        match rare {
            Rare::InCase => &self.in_case,
            Rare::Parked => &self.parked,
            Rare::Returned => &self.returned,
            Rare::Quarantined => &self.quarantined,
        }
    }

    const fn with_mut(&mut self, rare: Rare) -> &mut BTreeSet<ActKey> {
        match rare {
            Rare::InCase => &mut self.in_case,
            Rare::Parked => &mut self.parked,
            Rare::Returned => &mut self.returned,
            Rare::Quarantined => &mut self.quarantined,
        }
    }

    /// Takes note of an answer, the first or another one: a proposal that was taken up took effect.
    pub(in crate::office) fn note(&mut self, key: ActKey, rare: Option<Rare>) {
        for other in Rare::ALL {
            if Some(other) != rare {
                self.with_mut(other).remove(&key);
            }
        }
        if let Some(rare) = rare {
            self.with_mut(rare).insert(key);
        }
    }
}
