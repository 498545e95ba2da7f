//! What a person is told, in both languages, held together where the rule is: fixed words as
//! [`Words`], words with numbers or names in them as [`Said`]. Laws are named in
//! [`crate::law`]; the words of the clash table are beside it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something said in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Words {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Words in both languages.
pub const fn words(vi: &'static str, en: &'static str) -> Words {
    Words { vi, en }
}

/// Words in both languages with something in them that differs from one time to the next. Shown
/// as text it is both at once, English first, so that whatever carries an error as one text
/// ([`Said::of_text`] parts it again) drops neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// Stands between the two languages where both are one text.
const BETWEEN: &str = " ‖ ";

impl Said {
    /// Said in Vietnamese and in English.
    pub(crate) fn new(vi: impl Into<String>, en: impl Into<String>) -> Said {
        Said {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// The two languages of a text that holds both; `None` of any other text.
    pub fn of_text(text: &str) -> Option<Said> {
        let (en, vi) = text.rsplit_once(BETWEEN)?;
        Some(Said {
            vi: vi.to_owned(),
            en: en.to_owned(),
        })
    }

    /// The same with something put behind it in brackets: a law, as each language calls it.
    #[must_use]
    pub fn by_law(self, law: &str) -> Said {
        Said {
            vi: format!("{} ({})", self.vi, crate::law::in_vietnamese(law)),
            en: format!("{} ({law})", self.en),
        }
    }
}

impl From<Words> for Said {
    fn from(words: Words) -> Said {
        Said {
            vi: words.vi.to_owned(),
            en: words.en.to_owned(),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{BETWEEN}{}", self.en, self.vi)
    }
}

/// What is wrong with a value, in both languages.
pub trait Tells {
    /// It in words.
    fn said(&self) -> Said;
}

/// Gives an error that [`Tells`] its English words as its `Display`.
macro_rules! told_in_english {
    ($error:ty) => {
        impl std::error::Error for $error {}
        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&crate::words::Tells::said(self).en)
            }
        }
    };
}
pub(crate) use told_in_english;

/// The error of a reader of JSON that keeps both languages.
#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
pub(crate) fn unread<T: Tells, E: serde::de::Error>(wrong: T) -> E {
    E::custom(wrong.said())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_come_through_one_text() {
        let said = Said::from(words("ngày này chưa đến", "the day has not come"));
        assert_eq!(Said::of_text(&said.to_string()), Some(said.clone()));
        assert_eq!(Said::of_text("missing field `date`"), None);
        assert_eq!(
            said.by_law("Law on Residence 68/2020, Art. 24(1)(a)").vi,
            "ngày này chưa đến (Luật Cư trú 68/2020, Điều 24 khoản 1 điểm a)"
        );
    }
}
