//! `registryctl returned`: acts that took no effect, with the reason that their office was told.

use serde_json::Value;

use crate::central;
use crate::cli::{Global, ReturnedArguments};
use crate::duration::moment;
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};

/// Runs the command.
pub(crate) fn run(arguments: &ReturnedArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let answer = api.get(&format!("/api/v1/returned?limit={}", arguments.limit))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let rows = answer.as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        return print_line("no act was returned");
    }
    let mut shown = table(&["office", "act", "kind", "when", "code", "reason"]);
    for row in &rows {
        let text = |key: &str| {
            row.get(key)
                .and_then(Value::as_str)
                .unwrap_or("-")
                .to_owned()
        };
        let number = |key: &str| row.get(key).and_then(Value::as_i64);
        shown.add_row([
            cell(text("office"), Tone::Plain),
            cell(number("number").unwrap_or_default(), Tone::Plain),
            cell(text("kind"), Tone::Plain),
            cell(
                number("at_s").map_or_else(|| "-".into(), moment),
                Tone::Plain,
            ),
            cell(text("code"), Tone::Late),
            cell(text("words"), Tone::Plain),
        ]);
    }
    print_line(shown)
}
