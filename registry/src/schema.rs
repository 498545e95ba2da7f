//! The field table: every item of a record with its policy, its owner and the harm of a silent
//! wrong value (Law on Identification 26/2023, Article 9; `docs/fields.md` prints it).
//!
//! What a value looks like is in [`crate::value`]; how two values are compared is in
//! [`crate::value::reconcile`].

use serde::{Deserialize, Serialize};

/// The two kinds of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// A person.
    Person,
    /// A household.
    Household,
}

/// How concurrent values of a field come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Both survive: a set or a history.
    Merge,
    /// The causally later one wins; the loser stays readable.
    Latest,
    /// Different values open a case and the last agreed one is shown meanwhile.
    Review,
    /// Only the central registry writes it.
    Central,
}

/// Who keeps a field by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// The People's Committee's civil-status officer.
    CivilStatus,
    /// The commune police.
    Police,
    /// The central registry.
    Central,
    /// The citizen.
    Citizen,
    /// The Government, by later lists.
    Government,
}

/// Whether a field holds one value or a set of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Single,
    /// Entries, each under the id of the act that wrote it.
    Entries,
}

/// One line of the field table.
#[derive(Debug, Clone, Copy)]
pub struct FieldRule {
    /// The field.
    pub field: Field,
    /// Number of the item in Article 9; 0 for what keeps a household or the register itself.
    pub item: u8,
    /// Name in documents, JSON and the command line; never changes.
    pub key: &'static str,
    /// Name for the clerk.
    pub label_vi: &'static str,
    /// Name in English.
    pub label_en: &'static str,
    /// The kind of record that has it.
    pub kind: RecordKind,
    /// One value or entries.
    pub shape: Shape,
    /// What happens to concurrent values.
    pub policy: Policy,
    /// Who keeps it.
    pub owner: Owner,
    /// Harm of a silent wrong value, 1 (none) to 5 (civil death, fusion of identities).
    pub harm: u8,
}

macro_rules! fields {
    ($($code:literal $field:ident $item:literal $key:literal $vi:literal $en:literal
       $kind:ident $shape:ident $policy:ident $owner:ident $harm:literal;)*) => {
        /// A field of a record. The number is its code on the wire and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = $en] $field = $code,)*
        }

        /// The table, in the order of codes.
        pub const FIELDS: &[FieldRule] = &[
            $(FieldRule {
                field: Field::$field, item: $item, key: $key, label_vi: $vi, label_en: $en,
                kind: RecordKind::$kind, shape: Shape::$shape, policy: Policy::$policy,
                owner: Owner::$owner, harm: $harm,
            },)*
        ];

        impl Field {
            /// Its line of the table.
            pub const fn rule(self) -> &'static FieldRule {
                match self {
                    $(Field::$field => const { &FieldRule {
                        field: Field::$field, item: $item, key: $key, label_vi: $vi,
                        label_en: $en, kind: RecordKind::$kind, shape: Shape::$shape,
                        policy: Policy::$policy, owner: Owner::$owner, harm: $harm,
                    } },)*
                }
            }
            /// The field with this code on the wire.
            pub const fn from_code(code: u8) -> Option<Field> {
                match code {
                    $($code => Some(Field::$field),)*
                    _ => None,
                }
            }
        }
    };
}

