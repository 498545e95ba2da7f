//! Reads a form as an act, or says of **every** input what cannot be read. The act's reader stops at
//! the first: what it stopped at is noted and something readable put in its place, until it comes
//! to the end.

use registry::act::ActKind;
use registry::law::of_input;
use registry::procedure::Filing;
use serde_json::{Value, json};

use super::super::words::Words;
use super::codes::list;
use super::inputs::Faults;
use super::spec::{Codes, Form, Widget};
use super::typed::Typed;
use super::unread::{dotted, missing, unread_words};
use super::written;
use crate::api::read_filing;

/// Inputs of one form that are told: more at once help nobody.
const TOLD_MAX: usize = 48;

/// Reads the act, or says what cannot be read.
pub(super) fn read(words: &Words, form: &Form, typed: &Typed) -> Result<Filing, Faults> {
    let mut json = written::act_json(form, typed);
    let mut stop = match stop_of(&json) {
        Ok(filing) => return Ok(filing),
        Err(stop) => stop,
    };
    let mut faults = Faults::default();
    for ask in form.steps.iter().flat_map(|step| step.asks) {
        if ask.need && at(&json, ask.path).is_none() {
            let law = of_input(ActKind::named(form.act), ask.path);
            let said = cited(words, words.t("wrong-missing"), law);
            faults.at.insert(ask.path.to_owned(), said);
        }
    }
    for _ in 0..TOLD_MAX {
        if matches!(stop.path.as_str(), "" | "act") {
            faults
                .whole
                .push(unread_words(words, form, &stop.path, &stop.text));
            break;
        }
        let below = format!("{}.", stop.path);
        let told = |key: &String| *key == stop.path || key.starts_with(&below);
        if !faults.at.keys().any(told) {
            let said = unread_words(words, form, &stop.path, &stop.text);
            let said = cited(words, said, stop.source);
            faults.at.insert(stop.path.clone(), said);
        }
        match past(&mut json, form, words, &stop) {
            Some(next) => stop = next,
            None => break,
        }
    }
    Err(faults)
}

/// Where the reader stopped.
struct Stop {
    path: String,
    /// What is wrong, in both languages where the reader of the value knows them.
    text: String,
    /// Where the rule of it stands.
    source: Option<&'static str>,
}

/// What is said, with the law behind it.
fn cited(words: &Words, said: String, law: Option<&'static str>) -> String {
    let Some(law) = law else { return said };
    let named = registry::law::in_vietnamese(law);
    format!(
        "{} ({})",
        said.trim_end_matches('.'),
        words.pick(&named, law)
    )
}

fn stop_of(json: &Value) -> Result<Filing, Stop> {
    read_filing(json.to_string().as_bytes()).map_err(|error| {
        let told = error.words();
        let mut path = told.field.as_deref().map(dotted).unwrap_or_default();
        // What is missing is said of the whole; it is shown where it is missing.
        if let Some(name) = missing(&told.words) {
            path = [path.as_str(), name].join(".").trim_matches('.').to_owned();
        }
        Stop {
            path,
            text: told.text(),
            source: told.source,
        }
    })
}

/// Puts something readable where the reader stopped; where it stops then, if it goes on at all.
fn past(json: &mut Value, form: &Form, words: &Words, stop: &Stop) -> Option<Stop> {
    for stand_in in stand_ins(form, words, &stop.path) {
        let mut tried = json.clone();
        if !put(&mut tried, &stop.path, stand_in) {
            return None;
        }
        match stop_of(&tried) {
            Ok(_) => return None,
            Err(next) if next.path != stop.path => {
                *json = tried;
                return Some(next);
            }
            Err(_) => {}
        }
    }
    None
}

