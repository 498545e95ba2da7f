//! `officer`: who the officers of this office are, and a new token for one who has none.
//!
//! Whoever can read the node's directory holds its keys already, so the directory is the authority.

use std::path::Path;

use registry::OfficerId;
use serde_json::{Value, json};

use super::client::Client;
use super::table::{self, Rows, cell};
use super::{Cli, Exit, Failure, OfficerCommand};
use crate::api::new_credential;
use crate::clock;
use crate::device::{self, Device};
use crate::office::{Credential, Office, OfficeError};

pub(super) fn officer(cli: &Cli, command: &OfficerCommand) -> Result<Exit, Failure> {
    match command {
        OfficerCommand::List => list(cli),
        OfficerCommand::Token { name } => token(cli, name),
    }
}

fn list(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data, cli.officer.as_ref())?.get("/api/v1/officers", &[])?;
    table::show(cli, &answer, |officers| {
        let mut rows = Rows::new(&["officer", "name", "roles", "account"]);
        for officer in officers.as_array().into_iter().flatten() {
            let shown = |key: &str| officer.get(key).map_or_else(String::new, cell);
            let open = officer.get("active").and_then(Value::as_bool) == Some(true);
            let account = if open { "open" } else { "closed" };
            rows.push(vec![
                shown("id"),
                shown("name"),
                shown("roles"),
                account.to_owned(),
            ]);
        }
        rows.to_text()
    });
    Ok(Exit::Done)
}

fn token(cli: &Cli, name: &OfficerId) -> Result<Exit, Failure> {
    let token = match through_daemon(&cli.data, name) {
        Err(failure) if failure.exit == Exit::Unreachable => at_rest(&cli.data, name)?,
        token => token?,
    };
    let path = device::token_path(&cli.data, name);
    device::write(&path, &token, true)?;
    let answer = json!({"officer": name.as_str(), "file": path.display().to_string()});
    table::show(cli, &answer, |_| {
        format!(
            "the officer {name} has a new token: {} (only its owner can read it)\nuse it: commune-node --as {name} status --data {}\n",
            path.display(),
            cli.data.display()
        )
    });
    Ok(Exit::Done)
}

/// The daemon has the store open, so it gives the token.
fn through_daemon(data: &Path, name: &OfficerId) -> Result<String, Failure> {
    let path = format!("/api/v1/officers/{name}/token");
    let answer = Client::new(data, None)?.post(&path, &json!({}))?;
    let token = answer.get("token").and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| {
        let words = "the daemon's answer holds no token; are both of one release?";
        Failure::new(Exit::Failed, "answer_unreadable", words)
    })
}

/// No daemon runs, so the store can be opened here.
fn at_rest(data: &Path, name: &OfficerId) -> Result<String, Failure> {
    let device = Device::load(data)?;
    let (store, _) = device.open_store()?;
    let joined = &device.joined;
    let credential = new_credential().ok_or_else(|| {
        let words = "the system gives no random numbers; restart the machine";
        Failure::new(Exit::Failed, "random_failed", words)
    })?;
    let office = Office::open(store, joined.office, joined.node).map_err(|error| failed(&error))?;
    give(&office, &device, name, &credential).map_err(|error| failed(&error))?;
    Ok(credential.reveal().to_owned())
}

fn give(
    office: &Office,
    device: &Device,
    name: &OfficerId,
    credential: &Credential,
) -> Result<(), OfficeError> {
    if office.officers().is_empty() {
        office.enrol_first(&device.joined.officer)?;
    }
    office.give_credential(name, credential, clock::device_s())?;
    office.store().sync()?;
    Ok(())
}

fn failed(error: &OfficeError) -> Failure {
    let exit = match error {
        OfficeError::OfficerUnknown => Exit::Refused,
        _ => Exit::Store,
    };
    Failure::new(exit, error.code(), &error.to_string())
}
