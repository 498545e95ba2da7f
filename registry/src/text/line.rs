//! One line of text as a field holds it: bounded, clean, and redacted in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::form::{TextError, bounded};
use crate::words::{Said, Tells};

/// One line of clean text of at most `MAX` characters; may be empty.
///
/// `Debug` is redacted and there is no `Display`: addresses and remarks tell about citizens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Cleans `text` and takes it if it fits.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        match bounded(text, MAX) {
            Err(TextError::Empty) => Ok(Self::default()),
            other => other.map(|text| Self(text.into_owned())),
        }
    }
    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Line<MAX> {
    type Error = Said;
    fn try_from(text: String) -> Result<Self, Said> {
        Self::parse(&text).map_err(|wrong| wrong.said())
    }
}
impl<const MAX: usize> std::str::FromStr for Line<MAX> {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::parse(text)
    }
}
impl<const MAX: usize> From<Line<MAX>> for String {
    fn from(line: Line<MAX>) -> Self {
        line.0
    }
}
impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_bounded_and_tells_nothing_in_debug() {
        assert_eq!(Line::<5>::parse(" ab ").unwrap().as_str(), "ab");
        assert!(
            Line::<5>::parse("  ").unwrap().is_empty(),
            "nothing written is no error"
        );
        assert_eq!(
            Line::<5>::parse("abcdef").unwrap_err(),
            TextError::TooLong { length: 6, max: 5 }
        );
        assert_eq!(Line::<5>::parse("a\u{1}b").unwrap_err(), TextError::Control);
        assert_eq!(
            format!("{:?}", Line::<9>::parse("secret").unwrap()),
            "Line(…)"
        );
        assert!(serde_json::from_str::<Line<2>>("\"abc\"").is_err());
        assert_eq!(
            serde_json::from_str::<Line<3>>("\" abc\"")
                .unwrap()
                .as_str(),
            "abc"
        );
    }
}
