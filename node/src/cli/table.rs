//! Answers as text in columns and blocks.

use serde_json::Value;

use super::{Cli, Format};

/// Shows an answer: as it came for programs, in words and columns for people.
pub(super) fn show(cli: &Cli, answer: &Value, as_text: impl Fn(&Value) -> String) {
    use std::io::Write;
    let text = match cli.format {
        Format::Json => format!("{answer}\n"),
        Format::Table => as_text(answer),
    };
    // Whoever reads may have gone (`| head`); what was asked for is done all the same.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Names and what stands beside them, aligned; a text of several lines goes on under itself.
pub(super) fn block(lines: &[(&str, String)]) -> String {
    let width = lines.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for (name, words) in lines {
        let mut name = *name;
        for line in words.lines() {
            text.push_str(format!("{name:width$}  {line}").trim_end());
            text.push('\n');
            name = "";
        }
    }
    text
}

/// An object, one key a line; objects within it by their path.
pub(super) fn pairs(value: &Value) -> String {
    let mut lines = Vec::new();
    collect("", value, &mut lines);
    let lines: Vec<(&str, String)> = lines
        .iter()
        .map(|(key, text)| (key.as_str(), text.clone()))
        .collect();
    block(&lines)
}

fn collect(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                collect(&path, value, lines);
            }
        }
        other => lines.push((path.to_owned(), cell(other))),
    }
}

/// Rows under heads.
pub(super) struct Rows(Vec<Vec<String>>);

impl Rows {
    /// No rows under these heads.
    pub(super) fn new(heads: &[&str]) -> Rows {
        Rows(vec![heads.iter().map(|head| head.to_uppercase()).collect()])
    }

    /// One more row, a cell for each head.
    pub(super) fn push(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }

    /// The rows in columns.
    pub(super) fn to_text(&self) -> String {
        let columns = self.0.first().map_or(0, Vec::len);
        let width_of = |column: usize| {
            let cells = self.0.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width_of).collect();
        let mut text = String::new();
        for row in &self.0 {
            let padded: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            text.push_str(padded.join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

/// A value as it stands in a cell.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_stand_in_columns_and_pairs_by_path() {
        let mut rows = Rows::new(&["name", "n"]);
        rows.push(vec!["Hòa".to_owned(), "1".to_owned()]);
        rows.push(vec!["Đức Anh".to_owned(), "-".to_owned()]);
        assert_eq!(rows.to_text(), "NAME     N\nHòa      1\nĐức Anh  -\n");
        assert_eq!(
            pairs(&json!({"a": {"b": 1}, "long": ["x", "y"]})),
            "a.b   1\nlong  x, y\n"
        );
        let lines = [("one", "a\nb".to_owned()), ("three", "c".to_owned())];
        assert_eq!(block(&lines), "one    a\n       b\nthree  c\n");
    }
}
