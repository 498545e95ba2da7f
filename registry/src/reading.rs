//! Why an officer opens a record, and what is kept of it: who, which, when, why, and nothing of what
//! stood there.
//!
//! Each office chains its readings with all else that is done there; the centre keeps a copy.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{OfficerId, RecordId};

/// One line of the table of reasons.
#[derive(Debug, Clone, Copy)]
pub struct ReasonRule {
    /// The reason.
    pub reason: ReadReason,
    /// Name in JSON and on the command line; never changes.
    pub key: &'static str,
    /// In words.
    pub label_vi: &'static str,
    /// In English.
    pub label_en: &'static str,
}

macro_rules! reasons {
    ($($code:literal $reason:ident $key:literal $vi:literal $en:literal;)*) => {
        /// Why a record is opened. The number is its code on the disk and on the wire, and never
        /// changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum ReadReason {
            $(#[doc = $en] $reason = $code,)*
        }
        /// The reasons, in the order in which they are offered.
        pub const REASONS: &[ReasonRule] = &[
            $(ReasonRule { reason: ReadReason::$reason, key: $key, label_vi: $vi, label_en: $en },)*
        ];
        impl ReadReason {
            /// Its line of the table.
            pub const fn rule(self) -> &'static ReasonRule {
                match self {
                    $(ReadReason::$reason => const { &ReasonRule {
                        reason: ReadReason::$reason, key: $key, label_vi: $vi, label_en: $en,
                    } },)*
                }
            }
        }
    };
}

reasons! {
    1 Counter "counter" "Công dân đến làm việc" "The citizen is at the counter";
    2 ActInHand "act_in_hand" "Đang giải quyết hồ sơ" "An act is in hand";
    3 CaseWork "case_work" "Đang xử lý vụ việc" "Work on a case";
    4 Verification "verification" "Xác minh theo yêu cầu của cơ quan có thẩm quyền" "Verification on request of an authority";
    5 Quality "quality" "Rà soát, chỉnh sửa dữ liệu" "Correction and quality of data";
    6 Audit "audit" "Kiểm tra, thanh tra" "Audit";
}

impl ReadReason {
    /// Its name.
    pub const fn key(self) -> &'static str {
        self.rule().key
    }
    /// In Vietnamese.
    pub const fn label_vi(self) -> &'static str {
        self.rule().label_vi
    }
    /// In English.
    pub const fn label_en(self) -> &'static str {
        self.rule().label_en
    }
    /// The reason with this code.
    pub fn from_code(code: u8) -> Option<ReadReason> {
        let mut rules = REASONS.iter().map(|rule| rule.reason);
        rules.find(|reason| *reason as u8 == code)
    }
    /// The reason that an entry of an earlier release meant: it was free text then, and what is no
    /// name of a reason stood for somebody at the counter.
    pub fn of_free_text(text: &str) -> ReadReason {
        text.parse().unwrap_or(ReadReason::Counter)
    }
}

/// A text that is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason is counter, act_in_hand, case_work, verification, quality or audit")]
pub struct ReasonUnknown;

impl ReasonUnknown {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        "read_reason_unknown"
    }
}

impl FromStr for ReadReason {
    type Err = ReasonUnknown;
    fn from_str(text: &str) -> Result<Self, ReasonUnknown> {
        let found = REASONS.iter().find(|rule| rule.key == text.trim());
        found.map(|rule| rule.reason).ok_or(ReasonUnknown)
    }
}

impl Serialize for ReadReason {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(self.key())
        } else {
            s.serialize_u8(*self as u8)
        }
    }
}

impl<'de> Deserialize<'de> for ReadReason {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let found = if d.is_human_readable() {
            String::deserialize(d)?.parse().ok()
        } else {
            ReadReason::from_code(u8::deserialize(d)?)
        };
        found.ok_or_else(|| serde::de::Error::custom(ReasonUnknown))
    }
}

/// A record was opened at an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Its place in the audit chain of the node.
    pub place: u64,
    /// The chain after it, its first 16 bytes: what names the reading, and what shows later that the
    /// chain was not written anew.
    pub mark: [u8; 16],
    /// When, seconds since 1970.
    pub at_s: i64,
    /// Who.
    pub officer: OfficerId,
    /// Which.
    pub record: RecordId,
    /// Why.
    pub reason: ReadReason,
}

/// Most readings of one batch on its way to the centre.
pub const BATCH_READINGS_MAX: usize = 500;
/// Most bytes of one.
pub const BATCH_BYTES_MAX: usize = 64 << 10;

/// Why a batch of readings cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a batch of readings cannot be read")]
pub struct ReadingsUnreadable;

impl ReadingsUnreadable {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        "readings_unreadable"
    }
}

/// Writes a batch.
pub fn encode_readings(readings: &[Reading]) -> Result<Vec<u8>, ReadingsUnreadable> {
    postcard::to_stdvec(readings).map_err(|_| ReadingsUnreadable)
}

/// Reads a batch that somebody sent.
pub fn decode_readings(bytes: &[u8]) -> Result<Vec<Reading>, ReadingsUnreadable> {
    if bytes.len() > BATCH_BYTES_MAX {
        return Err(ReadingsUnreadable);
    }
    match postcard::take_from_bytes::<Vec<Reading>>(bytes) {
        Ok((readings, [])) if readings.len() <= BATCH_READINGS_MAX => Ok(readings),
        _ => Err(ReadingsUnreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_codes_are_unique_and_read_back() {
        let keys: BTreeSet<_> = REASONS.iter().map(|rule| rule.key).collect();
        assert_eq!(keys.len(), REASONS.len());
        for rule in REASONS {
            assert_eq!(ReadReason::from_code(rule.reason as u8), Some(rule.reason));
            assert_eq!(rule.key.parse(), Ok(rule.reason));
            assert_eq!(rule.reason.rule().label_vi, rule.label_vi);
        }
        assert_eq!("curiosity".parse::<ReadReason>(), Err(ReasonUnknown));
        assert_eq!(ReadReason::of_free_text("tại quầy"), ReadReason::Counter);
        assert_eq!(ReadReason::of_free_text("audit"), ReadReason::Audit);
    }

    #[test]
    fn the_largest_batch_fits_and_what_is_larger_or_torn_is_refused() {
        let reading = Reading {
            place: u64::MAX,
            mark: [255; 16],
            at_s: i64::MAX,
            officer: "a".repeat(40).parse().unwrap(),
            record: RecordId::new([255; 16]),
            reason: ReadReason::Audit,
        };
        let batch = vec![reading.clone(); BATCH_READINGS_MAX];
        let bytes = encode_readings(&batch).unwrap();
        assert!(bytes.len() <= BATCH_BYTES_MAX, "{}", bytes.len());
        assert_eq!(decode_readings(&bytes).unwrap(), batch);
        assert!(decode_readings(bytes.get(1..).unwrap()).is_err());
        let more = vec![reading; BATCH_READINGS_MAX + 1];
        assert!(decode_readings(&encode_readings(&more).unwrap()).is_err());
        assert!(decode_readings(&[0, 0]).is_err());
    }
}
