//! `registryctl node`: one office's node, and whether it may connect.

use serde_json::{Value, json};

use crate::central;
use crate::cli::{Global, NodeAction, NodeArguments};
use crate::client::Api;
use crate::failure::Failure;
use crate::nodes::short;
use crate::output::{Format, Tone, cell, print_json, print_line, table};

/// Fewer characters of an id name too many nodes.
const PREFIX_MIN: usize = 4;

/// Runs the command.
pub(crate) fn run(arguments: &NodeArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let row = find(&api, &arguments.node)?;
    let id = text(&row, "node").to_owned();
    let named = format!(
        "node {} of {} ({})",
        short(&id),
        text(&row, "office_name"),
        text(&row, "office")
    );
    match &arguments.action {
        NodeAction::Show if global.format == Format::Json => print_json(&row),
        NodeAction::Show => show(&row),
        NodeAction::ShutOut { reason } => {
            let path = format!("/api/v1/nodes/{id}/shut-out");
            api.post(&path, &json!({ "reason": reason }))?;
            say(
                global,
                &row,
                &format!(
                    "{named} is shut out; `registryctl node {} let-in` undoes it",
                    short(&id)
                ),
            )
        }
        NodeAction::LetIn => {
            api.post(&format!("/api/v1/nodes/{id}/let-in"), &json!({}))?;
            say(global, &row, &format!("{named} may connect again"))
        }
    }
}

fn say(global: &Global, row: &Value, words: &str) -> Result<(), Failure> {
    if global.format == Format::Json {
        return print_json(&json!({ "node": row.get("node"), "done": words }));
    }
    print_line(words)
}

/// The one node that is meant.
fn find(api: &Api, wanted: &str) -> Result<Value, Failure> {
    let Value::Array(rows) = api.get("/api/v1/nodes")? else {
        return Err(Failure::Failed("the list of nodes is not a list".into()));
    };
    let wanted = wanted.trim().to_lowercase();
    let meant = |row: &Value| {
        text(row, "office") == wanted
            || (wanted.len() >= PREFIX_MIN && text(row, "node").starts_with(&wanted))
    };
    let mut found: Vec<Value> = rows.into_iter().filter(meant).collect();
    match (found.len(), found.pop()) {
        (1, Some(row)) => Ok(row),
        (0, _) => Err(Failure::Usage(format!(
            "no node is named {wanted}: give at least {PREFIX_MIN} characters of its id, or its commune's code; `registryctl nodes` lists them"
        ))),
        (many, _) => Err(Failure::Usage(format!(
            "{many} nodes are named so: give more characters of the id; `registryctl nodes` lists them"
        ))),
    }
}

fn show(row: &Value) -> Result<(), Failure> {
    let Some(fields) = row.as_object() else {
        return print_json(row);
    };
    let mut shown = table(&["what", "value"]);
    for (name, value) in fields {
        let words = match value {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            Value::Object(parts) => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", plain(value)))
                    .collect();
                parts.join(", ")
            }
            other => other.to_string(),
        };
        let tone = match (name.as_str(), value) {
            ("active", Value::Bool(false)) | ("reason", Value::String(_)) => Tone::Bad,
            _ => Tone::Plain,
        };
        shown.add_row([cell(name.replace('_', " "), Tone::Plain), cell(words, tone)]);
    }
    print_line(shown)
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}
