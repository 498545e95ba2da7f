//! Numbers of up to 16 digits held four bits a digit, so that "holds these digits anywhere" is a
//! few shifts.

/// Sixteen places of four bits, filled from the right; a place without a digit holds `F`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits(u64);

/// Digits to look for, the last one first, each in all sixteen places.
#[derive(Debug, Clone)]
pub(super) struct Part {
    last: [u64; LAST],
    before: Vec<u64>,
}

/// So many digits are compared before anything is decided: they leave out nearly every number, and
/// to decide after each one took twice as long, because nobody can guess how it comes out.
const LAST: usize = 3;

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
    #[inline]
    pub(super) fn contains(self, part: &Part) -> bool {
        let mut places = ONES << 3;
        for (shift, digit) in (0u32..).step_by(4).zip(&part.last) {
            places &= self.places_of(*digit) >> shift;
        }
        places != 0 && self.contains_before(part, places)
    }
    /// The rest of [`Digits::contains`].
    #[cold]
    fn contains_before(self, part: &Part, mut places: u64) -> bool {
        for (shift, digit) in (0u32..).step_by(4).skip(LAST).zip(&part.before) {
            places &= self.places_of(*digit) >> shift;
        }
        places != 0
    }
    /// The highest bit of each place that holds a digit.
    const fn places_of(self, digit: u64) -> u64 {
        let differs = self.0 ^ digit;
        let low = (differs & (ONES * 7)) + ONES * 7;
        !(low | differs) & (ONES << 3)
    }
}

impl Part {
    /// Reads 3 to 15 digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        if !(LAST..=15).contains(&text.len()) {
            return None;
        }
        let digits = text
            .chars()
            .rev()
            .map(|c| c.to_digit(10).map(|d| u64::from(d) * ONES));
        let digits = digits.collect::<Option<Vec<u64>>>()?;
        let (last, before) = digits.split_first_chunk()?;
        Some(Self {
            last: *last,
            before: before.to_vec(),
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
            ("231", true),
            ("230", false),
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
        assert!(Part::read("12").is_none());
        assert!(Part::read("1234567890123456").is_none());
    }
}
