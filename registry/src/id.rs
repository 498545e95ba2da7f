//! Identifiers: opaque bytes and counters, each its own type so that one is never taken for
//! another. In JSON they are text (hex or digits); on the wire they are their bytes.
//!
//! What an identifier *means* is told where the thing lives; numbers given by the State to a
//! person (the PIN) are in [`crate::pin`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {shape}")]
pub struct IdError {
    /// What was expected, for the person who typed it.
    pub kind: &'static str,
    /// The form that is expected.
    pub shape: &'static str,
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The identifier with these bytes.
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            /// Its bytes, in the order in which they are stored and sent.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
            /// Reads it from a stored key; `None` if the length is not 16.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Some(Self(bytes.try_into().ok()?))
            }
            /// The first 16 bytes of BLAKE3 over `context` and `parts`, each with its length
            /// before it, so that no two lists of parts are read as one.
            pub fn derive(context: &str, parts: &[&[u8]]) -> Self {
                let mut hasher = blake3::Hasher::new_derive_key(context);
                for part in parts {
                    hasher.update(&(part.len() as u64).to_le_bytes());
                    hasher.update(part);
                }
                let mut bytes = [0; 16];
                hasher.finalize_xof().fill(&mut bytes);
                Self(bytes)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                data_encoding::HEXLOWER_PERMISSIVE
                    .decode(text.trim().as_bytes())
                    .ok()
                    .and_then(|bytes| Self::from_slice(&bytes))
                    .ok_or(IdError { kind: stringify!($name), shape: "32 hexadecimal digits" })
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { self.0.serialize(s) }
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                if d.is_human_readable() {
                    String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
                } else {
                    <[u8; 16]>::deserialize(d).map(Self)
                }
            }
        }
    };
}

byte_id!(
    /// A record (person or household); opaque, never derived from anything that a citizen has.
    RecordId
);
byte_id!(
    /// A commune's daemon: the first 16 bytes of BLAKE3 of its public key.
    NodeId
);
byte_id!(
    /// An act: derived from its author, so it is never sent.
    ActId
);
byte_id!(
    /// A case: derived from what is in dispute, so two arrivals of one clash open one case.
    CaseId
);
byte_id!(
    /// A number on a paper or in a civil-status book ([`crate::paper`]): derived from it.
    PaperId
);

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The counter at `value`.
            pub const fn new(value: u64) -> Self {
                Self(value)
            }
            /// Its value.
            pub const fn get(self) -> u64 {
                self.0
            }
            /// The one after it.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

counter!(
    /// Place of an act in its node's outbox; the first is 1, gapless within an incarnation.
    ActNumber
);
counter!(
    /// Place of an entry in a commune's feed; the first is 1, gapless; 0 is "nothing yet".
    FeedSeq
);
counter!(
    /// Place of a commit in the central registry's own order; the horizon of what an office knew.
    CommitSeq
);
counter!(
    /// A node's life between losses of state; the first is 1.
    Incarnation
);

/// Code of a commune, 5 digits in the official list; names are not unique, codes are never used
/// again (Decision 19/2025/QĐ-TTg).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeCode(u32);

impl OfficeCode {
    /// The code with this number; `None` past five digits or for zero.
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 || number > 99_999 {
            None
        } else {
            Some(Self(number))
        }
    }
    /// Its number.
    pub const fn get(self) -> u32 {
        self.0
    }
    /// Its bytes as a key that sorts as the code does.
    pub const fn to_be_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for OfficeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:05}", self.0)
    }
}
impl fmt::Debug for OfficeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficeCode({self})")
    }
}
impl FromStr for OfficeCode {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError {
            kind: "a commune code",
            shape: "5 digits, for example 00004",
        };
        let text = text.trim();
        if text.len() != 5 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error);
        }
        text.parse().ok().and_then(Self::new).ok_or(error)
    }
}
impl Serialize for OfficeCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for OfficeCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let result = if d.is_human_readable() {
            String::deserialize(d)?
                .parse()
                .map_err(serde::de::Error::custom)?
        } else {
            Self::new(u32::deserialize(d)?)
                .ok_or_else(|| serde::de::Error::custom("not a commune code"))?
        };
        Ok(result)
    }
}

/// An officer's account name within an office: 1 to 40 of a–z, 0–9, `.`, `-`, `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficerId(String);

impl OfficerId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for OfficerId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_')
        };
        if (1..=40).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(IdError {
                kind: "an officer's name",
                shape: "1 to 40 of a-z, 0-9, dot, dash, underscore",
            })
        }
    }
}
impl FromStr for OfficerId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::try_from(text.to_owned())
    }
}
impl From<OfficerId> for String {
    fn from(id: OfficerId) -> Self {
        id.0
    }
}
impl fmt::Display for OfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_round_trip_as_json_text_and_as_wire_bytes() {
        let id = RecordId::derive("test", &[b"a"]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json.len(), 34);
        assert_eq!(serde_json::from_str::<RecordId>(&json).unwrap(), id);
        let bytes = postcard::to_stdvec(&id).unwrap();
        assert_eq!(bytes, id.as_bytes());
        assert_eq!(postcard::from_bytes::<RecordId>(&bytes).unwrap(), id);
    }

    #[test]
    fn an_office_code_is_five_digits_and_nothing_else() {
        assert_eq!("00004".parse::<OfficeCode>().unwrap().get(), 4);
        for bad in ["4", "000004", "0000a", "00000", ""] {
            assert!(bad.parse::<OfficeCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn parts_of_a_derived_identifier_do_not_run_together() {
        assert_ne!(
            RecordId::derive("t", &[b"ab", b"c"]),
            RecordId::derive("t", &[b"a", b"bc"])
        );
    }
}
