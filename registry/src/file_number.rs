//! The number of a residence file (số hồ sơ cư trú): Article 9 of the Law on Identification names
//! it and no act publishes its form, so this one is ours. `HSCT`, the commune where it was first
//! given, and a serial number of the nation. A household keeps it for ever, wherever decrees put
//! its commune; only the central registry gives one.

use std::fmt;

use crate::OfficeCode;
use crate::value::Line;

/// What every number begins with.
const MARK: &str = "HSCT-";
/// Digits of a serial number that are always written.
const DIGITS: usize = 8;
/// The last serial number.
pub const SERIAL_MAX: u64 = 999_999_999_999;
/// The last serial number that a file may bring along. The sequence goes on behind the greatest one
/// that came, and the nation has fewer than thirty million households: a greater one is a slip of
/// the keyboard, which would move the sequence to its end for good.
pub const SERIAL_IMPORTED_MAX: u64 = 999_999_999;

/// A number that the central registry gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileNumber {
    commune: OfficeCode,
    serial: u64,
}

impl FileNumber {
    /// The number with this serial; `None` past the last.
    pub const fn new(commune: OfficeCode, serial: u64) -> Option<FileNumber> {
        if serial == 0 || serial > SERIAL_MAX {
            return None;
        }
        Some(FileNumber { commune, serial })
    }

    /// Reads one; `None` if it is a number of another form, as old papers have them.
    pub fn read(text: &str) -> Option<FileNumber> {
        let (commune, serial) = text.strip_prefix(MARK)?.split_once('-')?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if commune.len() != 5 || !digits(commune) || serial.len() < DIGITS || !digits(serial) {
            return None;
        }
        FileNumber::new(commune.parse().ok()?, serial.parse().ok()?)
    }

    /// Its place in the sequence of the nation.
    pub const fn serial(self) -> u64 {
        self.serial
    }

    /// As it stands in a record.
    pub fn line(self) -> Line {
        Line::parse(&self.to_string()).unwrap_or_default()
    }
}

impl fmt::Display for FileNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}-{:08}", self.commune, self.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_nothing_else_is_one() {
        let commune = OfficeCode::new(4).unwrap();
        for serial in [1, 17, 99_999_999, 100_000_000, SERIAL_MAX] {
            let number = FileNumber::new(commune, serial).unwrap();
            assert_eq!(FileNumber::read(&number.to_string()), Some(number));
            assert_eq!(number.line().as_str(), number.to_string());
        }
        let written = FileNumber::new(commune, 17).unwrap().to_string();
        assert_eq!(written, "HSCT-00004-00000017");
        for other in [
            "",
            "HS-0042",
            "HO-TAM-00004-1a2b3c4d",
            "HSCT-00004-17",
            "HSCT-4-00000017",
            "HSCT-00004-00000000",
            "HSCT-00004-9999999999999",
            "HSCT-00004-+0000017",
            "HSCT-00004-00000017 ",
        ] {
            assert_eq!(FileNumber::read(other), None, "{other}");
        }
        assert_eq!(FileNumber::new(commune, 0), None);
    }
}
