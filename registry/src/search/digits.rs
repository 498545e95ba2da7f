//! Numbers of up to 16 digits held four bits a digit, so that "holds these digits anywhere" is a
//! few shifts.

/// Sixteen places of four bits, filled from the right; a place without a digit holds `F`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits(u64);

/// Digits to look for: their bits, and a mask as wide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    bits: u64,
    mask: u64,
}

impl Digits {
    /// No number.
    pub(super) const NONE: Self = Self(u64::MAX);

    /// The digits of `text`, at most its last 16; everything else is passed over.
    pub(super) fn read(text: &str) -> Self {
        let digits = text.chars().filter_map(|c| c.to_digit(10)).map(u64::from);
        Self(digits.fold(u64::MAX, |bits, digit| bits << 4 | digit))
    }
    /// Whether the digits of `part` stand in it in a row.
    pub(super) fn contains(self, part: Part) -> bool {
        let mut rest = self.0;
        if rest == u64::MAX {
            return false;
        }
        // The places without a digit are the leftmost, so one ends the number.
        while rest & 0xF != 0xF {
            if rest & part.mask == part.bits {
                return true;
            }
            rest = rest >> 4 | 0xF << 60;
        }
        false
    }
}

impl Part {
    /// Reads 1 to 15 digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        let fits = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !fits {
            return None;
        }
        let mask = text.bytes().fold(0, |mask, _| mask << 4 | 0xF);
        Some(Self {
            bits: Digits::read(text).0 & mask,
            mask,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_wherever_it_stands() {
        let number = Digits::read("001087000231");
        for (part, found) in [
            ("0010", true),
            ("0231", true),
            ("8700", true),
            ("001087000231", true),
            ("2310", false),
            ("9999", false),
            ("0010870002310", false),
        ] {
            assert_eq!(number.contains(Part::read(part).unwrap()), found, "{part}");
            assert!(!Digits::NONE.contains(Part::read(part).unwrap()));
        }
        assert!(Part::read("12a4").is_none());
        assert!(Part::read("").is_none());
        assert!(Part::read("1234567890123456").is_none());
    }
}
