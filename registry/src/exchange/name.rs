//! A name as files have it.

use std::fmt;

use crate::name::{NameError, PersonName};
use crate::text::legacy::{Encoding, Mistyped, mistyped};

/// Why a text of a file is no name.
#[derive(Debug)]
pub enum NameFault {
    /// It cannot be one.
    Name(NameError),
    /// It is one in an old encoding, and was taken for Unicode.
    Encoding(Mistyped),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let looks = match self {
            Self::Name(error) => return error.fmt(f),
            Self::Encoding(looks) => looks,
        };
        let titles: Vec<String> = looks.encodings.iter().map(Encoding::to_string).collect();
        let titles = titles.join(" or ");
        if !looks.surely {
            return write!(
                f,
                "this name is kept as it stands, and would be Vietnamese in {titles}: look whether the \
                 column was converted to Unicode"
            );
        }
        let options: Vec<&str> = looks
            .encodings
            .iter()
            .map(|encoding| encoding.name())
            .collect();
        write!(
            f,
            "this name is written in {titles}, which is older than Unicode: convert this column to \
             Unicode (UTF-8); if the whole file is written so, say --encoding {}; if people are \
             really called so, say --keep-names",
            options.join(" or ")
        )
    }
}

impl NameFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::Encoding(_) => "name_legacy_encoding",
        }
    }
}

/// Reads a name, and tells beside it if it looks like one of an old encoding. The encoding is judged for a
/// file, and names in an old one may stand beside addresses in Unicode: a name that is Vietnamese only
/// in an old encoding would be taken letter by letter, and nobody would find the person.
///
/// # Errors
/// When it is no name.
pub fn read_name(text: &str) -> Result<(PersonName, Option<NameFault>), NameFault> {
    let looks = mistyped(text).map(NameFault::Encoding);
    match (PersonName::parse(text), looks) {
        (Ok(name), looks) => Ok((name, looks)),
        // Many of its letters are signs in Unicode.
        (Err(_), Some(looks)) => Err(looks),
        (Err(error), None) => Err(NameFault::Name(error)),
    }
}

impl NameFault {
    /// Whether the text can hardly be a name as it stands.
    pub const fn is_sure(&self) -> bool {
        match self {
            Self::Name(_) => true,
            Self::Encoding(looks) => looks.surely,
        }
    }
}
