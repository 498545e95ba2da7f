//! The code of a province, of the 34 of today and of the 63 before them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::IdError;

/// Code of a province, 2 digits in the official list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvinceCode(u8);

impl ProvinceCode {
    /// The code with this number; `None` past two digits or for zero.
    pub const fn new(number: u8) -> Option<Self> {
        if number == 0 || number > 99 {
            None
        } else {
            Some(Self(number))
        }
    }
    /// Its number.
    pub const fn get(self) -> u8 {
        self.0
    }
    /// The PIN prefix of births registered in the province: the same number with three digits.
    pub fn pin_prefix(self) -> u16 {
        u16::from(self.0)
    }
}

impl fmt::Display for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}
impl fmt::Debug for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvinceCode({self})")
    }
}
impl FromStr for ProvinceCode {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let code = if digits {
            text.parse().ok().and_then(Self::new)
        } else {
            None
        };
        code.ok_or(IdError {
            kind: "a province code",
            shape: "2 digits, for example 01",
        })
    }
}
impl Serialize for ProvinceCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for ProvinceCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            String::deserialize(d)?
                .parse()
                .map_err(serde::de::Error::custom)
        } else {
            Self::new(u8::deserialize(d)?)
                .ok_or_else(|| serde::de::Error::custom("not a province code"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_code_is_two_digits() {
        let code: ProvinceCode = "08".parse().unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"08\"");
        assert_eq!(postcard::to_stdvec(&code).unwrap(), [8]);
        for bad in ["8", "008", "00", "x1", "+1"] {
            assert!(bad.parse::<ProvinceCode>().is_err(), "{bad}");
        }
        assert!(postcard::from_bytes::<ProvinceCode>(&[100]).is_err());
    }
}
