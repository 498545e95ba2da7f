//! `officer`: who the officers of this office are, a new token for one who has none, a password for
//! one sign-in, and an end to waiting after wrong ones.
//!
//! Whoever can read the node's directory holds its keys already, so the directory is the authority.

use std::path::Path;

use registry::OfficerId;
use registry::password::{OncePassword, Verifier};
use serde_json::{Value, json};

use super::client::Client;
use super::table::{self, Rows, cell};
use super::{Cli, Exit, Failure, OfficerCommand};
use crate::api::new_credential;
use crate::clock;
use crate::device::{self, Device};
use crate::door::{new_once_password, new_salt};
use crate::office::{Credential, Office, OfficeError};

pub(super) fn officer(cli: &Cli, command: &OfficerCommand) -> Result<Exit, Failure> {
    match command {
        OfficerCommand::List => list(cli),
        OfficerCommand::Token { name } => token(cli, name),
        OfficerCommand::Password { name } => password(cli, name),
        OfficerCommand::Unlock { name } => unlock(cli, name),
    }
}

fn list(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data, cli.officer.as_ref())?.get("/api/v1/officers", &[])?;
    table::show(cli, &answer, |officers| {
        let mut rows = Rows::new(&["officer", "name", "roles", "account", "password"]);
        for officer in officers.as_array().into_iter().flatten() {
            let shown = |key: &str| officer.get(key).map_or_else(String::new, cell);
            let open = officer.get("active").and_then(Value::as_bool) == Some(true);
            let account = if open { "open" } else { "closed" };
            rows.push(vec![
                shown("id"),
                shown("name"),
                shown("roles"),
                account.to_owned(),
                password_words(officer),
            ]);
        }
        rows.to_text()
    });
    Ok(Exit::Done)
}

/// What an account has for a password, and whether it waits.
fn password_words(officer: &Value) -> String {
    let words = match officer.get("password").and_then(Value::as_str) {
        Some("once") => "for one sign-in",
        Some("own") => "own",
        _ => "none",
    };
    match officer.get("wait_s").and_then(Value::as_u64) {
        Some(seconds @ 1..) => format!("{words}; waits {seconds} s after wrong ones"),
        _ => words.to_owned(),
    }
}

fn password(cli: &Cli, name: &OfficerId) -> Result<Exit, Failure> {
    let password = match through_daemon(&cli.data, name, "password") {
        Err(failure) if failure.exit == Exit::Unreachable => once_at_rest(&cli.data, name)?,
        password => password?,
    };
    let answer = json!({"officer": name.as_str(), "password": password});
    table::show(cli, &answer, |_| {
        format!(
            "password of the officer {name} for one sign-in within 30 days: {password}\n\
             hand it over in person; another is chosen at the first sign-in\n"
        )
    });
    Ok(Exit::Done)
}

fn unlock(cli: &Cli, name: &OfficerId) -> Result<Exit, Failure> {
    let path = format!("/api/v1/officers/{name}/unlock");
    match Client::new(&cli.data, None).and_then(|client| client.post(&path, &json!({}))) {
        Err(failure) if failure.exit == Exit::Unreachable => {
            let office = open(&cli.data)?;
            let lifted = office.lift_wait(name, None, clock::device_s());
            lifted.map_err(|error| failed(&error))?;
            office
                .store()
                .sync()
                .map_err(|error| failed(&error.into()))?;
        }
        answer => drop(answer?),
    }
    let answer = json!({"officer": name.as_str()});
    table::show(cli, &answer, |_| {
        format!("the officer {name} may try again\n")
    });
    Ok(Exit::Done)
}

fn token(cli: &Cli, name: &OfficerId) -> Result<Exit, Failure> {
    let token = match through_daemon(&cli.data, name, "token") {
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

/// The daemon has the store open, so it gives the secret.
fn through_daemon(data: &Path, name: &OfficerId, secret: &str) -> Result<String, Failure> {
    let path = format!("/api/v1/officers/{name}/{secret}");
    let answer = Client::new(data, None)?.post(&path, &json!({}))?;
    let given = answer.get(secret).and_then(Value::as_str);
    given.map(str::to_owned).ok_or_else(|| {
        let words = "the daemon's answer holds nothing new; are both of one release?";
        Failure::new(Exit::Failed, "answer_unreadable", words)
    })
}

/// No daemon runs, so the store can be opened here.
fn at_rest(data: &Path, name: &OfficerId) -> Result<String, Failure> {
    let office = open(data)?;
    let credential = new_credential().ok_or_else(|| {
        let words = "the system gives no random numbers; restart the machine";
        Failure::new(Exit::Failed, "random_failed", words)
    })?;
    give(&office, name, &credential).map_err(|error| failed(&error))?;
    Ok(credential.reveal().to_owned())
}

/// The office of a daemon that does not run, with the officer who set it up.
fn open(data: &Path) -> Result<Office, Failure> {
    let device = Device::load(data)?;
    let (store, _) = device.open_store()?;
    let joined = &device.joined;
    let office = Office::open(store, joined.office, joined.node).map_err(|error| failed(&error))?;
    if office.officers().is_empty() {
        let enrolled = office.enrol_first(&joined.officer);
        enrolled.map_err(|error| failed(&error))?;
    }
    Ok(office)
}

/// Likewise a password for one sign-in.
fn once_at_rest(data: &Path, name: &OfficerId) -> Result<String, Failure> {
    let office = open(data)?;
    let once = set_once_password(&office, name)?;
    office
        .store()
        .sync()
        .map_err(|error| failed(&error.into()))?;
    Ok(once.reveal().to_owned())
}

/// Sets a password for one sign-in; durable after the next sync.
pub(super) fn set_once_password(
    office: &Office,
    name: &OfficerId,
) -> Result<OncePassword, Failure> {
    let no_random = || {
        let words = "the system gives no random numbers; restart the machine";
        Failure::new(Exit::Failed, "random_failed", words)
    };
    let once = new_once_password().ok_or_else(no_random)?;
    let salt = new_salt().ok_or_else(no_random)?;
    let verifier = Verifier::of(&once.secret(), &salt)
        .map_err(|error| Failure::new(Exit::Failed, error.code(), &error.to_string()))?;
    office
        .set_password(name, verifier, true, None, clock::device_s())
        .map_err(|error| failed(&error))?;
    Ok(once)
}

fn give(office: &Office, name: &OfficerId, credential: &Credential) -> Result<(), OfficeError> {
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
