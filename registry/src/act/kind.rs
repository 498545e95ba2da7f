//! The procedures by name: who performs them, how long they may take, and from where that rule is.

use serde::{Deserialize, Serialize};

use super::Deadline;
use crate::code::Role;
use crate::schema::{Field, Owner, Policy, RecordKind, Shape};

/// One line of the table of procedures.
#[derive(Debug, Clone, Copy)]
pub struct ActRule {
    /// The procedure.
    pub kind: ActKind,
    /// Name in JSON and on the command line; never changes.
    pub key: &'static str,
    /// Name in law.
    pub label_vi: &'static str,
    /// Name in English.
    pub label_en: &'static str,
    /// Whose act it is; `None` for any officer with a role that acts, or for the centre.
    pub role: Option<Role>,
    /// How long it may take, where a law says so.
    pub deadline: Option<Deadline>,
}

macro_rules! acts {
    ($($code:literal $kind:ident $key:literal $vi:literal $en:literal $role:expr, $deadline:expr;)*) => {
        /// A procedure. The number is its code on the wire and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum ActKind {
            $(#[doc = $en] $kind = $code,)*
        }
        /// The table.
        pub const ACTS: &[ActRule] = &[
            $(ActRule { kind: ActKind::$kind, key: $key, label_vi: $vi, label_en: $en,
                        role: $role, deadline: $deadline },)*
        ];
        impl ActKind {
            /// Its line of the table.
            pub const fn rule(self) -> &'static ActRule {
                match self {
                    $(ActKind::$kind => const { &ActRule {
                        kind: ActKind::$kind, key: $key, label_vi: $vi, label_en: $en,
                        role: $role, deadline: $deadline,
                    } },)*
                }
            }
        }
    };
}

/// A result within so many working days, 0 for the same day.
const fn days(days: u16, source: &'static str) -> Option<Deadline> {
    Some(Deadline::working(days, source))
}

/// A result the same day, and within so many working days where something has to be checked.
const fn at_once_or(checked: u16, source: &'static str) -> Option<Deadline> {
    Some(Deadline::working(0, source).with_checks(checked, source))
}

/// A result within so many working days, for an event to be filed within so many calendar days.
const fn filed(within: u16, by: &'static str, days: u16, source: &'static str) -> Option<Deadline> {
    Some(Deadline::working(days, source).filed_within(within, by))
}

