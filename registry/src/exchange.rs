//! People as files carry them: a row of texts by column. A CSV file writes the row as it is, a
//! QCVN 109:2017 message writes it as elements (`exchange/qcvn.rs`); a record becomes a row in
//! `exchange/person.rs`. From rows to records, with all that may be wrong with a cell, is the
//! central registry's import.

mod column;
mod history;
mod name;
mod papers;
mod person;
pub mod qcvn;

pub use column::Column;
pub use history::{EntryFault, HISTORIES, read as read_entries};
pub use name::{LineFault, NameFault, read_line, read_name};
pub use person::{Carried, Directory, HouseholdNumbers, row_of};

use crate::text::TextError;

/// Pairs of one cell of other items.
const OTHERS_MAX: usize = 64;

/// What a file says of one person: a text for each column, empty where it says nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Row {
    cells: Vec<String>,
    /// Whether the first day of residence is only the day of the data.
    pub residence_from_assumed: bool,
}

/// Citizens' data: not shown.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row(…)")
    }
}

impl Row {
    /// The text of a column.
    pub fn text(&self, column: Column) -> &str {
        self.cells.get(column.place()).map_or("", String::as_str)
    }

    /// Sets the text of a column.
    pub fn set(&mut self, column: Column, text: &str) {
        if self.cells.len() < Column::ALL.len() {
            self.cells.resize(Column::ALL.len(), String::new());
        }
        if let Some(cell) = self.cells.get_mut(column.place()) {
            cell.clear();
            cell.push_str(text);
        }
    }

    /// Adds a value to a column that may have several.
    pub fn add(&mut self, column: Column, text: &str) {
        let mut all = self.text(column).to_owned();
        if !all.is_empty() {
            all.push(';');
        }
        all.push_str(text);
        self.set(column, &all);
    }

    /// Empties every column, to be filled again.
    pub fn clear(&mut self) {
        for cell in &mut self.cells {
            cell.clear();
        }
        self.residence_from_assumed = false;
    }

    /// The texts in the order of [`Column::ALL`].
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        Column::ALL.iter().map(|column| self.text(*column))
    }

    /// The items that have no column, with their names.
    ///
    /// # Errors
    /// When there are more than anybody has.
    pub fn others(&self) -> Result<Vec<(String, String)>, TextError> {
        split_others(self.text(Column::Others))
    }

    /// Adds an item that has no column.
    pub fn add_other(&mut self, name: &str, text: &str) {
        let pair = format!("{}={}", escaped(name), escaped(text));
        self.add(Column::Others, &pair);
    }
}

/// `;`, `=` and `\` are led by a `\`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ';' | '=' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn split_others(cell: &str) -> Result<Vec<(String, String)>, TextError> {
    let mut pairs = Vec::new();
    let (mut name, mut text) = (None, String::new());
    let mut chars = cell.chars();
    loop {
        let c = chars.next();
        match c {
            Some('\\') => text.extend(chars.next()),
            Some('=') if name.is_none() => name = Some(std::mem::take(&mut text)),
            None | Some(';') => {
                let name = name.take().unwrap_or_default();
                let text = std::mem::take(&mut text);
                if !(name.is_empty() && text.is_empty()) {
                    pairs.push((name.trim().to_owned(), text.trim().to_owned()));
                }
            }
            Some(c) => text.push(c),
        }
        if pairs.len() > OTHERS_MAX {
            return Err(TextError::TooLong {
                length: pairs.len(),
                max: OTHERS_MAX,
            });
        }
        if c.is_none() {
            return Ok(pairs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_without_a_column_come_back_whatever_signs_they_have() {
        let mut row = Row::default();
        let items = [
            ("qcvn:ThuongTru/MaQuanHuyen", "001"),
            ("ghi chú", "a=b; c\\d"),
            ("x", ""),
        ];
        for (name, text) in items {
            row.add_other(name, text);
        }
        let read = row.others().unwrap();
        let read: Vec<(&str, &str)> = read.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        assert_eq!(read, items);
        row.set(Column::Others, &"a=1;".repeat(65));
        assert!(row.others().is_err());
    }

    #[test]
    fn a_row_is_emptied_and_says_nothing_in_debug() {
        let mut row = Row::default();
        assert_eq!(row.text(Column::Name), "");
        row.set(Column::Name, "Lê Thị Ba");
        assert_eq!(format!("{row:?}"), "Row(…)");
        row.clear();
        assert!(row.cells().all(str::is_empty));
    }
}
