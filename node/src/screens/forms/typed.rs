//! What was typed into a form: flat text by path, as the browser sends it, bounded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Inputs of one form.
const INPUTS_MAX: usize = 600;
/// Longest input, bytes.
const INPUT_BYTES_MAX: usize = 4 << 10;
/// All inputs, bytes.
const BYTES_MAX: usize = 96 << 10;

/// What was typed. No `Debug`: it is people's data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Typed(BTreeMap<String, String>);

impl Typed {
    /// Takes what a browser sent; what is over the bounds is left out.
    pub(super) fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Typed {
        let mut typed = BTreeMap::new();
        let mut bytes = 0;
        for (path, text) in pairs {
            let fits = text.len() <= INPUT_BYTES_MAX && path.len() <= 80;
            if !fits || typed.len() >= INPUTS_MAX || bytes + text.len() > BYTES_MAX {
                continue;
            }
            let text = text.trim();
            if !text.is_empty() {
                bytes += path.len() + text.len();
                typed.insert(path, text.to_owned());
            }
        }
        Typed(typed)
    }

    /// What stands at a path; empty if nothing does.
    pub(super) fn at(&self, path: &str) -> &str {
        self.0.get(path).map_or("", String::as_str)
    }

    /// Puts text at a path; nothing takes it away.
    pub(super) fn set(&mut self, path: &str, text: &str) {
        if text.is_empty() {
            self.0.remove(path);
        } else {
            self.0.insert(path.to_owned(), text.to_owned());
        }
    }

    /// Whether anything stands at a path or below.
    pub(super) fn any(&self, path: &str) -> bool {
        let below = format!("{path}.");
        self.0.contains_key(path) || self.0.keys().any(|key| key.starts_with(&below))
    }

    /// How many rows of a list something stands in: up to the last of them.
    pub(super) fn rows(&self, path: &str) -> usize {
        let below = format!("{path}.");
        self.0
            .keys()
            .filter_map(|key| {
                key.strip_prefix(&below)?
                    .split('.')
                    .next()?
                    .parse::<usize>()
                    .ok()
            })
            .filter(|row| *row < ROWS_MAX)
            .map(|row| row + 1)
            .max()
            .unwrap_or(0)
    }

    /// Closes the gaps between the rows of a list, so that its rows and those of the act agree.
    pub(super) fn close_gaps(&mut self, path: &str) {
        let full: Vec<usize> = (0..self.rows(path))
            .filter(|row| self.any(&format!("{path}.{row}")))
            .collect();
        for (to, from) in full.into_iter().enumerate().filter(|(to, from)| to != from) {
            let (old, new) = (format!("{path}.{from}"), format!("{path}.{to}"));
            let moved: Vec<String> = self
                .0
                .keys()
                .filter(|key| **key == old || key.starts_with(&format!("{old}.")))
                .cloned()
                .collect();
            for key in moved {
                if let (Some(text), Some(rest)) = (self.0.remove(&key), key.strip_prefix(&old)) {
                    self.0.insert(format!("{new}{rest}"), text);
                }
            }
        }
    }

    /// All of it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// Rows of a list in a form: a large household fits.
pub(super) const ROWS_MAX: usize = 24;