acts! {
    1  Birth "birth" "Đăng ký khai sinh" "Birth registration" Some(Role::CivilStatus), filed(60, "Civil Status Law 60/2014, Art. 15", 0, "Civil Status Law 60/2014, Art. 16");
    2  Death "death" "Đăng ký khai tử" "Death registration" Some(Role::CivilStatus), filed(15, "Civil Status Law 60/2014, Art. 33", 0, "Civil Status Law 60/2014, Art. 34");
    3  Marriage "marriage" "Đăng ký kết hôn" "Marriage registration" Some(Role::CivilStatus), at_once_or(5, "Civil Status Law 60/2014, Art. 18");
    4  Correction "correction" "Thay đổi, cải chính, bổ sung" "Change, correction or supplement of a field" Some(Role::CivilStatus), days(3, "Civil Status Law 60/2014, Art. 28");
    5  RegistryCorrection "registry_correction" "Điều chỉnh thông tin dân cư" "Correction of a registry field" Some(Role::Identification), days(2, "Decree 70/2024, Art. 6");
    6  PermanentRegistration "permanent_registration" "Đăng ký thường trú" "Permanent registration" Some(Role::Residence), days(7, "Law on Residence 68/2020, Art. 22");
    7  TemporaryRegistration "temporary_registration" "Đăng ký tạm trú" "Temporary registration" Some(Role::Residence), days(3, "Law on Residence 68/2020, Art. 28");
    8  StayNotification "stay_notification" "Thông báo lưu trú" "Stay notification" Some(Role::Residence), None;
    9  Contact "contact" "Cập nhật số điện thoại, thư điện tử" "Phone and e-mail" Some(Role::Residence), None;
    10 HouseholdSplit "household_split" "Tách hộ" "Household split" Some(Role::Residence), days(5, "Law on Residence 68/2020, Art. 25");
    11 ChangeOfHead "change_of_head" "Thay đổi chủ hộ" "Change of household head" Some(Role::Residence), days(3, "Law on Residence 68/2020, Art. 26");
    12 Collection "collection" "Thu thập thông tin dân cư" "Collection of a person not in the registry" Some(Role::Identification), days(2, "Decree 70/2024, Art. 6");
    13 Withdraw "withdraw" "Rút hồ sơ" "Withdrawal of an own act" None, None;
    14 LateBirth "late_birth" "Đăng ký khai sinh quá hạn" "Late birth registration" Some(Role::CivilStatus), days(5, "Decree 123/2015, Art. 26");
    15 RepeatedBirth "repeated_birth" "Đăng ký lại khai sinh" "Repeated birth registration" Some(Role::CivilStatus), days(5, "Decree 123/2015, Art. 26");
    16 Divorce "divorce" "Ghi chú ly hôn" "Divorce note" Some(Role::CivilStatus), days(0, "Civil Status Law 60/2014, Art. 5");
    17 ParentRecognition "parent_recognition" "Nhận cha, mẹ, con" "Recognition of father, mother or child" Some(Role::CivilStatus), days(3, "Civil Status Law 60/2014, Art. 25");
    18 Guardianship "guardianship" "Đăng ký giám hộ" "Guardianship note" Some(Role::CivilStatus), days(3, "Civil Status Law 60/2014, Art. 20");
    19 GuardianshipEnd "guardianship_end" "Chấm dứt giám hộ" "End of guardianship" Some(Role::CivilStatus), days(2, "Civil Status Law 60/2014, Art. 22");
    20 MaritalConfirmation "marital_confirmation" "Xác nhận tình trạng hôn nhân" "Confirmation of marital status" Some(Role::CivilStatus), days(3, "Decree 123/2015, Art. 22");
    21 DeathRevoked "death_revoked" "Hủy đăng ký khai tử, tuyên bố chết hoặc mất tích" "Death revoked" Some(Role::CivilStatus), days(0, "Civil Status Law 60/2014, Art. 5");
    22 BirthRevoked "birth_revoked" "Hủy đăng ký khai sinh" "Birth registration revoked" Some(Role::CivilStatus), days(0, "Civil Status Law 60/2014, Art. 5");
    23 MarriageAnnulled "marriage_annulled" "Ghi chú hủy việc kết hôn" "Marriage annulled" Some(Role::CivilStatus), days(0, "Civil Status Law 60/2014, Art. 5");
    24 TemporaryRenewal "temporary_renewal" "Gia hạn tạm trú" "Renewal of temporary registration" Some(Role::Residence), days(3, "Law on Residence 68/2020, Art. 28");
    25 TemporaryAbsence "temporary_absence" "Khai báo tạm vắng" "Declaration of temporary absence" Some(Role::Residence), days(1, "Law on Residence 68/2020, Art. 31");
    26 PermanentDeletion "permanent_deletion" "Xóa đăng ký thường trú" "Deletion of permanent residence" Some(Role::Residence), days(5, "Law on Residence 68/2020, Art. 24");
    27 TemporaryDeletion "temporary_deletion" "Xóa đăng ký tạm trú" "Deletion of temporary residence" Some(Role::Residence), days(3, "Law on Residence 68/2020, Art. 29");
    28 HouseholdMerge "household_merge" "Nhập hộ" "Household merge" Some(Role::Residence), days(3, "Law on Residence 68/2020, Art. 26");
    29 ResidenceAdjustment "residence_adjustment" "Điều chỉnh thông tin về cư trú" "Adjustment of residence data" Some(Role::Residence), days(3, "Law on Residence 68/2020, Art. 26");
    30 CardApplication "card_application" "Đề nghị cấp, cấp đổi, cấp lại thẻ căn cước" "Application for an identity card" Some(Role::Identification), days(7, "Law on Identification 26/2023, Art. 26");
    31 ChildPinRequest "child_pin_request" "Đề nghị cấp số định danh cá nhân cho trẻ em" "Request for a child's number" Some(Role::Identification), None;
    32 EidLevel1 "eid_level_1" "Đề nghị cấp tài khoản định danh điện tử mức độ 01" "Application for an e-ID account of level 1" Some(Role::Identification), days(1, "Decree 69/2024");
    33 EidLevel2 "eid_level_2" "Đề nghị cấp tài khoản định danh điện tử mức độ 02" "Application for an e-ID account of level 2" Some(Role::Identification), days(3, "Decree 69/2024");
    34 AddEvidence "add_evidence" "Bổ sung giấy tờ" "Papers added to an act or a case" None, None;
    35 AnswerCase "answer_case" "Trả lời yêu cầu xác minh" "Answer to a reviewer's question" None, None;
    40 NumberGiven "number_given" "Cấp số định danh" "Number given" None, None;
    41 Decision "decision" "Quyết định xử lý" "Decision of a case" None, None;
    42 Import "import" "Nhập dữ liệu" "Import" None, None;
    43 NumberChanged "number_changed" "Hủy, xác lập lại số định danh" "Number cancelled and given anew" None, None;
    44 MarriageNumber "marriage_number" "Ghi lại số đăng ký kết hôn" "Number of a marriage entered anew" Some(Role::CivilStatus), days(3, "Civil Status Law 60/2014, Art. 28");
    45 Portrait "portrait" "Thu nhận ảnh chân dung" "Portrait taken" Some(Role::Identification), None;
    46 FileNumberGiven "file_number_given" "Cấp số hồ sơ cư trú" "Residence-file number given" None, None;
    47 NationalityChanged "nationality_changed" "Ghi thay đổi quốc tịch" "Nationality changed" None, None;
    48 ApplicationAnswered "application_answered" "Trả lời hồ sơ cấp thẻ, số định danh, định danh điện tử" "Application answered" None, None;
}

