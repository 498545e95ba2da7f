//! The 12-digit personal identification number: reading it, and what it tells.
//!
//! ```text
//! P P P   G   Y Y   R R R R R R
//! │       │   │     └ random
//! │       │   └ year of birth, last two digits
//! │       └ century and sex: 1900s 0 male 1 female, 2000s 2 and 3, 2100s 4 and 5, …
//! └ province (of the 63 of before July 2025) or country where the birth was registered
//! ```
//!
//! There is no check digit. Numbers are given by the central registry only; nothing here draws one.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::Sex;
use crate::value::Line;
use crate::words::{Said, Tells, Words, told_in_english, unread, words};

/// Past every number of 12 digits.
const LIMIT: u64 = 1_000_000_000_000;
/// Past every random part.
const RANDOM_LIMIT: u32 = 1_000_000;

/// A text that is not a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinError {
    /// Eleven digits: a spreadsheet read it as a number.
    ZeroDropped,
    /// Something else than digits.
    NotDigits,
    /// Nine digits: the number of an old identity card.
    OldNumber,
    /// Not 12 digits.
    Length {
        /// Digits given.
        digits: usize,
    },
    /// The digits for the year tell a year that has not come yet.
    FutureBirth,
}

impl Tells for PinError {
    fn said(&self) -> Said {
        match self {
            Self::ZeroDropped => words(
                "chỉ có 11 chữ số: bảng tính đã bỏ số 0 ở đầu; so với thẻ rồi thêm lại",
                "11 digits: a spreadsheet has dropped the zero in front; put it back after comparing with the card",
            ),
            Self::NotDigits => words(
                "số định danh chỉ gồm chữ số; bỏ các ký tự khác",
                "a personal identification number has digits only: remove the rest",
            ),
            Self::OldNumber => words(
                "9 chữ số là số CMND cũ; ghi vào mục số CMND",
                "9 digits are an old identity card's number: enter it as the old number",
            ),
            Self::Length { digits } => {
                return Said {
                    vi: format!("số định danh có 12 chữ số, ở đây có {digits}; so lại với thẻ"),
                    en: format!("a personal identification number has 12 digits, this has {digits}: compare with the card"),
                };
            }
            Self::FutureBirth => words(
                "chữ số thứ tư đến thứ sáu cho năm sinh chưa đến; so lại với thẻ",
                "the fourth to sixth digits tell a birth in the future: compare with the card",
            ),
        }
        .into()
    }
}
told_in_english!(PinError);

/// A text that is no number of an old identity card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldNumberError;

impl OldNumberError {
    /// What is wrong, and what to do.
    pub const WORDS: Words = words(
        "số CMND cũ có đúng 9 chữ số; so lại với giấy (số 12 chữ số là số định danh)",
        "the number of an old identity card has exactly 9 digits: compare with the card (one of 12 digits is a personal identification number)",
    );

    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        "old_number_form"
    }
}

impl Tells for OldNumberError {
    fn said(&self) -> Said {
        Self::WORDS.into()
    }
}
told_in_english!(OldNumberError);

/// The number of an old identity card (chứng minh nhân dân), nine digits; spaces between them are
/// left out, so that one number is one text.
pub fn old_number(text: &str) -> Result<Line, OldNumberError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OldNumberError);
    }
    Line::parse(&digits).map_err(|_| OldNumberError)
}

impl PinError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ZeroDropped => "pin_zero_dropped",
            Self::NotDigits => "pin_not_digits",
            Self::OldNumber => "pin_old_number",
            Self::Length { .. } => "pin_length",
            Self::FutureBirth => "pin_future_birth",
        }
    }
}

/// A doubt about a PIN that is never a reason to refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinWarning {
    /// The prefix is not one of the 63 domestic ones.
    UnknownPrefix,
    /// The number tells the other sex.
    SexDiffers,
    /// The number tells another year of birth.
    YearDiffers,
}

impl PinWarning {
    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPrefix => "pin_unknown_prefix",
            Self::SexDiffers => "pin_sex_differs",
            Self::YearDiffers => "pin_year_differs",
        }
    }
}

impl Tells for PinWarning {
    fn said(&self) -> Said {
        match self {
            Self::UnknownPrefix => words(
                "ba chữ số đầu không phải mã tỉnh nào: có thể khai sinh ở nước ngoài, hoặc gõ nhầm; so với thẻ",
                "the first three digits are no province: a birth registered abroad, or a slip",
            ),
            Self::SexDiffers => words(
                "số cho giới tính khác: hợp pháp nếu đã xác định lại, nếu không thì nhầm; so với thẻ",
                "the number tells the other sex: lawful after a redetermination, else a slip",
            ),
            Self::YearDiffers => words(
                "số cho năm sinh khác: hợp pháp nếu đã cải chính, nếu không thì nhầm; so với thẻ",
                "the number tells another year of birth: lawful after a correction, else a slip",
            ),
        }
        .into()
    }
}

