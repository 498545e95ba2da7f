//! Short text from the peer: bounded, one line, printable.

use serde::{Deserialize, Serialize};

/// Text of at most `MAX` bytes without control characters, so that what a peer says can stand on
/// a screen and in a log without breaking either.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// The text, cut at the limit, with every control character replaced by a space.
    pub fn cut(text: &str) -> Self {
        let mut kept = String::new();
        for character in text.chars() {
            let character = if character.is_control() {
                ' '
            } else {
                character
            };
            if kept.len() + character.len_utf8() > MAX {
                break;
            }
            kept.push(character);
        }
        Self(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() > MAX || text.chars().any(char::is_control) {
            Err("too long, or not one printable line")
        } else {
            Ok(Self(text))
        }
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character_and_cleaned() {
        assert_eq!(Text::<4>::cut("ab\ncd").as_str(), "ab c");
        assert_eq!(Text::<2>::cut("xã").as_str(), "x");
        assert!(Text::<4>::try_from("abcde".to_owned()).is_err());
        assert!(Text::<4>::try_from("a\u{1b}".to_owned()).is_err());
        assert!(Text::<4>::try_from("abcd".to_owned()).is_ok());
    }
}