/// What the book of births says of a person.
const REGISTERED_AT_BIRTH: &[Field] = &[
    Field::Name,
    Field::BirthDate,
    Field::Sex,
    Field::BirthPlace,
    Field::BirthRegistration,
    Field::NativePlace,
    Field::Ethnic,
    Field::Father,
    Field::Mother,
];

impl ActKind {
    /// Its name.
    pub fn key(self) -> &'static str {
        self.rule().key
    }
    /// The procedure with this name.
    pub fn named(key: &str) -> Option<ActKind> {
        let rule = ACTS.iter().find(|rule| rule.key == key);
        rule.map(|rule| rule.kind)
    }
    /// The procedure with this code.
    pub fn from_code(code: u8) -> Option<ActKind> {
        ACTS.iter()
            .find(|rule| rule.kind as u8 == code)
            .map(|rule| rule.kind)
    }
    /// Whether only the central registry makes such acts.
    pub const fn is_central(self) -> bool {
        matches!(
            self,
            ActKind::NumberGiven
                | ActKind::Decision
                | ActKind::Import
                | ActKind::NumberChanged
                | ActKind::FileNumberGiven
                | ActKind::NationalityChanged
                | ActKind::ApplicationAnswered
        )
    }
    /// Whether this procedure changes a field of a record that is there already. A centre holds
    /// every act against this; a node could send anything.
    pub fn may_change(self, field: Field) -> bool {
        use Field as F;
        let rule = field.rule();
        let single_of = |owners: &[Owner]| {
            rule.kind == RecordKind::Person
                && rule.shape == Shape::Single
                && rule.policy != Policy::Central
                && owners.contains(&rule.owner)
        };
        match self {
            ActKind::Birth | ActKind::LateBirth | ActKind::Collection | ActKind::Import => false,
            ActKind::RepeatedBirth => REGISTERED_AT_BIRTH.contains(&field),
            ActKind::Death | ActKind::DeathRevoked => matches!(field, F::Death | F::Marriages),
            ActKind::Marriage
            | ActKind::MarriageNumber
            | ActKind::Divorce
            | ActKind::MarriageAnnulled => field == F::Marriages,
            ActKind::ParentRecognition => matches!(field, F::Father | F::Mother | F::Name),
            ActKind::Guardianship | ActKind::GuardianshipEnd => field == F::Representative,
            ActKind::MaritalConfirmation => field == F::Confirmations,
            ActKind::BirthRevoked => field == F::Revoked,
            ActKind::Correction => single_of(&[Owner::CivilStatus]),
            ActKind::RegistryCorrection => {
                single_of(&[Owner::Police, Owner::Citizen]) || field == F::OtherNames
            }
            // The household that the movers leave gets another head, or is closed with the last.
            ActKind::PermanentRegistration | ActKind::PermanentDeletion => matches!(
                field,
                F::Permanent | F::Membership | F::Relation | F::HouseholdHead | F::HouseholdRevoked
            ),
            ActKind::TemporaryRegistration => field == F::Temporary,
            ActKind::StayNotification => field == F::Stays,
            ActKind::Contact => matches!(field, F::Phone | F::Email),
            ActKind::HouseholdSplit => {
                matches!(field, F::Membership | F::Relation | F::HouseholdHead)
            }
            ActKind::HouseholdMerge => {
                matches!(field, F::Membership | F::Relation | F::HouseholdRevoked)
            }
            ActKind::TemporaryRenewal | ActKind::TemporaryDeletion => field == F::Temporary,
            ActKind::TemporaryAbsence => field == F::Absences,
            ActKind::AddEvidence | ActKind::AnswerCase => false,
            ActKind::CardApplication
            | ActKind::ChildPinRequest
            | ActKind::EidLevel1
            | ActKind::EidLevel2 => field == F::Applications,
            ActKind::Portrait => field == F::Portrait,
            ActKind::ResidenceAdjustment => matches!(
                field,
                F::Permanent | F::Temporary | F::Relation | F::HouseholdAddress
            ),
            ActKind::ChangeOfHead => matches!(field, F::HouseholdHead | F::Relation),
            // What it may take back is what the withdrawn act wrote.
            ActKind::Withdraw => rule.policy != Policy::Central,
            ActKind::NumberGiven => field == F::Pin,
            ActKind::NumberChanged => matches!(field, F::Pin | F::PinAliases),
            ActKind::FileNumberGiven => field == F::HouseholdFile,
            ActKind::NationalityChanged => field == F::Nationality,
            ActKind::ApplicationAnswered => matches!(field, F::ApplicationAnswers | F::Cards),
            ActKind::Decision => true,
        }
    }
    /// Whether the person whom it is about was seen alive: not so where an authority changes a
    /// record for its own reasons.
    pub const fn tells_of_life(self) -> bool {
        !self.is_central()
            && !matches!(
                self,
                ActKind::Death
                    | ActKind::Withdraw
                    | ActKind::PermanentDeletion
                    | ActKind::TemporaryDeletion
                    | ActKind::ResidenceAdjustment
                    | ActKind::DeathRevoked
                    | ActKind::BirthRevoked
                    | ActKind::MarriageAnnulled
                    | ActKind::MarriageNumber
                    | ActKind::GuardianshipEnd
            )
    }
    /// Whether it may be about somebody who is missing: it needs nobody's presence, so after a
    /// court's declaration it is no sign of life.
    pub const fn may_concern_the_missing(self) -> bool {
        matches!(
            self,
            ActKind::Divorce
                | ActKind::MarriageNumber
                | ActKind::Correction
                | ActKind::RegistryCorrection
                | ActKind::ChangeOfHead
                | ActKind::HouseholdMerge
        )
    }
    /// Whether it is an application, which the centre answers.
    pub const fn applies(self) -> bool {
        matches!(
            self,
            ActKind::CardApplication
                | ActKind::ChildPinRequest
                | ActKind::EidLevel1
                | ActKind::EidLevel2
        )
    }
    /// Whether it changes no record but is said about an act or a case.
    pub const fn is_addition(self) -> bool {
        matches!(self, ActKind::AddEvidence | ActKind::AnswerCase)
    }
    /// Whether this procedure may name a person of another commune by their card.
    pub const fn may_name_absent(self) -> bool {
        matches!(
            self,
            ActKind::Death
                | ActKind::Marriage
                | ActKind::PermanentRegistration
                | ActKind::TemporaryRegistration
                | ActKind::StayNotification
                | ActKind::RepeatedBirth
                | ActKind::Divorce
                | ActKind::ParentRecognition
                | ActKind::Guardianship
                | ActKind::GuardianshipEnd
                | ActKind::DeathRevoked
                | ActKind::MarriageAnnulled
                | ActKind::MarriageNumber
        )
    }
    /// Whether a record may be made with a value in this field. What only the centre writes is
    /// not an office's to bring along, but for what a paper of the person says; nor is a portrait, which
    /// an act of its own names among its papers.
    pub fn may_make_with(self, field: Field) -> bool {
        (field.rule().policy != Policy::Central
            && !matches!(field, Field::Portrait | Field::Applications))
            || field == Field::Nationality
            || (self == ActKind::Collection && field == Field::OldNumbers)
            // Only one that the centre has set aside; it looks.
            || (self == ActKind::Birth && field == Field::Pin)
    }
    /// Whether it enters a birth in the book: at once, late, or once more.
    pub const fn registers_birth(self) -> bool {
        matches!(
            self,
            ActKind::Birth | ActKind::LateBirth | ActKind::RepeatedBirth
        )
    }
    /// Whether this procedure makes records of this kind.
    pub const fn may_make(self, kind: RecordKind) -> bool {
        match kind {
            RecordKind::Person => self.registers_birth() || matches!(self, ActKind::Collection),
            RecordKind::Household => {
                matches!(
                    self,
                    ActKind::PermanentRegistration | ActKind::HouseholdSplit
                )
            }
        }
    }
    /// Whether an officer with these roles may perform it.
    pub fn allowed_to(self, roles: &[Role]) -> bool {
        if self.is_central() {
            return false;
        }
        match self.rule().role {
            Some(role) => roles.contains(&role),
            None => roles
                .iter()
                .any(|role| !matches!(role, Role::Viewer | Role::Admin)),
        }
    }
}

