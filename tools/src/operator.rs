//! `registryctl operator`: people who work at the central registry.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::json;

use crate::central;
use crate::cli::{Global, OperatorAction, OperatorAddArguments, OperatorArguments};
use crate::failure::Failure;
use crate::output::{Format, print_json, print_line};

/// Runs the command.
pub(crate) fn run(arguments: &OperatorArguments, global: &Global) -> Result<(), Failure> {
    match &arguments.action {
        OperatorAction::Add(arguments) => add(arguments, global),
    }
}

fn add(arguments: &OperatorAddArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let roles: Vec<&str> = arguments.roles.iter().map(|role| role.as_str()).collect();
    let body = json!({
        "name": arguments.name.as_str(),
        "roles": roles,
        "province": arguments.province,
    });
    let answer = api.post("/api/v1/operators", &body)?;
    let token = answer
        .get("token")
        .and_then(serde_json::Value::as_str)
        .ok_or_else(|| Failure::Failed("the central registry answered without a token".into()))?;
    match &arguments.out {
        Some(path) => {
            write_secret(path, token)?;
            print_line(format!(
                "{} may now work; the token is in {}",
                arguments.name,
                path.display()
            ))
        }
        None if global.format == Format::Json => print_json(&answer),
        None => {
            print_line(token)?;
            Ok(())
        }
    }
}

/// Writes a secret into a new file that only its owner reads.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Failure::file(path, &error))?;
    writeln!(file, "{text}").map_err(|error| Failure::file(path, &error))
}
