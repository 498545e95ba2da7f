//! A name, or a line of words, as files have it.

use std::fmt;

use crate::name::{NameError, PersonName};
use crate::text::TextError;
use crate::text::legacy::{Encoding, Mistyped, mistyped, mistyped_text};
use crate::value::Line;

/// Why a text of a file is no name.
#[derive(Debug)]
pub enum NameFault {
    /// It cannot be one.
    Name(NameError),
    /// It is one in an old encoding, and was taken for Unicode.
    Encoding(Mistyped),
}

/// Why a text of a file is not taken: an address, a ground, words for a place.
#[derive(Debug)]
pub enum LineFault {
    /// It is too long, or holds what no line holds.
    Line(TextError),
    /// It is in an old encoding, and was taken for Unicode.
    Encoding(Mistyped),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::Encoding(looks) => tell(f, "name", looks),
        }
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => error.fmt(f),
            Self::Encoding(looks) => tell(f, "text", looks),
        }
    }
}

fn tell(f: &mut fmt::Formatter<'_>, what: &str, looks: &Mistyped) -> fmt::Result {
    let titles: Vec<String> = looks.encodings.iter().map(Encoding::to_string).collect();
    let titles = titles.join(" or ");
    if !looks.surely {
        return write!(
            f,
            "this {what} is kept as it stands, and would be Vietnamese in {titles}: look whether the \
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
        "this {what} is written in {titles}, which is older than Unicode: convert this column to \
         Unicode (UTF-8); if the whole file is written so, say --encoding {}; if it is really \
         written as it stands, say --keep-names",
        options.join(" or ")
    )
}

impl LineFault {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Line(error) => error.code(),
            Self::Encoding(_) => "text_legacy_encoding",
        }
    }
    /// Whether the text can hardly be meant as it stands.
    pub const fn is_sure(&self) -> bool {
        match self {
            Self::Line(_) => true,
            Self::Encoding(looks) => looks.surely,
        }
    }
}

/// Reads a line of words, and tells beside it if it looks like one of an old encoding, as
/// [`read_name`] does.
///
/// # Errors
/// When it is no line.
pub fn read_line(text: &str) -> Result<(Line, Option<LineFault>), LineFault> {
    let looks = mistyped_text(text).map(LineFault::Encoding);
    match (Line::parse(text), looks) {
        (Ok(line), looks) => Ok((line, looks)),
        (Err(_), Some(looks)) => Err(looks),
        (Err(error), None) => Err(LineFault::Line(error)),
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