impl fmt::Display for PinWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said().en)
    }
}

/// A personal identification number.
///
/// Twelve digits everywhere outside of memory: in JSON a string, so that no zero is lost; on the
/// wire a varint of at most 6 bytes. `Debug` is redacted and there is no `Display`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin(u64);

impl Pin {
    /// Reads what a person typed or a card holds; spaces between the groups are no matter.
    /// A birth after `this_year` is refused as a slip.
    pub fn parse(text: &str, this_year: u16) -> Result<Self, PinError> {
        let pin: Self = text.parse()?;
        if pin.birth_year() > this_year {
            Err(PinError::FutureBirth)
        } else {
            Ok(pin)
        }
    }
    /// Puts a number together; `None` if a part does not fit, the sex is unknown, or the year is
    /// outside of 1900 to 2399.
    pub fn compose(prefix: u16, sex: Sex, year: u16, random: u32) -> Option<Self> {
        let female = match sex {
            Sex::Male => 0,
            Sex::Female => 1,
            Sex::Unknown => return None,
        };
        let since = year.checked_sub(1900).filter(|since| *since < 500)?;
        if prefix > 999 || random >= RANDOM_LIMIT {
            return None;
        }
        let century_and_sex = u64::from(since / 100 * 2 + female);
        let head = u64::from(prefix) * 1000 + century_and_sex * 100 + u64::from(since % 100);
        Some(Self(head * u64::from(RANDOM_LIMIT) + u64::from(random)))
    }
    /// The 12 digits.
    pub fn digits(self) -> String {
        format!("{:012}", self.0)
    }
    /// The first three digits.
    pub fn province_prefix(self) -> u16 {
        u16::try_from(self.0 / 1_000_000_000).unwrap_or(0)
    }
    /// Whether the prefix is one of the 63 domestic ones, retired ones included.
    pub fn known_prefix(self) -> bool {
        is_domestic_prefix(self.province_prefix())
    }
    /// The sex that the number tells.
    pub fn sex(self) -> Sex {
        if self.century_and_sex().is_multiple_of(2) {
            Sex::Male
        } else {
            Sex::Female
        }
    }
    /// The year of birth that the number tells.
    pub fn birth_year(self) -> u16 {
        let year = u16::try_from(self.0 / 1_000_000 % 100).unwrap_or(0);
        1900 + 100 * (self.century_and_sex() / 2) + year
    }
    fn century_and_sex(self) -> u16 {
        u16::try_from(self.0 / 100_000_000 % 10).unwrap_or(0)
    }
    /// The number with its middle hidden, to tell two apart on a list: `0010•••••231`.
    pub fn masked(self) -> String {
        format!("{:04}•••••{:03}", self.0 / 100_000_000, self.0 % 1000)
    }
    /// What in it does not fit the record; warnings for the clerk, never a refusal.
    pub fn warnings(self, sex: Sex, birth_year: Option<u16>) -> Vec<PinWarning> {
        let mut warnings = Vec::new();
        if !self.known_prefix() {
            warnings.push(PinWarning::UnknownPrefix);
        }
        if sex != Sex::Unknown && sex != self.sex() {
            warnings.push(PinWarning::SexDiffers);
        }
        if birth_year.is_some_and(|year| year != self.birth_year()) {
            warnings.push(PinWarning::YearDiffers);
        }
        warnings
    }
}

/// Whether a prefix is one of the 63 domestic ones (Circular 59/2021/TT-BCA).
pub fn is_domestic_prefix(prefix: u16) -> bool {
    domestic_prefixes().binary_search(&prefix).is_ok()
}

/// The 63 domestic prefixes, ascending.
pub fn domestic_prefixes() -> &'static [u16] {
    static PREFIXES: LazyLock<Vec<u16>> = LazyLock::new(|| {
        let table = include_str!("../data/pin_prefixes.csv");
        let row = |line: &str| {
            line.split(',')
                .next()
                .and_then(|prefix| prefix.parse().ok())
        };
        table.lines().skip(1).filter_map(row).collect()
    });
    &PREFIXES
}

