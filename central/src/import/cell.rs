//! Reading the cells of one row: each into its type, all faults of the row gathered. A fault names
//! the column and the rule, never the content.

use std::str::FromStr;

use registry::OfficeCode;
use registry::act::ActKind;
use registry::code::{Country, Ethnic, TABLE_1979};
use registry::date::{BirthDate, DateError, PartialDate};
use registry::exchange::{LineFault, NameFault, read_line, read_name};
use registry::name::PersonName;
use registry::pin::Pin;
use registry::procedure::Refusal;
use registry::unit::Units;
use registry::value::{Line, PersonLink, Place};
use registry::words::Tells;

use registry::exchange::Row;

use super::column::{Column, DateForm};

/// Parts of one cell, between semicolons.
const PARTS_MAX: usize = 16;
/// The forms of dates that files may have, for who wrote another.
const DATE_FORMS: &str = "this is no date in a form that is read: write 31/12/1990, 31-12-1990, \
                          1990-12-31, 12/1990 or 1990, as much of it as is known; the day comes \
                          before the month; of dates of eight digits the map says the order (dates)";

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub column: Column,
    /// Stable name of the rule.
    pub code: &'static str,
    /// The rule in words.
    pub words: String,
    /// Where the rule stands, if it is not that of the column.
    pub source: Option<&'static str>,
}

/// The error types of cells: a stable code beside the words.
pub(super) trait Coded: std::fmt::Display {
    fn code(&self) -> &'static str;
}

macro_rules! coded {
    ($($error:ty)*) => {
        $(impl Coded for $error {
            fn code(&self) -> &'static str {
                <$error>::code(self)
            }
        })*
    };
}

coded! {
    registry::pin::PinError
    registry::pin::OldNumberError
    registry::name::NameError
    LineFault
    NameFault
    registry::date::DateError
    registry::code::CodeError
    registry::text::TextError
    registry::contact::ContactError
}

impl Coded for registry::IdError {
    fn code(&self) -> &'static str {
        "unit_form"
    }
}

