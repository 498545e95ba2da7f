//! The reasons that the centre gives of itself, by name: none can be given that has no words.

use super::reason;
use crate::words::{Said, Tells};

macro_rules! because {
    ($($name:ident $code:literal;)+) => {
        /// A reason that the centre gives of itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Because {
            $(#[doc = concat!("`", $code, "`")] $name,)+
        }

        impl Because {
            /// All of them.
            pub const ALL: &[Because] = &[$(Because::$name,)+];

            /// Stable code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Because::$name => $code,)+
                }
            }
        }
    };
}

because! {
    ActCentralOnly "act_central_only";
    ActNotYours "act_not_yours";
    AdditionToNothing "addition_to_nothing";
    AdditionsTooMany "additions_too_many";
    ApplicationClosed "application_closed";
    BeforeHome "before_home";
    BookOfAnotherOffice "book_of_another_office";
    CaseClosed "case_closed";
    CaseNotOfOffice "case_not_of_office";
    CaseUnknown "case_unknown";
    CertificateUsed "certificate_used";
    EvidenceMissing "evidence_missing";
    FieldCentralOnly "field_central_only";
    FieldNotOfAct "field_not_of_act";
    GuardianUnderAge "guardian_under_age";
    MarriedThen "married_then";
    NumberNotReserved "number_not_reserved";
    OfficerClosed "officer_closed";
    OfficerUnknown "officer_unknown";
    ParentNotOlder "parent_not_older";
    ParentStands "parent_stands";
    PersonDead "person_dead";
    PersonMismatch "person_mismatch";
    PersonNotDead "person_not_dead";
    PersonNotFound "person_not_found";
    PortraitUnnamed "portrait_unnamed";
    ProposalDeclined "proposal_declined";
    RecordUnknown "record_unknown";
    RegistrationRevoked "registration_revoked";
    RepresentativeStands "representative_stands";
    RoleMissing "role_missing";
    TargetPlaced "target_placed";
    UnderAge "under_age";
    ValueMisfit "value_misfit";
    WithdrawalNeedless "withdrawal_needless";
    WithdrawalOfNothing "withdrawal_of_nothing";
    WithdrawalTooWide "withdrawal_too_wide";
}

impl Tells for Because {
    fn said(&self) -> Said {
        let known = reason(self.code()).map(Tells::said);
        known.unwrap_or_else(|| Said {
            vi: self.code().to_owned(),
            en: self.code().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_can_be_given_has_its_words() {
        for because in Because::ALL {
            assert!(reason(because.code()).is_some(), "{because:?}");
            assert!(because.said().vi.len() > 30, "{because:?}");
        }
    }
}
