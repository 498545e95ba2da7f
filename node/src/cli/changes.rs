//! `changes`: what an act changed.

use registry::ActId;
use registry::reading::ReadReason;
use serde_json::Value;

use super::client::Client;
use super::table::{self, Rows, cell};
use super::words::moment;
use super::{Cli, Exit, Failure};
use crate::office::Effect;

pub(super) fn changes(cli: &Cli, act: &ActId, reason: ReadReason) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let path = format!("/api/v1/acts/{act}/changes");
    let answer = client.get(&path, &[("reason", reason.key())])?;
    table::show(cli, &answer, as_text);
    Ok(Exit::Done)
}

fn as_text(act: &Value) -> String {
    let shown = |key: &str| text_of(act, key);
    let office = match shown("office") {
        office if office.is_empty() => "the centre".to_owned(),
        office => office,
    };
    let entered = act.get("entered_s").and_then(Value::as_i64);
    let papers: Vec<String> = list(act, "/papers").map(paper).collect();
    let grounds: Vec<String> = list(act, "/in_words/en/grounds").map(cell).collect();
    let lines = [
        ("act", shown("kind")),
        ("about", shown("about")),
        ("state", shown("state")),
        ("effective", shown("effective")),
        ("entered", entered.map_or_else(String::new, moment)),
        ("officer", format!("{}, office {office}", shown("officer"))),
        ("papers", papers.join("\n")),
        ("ground", grounds.join("\n")),
        ("remark", shown("note")),
    ];
    let lines: Vec<(&str, String)> = lines
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let mut text = table::block(&lines);
    let effect = act.get("effect").cloned().unwrap_or_default();
    if let Some(words) = serde_json::from_value(effect).ok().and_then(without_effect) {
        text.push_str(&format!("\n{words}\n"));
    }
    for met in list(act, "/met") {
        text.push_str(&met_text(met));
    }
    let mut none = true;
    for record in list(act, "/in_words/en/records") {
        none = false;
        text.push_str(&record_text(record));
    }
    if none {
        text.push_str("\nit changes no record\n");
    }
    text
}

/// Why the records do not stand as the act says; nothing if they do.
const fn without_effect(effect: Effect) -> Option<&'static str> {
    Some(match effect {
        Effect::Stands => return None,
        Effect::NotYet => {
            "it has no effect yet, and no record is changed so far; this is what was declared"
        }
        Effect::SetAside => {
            "a case was decided otherwise: what was in dispute of it has no effect any more"
        }
        Effect::NoLonger => "it was withdrawn and has no effect any more; this is what it changed",
        Effect::Never => "it has no effect, and no record is changed; this is what was declared",
    })
}

/// Another act whose author did not know of this one, nor this one's of it.
fn met_text(met: &Value) -> String {
    let words = met.pointer("/words/en").map_or_else(String::new, cell);
    let Some(other) = met.get("other") else {
        return String::new();
    };
    let entered = other.get("entered_s").and_then(Value::as_i64);
    format!(
        "\n{words}\nmet {} of office {}, entered {} ({})\n",
        text_of(other, "kind"),
        text_of(other, "office"),
        entered.map_or_else(String::new, moment),
        text_of(other, "act")
    )
}

/// What stands there; nothing where nothing stands.
fn text_of(value: &Value, key: &str) -> String {
    let there = value.get(key).filter(|value| !value.is_null());
    there.map_or_else(String::new, cell)
}

fn list<'v>(value: &'v Value, path: &str) -> impl Iterator<Item = &'v Value> {
    let found = value.pointer(path).and_then(Value::as_array);
    found.into_iter().flatten()
}

fn paper(paper: &Value) -> String {
    let parts = ["kind", "number", "date"].map(|key| text_of(paper, key));
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn record_text(record: &Value) -> String {
    let shown = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut text = format!("\n{}\n", shown("name"));
    let unknown = shown("unknown");
    if !unknown.is_empty() {
        text.push_str(&format!("{unknown}\n"));
    }
    let values = |item: &Value, path: &str| -> String {
        let values: Vec<String> = list(item, path).map(cell).collect();
        values.join("; ")
    };
    let new = record.get("new").and_then(Value::as_bool) == Some(true);
    let mut rows = match new {
        true => Rows::new(&["item", "value"]),
        false => Rows::new(&["item", "before", "after"]),
    };
    for item in list(record, "/items") {
        let mut cells = vec![text_of(item, "label")];
        if !new {
            cells.push(match unknown {
                "" => values(item, "/before"),
                _ => "(not known)".to_owned(),
            });
        }
        cells.push(values(item, "/after"));
        rows.push(cells);
    }
    text + &rows.to_text()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_act_is_told_with_what_stood_before_or_that_nobody_knows() {
        let of = |unknown: &str, effect: &str| {
            json!({"kind": "contact", "about": ["Trần Thị Hòa (1980)"], "effect": effect,
                "effective": "2026-11-21", "officer": "lan", "office": "00004", "note": "",
                "papers": [{"kind": "CT01", "number": "7", "date": null}],
                "in_words": {"en": {"grounds": [], "records": [{"name": "Trần Thị Hòa (1980)",
                    "new": false, "unknown": unknown, "items": [
                        {"label": "Phone", "before": ["0911111111"], "after": ["0912345678"]}]}]}}})
        };
        let known = as_text(&of("", "stands"));
        for part in ["CT01, 7\n", "lan, office 00004", "0911111111  0912345678"] {
            assert!(known.contains(part), "{part}: {known}");
        }
        assert!(!known.contains("remark") && !known.contains("no effect"));
        let unknown = as_text(&of("the record is not here", "never"));
        assert!(unknown.contains("(not known)") && !unknown.contains("0911111111"));
        assert!(unknown.contains("the record is not here\n") && unknown.contains("no effect"));
        assert!(as_text(&json!({})).contains("changes no record"));
        let mut met = of("", "stands");
        met["met"] = json!([{"words": {"en": "The value of the other act is shown now"},
            "other": {"act": "0808", "kind": "contact", "office": "00008", "entered_s": 0}}]);
        let told = as_text(&met);
        assert!(
            told.contains("other act is shown now") && told.contains("met contact of office 00008")
        );
        for (effect, words) in [
            ("not_yet", "no effect yet"),
            ("set_aside", "decided otherwise"),
            ("no_longer", "withdrawn"),
        ] {
            assert!(as_text(&of("", effect)).contains(words), "{effect}");
        }
    }
}