impl FromStr for Pin {
    type Err = PinError;
    /// Reads a number that is already in the registry: any year of birth.
    fn from_str(text: &str) -> Result<Self, PinError> {
        let (mut number, mut digits) = (0u64, 0usize);
        for c in text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\u{FEFF}')
        {
            let digit = c.to_digit(10).ok_or(PinError::NotDigits)?;
            digits += 1;
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        match digits {
            12 => Ok(Self(number)),
            11 => Err(PinError::ZeroDropped),
            9 => Err(PinError::OldNumber),
            digits => Err(PinError::Length { digits }),
        }
    }
}
impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}
impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(&self.digits())
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            String::deserialize(d)?.parse::<Self>().map_err(unread)
        } else {
            let number = u64::deserialize(d)?;
            if number < LIMIT {
                Ok(Self(number))
            } else {
                Err(unread(PinError::Length { digits: 13 }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_tell_what_the_circular_says() {
        for (text, prefix, known, sex, year) in [
            ("008 1 85 000017", 8, true, Sex::Female, 1985),
            ("001 0 87 000231", 1, true, Sex::Male, 1987),
            ("079 3 25 004410", 79, true, Sex::Female, 2025),
            ("002 2 24 000905", 2, true, Sex::Male, 2024),
            ("023 0 60 000001", 23, false, Sex::Male, 1960),
            ("\u{FEFF}001087000231\n", 1, true, Sex::Male, 1987),
        ] {
            let pin = Pin::parse(text, 2026).unwrap();
            assert_eq!(
                (
                    pin.province_prefix(),
                    pin.known_prefix(),
                    pin.sex(),
                    pin.birth_year()
                ),
                (prefix, known, sex, year),
                "{text}"
            );
            let random = u32::try_from(pin.0 % 1_000_000).unwrap();
            assert_eq!(Pin::compose(prefix, sex, year, random), Some(pin));
            let json = serde_json::to_string(&pin).unwrap();
            assert_eq!(json.len(), 14, "twelve digits and quotes");
            assert_eq!(serde_json::from_str::<Pin>(&json).unwrap(), pin);
            let wire = postcard::to_stdvec(&pin).unwrap();
            assert!(wire.len() <= 6);
            assert_eq!(postcard::from_bytes::<Pin>(&wire).unwrap(), pin);
        }
    }

    #[test]
    fn slips_are_told_apart() {
        for (text, code) in [
            ("00118700023", "pin_zero_dropped"),
            ("0011870002311", "pin_length"),
            ("", "pin_length"),
            ("001O87000231", "pin_not_digits"),
            ("00108700023x", "pin_not_digits"),
            ("01234567890a", "pin_not_digits"),
            ("012345678", "pin_old_number"),
            ("008401000001", "pin_future_birth"),
            ("001227000001", "pin_future_birth"),
            ("００１０８７０００２３１", "pin_not_digits"),
        ] {
            assert_eq!(Pin::parse(text, 2026).unwrap_err().code(), code, "{text}");
        }
        assert!(
            "008401000001".parse::<Pin>().is_ok(),
            "a stored number has no clock"
        );
        assert!(postcard::from_bytes::<Pin>(&postcard::to_stdvec(&LIMIT).unwrap()).is_err());
    }

    #[test]
    fn a_number_that_disagrees_with_the_record_warns_only() {
        let pin: Pin = "001190000231".parse().unwrap();
        assert_eq!(pin.warnings(Sex::Female, Some(1990)), []);
        assert_eq!(pin.warnings(Sex::Unknown, None), []);
        assert_eq!(
            pin.warnings(Sex::Male, Some(1990)),
            [PinWarning::SexDiffers]
        );
        assert_eq!(
            pin.warnings(Sex::Female, Some(1991)),
            [PinWarning::YearDiffers]
        );
        let abroad: Pin = "101190000231".parse().unwrap();
        assert_eq!(
            abroad.warnings(Sex::Female, None),
            [PinWarning::UnknownPrefix]
        );
    }

    #[test]
    fn parts_that_do_not_fit_make_no_number() {
        assert_eq!(Pin::compose(1000, Sex::Male, 1990, 0), None);
        assert_eq!(Pin::compose(1, Sex::Unknown, 1990, 0), None);
        assert_eq!(Pin::compose(1, Sex::Male, 1899, 0), None);
        assert_eq!(Pin::compose(1, Sex::Male, 2400, 0), None);
        assert_eq!(Pin::compose(1, Sex::Male, 1990, 1_000_000), None);
        assert_eq!(
            Pin::compose(1, Sex::Female, 2399, 999_999)
                .unwrap()
                .birth_year(),
            2399
        );
    }

    #[test]
    fn a_number_is_shown_masked_or_on_purpose() {
        let pin: Pin = "001187000231".parse().unwrap();
        assert_eq!(pin.masked(), "0011•••••231");
        assert_eq!(pin.digits(), "001187000231");
        assert_eq!(format!("{pin:?}"), "Pin(…)");
        assert_eq!(domestic_prefixes().len(), 63);
    }
}