/// One row being read.
pub(super) struct Cells<'a> {
    row: &'a Row,
    dates: DateForm,
    units: &'a Units,
    /// Whoever imports has said that names and texts are Unicode, however they look.
    pub(super) as_written: bool,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(row: &'a Row, dates: DateForm, units: &'a Units) -> Self {
        Self {
            row,
            dates,
            units,
            as_written: false,
            faults: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// What is wrong, and what is only odd.
    pub(super) fn into_findings(self) -> (Vec<Fault>, Vec<Fault>) {
        (self.faults, self.warnings)
    }

    /// Something odd that is imported all the same.
    pub(super) fn warn(&mut self, column: Column, code: &'static str, words: &str) {
        self.warnings.push(Fault {
            column,
            code,
            words: words.to_owned(),
            source: None,
        });
    }

    pub(super) fn fault(&mut self, column: Column, code: &'static str, words: &str) {
        self.faults.push(Fault {
            column,
            code,
            words: words.to_owned(),
            source: None,
        });
    }

    /// What an act of this kind is refused for as well, in the same words and by the same rule.
    pub(super) fn refuse(&mut self, column: Column, refusal: &Refusal, kind: ActKind) {
        self.faults.push(Fault {
            column,
            code: refusal.code(),
            words: refusal.said().en,
            source: refusal.source(kind),
        });
    }

    pub(super) const fn units(&self) -> &'a Units {
        self.units
    }

    pub(super) fn text(&self, column: Column) -> &'a str {
        self.row.text(column)
    }

    pub(super) const fn row(&self) -> &'a Row {
        self.row
    }

    fn take<T, E: Coded>(&mut self, column: Column, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.fault(column, error.code(), &error.to_string()))
            .ok()
    }

    /// A cell that may be empty.
    pub(super) fn optional<T: FromStr<Err: Coded>>(&mut self, column: Column) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        self.take(column, text.parse())
    }

    /// A cell that must have something.
    pub(super) fn required<T: FromStr<Err: Coded>>(&mut self, column: Column) -> Option<T> {
        if self.is_missing(column) {
            return None;
        }
        self.optional(column)
    }

    /// A name that may be empty.
    fn name(&mut self, column: Column) -> Option<PersonName> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        self.one_name(column, text)
    }

    fn one_name(&mut self, column: Column, text: &str) -> Option<PersonName> {
        let (name, looks) = self.take(column, read_name(text))?;
        let surely = looks.as_ref().is_some_and(NameFault::is_sure);
        self.unless_old(column, name, surely, looks)
    }

    /// What was read of a cell that looks like an old encoding, if it is kept all the same.
    fn unless_old<T>(
        &mut self,
        column: Column,
        read: T,
        surely: bool,
        looks: Option<impl Coded>,
    ) -> Option<T> {
        let Some(looks) = looks else {
            return Some(read);
        };
        if surely && !self.as_written {
            self.fault(column, looks.code(), &looks.to_string());
            return None;
        }
        self.warn(column, looks.code(), &looks.to_string());
        Some(read)
    }

    /// Names between semicolons.
    pub(super) fn names(&mut self, column: Column) -> Vec<PersonName> {
        let parts = self.split(column);
        parts
            .into_iter()
            .filter_map(|part| self.one_name(column, part))
            .collect()
    }

    /// A name that must be there.
    pub(super) fn required_name(&mut self, column: Column) -> Option<PersonName> {
        if self.is_missing(column) {
            return None;
        }
        self.name(column)
    }

    fn is_missing(&mut self, column: Column) -> bool {
        let missing = self.text(column).is_empty();
        if missing {
            self.fault(column, "cell_empty", "this cell must not be empty");
        }
        missing
    }

    pub(super) fn pin(&mut self, this_year: u16) -> Option<Pin> {
        let column = Column::Pin;
        // Who has none yet has that of an office.
        let has_local = !self.text(Column::LocalFile).is_empty();
        if (has_local && self.text(column).is_empty()) || self.is_missing(column) {
            return None;
        }
        self.take(column, Pin::parse(self.text(column), this_year))
    }

    pub(super) fn line(&mut self, column: Column) -> Line {
        let read = self.take(column, read_line(self.text(column)));
        let line = read.and_then(|(line, looks)| {
            let surely = looks.as_ref().is_some_and(LineFault::is_sure);
            self.unless_old(column, line, surely, looks)
        });
        line.unwrap_or_default()
    }

    /// A date that may be known in part.
    pub(super) fn date(&mut self, column: Column) -> Option<PartialDate> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let read = PartialDate::parse_written(&rewritten(text, self.dates));
        self.take_date(column, read)
    }

    fn take_date<T>(&mut self, column: Column, read: Result<T, DateError>) -> Option<T> {
        if let Err(wrong @ DateError::Form) = &read {
            self.fault(column, wrong.code(), DATE_FORMS);
            return None;
        }
        self.take(column, read)
    }

    pub(super) fn required_date(&mut self, column: Column) -> Option<PartialDate> {
        if self.is_missing(column) {
            return None;
        }
        self.date(column)
    }

    pub(super) fn birth(&mut self) -> Option<BirthDate> {
        let column = Column::BirthDate;
        let original = self.text(Column::BirthOriginal);
        if !original.is_empty() {
            let date = self.date(column);
            return self.take(Column::BirthOriginal, BirthDate::new(date, Some(original)));
        }
        if self.is_missing(column) {
            return None;
        }
        let text = rewritten(self.text(column), self.dates);
        let birth = self.take_date(column, BirthDate::parse_written(&text))?;
        if birth.original().is_some() {
            let words = "this is no day of the calendar: it is kept as it is written";
            self.warn(column, "birth_date_as_written", words);
        }
        Some(birth)
    }

    /// A commune that exists today. The code of an earlier one is followed from decree to decree;
    /// the address tells the part of one that was divided by hamlets.
    pub(super) fn commune(&mut self, column: Column, address: &str) -> Option<OfficeCode> {
        let code: OfficeCode = self.required(column)?;
        if self.units.exists(code) {
            return Some(code);
        }
        let edition = self.units.edition();
        if let Some(divided) = self.units.divided(code, edition, address, edition) {
            let parts: Vec<String> = divided.parts.iter().map(OfficeCode::to_string).collect();
            let parts = parts.join(", ");
            let words = format!("this commune was divided: write which part it is ({parts})");
            self.fault(column, "unit_divided", &words);
            return None;
        }
        let now = self.units.holder(code, edition, address);
        if self.units.exists(now) {
            let words = format!("an earlier commune's code: taken as {now}, which it became");
            self.warn(column, "unit_followed", &words);
            return Some(now);
        }
        let words = "no table of units ever had this commune";
        self.fault(column, "unit_unknown", words);
        None
    }

    /// A place of which unit, words or country are given.
    pub(super) fn place(
        &mut self,
        unit: Column,
        text: Column,
        country: Option<Column>,
    ) -> Option<Place> {
        let unit = self.optional(unit);
        let text = self.line(text);
        let country: Option<Country> = country.and_then(|column| self.optional(column));
        // A country is told where it is not Viet Nam.
        let country = country.filter(|country| *country != Country::VIET_NAM);
        (unit.is_some() || !text.is_empty() || country.is_some()).then_some(Place {
            unit,
            text,
            country,
        })
    }

    /// Another person, by all that is told of them: a number that leads to nobody in this registry
    /// leaves only the name.
    pub(super) fn link(&mut self, name: Column, pin: Column) -> Option<PersonLink> {
        let name = self.name(name);
        let pin: Option<Pin> = self.optional(pin);
        match (name, pin) {
            (Some(name), pin) => Some(PersonLink::Named { name, pin }),
            (None, pin) => pin.map(PersonLink::Pin),
        }
    }

    pub(super) fn ethnic(&mut self) -> Option<Ethnic> {
        let text = self.text(Column::Ethnic);
        if text.is_empty() {
            return None;
        }
        if text.contains(':') {
            return self.take(Column::Ethnic, text.parse());
        }
        let table = match self.text(Column::EthnicTable) {
            "" | "1979" => Some(TABLE_1979),
            other => other.parse().ok(),
        };
        let (Some(table), Ok(code)) = (table, text.parse()) else {
            let words = "the ethnic group must be a code of a table, for example 01 of 1979";
            self.fault(Column::Ethnic, "ethnic_unknown_value", words);
            return None;
        };
        self.take(Column::Ethnic, Ethnic::new(table, code))
    }

    pub(super) fn countries(&mut self) -> Vec<Country> {
        self.parts(Column::Nationality, str::parse)
    }

    /// The parts of a cell, between semicolons.
    pub(super) fn parts<T, E: Coded>(
        &mut self,
        column: Column,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let parts = self.split(column);
        parts
            .into_iter()
            .filter_map(|part| self.take(column, read(part)))
            .collect()
    }

    fn split(&mut self, column: Column) -> Vec<&'a str> {
        let parts = self.text(column).split(';').map(str::trim);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        if parts.len() > PARTS_MAX {
            self.fault(column, "cell_parts", "this cell has too many parts");
            return Vec::new();
        }
        parts
    }
}

