//! `registryctl officer`: accounts of offices' officers, kept at the centre.

use serde_json::{Value, json};

use crate::central;
use crate::cli::{Global, OfficerAction, OfficerAddArguments, OfficerArguments};
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};

/// Runs the command.
pub(crate) fn run(arguments: &OfficerArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let post = |path: &str, body: &Value| api.post(path, body);
    match &arguments.action {
        OfficerAction::Add(new) => add(new, &post),
        OfficerAction::List { office } => {
            let answer = api.get(&format!("/api/v1/offices/{office}/officers"))?;
            list(&answer, global)
        }
        OfficerAction::Roles {
            office,
            name,
            roles,
        } => {
            let path = format!("/api/v1/offices/{office}/officers/{name}/roles");
            post(&path, &json!({"roles": roles}))?;
            print_line(format!(
                "{name} of {office} has these roles, once the feed has come"
            ))
        }
        OfficerAction::Close { office, name } => {
            let path = format!("/api/v1/offices/{office}/officers/{name}/close");
            post(&path, &json!({}))?;
            print_line(format!(
                "{name} of {office} is closed, there once the feed has come"
            ))
        }
        OfficerAction::Reset {
            office,
            name,
            take_away,
        } => {
            let path = format!("/api/v1/offices/{office}/officers/{name}/password");
            let answer = post(&path, &json!({"take_away": take_away}))?;
            if global.format == Format::Json {
                return print_json(&answer);
            }
            match answer.get("password").and_then(Value::as_str) {
                Some(password) => print_line(format!(
                    "password of {name} of {office} for one sign-in within 30 days, once the feed has come: {password}"
                )),
                None => print_line(format!(
                    "{name} of {office} has no password, once the feed has come"
                )),
            }
        }
    }
}

fn add(
    new: &OfficerAddArguments,
    post: &dyn Fn(&str, &Value) -> Result<Value, Failure>,
) -> Result<(), Failure> {
    let (office, name) = (new.office, &new.name);
    let body = json!({"id": name, "name": new.shown, "roles": new.roles});
    post(&format!("/api/v1/offices/{office}/officers"), &body)?;
    print_line(format!(
        "{name} of {office} has an account; give a password: registryctl officer reset {office} {name}"
    ))
}

fn list(answer: &Value, global: &Global) -> Result<(), Failure> {
    if global.format == Format::Json {
        return print_json(answer);
    }
    let rows = answer.as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        return print_line("the office has no accounts");
    }
    let mut shown = table(&["officer", "name", "roles", "account"]);
    for row in &rows {
        let text = |key: &str| {
            row.get(key)
                .and_then(Value::as_str)
                .unwrap_or("-")
                .to_owned()
        };
        let roles = row.get("roles").and_then(Value::as_array);
        let roles = roles.into_iter().flatten().filter_map(Value::as_str);
        let open = row.get("active").and_then(Value::as_bool) == Some(true);
        shown.add_row([
            cell(text("id"), Tone::Plain),
            cell(text("name"), Tone::Plain),
            cell(roles.collect::<Vec<_>>().join(", "), Tone::Plain),
            cell(if open { "open" } else { "closed" }, Tone::Plain),
        ]);
    }
    print_line(shown)
}
