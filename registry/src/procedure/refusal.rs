//! Why a procedure is refused: the field, the trouble in words, what to do, and a stable code.

use crate::act::ActKind;
use crate::{ActId, CaseId, OfficeCode};

/// A refusal. Its words are for the clerk; they hold no citizen's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the fields are the name of the input and what the words say
pub enum Refusal {
    #[error("an officer with your role may not perform this act ({}); ask a colleague who has it", .kind.rule().label_en)]
    NotYourAct { kind: ActKind },
    #[error(
        "{field}: this record is not held by your office; find the person first, or give number, name and birth date from the card"
    )]
    NotHeld { field: &'static str },
    #[error("{field}: this record is of another kind (person or household)")]
    WrongKind { field: &'static str },
    #[error("{field}: a case about this person's death is open ({case}); answer the case first")]
    Frozen { field: &'static str, case: CaseId },
    #[error(
        "{field}: this person is registered as dead; if that is wrong, the death is revoked first (`death_revoked`)"
    )]
    Dead { field: &'static str },
    #[error(
        "{field}: a court declared this person missing; if they are back, the declaration is taken back first (`death_revoked` with the court's decision; Civil Code 91/2015, Art. 70)"
    )]
    Gone { field: &'static str },
    #[error("{field}: this registration was revoked")]
    Revoked { field: &'static str },
    #[error(
        "{field}: two offices entered different values and a case is open; answer the case instead"
    )]
    InDispute { field: &'static str },
    #[error("{field}: the date lies in the future; check day, month and year")]
    Future { field: &'static str },
    #[error("{field}: {code} is not a commune of the official list; check the five digits")]
    UnknownCommune {
        field: &'static str,
        code: OfficeCode,
    },
    #[error("{field}: is needed for this act")]
    Missing { field: &'static str },
    #[error("{field}: {words}")]
    Invalid {
        field: &'static str,
        words: &'static str,
    },
    #[error("{field}: {words} ({rule})")]
    AgainstRule {
        field: &'static str,
        words: &'static str,
        rule: &'static str,
    },
    #[error("evidence: name the paper that this act rests on ({rule})")]
    NoPaper { rule: &'static str },
    #[error(
        "{field}: this ground counts only after {months} months; give the day from which it holds ({rule})"
    )]
    TooSoon {
        field: &'static str,
        months: u8,
        rule: &'static str,
    },
    #[error(
        "this birth-certificate number was entered already (act {act}); for twins give each child's own number or birth_order"
    )]
    CertificateUsed { act: ActId },
    #[error(
        "certificate: your office's book has another entry under this number (act {act}); look at both papers and enter the right number"
    )]
    NumberUsed { act: ActId },
    #[error(
        "{field}: this marriage stands in the book of another office, or came with the register; the office that keeps the book enters its number (Civil Status Law 60/2014, Art. 12)"
    )]
    OfAnotherBook { field: &'static str },
    #[error("{field}: this person has a marriage that stands; enter the divorce or death first")]
    Married { field: &'static str },
    #[error(
        "{field}: the person is under the age for marriage (Law on Marriage and Family 52/2014, Art. 8: men 20, women 18)"
    )]
    UnderAge { field: &'static str },
    #[error("{field}: only the central registry changes this item")]
    CentralOnly { field: &'static str },
    #[error("{field}: another role keeps this item; ask a colleague who has it")]
    OtherRoleField { field: &'static str },
    #[error("the act would change nothing: the values stand there already")]
    NothingChanges,
    #[error("{field}: too much for one act; file it in parts")]
    TooMuch { field: &'static str },
    #[error("the act is not one of your office")]
    OfAnotherOffice,
    #[error("the act is final; it can only be changed by another act")]
    AlreadyFinal,
    #[error("the record's document is damaged; restore the last backup")]
    Damaged,
    #[error("evidence: this act rests on papers; name {papers}")]
    Evidence { papers: &'static str },
    #[error(
        "{field}: no marriage between the two stands in the register; look at both records, and at the date"
    )]
    NotMarried { field: &'static str },
    #[error(
        "{field}: one stands in the register already, and nobody has two; a court decides, then a correction empties the item (Civil Status Law 60/2014, Art. 25)"
    )]
    ParentStands { field: &'static str },
    #[error(
        "{field}: a guardian stands in the register already; note the end of that guardianship first (Civil Status Law 60/2014, Art. 22)"
    )]
    RepresentativeStands { field: &'static str },
    #[error("{field}: no death stands on this record; there is nothing to revoke")]
    NotDead { field: &'static str },
}

impl Refusal {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::NotYourAct { .. } => "role_missing",
            Refusal::NotHeld { .. } => "record_not_held",
            Refusal::WrongKind { .. } => "record_of_other_kind",
            Refusal::Frozen { .. } => "record_frozen",
            Refusal::Dead { .. } => "person_dead",
            Refusal::Gone { .. } => "person_missing",
            Refusal::Revoked { .. } => "registration_revoked",
            Refusal::InDispute { .. } => "field_in_dispute",
            Refusal::Future { .. } => "date_in_future",
            Refusal::UnknownCommune { .. } => "commune_unknown",
            Refusal::Missing { .. } => "input_missing",
            Refusal::Invalid { .. } => "input_invalid",
            Refusal::AgainstRule { .. } => "rule_not_met",
            Refusal::NoPaper { .. } => "evidence_missing",
            Refusal::TooSoon { .. } => "ground_too_soon",
            Refusal::CertificateUsed { .. } => "certificate_used",
            Refusal::NumberUsed { .. } => "book_number_used",
            Refusal::OfAnotherBook { .. } => "book_of_another_office",
            Refusal::Married { .. } => "person_married",
            Refusal::UnderAge { .. } => "under_age",
            Refusal::CentralOnly { .. } => "field_central_only",
            Refusal::OtherRoleField { .. } => "field_of_other_role",
            Refusal::NothingChanges => "nothing_changes",
            Refusal::TooMuch { .. } => "act_too_large",
            Refusal::OfAnotherOffice => "act_not_yours",
            Refusal::AlreadyFinal => "act_final",
            Refusal::Damaged => "document_unreadable",
            Refusal::Evidence { .. } => "evidence_missing",
            Refusal::NotMarried { .. } => "person_not_married",
            Refusal::ParentStands { .. } => "parent_stands",
            Refusal::RepresentativeStands { .. } => "representative_stands",
            Refusal::NotDead { .. } => "person_not_dead",
        }
    }

    /// The input that it is about, if it is about one.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::NotHeld { field }
            | Refusal::WrongKind { field }
            | Refusal::Frozen { field, .. }
            | Refusal::Dead { field }
            | Refusal::Gone { field }
            | Refusal::Revoked { field }
            | Refusal::InDispute { field }
            | Refusal::Future { field }
            | Refusal::UnknownCommune { field, .. }
            | Refusal::Missing { field }
            | Refusal::Invalid { field, .. }
            | Refusal::AgainstRule { field, .. }
            | Refusal::TooSoon { field, .. }
            | Refusal::OfAnotherBook { field }
            | Refusal::Married { field }
            | Refusal::UnderAge { field }
            | Refusal::CentralOnly { field }
            | Refusal::OtherRoleField { field }
            | Refusal::NotMarried { field }
            | Refusal::ParentStands { field }
            | Refusal::RepresentativeStands { field }
            | Refusal::NotDead { field }
            | Refusal::TooMuch { field } => Some(field),
            Refusal::Evidence { .. } => Some("evidence"),
            Refusal::CertificateUsed { .. } | Refusal::NumberUsed { .. } => Some("certificate"),
            Refusal::NoPaper { .. } => Some("evidence"),
            _ => None,
        }
    }
}