/// Values of which one is of the kind that an input wants.
fn stand_ins(form: &Form, words: &Words, path: &str) -> Vec<Value> {
    let mut asks = form.steps.iter().flat_map(|step| step.asks);
    let codes = match asks.find(|ask| ask.path == path).map(|ask| ask.by) {
        Some(Widget::Code(codes) | Widget::Several(codes)) => Some(codes),
        _ if path.ends_with(".relation") => Some(Codes::Relation),
        _ => None,
    };
    let code = codes.and_then(|codes| list(codes, words).into_iter().next());
    let code = code.map(|(code, _)| json!(code));
    let zeros = "0".repeat(32);
    let others = [
        Value::Null,
        json!("2000-01-01"),
        json!("Nguyễn Văn A"),
        json!(1),
        json!(true),
        json!([]),
        json!({}),
        json!(zeros),
        json!({ "id": zeros }),
        json!({ "record": zeros }),
        json!("00004"),
    ];
    code.into_iter().chain(others).collect()
}

fn at<'v>(json: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(json, |value, key| match value {
        Value::Array(rows) => rows.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    })
}

/// Puts a value at a path; tells whether there is such a place.
fn put(json: &mut Value, path: &str, value: Value) -> bool {
    let (parent, key) = match path.rsplit_once('.') {
        Some((parent, key)) => (parent, key),
        None => ("", path),
    };
    let mut keys = parent.split('.').filter(|key| !key.is_empty());
    let place = keys.try_fold(json, |value, key| match value {
        Value::Array(rows) => rows.get_mut(key.parse::<usize>().ok()?),
        other => other.get_mut(key),
    });
    match place {
        Some(Value::Object(inner)) => {
            inner.insert(key.to_owned(), value);
            true
        }
        Some(Value::Array(rows)) => match key.parse().ok().and_then(|row: usize| rows.get_mut(row))
        {
            Some(row) => {
                *row = value;
                true
            }
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::words::{Lang, words};
    use super::super::table::form_of;
    use super::*;

    fn faulty(act: &str, pairs: &[(&str, &str)]) -> Vec<String> {
        let pairs = pairs.iter();
        let typed = Typed::of(pairs.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        let read = read(words(Lang::Vi), form_of(act).unwrap(), &typed);
        let faults = read.err().map(|faults| (faults.at, faults.whole));
        let (at, whole) = faults.unwrap_or_default();
        assert!(whole.is_empty(), "{whole:?}");
        at.into_keys().collect()
    }

    #[test]
    fn every_input_that_cannot_be_read_is_told_at_once() {
        assert_eq!(
            faulty(
                "birth",
                &[
                    ("child.name", "Trần Bảo Ngọc"),
                    ("child.birth_date", "31/31/2026"),
                    ("father.pin", "12"),
                    ("birth_order", "hai"),
                    ("evidence.0.kind", "giấy chứng sinh"),
                    ("evidence.0.date", "hôm qua"),
                    ("effective", "mai"),
                ]
            ),
            [
                "birth_order",
                "child.birth_date",
                "child.sex",
                "effective",
                "evidence.0.date",
                "father.pin"
            ]
        );
        assert_eq!(
            faulty("birth", &[]),
            ["child.birth_date", "child.name", "child.sex"]
        );
        let whole = [
            ("child.name", "Trần Bảo Ngọc"),
            ("child.birth_date", "30/10/2026"),
            ("child.sex", "female"),
        ];
        assert!(faulty("birth", &whole).is_empty());
    }

    /// Of every form: an empty one is told what it needs, and nothing twice.
    #[test]
    fn an_empty_form_is_told_all_that_it_needs() {
        for form in super::super::table::FORMS {
            let asks = || form.steps.iter().flat_map(|step| step.asks);
            let needs: Vec<&str> = asks().filter(|ask| ask.need).map(|ask| ask.path).collect();
            let told = faulty(form.act, &[]);
            if told.is_empty() {
                continue;
            }
            for need in needs {
                assert!(
                    told.iter().any(|path| path == need),
                    "{}: {need} {told:?}",
                    form.act
                );
            }
        }
    }
}
