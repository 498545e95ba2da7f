//! Answers as text in columns.

use serde_json::Value;

/// The keys that are shown, in their order.
pub(super) type Columns = &'static [&'static str];

/// An object, one key a line; objects within it by their path.
pub(super) fn pairs(value: &Value) -> String {
    let mut lines = Vec::new();
    collect("", value, &mut lines);
    let width = lines
        .iter()
        .map(|(key, _)| key.chars().count())
        .max()
        .unwrap_or(0);
    lines
        .iter()
        .map(|(key, text)| format!("{key:width$}  {text}\n"))
        .collect()
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

/// A list of objects as rows, and how many there are.
pub(super) fn rows(value: &Value, columns: Columns) -> String {
    let empty = Vec::new();
    let list = value.as_array().unwrap_or(&empty);
    let heads: Vec<String> = columns.iter().map(|key| key.to_uppercase()).collect();
    let body = list.iter().map(|row| {
        columns
            .iter()
            .map(|key| row.get(*key).map_or_else(String::new, cell))
            .collect()
    });
    let lines: Vec<Vec<String>> = std::iter::once(heads).chain(body).collect();
    let width_of = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width_of).collect();
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text.push_str(&format!("({} found)\n", list.len()));
    text
}

fn cell(value: &Value) -> String {
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
        let list = json!([{"name": "Hòa", "n": 1}, {"name": "Đức Anh", "n": null}]);
        assert_eq!(
            rows(&list, &["name", "n"]),
            "NAME     N\nHòa      1\nĐức Anh  -\n(2 found)\n"
        );
        assert_eq!(
            pairs(&json!({"a": {"b": 1}, "long": ["x", "y"]})),
            "a.b   1\nlong  x, y\n"
        );
    }
}
