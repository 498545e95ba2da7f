//! What an input is called on its form, put before what is wrong with it: a clerk knows the label
//! that stands there, and never the name that the act has for it in JSON.

use std::collections::BTreeMap;

use registry::schema::Field;

use super::super::words::Words;
use super::spec::Form;

/// What is wrong, by path, and what is wrong with the whole.
#[derive(Default)]
pub(super) struct Faults {
    /// By the path of the input.
    pub(super) at: BTreeMap<String, String>,
    /// Of no input in particular.
    pub(super) whole: Vec<String>,
}

impl Faults {
    /// Takes what is wrong at a path or below, so that each is told once.
    pub(super) fn take(&mut self, path: &str) -> Option<String> {
        let below = format!("{path}.");
        let key = self
            .at
            .keys()
            .find(|key| *key == path || key.starts_with(&below))
            .cloned()?;
        self.at.remove(&key)
    }

    /// Whether anything is wrong at a path or below.
    pub(super) fn any(&self, path: &str) -> bool {
        let below = format!("{path}.");
        let mut keys = self.at.keys();
        keys.any(|key| key == path || key.starts_with(&below))
    }

    /// Each after what its input is called on the form.
    pub(super) fn labelled(mut self, words: &Words, form: &Form) -> Faults {
        for (path, wrong) in &mut self.at {
            *wrong = labelled(label(words, form, path), wrong);
        }
        self
    }

    pub(super) fn take_exact(&mut self, path: &str) -> Option<String> {
        self.at.remove(path)
    }
}

/// The inputs that a widget is made of, by the end of their paths.
const PARTS: &[(&str, &str)] = &[
    ("pin", "pin-number"),
    ("name", "name"),
    ("birth_date", "birth-date"),
    ("unit", "ask-commune"),
    ("text", "ask-place-text"),
    ("country", "ask-country"),
    ("relation", "relation"),
    ("permanent_address", "ask-permanent-address"),
    ("temporary_address", "ask-temporary-address"),
    ("kind", "ask-paper"),
    ("number", "ask-paper-number"),
    ("date", "ask-paper-date"),
    ("field", "ask-item"),
    ("value", "ask-new-value"),
];

/// What the input at a path is called, with the row and the part that are meant; the name of the
/// item in the register where the form does not ask for it.
pub(super) fn label(words: &Words, form: &Form, path: &str) -> Option<String> {
    let mut asks = form.steps.iter().flat_map(|step| step.asks);
    let found = asks.find_map(|ask| match path.strip_prefix(ask.path)? {
        "" => Some((ask, "")),
        rest => Some((ask, rest.strip_prefix('.')?)),
    });
    let Some((ask, rest)) = found else {
        let last = path.rsplit('.').next().unwrap_or_default();
        let rule = Field::from_key(last)?.rule();
        return Some(words.pick(rule.label_vi, rule.label_en).to_owned());
    };
    let mut label = short(&words.t(ask.label));
    let row = rest.split('.').find_map(|part| part.parse::<i64>().ok());
    if let Some(row) = row {
        label = format!("{label}, {}", lowered(&words.n("row-number", row + 1)));
    }
    let last = rest.rsplit('.').next().unwrap_or_default();
    if let Some((_, key)) = PARTS.iter().find(|(part, _)| *part == last) {
        label = format!("{label}, {}", lowered(&short(&words.t(key))));
    }
    Some(label)
}

/// What is wrong, after what the input is called.
pub(super) fn labelled(label: Option<String>, wrong: &str) -> String {
    match label {
        Some(label) => format!("{label}: {}", lowered(wrong)),
        None => raised(wrong),
    }
}

/// A label without what it explains in brackets.
fn short(label: &str) -> String {
    let (head, _) = label.split_once(" (").unwrap_or((label, ""));
    head.to_owned()
}

/// Without the capital of a beginning; names in capitals keep theirs.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// With the capital of a beginning.
fn raised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::words::{Lang, words};
    use super::super::table::form_of;
    use super::*;

    #[test]
    fn an_input_is_called_as_its_form_calls_it() {
        for (act, path, vi, en) in [
            ("birth", "child.birth_date", "Ngày sinh", "Date of birth"),
            ("birth", "effective", "Có hiệu lực từ", "Effective from"),
            (
                "birth",
                "evidence.1.date",
                "Giấy tờ kèm theo, dòng 2, ngày của giấy tờ",
                "Papers, row 2, date of the paper",
            ),
            (
                "permanent_registration",
                "people.0.person.pin",
                "Người chuyển đến, dòng 1, số định danh",
                "Who moves, row 1, number",
            ),
            // Asked by no input of its own: the register's name.
            (
                "card_application",
                "birth_date",
                "Ngày, tháng, năm sinh",
                "Date of birth",
            ),
        ] {
            let form = form_of(act).unwrap();
            let told = |lang| label(words(lang), form, path).unwrap();
            assert_eq!(
                (told(Lang::Vi), told(Lang::En)),
                (vi.to_owned(), en.to_owned())
            );
        }
        assert_eq!(
            labelled(Some("Ngày".to_owned()), "Mục này bắt buộc."),
            "Ngày: mục này bắt buộc."
        );
        assert_eq!(labelled(None, "số quá dài"), "Số quá dài");
        assert_eq!(labelled(Some("Tệp".to_owned()), "JPEG"), "Tệp: JPEG");
    }
}
