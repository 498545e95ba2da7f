//! Code lists of the registry: short closed lists here, lists that stand in a table of facts in
//! the folder. On the wire a code is one byte, in JSON it is text.

mod listed;

pub use listed::{Country, Ethnic, Religion, TABLE_1979};

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text or number that is not in a code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{list} must be {expected}")]
pub struct CodeError {
    /// What was expected, for the person who typed it.
    pub list: &'static str,
    /// The values that there are, or their form.
    pub expected: &'static str,
    code: &'static str,
}

impl CodeError {
    pub(crate) const fn new(
        list: &'static str,
        expected: &'static str,
        code: &'static str,
    ) -> Self {
        Self {
            list,
            expected,
            code,
        }
    }
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

/// Defines a closed list. The first text of a value is the one that is written; all are read, and
/// so is the number.
macro_rules! code_list {
    (
        $(#[$doc:meta])* $name:ident, $list:literal, $expected:literal, $code:literal;
        $($(#[$value_doc:meta])* $value:ident = $number:literal, $text:literal $(| $other:literal)*;)+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$value_doc])* $value = $number,)+
        }

        impl $name {
            /// Every value, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];
            const ERROR: CodeError = CodeError::new($list, $expected, $code);

            /// The number of the code.
            pub const fn number(self) -> u8 {
                self as u8
            }
            /// The value with this number.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$value),)+
                    _ => None,
                }
            }
            /// The text that is written in JSON and in files.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = CodeError;
            fn from_str(text: &str) -> Result<Self, CodeError> {
                match text.trim().to_lowercase().as_str() {
                    $($text $(| $other)* => Ok(Self::$value),)+
                    _ => Err(Self::ERROR),
                }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() {
                    s.serialize_str(self.as_str())
                } else {
                    s.serialize_u8(self.number())
                }
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let value = if d.is_human_readable() {
                    String::deserialize(d)?.parse()
                } else {
                    Self::from_number(u8::deserialize(d)?).ok_or(Self::ERROR)
                };
                value.map_err(serde::de::Error::custom)
            }
        }
    };
}

code_list! {
    /// Sex as in the registry.
    Sex, "sex", "male, female or unknown (nam, nữ)", "sex_unknown_value";
    /// Not told.
    Unknown = 0, "unknown" | "0" | "";
    /// Nam.
    Male = 1, "male" | "1" | "nam" | "m";
    /// Nữ.
    Female = 2, "female" | "2" | "nữ" | "nu" | "f";
}

code_list! {
    /// Blood type; the files of the registry have `00` to `04`.
    BloodType, "blood type", "A, B, AB, O or unknown", "blood_type_unknown_value";
    /// Not told.
    Unknown = 0, "unknown" | "00" | "0" | "";
    /// A.
    A = 1, "a" | "01" | "1";
    /// B.
    B = 2, "b" | "02" | "2";
    /// AB.
    Ab = 3, "ab" | "03" | "3";
    /// O.
    O = 4, "o" | "04" | "4";
}

code_list! {
    /// What a member of a household is to its head.
    Relation, "relation to the head of the household",
    "head, spouse, child, parent, grandchild, grandparent, sibling, other or unknown",
    "relation_unknown_value";
    /// Not told.
    Unknown = 0, "unknown" | "0" | "";
    /// Chủ hộ.
    Head = 1, "head" | "1" | "chủ hộ";
    /// Vợ, chồng.
    Spouse = 2, "spouse" | "2" | "vợ" | "chồng";
    /// Con.
    Child = 3, "child" | "3" | "con";
    /// Cha, mẹ.
    Parent = 4, "parent" | "4" | "cha" | "bố" | "mẹ";
    /// Cháu.
    Grandchild = 5, "grandchild" | "5" | "cháu";
    /// Ông, bà.
    Grandparent = 6, "grandparent" | "6" | "ông" | "bà";
    /// Anh, chị, em.
    Sibling = 7, "sibling" | "7" | "anh" | "chị" | "em";
    /// Another relation, or none.
    Other = 8, "other" | "8" | "khác";
}

code_list! {
    /// What an officer may do; each act names the role that performs it.
    Role, "role", "civil-status, residence, identification, viewer or admin", "role_unknown_value";
    /// Acts of civil status, for the People's Committee.
    CivilStatus = 0, "civil-status" | "0";
    /// Acts of residence, for the commune police.
    Residence = 1, "residence" | "1";
    /// Acts of identification, for the commune police.
    Identification = 2, "identification" | "2";
    /// Reads, and does nothing.
    Viewer = 3, "viewer" | "3";
    /// Manages the officers of the office and approves bundles.
    Admin = 4, "admin" | "4";
}

// After the macro, which they use.
mod applications;
mod grounds;
mod nationality;

pub use applications::{AGES, AgeRule, Capture, CardReason, Request, age_rule, card_expires};
pub use grounds::{Clause, DeletionGround, GROUNDS, GroundRule};
pub use nationality::{NationalityGround, NationalityRule};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_lists_are_read_from_files_and_from_forms() {
        for (text, sex) in [("Nam", Sex::Male), ("NỮ", Sex::Female), ("0", Sex::Unknown)] {
            assert_eq!(text.parse::<Sex>().unwrap(), sex);
        }
        for (text, blood) in [
            ("AB", BloodType::Ab),
            ("04", BloodType::O),
            ("", BloodType::Unknown),
        ] {
            assert_eq!(text.parse::<BloodType>().unwrap(), blood);
        }
        assert_eq!("Vợ".parse::<Relation>().unwrap(), Relation::Spouse);
        assert_eq!("civil-status".parse::<Role>().unwrap(), Role::CivilStatus);
        assert_eq!(
            "boss".parse::<Role>().unwrap_err().code(),
            "role_unknown_value"
        );
        assert_eq!(
            "x".parse::<Sex>().unwrap_err().to_string(),
            "sex must be male, female or unknown (nam, nữ)"
        );
    }

    #[test]
    fn every_value_goes_round_by_wire_json_and_number() {
        macro_rules! check {
            ($($name:ident)+) => {$(
                for (place, value) in $name::ALL.iter().enumerate() {
                    assert_eq!(usize::from(value.number()), place);
                    assert_eq!($name::from_number(value.number()), Some(*value));
                    let wire = postcard::to_stdvec(value).unwrap();
                    assert_eq!(wire, [value.number()]);
                    assert_eq!(postcard::from_bytes::<$name>(&wire).unwrap(), *value);
                    let json = serde_json::to_string(value).unwrap();
                    assert_eq!(serde_json::from_str::<$name>(&json).unwrap(), *value);
                }
                assert!(postcard::from_bytes::<$name>(&[200]).is_err());
                assert!(serde_json::from_str::<$name>("\"no such\"").is_err());
            )+};
        }
        check!(Sex BloodType Relation Role DeletionGround Request CardReason Capture NationalityGround);
    }
}
