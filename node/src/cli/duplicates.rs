//! Who may be registered already, as a clerk reads it: before filing and in the answer to it.

use serde_json::Value;

use super::{ask, table};

/// Findings that are shown of one person.
const FINDINGS_SHOWN: usize = 6;

/// The answer to a check.
pub(super) fn checked(answer: &Value) -> String {
    let makes = answer.get("makes").and_then(Value::as_u64).unwrap_or(0);
    let changes = answer
        .get("changes")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let found = told(answer);
    let nobody = if makes > 0 && found.is_empty() {
        "nobody of this office looks like who would be made\n"
    } else {
        ""
    };
    format!(
        "nothing was filed; it can be: it would make {makes} and change {changes} records\n{}{nobody}{found}",
        ask::notices(answer)
    )
}

/// The possible duplicates of an answer; nothing if there are none.
pub(super) fn told(answer: &Value) -> String {
    let found = answer.get("duplicates").and_then(Value::as_array);
    found.into_iter().flatten().map(one).collect()
}

fn one(found: &Value) -> String {
    let text = |pointer: &str| {
        let value = found.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let score = found.get("score").and_then(Value::as_i64).unwrap_or(0);
    let heading = if text("/hint") == "strong" {
        "very probably registered already (rất có thể đã đăng ký)"
    } else {
        "may be registered already (có thể đã đăng ký)"
    };
    let findings = found.get("explanation").and_then(Value::as_array);
    let findings = findings
        .into_iter()
        .flatten()
        .take(FINDINGS_SHOWN)
        .map(|finding| {
            let part = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
            let points = finding.get("points").and_then(Value::as_i64).unwrap_or(0);
            format!("{points:+}  {} ({})", part("vi"), part("en"))
        });
    let findings: Vec<String> = findings.collect();
    let lines = [
        ("person", text("/person/name")),
        ("born", text("/person/birth_date")),
        ("number", text("/person/pin_masked")),
        ("lives", text("/person/address")),
        ("record", text("/person/id")),
        ("why", findings.join("\n")),
    ];
    format!("{heading}, {score} points:\n{}", table::block(&lines))
}
