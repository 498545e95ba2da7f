//! The procedures that clerks of a run perform, and how often: clashing is what we want to see.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// A procedure that a clerk performs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names of docs/acts.md, and parts of some
pub enum Procedure {
    Birth,
    Death,
    Marriage,
    Correction,
    RegistryCorrection,
    PermanentRegistration,
    TemporaryRegistration,
    StayNotification,
    Contact,
    HouseholdSplit,
    ChangeOfHead,
    Collection,
    Withdraw,
    Divorce,
    ParentRecognition,
    Guardianship,
    RepeatedBirth,
    BirthRevoked,
    TemporaryRenewal,
    TemporaryAbsence,
    PermanentDeletion,
    TemporaryDeletion,
    HouseholdMerge,
    ResidenceAdjustment,
    LateBirth,
    MaritalConfirmation,
    MarriageNumber,
    MarriageAnnulled,
    DeathRevoked,
    GuardianshipEnd,
    CardApplication,
    ChildPinRequest,
    EidLevel1,
    EidLevel2,
    AddEvidence,
    AnswerCase,
    OtherNames,
    Email,
    HouseholdAddress,
}

/// How often each is performed among the things that happen.
const COMMON: [(Procedure, u64); 24] = [
    (Procedure::Birth, 12),
    (Procedure::Death, 7),
    (Procedure::Marriage, 8),
    (Procedure::Correction, 21),
    (Procedure::RegistryCorrection, 6),
    (Procedure::PermanentRegistration, 13),
    (Procedure::TemporaryRegistration, 6),
    (Procedure::StayNotification, 4),
    (Procedure::Contact, 5),
    (Procedure::HouseholdSplit, 4),
    (Procedure::ChangeOfHead, 5),
    (Procedure::Collection, 4),
    (Procedure::Withdraw, 5),
    (Procedure::Divorce, 4),
    (Procedure::ParentRecognition, 4),
    (Procedure::Guardianship, 3),
    (Procedure::RepeatedBirth, 3),
    (Procedure::BirthRevoked, 3),
    (Procedure::TemporaryRenewal, 3),
    (Procedure::TemporaryAbsence, 3),
    (Procedure::PermanentDeletion, 4),
    (Procedure::TemporaryDeletion, 3),
    (Procedure::HouseholdMerge, 3),
    (Procedure::ResidenceAdjustment, 4),
];

/// How often each of the others is, apart from those: what needs something to stand already, and
/// what clashes with little.
const RARE: [(Procedure, u64); 15] = [
    (Procedure::LateBirth, 3),
    (Procedure::MaritalConfirmation, 3),
    (Procedure::MarriageNumber, 3),
    (Procedure::MarriageAnnulled, 2),
    (Procedure::DeathRevoked, 2),
    (Procedure::GuardianshipEnd, 2),
    (Procedure::CardApplication, 4),
    (Procedure::ChildPinRequest, 3),
    (Procedure::EidLevel1, 2),
    (Procedure::EidLevel2, 2),
    (Procedure::AddEvidence, 3),
    (Procedure::AnswerCase, 4),
    (Procedure::OtherNames, 6),
    (Procedure::Email, 2),
    (Procedure::HouseholdAddress, 2),
];

/// One of those that are among the things that happen.
pub(super) fn common(dice: &mut Dice) -> Procedure {
    drawn(dice, &COMMON)
}

/// One of the others.
pub(super) fn rare(dice: &mut Dice) -> Procedure {
    drawn(dice, &RARE)
}

fn drawn(dice: &mut Dice, shares: &[(Procedure, u64)]) -> Procedure {
    let mut left = dice.below(shares.iter().map(|(_, share)| share).sum());
    for (procedure, share) in shares {
        if left < *share {
            return *procedure;
        }
        left -= share;
    }
    Procedure::Correction
}