/// A date of digits alone as offices write it; anything else as it is.
fn rewritten(text: &str, form: DateForm) -> std::borrow::Cow<'_, str> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = match form {
        DateForm::Auto => None,
        _ if !digits => None,
        DateForm::Yyyymmdd => text.split_at_checked(4).and_then(|(year, rest)| {
            let (month, day) = rest.split_at_checked(2)?;
            Some((day, month, year))
        }),
        DateForm::Ddmmyyyy => text.split_at_checked(2).and_then(|(day, rest)| {
            let (month, year) = rest.split_at_checked(2)?;
            Some((day, month, year))
        }),
    };
    match parts {
        // Files write 00 for a day or a month that is not known.
        Some(("00", "00", year)) => year.to_owned().into(),
        Some(("00", month, year)) => format!("{month}/{year}").into(),
        Some((day, month, year)) => format!("{day}/{month}/{year}").into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_digits_are_rewritten_and_unknown_parts_left_out() {
        for (text, form, read) in [
            ("19901231", DateForm::Yyyymmdd, "31/12/1990"),
            ("31121990", DateForm::Ddmmyyyy, "31/12/1990"),
            ("19900000", DateForm::Yyyymmdd, "1990"),
            ("00121990", DateForm::Ddmmyyyy, "12/1990"),
            ("1990", DateForm::Yyyymmdd, "1990"),
            ("31/12/1990", DateForm::Auto, "31/12/1990"),
        ] {
            assert_eq!(rewritten(text, form), read);
        }
    }
}