fields! {
    1  Name              1  "name"               "Họ, chữ đệm và tên khai sinh" "Birth name" Person Single Review CivilStatus 4;
    2  OtherNames        2  "other_names"        "Tên gọi khác" "Other names" Person Entries Merge Police 2;
    3  Pin               3  "pin"                "Số định danh cá nhân" "Personal identification number" Person Single Central Central 5;
    4  PinAliases        3  "pin_aliases"        "Số định danh đã hủy" "Cancelled identification numbers" Person Entries Central Central 5;
    5  BirthDate         4  "birth_date"         "Ngày, tháng, năm sinh" "Date of birth" Person Single Review CivilStatus 5;
    6  Sex               5  "sex"                "Giới tính" "Sex" Person Single Review CivilStatus 4;
    7  BirthPlace        6  "birth_place"        "Nơi sinh" "Place of birth" Person Single Review CivilStatus 2;
    8  BirthRegistration 7  "birth_registration" "Nơi đăng ký khai sinh" "Place of birth registration" Person Single Review CivilStatus 3;
    9  BirthEntry        7  "birth_entry"        "Giấy chứng sinh" "Birth certificate of the hospital" Person Single Review CivilStatus 3;
    10 NativePlace       8  "native_place"       "Quê quán" "Native place" Person Single Review CivilStatus 2;
    11 Ethnic            9  "ethnic"             "Dân tộc" "Ethnic group" Person Single Review CivilStatus 3;
    12 Religion          10 "religion"           "Tôn giáo" "Religion" Person Single Review Police 3;
    13 Nationality       11 "nationality"        "Quốc tịch" "Nationality" Person Single Central Central 5;
    14 Blood             12 "blood"              "Nhóm máu" "Blood type" Person Single Review Police 3;
    15 OldNumbers        13 "old_numbers"        "Số chứng minh nhân dân 9 số" "Old 9-digit numbers" Person Entries Central Central 3;
    16 Cards             14 "cards"              "Thẻ căn cước" "Identity cards" Person Entries Central Central 3;
    17 Father            15 "father"             "Cha" "Father" Person Single Review CivilStatus 5;
    18 Mother            15 "mother"             "Mẹ" "Mother" Person Single Review CivilStatus 5;
    19 Marriages         15 "marriages"          "Vợ, chồng" "Marriages" Person Entries Review CivilStatus 5;
    20 Representative    15 "representative"     "Người đại diện hợp pháp" "Legal representative" Person Single Review CivilStatus 4;
    21 Permanent         16 "permanent"          "Nơi thường trú" "Permanent residence" Person Entries Review Police 4;
    22 Temporary         17 "temporary"          "Nơi tạm trú" "Temporary residence" Person Entries Review Police 3;
    23 Current           18 "current"            "Nơi ở hiện tại" "Current residence" Person Single Latest Police 2;
    24 Absences          19 "absences"           "Tạm vắng" "Temporary absences" Person Entries Merge Police 2;
    25 Stays             19 "stays"              "Lưu trú" "Stay notices" Person Entries Merge Police 1;
    26 FileNumber        20 "file_number"        "Số hồ sơ cư trú" "Residence-file number" Person Single Central Central 2;
    27 Relation          22 "relation"           "Quan hệ với chủ hộ" "Relation to the household head" Person Single Review Police 2;
    28 Membership        23 "membership"         "Hộ gia đình" "Household" Person Single Review Police 4;
    29 Death             24 "death"              "Chết, mất tích" "Death or going missing" Person Single Review CivilStatus 5;
    30 Phone             25 "phone"              "Số thuê bao di động" "Phone" Person Single Latest Citizen 2;
    31 Email             25 "email"              "Địa chỉ thư điện tử" "E-mail" Person Single Latest Citizen 2;
    32 Others            26 "others"             "Thông tin khác" "Other items" Person Entries Merge Government 2;
    33 LocalFile         3  "local_file"         "Số hồ sơ tạm" "Provisional local file number" Person Single Latest CivilStatus 2;
    34 Revoked           0  "revoked"            "Đăng ký bị hủy" "Registration revoked" Person Single Review CivilStatus 5;
    35 ClaimedPin        3  "claimed_pin"        "Số định danh tự khai" "Number that the person says they have" Person Single Review Police 3;
    36 Confirmations     21 "confirmations"      "Giấy xác nhận tình trạng hôn nhân" "Confirmations of marital status" Person Entries Merge CivilStatus 2;
    37 Portrait          0  "portrait"           "Ảnh chân dung" "Portrait" Person Single Latest Police 2;
    46 Applications      0  "applications"       "Hồ sơ cấp thẻ, số định danh, định danh điện tử" "Applications for card, number or e-ID" Person Entries Merge Police 4;
    47 ApplicationAnswers 0 "application_answers" "Trả lời hồ sơ" "Answers to applications" Person Entries Central Central 4;
    60 HouseholdHead     23 "head"               "Chủ hộ" "Head of household" Household Single Review Police 2;
    61 HouseholdAddress  23 "address"            "Địa chỉ hộ" "Household address" Household Single Review Police 3;
    62 HouseholdFile     20 "household_file"     "Số hồ sơ hộ" "Household file number" Household Single Central Central 2;
    63 HouseholdLocal    20 "household_local"    "Số hồ sơ hộ tạm" "Provisional household file number" Household Single Latest Police 2;
    64 HouseholdRevoked  0  "household_revoked"  "Hộ bị hủy" "Household revoked" Household Single Review Police 3;
}

impl Field {
    /// Its code on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }
    /// Its name in documents and JSON.
    pub const fn key(self) -> &'static str {
        self.rule().key
    }
    /// The field with this name.
    pub fn from_key(key: &str) -> Option<Field> {
        FIELDS
            .iter()
            .find(|rule| rule.key == key)
            .map(|rule| rule.field)
    }
    /// Whether it holds entries.
    pub const fn has_entries(self) -> bool {
        matches!(self.rule().shape, Shape::Entries)
    }
}

impl Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(self.key())
        } else {
            s.serialize_u8(self.code())
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let found = if d.is_human_readable() {
            Field::from_key(&String::deserialize(d)?)
        } else {
            Field::from_code(u8::deserialize(d)?)
        };
        found.ok_or_else(|| serde::de::Error::custom("not a field of this schema"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_item_of_the_law_that_is_not_derived_has_a_field() {
        let items: BTreeSet<u8> = FIELDS.iter().map(|rule| rule.item).collect();
        // Item 21, marital status, is derived from marriages and deaths and never written.
        for item in (1..=26).filter(|item| *item != 21) {
            // Items 25 and 26 and their neighbours share lines with phone, e-mail and others.
            assert!(items.contains(&item), "item {item}");
        }
    }

    #[test]
    fn keys_and_codes_are_unique_and_read_back() {
        let keys: BTreeSet<_> = FIELDS.iter().map(|rule| rule.key).collect();
        assert_eq!(keys.len(), FIELDS.len());
        for rule in FIELDS {
            assert_eq!(Field::from_key(rule.key), Some(rule.field));
            assert_eq!(Field::from_code(rule.field.code()), Some(rule.field));
            assert!((1..=5).contains(&rule.harm));
        }
        assert_eq!(Field::from_code(0), None);
    }
}