/// The procedures that an officer with these roles may perform, in the order of the table.
pub fn offered(roles: &[Role]) -> Vec<&'static ActRule> {
    ACTS.iter()
        .filter(|rule| rule.kind.allowed_to(roles))
        .collect()
}

impl Serialize for ActKind {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(self.key())
        } else {
            s.serialize_u8(*self as u8)
        }
    }
}

impl<'de> Deserialize<'de> for ActKind {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let found = if d.is_human_readable() {
            let key = String::deserialize(d)?;
            ACTS.iter()
                .find(|rule| rule.key == key)
                .map(|rule| rule.kind)
        } else {
            ActKind::from_code(u8::deserialize(d)?)
        };
        found.ok_or_else(|| serde::de::Error::custom("not an act of this schema"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_codes_are_unique_and_read_back() {
        let keys: BTreeSet<_> = ACTS.iter().map(|rule| rule.key).collect();
        assert_eq!(keys.len(), ACTS.len());
        for rule in ACTS {
            assert_eq!(ActKind::from_code(rule.kind as u8), Some(rule.kind));
            assert_eq!(rule.kind.rule().key, rule.key);
        }
    }

    #[test]
    fn a_birth_that_was_missed_or_lost_is_looked_into_for_five_days() {
        for kind in [ActKind::LateBirth, ActKind::RepeatedBirth] {
            let result = kind.rule().deadline.map(|deadline| deadline.result.days);
            assert_eq!(result, Some(5), "{kind:?}");
        }
    }

    #[test]
    fn each_role_is_offered_its_own_acts_and_those_of_everybody_who_acts() {
        let keys =
            |roles: &[Role]| -> Vec<&str> { offered(roles).iter().map(|rule| rule.key).collect() };
        assert!(keys(&[]).is_empty());
        assert!(keys(&[Role::Viewer, Role::Admin]).is_empty());
        for (role, own, other) in [
            (Role::CivilStatus, "birth", "contact"),
            (Role::Residence, "contact", "birth"),
            (Role::Identification, "collection", "contact"),
        ] {
            let offered = keys(&[role]);
            assert!(
                offered.contains(&own) && offered.contains(&"withdraw"),
                "{own}"
            );
            assert!(
                !offered.contains(&other) && !offered.contains(&"decision"),
                "{own}"
            );
        }
    }

    #[test]
    fn a_viewer_performs_nothing_and_the_centre_s_acts_are_no_officer_s() {
        for rule in ACTS {
            assert!(
                !rule.kind.allowed_to(&[Role::Viewer, Role::Admin]),
                "{}",
                rule.key
            );
        }
        assert!(!ActKind::Decision.allowed_to(&[Role::CivilStatus]));
        assert!(ActKind::Birth.allowed_to(&[Role::CivilStatus]));
        assert!(!ActKind::Birth.allowed_to(&[Role::Residence]));
    }
}
