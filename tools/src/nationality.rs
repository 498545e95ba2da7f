//! `registryctl nationality`: records at the centre what the President decided on somebody's
//! nationality.

use serde::Deserialize;
use serde_json::json;

use crate::central;
use crate::cli::{Global, NationalityArguments};
use crate::failure::Failure;
use crate::numbers::plain;
use crate::output::{Format, print_json, print_line};

/// What was, or would be, changed.
#[derive(Debug, Deserialize)]
struct Changed {
    record: String,
    before: Option<Vec<String>>,
    now: Vec<String>,
    rule: String,
    act: Option<String>,
}

/// Runs the command.
pub(crate) fn run(wanted: &NationalityArguments, global: &Global) -> Result<(), Failure> {
    let of = plain(&wanted.of)?;
    if wanted.paper.trim().is_empty() {
        return Err(Failure::Usage(
            "--paper: give the number of the decision; the offices read it".into(),
        ));
    }
    let api = central::connect(global)?;
    let api = central::speaking_as(api, wanted.as_person.as_deref())?;
    let body = json!({
        "of": of,
        "ground": wanted.ground.trim(),
        "now": countries(&wanted.now),
        "paper": wanted.paper.trim(),
        "date": wanted.date.trim(),
        "dry_run": wanted.dry_run,
    });
    let answer = api.post("/api/v1/nationality/change", &body)?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let changed: Changed = serde_json::from_value(answer)
        .map_err(|_| Failure::Usage("the registry's answer is of another version".into()))?;
    print_line(words(&changed))
}

/// The list as it was typed; nothing of somebody who is stateless.
fn countries(typed: &str) -> Vec<String> {
    let typed = typed.trim();
    if typed.eq_ignore_ascii_case("none") {
        return Vec::new();
    }
    let parts = typed.split([',', ' ']).filter(|part| !part.is_empty());
    parts.map(str::to_uppercase).collect()
}

fn words(changed: &Changed) -> String {
    let list = |countries: &[String]| match countries {
        [] => "stateless".to_owned(),
        list => list.join(", "),
    };
    let before = changed.before.as_deref();
    let before = before.map_or_else(|| "not on the record".to_owned(), list);
    let (record, rule, now) = (&changed.record, &changed.rule, list(&changed.now));
    match &changed.act {
        Some(act) => {
            format!("record {record}: nationality {now}, before {before} ({rule}; act {act})")
        }
        None => format!(
            "would enter on record {record}: nationality {now}, before {before} ({rule}); nothing was changed"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_typed_with_commas_and_a_stateless_person_has_none() {
        assert_eq!(countries("vn, de"), ["VN", "DE"]);
        assert_eq!(countries(" VN "), ["VN"]);
        assert!(countries("none").is_empty() && countries("NONE").is_empty());
    }

    #[test]
    fn what_was_only_looked_at_says_so() {
        let mut changed = Changed {
            record: "ab".to_owned(),
            before: Some(vec!["VN".to_owned()]),
            now: Vec::new(),
            rule: "Law on Vietnamese Nationality 24/2008, Art. 29".to_owned(),
            act: None,
        };
        let looked = words(&changed);
        assert!(looked.contains("nothing was changed") && looked.contains("stateless"));
        changed.act = Some("cd".to_owned());
        changed.before = None;
        let done = words(&changed);
        assert!(done.contains("act cd") && done.contains("before not on the record"));
    }
}
