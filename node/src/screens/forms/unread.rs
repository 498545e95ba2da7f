//! What of a form cannot be read as an act, in the clerk's language and at the input that it is
//! about.

use registry::words::Said;

use super::super::fault::in_words;
use super::super::words::Words;
use super::spec::{Form, Widget};

/// The input that a reader misses.
pub(super) fn missing(words: &str) -> Option<&str> {
    words.strip_prefix("missing field `")?.split('`').next()
}

/// A path as forms write it: `people[0].person` is `people.0.person`.
pub(super) fn dotted(path: &str) -> String {
    path.replace('[', ".")
        .replace(']', "")
        .trim_matches('.')
        .to_owned()
}

/// What cannot be read, in the clerk's language: as the reader of the value says it in both, else by
/// the kind of the input.
pub(super) fn unread_words(words: &Words, form: &Form, path: &str, text: &str) -> String {
    if missing(text).is_some() {
        return words.t("wrong-missing");
    }
    // Names of JSON's items are for programs.
    if let Some(said) = Said::of_text(text).filter(|said| !said.en.contains('`')) {
        return in_words(words, &said);
    }
    let mut asks = form.steps.iter().flat_map(|step| step.asks);
    let ask = asks.find(|ask| path == ask.path || path.starts_with(&format!("{}.", ask.path)));
    let last = path.rsplit('.').next().unwrap_or_default();
    let key = match (last, ask.map(|ask| ask.by)) {
        ("pin" | "claimed_pin", _) => "wrong-pin",
        ("value", _) => "wrong-value",
        ("phone", _) => "wrong-phone",
        ("email", _) => "wrong-email",
        ("unit", _) => "wrong-commune",
        ("country", _) => "wrong-country",
        ("of", _) => "wrong-act",
        (
            "birth_date" | "date" | "from" | "to" | "since" | "agreed" | "declared" | "effective",
            _,
        )
        | (_, Some(Widget::Date | Widget::Birth)) => "wrong-date",
        ("name", _) => "wrong-name",
        (
            "relation" | "sex" | "ethnic" | "religion" | "blood" | "ground" | "cause" | "reason",
            _,
        )
        | (_, Some(Widget::Code(_))) => "wrong-choice",
        ("person", _) | (_, Some(Widget::Somebody)) => "wrong-person",
        (_, Some(Widget::Number)) => "wrong-number",
        _ => "wrong-input",
    };
    words.t(key)
}
