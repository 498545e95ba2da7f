//! Numbers of up to 16 digits held four bits a digit, so that "holds these digits anywhere" is a
//! few shifts.

/// Sixteen places of four bits, filled from the right; a place without a digit holds `F`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits(u64);

/// Digits to look for, the last one first, each in all sixteen places.
#[derive(Debug, Clone)]
pub(super) struct Part(Vec<u64>);

/// One in each place.
const ONES: u64 = 0x1111_1111_1111_1111;

impl Digits {
    /// No number.
    pub(super) const NONE: Self = Self(u64::MAX);

    /// The digits of `text`, at most its last 16; everything else is passed over.
    pub(super) fn read(text: &str) -> Self {
        let digits = text.chars().filter_map(|c| c.to_digit(10)).map(u64::from);
        Self(digits.fold(u64::MAX, |bits, digit| bits << 4 | digit))
    }
    /// Whether the digits of `part` stand in it in a row. All places are looked at together: after
    /// each digit the highest bit of those places is left where the row may still begin.
    pub(super) fn contains(self, part: &Part) -> bool {
        let mut places = ONES << 3;
        for (shift, digit) in (0u32..).step_by(4).zip(&part.0) {
            let differs = self.0 ^ digit;
            let low = (differs & (ONES * 7)) + ONES * 7;
            let equal = !(low | differs) & (ONES << 3);
            places &= equal >> shift;
            if places == 0 {
                return false;
            }
        }
        true
    }
}

impl Part {
    /// Reads 1 to 15 digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        if !(1..=15).contains(&text.len()) {
            return None;
        }
        let digits = text
            .chars()
            .rev()
            .map(|c| c.to_digit(10).map(|d| u64::from(d) * ONES));
        digits.collect::<Option<Vec<u64>>>().map(Self)
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
            ("1", true),
            ("4", false),
            ("0001", false),
            ("00023", true),
            ("8700", true),
            ("001087000231", true),
            ("2310", false),
            ("9999", false),
            ("0010870002310", false),
        ] {
            assert_eq!(number.contains(&Part::read(part).unwrap()), found, "{part}");
            assert!(!Digits::NONE.contains(&Part::read(part).unwrap()));
        }
        assert!(Part::read("12a4").is_none());
        assert!(Part::read("").is_none());
        assert!(Part::read("1234567890123456").is_none());
    }
}
