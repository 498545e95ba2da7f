//! The commands that ask the running daemon.

use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use super::client::Client;
use super::table::{self, Columns};
use super::{Cli, Exit, Failure, Format, LineWanted};

/// Largest act that is read from a file, bytes.
const ACT_BYTES_MAX: u64 = 256 << 10;

pub(super) fn status(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data)?.get("/api/v1/status", &[])?;
    show(cli, &answer, table::pairs);
    Ok(Exit::Done)
}

/// Exit code 3 if something is not final.
pub(super) fn pending(cli: &Cli) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data)?;
    let mut acts = Vec::new();
    for state in [
        "provisional",
        "waiting",
        "returned",
        "parked",
        "quarantined",
    ] {
        let query = [("state", state), ("limit", "500")];
        if let Value::Array(found) = client.get("/api/v1/acts", &query)? {
            acts.extend(found);
        }
    }
    let none = acts.is_empty();
    const COLUMNS: Columns = &[
        "number",
        "state",
        "kind",
        "officer",
        "effective",
        "code",
        "words",
        "act",
    ];
    show(cli, &Value::Array(acts), |rows| table::rows(rows, COLUMNS));
    Ok(if none { Exit::Done } else { Exit::Refused })
}

pub(super) fn act(cli: &Cli, file: &Path) -> Result<Exit, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin()
            .take(ACT_BYTES_MAX)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(file)
            .and_then(|file| file.take(ACT_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::system(&format!("read {}", file.display()), &error))?;
    let body: Value = serde_json::from_str(&text).map_err(|error| {
        let words = format!(
            "{} is not JSON (line {}, column {}); docs/acts.md shows one act of each kind",
            file.display(),
            error.line(),
            error.column()
        );
        Failure::new(Exit::Usage, "input_unreadable", &words)
    })?;
    let answer = Client::new(&cli.data)?.post("/api/v1/acts", &body)?;
    show(cli, &answer, table::pairs);
    Ok(Exit::Done)
}

pub(super) fn find(cli: &Cli, query: &str, limit: usize) -> Result<Exit, Failure> {
    let limit = limit.to_string();
    let query = [("q", query), ("limit", limit.as_str())];
    let answer = Client::new(&cli.data)?.get("/api/v1/people", &query)?;
    const COLUMNS: Columns = &[
        "name",
        "birth_date",
        "pin_masked",
        "address",
        "household_file",
        "state",
        "id",
    ];
    show(cli, &answer, |rows| table::rows(rows, COLUMNS));
    Ok(Exit::Done)
}

pub(super) fn sync_now(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data)?.post("/api/v1/sync-now", &json!({}))?;
    show(cli, &answer, table::pairs);
    Ok(Exit::Done)
}

pub(super) fn line(cli: &Cli, wanted: LineWanted) -> Result<Exit, Failure> {
    let state = match wanted {
        LineWanted::Cut => "cut",
        LineWanted::Restore => "restore",
    };
    let answer = Client::new(&cli.data)?.post("/api/v1/line", &json!({ "state": state }))?;
    show(cli, &answer, table::pairs);
    Ok(Exit::Done)
}

/// Exit code 3 if something would be lost with this device.
pub(super) fn attest(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data)?.get("/api/v1/attest", &[])?;
    show(cli, &answer, table::pairs);
    let unsent = answer.pointer("/statement/unsent").and_then(Value::as_u64);
    Ok(if unsent == Some(0) {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn show(cli: &Cli, answer: &Value, as_table: impl Fn(&Value) -> String) {
    match cli.format {
        Format::Json => println!("{answer}"),
        Format::Table => print!("{}", as_table(answer)),
    }
}
