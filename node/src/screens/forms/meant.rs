//! Names that were typed as the keys of Telex or VNI because the input method was off: `Nguyeenx` is
//! `Nguyễn`. What was typed stays; what it may mean is offered, and taken when the clerk says so,
//! for there are people whose name is written so.

use registry::name::PersonName;
use registry::search::without_input_method;

use super::spec::Form;
use super::typed::Typed;

/// The name that was meant, if it is another and can be one.
pub(super) fn name(typed: &str) -> Option<String> {
    let meant = without_input_method(typed)?;
    let meant = PersonName::parse(&meant).ok()?.as_str().to_owned();
    (meant != typed).then_some(meant)
}

/// The names of a form that may be meant otherwise: path, as typed, as meant.
pub(super) fn names(form: &Form, typed: &Typed) -> Vec<(String, String, String)> {
    typed
        .pairs()
        .filter(|(path, _)| is_name(form, path))
        .filter_map(|(path, text)| Some((path.to_owned(), text.to_owned(), name(text)?)))
        .collect()
}

/// Whether a person's name is typed at a path.
pub(super) fn is_name(form: &Form, path: &str) -> bool {
    let mut asks = form.steps.iter().flat_map(|step| step.asks);
    let name = path == "name" || path.ends_with(".name");
    name && asks.any(|ask| path == ask.path || path.starts_with(&format!("{}.", ask.path)))
}
